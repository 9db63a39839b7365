"""The first thing a learner sees."""

import shutil

from playwright.sync_api import expect


def test_labs_are_listed_in_order_without_questions(lab, jupyter):
    """Does JupyterLab open on the labs, in teaching order, with no pop-up in the way?"""
    lab.open()
    page = lab.page
    expect(page.get_by_role("tab", name="00_start.ipynb")).to_be_visible()
    expect(page.locator(".jp-DirListing-itemText").first).to_be_visible()
    names = lab.files()
    labs = sorted(
        path.name for path in (jupyter.root / "notebooks").glob("[0-9]*") if path.is_dir()
    )
    assert names == [*labs, "00_start.ipynb"]
    page.wait_for_timeout(3000)  # the news question comes late
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".Toastify__toast").count() == 0


def test_links_open_the_learners_own_copy(lab, jupyter):
    """Does a fetched lab open from where it was fetched to, and another one as it was released?"""
    copy = jupyter.root / "course" / "work" / "03_softmax" / "03_softmax.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(jupyter.root / "notebooks" / "03_softmax" / "03_softmax.ipynb", copy)
    wanted = {
        "03 Multiclass": "course/work/03_softmax/03_softmax.ipynb",
        "02 Activation": "notebooks/02_activations/02_activations.ipynb",
    }
    try:
        lab.show("notebooks/00_start.ipynb")
        lab.run(lab.cell_with("from utils import start"))
        table = lab.cell_with("start.labs()")
        lab.run(table)
        for name, path in wanted.items():
            lab.to("notebooks/00_start.ipynb")
            table.get_by_role("link", name=name).click()
            lab.page.wait_for_function(
                "path => window.jupyterapp.shell.currentWidget?.context?.path === path", arg=path
            )
    finally:
        shutil.rmtree(copy.parent)


def test_nbgrader_is_in_the_menu(lab):
    """Are Assignment List, Validate and Formgrader where nbgrader says they are?"""
    lab.show()
    lab.page.get_by_role("menuitem", name="Nbgrader").click()
    menu = lab.page.locator(".lm-Menu.lm-MenuBar-menu")
    for entry in ["Assignment List", "Formgrader", "Course List"]:
        expect(menu.get_by_text(entry, exact=True)).to_be_visible()
    lab.page.keyboard.press("Escape")


def test_looking_at_a_lab_leaves_its_file_as_it_was(lab, jupyter):
    """Is a lab that was opened, saved and not edited the same, byte for byte?"""
    path = jupyter.root / "notebooks" / "00_start.ipynb"
    before = path.read_bytes()
    modified = path.stat().st_mtime_ns
    lab.show("notebooks/00_start.ipynb")
    lab.command("docmanager:save")
    lab.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert path.stat().st_mtime_ns > modified
    assert path.read_bytes() == before

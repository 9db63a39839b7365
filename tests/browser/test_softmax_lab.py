"""One learner's way through a lab, from the Assignment List and back."""

import getpass
import re

import nbformat
from playwright.sync_api import expect

LAB = "03_softmax"
SUM_OVER_EVERYTHING = """def softmax(z):
    e = np.exp(z)
    return e / e.sum()
"""
SUM_OVER_ROWS = """def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)
"""


def test_a_learner_fetches_works_and_submits(lab, page, jupyter):
    """Does an answer typed in JupyterLab get checked, move a figure, and reach the instructor?"""
    jupyter.nbgrader("release_assignment", LAB)
    lab.open()
    lab.open_assignment_list()
    lab.fetch(LAB)

    lab.run(lab.cell_with("from utils.checks import Check"))
    lab.write(lab.cell("softmax_answer"), SUM_OVER_EVERYTHING)
    lab.run(lab.cell("softmax_answer"))
    wrong = lab.run(lab.cell("softmax"))
    assert not re.search(r"(\d+) of \1 visible checks pass", wrong)
    buttons = lab.cell("softmax").locator(".jp-OutputArea")
    buttons.get_by_role("button", name="Hint").click()
    expect(buttons.get_by_text("Hint 1 of 3")).to_be_visible()
    lab.write(lab.cell("softmax_answer"), SUM_OVER_ROWS)
    lab.run(lab.cell("softmax_answer"))
    right = lab.run(lab.cell("softmax"))
    assert re.search(r"(\d+) of \1 visible checks pass", right)

    figure = lab.cell_with("figures.softmax_bars(softmax)")
    lab.run(figure)
    picture = figure.locator(".kit-awake canvas.kit-canvas")
    expect(picture).to_be_visible()
    before = picture.screenshot()
    assert picture.screenshot() == before
    figure.locator(".noUi-handle").first.press("ArrowRight")
    page.wait_for_timeout(500)
    assert picture.screenshot() != before

    page.keyboard.press("Control+S")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    lab.open_assignment_list()
    lab.assignments("fetched").get_by_role("button", name="Submit").click()
    expect(lab.assignments("submitted").filter(has_text=LAB)).to_be_visible(timeout=30_000)

    jupyter.nbgrader("collect", LAB)
    collected = jupyter.root / "course" / "submitted" / getpass.getuser() / LAB / f"{LAB}.ipynb"
    cells = nbformat.read(collected, as_version=4).cells
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    assert sources["softmax_answer"].strip() == SUM_OVER_ROWS.strip()


def test_run_all_of_an_unfinished_lab_goes_to_its_end(lab, page, jupyter):
    """Is every figure shown below a check that fails, and is that check still red?"""
    nb = nbformat.read(jupyter.root / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)
    figure = "figures.softmax_bars(softmax)"
    last = next(i for i, cell in enumerate(nb.cells) if figure in cell.source)
    nb.cells = nb.cells[: last + 1]
    nb.metadata.kernelspec["name"] = "warm"
    (jupyter.root / "solved").mkdir(exist_ok=True)
    nbformat.write(nb, jupyter.root / "solved" / "unfinished.ipynb")
    lab.open("solved/unfinished.ipynb")
    lab.command("notebook:run-all-cells")
    expect(lab.cell_with(figure).get_by_role("img").first).to_be_visible(timeout=60_000)
    failing = lab.cell("softmax").locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    expect(failing).to_contain_text("softmax is not written yet")

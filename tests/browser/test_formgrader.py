"""The instructor's way: mark in Formgrader what was handed in."""

import json
import re
import zipfile

import pytest
from playwright.sync_api import expect

LAB = "03_softmax"
ONE_RIGHT_ANSWER = [
    "def softmax(z):\n",
    "    e = np.exp(z)\n",
    "    return e / e.sum(axis=-1, keepdims=True)\n",
]


@pytest.fixture
def submission(jupyter):
    """A submission of Ada's that waits to be marked: the first answer right, no other written."""
    jupyter.python("-m", "autograder", "release", "--quiet", LAB)
    notebook = json.loads((jupyter.root / "notebooks" / LAB / f"{LAB}.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "softmax_answer":
            cell["source"] = ONE_RIGHT_ANSWER
    folder = jupyter.root / "course" / "submitted" / "ada" / LAB
    folder.mkdir(parents=True)
    (folder / f"{LAB}.ipynb").write_text(json.dumps(notebook))


@pytest.mark.jail
def test_the_autograde_button_marks(page, jupyter, submission):
    """Does the button in Formgrader give the autograder's points, and the desk beside it too?"""
    page.goto(f"{jupyter.url}/formgrader/manage_submissions/{LAB}")
    row = page.locator("#main-table tr, table tr").filter(has_text="ada")
    expect(row).to_contain_text("needs autograding")
    row.locator(".autograde a").click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("Success", timeout=120_000)
    page.reload()
    expect(row).to_contain_text("graded")
    expect(row.locator(".score")).to_have_text("20 / 100")
    page.get_by_role("link", name="Desk").click()
    row = page.locator("#labs tbody tr").filter(has_text=LAB)
    expect(row).to_contain_text(re.compile(r"[\d.]+ of 100"), timeout=60_000)
    row.get_by_role("button", name=f"Report: {LAB}").click()
    page.get_by_role("link", name="Read the report").click(timeout=60_000)
    expect(page.locator("h1")).to_have_text("Multiclass classification and softmax")


def test_the_desk_takes_a_file_of_moodle_over(page, jupyter, tmp_path):
    """Does a button run what is typed in a terminal, with the file that was chosen, and mark?"""
    roster, download = jupyter.root / "course" / "roster.csv", tmp_path / "download.zip"
    roster.write_text("username,first name,last name\ncleo,Cleo,Day\n")
    with zipfile.ZipFile(download, "w") as file:
        file.writestr("Cleo Day_17_assignsubmission_file_/02_activations.ipynb", "{}")
    page.goto(f"{jupyter.url}/formgrader")
    page.get_by_role("link", name="Desk").click()
    page.get_by_role("button", name="Collect a file: 02_activations").click(timeout=60_000)
    page.locator("#take input[type=file]").set_input_files(download)
    page.locator("#take").get_by_role("button", name="Collect").click()
    expect(page.locator("#said")).to_contain_text("1 submissions taken over", timeout=60_000)
    expect(page.locator("#said")).to_contain_text("is no notebook of format 4", timeout=60_000)
    expect(page.locator("#what")).not_to_contain_text("runs", timeout=60_000)
    roster.unlink()


def test_formgrader_takes_the_theme_of_jupyterlab_or_of_the_browser(page, jupyter):
    """Are its pages dark where what they stand in is?"""
    background = "getComputedStyle(document.body).backgroundColor"
    for scheme, colour in (("dark", "rgb(17, 17, 17)"), ("light", "rgb(255, 255, 255)")):
        page.emulate_media(color_scheme=scheme)
        for place in ("desk", "manage_assignments"):
            page.goto(f"{jupyter.url}/formgrader/{place}")
            assert page.evaluate(background) == colour, (scheme, place)
    page.evaluate(  # a light browser, and a JupyterLab that is made dark
        """() => {
            document.body.innerHTML = `<iframe src="${location.href}"></iframe>`;
            document.body.dataset.jpThemeLight = "true";
            return new Promise(then => document.querySelector("iframe").onload = then);
        }"""
    )
    inside = page.frames[1]
    assert inside.evaluate(background) == "rgb(255, 255, 255)"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    inside.wait_for_function(f"{background} === 'rgb(17, 17, 17)'")

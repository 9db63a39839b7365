"""The whole loop: released, fetched, worked on, handed in, marked, given points by hand, read.

With PICTURES=1 the pictures of docs/instructor.md and docs/learner.md are taken on the way: `make
pictures`.
"""

import datetime
import io
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import expect

from autograder.authoring import release
from tests import cohort, kernels
from tests.cohort import exchanging

LAB = "03_softmax"
PICTURES = release.ROOT / "docs" / "pictures"
SUM_OVER_EVERYTHING = """def softmax(z):
    e = np.exp(z)
    return e / e.sum()
"""
SUM_OVER_ROWS = """def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)
"""
ME, OTHER, AWAY = "emmy", "grace", "alan"
PEOPLE = f"""username,first name,last name
{ME},Emmy,Noether
{OTHER},Grace,Hopper
{AWAY},Alan,Turing
"""
COMMENT = "Five points for what you said in class. Begin with a table of zeros."


def picture(name, page, **clip):
    """Keep what a page shows, where pictures are taken; of all of it, or of a part."""
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        shot = Image.open(io.BytesIO(page.screenshot(**clip))).convert("RGB")
        few = shot.quantize(256, dither=Image.Dither.NONE)
        few.save(PICTURES / f"{name}.png", optimize=True)


def in_both(name, page, **clip):
    """Keep what a page shows in light and in dark."""
    for scheme, end in (("dark", "_dark"), ("light", "")):
        page.emulate_media(color_scheme=scheme)
        picture(f"{name}{end}", page, **clip)


@pytest.fixture
def people(jupyter):
    """A roster of three; the one who sits here is the first, whatever the machine's account."""
    roster = jupyter.root / "course" / "roster.csv"
    mine = Path(jupyter.env["HOME"], ".jupyter", "nbgrader_config.py")
    mine.parent.mkdir(exist_ok=True)
    mine.write_text(f'get_config().CourseDirectory.student_id = "{ME}"\n')
    roster.write_text(PEOPLE)
    yield
    mine.unlink()
    roster.unlink()


@pytest.fixture
def quick(jupyter, warm_kernels):
    """The lab's kernels, also that of Validate, start with their libraries imported."""
    data = Path(jupyter.env["HOME"], ".local", "share", "jupyter")
    kernels.install(data, warm_kernels)
    yield
    shutil.rmtree(data / "kernels" / "python3")


@pytest.fixture
def policy(jupyter):
    """The lab was due two hours ago; one learner has two days more."""
    due = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    path = jupyter.root / "course" / "policy.toml"
    path.write_text(
        f"[late]\npercent_a_day = 10\n[labs.{LAB}]\ndue = {due:%Y-%m-%dT%H:%M:%S}\n"
        f'[[extension]]\nstudent = "{OTHER}"\nlab = "{LAB}"\ndays = 2\n'
    )
    yield
    path.unlink()


@pytest.mark.jail
def test_a_lab_goes_all_the_way_and_comes_back(lab, page, jupyter, people, policy, quick):
    """Is what a learner typed what is marked, and what an instructor gave what the learner reads?

    On the way: does the check tell, a figure move, the desk collect, mark and publish?
    """
    jupyter.nbgrader("release_assignment", LAB)
    works(lab)
    validates(lab)
    hands_in(lab)
    exchange = jupyter.root / "course" / "exchange" / "neural-networks"
    exchanging.submit(exchange, OTHER, cohort.submission(LAB, "amal"))

    everything(page, jupyter)
    collected = jupyter.root / "course" / "submitted" / ME / LAB / f"{LAB}.ipynb"
    cells = nbformat.read(collected, as_version=4).cells
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    assert sources["softmax_answer"].strip() == SUM_OVER_ROWS.strip()
    by_hand(page, jupyter)
    told = everything(page, jupyter)
    for who, points in ((ME, "22.5"), (OTHER, "100")):
        (line,) = re.findall(rf"^{who} .*$", told, re.MULTILINE)
        assert line.split()[7] == points
    missing = page.locator("#labs tr").filter(has_text=LAB).locator("details")
    expect(missing).to_contain_text(AWAY)
    in_both("desk", page, full_page=True)
    reports(page, jupyter)
    reads(lab, page, jupyter)


def works(lab):
    """Fetch the lab; answer wrongly, read what the check says, answer rightly, move a figure."""
    lab.show()
    lab.open_assignment_list()
    fetch = lab.assignments("released").get_by_role("button", name="Fetch")
    expect(fetch).to_be_visible()
    picture("assignment_list", lab.page, clip={"x": 0, "y": 0, "width": 1400, "height": 420})
    lab.fetch(LAB)

    lab.run(lab.cell_with("from utils.checks import Check"))
    lab.write(lab.cell("softmax_answer"), SUM_OVER_EVERYTHING)
    lab.run(lab.cell("softmax_answer"))
    wrong = lab.run(lab.cell("softmax"))
    assert not re.search(r"(\d+) of \1 visible checks pass", wrong)
    buttons = lab.cell("softmax").locator(".jp-OutputArea")
    buttons.get_by_role("button", name="Hint").click()
    expect(buttons.get_by_text("Hint 1 of 3")).to_be_visible()
    lab.cell("softmax_answer")  # scrolled to the top
    picture("check", lab.page)
    if os.environ.get("PICTURES"):
        lab.theme("JupyterLab Dark")
        picture("check_dark", lab.page)
        lab.theme("JupyterLab Light")
    lab.write(lab.cell("softmax_answer"), SUM_OVER_ROWS)
    lab.run(lab.cell("softmax_answer"))
    right = lab.run(lab.cell("softmax"))
    assert re.search(r"(\d+) of \1 visible checks pass", right)

    figure = lab.cell_with("figures.softmax_bars(softmax)")
    lab.run(figure)
    drawn = figure.locator(".kit-awake canvas.kit-canvas")
    expect(drawn).to_be_visible()
    before = drawn.screenshot()
    assert drawn.screenshot() == before
    figure.locator(".noUi-handle").first.press("ArrowRight")
    lab.page.wait_for_timeout(500)
    assert drawn.screenshot() != before


def validates(lab):
    """Press Validate: the answers that are not written yet fail, the one that is does not."""
    lab.page.get_by_role("button", name="Validate", exact=True).click()
    said = lab.page.locator(".jp-Dialog")
    expect(said).to_contain_text("cell failed", timeout=180_000)
    expect(said).to_contain_text("one_hot")
    expect(said).not_to_contain_text('check("softmax", softmax)')
    picture("validate", lab.page)
    said.get_by_role("button").last.click()


def hands_in(lab):
    """Save and submit."""
    lab.page.keyboard.press("Control+S")
    lab.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    lab.open_assignment_list()
    lab.assignments("fetched").get_by_role("button", name="Submit").click()
    expect(lab.assignments("submitted").filter(has_text=LAB)).to_be_visible(timeout=30_000)
    picture("submitted", lab.page, clip={"x": 0, "y": 0, "width": 1400, "height": 520})


def everything(page, jupyter):
    """Collect, mark and publish at the desk; return what was said."""
    page.goto(f"{jupyter.url}/formgrader/desk")
    button = page.get_by_role("button", name=f"Collect, mark, publish: {LAB}")
    button.click(timeout=60_000)
    what = page.locator("#what")  # at first it tells of the run before
    expect(what).to_contain_text(f"collect {LAB} --all runs", timeout=30_000)
    expect(what).to_contain_text(re.compile("is done|ended"), timeout=240_000)
    said = page.locator("#said").inner_text()
    assert f"{LAB}: feedback is published" in said
    expect(button).to_be_enabled(timeout=60_000)
    return said


def by_hand(page, jupyter):
    """Give points and a comment in the Formgrader."""
    with page.expect_response("**/formgrader/api/submitted_notebooks/**") as answer:
        page.goto(f"{jupyter.url}/formgrader/gradebook/{LAB}/{LAB}")
    mine = next(each for each in answer.value.json() if each["student"] == ME)
    page.goto(f"{jupyter.url}/formgrader/submissions/{mine['id']}/")
    points, comment = page.locator("#one_hot"), page.locator("#one_hot_answer-comment")
    expect(points).to_have_attribute("placeholder", "0", timeout=30_000)
    for place, what, path in ((points, "5", "grade"), (comment, COMMENT, "comment")):
        with page.expect_response(f"**/formgrader/api/{path}/**"):
            place.fill(what)
            place.press("Tab")
    page.evaluate("document.getElementById('one_hot_answer-comment').scrollIntoView()")
    page.evaluate("window.scrollBy(0, -420)")
    picture("by_hand", page)


def reports(page, jupyter):
    """Write the report at the desk, and read it."""
    page.get_by_role("button", name=f"Report: {LAB}").click()
    page.get_by_role("link", name="Read the report").click(timeout=60_000)
    expect(page.get_by_role("heading", name="Exercises and checks")).to_be_visible()
    expect(page.locator("main")).to_contain_text(AWAY)
    in_both("report", page, clip={"x": 0, "y": 0, "width": 1400, "height": 1100}, full_page=True)


def reads(lab, page, jupyter):
    """Fetch the feedback and read it."""
    lab.show()
    lab.open_assignment_list()
    mine = lab.assignments("submitted").filter(has_text=LAB)
    mine.get_by_role("button", name="Fetch Feedback").first.click()
    expect(mine.first).to_contain_text("view feedback", timeout=30_000)
    (path,) = (jupyter.root / "course" / "work" / LAB / "feedback").glob(f"*/{LAB}.html")
    page.goto(path.as_uri())
    main = page.locator("main")
    late = re.compile(r"2 hours( and \d+ minutes?)? late")
    for said in ("22.5 of 100 points", "2.5 were taken off", late, COMMENT,
                 "5 points were given by your instructor"):  # fmt: skip
        expect(main).to_contain_text(said)
    expect(main).to_contain_text("Emmy Noether")
    in_both("feedback", page)

"""The main figures of each lab in JupyterLab: shown, driven by the solution, moved by the hand.

With PICTURES=1 the pictures of the README are written on the way: `make pictures`.
"""

import os
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from autograder.authoring import declaration, release
from tests.browser.driving import CELLS, write

PICTURES = Path(__file__).parent / "pictures"
# By lab: how the cells of its figures begin, that which stands for the lab first; and of each its
# drags: the handle, where the pointer takes it (pixels to the right and down), the keys that move
# it afterwards.
FIGURES = {
    "01_training": {
        "figures.look_inside(": [],
        "figures.descent()": [("start", (70, 30), "ArrowRight"),
                              ("ring, at the step", (-40, 0), "ArrowUp")],
        "figures.by_hand()": [("border", (30, 20), "ArrowRight")],
    },
    "02_activations": {
        "figures.relu_workshop(": [("hinge of unit 1", (50, 0), "ArrowLeft"),
                                   ("slope of unit 2", (0, -40), "ArrowUp")],
    },
    "03_softmax": {
        "figures.spiral(": [],
        "figures.softmax_bars()": [("bar of logit 0", (0, -40), "ArrowDown")],
        "figures.probability_triangle()": [("point", (60, -30), "ArrowLeft")],
    },
    "04_improved_softmax": {
        "figures.break_it(": [("size of the logits", (150, 0), "ArrowRight")],
        "figures.gradient_map()": [("ring on the map: from logits, float32", (40, -20),
                                    "ArrowUp")],
    },
    "05_multilabel": {
        "figures.scene_thresholds(": [("threshold of the circle", (0, -50), "ArrowDown")],
    },
    "06_adam": {
        "figures.paths(": [("start", (60, -30), "ArrowUp")],
        "figures.rate_map()": [("ring", (-50, 30), "ArrowRight")],
    },
    "07_backprop": {
        "figures.flow(": [("node s", (0, 0), "Enter"), ("leaf x", (0, 12), "ArrowUp")],
    },
    "08_digits": {
        "figures.confusion(": [("cell", (60, 40), "ArrowUp")],
        "figures.draw(training)": [("pen", (50, -10), "ArrowUp")],
    },
}  # fmt: skip
# Trainings whose length no figure below depends on: a tenth of it, unless pictures are taken.
SHORTER = {
    "01_training": [("gradient_descent, minibatches)", "gradient_descent, minibatches, epochs=6)")],
    "03_softmax": [("spiral(build_softmax_model)", "spiral(build_softmax_model, epochs=8)")],
    "08_digits": [("batch_size=32, epochs=60", "batch_size=32, epochs=6"),
                  ("train_digits, shuffle_split)", "train_digits, shuffle_split, epochs=6)")],
}  # fmt: skip
TRIANGLE = ["from utils.figures import softmax as figures", "figures.probability_triangle()"]


def solved(name):
    """Return a solved lab down to its main figure, without what that does not need, and others."""
    main, *others = FIGURES[name]
    code = [cell for cell in release.source_notebook(name).cells if cell.cell_type == "code"]
    last = next(i for i, cell in enumerate(code) if main in cell.source)
    kept = [
        cell.source
        for cell in code[:last]
        if not cell.metadata.get("nbgrader", {}).get("grade")
        and ("demo" not in cell.metadata.get("tags", []) or " = figures." in cell.source)
    ]
    cells = [*kept, code[last].source, *others]
    for long, short in [] if os.environ.get("PICTURES") else SHORTER.get(name, []):
        assert sum(cell.count(long) for cell in cells) == 1
        cells = [cell.replace(long, short) for cell in cells]
    return cells


@pytest.fixture(scope="module")
def opened(request, window, jupyter):
    """A solved lab with its figures, run to its end."""
    path = f"solved/{request.param}.ipynb"
    write(solved(request.param), jupyter.root / path)
    window.show(path)
    window.command("notebook:run-all-cells")
    last = window.cell_with(list(FIGURES[request.param])[-1])
    expect(last.locator(".kit-awake")).to_be_visible(timeout=180_000)
    window.wait_idle(180_000)
    return SimpleNamespace(name=request.param, page=window.page, lab=window)


every_lab = pytest.mark.parametrize("opened", FIGURES, indirect=True)


def test_every_lab_has_its_figure():
    """Is each lab of the course among those that are opened here?"""
    assert list(FIGURES) == declaration.names()


@pytest.mark.slow
@every_lab
def test_the_main_figure_of_the_lab_is_shown(opened):
    """Is there a picture, its text, and a control that the keyboard reaches?"""
    figure = opened.lab.cell_with(next(iter(FIGURES[opened.name]))).locator(".jp-OutputArea")
    picture = figure.locator(".kit-awake canvas.kit-canvas")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.width") > 300
    assert len(picture.get_attribute("aria-label")) > 20
    expect(figure.get_by_role("status")).not_to_be_empty()
    assert figure.locator("button, [role=slider], select, input").count() > 0
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        figure.screenshot(path=PICTURES / f"{opened.name}.png")


class Hand:
    """A pointer and a keyboard on the figure of a cell."""

    def __init__(self, page, cell):
        self.page, self.canvas = page, cell.locator("canvas.kit-canvas")
        self.cell = cell

    def seen(self):
        """What the figure tells: its words, and where its handles say they are."""
        told = [h.get_attribute("aria-valuetext") for h in self.cell.locator(".kit-handle").all()]
        return self.canvas.get_attribute("aria-label"), told, self.pixels()

    def pixels(self):
        """A number that changes with the pixels of the canvas."""
        return self.canvas.evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
            ".reduce((sum, value) => (sum * 31 + value) | 0, 7)"
        )

    def settles(self, before):
        """Wait for a draw after the one numbered `before`, until no more follow."""
        self.page.wait_for_function(
            "([canvas, before]) => Number(canvas.dataset.drawn) > before",
            arg=[self.canvas.element_handle(), before],
        )
        now = before
        while (drawn := int(self.canvas.get_attribute("data-drawn"))) != now:
            now = drawn
            self.page.wait_for_timeout(400)

    def does(self, action, *arguments):
        """What is seen before and after an action, once its drawing is done."""
        before, drawn = self.seen(), int(self.canvas.get_attribute("data-drawn"))
        action(*arguments)
        self.settles(drawn)
        return before, self.seen()

    def drag(self, name, by):
        """Press on a handle, move in small steps, let go."""
        box = self.cell.locator(f'.kit-handle[aria-label="{name}"]').bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + by[0], y + by[1], steps=8)
        self.page.mouse.up()


@pytest.mark.slow
@every_lab
def test_the_hand_moves_what_it_takes(opened):
    """Do pointer and keys move each handle, do words follow, and does the notebook stay put?"""
    page, lab = opened.page, opened.lab
    selected = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    for figure, drags in FIGURES[opened.name].items():
        cell = lab.cell_with(figure)
        hand = Hand(page, cell)
        hand.canvas.scroll_into_view_if_needed()
        for handle, by, key in drags:
            before, after = hand.does(hand.drag, handle, by)
            assert after[2] != before[2], f"{figure}: the pointer moves no pixel at {handle}"
            assert after[:2] != before[:2], f"{figure}: no word follows the pointer at {handle}"
            grip = cell.locator(f'.kit-handle[aria-label="{handle}"]')
            grip.focus()
            place = page.evaluate(selected)
            before, after = hand.does(grip.press, key)
            assert after[:2] != before[:2], f"{figure}: {key} does nothing at {handle}"
            assert page.evaluate(selected) == place


@every_lab
def test_keys_belong_to_the_control_that_has_the_focus(opened):
    """Does a letter on a slider leave the cells alone, and an arrow move the menu it is in?"""
    page, cell = opened.page, opened.lab.cell_with(next(iter(FIGURES[opened.name])))
    cells = f"[{CELLS}.length, window.jupyterapp.shell.currentWidget.content.activeCellIndex]"
    for control, key in (("[role=slider]", "x"), ("select", "ArrowDown")):
        shown = cell.locator(".kit-figure").locator(control).locator("visible=true")
        if not shown.count():
            continue
        shown.first.focus()
        before, chosen = page.evaluate(cells), shown.first.evaluate("node => node.selectedIndex")
        shown.first.press(key)
        page.wait_for_timeout(300)
        assert page.evaluate(cells) == before, f"{key} on {control}"
        assert control != "select" or shown.first.evaluate("node => node.selectedIndex") != chosen


@every_lab
def test_axe_finds_nothing_serious_in_the_figures(opened):
    """Are figures free of what axe-core calls serious or critical?"""
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in Axe().run(opened.page, context=".kit-figure").response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_figure_sleeps_and_wakes(lab, jupyter):
    """Is the last picture there on the next day, with a word how to wake it, and nothing broken?"""
    page, path = lab.page, "solved/asleep.ipynb"
    write(TRIANGLE, jupyter.root / path)
    lab.show(path)
    lab.command("notebook:run-all-cells")
    cell = lab.cell_with("figures.probability")
    expect(cell.locator(".kit-awake")).to_be_visible(timeout=120_000)
    lab.wait_idle()
    expect(cell.locator(".kit-asleep")).to_be_hidden()
    hand = Hand(page, cell)
    hand.does(hand.drag, "point", (60, -30))
    page.wait_for_timeout(2000)  # the figure comes to rest, and is stored
    words = hand.seen()[0]
    lab.command("docmanager:save")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")

    saved = nbformat.read(jupyter.root / path, as_version=4)
    picture = saved.cells[1].outputs[0]
    assert picture.metadata["image/png"]["alt"] == words
    assert "state" not in str(saved.metadata.get("widgets", ""))
    lab.command("kernelmenu:shutdown")
    lab.open(path)
    cell = lab.cell_with("figures.probability")
    expect(cell.get_by_text("Run this cell to wake the figure.")).to_be_visible()
    expect(cell.locator(".jp-RenderedImage img")).to_be_visible()
    expect(cell.get_by_text("model not found")).to_be_hidden()
    expect(cell.locator(".jupyter-widgets-disconnected").locator("visible=true")).to_have_count(0)
    lab.command("notebook:run-all-cells")
    expect(cell.locator(".kit-awake")).to_be_visible()
    expect(cell.get_by_text("Run this cell to wake the figure.")).to_be_hidden()

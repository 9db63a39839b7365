"""What the hand can move in the figures of each lab, with a real pointer and with the keyboard."""

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.bench.slider import READER

# By lab: the module, what comes first, and for each figure its drags: the handle, where the pointer
# takes it (pixels to the right and down), and the keys that move it afterwards.
DRAGS = {
    "01": ("training", "", {
        "descent()": [("start", (70, 30), "ArrowRight"),
                      ("ring, at the step", (-40, 0), "ArrowUp")],
        "by_hand()": [("border", (30, 20), "ArrowRight")],
    }),
    "02": ("activations", "", {
        "relu_workshop()": [("hinge of unit 1", (50, 0), "ArrowLeft"),
                            ("slope of unit 2", (0, -40), "ArrowUp")],
    }),
    "03": ("softmax", "", {
        "softmax_bars()": [("bar of logit 0", (0, -40), "ArrowDown")],
        "probability_triangle()": [("point", (60, -30), "ArrowLeft")],
    }),
    "04": ("improved_softmax", "", {
        "break_it()": [("size of the logits", (150, 0), "ArrowRight")],
        "gradient_map()": [("ring on the map: from logits, float32", (40, -20), "ArrowUp")],
    }),
    "05": ("multilabel", "", {
        "scene_thresholds()": [("threshold of the circle", (0, -50), "ArrowDown")],
    }),
    "06": ("adam", "", {
        "paths()": [("start", (60, -30), "ArrowUp")],
        "rate_map()": [("ring", (-50, 30), "ArrowRight")],
    }),
    "07": ("backprop", "", {
        "flow()": [("node s", (0, 0), "Enter"), ("leaf x", (0, 12), "ArrowUp")],
    }),
    "08": ("digits", READER, {
        "confusion(training)": [("cell", (60, 40), "ArrowUp")],
        "draw(training)": [("pen", (50, -10), "ArrowUp")],
    }),
}  # fmt: skip


def notebook(module, before, figures):
    """A notebook with one cell for what comes first and one for each figure."""
    first = (
        f"import numpy as np\nfrom utils import data\nfrom utils.figures import {module} as figures"
    )
    cells = [f"{first}\n{before}", *(f"figures.{figure}" for figure in figures)]
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "warm", "display_name": "warm"}},
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
    )


@pytest.fixture
def open_figures(lab, jupyter):
    """A function that runs figures in a new notebook and waits until the last one is awake."""

    def run(name, module, before, figures):
        (jupyter.root / "drags").mkdir(exist_ok=True)
        path = f"drags/{name}.ipynb"
        nbformat.write(notebook(module, before, figures), jupyter.root / path)
        lab.open(path)
        lab.command("notebook:run-all-cells")
        last = lab.cell_with(f"figures.{list(figures)[-1]}")
        expect(last.locator(".kit-awake")).to_be_visible(timeout=120_000)
        lab.wait_idle()
        return path

    return run


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


@pytest.mark.parametrize("name", DRAGS)
def test_the_hand_moves_what_it_takes(open_figures, lab, page, name):
    """Do pointer and keys move each handle, do words follow, and does the notebook stay put?"""
    module, before, figures = DRAGS[name]
    open_figures(name, module, before, figures)
    selected = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    for figure, drags in figures.items():
        cell = lab.cell_with(f"figures.{figure}")
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
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in Axe().run(page, context=".kit-figure").response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_figure_sleeps_and_wakes(open_figures, lab, page, jupyter):
    """Is the last picture there on the next day, with a word how to wake it, and nothing broken?"""
    figures = {"probability_triangle()": []}
    path = open_figures("asleep", "softmax", "", figures)
    cell = lab.cell_with("figures.")
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
    cell = lab.cell_with("figures.")
    expect(cell.get_by_text("Run this cell to wake the figure.")).to_be_visible()
    expect(cell.locator(".jp-RenderedImage img")).to_be_visible()
    expect(cell.get_by_text("model not found")).to_be_hidden()
    expect(cell.locator(".jupyter-widgets-disconnected").locator("visible=true")).to_have_count(0)
    lab.command("notebook:run-all-cells")
    expect(cell.locator(".kit-awake")).to_be_visible()
    expect(cell.get_by_text("Run this cell to wake the figure.")).to_be_hidden()

"""Does each lab's main figure show in JupyterLab, drawn by the solution's own functions?

With PICTURES=1 the pictures of the README are written on the way: `make pictures`.
"""

import os
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from autograder.authoring import declaration, release

PICTURES = Path(__file__).parent / "pictures"
# The figure that stands for its lab.
FIGURES = {
    "01_training": "figures.look_inside(",
    "02_activations": "figures.relu_workshop(",
    "03_softmax": "figures.spiral(",
    "04_improved_softmax": "figures.break_it(",
    "05_multilabel": "figures.scene_thresholds(",
    "06_adam": "figures.paths(",
    "07_backprop": "figures.flow(",
    "08_digits": "figures.confusion(",
}


def solved(name, figure):
    """Return the notebook of a solved lab, down to a figure, without what that does not need."""
    nb = release.source_notebook(name)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    last = next(i for i, cell in enumerate(code) if figure in cell.source)
    kept = [
        cell
        for cell in code[:last]
        if not cell.metadata.get("nbgrader", {}).get("grade")
        and ("demo" not in cell.metadata.get("tags", []) or " = figures." in cell.source)
    ]
    nb.cells = [*kept, code[last]]
    nb.metadata.kernelspec["name"] = "warm"
    return nb


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in FIGURES if n in declaration.names()])
def test_the_main_figure_of_the_lab_is_shown(lab, jupyter, page, name):
    """Is there a picture, its text, and a control that the keyboard reaches?"""
    path = f"solved/{name}.ipynb"
    (jupyter.root / "solved").mkdir(exist_ok=True)
    nbformat.write(solved(name, FIGURES[name]), jupyter.root / path)
    lab.open(path)
    lab.command("notebook:run-all-cells")
    cell = lab.cell_with(FIGURES[name])
    figure = cell.locator(".jp-OutputArea")
    picture = figure.locator(".kit-awake canvas.kit-canvas")
    expect(picture).to_be_visible(timeout=180_000)
    lab.wait_idle(180_000)
    assert picture.evaluate("image => image.width") > 300
    assert len(picture.get_attribute("aria-label")) > 20
    expect(figure.get_by_role("status")).not_to_be_empty()
    assert figure.locator("button, [role=slider], select, input").count() > 0
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        figure.screenshot(path=PICTURES / f"{name}.png")

"""A lab in JupyterLab that is not finished yet."""

import nbformat
from playwright.sync_api import expect

LAB = "03_softmax"


def test_run_all_of_an_unfinished_lab_goes_to_its_end(lab, jupyter):
    """Is every figure shown below a check that fails, and is that check still red?"""
    nb = nbformat.read(jupyter.root / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)
    figure = "figures.softmax_bars(softmax)"
    last = next(i for i, cell in enumerate(nb.cells) if figure in cell.source)
    nb.cells = nb.cells[: last + 1]
    nb.metadata.kernelspec["name"] = "warm"
    (jupyter.root / "solved").mkdir(exist_ok=True)
    nbformat.write(nb, jupyter.root / "solved" / "unfinished.ipynb")
    lab.show("solved/unfinished.ipynb")
    lab.command("notebook:run-all-cells")
    expect(lab.cell_with(figure).get_by_role("img").first).to_be_visible(timeout=60_000)
    failing = lab.cell("softmax").locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    expect(failing).to_contain_text("softmax is not written yet")

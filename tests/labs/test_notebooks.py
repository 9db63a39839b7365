"""Do the notebooks run as a learner and an instructor meet them?"""

from __future__ import annotations

import json
import re
import subprocess
import sys

import nbclient
import nbformat
import pytest

from autograder.authoring import release
from autograder.authoring.declaration import load, names
from utils.checks import CheckFailed

LABS = release.labs()


def execute(nb, folder, monkeypatch):
    """Run a notebook in a kernel of its own, in an empty folder; an error stops it as Run All."""
    monkeypatch.setenv("LABS_PROGRESS", str(folder / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(release.ROOT))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    client = nbclient.NotebookClient(
        nb,
        timeout=240,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return nb


# Trainings on one batch, for three epochs at most: what follows them is called more than once.
# Those of scikit-learn, which nothing follows, take one epoch.
ONE_BATCH = """
def shorten():
    import keras
    from sklearn.neural_network import MLPClassifier

    fit, fit_network = keras.Model.fit, MLPClassifier.fit

    def one_batch(self, x=None, y=None, batch_size=None, epochs=1, *args, **options):
        if y is not None:
            x, y = x[: batch_size or 32], y[: batch_size or 32]
        return fit(self, x, y, batch_size, min(epochs, 3), *args, **options)

    keras.Model.fit = one_batch
    MLPClassifier.fit = lambda self, X, y: fit_network(self.set_params(max_iter=1), X, y)

shorten()
del shorten
"""


def stream(nb, name):
    return [
        (cell.source[:200], output.text)
        for cell in nb.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == name
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("warm_kernels")
@pytest.mark.parametrize("lab", LABS)
def test_a_solved_lab_runs_from_top_to_bottom_in_silence(lab, tmp_path, monkeypatch):
    """Does the solution run without an error, a warning or a line on standard error?"""
    nb = execute(release.source_notebook(lab), tmp_path, monkeypatch)
    assert not stream(nb, "stderr")
    marked = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade")]
    scores = {c.metadata.nbgrader.grade_id: c.outputs[-1].data["text/plain"] for c in marked}
    points = {c.metadata.nbgrader.grade_id: float(c.metadata.nbgrader.points) for c in marked}
    assert {name: float(text) for name, text in scores.items()} == points


@pytest.mark.slow
@pytest.mark.usefixtures("warm_kernels")
@pytest.mark.parametrize("lab", LABS)
def test_an_untouched_lab_is_run_to_its_end(lab, tmp_path, monkeypatch):
    """Is every figure shown before anything is written, and does every check alone say so?

    Networks hardly train here: where trainings end is the business of the solved lab.
    """
    nb = nbformat.read(release.target(lab), as_version=4)
    nb.cells.insert(0, nbformat.v4.new_code_cell(ONE_BATCH))
    execute(nb, tmp_path, monkeypatch)
    failed = {}
    for cell in nb.cells:
        if lab == "00_start" and "trial.Trial()" in cell.source:
            continue  # which is to fail first
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                failed[cell.id] = output.ename
    checks = {ex.name for ex in load(lab).exercises} if lab in names() else set()
    assert failed == dict.fromkeys(checks, CheckFailed.__name__)
    assert not stream(nb, "stderr")


@pytest.mark.slow
def test_importing_what_the_labs_import_is_silent(tmp_path, monkeypatch):
    """Does nothing that a lab imports, in a kernel that starts cold, write to standard error?"""
    lines = {
        line.strip(): None
        for lab in LABS
        for cell in release.source_notebook(lab).cells
        if cell.cell_type == "code"
        for line in cell.source.split("\n")
        if re.match(r" *(import|from) ", line) and "autograder" not in line
    }
    assert any("keras" in line for line in lines)
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(line) for line in lines])
    assert not stream(execute(nb, tmp_path, monkeypatch), "stderr")


@pytest.mark.parametrize("lab", LABS)
def test_the_release_holds_no_answer(lab):
    """Is every line of every solution gone, and every hidden line?"""
    text = release.target(lab).read_text(encoding="utf-8")
    cells = ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    assert "BEGIN" not in "".join(cells)
    source = (release.SOLUTIONS / f"{lab}.py").read_text(encoding="utf-8")
    released = {line.strip() for cell in cells for line in cell.split("\n")}
    for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
        lines = [line.strip() for line in region.split("\n") if len(line.strip()) > 20]
        assert not lines or any(line not in released for line in lines)
        assert "\n".join(lines) not in text or not lines


@pytest.mark.parametrize("lab", LABS)
def test_tensorflow_waits_for_its_section(lab):
    """Is TensorFlow imported in a code cell of its own section, not at the top?"""
    nb = release.source_notebook(lab)
    code = [c.source for c in nb.cells if c.cell_type == "code"]
    imports = [i for i, text in enumerate(code) if re.search(r"import (keras|tensorflow)", text)]
    assert not imports or imports[0] > 0


@pytest.mark.parametrize("lab", LABS)
def test_there_is_something_to_do_on_every_screen(lab):
    """Is there never more than a screen of prose between two things to do or see?"""
    long = []
    for cell in release.source_notebook(lab).cells:
        if cell.cell_type == "markdown":
            shown = sum(1 + len(line) // 100 for line in cell.source.split("\n") if line.strip())
            if shown > 26:
                long.append((cell.source[:60], shown))
    assert not long


@pytest.mark.parametrize("lab", LABS)
def test_no_text_begins_or_ends_with_an_empty_line(lab):
    """Is every text cell free of empty lines at its edges, which are a gap on the page?"""
    cells = release.source_notebook(lab).cells
    loose = [c.source for c in cells if c.cell_type == "markdown" and c.source != c.source.strip()]
    assert not loose


FIRST_CHECK = """
import resource, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in {cells!r}:
    assert shell.run_cell(cell).success, cell
used = resource.getrusage(resource.RUSAGE_SELF)
print("after", used.ru_utime + used.ru_stime, *sys.modules)
"""


@pytest.mark.parametrize(
    ("lab", "seconds"), [("01_training", 4), ("02_activations", 3), ("03_softmax", 3)]
)
def test_the_first_check_comes_quickly(lab, seconds, tmp_path, monkeypatch):
    """Does a learner get the first answer before anything heavy is imported?

    The bound is processor time of a whole fresh process, three times what it takes here.
    """
    code = [c.source for c in release.source_notebook(lab).cells if c.cell_type == "code"]
    last = next(i for i, text in enumerate(code) if text.startswith("check("))
    cells = [text.partition("### BEGIN HIDDEN")[0] for text in code[: last + 1]]
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("PYTHONPATH", str(release.ROOT))
    command = [sys.executable, "-c", FIRST_CHECK.format(cells=cells)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer, _, told = done.stdout.rpartition("after ")
    assert "visible checks pass" in answer
    used, *modules = told.split()
    assert not {"keras", "tensorflow", "sklearn", "scipy.stats"} & set(modules)
    assert float(used) < seconds

"""JupyterLab and nbgrader as configured: valid settings, our folders, texts kept as they are."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import jupytext
import nbformat
import pytest
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = sorted(ROOT.glob("solutions/*.py"))
# What a kernel adds to a notebook that is opened.
LANGUAGE = {"name": "python", "version": "3.11.7", "codemirror_mode": {"name": "ipython"}}


def test_overrides_are_settings_that_exist():
    """Is every overridden setting in a schema of JupyterLab or of an extension, and allowed?"""
    path = ROOT / "utils" / "lab" / "settings" / "overrides.json"
    for plugin, settings in json.loads(path.read_text()).items():
        package, name = plugin.split(":")
        share = Path(sys.prefix, "share", "jupyter")
        (found,) = share.glob(f"lab*/**/schemas/{package}/{name}.json")
        schema = json.loads(found.read_text())
        assert set(settings) <= set(schema["properties"])
        jsonschema.validate(settings, schema)


def test_jupyterlab_starts_on_the_start_page():
    """Do the options name the repository as root and the first notebook as the first thing?"""
    from utils.lab import __main__ as start

    options = start.options()
    assert f"--ServerApp.root_dir={ROOT}" in options
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start.ipynb" in options


def config(root):
    """Return the nbgrader configuration of a repository."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def test_nbgrader_works_on_our_folders():
    """Are source, release and the rest where the README says?"""
    course = config(ROOT).CourseDirectory
    assert course.course_id == "neural-networks"
    assert course.root == str(ROOT)
    assert course.release_directory == "course/release"  # not where people work
    for step in ["source", "submitted", "autograded", "feedback"]:
        assert course[f"{step}_directory"] == f"course/{step}"
    assert course.db_url == f"sqlite:///{ROOT / 'course' / 'gradebook.db'}"


def test_the_exchange_can_be_elsewhere(monkeypatch, tmp_path):
    """Does NBGRADER_EXCHANGE name the exchange, without creating it on a learner's behalf?"""
    elsewhere = tmp_path / "exchange"
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(elsewhere))
    assert config(ROOT).Exchange.root == str(elsewhere)
    assert not elsewhere.exists()


def test_a_copy_is_a_course_of_its_own(copy_of_repository):
    """Does nbgrader in a copy use the copy's folders, and leave ours alone?"""
    root, env = copy_of_repository()
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "list"],
        cwd=root, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (root / "course" / "exchange").is_dir()
    assert not (root / "course").stat().st_mode & 0o007  # closed to others on the machine
    assert str(ROOT) not in done.stdout + done.stderr


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_a_lab_saved_from_jupyterlab_is_the_same_text(path, tmp_path):
    """Is a solution that is opened as a notebook, run and saved the same, to the byte?"""
    for source in (path, ROOT / "pyproject.toml"):
        shutil.copy(source, tmp_path)
    contents = jupytext.TextFileContentsManager(root_dir=str(tmp_path))
    model = contents.get(path.name, type="notebook")
    notebook = model["content"]
    assert sum(cell.cell_type == "code" for cell in notebook.cells) > 1
    notebook.metadata["language_info"] = LANGUAGE
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.execution_count = 1
    code.outputs = [nbformat.v4.new_output("stream", text="done")]
    contents.save(model, path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()

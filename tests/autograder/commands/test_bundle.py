"""The learners' bundle: complete, the same every time, and free of what learners must not see."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.commands import bundle

ROOT = Path(__file__).resolve().parents[3]
LAB = "03_softmax"
QUICK = "07_backprop"  # whose kernel needs no TensorFlow


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The bundle of this repository."""
    target = tmp_path_factory.mktemp("bundle") / "labs.zip"
    bundle.write(ROOT, target)
    return target


def copy_bundled(target):
    """Copy the parts of the repository that a bundle is made of."""
    caches = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for folder in ["notebooks", "solutions", "utils", "autograder/setup"]:
        shutil.copytree(ROOT / folder, target / folder, ignore=caches)
    for name in [*bundle.COPIED, "pyproject.toml"]:
        shutil.copy(ROOT / name, target / name)
    return target


def test_it_holds_what_learners_receive_and_nothing_else(archive):
    """Are there the labs, utils and the environment, and no solution, marker or test?"""
    with zipfile.ZipFile(archive) as opened:
        names = [name.removeprefix("labs/") for name in opened.namelist()]
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        *("LICENSE", "README.md", "environment.yml", "nbgrader_config.py", "notebooks"),
        *("pyproject.toml", "requirements.txt", "utils"),
    }
    assert f"notebooks/{LAB}/{LAB}.ipynb" in names
    assert f"utils/baked/{LAB}.json" in names
    assert "utils/lab/settings/overrides.json" in names
    assert "utils/lab/learner/labconfig/page_config.json" in names
    assert all(re.fullmatch(r"[\w./-]+", name) and ".." not in name for name in names)


def test_explanations_of_quizzes_are_for_self_study_only(archive):
    """Does a course's bundle leave out what anybody can open by trying all letters?"""
    sealed = {name for name in bundle.contents(ROOT, self_study=True) if name.endswith(".sealed")}
    assert "utils/baked/01_training.sealed" in sealed
    assert not sealed & bundle.contents(ROOT).keys()


def test_the_same_files_give_the_same_bytes(archive, tmp_path):
    """Is a bundle made elsewhere, from files of another date, equal byte for byte?"""
    elsewhere = copy_bundled(tmp_path / "elsewhere")
    for path in elsewhere.rglob("*"):
        os.utime(path, (1e9, 1e9))
    bundle.write(elsewhere, tmp_path / "labs.zip")
    assert (tmp_path / "labs.zip").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (f"notebooks/{LAB}/{LAB}.ipynb", "### BEGIN SOLUTION"),
        ("utils/leak.py", "from autograder import mark"),
    ],
)
def test_a_file_with_an_answer_is_refused(tmp_path, place, text):
    """Does the bundle name the file that must not reach a learner, and write nothing?"""
    root = copy_bundled(tmp_path / "copy")
    path = root / place
    if path.suffix == ".ipynb":
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][-1]["source"] = [text]
        path.write_text(json.dumps(notebook), encoding="utf-8")
    else:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(bundle.NotReleased, match=re.escape(place)):
        bundle.write(root, tmp_path / "labs.zip")
    assert not (tmp_path / "labs.zip").exists()


def test_a_copy_kept_beside_a_release_stays_here(archive, tmp_path):
    """Is a notebook that is no release left out, even in a release's folder?"""
    root = copy_bundled(tmp_path / "copy")
    folder = root / "notebooks" / LAB
    shutil.copy(folder / f"{LAB}.ipynb", folder / f"{LAB}-kept-1.ipynb")
    bundle.write(root, tmp_path / "labs.zip")
    assert (tmp_path / "labs.zip").read_bytes() == archive.read_bytes()


def test_a_notebook_that_was_worked_in_is_refused(tmp_path):
    """Is a notebook with outputs kept out of the bundle?"""
    root = copy_bundled(tmp_path / "copy")
    path = root / "notebooks" / LAB / f"{LAB}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code["execution_count"] = 1
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(bundle.NotReleased, match="has been run"):
        bundle.write(root, tmp_path / "labs.zip")


def test_a_question_writes_nothing(tmp_path, monkeypatch, capsys):
    """Does `bundle --help` say what it writes instead of writing it?"""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        bundle.main(["--help"])
    assert ended.value.code == 0
    assert "dist/labs.zip" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """What labs import, as a wheel."""
    return bundle.write_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def test_a_wheel_holds_what_labs_import_and_nothing_else(wheel, archive):
    """Is every file of `utils` in it, the learners' configuration too, and nothing beside?"""
    with zipfile.ZipFile(archive) as opened:
        names = {name.removeprefix("labs/") for name in opened.namelist()}
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    start = "utils/lab/learner/00_start.ipynb"
    assert held == {name for name in names if name.startswith("utils/")} | {start}


def test_a_wheel_is_the_same_every_time(wheel, tmp_path):
    """Is it equal byte for byte when it is built once more?"""
    assert bundle.write_wheel(ROOT, tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("utils/leak.py", "from autograder import mark", "utils/leak.py: holds"),
        ("pyproject.toml", '"solutions" = "solutions"\n', "is nothing that labs import"),
    ],
)
def test_a_wheel_with_more_in_it_is_not_written(tmp_path, place, text, said):
    """Is a wheel refused that would hold an answer, or another folder?"""
    root = copy_bundled(tmp_path / "copy")
    path = root / place
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    head = "[tool.hatch.build.targets.wheel.force-include]\n"
    path.write_text(before.replace(head, head + text) or text, encoding="utf-8")
    (root / "README.md").touch()
    with pytest.raises(bundle.NotReleased, match=re.escape(said)):
        bundle.write_wheel(root, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


@pytest.mark.slow
def test_a_lab_can_be_worked_anywhere_with_the_wheel_and_without_the_autograder(
    archive, wheel, tmp_path
):
    """Does a lab of the bundle, in a folder of its own, check the answers of a learner?"""
    with zipfile.ZipFile(archive) as opened:
        opened.extract(f"labs/notebooks/{QUICK}/{QUICK}.ipynb", tmp_path)
    root, venv = tmp_path / "labs", tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    # The libraries of this environment, without the .pth file that shows it this repository.
    packages = next(venv.glob("lib/python*/site-packages"))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", packages, wheel], check=True)
    python = venv / "bin" / "python"
    env = {key: os.environ[key] for key in ["LANG", "PATH"] if key in os.environ}
    env |= {"HOME": str(tmp_path)}

    def run(*arguments):
        return subprocess.run(
            [python, *arguments], cwd=root, env=env, capture_output=True, text=True
        )

    assert run("-c", "import utils, utils.checks").returncode == 0
    assert "No module named 'autograder'" in run("-c", "import autograder").stderr

    notebook = root / "notebooks" / QUICK / f"{QUICK}.ipynb"
    lab = nbformat.read(notebook, as_version=4)
    answers = solution_cells()
    for cell in lab.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.metadata.nbgrader.grade_id]
    lab.cells = [cell for cell in lab.cells if "demo" not in cell.metadata.get("tags", [])]
    nbformat.write(lab, notebook)
    execute = ["-m", "nbconvert", "--to", "notebook", "--inplace", "--execute", "--allow-errors"]
    done = run(*execute, str(notebook))
    assert done.returncode == 0, done.stderr
    outputs = {
        cell.metadata.nbgrader.grade_id: "".join(str(output) for output in cell.outputs)
        for cell in nbformat.read(notebook, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert len(outputs) == len(answers)
    for name, output in outputs.items():
        assert re.search(r"(\d+) of \1 visible checks pass", output), f"{name}: {output}"


def solution_cells():
    """Return `{grade_id: source}` of the lab's solution."""
    import jupytext

    solution = jupytext.read(ROOT / "solutions" / f"{QUICK}.py")
    cells = [cell for cell in solution.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in cells}

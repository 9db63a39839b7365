"""The whole round of a lab through nbgrader's own commands, on a copy of the repository."""

import csv
import getpass
from pathlib import Path

import jupytext
import nbformat
import pytest

from autograder.authoring.declaration import load
from tests import kernels
from tests.cohort.commanding import commands

LAB = "07_backprop"  # whose notebook runs in a moment, and whose marking needs no TensorFlow
FIRST = load(LAB).exercises[0].functions[0]
USER = getpass.getuser()


@pytest.fixture(scope="module")
def course(copy_of_repository, warm_kernels):
    """A copy of the repository after one learner's round, and what each command logged."""
    root, env = copy_of_repository()
    kernels.install(Path(env["HOME"], "kernels"), warm_kernels)
    env["JUPYTER_PATH"] = str(Path(env["HOME"], "kernels"))  # (before those of the environment)
    with commands(root, env) as python:
        yield a_round(root, python)


def a_round(root, python):
    """Release a lab, answer it, hand it in, mark it and get feedback, command by command."""
    log = {}

    def run(module, command, *arguments):
        done = python("-m", module, command, *arguments)
        log[command] = log.get(command, "") + done.stdout + done.stderr
        assert done.returncode == 0, f"{module} {command}\n{log[command]}"

    def nbgrader(command, *arguments):
        run("nbgrader", command, *arguments)
        return log[command]

    run("autograder", "release", "--quiet", LAB)
    released = (root / "notebooks" / LAB / f"{LAB}.ipynb").read_bytes()
    nbgrader("generate_assignment", LAB, "--force")
    assert (root / "notebooks" / LAB / f"{LAB}.ipynb").read_bytes() == released
    nbgrader("release_assignment", LAB)
    nbgrader("fetch_assignment", LAB)
    work = root / "course" / "work" / LAB / f"{LAB}.ipynb"
    log["unfinished"] = nbgrader("validate", str(first_exercise(work)))
    answer(work, root / "solutions" / f"{LAB}.py")
    nbgrader("validate", str(work))
    nbgrader("submit", LAB)
    nbgrader("collect", LAB)
    nbgrader("autograde", LAB)
    nbgrader("generate_feedback", LAB)
    nbgrader("release_feedback", LAB)
    nbgrader("fetch_feedback", LAB)
    nbgrader("export")
    return root, log


def first_exercise(notebook):
    """Write a lab down to its first check into a notebook of its own, as it was released."""
    lab = nbformat.read(notebook, as_version=4)
    last = next(
        i for i, cell in enumerate(lab.cells) if cell.metadata.get("nbgrader", {}).get("grade")
    )
    lab.cells = lab.cells[: last + 1]
    path = notebook.parent.parent / "first.ipynb"
    nbformat.write(lab, path)
    return path


def answer(notebook, solution):
    """Write the right answers into a learner's notebook."""
    cells = jupytext.read(solution).cells
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    lab = nbformat.read(notebook, as_version=4)
    for cell in lab.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = sources[cell.metadata.nbgrader.grade_id]
    nbformat.write(lab, notebook)


pytestmark = [pytest.mark.slow, pytest.mark.jail]


def test_right_answers_validate(course):
    """Does Validate tell a learner with right answers that all is well?"""
    _, log = course
    assert "Success! Your notebook passes all the tests." in log["validate"]


def test_a_check_that_lets_run_all_go_on_still_fails_validate(course):
    """Does Validate count a failing check that is tagged so that Run All goes on behind it?"""
    _, log = course
    assert "VALIDATION FAILED ON 1 CELL(S)!" in " ".join(log["unfinished"].split())
    assert f"{FIRST} is not written yet" in log["unfinished"]


def test_right_answers_get_full_marks(course):
    """Does the exported table of grades say 100 of 100?"""
    root, _ = course
    with (root / "grades.csv").open() as file:
        (row,) = [row for row in csv.DictReader(file) if row["assignment"] == LAB]
    assert row["student_id"] == USER
    assert float(row["score"]) == float(row["max_score"]) == 100


def test_feedback_comes_back_without_hidden_lines(course):
    """Is the learner's feedback where the Assignment List looks, and free of hidden tests?"""
    root, _ = course
    (feedback,) = (root / "course" / "work" / LAB / "feedback").rglob(f"{LAB}.html")
    text = feedback.read_text(encoding="utf-8")
    assert FIRST in text
    assert "HIDDEN TESTS" not in text
    assert "autograder" not in text


def test_everything_stays_in_the_course_folder(course):
    """Does a whole round leave the rest of the repository as it was?"""
    root, _ = course
    known = {*("LICENSE", "Makefile", "README.md", "CONTRIBUTING.md", "course", "grades.csv")}
    known |= {path.name for path in root.iterdir() if path.suffix in {".toml", ".txt", ".yml"}}
    known |= {*("autograder", "deploy", "docs", "nbgrader_config.py", "notebooks", "solutions")}
    known |= {"tests", "utils"}
    assert {path.name for path in root.iterdir()} - known == set()

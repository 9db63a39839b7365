"""Does what `make new` writes work as it stands, but for what it says is left to fill in?"""

import re
import subprocess
import sys

import pytest

from autograder.authoring import release, skeleton

LAB = "09_try"


@pytest.fixture(scope="module")
def begun(copy_of_repository):
    """A copy with a new lab and two exercises, a third in lab 03; what was said; how to go on."""
    root, env = copy_of_repository()

    def python(*arguments):
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)

    said = [python("autograder", "new", LAB, *each) for each in ([], ["first"], ["second"])]
    said.append(python("autograder", "new", "03_softmax", "third"))
    assert [done.returncode for done in said] == [0] * 4, said
    return root, python, [done.stdout for done in said]


def fill_in(root, lab):
    """Write something where the skeletons ask for it."""
    for path in [*root.glob(f"*/{lab}.py"), *root.glob(f"*/*/{lab}/*.py"),
                 *root.glob(f"*/*/*/{lab}/*.py")]:  # fmt: skip
        text = path.read_text("utf-8").replace("FILL IN", "Here is")
        if lab == LAB:
            text = re.sub("(points=|\\(|: )10\\b(?= points|\\)|,)", r"\g<1>50", text)
        path.write_text(text, encoding="utf-8")


def test_a_new_lab_is_whole_when_it_is_filled_in(begun):
    """Does check name every line that is left, and nothing once they are written?"""
    root, python, said = begun
    written = [f"autograder/exercises/{LAB}", f"solutions/{LAB}.py", f"tests/labs/answers/{LAB}"]
    for check in (["check"], ["format", "--check"]):
        done = python("ruff", *check, *written)
        assert done.returncode == 0, done.stdout
    refused = python("autograder", "release", "--check", LAB)
    left = re.findall(r"^  (\S+), line (\d+): (FILL IN.*)$", refused.stderr, re.MULTILINE)
    assert refused.returncode == 1
    assert len(left) == sum("FILL IN" in line for line in refused.stderr.splitlines()) > 20
    for file, number, what in left:
        assert (root / file).read_text("utf-8").splitlines()[int(number) - 1].endswith(what)
    assert {place[0] for place in left if place[0] in said[0]} == {
        f"autograder/exercises/{LAB}/__init__.py",
        f"solutions/{LAB}.py",
    }
    fill_in(root, LAB)
    released = python("autograder", "release", LAB)
    assert released.returncode == 0, released.stderr
    tests = ["-q", "-n", "0", "-p", "no:cacheprovider", "tests/labs/test_catalogue.py"]
    done = python("pytest", *tests, "-k", LAB)
    assert done.returncode == 0, done.stdout


def test_a_new_exercise_of_a_lab_leaves_only_its_points_to_be_found(begun):
    """Is the exercise placed behind the last one, and is the sum all that is wrong in the end?"""
    root, python, _ = begun
    text = (root / "solutions" / "03_softmax.py").read_text("utf-8")
    last, new = text.index('"grade_id": "softmax_model",'), text.index("Exercise: third")
    assert text.count("# %%", last, new) == 1
    fill_in(root, "03_softmax")
    refused = python("autograder", "release", "--check", "03_softmax")
    assert "add up to 110, not 100" in refused.stderr
    assert re.search(r"exercises/03_softmax/__init__\.py, line \d+", refused.stderr)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: skeleton.new_lab("softmax"), "two digits"),
        (lambda: skeleton.new_lab("03_softmax"), "already"),
        (lambda: skeleton.new_exercise("09_nothing", "one"), "make new LAB=09_nothing"),
        (lambda: skeleton.new_exercise("03_softmax", "one_hot"), "already"),
        (lambda: skeleton.new_exercise("03_softmax", "1st"), "no name of a function"),
    ],
)
def test_what_cannot_be_made_is_refused(make, reason):
    """Does a wrong name change no file, and is the next step named?"""
    with pytest.raises(skeleton.Refused, match=reason):
        make()


HEADING = "### Exercise: softmax (20 points)"


@pytest.mark.parametrize(
    ("old", "new", "reason", "at"),
    [
        ("(20 points)", "(18 points)", "says 18 points, .*softmax.py.* says 20", "(18 points)"),
        ("softmax (", "softmacks (", "names 'softmacks', which is no exercise", "softmacks ("),
        ("Exercise: softmax ", "", "no cell before it is headed", '"softmax_answer"'),
        ("### Exercise", "### FILL IN Exercise", "left to fill in", "FILL IN"),
    ],
)
def test_a_heading_that_is_not_as_declared_is_refused(tmp_path, monkeypatch, old, new, reason, at):
    """Is the line named in which text and declaration part?"""
    text = (release.SOLUTIONS / "03_softmax.py").read_text("utf-8")
    text = text.replace(HEADING, HEADING.replace(old, new))
    monkeypatch.setattr(release, "SOLUTIONS", tmp_path)
    (tmp_path / "03_softmax.py").write_text(text, encoding="utf-8")
    with pytest.raises(release.SourceError, match=reason) as refused:
        release.source_notebook("03_softmax")
    line = int(re.search(r"03_softmax\.py, line (\d+)", str(refused.value))[1])
    assert at in text.splitlines()[line - 1]

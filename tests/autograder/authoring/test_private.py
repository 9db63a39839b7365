"""Is a private course one that holds together, and one whose answers are not the public ones?"""

import json
import re
import subprocess
import sys

import pytest

from autograder.authoring import private, release
from autograder.authoring.declaration import load, names
from tests import cohort

# What a private course declares, told by itself: letters, right answers, layers of its networks.
TOLD = """
import json
from autograder.authoring.declaration import load, names
every = [ex for lab in names() for ex in load(lab).exercises]
cases = [(ex.name, case) for ex in every for check in ex.seen for case in check]
print(json.dumps({
    "letters": {ex.name: ex.letter for ex in every if ex.letter},
    "layers": {name: case.params["layers"] for name, case in cases if "layers" in case.params},
    "answers": {ex.name: ex.source() for ex in every},
    "mistakes": sum(len(ex.source(wrong)) > 0 for ex in every for wrong in ex.wrongs),
}))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A private course, and what its own modules say of it (a mistake in it raises there)."""
    folder = tmp_path_factory.mktemp("private") / "course"
    private.write(folder, 7)
    command = [sys.executable, "-c", TOLD]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_no_letter_of_the_public_quizzes_is_right(course):
    """Has every question another right letter, behind the same option and explanation?"""
    folder, told = course
    public = {ex.name: ex for lab in names() for ex in load(lab).exercises if ex.kind == "quiz"}
    assert set(told["letters"]) == set(public)
    for lab in ("01_training", "06_adam"):
        texts = [release.ROOT / "solutions" / f"{lab}.py", folder / "solutions" / f"{lab}.py"]
        before, after = (re.findall(r"# - ([a-d])\) (.*)", p.read_text()) for p in texts)
        assert sorted(text for _, text in before) == sorted(text for _, text in after)
        for n, ex in enumerate(ex for ex in public.values() if ex.lab == lab):
            letter = told["letters"][ex.name]
            assert letter != ex.letter
            right = dict(before[4 * n : 4 * n + 4])[ex.letter]
            assert dict(after[4 * n : 4 * n + 4])[letter] == right


def test_no_network_of_the_public_labs_is_right(course):
    """Are layers, statement, answer and the numbers that are worked out those of one network?"""
    folder, told = course
    assert set(told["layers"]) >= set(private.NETWORKS.values()) - {"multilabel_model"}
    first, second = (units for units, _ in told["layers"]["softmax_model"][:2])
    assert (first, second) != (25, 15)
    for lab, name in private.NETWORKS.items():
        assert f"Dense({first}" in told["answers"][name]
        assert f"Dense({second}" in told["answers"][name]
        text = (folder / "solutions" / f"{lab}.py").read_text()
        assert not private._SIZE.search(text)
        for left, right in re.findall(r"\$((?:\d+|\\cdot|\+| )+) = ([\d,]+)\$", text):
            assert eval(left.replace("\\cdot", "*")) == int(right.replace(",", "")), (lab, left)


def test_a_seed_is_a_course(tmp_path, course):
    """Does the same seed write the same files, another seed others, and never over a folder?"""
    folder, _ = course
    for seed in (7, 8):
        private.write(tmp_path / str(seed), seed)
        same = [
            (tmp_path / str(seed) / name).read_bytes() == (folder / name).read_bytes()
            for name in ("solutions/01_training.py", "autograder/exercises/06_adam/__init__.py")
        ]
        assert set(same) == {seed == 7}
    with pytest.raises(release.SourceError, match="not empty"):
        private.write(folder, 7)
    with pytest.raises(release.SourceError, match="outside"):
        private.write(release.ROOT / "mine", 7)


def test_the_bundled_answers_are_right_in_it(course):
    """Do other right answers of the tests have the layers of the private course?"""
    folder, told = course
    first = told["layers"]["softmax_model"][0][0]
    for lab, name in private.NETWORKS.items():
        for path in (folder / "tests" / "labs" / "answers" / lab).glob("right_*.py"):
            answer = cohort.sections(path).get(name, "")
            assert not answer or str(first) in answer, path

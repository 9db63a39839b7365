"""Is a private course one that holds together, and one whose answers are not the public ones?"""

import json
import re
import subprocess
import sys

import pytest

from autograder.authoring import private, release, variants
from autograder.authoring.declaration import load, names
from tests import cohort

# Exercises of which numbers or words are asked otherwise, and that take no training to mark.
VARIED = {variant.name for variant in variants.VARIANTS}
ASKED = ("binary_cross_entropy", "choose_output", "cross_entropy", "kind_of_problem",
         "local_derivatives", "forward")  # fmt: skip
# What a private course declares, told by itself: letters, right answers, layers of its networks;
# and of some exercises the share of the points that its own and the public answers earn.
TOLD = """
import json, sys
from autograder.authoring.declaration import generator, load, names
from autograder.marking.scoring import score
from utils.engine.calling import run_calls

def share(ex, functions):
    def run(cases):
        return [run_calls(functions, case.calls) for case in cases]
    return score(ex, run, generator(b"secret", "ada", ex.lab, ex.name)).points / ex.points

public = json.load(sys.stdin)
every = [ex for lab in names() for ex in load(lab).exercises]
cases = [(ex.name, case) for ex in every for check in ex.seen for case in check]
print(json.dumps({
    "letters": {ex.name: ex.letter for ex in every if ex.letter},
    "layers": {name: case.params["layers"] for name, case in cases if "layers" in case.params},
    "answers": {ex.name: ex.source() for ex in every},
    "shares": {
        ex.name: [share(ex, ex.solution), share(ex, ex.made_of(public[ex.name], "public"))]
        for ex in every if ex.name in public
    },
    "mistakes": sum(len(ex.source(wrong)) > 0 for ex in every for wrong in ex.wrongs),
}))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A private course, and what its own modules say of it (a mistake in it raises there)."""
    folder = tmp_path_factory.mktemp("private") / "course"
    private.write(folder, 7)
    every = [ex for lab in names() for ex in load(lab).exercises]
    public = json.dumps({ex.name: ex.source() for ex in every if ex.name in ASKED})
    command = [sys.executable, "-c", TOLD]
    done = subprocess.run(command, cwd=folder, input=public, capture_output=True, text=True)
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
        for n, ex in enumerate(ex for ex in public.values() if ex.lab == lab):
            letter = told["letters"][ex.name]
            assert letter != ex.letter
            right = dict(before[4 * n : 4 * n + 4])[ex.letter]
            if ex.name not in VARIED:
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


@pytest.mark.parametrize("variant", variants.VARIANTS, ids=lambda v: f"{v.lab}-{v.name}")
def test_what_a_variant_varies_is_what_stands_there(variant):
    """Do the public parameters give the public text, and others four different options?"""
    folder = release.ROOT / "autograder" / "exercises" / variant.lab
    places = [release.ROOT / "solutions" / f"{variant.lab}.py", *folder.glob("*.py")]
    found = set()
    for path in [*places, *(release.ROOT / name for name in variant.also)]:
        text, there = variant.change(path.read_text(), variant.public)
        assert text == path.read_text()
        found |= there
    variant.refuse(found)
    for parameters in (variant.public, *variant.others):
        options = [said for said in variant.made(*parameters) if re.match(r"[a-d]\) ", said)]
        assert len({said[3:] for said in options}) == len(options)
        assert parameters == variant.public or variant.made(*parameters) != variant.made(
            *variant.public
        )
    with pytest.raises(release.SourceError, match="is not there any more"):
        variant.refuse(set())


def test_public_answers_lose_where_numbers_and_words_are_others(course):
    """Do the course's own answers earn all points, and the public ones fewer?"""
    _, told = course
    assert set(told["shares"]) == set(ASKED)
    for name, (own, public) in told["shares"].items():
        assert own == 1, name
        assert public < 0.8, name


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

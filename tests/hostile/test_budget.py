"""What can a submission cost: is its time one budget, and what arrives next to nothing?"""

import time
from types import SimpleNamespace

import pytest

from autograder.authoring import declaration
from autograder.commands import doctor
from autograder.jail.sandbox import CellResult, Limits
from autograder.marking import intake, marker, names, remarks
from tests import cohort
from utils.engine.absent import roughly_binds
from utils.engine.calling import Call, Failure

from .conftest import LIMITS

LAB = "03_softmax"
WASTES = {
    "sleeps": "time.sleep(60)",
    "works": "while True: pass",
    "dies late": "time.sleep(0.3); os._exit(1)",
    "works in C": "sum(itertools.repeat(0))",
    "is just in time": "end = time.time() + 0.3\n    while time.time() < end: pass",
}


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("way", WASTES)
def test_all_processes_of_a_submission_share_one_budget(way, template, hurry, monkeypatch):
    """Is marking over when the budget is, however often and wherever time is wasted?"""
    limits = LIMITS | {"submission": 2.0, "patience": 1000, "restarts": 1000}
    monkeypatch.setattr(template, "limits", Limits(**limits))
    body = f"import itertools, os, time\ndef _f(*_):\n    {WASTES[way]}\n"
    sources = {
        ex.name: body + "\n".join(f"def {name}(*args): return _f()" for name in ex.functions)
        for ex in declaration.load(LAB).exercises
    }
    template.start()  # who asks for it first waits for it: that is no time of a submission
    started = time.monotonic()
    marks = marker.mark(doctor.answered(LAB, sources), "ada", b"secret", template)
    assert marks.points == 0
    assert time.monotonic() - started < 3 + 12  # a process that does not listen, a busy machine


COSTS = {
    "keys of one hash": "{i * (2**61 - 1): 0 for i in range(25_000)}",
    "keys of one hash, small": "{i << 61: 0 for i in range(-4, 4)}",
    "rows without entries": "np.empty((10**9, 0))",
    "rows without entries in a model": "np.empty((0, 10**9, 10**9))",
    "many axes": "np.zeros((1,) * 32)",
    "long numbers": "[10**70] * 100_000",
    "longest number": "10**100_000",
    "many lists": "[[] for _ in range(150_000)]",
    "deep lists": "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
    "a long text": "'x' * 99_999",
    "texts": "['x' * 1000] * 3000",
    "a large array": "np.zeros(30 * 2**20, 'u1')",
    "large arrays": "[np.zeros(2**20)] * 6",
    "nan": "np.full(10**6, np.nan)",
    "dicts": "[{str(i): i} for i in range(50_000)]",
    "a dict of dicts": "{'a': {str(i): {'b': i} for i in range(20_000)}}",
}


@pytest.mark.jail
@pytest.mark.parametrize("value", COSTS)
def test_what_arrives_costs_the_marker_little(value, template):
    """Is a value taken or refused within a second or two of the marker's processor time?"""
    source = f"import numpy as np\ndef f(): return {COSTS[value]}"
    with template.learner([("a", source)]) as learner:
        learner.run_cells()
        started = time.process_time()
        learner.call([Call("f", [])], 5.0)
    assert time.process_time() - started < 3


@pytest.mark.jail
@pytest.mark.parametrize("value", ["keys of one hash", "rows without entries", "dicts", "nan"])
def test_what_is_returned_everywhere_costs_the_marker_little(value, template, hurry, monkeypatch):
    """Is a whole submission of such values judged, recognised and reported in seconds?"""
    monkeypatch.setattr(template, "limits", Limits(**LIMITS))
    sources = {
        ex.name: "import numpy as np\n"
        + "\n".join(f"def {name}(*args): return {COSTS[value]}" for name in ex.functions)
        for ex in declaration.load(LAB).exercises
    }
    started = time.process_time()
    marks = marker.mark(doctor.answered(LAB, sources), "ada", b"secret", template)
    assert marks.points == 0
    assert time.process_time() - started < 15
    assert len(str(marks.to_dict())) < 1_000_000


# Sources of one cell that cost the square or the cube of their length, once.
WRITTEN = {
    "many statements in a line": "softmax=1;" * 4_900,
    "names of names": "softmax=a0\n" + "\n".join(f"a{i}=a{i + 1}" for i in reversed(range(3000))),
    "functions of functions": "\n".join(f"def a{i}(): return a{i + 1}" for i in range(1400)),
    "empty lines": "\n" * 400_000 + "!x",
    "imports without end": "from a " + "import " * 60_000 + "(",
    "functions of nearly the right name": "\n".join(f"def softmay{i}(): 1" for i in range(2000)),
    "one long name": f"def {'softmax' * 60_000}(): 1",
    "names in a row": "x=[" + "a," * 24_000 + "]",
}


@pytest.mark.parametrize("kind", ["markdown", "code", "figure"])
@pytest.mark.parametrize("source", WRITTEN)
def test_what_is_written_costs_the_marker_little(source, kind):
    """Is a text looked through in seconds, in whatever cell it stands and whatever it names?"""
    raw = {"cell_type": "markdown" if kind == "markdown" else "code", "source": WRITTEN[source]}
    raw |= {"id": "mine", "metadata": {"tags": ["demo"]} if kind == "figure" else {}}
    released = intake.skeleton(LAB)
    raws = [*cohort.notebook(LAB, {})["cells"], raw]
    started = time.process_time()
    submission = intake.rebuild(released, raws)
    runs = marker.needed(submission)
    sources = [cell.source for cell in runs]
    names.bound_again({"softmax"}, sources, sources)
    error = Failure("SyntaxError", "invalid syntax")
    remarks.about((cell, CellResult(cell.id, error=error)) for cell in runs)
    for each in sources:
        roughly_binds(each)
    assert intake.filled(released, raws) <= 1
    assert time.process_time() - started < 6


def test_names_that_are_nearly_right_are_looked_for_among_a_few():
    """Of a flood of functions, are as many compared as anybody writes?"""
    written = WRITTEN["functions of nearly the right name"] + "\n" + WRITTEN["one long name"]
    raw = {"cell_type": "code", "id": "mine", "metadata": {}, "source": written}
    submission = intake.rebuild(intake.skeleton(LAB), [raw])
    limits = SimpleNamespace(limits=Limits())
    marking = marker._Marking(submission, declaration.load(LAB), "eve", b"s", limits, {})
    assert len(marking.spare) <= marker.MAX_SPARE
    assert max(map(len, marking.spare)) < marker.MAX_NAME

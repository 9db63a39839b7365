"""What can a submission learn of hidden inputs and right answers, and carry out?"""

import dataclasses
import json

import pytest

from autograder.authoring import declaration
from autograder.commands import doctor
from autograder.jail.sandbox import Limits
from autograder.marking import feedback, intake, marker
from tests import cohort
from tests.cohort.books import record

from .conftest import LIMITS

LAB = "03_softmax"
# Everything an answer was ever asked, to be told in as many ways as there are.
RECORD = """
import atexit, os, sys, warnings
import numpy as np
asked = []
def told():
    text = repr(asked)
    print(text); print(text, file=sys.stderr)
    os.write(1, text.encode()); os.write(2, text.encode())
    return text
def record(name, *args):
    asked.append((name, [np.asarray(a).tolist() for a in args]))
    return told()
"""
WAYS = {
    "an exception's text": "raise ValueError(text)",
    "an exception's name": "raise type('E' + str(abs(hash(text))), (Exception,), {})()",
    "a value": "return text",
    "numbers": "return [float(len(asked)), float(hash(text) % 1000)]",
    "a warning": "warnings.warn(text, RuntimeWarning); return None",
    "an argument": "args[0][...] = hash(text) % 7; return args[0]",
    "a shape": "return np.zeros(hash(text) % 97)",
    "the end": "os._exit(hash(text) % 7)",
    "a line": "exec('x = 1\\n' * (hash(text) % 50) + 'raise KeyError')",
    "a file": "open('kept', 'a').write(text); raise ValueError(open('kept').read())",
    "deadlines": "import time; time.sleep(2.0 * (hash(text) % 2)); raise ValueError",
}


def submission(way):
    sources = {}
    for ex in declaration.load(LAB).exercises:
        body = [
            f"def {n}(*args):\n    text = record({n!r}, *args)\n    {way}" for n in ex.functions
        ]
        sources[ex.name] = "\n".join(body)
    first = declaration.load(LAB).exercises[0].name
    sources[first] = RECORD + sources[first]
    return doctor.answered(LAB, sources)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_is_told_depends_on_hidden_inputs(way, template, hurry, monkeypatch):
    """Marked with another secret, does a submission that tells all it knows tell the same?"""
    monkeypatch.setattr(template, "limits", Limits(**LIMITS))
    pages = []
    for secret in (b"one secret", b"another"):
        handed = submission(WAYS[way])
        marks = marker.mark(handed, "ada", secret, template)
        assert marks.points == 0
        same = dataclasses.replace(marks, seconds={})
        pages.append(feedback.page("Lab", handed, same, record(same)) + json.dumps(same.to_dict()))
    assert pages[0] == pages[1]


def test_changed_work_is_asked_other_questions_and_unchanged_work_the_same():
    """Does any change of what a learner wrote change the draw, and nothing else do so?"""
    handed = intake.rebuild(
        intake.skeleton(LAB), cohort.notebook(LAB, {"one_hot": "x = 1"})["cells"]
    )
    again = intake.rebuild(
        intake.skeleton(LAB), intake.to_notebook(handed, intake.skeleton(LAB))["cells"]
    )
    other = cohort.notebook(LAB, {"one_hot": "x = 1 # again"})["cells"]
    changed = intake.rebuild(intake.skeleton(LAB), other)
    assert marker.work(handed) == marker.work(again)
    assert marker.work(handed) != marker.work(changed)
    draws = [
        declaration.generator(b"s", "ada", LAB, "softmax", marker.work(each)).random()
        for each in (handed, again, changed)
    ]
    assert draws[0] == draws[1] != draws[2]


READ = """
import gc, inspect, sys, types
import numpy as np
def softmax_gradient(X, y, W, b):
    found = []
    try: found.append(inspect.getsource(softmax))
    except Exception: pass
    code = getattr(softmax, "__code__", None)
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__name__ in ("softmax", "one_hot"):
            found.append(repr((thing.__code__.co_names, thing.__code__.co_varnames)))
    P = softmax(X @ W + b)
    steps = "keepdims" in "".join(found) or "sum" in "".join(found)
    if steps: raise RuntimeError("found")
    E = P.copy(); E[np.arange(len(y)), y] -= 1
    return X.T @ E / len(y), E.mean(axis=0)
"""


@pytest.mark.jail
def test_a_right_answer_helps_and_is_not_there_to_be_read(template, monkeypatch):
    """Does an exercise that builds on a wrong one get its points, and find no code of the right?"""
    monkeypatch.setattr(template, "limits", Limits())
    sources = cohort.right(LAB) | {"softmax": "def softmax(z): return z", "softmax_gradient": READ}
    marks = marker.mark(doctor.answered(LAB, sources), "ada", b"secret", template)
    points = {score.exercise: score.points for score in marks.scores}
    assert points["softmax"] == 0
    assert points["softmax_gradient"] == 20
    assert "softmax_gradient" in marks.helped

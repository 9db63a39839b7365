"""Is a list as good as an array, and a tuple as a list, wherever a result has several parts?"""

import numpy as np
import pytest

from autograder.authoring.declaration import load
from utils import checks

FORMS = {
    "lists": lambda value: _each(value, lambda part: np.asarray(part).tolist(), list),
    "tuples": lambda value: _each(value, lambda part: part, tuple),
    "generators": lambda value: _each(value, lambda part: part, iter),
    "integers": lambda value: np.asarray(value).astype(int),
    "int8": lambda value: np.asarray(value).astype(np.int8),
}
SAID = [
    ("01_training", "minibatches", ("lists", "tuples", "generators")),
    ("01_training", "sigmoid_unit", ("lists",)),
    ("02_activations", "collapse", ("lists", "tuples")),
    ("02_activations", "fit_pieces", ("lists", "tuples")),
    ("03_softmax", "one_hot", ("lists", "integers", "int8")),
    ("03_softmax", "softmax_gradient", ("lists", "tuples")),
    ("06_adam", "momentum_step", ("lists", "tuples")),
    ("06_adam", "minimize", ("lists",)),
    ("07_backprop", "local_derivatives", ("lists", "tuples")),
    ("07_backprop", "topological_order", ("lists", "tuples")),
    ("08_digits", "shuffle_split", ("lists", "tuples")),
    ("08_digits", "confusion", ("lists",)),
]


def _each(value, change, kind):
    if isinstance(value, (tuple, list)):
        return kind([change(part) for part in value])
    return change(value)


@pytest.mark.parametrize(
    ("lab", "name", "form"), [(lab, name, f) for lab, name, forms in SAID for f in forms]
)
def test_a_right_answer_in_another_form_passes_its_check(lab, name, form):
    """Does a form that the statement allows pass every visible probe?"""

    def other(function):
        return lambda *args: FORMS[form](function(*args))

    right = {key: other(function) for key, function in load(lab).find(name).answers.items()}
    verdict = checks.judge(checks.load(lab)[name], right)
    assert verdict.passed, verdict.report

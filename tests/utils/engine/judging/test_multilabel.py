"""Does the judge of multi-label layers accept either output, and nothing else?"""

from dataclasses import replace

import pytest

from utils.engine import models
from utils.engine.calling import Call, Outcome
from utils.engine.judging import Case, verdict

PAIRS = [["linear", "binary_crossentropy", True], ["sigmoid", "binary_crossentropy", False]]
LAYERS = [[25, "relu"], [15, "relu"], [3, "linear"]]
CASE = Case(
    [Call("build", [4, 3])],
    "multilabel.layers",
    {"inputs": 4, "layers": LAYERS, "compiled": PAIRS},
    [None],
)


def judged(*outputs, inputs=4):
    """The finding on a network of 25 and 15 ReLU units with `outputs` after them."""
    return verdict(CASE, [Outcome(models.dense(inputs, [(25, "relu"), (15, "relu"), *outputs]))])


@pytest.mark.parametrize("activation", ["linear", "sigmoid"])
def test_outputs_may_be_logits_or_probabilities(activation):
    """Is either activation right, whatever the model is compiled with?"""
    assert judged((3, activation)) is None


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ([(3, "softmax")], "output-activation"),
        ([(3, "relu")], "output-activation"),
        ([(1, "sigmoid")], "units"),
        ([(9, "relu"), (3, "sigmoid")], "layer-count"),
    ],
)
def test_other_outputs_are_refused(outputs, code):
    """Is each other last layer wrong, and named?"""
    assert judged(*outputs).code == code


def test_the_loss_is_left_to_the_other_check():
    """Does a loss that does not fit leave these points alone, and lose those of the full judge?"""
    data = models.dense(
        4,
        [(25, "relu"), (15, "relu"), (3, "sigmoid")],
        loss={"name": "binary_crossentropy", "from_logits": True},
    )
    assert verdict(CASE, [Outcome(data)]) is None
    assert verdict(replace(CASE, judge="models.model"), [Outcome(data)]).code == "logits-twice"

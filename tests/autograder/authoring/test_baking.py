"""Are baked numbers as long as judging needs, and is a release told from another one by meaning?"""

import copy
import json

import numpy as np
import pytest

from autograder.authoring import baking
from utils import checks
from utils.engine.calling import Call
from utils.engine.judging import ATOL, RTOL, Case, tolerances

LAB = "03_softmax"
ALLOWED = tolerances(Case([]), Call("f", [])).allowed


@pytest.mark.parametrize("size", [3e-300, 1e-7, 0.01, 1.0, 4.999, 3.7e5, 1e300])
def test_a_stored_number_is_as_good_as_the_computed_one(size):
    """Is the error of storing at most a hundredth of what judging allows, whatever the size?"""
    for value in np.random.default_rng(0).normal(size=200) * size:
        stored = baking._shorten(float(value), ALLOWED)
        assert abs(stored - value) <= 0.01 * (ATOL + RTOL * abs(value))


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, -2e-17, 123456.789, 1e-30, 288.9219375])
def test_roundings_are_not_stored(value):
    """Do numbers a few roundings apart become the same text, also about 0?"""
    texts = {
        repr(baking._shorten(value + step * 1e-15 * (1 + abs(value)), ALLOWED))
        for step in range(-3, 4)
    }
    assert len(texts) == 1
    assert texts != {"-0.0"}


def test_tiny_probabilities_keep_their_digits():
    """Is a number that is judged relatively stored relatively, down to 1e-30?"""
    allowed = tolerances(Case([], params={"tiny": True}), Call("f", [])).allowed
    assert baking._shorten(1.23456789123e-25, allowed) == 1.23456789e-25


def test_what_is_no_float_is_stored_as_it_is():
    """Do whole numbers, truth, texts, inf and NaN stay what they are?"""
    data = [
        7,
        True,
        None,
        "b",
        {"$float": "inf"},
        {"$array": [1, 2], "dtype": "int64", "shape": [2]},
    ]
    assert baking._shorten(data, ALLOWED) == data
    array = {"$array": [1 / 3, {"$float": "nan"}], "dtype": "float32", "shape": [2]}
    assert baking._shorten(array, ALLOWED)["$array"] == [0.333333333, {"$float": "nan"}]


@pytest.fixture
def lab():
    return json.loads((checks.BAKED / f"{LAB}.json").read_text(encoding="utf-8"))


def changed(lab, change):
    """Tell whether a baked lab and a changed copy of it say the same."""
    other = copy.deepcopy(lab)
    change(other["exercises"][0])
    return baking.agree(json.dumps(lab), json.dumps(other))


def scale(array, factor):
    array["$array"] = [factor * entry for entry in array["$array"]]


def first_case(ex):
    return ex["checks"][0]["cases"][0]


MEANING = {
    "expected value": lambda ex: scale(first_case(ex)["expect"][0], 1 + 1e-5),
    "argument": lambda ex: scale(first_case(ex)["calls"][0]["args"][0], 1 + 1e-9),
    "type": lambda ex: first_case(ex)["expect"][0].update(dtype="float32"),
    "judge": lambda ex: first_case(ex).update(judge="adam.path"),
    "hint": lambda ex: ex["wrong"][0].update(hint="Another one."),
    "fingerprint": lambda ex: scale(ex["wrong"][0]["prints"][0][0][1], 1 + 1e-3),
    "number of mistakes": lambda ex: ex["wrong"].pop(),
    "number of cases": lambda ex: ex["checks"][0]["cases"].pop(),
    "layout of the file": lambda ex: ex.pop("checks"),
}


@pytest.mark.parametrize("what", MEANING)
def test_a_change_of_meaning_is_seen(lab, what):
    """Does each part of a baked exercise count when releases are compared?"""
    assert not changed(lab, MEANING[what])


@pytest.mark.parametrize("what", ["expected value", "fingerprint", "argument"])
def test_last_digits_are_no_change(lab, what):
    """Is a lab that another processor baked the same lab?"""
    change = {
        "expected value": lambda ex: scale(first_case(ex)["expect"][0], 1 + 1e-8),
        "fingerprint": lambda ex: scale(ex["wrong"][0]["prints"][0][0][1], 1 + 1e-7),
        "argument": lambda ex: scale(first_case(ex)["calls"][0]["args"][0], 1 + 1e-15),
    }[what]
    assert changed(lab, change)

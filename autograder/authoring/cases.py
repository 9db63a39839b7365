"""What an exercise is asked with: cases of one call or several, in checks, and their chance."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.authoring.answers import DeclarationError, place
from utils.engine.calling import Call
from utils.engine.judging import Case, known_judge

PARAMS = {"raises", "rtol", "atol", "largest", "tiny", "quiet", "mutates", "none"}


def call(function: str, *args: Any) -> Call:
    """Return a call of the learner's `function`, for `case_of`."""
    return Call(function, list(args))


def case(
    function: str,
    *args: Any,
    judge: str | Callable = "close",
    expect: Any = None,
    raises: type[Exception] | None = None,
    **params: Any,
) -> Case:
    """Return a case of one call; without `expect` the right answer says what is expected.

    `params` go to the judge (`utils.engine.judging`): `rtol`, `atol`, `largest`, `tiny`, `quiet`,
    `mutates` and the judge's own.
    """
    return case_of([call(function, *args)], judge, [expect], raises, **params)


def case_of(
    calls: list[Call],
    judge: str | Callable = "close",
    expect: list | None = None,
    raises: type[Exception] | None = None,
    **params: Any,
) -> Case:
    """Return a case of several calls that share their arguments and results."""
    if raises is not None:
        params["raises"] = raises.__name__
    if any(isinstance(arg, np.generic) for each in calls for arg in each.args or []):
        raise TypeError("an argument that is a NumPy number becomes a float on its way")
    if judge == "close" and (odd := set(params) - PARAMS):
        known = ", ".join(sorted(PARAMS))
        raise DeclarationError(
            f"{place()}: the judge of numbers knows no {', '.join(sorted(odd))}; it knows: {known}"
        )
    if isinstance(judge, str) and not known_judge(judge):
        raise DeclarationError(
            f"{place()}: there is no judge {judge!r}. Judges are functions of a module of "
            'utils/engine/judging, such as "training.batches".'
        )
    return Case(calls, judge, params, expect or [None] * len(calls))


@dataclass(frozen=True)
class Check:
    """One step of an exercise: a kind of input, with visible cases and fresh hidden ones."""

    title: str
    visible: list[Case]
    hidden: Callable[[np.random.Generator], list[Case]] | None = None
    weight: float = 1.0
    place: str = ""


def generator(
    secret: bytes, student: str, lab: str, exercise: str, work: str = ""
) -> np.random.Generator:
    """Return the generator of an exercise's hidden inputs: HMAC-SHA256(secret, who and what).

    `work` is a digest of what was handed in, so that what one marking asked tells nothing about
    the next, unless nothing has changed.
    """
    message = "\0".join((student, lab, exercise, work)).encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


class Shared:
    """Makes the hidden cases of several checks at once, so that they share one run."""

    def __init__(self, make: Callable[[np.random.Generator], list[Case]]) -> None:
        self.make, self.cases = make, []

    def first(self, rng: np.random.Generator) -> list[Case]:
        """Make all cases; return that of the first check."""
        self.cases = self.make(rng)
        return self.cases[:1]

    def later(self, number: int) -> Callable[[np.random.Generator], list[Case]]:
        """Return what gives the case of a further check."""
        return lambda _: self.cases[number : number + 1]

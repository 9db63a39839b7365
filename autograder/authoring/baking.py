"""Bake the visible side of a lab into data that ships with `utils`.

A baked lab holds the visible probes, what the right answer returns for them, and the fingerprints
of the wrong answers: outputs, never code. The same declaration gives the same bytes.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from autograder.authoring.declaration import DeclarationError, Exercise, Lab
from utils.checks import BAKED
from utils.engine.judging import Case, verdict
from utils.engine.plain import encode
from utils.engine.recognise import alike


def bake(lab: Lab) -> str:
    """Return the baked lab as JSON text.

    Raises `DeclarationError` for a visible case whose judge is a function of its own (only judges
    of `utils.engine.judging` reach the learner), for one on which the right answer fails, for a
    mistake that no visible case notices, and for two that none tells apart.
    """
    exercises = [_exercise(ex) for ex in lab.exercises]
    data = {"lab": lab.name, "title": lab.title, "minutes": lab.minutes, "exercises": exercises}
    return (
        json.dumps(data, allow_nan=False, separators=(",", ":")).replace('{"name"', '\n{"name"')
        + "\n"
    )


def path(lab: str) -> Path:
    """Return where the baked data of a lab lives."""
    return BAKED / f"{lab}.json"


def _exercise(ex: Exercise) -> dict:
    known = [] if ex.kind == "quiz" else ex.known
    _prove(ex)
    return {
        "name": ex.name,
        "kind": ex.kind,
        "points": ex.points,
        "functions": list(ex.functions),
        "forbids": list(ex.forbids),
        "hints": list(ex.hints),
        "checks": [
            {"title": check.title, "cases": [_case(ex, case) for case in cases]}
            for check, cases in zip(ex.checks, ex.seen, strict=True)
        ],
        "wrong": [
            {"name": k.name, "hint": k.hint, "finding": k.finding, "prints": encode(k.prints)}
            for k in known
        ],
    }


def _prove(ex: Exercise) -> None:
    """Refuse probes that the right answer fails, and mistakes that the probes do not tell.

    What needs Keras is not run here: the tests of the labs run it.
    """
    if ex.kind == "function" and not ex.needs_keras:
        for check, cases in zip(ex.checks, ex.seen, strict=True):
            for number, case in enumerate(cases, 1):
                if finding := verdict(case, ex.run(case)):
                    raise DeclarationError(
                        f"{check.place}: check {check.title!r}, probe {number}: the right answer "
                        f"({ex.cell.place}) fails: {finding.what}. Correct the probe or the answer."
                    )
        for wrong in ex.wrongs:
            cases = [case for cases in ex.seen for case in cases]
            if not wrong.finding and not any(verdict(c, ex.run(c, wrong)) for c in cases):
                raise DeclarationError(
                    f"{wrong.place}: mistake {wrong.name!r}: it passes all visible probes of "
                    f"{ex.name}. Is it right? If not, add a probe on which it fails."
                )
    pairs = zip(ex.wrongs, ex.known, strict=True)
    for (first, a), (second, b) in itertools.combinations(pairs, 2):
        if a.finding == b.finding and all(map(alike, a.prints, b.prints)):
            raise DeclarationError(
                f"{second.place}: mistake {second.name!r}: no visible probe tells it from "
                f"{first.name!r} ({first.place}). Add one on which the two differ."
            )


def _case(ex: Exercise, case: Case) -> dict:
    if not isinstance(case.judge, str):
        raise DeclarationError(
            f"{ex.place}: {ex.name}: the judge of a visible case is one of utils.engine.judging, "
            "by name. Give the case to the hidden ones, or the judge to the engine."
        )
    return {
        "calls": [
            {"function": c.function, "args": None if c.args is None else encode(c.args)}
            for c in case.calls
        ],
        "judge": case.judge,
        "params": encode(case.params),
        "expect": encode(case.expect),
    }

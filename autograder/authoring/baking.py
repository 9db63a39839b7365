"""Bake the visible side of a lab into data that ships with `utils`.

A baked lab holds the visible probes, what the right answer returns for them, and the fingerprints
of the wrong answers: outputs, never code. The same declaration gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.authoring.declaration import Exercise, Lab
from utils.checks import BAKED
from utils.engine.judging import Case
from utils.engine.plain import encode


def bake(lab: Lab) -> str:
    """Return the baked lab as JSON text.

    Raises `ValueError` for a visible case whose judge is a function of its own: only judges of
    `utils.engine.judging` reach the learner.
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


def _case(ex: Exercise, case: Case) -> dict:
    if not isinstance(case.judge, str):
        raise ValueError(
            f"{ex.lab}: {ex.name}: a visible case needs a judge of utils.engine.judging, by name"
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

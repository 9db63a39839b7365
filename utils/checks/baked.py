"""Read what `utils/baked/` holds of a lab: its exercises, their visible cases, known mistakes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from utils.engine.calling import Call
from utils.engine.judging import Case, Names
from utils.engine.plain import decode
from utils.engine.recognise import Known

BAKED = Path(__file__).parents[1] / "baked"


@cache
def load(lab: str) -> dict[str, dict]:
    """Read the baked exercises of a lab, by name; raises `ValueError` for an unknown lab."""
    path = BAKED / f"{lab}.json"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in BAKED.glob("*.json"))) or "none"
        raise ValueError(f"there is no lab {lab!r}; the labs are: {known}")
    exercises = json.loads(path.read_text(encoding="utf-8"))["exercises"]
    return {exercise["name"]: exercise for exercise in exercises}


def prepared(exercise: dict) -> tuple[list[tuple[str, Case]], list[Known]]:
    """Return the visible cases of a baked exercise, each with its check's title, and mistakes.

    They are read once of each object, which nobody changes.
    """
    if id(exercise) not in _ready:
        _ready[id(exercise)] = exercise, _prepared(exercise)
    return _ready[id(exercise)][1]


_ready: dict[int, tuple[dict, tuple]] = {}  # by `id`, with the object, so that it stays its own


def _prepared(exercise: dict) -> tuple[list[tuple[str, Case]], list[Known]]:
    names = Names(exercise.get("parameters", {}), exercise.get("results", {}))
    cases, calls = [], {}
    for check in exercise["checks"]:
        for data in check["cases"]:
            case = read_case(data)
            shared = calls.setdefault(json.dumps(data["calls"]), case.calls)
            cases.append((check["title"], replace(case, calls=shared, names=names)))
    known = [
        Known(w["name"], w["hint"], decode(w["prints"]), w["finding"]) for w in exercise["wrong"]
    ]
    return cases, known


def read_case(data: dict) -> Case:
    """Read one baked case."""
    calls = [Call(c["function"], decode(c["args"])) for c in data["calls"]]
    return Case(calls, data["judge"], decode(data["params"]), decode(data["expect"]))

"""Judges of lab 06_adam."""

from __future__ import annotations

from dataclasses import replace

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, close


def path(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Compare a path with the expected one, and how often the gradient function was called.

    Params: `count`, the number expected.
    """
    finding = close(replace(case, judge="close"), outcomes)
    if finding is not None:
        return finding
    wanted = case.params["count"]
    counted = outcomes[0].args_after[0]["calls"]
    if counted == wanted:
        return None
    return Finding(
        "calls",
        "the path is right, but the gradient function is called too often or too seldom",
        0,
        f"{wanted} calls",
        f"{counted} calls",
        "Call it once a step, and keep what it returned.",
    )

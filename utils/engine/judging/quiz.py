"""Judge a quiz answer: one letter."""

from __future__ import annotations

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, show


def letter(value: object) -> str | None:
    """Return the letter that was meant (" B)" is "b"), None where it is no text."""
    return value.strip(" ().").lower() if isinstance(value, str) else None


def option(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge whether the answer is one of the options at all."""
    value, options = outcomes[0].value, case.params["options"]
    if letter(value) in options:
        return None
    expected = ", ".join(f'"{name}"' for name in options)
    what = f"{case.calls[0].function} is none of the options"
    return Finding("option", what, 0, expected, show(value), "Write one letter in quotes.")


def right(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge whether the answer is the right one (marking only)."""
    if letter(outcomes[0].value) == case.params["right"]:
        return None
    return Finding("quiz", f"{case.calls[0].function} is not the right option")

"""The instructors' side: exercises and their hidden checks, releasing, marking, reporting."""

from typing import Any


def mark(lab: str, name: str, *answers: Any) -> float:
    """Return the points of an exercise, marked in this kernel; see `autograder.marking.incell`."""
    from autograder.marking import incell

    return incell.mark(lab, name, *answers)

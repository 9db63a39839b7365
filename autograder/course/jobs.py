"""A submission to be marked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.marking.marker import Marks
from autograder.marking.scoring import Score


@dataclass(frozen=True)
class Job:
    """A submission to be marked: where it is, what names it, and what of it is known already.

    `notes` tell what was odd about the files that were handed in; `made_of` names the parts of the
    key, and `why` says in words what has changed since the work was marked before. `earlier` names
    the exercises that the release which it was made from did not ask so; they are `excused` or not.
    """

    student: str
    lab: str
    folder: Path
    key: str
    timestamp: str | None = None
    kept: dict[str, Score] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    made_of: dict[str, str] = field(default_factory=dict)
    why: str = ""
    earlier: tuple[str, ...] = ()
    excused: bool = True


@dataclass(frozen=True)
class Done:
    """A marked submission: marks, comments on its answer cells, its time, why it was marked."""

    marks: Marks
    comments: dict[str, str | None]
    timestamp: str | None
    why: str = ""

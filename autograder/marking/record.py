"""What the gradebook says of one submission: the only source of every score that is shown."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Part:
    """What stands in the gradebook of one exercise: points of the marker and of a person, words."""

    name: str
    most: float
    auto: float | None = None
    manual: float | None = None
    extra: float | None = None
    review: bool = False  # somebody has to look at it
    comment: str = ""

    @property
    def scored(self) -> bool:
        """Whether it has points at all."""
        return self.auto is not None or self.manual is not None

    @property
    def points(self) -> float:
        """A person's points count in place of the marker's, extra points on top of either."""
        return ((self.auto or 0.0) if self.manual is None else self.manual) + (self.extra or 0.0)


@dataclass(frozen=True)
class Record:
    """One submission as the gradebook has it; times are UTC without a zone."""

    lab: str
    student: str
    parts: tuple[Part, ...] = ()
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    number: str = ""  # in the institution's system
    submitted: datetime.datetime | None = None
    due: datetime.datetime | None = None  # with this learner's extension
    penalty: float = 0.0

    @property
    def name(self) -> str:
        """The learner's name, where the roster has one."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.student

    @property
    def scored(self) -> bool:
        """Whether anything has points: unreadable work has none, which is no 0."""
        return any(part.scored for part in self.parts)

    @property
    def earned(self) -> float:
        """The points before anything is taken off for lateness."""
        return round(sum(part.points for part in self.parts), 2)

    @property
    def points(self) -> float:
        """The points that count."""
        return round(max(self.earned - self.penalty, 0.0), 2)

    @property
    def most(self) -> float:
        """The points of the lab."""
        return round(sum(part.most for part in self.parts), 2)

    @property
    def late(self) -> datetime.timedelta:
        """How late it was, zero where it was not."""
        if self.submitted is None or self.due is None:
            return datetime.timedelta()
        return max(self.submitted - self.due, datetime.timedelta())

    def in_order(self, order: dict[str, int]) -> Record:
        """Return it with its parts in the order of the lab."""
        parts = sorted(self.parts, key=lambda part: (order.get(part.name, len(order)), part.name))
        return replace(self, parts=tuple(parts))

    def part(self, name: str) -> Part | None:
        """Return the part of an exercise."""
        return next((part for part in self.parts if part.name == name), None)

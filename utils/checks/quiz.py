"""The quiz of a lab, for who learns alone: each answer is explained, once all are given.

What is said of an option is sealed: it is opened with the option's letter and work of a moment, so
that nobody reads it by accident before answering. It is no secret: whoever tries all letters opens
all of them. So a course whose quiz counts does not hand the sealed files out (`make bundle` leaves
them out), and on a copy fetched from a course they stay closed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from utils.checks.baked import BAKED
from utils.checks.notebook import GREEN, GREY, Said, card, code
from utils.checks.report import wrap
from utils.engine.judging.quiz import letter

WORK = {"n": 1 << 14, "r": 8, "p": 1}  # some 50 ms
MARKS = {"+": "Right.", "-": "Not this one."}


def path(lab: str) -> Path:
    """Return the sealed file of a lab; its ending keeps it out of what learners receive."""
    return BAKED / f"{lab}.sealed"


def seal(lab: str, question: str, option: str, text: str) -> str:
    """Seal what is said of an option of a question."""
    data = text.encode()
    return base64.b64encode(_covered(lab, question, option, data)).decode()


def opened(lab: str, question: str, option: str, sealed: str) -> str:
    """Return what `seal` was given; raises `ValueError` for another lab, question or option."""
    return _covered(lab, question, option, base64.b64decode(sealed)).decode().rstrip()


def _covered(lab: str, question: str, option: str, data: bytes) -> bytes:
    """Combine bytes with as many that only this option of this question gives; twice is nothing."""
    salt = f"{lab} {question}".encode()
    key = hashlib.scrypt(option.encode(), salt=salt, dklen=len(data), **WORK)
    return bytes(a ^ b for a, b in zip(data, key, strict=True))


class Explanation(Said):
    """What is said of the answers to a quiz."""


class Quiz:
    """The questions of a lab's quiz and the answers given to them in this session."""

    def __init__(self, lab: str, exercises: dict[str, dict]) -> None:
        self.lab = lab
        self.points = {n: ex["points"] for n, ex in exercises.items() if ex["kind"] == "quiz"}
        self.given: dict[str, str] = {}
        self.right: dict[str, bool] = {}  # as far as explained

    def answered(self, name: str, namespace: dict[str, Any], valid: bool) -> None:
        """Remember the answer to a question, where the exercise is one and the answer an option."""
        self.right.pop(name, None)
        self.given.pop(name, None)
        if name in self.points and valid:
            self.given[name] = letter(*namespace.values())

    def elsewhere(self) -> str:
        """Say who explains the quiz where this does not, "" where it does."""
        if not self.points:
            return f"{self.lab} has no quiz."
        if not path(self.lab).is_file():
            return "The quiz is explained by your instructor's marking."
        if (BAKED.parents[1] / "course") in Path.cwd().parents:
            return "This copy is from a course: its marking explains the quiz."
        return ""

    def closed(self) -> str:
        """Say why answers are not explained here and now, "" if they are."""
        if why := self.elsewhere():
            return why
        if missing := [f"`{name}`" for name in self.points if name not in self.given]:
            return (
                "First answer all questions, and run their checks. Still open: "
                f"{', '.join(missing)}."
            )
        return ""

    def explain(self) -> Explanation:
        """Return what is said of each answer: whether it is right, and why; or why it is not."""
        if why := self.closed():
            return Explanation(wrap(why), card(code(why), GREY))
        sealed = json.loads(path(self.lab).read_text(encoding="utf-8"))
        lines, parts = [], []
        for name, option in self.given.items():
            text = opened(self.lab, name, option, sealed[name][option])
            self.right[name] = text[0] == "+"
            lines.append(f"{name}, {option}) {MARKS[text[0]]} {text[1:]}")
            sign = "\u2713" if self.right[name] else "\u2717"
            head = f"<b>{sign} {name}, {option}) {MARKS[text[0]]}</b> {code(text[1:])}"
            parts.append(card(head, GREEN if self.right[name] else GREY))
        points = sum(self.points[name] for name in self.given if self.right[name])
        last = f"{sum(self.right.values())} of {len(self.right)} are right: {points} of "
        last += f"{sum(self.points.values())} points."
        if not all(self.right.values()):
            last += " Choose again, run those checks, and ask again."
        return Explanation("\n".join(map(wrap, [*lines, last])), "<br>".join([*parts, code(last)]))

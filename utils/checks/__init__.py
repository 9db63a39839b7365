"""The instant check of a lab: visible probes only, an answer in milliseconds.

    check = Check("03_softmax")
    check("softmax", softmax)      # judge an answer on the visible probes
    check.hint("softmax")          # the next hint, one a call
    check.summary()                # the whole lab: what passes, and what that is worth
    check.explain()                # the quiz, once it is answered; for who learns alone

The probes, the right outputs and the outputs of known wrong answers are data, in `utils/baked/`:
no right or wrong code is shipped.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from utils import progress
from utils.checks import notebook, quiz, summary
from utils.checks.asking import judge
from utils.checks.baked import BAKED, load, read_case
from utils.checks.report import WIDTH, explain, wrap
from utils.engine.absent import Syntax, listen, present

__all__ = [
    "BAKED", "WIDTH", "Check", "CheckFailed", "explain", "judge", "load", "read_case", "wrap",
]  # fmt: skip


class CheckFailed(Exception):
    """An instant check found a mistake; shown in a notebook as its report alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Check:
    """The instant checks of the lab `lab`, such as "03_softmax".

    Raises `ValueError` where there is no such lab.
    """

    def __init__(self, lab: str) -> None:
        self.lab = lab
        self._exercises = load(lab)
        self._hints_given: dict[str, int] = {}
        self._seen: dict[str, summary.Seen] = {}
        self._quiz = quiz.Quiz(lab, self._exercises)
        listen()

    def __call__(self, name: str, *answers: Any) -> None:
        """Judge the answers of exercise `name` on its visible probes and show a report.

        Raises `CheckFailed` with the report as its text, except while nbgrader marks. In a notebook
        a failure comes with buttons: the next hint, and the failing input in the lab's figure.
        """
        exercise = self._find(name)
        wanted = exercise["functions"]
        if len(answers) != len(wanted):
            raise CheckFailed(f'Write: check("{name}", {", ".join(wanted)})')
        functions = {f for each in self._exercises.values() for f in each["functions"]}
        try:
            there = present(wanted, answers, functions)
        except Syntax as error:
            raise CheckFailed(wrap(str(error))) from None
        namespace = dict(zip(wanted, there, strict=True))
        execution = os.environ.get("NBGRADER_EXECUTION")
        try:
            with notebook.patient(name) if execution is None else contextlib.nullcontext():
                told = judge(exercise, namespace, self._exercises)
        except KeyboardInterrupt:
            raise CheckFailed(f"You stopped the check of {name}.") from None
        if execution is None:
            progress.record(self.lab, name, told.passed)
            self._seen[name] = summary.Seen(answers, told)
            self._quiz.answered(name, namespace, told.passed)
        if execution == "autograde" or (told.passed and execution):
            print(told.report)
        elif told.passed:
            notebook.passed(name, told.report, self._next(name), *self._done())
        else:
            if execution is None:
                notebook.offer(self.lab, name, told, namespace, self.next_hint)
            raise CheckFailed(told.report)

    def hint(self, name: str) -> None:
        """Print the next hint for exercise `name`: a question or a pointer, never the answer."""
        print(wrap(self.next_hint(name)))

    def next_hint(self, name: str) -> str:
        """Return the next hint; behind the last one a note, and then the first again."""
        hints = self._find(name)["hints"]
        given = self._hints_given.get(name, 0)
        self._hints_given[name] = given + 1
        if given < len(hints):
            return f"Hint {given + 1} of {len(hints)}: {hints[given]}"
        self._hints_given[name] = 0
        return f"That was the last of {len(hints)} hints. Ask again to start over."

    def summary(self) -> summary.Summary | None:
        """Sum up the lab: each exercise, its points by the visible checks, what those are worth.

        Answers that are others by now, or were not checked yet, are checked now.
        """
        if os.environ.get("NBGRADER_EXECUTION"):
            return None
        return summary.of(self.lab, self._exercises, self._seen, self._quiz)

    def explain(self) -> quiz.Explanation:
        """Say of each answer to the quiz whether it is right, and why; once all are answered."""
        return self._quiz.explain()

    def _next(self, name: str) -> str:
        """Say what comes after exercise `name` has passed."""
        passed = progress.read().get(self.lab, {})
        names = list(self._exercises)
        at = names.index(name) + 1
        left = [each for each in names[at:] + names[:at] if not passed.get(each)]
        if left:
            return f"Next: `{left[0]}`."
        return "Next: `check.summary()`."

    def _done(self) -> tuple[int, int]:
        """Count the exercises of this lab that pass, and all of them."""
        passed = progress.read().get(self.lab, {})
        return sum(bool(passed.get(name)) for name in self._exercises), len(self._exercises)

    def _find(self, name: str) -> dict:
        if name not in self._exercises:
            known = ", ".join(self._exercises)
            raise CheckFailed(wrap(f"{self.lab} has no exercise {name!r}. It has: {known}."))
        return self._exercises[name]

    def __repr__(self) -> str:
        return f"Check({self.lab!r})"

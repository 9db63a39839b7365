"""The instant check of a lab: visible probes only, an answer in milliseconds.

    check = Check("03_softmax")
    check("softmax", softmax)      # judge an answer on the visible probes
    check.hint("softmax")          # the next hint, one a call

The probes, the right outputs and the outputs of known wrong answers are data, in `utils/baked/`:
no right or wrong code is shipped.
"""

from __future__ import annotations

import json
import os
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from utils import progress
from utils.engine.absent import present
from utils.engine.calling import Call, Outcome, run_calls
from utils.engine.forbidden import watch
from utils.engine.judging import UNWRITTEN, Case, Finding, show, verdict
from utils.engine.plain import decode
from utils.engine.recognise import Known, fingerprint, recognise

BAKED = Path(__file__).parent / "baked"
WIDTH = 78
HANG = " " * 10
HEADS = ("Wrong", "Input", "Expected", "Got", "Next", "Note")


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

    def __call__(self, name: str, *answers: Any) -> None:
        """Judge the answers of exercise `name` on its visible probes and print a report.

        Raises `CheckFailed` with the report as its text, except while nbgrader marks.
        """
        exercise = self._find(name)
        wanted = exercise["functions"]
        if len(answers) != len(wanted):
            raise CheckFailed(f'Write: check("{name}", {", ".join(wanted)})')
        functions = {f for each in self._exercises.values() for f in each["functions"]}
        answers = present(wanted, answers, functions)
        passed, report = judge(exercise, dict(zip(wanted, answers, strict=True)))
        if os.environ.get("NBGRADER_EXECUTION") is None:
            progress.record(self.lab, name, passed)
        if passed or os.environ.get("NBGRADER_EXECUTION") == "autograde":
            print(report)
        else:
            raise CheckFailed(report)

    def hint(self, name: str) -> None:
        """Print the next hint for exercise `name`: a question or a pointer, never the answer."""
        hints = self._find(name)["hints"]
        given = self._hints_given.get(name, 0)
        self._hints_given[name] = given + 1
        if given < len(hints):
            print(wrap(f"Hint {given + 1} of {len(hints)}: {hints[given]}"))
        else:
            print(wrap(f"That was the last of {len(hints)} hints. Run this again to start over."))
            self._hints_given[name] = 0

    def _find(self, name: str) -> dict:
        if name not in self._exercises:
            known = ", ".join(self._exercises)
            raise CheckFailed(wrap(f"{self.lab} has no exercise {name!r}. It has: {known}."))
        return self._exercises[name]

    def __repr__(self) -> str:
        return f"Check({self.lab!r})"


@cache
def load(lab: str) -> dict[str, dict]:
    """Read the baked exercises of a lab, by name; raises `ValueError` for an unknown lab."""
    path = BAKED / f"{lab}.json"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in BAKED.glob("*.json"))) or "none"
        raise ValueError(f"there is no lab {lab!r}; the labs are: {known}")
    exercises = json.loads(path.read_text(encoding="utf-8"))["exercises"]
    return {exercise["name"]: exercise for exercise in exercises}


@cache
def _prepared(text: str) -> tuple[list[tuple[str, Case]], list[Known]]:
    exercise = json.loads(text)
    cases, calls = [], {}
    for check in exercise["checks"]:
        for data in check["cases"]:
            case = read_case(data)
            shared = calls.setdefault(json.dumps(data["calls"]), case.calls)
            cases.append((check["title"], replace(case, calls=shared)))
    known = [
        Known(w["name"], w["hint"], decode(w["prints"]), w["finding"]) for w in exercise["wrong"]
    ]
    return cases, known


def read_case(data: dict) -> Case:
    """Read one baked case."""
    calls = [Call(c["function"], decode(c["args"])) for c in data["calls"]]
    return Case(calls, data["judge"], decode(data["params"]), decode(data["expect"]))


def judge(exercise: dict, namespace: dict[str, Any]) -> tuple[bool, str]:
    """Run the visible probes of a baked exercise; return whether all pass, and the report."""
    cases, known = _prepared(json.dumps(exercise))
    findings: list[Finding | None] = []
    prints = []
    done: dict[int, list[Outcome]] = {}  # cases that share their calls are run once
    for _, case in cases:
        if id(case.calls) not in done:
            with watch(exercise["forbids"]) as guard:
                done[id(case.calls)] = run_calls(namespace, case.calls, guard=guard)
        outcomes = done[id(case.calls)]
        findings.append(verdict(case, outcomes))
        prints.append(fingerprint(case, outcomes))
    passed = sum(finding is None for finding in findings)
    if passed == len(cases):
        more = "marking uses more" if exercise["kind"] == "function" else "marking comes later"
        return True, f"{passed} of {passed} visible checks pass; {more}."
    first = next(i for i, finding in enumerate(findings) if finding is not None)
    title, case = cases[first]
    wrong = recognise(known, prints, findings)
    lines = [f"{passed} of {len(cases)} visible checks pass. The first that fails: {title}"]
    lines += explain(case, findings[first], wrong)
    return False, "\n".join(wrap(line) for line in lines)


def explain(case: Case, finding: Finding, wrong: Known | None = None) -> list[str]:
    """Write a finding as lines: what is wrong, for which input, expected, got, one next step."""
    call = case.calls[finding.call]
    lines = [f"Wrong:    {finding.what}"]
    if call.args and finding.code not in UNWRITTEN:
        shown = [show(arg) for arg in call.args]
        short = sum(map(len, shown)) < 60 and not any("\n" in text for text in shown)
        lines.append("Input:    " + ("; " if short else "\n").join(shown))
    if finding.expected:
        lines.append(f"Expected: {finding.expected}")
    if finding.got:
        lines.append(f"Got:      {finding.got}")
    step = wrong.hint if wrong else finding.next_step
    if step:
        lines.append(f"Next:     {step}")
    return [line.replace("\n", "\n" + HANG) for line in lines]


def wrap(text: str) -> str:
    """Fold every line of `text` to at most 78 characters, with a hanging indent."""
    out = []
    for line in text.split("\n"):
        head, _, _ = line.partition(":")
        told = head in HEADS or line.startswith(HANG)
        hang = HANG if told else ""
        out += textwrap.wrap(line, WIDTH, subsequent_indent=hang, drop_whitespace=True) or [""]
    return "\n".join(out)

"""The instant check of a lab: visible probes only, an answer in milliseconds.

    check = Check("03_softmax")
    check("softmax", softmax)      # judge an answer on the visible probes
    check.hint("softmax")          # the next hint, one a call

The probes, the right outputs and the outputs of known wrong answers are data, in `utils/baked/`:
no right or wrong code is shipped.
"""

from __future__ import annotations

import inspect
import json
import os
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from utils import progress
from utils.engine.absent import Syntax, listen, present
from utils.engine.calling import MOST_PRINTED, Call, Outcome, run_calls
from utils.engine.forbidden import watch
from utils.engine.judging import UNWRITTEN, Case, Finding, Names, show, tolerances, verdict
from utils.engine.judging.state import probe
from utils.engine.plain import ModelData, bare, decode
from utils.engine.recognise import Known, diagnose

BAKED = Path(__file__).parent / "baked"
WIDTH = 78
HANG = " " * 10
HEADS = ("Wrong", "Input", "Expected", "Got", "Printed", "Next", "Note")
SHOWN_LINES = 8


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
        listen()

    def __call__(self, name: str, *answers: Any) -> None:
        """Judge the answers of exercise `name` on its visible probes and print a report.

        Raises `CheckFailed` with the report as its text, except while nbgrader marks.
        """
        exercise = self._find(name)
        wanted = exercise["functions"]
        if len(answers) != len(wanted):
            raise CheckFailed(f'Write: check("{name}", {", ".join(wanted)})')
        functions = {f for each in self._exercises.values() for f in each["functions"]}
        try:
            answers = present(wanted, answers, functions)
        except Syntax as error:
            raise CheckFailed(wrap(str(error))) from None
        namespace = dict(zip(wanted, answers, strict=True))
        passed, report = judge(exercise, namespace, self._exercises)
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


def judge(
    exercise: dict, namespace: dict[str, Any], lab: dict[str, dict] | None = None
) -> tuple[bool, str]:
    """Run the visible probes of a baked exercise; return whether all pass, and the report.

    With the exercises of the `lab`, a mistake in an earlier answer that this one calls is told.
    """
    titled, known = _prepared(json.dumps(exercise))
    cases = [case for _, case in titled]
    outcomes = _run(exercise, namespace, cases)
    findings = [verdict(*each) for each in zip(cases, outcomes, strict=True)]
    passed = sum(finding is None for finding in findings)
    if passed == len(cases):
        passed, report = _judge_together(exercise, namespace, cases)
        return passed, report + (_on_digits(cases, outcomes) if passed else "")
    first = next(i for i, finding in enumerate(findings) if finding is not None)
    title, finding = titled[first][0], findings[first]
    wrong = diagnose(known, cases, outcomes, findings, exercise["slips"])
    if blamed := _blamed(exercise, namespace, finding, lab or {}):
        finding, wrong = blamed, None
    lines = [f"{passed} of {len(cases)} visible checks pass. The first that fails: {title}"]
    lines += explain(cases[first], finding, wrong, outcomes[first])
    return False, "\n".join(wrap(line) for line in lines)


def _blamed(exercise: dict, namespace: dict, finding: Finding, lab: dict) -> Finding | None:
    """Return the finding with the earlier answer that is to blame for it, None if none is."""
    earlier = [each for name, each in lab.items() if name != exercise["name"]]
    name = finding.detail.rpartition(": ")[2]
    if finding.code == "NotImplementedError":
        other = next((each for each in earlier if each["name"] == name), None)
        state = "is not written yet"
    else:
        called = _called(
            namespace, {f: each["name"] for each in earlier for f in each["functions"]}
        )
        told = (each for each in earlier if each["name"] in called)
        other = next((each for each in told if not _passes(each, called[each["name"]])), None)
        state = "does not pass its own check"
    if other is None:
        return None
    functions = " and ".join(other["functions"])
    what = f"{finding.what}: it calls {functions}, which {state}"
    if finding.code == "NotImplementedError":
        what = f"{finding.what.split()[0]} calls {functions}, which {state}"
    step = f"First the exercise `{other['name']}`: run its check, mend it, then come back."
    return replace(finding, what=what, next_step=step)


def _called(namespace: dict, known: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return the functions of other exercises that answers call, straight or not.

    `known` maps each function to its exercise; so does the result, with what it is by now.
    """
    found: dict[str, dict[str, Any]] = {}
    queue, seen = list(namespace.values()), set()
    while queue:
        function = inspect.unwrap(queue.pop()) if callable(queue[-1]) else queue.pop()
        if not isinstance(function, FunctionType) or id(function) in seen:
            continue
        seen.add(id(function))
        codes = [function.__code__]
        while codes:
            code = codes.pop()
            codes += [const for const in code.co_consts if isinstance(const, CodeType)]
            for name in code.co_names:
                value = function.__globals__.get(name)
                if callable(value) and name not in namespace:
                    queue.append(value)
                    if name in known:
                        found.setdefault(known[name], {})[name] = value
    return found


def _passes(exercise: dict, functions: dict[str, Any]) -> bool:
    """Tell whether those cases of an exercise pass that ask for the given functions."""
    cases = [case for _, case in _prepared(json.dumps(exercise))[0]]
    cases = [case for case in cases if {call.function for call in case.calls} <= functions.keys()]
    outcomes = _run(exercise, functions, cases)
    return not any(verdict(*each) for each in zip(cases, outcomes, strict=True))


def _run(exercise: dict, namespace: dict, cases: list[Case]) -> list[list[Outcome]]:
    """Make the calls of cases; those that share their calls are run once."""
    done: dict[int, list[Outcome]] = {}
    for case in cases:
        if id(case.calls) not in done:
            with watch(exercise["forbids"]) as guard:
                done[id(case.calls)] = run_calls(namespace, case.calls, guard=guard)
    return [done[id(case.calls)] for case in cases]


def _judge_together(exercise: dict, namespace: dict, cases: list[Case]) -> tuple[bool, str]:
    """Judge whether calls leave one another alone, where each of them alone is right."""
    together = [] if exercise["kind"] == "quiz" else probe(cases)
    outcomes = _run(exercise, namespace, together)
    for case, each in zip(together, outcomes, strict=True):
        if finding := verdict(case, each):
            lines = [
                f"{len(cases)} of {len(cases)} visible checks pass one by one, but not together"
            ]
            lines += explain(case, finding, None, each)
            return False, "\n".join(wrap(line) for line in lines)
    more = "marking uses more" if exercise["kind"] == "function" else "marking comes later"
    return True, f"{len(cases)} of {len(cases)} visible checks pass; {more}."


def _on_digits(cases: list[Case], outcomes: list[list[Outcome]]) -> str:
    """Return a note where results are right, but in float32, which nobody asked for."""
    for case, each in zip(cases, outcomes, strict=True):
        if case.judge != "close":
            continue
        for call, expected, outcome in zip(case.calls, case.expect, each, strict=True):
            exact = tolerances(case, call).rtol < 1e-5
            args = [bare(arg) for arg in call.args or []]
            if (
                exact
                and not any(isinstance(a, ModelData) for a in args)
                and _is_single(outcome.value, expected)
            ):
                return "\n" + wrap(
                    f"Note:     {call.function} returns float32, which keeps 7 digits; marking "
                    "compares more. Compute in float64."
                )
    return ""


def _is_single(value: Any, expected: Any) -> bool:
    if isinstance(value, list) and isinstance(expected, (list, tuple)):
        return len(value) == len(expected) and any(map(_is_single, value, expected))
    single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return single and not np.array_equal(value, np.asarray(expected))


def explain(
    case: Case, finding: Finding, wrong: Known | None = None, outcomes: list[Outcome] | None = None
) -> list[str]:
    """Write a finding as lines: what is wrong, for which input, expected, got, one next step.

    With `outcomes`, what the failing call printed is shown too.
    """
    call = case.calls[finding.call]
    lines = [f"Wrong:    {finding.what}"]
    if call.args and finding.code not in UNWRITTEN:
        lines.append("Input:    " + _inputs(case, call))
    if finding.expected:
        lines.append(f"Expected: {finding.expected}")
    if finding.got:
        lines.append(f"Got:      {finding.got}")
    if outcomes and outcomes[finding.call].printed.strip():
        lines.append("Printed:  " + _beginning(outcomes[finding.call].printed))
    step = wrong.hint if wrong else finding.next_step
    if wrong and wrong.beside:
        step = f"{finding.next_step} {wrong.hint}"
    if step:
        lines.append(f"Next:     {step}")
    return [line.replace("\n", "\n" + HANG) for line in lines]


def _inputs(case: Case, call: Call) -> str:
    """Write the arguments of a call with their names, on one line where they are short."""
    shown = []
    for position, arg in enumerate(call.args or []):
        name = f"{case.names.argument(call.function, position)} = "
        shown.append(name + show(arg).replace("\n", "\n" + " " * len(name)))
    short = sum(map(len, shown)) < 60 and not any("\n" in text for text in shown)
    return ("; " if short else "\n").join(shown)


def _beginning(text: str) -> str:
    """Return the first lines of what was printed, and say where there is more."""
    lines = [line[: WIDTH - len(HANG)] for line in text.strip("\n").splitlines()]
    more = ["..."] if len(lines) > SHOWN_LINES or len(text) >= MOST_PRINTED else []
    return "\n".join(lines[:SHOWN_LINES] + more)


def wrap(text: str) -> str:
    """Fold every line of `text` to at most 78 characters, with a hanging indent."""
    out = []
    for line in text.split("\n"):
        head, _, _ = line.partition(":")
        told = head in HEADS or line.startswith(HANG)
        hang = HANG if told else ""
        out += textwrap.wrap(line, WIDTH, subsequent_indent=hang, drop_whitespace=True) or [""]
    return "\n".join(out)

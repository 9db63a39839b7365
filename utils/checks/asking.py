"""Ask an answer the visible cases of its exercise, and say what comes of it."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from utils.checks.baked import prepared
from utils.checks.report import explain, wrap
from utils.engine.calling import Outcome, run_calls
from utils.engine.fitting import quickened
from utils.engine.forbidden import watch
from utils.engine.judging import Case, Finding, tolerances, verdict
from utils.engine.judging.state import probe
from utils.engine.plain import ModelData, bare
from utils.engine.recognise import diagnose
from utils.engine.stopping import Timeout, within


@dataclass(frozen=True)
class Verdict:
    """How an answer did: the report, and of a failure the case, its finding and its outcomes.

    `titles` are the checks that pass.
    """

    passed: bool
    report: str
    titles: tuple[str, ...] = ()
    case: Case | None = None
    finding: Finding | None = None
    outcomes: tuple[Outcome, ...] = ()


def judge(exercise: dict, namespace: dict[str, Any], lab: dict[str, dict] | None = None) -> Verdict:
    """Run the visible probes of a baked exercise.

    With the exercises of the `lab`, a mistake in an earlier answer that this one calls is told.
    """
    titled, known = prepared(exercise)
    cases = [case for _, case in titled]
    outcomes = _run(exercise, namespace, cases)
    findings = [verdict(*each, words=False) for each in zip(cases, outcomes, strict=True)]
    failing = {title for (title, _), finding in zip(titled, findings, strict=True) if finding}
    titles = tuple(dict.fromkeys(title for title, _ in titled if title not in failing))
    # As when marking: who refuses every input has passed nothing.
    if not {title for title, case in titled if "raises" not in case.params} & set(titles):
        titles = ()
    if not failing:
        told = _judge_together(exercise, namespace, cases, titles)
        return replace(told, report=told.report + _on_digits(cases, outcomes) * told.passed)
    first = next(i for i, finding in enumerate(findings) if finding is not None)
    title, finding = titled[first][0], verdict(cases[first], outcomes[first])
    wrong = diagnose(known, cases, outcomes, findings, exercise["slips"])
    if blamed := _blamed(exercise, namespace, finding, lab or {}):
        finding, wrong = blamed, None
    count = f"{len(titles)} of {len({title for title, _ in titled})}"
    lines = [f"{count} visible checks pass. The first that fails: {title}"]
    lines += explain(cases[first], finding, wrong, outcomes[first])
    return _failed(lines, titles, cases[first], finding, outcomes[first])


def _failed(
    lines: list[str], titles: tuple, case: Case, finding: Finding, outcomes: list[Outcome]
) -> Verdict:
    report = "\n".join(wrap(line) for line in lines)
    return Verdict(False, report, titles, case, finding, tuple(outcomes))


def _judge_together(exercise: dict, namespace: dict, cases: list[Case], titles: tuple) -> Verdict:
    """Judge whether calls leave one another alone, where each of them alone is right."""
    count = f"{len(titles)} of {len(titles)} visible checks pass"
    together = [] if exercise["kind"] == "quiz" else probe(cases)
    outcomes = _run(exercise, namespace, together)
    for case, each in zip(together, outcomes, strict=True):
        if finding := verdict(case, each):
            lines = [f"{count} one by one, but not together", *explain(case, finding, None, each)]
            return _failed(lines, (), case, finding, each)
    more = "marking uses more" if exercise["kind"] == "function" else "marking comes later"
    return Verdict(True, f"{count}; {more}.", titles)


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


def patience(exercise: dict) -> float:
    """Return the seconds of work that a call has: five, or more where marking allows more."""
    return max(5.0, exercise["deadline"])


def _run(exercise: dict, namespace: dict, cases: list[Case]) -> list[list[Outcome]]:
    """Make the calls of cases; those that share their calls are run once.

    After a call that did not end the others are not made: they would not end either.
    """
    done: dict[int, list[Outcome]] = {}
    over: list[Timeout] = []
    with watch(exercise["forbids"]) as allowed, quickened():

        @contextlib.contextmanager
        def guard() -> Iterator[None]:
            if over:
                raise over[0]
            try:
                with allowed(), within(patience(exercise)):
                    yield
            except Timeout as error:
                over.append(error)
                raise

        for case in cases:
            if id(case.calls) not in done:
                done[id(case.calls)] = run_calls(namespace, case.calls, guard=guard)
    return [done[id(case.calls)] for case in cases]


# --- the earlier answer that is to blame ----------------------------------------------------------


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


def _called(namespace: dict, known: dict[str, str]) -> dict[str, dict[str, Callable]]:
    """Return the functions of other exercises that answers call, straight or not.

    `known` maps each function to its exercise; so does the result, with what it is by now.
    """
    found: dict[str, dict[str, Callable]] = {}
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


def _passes(exercise: dict, functions: dict[str, Callable]) -> bool:
    """Tell whether those cases of an exercise pass that ask for the given functions."""
    cases = [case for _, case in prepared(exercise)[0]]
    cases = [case for case in cases if {call.function for call in case.calls} <= functions.keys()]
    outcomes = _run(exercise, functions, cases)
    return not any(verdict(*each, words=False) for each in zip(cases, outcomes, strict=True))

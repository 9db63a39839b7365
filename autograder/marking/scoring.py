"""Score one exercise: run its cases through a caller, judge them, add up the points.

The caller decides where the learner's functions run: across the pipe (`marker`) or in the same
kernel (`incell`, for stock nbgrader). The score does not depend on it.
"""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import starmap

import numpy as np

from autograder.authoring.declaration import Check, Exercise
from utils.checks.baked import load
from utils.checks.report import explain, wrap
from utils.engine.calling import Outcome
from utils.engine.judging import UNWRITTEN, Case, Finding, explain_failure, verdict
from utils.engine.judging.quiz import letter
from utils.engine.judging.state import (
    STATE,
    TWICE,
    by_function,
    changes_all,
    moved,
    numbered,
    probe,
    refilled,
    renewed,
    standing,
    stepwise,
    turned,
    varied,
)
from utils.engine.recognise import Known, diagnose

# Failures that the marker names itself.
FAILURES = ("NotPlain", "Timeout", "Died", "Memory", "Protocol", *UNWRITTEN)
QUICK = 5.0  # seconds: exercises with a longer deadline are not called once more
Run = Callable[[list[Case]], list[list[Outcome]]]

# Findings that say more than that an answer is wrong for fresh inputs.
REFUSED = ("forbidden", "Timeout", "Memory", "Died", "Protocol")
STATEFUL = Known(
    "keeps something between calls",
    "Each call is right alone, and not after others: start from the arguments each time, and make "
    "new arrays. Nothing may be left from the call before.",
)
# Errors that no result of another function makes.
OWN = (*UNWRITTEN, "NameError", "MemoryError", "RecursionError", "SyntaxError")
# Patterns of right formulas whose last digits are lost.
ROUNDED = ("float32", "float16", "rounded", "nearly right")
BY_HEART = Known(
    "learnt by heart",
    "It is right for the inputs shown and for no other: compute the result from the arguments.",
)


@dataclass(frozen=True)
class CheckScore:
    """A check of an exercise and how it went."""

    title: str
    passed: bool
    weight: float


@dataclass(frozen=True)
class Score:
    """The points of one exercise, check by check, and what to tell the learner."""

    exercise: str
    points: float
    max_points: float
    checks: list[CheckScore] = field(default_factory=list)
    mistake: str = ""
    report: str = ""

    def to_dict(self) -> dict:
        """Return the score as JSON data."""
        return asdict(self)

    @staticmethod
    def from_dict(data: dict) -> Score:
        """Read what `to_dict` wrote."""
        return Score(**{**data, "checks": [CheckScore(**c) for c in data["checks"]]})


@dataclass
class _Tried:
    check: Check
    case: Case
    hidden: bool
    outcomes: list[Outcome]
    finding: Finding | None
    together: bool = False  # asks for the state that an answer keeps between calls


@dataclass
class Asked:
    """What an answer to an exercise is asked: cases of its checks, then some for its state.

    Each case of a check comes with whether it is hidden.
    """

    exercise: Exercise
    plan: list[tuple[Check, Case, bool]]
    later: list[Case]

    @cached_property
    def known(self) -> list[Known]:
        """The known mistakes with their fingerprints on the hidden cases, which may take long."""
        return self.exercise.known_on([case for _, case, hidden in self.plan if hidden])


def asked(exercise: Exercise, rng: np.random.Generator) -> Asked:
    """Draw what is asked, and work out what is right."""
    plan: list[tuple[Check, Case, bool]] = []
    for check, seen in zip(exercise.checks, exercise.seen, strict=True):
        plan += [(check, case, False) for case in seen]
        fresh = check.hidden(rng) if check.hidden else []
        plan += [(check, exercise.expected(case), True) for case in fresh]
    return Asked(exercise, plan, _together(exercise, [case for _, case, _ in plan]))


def score(exercise: Exercise, run: Run, rng: np.random.Generator) -> Score:
    """Score `exercise` by running its visible and its hidden cases."""
    return score_of(asked(exercise, rng), run)


def score_of(ask: Asked, run: Run) -> Score:
    """Score an answer that `run` asks, by what it returns.

    A check earns its weight where all of its cases pass. The report names the first mistake; it
    shows inputs and values of visible cases only.
    """
    exercise, plan, later = ask.exercise, ask.plan, ask.later
    # What is called twice for the sake of its state is not called a third time.
    twice = {id(case.calls[0]) for case in later if case.judge == TWICE}
    alone = {id(c.calls): c for _, c, _ in plan if len(c.calls) > 1 or id(c.calls[0]) not in twice}
    results = run([*alone.values(), *later])
    after = list(zip(later, results[len(alone) :], strict=True))
    # Several checks may judge one run: their cases share their calls.
    first = dict(zip(alone, results, strict=False))
    built = {id(case.calls[0]): outcomes[:1] for case, outcomes in after if case.judge == TWICE}
    tried = [
        _Tried(check, case, hidden, outcomes, verdict(case, outcomes, words=False))
        for check, case, hidden in plan
        for outcomes in [first.get(id(case.calls)) or built[id(case.calls[0])]]
    ]
    failing = {id(t.case.calls[0]) for t in tried if t.finding}
    wrong = {t.case.calls[0].function for t in tried if t.finding}
    for case, outcomes in after:
        finding = verdict(case, outcomes)
        # What is wrong in itself is no state, and costs the points of its own check only.
        known = failing & {id(c) for c in case.calls[:2]}
        new = case.judge == "state.fresh" and case.calls[0].function in wrong
        if finding and finding.code not in STATE and (known or new):
            finding = None
        tried.append(_Tried(plan[0][0], case, True, outcomes, finding, together=True))
    checks = [
        CheckScore(
            check.title,
            all(t.finding is None for t in tried if t.check is check),
            check.weight,
        )
        for check in exercise.checks
    ]
    if not any(c.passed for c, check in zip(checks, exercise.checks, strict=True) if _gives(check)):
        checks = [replace(c, passed=False) for c in checks]
    share = sum(c.weight for c in checks if c.passed) / sum(c.weight for c in checks)
    points = round(exercise.points * share, 2)
    mistake, report = _report(ask, tried, checks)
    return Score(exercise.name, points, exercise.points, checks, mistake, report)


def form_matters(score: Score) -> bool:
    """Tell whether a mistake may come from the form of what earlier answers return.

    From tensors in place of arrays, for one, which stop NumPy's formulas, or from float32.
    """
    raised = score.mistake.endswith("Error") and score.mistake not in OWN
    return score.mistake in ROUNDED or raised


def _together(exercise: Exercise, cases: list[Case]) -> list[Case]:
    """Return what to ask after all cases: an answer keeps no state between calls."""
    if exercise.kind != "function":
        return []
    quick = exercise.deadline <= QUICK
    functions, later, stepped = by_function(cases), [], []
    for own in functions if quick else []:
        if steps := _most_moved(exercise, turned(own)):
            later.append(refilled(steps))
            stepped += [] if standing(steps) else [steps.calls[0].function]
        for one, other in varied(own):
            outcomes = exercise.run(other)
            asked = replace(other, expect=[outcome.value for outcome in outcomes])
            if verdict(asked, outcomes) is None:  # so it is an input
                later.append(renewed(one, asked, stays=True))
    for own in functions if quick else []:
        if found := numbered(own):
            later.append(refilled(_most_numbers(exercise, found)))
    later = probe(cases, stepped) + later
    if quick and not any(case.judge == TWICE for case in later):
        later.insert(0, cases[0])
    return later


def _most_moved(exercise: Exercise, pairs: Iterable[tuple[Case, Case]]) -> Case | None:
    """Return the steps between two cases whose result moves with most of the arguments."""
    found = []
    for steps in starmap(stepwise, pairs):
        if changes_all(steps):  # others cannot move the result with all
            steps = exercise.expected(steps)
            if not standing(steps):
                return steps
        found.append(steps)
    return min(map(exercise.expected, found), key=standing, default=None)


def _most_numbers(exercise: Exercise, found: list[Case]) -> Case:
    """Return the case whose result moves with most of its numbers."""
    most = exercise.expected(found[0])
    for steps in found[1:]:
        if moved(most) >= len(steps.calls) - 1:
            break
        made = exercise.expected(steps)
        most = made if moved(made) > moved(most) else most
    return most


def _gives(check: Check) -> bool:
    """Tell whether a check asks for a value: refusing every input must not earn points."""
    return not check.visible or not all("raises" in case.params for case in check.visible)


def _report(ask: Asked, tried: list[_Tried], checks: list[CheckScore]) -> tuple[str, str]:
    if ask.exercise.kind == "quiz":
        return _quiz_report(ask.exercise, tried)
    passed = sum(check.passed for check in checks)
    failing = [t for t in tried if t.finding]
    if not failing:
        return "", f"All {len(checks)} checks pass."
    lines = [f"{passed} of {len(checks)} checks pass."]
    first = failing[0]
    wrong = _diagnosis(ask, tried)
    mistake = wrong.name if wrong else _code(first)
    lines[0] += f" The first that fails: {first.check.title}"
    seen = next((t for t in failing if not t.hidden and t.check is first.check), None)
    if seen is not None:
        lines += explain(seen.case, verdict(seen.case, seen.outcomes), wrong)
    else:
        what = "the visible probes pass, but fresh inputs of this kind do not."
        if first.finding.code in UNWRITTEN:
            what = first.finding.what
        lines.append(f"Wrong:    {what}")
        if wrong is not None and wrong.name in ROUNDED and (digits := _digits(first, tried)):
            lines += ["Note:     the last digits differ on a visible probe, too:", *digits]
        lines.append(f"Next:     {_safe_step(first.finding, wrong)}")
    return mistake, "\n".join(wrap(line) for line in lines)


def _digits(first: _Tried, tried: list[_Tried]) -> list[str]:
    """Show a visible input on which the last digits of an answer differ, though it passes there."""
    call = first.case.calls[first.finding.call]
    for each in tried:
        pairs = zip(each.case.calls, each.case.expect, each.outcomes, strict=False)
        for index, (own, expected, outcome) in enumerate(() if each.hidden else pairs):
            if own.function != call.function or expected is None or outcome.error:
                continue
            strict = replace(each.case, params={"rtol": 1e-9, "atol": 1e-12}, judge="close")
            finding = verdict(strict, each.outcomes)
            if finding and finding.code == "value" and finding.call == index:
                return explain(each.case, finding)[1:-1]
    return []


def _code(tried: _Tried) -> str:
    """Return the code of a finding, unless it may be a text that an answer made of hidden input."""
    code = tried.finding.code
    raised = {outcome.error.type for outcome in tried.outcomes if outcome.error}
    if tried.hidden and code in raised and code not in FAILURES and not hasattr(builtins, code):
        return "error"
    return code


def _safe_step(finding: Finding, wrong: object | None) -> str:
    """Return a next step that shows nothing of a hidden input."""
    if wrong is not None:
        return wrong.hint
    if finding.code == "forbidden":
        return "On some inputs it calls what this exercise forbids."
    if finding.code in (
        "Timeout",
        "Memory",
        "Died",
        "mutated",
        "warning",
        "accuracy",
        "direction",
    ):
        return f"{finding.what}."
    return "Try other sizes, other signs, and larger numbers by hand."


def _diagnosis(ask: Asked, tried: list[_Tried]) -> Known | None:
    """Name the mistake by the visible cases, by the hidden ones where only those fail.

    A known mistake that shows on visible cases is known by them. On hidden ones the known wrong
    answers must be run first, which may take seconds.
    """
    alone = [t for t in tried if not t.together]
    failing = [t for t in alone if t.finding]
    if not failing or failing[0].finding.code in STATE:
        return STATEFUL
    if failing[0].finding.code not in REFUSED and _by_heart(alone):
        return BY_HEART
    hidden = not any(t.finding for t in tried if not t.hidden)
    chosen = [t for t in alone if t.hidden == hidden]
    known = ask.known if hidden else ask.exercise.known
    tables = ([getattr(t, part) for t in chosen] for part in ("case", "outcomes", "finding"))
    return diagnose(known, *tables, [] if hidden else _slips(ask.exercise), hidden)


def _slips(exercise: Exercise) -> list[list]:
    """Return what is baked of the slips in a right answer."""
    with contextlib.suppress(ValueError):
        return load(exercise.lab).get(exercise.name, {}).get("slips", [])
    return []


def _by_heart(alone: list[_Tried]) -> bool:
    """Tell whether an answer is right for the visible inputs and for no other."""
    fresh = [t for t in alone if t.hidden and "raises" not in t.case.params]
    seen = [t for t in alone if not t.hidden]
    right = len(seen) > 1 and not any(t.finding for t in seen)
    return right and len(fresh) > 2 and all(t.finding for t in fresh)


def _quiz_report(exercise: Exercise, tried: list[_Tried]) -> tuple[str, str]:
    outcome = tried[0].outcomes[0]
    chosen = letter(outcome.value) if outcome.error is None else None
    if outcome.error is not None and outcome.error.type in ("Syntax", "Misnamed"):
        case = tried[0].case
        finding = explain_failure(case.calls[0], 0, outcome.error)
        return finding.code, "\n".join(wrap(line) for line in explain(case, finding))
    if chosen not in exercise.options:
        return "no option", wrap("No answer: write one of the letters in quotes.")
    right = chosen == exercise.letter
    head = "Right." if right else "Not this one."
    return "" if right else f"option {chosen}", wrap(
        f"{head} ({chosen}) {exercise.options[chosen]}"
    )

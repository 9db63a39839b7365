"""Sum up a lab: each exercise, its points by the visible checks, and what those are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from utils.checks import notebook
from utils.checks.asking import Verdict, judge
from utils.checks.quiz import Quiz
from utils.engine.absent import Syntax, present
from utils.engine.judging import UNWRITTEN
from utils.tables import Table

WORTH = (
    "What this is worth: these points are counted with the few inputs that you can see. Marking by "
    "an instructor calls your functions with fresh inputs, drawn for you alone, looks more closely "
    "for what is forbidden, and marks the quiz. A function that does what the "
    "statement says keeps its points; one that is right only for these inputs loses them."
)
TICK, CROSS = "\u2713", "\u2717"
AFTER_RESTART = "not checked yet"


@dataclass(frozen=True)
class Seen:
    """The answers to an exercise that were checked, and what came of it."""

    answers: tuple
    verdict: Verdict


class Summary(Table):
    """A lab summed up; `points` are those by the visible checks, `passed` the exercises."""

    points: float
    passed: list[str]


def of(lab: str, exercises: dict[str, dict], seen: dict[str, Seen], quiz: Quiz) -> Summary:
    """Return the summary of a lab, after checking what is new or changed in this notebook."""
    space = getattr(notebook.shell(), "user_ns", {})
    rows, points, passed = [], 0.0, []
    for name, exercise in exercises.items():
        told = _verdict(exercise, exercises, space, seen)
        good = bool(told and told.passed)
        if exercise["kind"] == "quiz":
            sign, state = "\u2022" if good else CROSS, "answered" if good else "no answer yet"
            if name in quiz.right:
                sign, state = (TICK, "right") if quiz.right[name] else (CROSS, "not right yet")
            got = exercise["points"] * quiz.right.get(name, False)
        else:
            sign, state = TICK if good else CROSS, _state(told)
            got = _by_visible_checks(exercise, told)
        passed += [name] * good
        points += got
        rows.append([f"{sign} {name}", f"{got:g} of {exercise['points']}", state])
    whole = sum(exercise["points"] for exercise in exercises.values())
    head = f"{lab}: {len(passed)} of {len(exercises)} exercises pass, {points:g} of {whole} points "
    head += "by the inputs that you can see."
    parts = [head]
    if quiz.points and len(quiz.right) < len(quiz.points):
        after = "check.explain() explains the quiz, once it is answered, and counts its points."
        parts.append(quiz.elsewhere() or after)
    result = Summary(["exercise", "points", "state"], rows, "\n\n".join([*parts, WORTH]))
    result.points, result.passed = points, passed
    return result


def _verdict(exercise: dict, exercises: dict, space: dict[str, Any], seen: dict) -> Verdict | None:
    """Return how an exercise does with the answers that are there by now, None without any."""
    name, wanted = exercise["name"], exercise["functions"]
    before = seen.get(name)
    if not all(each in space for each in wanted):
        return before and before.verdict
    answers = tuple(space[each] for each in wanted)
    if before and all(a is b for a, b in zip(before.answers, answers, strict=True)):
        return before.verdict
    functions = {f for each in exercises.values() for f in each["functions"]}
    try:
        namespace = dict(zip(wanted, present(wanted, answers, functions), strict=True))
    except Syntax as error:
        return Verdict(False, str(error))
    seen[name] = Seen(answers, judge(exercise, namespace, exercises))
    return seen[name].verdict


def _by_visible_checks(exercise: dict, told: Verdict | None) -> float:
    """Return the points of the checks that pass; refusing every input earns none, as in marking."""
    checks = {c["title"]: c for c in exercise["checks"]}
    passing = [checks[title] for title in (told.titles if told else ())]
    if not any(_gives(check) for check in passing):
        return 0.0
    share = sum(c["weight"] for c in passing) / sum(c["weight"] for c in checks.values())
    return round(exercise["points"] * share, 2)


def _gives(check: dict) -> bool:
    """Tell whether a check asks for a value, and not only for refusals."""
    raising = [any(key == "raises" for key, _ in c["params"]["$dict"]) for c in check["cases"]]
    return not all(raising)


def _state(told: Verdict | None) -> str:
    if told is None:
        return AFTER_RESTART
    if told.passed:
        return "passes"
    if told.finding is None:
        return "its cell has a syntax error"
    if told.finding.code in UNWRITTEN:
        return "not written yet" if told.finding.code == "NotImplementedError" else "not there"
    return told.report.split("\n")[0].partition("fails: ")[2] or "passes alone, not twice"

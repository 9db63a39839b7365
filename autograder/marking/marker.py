"""Mark one submission: run its cells in the jail, put questions to its functions, add up points.

`mark` is a pure function of the submission, the lab, the student and the secret. It holds the
checks; the learner's code is in another process and sees neither them nor the score.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.authoring.declaration import Exercise, Lab, generator, load
from autograder.jail.sandbox import Budget, CellResult, Learner, Template
from autograder.marking import remarks, text
from autograder.marking.intake import Cell, Submission, answered_elsewhere
from autograder.marking.names import aside, bound_again, functions, globals_of, unreadable
from autograder.marking.scoring import Asked, Score, asked, form_matters, score_of
from utils.checks.report import wrap
from utils.engine import described
from utils.engine.absent import UNREAD, explained, roughly_binds
from utils.engine.calling import Call, Failure, Outcome
from utils.engine.forbidden import FAMILIES
from utils.engine.judging import Case
from utils.engine.plain import ModelData

MAX_LINES = 1000
MAX_NAME, MAX_SPARE = 60, 200  # of functions among which a misspelt one is looked for
MAX_SHOWN = 2 << 20  # characters of all outputs of a submission
SLACK = 4.0  # deadlines of a second try, in which every call of a right answer crosses two pipes
# Failures after which a process is no more.
FATAL = ("Died", "Protocol")
# Failures that may come from what was destroyed, though no forbidden call was noticed.
SUSPECT = (*FATAL, "ForbiddenCall", "ImportError", "ModuleNotFoundError", "AttributeError")
# First mistakes that are no catalogued wrong answer, in words.
WORDS = {
    "NotImplementedError": "not written yet",
    "Missing": "not defined",
    "Syntax": "a syntax error",
    "Misnamed": "defined under another name",
    "NotCallable": "no function",
    "NotPlain": "returns something that is no number, array or list",
    "Timeout": "takes too long",
    "Memory": "takes too much memory",
    "Died": "ends the process",
    "forbidden": "calls what is forbidden",
    "mutated": "changes its argument",
    "none": "returns None",
    "no-raise": "accepts what it should refuse",
    "warning": "right, but with warnings",
    "error": "raises an error",
    "value": "another wrong value",
    "shape": "a wrong shape",
    "type": "a wrong type",
    "nan": "NaN",
    "inf": "inf",
}
Forbids = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A process to ask in: what is forbidden there, and after how many of the cells (None: all).

    A light one has stand-ins for TensorFlow and the like (`jail/absent`), and costs a fraction.
    """

    forbids: Forbids
    cells: int | None = None
    light: bool = False


# What the calls of cases gave, by the identity of those calls.
Known = dict[int, list[Outcome]]


@dataclass(frozen=True)
class Marks:
    """What marking a submission gave: a score an exercise, outputs of the cells, times, notes.

    `problem` says why nothing could be marked; there are no scores then.
    """

    lab: str
    student: str
    scores: list[Score] = field(default_factory=list)
    outputs: dict[str, list[dict]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    helped: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def points(self) -> float:
        """The sum of the points."""
        return round(sum(s.points for s in self.scores), 2)

    def to_dict(self) -> dict:
        """Return the marks as JSON data."""
        return asdict(self)

    @staticmethod
    def from_dict(data: dict) -> Marks:
        """Read what `to_dict` wrote."""
        return Marks(**{**data, "scores": [Score.from_dict(s) for s in data["scores"]]})


def mark(
    submission: Submission,
    student: str,
    secret: bytes,
    template: Template,
    kept: dict[str, Score] | None = None,
) -> Marks:
    """Mark a rebuilt submission; scores in `kept` hold already and are not worked out again."""
    marking = _Marking(submission, load(submission.lab), student, secret, template, kept or {})
    return excuse(marking.run(), submission.excused)


def excuse(marks: Marks, names: Iterable[str]) -> Marks:
    """Let exercises that could not be answered count like the rest of somebody's work."""
    names = set(names)
    counted = [score for score in marks.scores if score.exercise not in names]
    most = sum(score.max_points for score in counted)
    if not names or not most:
        return marks
    share = sum(score.points for score in counted) / most
    told = wrap(
        "Excused: the release that you worked on did not ask this. It counts like the rest."
    )
    scores = [
        Score(each.exercise, round(share * each.max_points, 2), each.max_points, report=told)
        if each.exercise in names
        else each
        for each in marks.scores
    ]
    return replace(marks, scores=scores)


class _Marking:
    def __init__(
        self,
        submission: Submission,
        lab: Lab,
        student: str,
        secret: bytes,
        template: Template,
        kept: dict[str, Score],
    ) -> None:
        self.submission, self.lab, self.template = submission, lab, template
        self.student, self.secret = student, secret
        self.scores: dict[str, Score] = dict(kept)
        self.todo = [ex for ex in lab.exercises if ex.name not in kept]
        self.runs = needed(submission)
        self.cells = [(cell.id, cell.source) for cell in self.runs]
        self.budget = Budget(template.limits)
        self.budget.aside = self._aside()
        self.work = work(submission)
        # The process in which something is asked: one at a time, so that none is left to hear what
        # the next one knows.
        self.learner: Learner | None = None
        self.place = Place(())
        self.first: Place | None = None  # where all that can be asked in one process was asked
        self.lacks = False  # whether a cell uses what a light process lacks
        self.silent: dict[Place, bool] = {}
        # In which process each exercise was marked, and which were tried in a light one.
        self.where: dict[str, Place] = {}
        self.tried: set[str] = set()
        self.asked: dict[str, Asked] = {}  # what each exercise is asked, wherever that is
        # Names that are not there, by the syntax error of the cell that would define them.
        self.unread: dict[str, Failure] = {}
        # Names of learners' functions that are no exercise's: one may be misspelt.
        asked = {function for ex in lab.exercises for function in ex.functions}
        defined = functions(c.source for c in self.runs if c.kind != "code") - asked
        self.spare = sorted(name for name in defined if len(name) < MAX_NAME)[:MAX_SPARE]
        self.notes: list[str] = []
        self.outputs: dict[str, list[dict]] = {}
        self.seconds: dict[str, float] = {}
        self.helped: dict[str, list[str]] = {}

    def run(self) -> Marks:
        try:
            for place in self._groups():
                self._mark_group(place)
            self._ask_in_order()
            self._help()
        finally:
            self._end()
        return Marks(
            self.lab.name,
            self.student,
            [self.scores[ex.name] for ex in self.lab.exercises],
            self.outputs,
            [*self.submission.notes, *self.notes],
            {name: round(seconds, 4) for name, seconds in self.seconds.items()},
            self.helped,
        )

    def _aside(self) -> frozenset[tuple[str, str]]:
        """Return the learner's own cells that no answer is made of: a game, a last try-out."""
        asked = {function for ex in self.lab.exercises for function in ex.functions}
        apart = aside(asked, [source for _, source in self.cells])
        return frozenset(
            cell
            for cell, ran, is_so in zip(self.cells, self.runs, apart, strict=True)
            if is_so and ran.kind == "own"
        )

    def _groups(self) -> Iterator[Place]:
        """Yield one process after the other, until every exercise has its score.

        What is forbidden is destroyed in a process for good, so exercises that forbid different
        things need different processes. But an answer that earns all points where more is destroyed
        than its exercise asks for earns them anyway, and most answers need none of it: so the
        exercises that forbid something are tried together first. In the same way an exercise that
        can be answered without TensorFlow is tried in a light process first. Where cells run there
        as they would anywhere, one light process is enough for all of these exercises.
        """
        able = [ex for ex in self.todo if not _heavy(ex) and (not ex.forbids or _joins(ex.forbids))]
        sets = {ex.forbids for ex in able}
        if len(sets) > 1 and self._is_quiet(one := _place(sets, light=True)):
            self.first = one
            yield one
        if free := [ex for ex in self._unmarked() if not ex.forbids]:
            yield Place((), light=all(map(self._is_light, free)))
        for light in (False,) if self.lacks else (True, False):
            sets = {ex.forbids for ex in self._unmarked() if _joins(ex.forbids)}
            together = _place(sets, light=light)
            if len(sets) > 1 and together not in self.silent:
                yield together
        while left := self._unmarked():
            yield Place(left[0].forbids, light=self._is_light(left[0]))

    def _unmarked(self) -> list[Exercise]:
        return [ex for ex in self.todo if ex.name not in self.where]

    def _mark_group(self, place: Place) -> None:
        """Mark those exercises that this process can mark; the first one's outputs are shown."""
        place = self._enough(place)
        results = self._learner(place).run_cells()
        if not self.outputs:
            self._look_at(results)
        group = [ex for ex in self._unmarked() if self._fits(ex, place)]
        self.tried.update(ex.name for ex in group)
        # Reports show what happened on visible inputs. Those go first, all of them, so that
        # nothing an answer then knows of hidden ones can be written into a report.
        seen = [self._ask_visible(ex, place) for ex in group]
        for ex, known in zip(group, seen, strict=True):
            result, clean = self._score(ex, place, known)
            if self._holds(ex, place, result, clean):
                self.scores[ex.name], self.where[ex.name] = result, place

    def _is_light(self, ex: Exercise) -> bool:
        """Tell whether an exercise is still to be tried in a light process."""
        return not (_heavy(ex) or ex.name in self.tried or self.lacks)

    def _fits(self, ex: Exercise, place: Place) -> bool:
        """Tell whether an exercise can be marked in a place."""
        if place.light and not self._is_light(ex):
            return False
        joins = _joins(ex.forbids) or (place == self.first and not ex.forbids)
        return ex.forbids == place.forbids or (joins and set(ex.forbids) <= set(place.forbids))

    def _is_quiet(self, place: Place) -> bool:
        """Tell whether all cells run in a place without an error and without what it lacks.

        Where they use that, no light process will do: it is remembered.
        """
        results = self._learner(place).run_cells()
        refused = {name.partition(".")[0] for result in results for name in result.refused}
        self.lacks = not refused.isdisjoint(FAMILIES["tensorflow"].packages)
        return not (refused or any(result.error for result in results))

    def _enough(self, place: Place) -> Place:
        """Return a place, or a full one where a cell uses what a light process lacks."""
        if place.light and any(result.refused for result in self._learner(place).run_cells()):
            return replace(place, light=False)
        return place

    def _holds(self, ex: Exercise, place: Place, result: Score, clean: bool) -> bool:
        """Tell whether an exercise would earn the same where nothing but its own is forbidden."""
        own = set(ex.forbids) == set(place.forbids)
        if place.light and ex.needs_keras:  # (models are described there)
            return clean and (own or self.silent[place])
        if result.points == ex.points or (own and not place.light):
            return True
        return clean and (own or self.silent[place])

    def _look_at(self, results: list[CellResult]) -> None:
        """Keep what the cells did, before anything was asked: outputs, notes, syntax errors."""
        self.outputs = _bounded(results)
        for cell, result in zip(self.runs, results, strict=True):
            if result.error and result.error.type in UNREAD:
                for name in roughly_binds(cell.source):
                    self.unread.setdefault(name, result.error)
        self.notes += remarks.about(zip(self.runs, results, strict=True))

    def _learner(self, place: Place) -> Learner:
        """Return a process in which this is forbidden, with its cells run in it.

        Any other of this submission is dead before it starts.
        """
        if self.learner is None or self.place != place:
            self._end()
            with self._timed("cells"):
                self.place, forbids = place, frozenset(place.forbids)
                cells = self.cells[: place.cells]
                self.learner = self.template.learner(cells, forbids, self.budget, place.light)
                self.silent[place] = not any(r.error for r in self.learner.run_cells())
        return self.learner

    def _end(self) -> None:
        if self.learner is not None:
            self.learner.close()
        self.learner = None

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - started

    def _ask(
        self, ex: Exercise, place: Place, cases: list[Case], deadline: float
    ) -> list[list[Outcome]]:
        """Make the calls of cases; an answer that ends its process leaves a new one to others."""
        learner = self._learner(place)
        with self._timed(ex.name):
            outcomes = learner.call_many([case.calls for case in cases], deadline)
        if any(o.error and o.error.type in FATAL for each in outcomes for o in each):
            self._end()
        return [
            [self._explained(call, o) for call, o in zip(case.calls, each, strict=True)]
            for case, each in zip(cases, outcomes, strict=True)
        ]

    def _explained(self, call: Call, outcome: Outcome) -> Outcome:
        return explained(outcome, call.function, self.unread, self.spare)

    def _ask_visible(self, ex: Exercise, place: Place) -> Known:
        distinct = {id(case.calls): case for cases in ex.seen for case in cases}
        outcomes = self._ask(ex, place, list(distinct.values()), ex.deadline)
        return dict(zip(distinct, outcomes, strict=True))

    def _score(
        self, ex: Exercise, place: Place, known: Known | None = None, slack: float = 1.0
    ) -> tuple[Score, bool]:
        """Score an exercise; tell as well whether nothing that is forbidden came up in its calls.

        `slack` times its deadline is what each case may take.
        """
        known = dict(known or {})
        gathered = list(known.values())

        def run(cases: list[Case]) -> list[list[Outcome]]:
            # What is known answers the first case with these calls; one more is asked anew.
            out = [known.pop(id(case.calls), None) for case in cases]
            fresh = [case for case, each in zip(cases, out, strict=True) if each is None]
            late = sum(any(map(_is_late, each)) for each in gathered)
            if late < self.template.limits.patience:
                outcomes = self._ask(ex, place, fresh, slack * ex.deadline)
            else:
                given_up = Outcome(error=Failure("Timeout", "earlier calls took too long"))
                outcomes = [[given_up for _ in case.calls] for case in fresh]
            gathered.extend(outcomes)
            return [each if each is not None else outcomes.pop(0) for each in out]

        if ex.name not in self.asked:
            rng = generator(self.secret, self.student, self.lab.name, ex.name, self.work)
            self.asked[ex.name] = asked(ex, rng)
        result = score_of(self.asked[ex.name], run)
        clean = not any(
            o.forbidden or (o.error and o.error.type in SUSPECT) for each in gathered for o in each
        )
        return result, clean

    def _ask_in_order(self) -> None:
        """Ask again, where it stands, an exercise that something below its check may have spoilt.

        A fresh process runs the cells up to the check, as a notebook does from top to bottom. It is
        asked as the first one was, visible inputs first, and knows nothing of what that was asked.
        """
        places = {cell.name or cell.id: i for i, cell in enumerate(self.submission.cells)}
        sources = [cell.source for cell in self.runs]
        for ex in self.todo:
            check = places.get(ex.name, len(places))
            count = sum(places[cell.name or cell.id] < check for cell in self.runs)
            first = self.scores[ex.name]
            if first.points == ex.points:
                continue
            if not (again := bound_again(ex.functions, sources[:count], sources[count:])):
                continue
            place = self._enough(Place(ex.forbids, count, light=not _heavy(ex)))
            second, clean = self._score(ex, place, self._ask_visible(ex, place))
            if not self._holds(ex, place, second, clean):
                place = replace(place, light=False)
                second, _ = self._score(ex, place, self._ask_visible(ex, place))
            if second.points > first.points:
                self.scores[ex.name], self.where[ex.name] = second, place
                names = text.line(", ".join(sorted(again)[:3]))
                self.notes.append(
                    f"{ex.name} was marked as it is at its check. Cells below bind what it uses "
                    f"({names}) again, and it is wrong after them: use other names there."
                )

    def _help(self) -> None:
        """Mark again, with right versions of what it builds on, an exercise that fell short.

        The right versions run in a process of their own, in which no learner's code ever is: the
        learner's code can call them, and neither see nor keep them. It knows what they return,
        so from this second try come the points and nothing that it can have written.
        """
        failed: list[Exercise] = []
        earlier: list[Exercise] = []
        for ex in self.lab.exercises:
            if self._short(ex) and ex in self.todo:
                stopped = form_matters(self.scores[ex.name])
                needed = self._builds_on(ex, failed)
                if needed:
                    self._borrow(ex, needed)
                if stopped and self._short(ex):
                    others = self._builds_on(ex, earlier)
                    if len(others) > len(needed) and self._borrow(ex, others):
                        names = ", ".join(name for other in others for name in other.functions)
                        self.notes.append(
                            f"{ex.name} was marked with right versions of what it builds on "
                            f"({names}): with what yours return it stops or loses digits. Do yours "
                            "return NumPy arrays of float64?"
                        )
            if self._short(ex) and ex.kind == "function":
                failed.append(ex)
            if ex.kind == "function":
                earlier.append(ex)

    def _borrow(self, ex: Exercise, needed: list[Exercise]) -> bool:
        """Mark an exercise with right versions of others; tell whether it earned more points."""
        before = self.scores[ex.name].points
        self.helped[ex.name] = [other.name for other in needed]
        functions = [e for e in self.lab.exercises if e.kind == "function"]
        names = [name for other in needed for name in other.functions]
        lent = [e for e in functions if e in needed or not e.needs_keras]
        right = "\n\n".join(e.program() for e in lent)
        here = self.where[ex.name]
        if any(e.needs_keras for e in needed):
            here = replace(here, light=False)
        own = replace(here, forbids=ex.forbids)
        for place in dict.fromkeys((here, own, replace(own, light=False))):
            self._learner(place).borrow(names, right)
            second, clean = self._score(ex, place, slack=SLACK)
            gain = second.points - self.scores[ex.name].points
            if gain > 0 or (gain == 0 and _hint(ex, second)):
                self.scores[ex.name] = _plainly(ex, second, needed)
            if not self._short(ex) or self._holds(ex, place, second, clean):
                break
        return self.scores[ex.name].points > before

    def _short(self, ex: Exercise) -> bool:
        return ex.kind == "function" and self.scores[ex.name].points < ex.points

    def _builds_on(self, ex: Exercise, failed: list[Exercise]) -> list[Exercise]:
        """Return those of the failed exercises that the answer to `ex` names, straight or not.

        The right answer that takes the place of a failed one may name further ones.
        """
        if not failed or ex.name + "_answer" in self.submission.missing:
            return failed
        own = "\n".join(c.source for c in self.submission.cells if c.kind == "own")
        answers = {e.name: self.submission.answer(e.name) for e in self.lab.exercises}
        reached, queue = set(), [answers[ex.name] + "\n" + own]
        while queue:
            _, used = globals_of(queue.pop())
            for other in self.lab.exercises:
                if other.name not in reached and used & set(other.functions):
                    reached.add(other.name)
                    replaced = other in failed
                    queue.append(other.source() if replaced else answers[other.name])
        return [other for other in failed if other.name in reached]


def _is_late(outcome: Outcome) -> bool:
    return outcome.error is not None and outcome.error.type == "Timeout"


def _place(sets: Iterable[Forbids], light: bool) -> Place:
    """Return the place where all is forbidden that one of the sets holds."""
    return Place(tuple(sorted(set().union(*sets))), light=light)


def _heavy(ex: Exercise) -> bool:
    """Tell whether an exercise has to be asked in a process that has TensorFlow, or never had."""
    cases = [case for cases in ex.seen for case in cases]
    calls = (call for case in cases for call in case.calls)
    return (
        (ex.needs_keras and any(case.judge not in described.JUDGES for case in cases))
        or any(FAMILIES[family].without for family in ex.forbids)
        or any(
            isinstance(arg, ModelData) and not described.knows(arg)
            for call in calls
            for arg in call.args or ()
        )
    )


def needs_full(lab: str) -> bool:
    """Tell whether an exercise of a lab has to be asked in a full process."""
    try:
        return any(map(_heavy, load(lab).exercises))
    except Exception:  # a declaration at fault: marking tells whose
        return True


def _joins(forbids: Forbids) -> bool:
    """Tell whether an exercise may be tried where other things are forbidden as well."""
    return bool(forbids) and not any(FAMILIES[family].without for family in forbids)


def work(submission: Submission) -> str:
    """Return a digest of what a learner wrote: changed work is asked other questions."""
    digest = hashlib.sha256()
    for cell in submission.cells:
        if cell.source != cell.released:
            data = cell.source.strip().encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def needed(submission: Submission) -> list[Cell]:
    """Return the cells to run: answers, own cells, and the released code that those build on.

    Released code that binds no name which is used by another cell cannot change an answer. What was
    released in place of an answer does not run where that is in another cell, above it perhaps. A
    syntax error uses nothing.
    """
    blank = answered_elsewhere(submission.cells, submission)
    runs = [cell for cell in submission.cells if cell.runs and cell.name not in blank]
    chosen = {cell.id for cell in runs if cell.kind != "code"}
    about = {cell.id: globals_of(cell.source) for cell in runs}
    used = set().union(
        *(about[c.id][1] for c in runs if c.id in chosen and not unreadable(c.source))
    )
    while True:
        more = {i for i, (binds, _) in about.items() if i not in chosen and binds & used}
        if not more:
            return [cell for cell in runs if cell.id in chosen]
        chosen |= more
        used.update(*(about[i][1] for i in more))


def _hint(ex: Exercise, result: Score) -> str:
    """Return the hint of the known mistake that a score names, if it names one."""
    return next((wrong.hint for wrong in ex.wrongs if wrong.name == result.mistake), "")


def _plainly(ex: Exercise, second: Score, needed: list[Exercise]) -> Score:
    """Return a score whose report holds nothing but how many checks pass, and a known hint."""
    passed = sum(check.passed for check in second.checks)
    names = ", ".join(name for each in needed for name in each.functions)
    lines = [
        f"{passed} of {len(second.checks)} checks pass, with right versions of",
        f"what it builds on ({names}) in place of yours.",
    ]
    if failing := [check.title for check in second.checks if not check.passed]:
        lines.append(f"The first that fails: {failing[0]}")
    if hint := _hint(ex, second):
        lines.append(f"Next:     {hint}")
    report = "\n".join(wrap(line) for line in lines)
    return replace(second, report=report, mistake=second.mistake if hint else "")


def in_words(mistake: str) -> str:
    """Return the name of a mistake for people."""
    return WORDS.get(mistake, mistake)


def _bounded(results: list[CellResult]) -> dict[str, list[dict]]:
    """Return the outputs of cells by id, until they are too many to be looked at."""
    outputs, room = {}, MAX_SHOWN
    for result in results:
        room -= len(result.stdout) + len(result.stderr)
        if room < 0:
            result = replace(result, stdout="[left out: too many outputs]\n", stderr="")
        outputs[result.cell_id] = shown(result)
    return outputs


def shown(result: CellResult) -> list[dict]:
    """Return what a cell did as notebook outputs."""
    out = [
        {"output_type": "stream", "name": name, "text": _cut(text)}
        for name, text in (("stdout", result.stdout), ("stderr", result.stderr))
        if text
    ]
    if error := result.error:
        head = f"{error.type}: {error.message}" if error.message else error.type
        lines = [f"    {each}" for each in error.line.splitlines()] + [head]
        out.append(
            {"output_type": "error", "ename": error.type, "evalue": error.message,
             "traceback": lines}
        )  # fmt: skip
    return out


def _cut(text: str) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) <= MAX_LINES:
        return text
    return "".join(lines[: MAX_LINES - 1]) + "... Output truncated ...\n"


def marked_outputs(marks: Marks) -> dict[str, list[dict]]:
    """Return the outputs of all cells by cell id, as nbgrader's SaveAutoGrades reads them.

    A marked cell (its id is its exercise's name) shows the report, then the score as its value; the
    first one begins with the notes on the submission, which nbgrader has no other place for.
    """
    outputs = dict(marks.outputs)
    said = "".join(wrap(f"Note:     {note}") + "\n" for note in marks.notes)
    for each in marks.scores:
        report, said = f"{said}{each.report}\n", ""
        outputs[each.exercise] = [
            {"output_type": "stream", "name": "stdout", "text": report},
            {
                "output_type": "execute_result",
                "data": {"text/plain": repr(float(each.points))},
                "metadata": {},
            },
        ]
    return outputs


def by_exercise(marks: Iterable[Marks]) -> dict[str, list[Any]]:
    """Return the scores of many marks, exercise by exercise."""
    table: dict[str, list[Any]] = {}
    for each in marks:
        for one in each.scores:
            table.setdefault(one.exercise, []).append(one)
    return table

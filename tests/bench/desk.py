"""Take a class through a term's worst lab, and compare all that shows a grade:
`python -m tests.bench.desk [--count 100]`.

In a copy of this repository, with the commands that an instructor types: a lab with a check that is
too strict and an exercise less than today's, a class of `--count` (a fifth damaged, a tenth late,
some with extensions, some with points by hand), the check repaired, the lab changed to today's
while work is out, more handed in. After each step the gradebook, the printed table, the feedback
pages, the report and three exports must agree for everybody, and at the steps that say so with what
the author of each submission would expect. Nothing that was handed in may be lost.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.authoring.declaration import load
from tests import cohort
from tests.bench import parser
from tests.cohort import agreeing
from tests.cohort.books import LAB

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("autograder", "utils", "solutions", "notebooks", "tests/labs/answers", "tests/cohort")
DUE = datetime.datetime(2026, 3, 2, 12)
MISSING_EXERCISE, INSTEAD = "softmax_model", "softmax_gradient"  # of the lab before, worth both
STRICT = """

ex.check(
    "to the last digit",
    [case("cross_entropy", np.array([[0.5, 0.5]]), np.array([0]))],
    lambda rng: [
        case("cross_entropy", P / P.sum(axis=1, keepdims=True), y, rtol=0.0, atol=0.0)
        for n in (50, 90, 200)
        for P, y in [(rng.uniform(0.1, 1, size=(n, 3)), rng.integers(0, 3, size=n))]
    ],
)
"""
TODAY = {ex.name: float(ex.points) for ex in load(LAB).exercises}
BEFORE = {name: p for name, p in TODAY.items() if name != MISSING_EXERCISE}
BEFORE[INSTEAD] += TODAY[MISSING_EXERCISE]


@dataclasses.dataclass
class Member:
    """Somebody of the class: what is handed in, when, and what its author expects.

    `lost` are exercises without points; `all_lost` where nothing can be read.
    """

    name: str
    files: dict[str, bytes]
    lost: frozenset[str] = frozenset()
    unreadable: bool = False
    at: datetime.datetime = DUE - datetime.timedelta(hours=3)
    percent: float = 0.0  # off for lateness
    strict: bool = False  # right, but not to the last digit
    older: bool = True  # made from the release before
    by_hand: dict[str, float] = dataclasses.field(default_factory=dict)
    extra: float = 0.0

    def points(self, worth: dict[str, float], strict: bool) -> float | None:
        """Return the points that are expected in a lab with these points."""
        if self.unreadable:
            return None
        marker = {name: 0.0 if name in self.lost else most for name, most in worth.items()}
        if strict and self.strict and "cross_entropy" not in self.lost:
            marker["cross_entropy"] *= 0.75
        if self.older and MISSING_EXERCISE in worth:  # it counts like the rest of the work
            rest = sum(v for k, v in marker.items() if k != MISSING_EXERCISE)
            share = rest / sum(v for k, v in worth.items() if k != MISSING_EXERCISE)
            marker[MISSING_EXERCISE] = round(share * worth[MISSING_EXERCISE], 2)
        earned = sum((marker | self.by_hand).values()) + self.extra
        return round(earned - round(earned * self.percent / 100, 2), 2)


def packed(nb: dict) -> bytes:
    return json.dumps(nb, indent=1).encode()


def edited(nb: dict, exercise: str, change: Callable[[list, int], None]) -> bytes:
    """Return a notebook in which something was done to the answer cell of an exercise."""
    nb = copy.deepcopy(nb)
    change(nb["cells"], cohort.place(nb, exercise))
    return packed(nb)


def _as_text(cells: list, at: int) -> None:
    cells[at]["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        cells[at].pop(key, None)


def _new_ids(nb: dict) -> bytes:
    nb = copy.deepcopy(nb)
    for number, cell in enumerate(nb["cells"]):
        cell["id"] = f"new-{number}"
    return packed(nb)


def _marked_by_themselves(nb: dict) -> bytes:
    nb = copy.deepcopy(nb)
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "100"
    return packed(nb)


def damaged(nb: dict, right: dict[str, str]) -> list[tuple[dict[str, bytes], set[str] | None]]:
    """Return twenty damaged submissions, each with the exercises lost; None for all unreadable."""
    name, whole, full = f"{LAB}.ipynb", packed(cohort.filled(nb, right)), cohort.filled(nb, right)
    no_colon = right | {"one_hot": right["one_hot"].replace(":", "", 1)}
    conflict = whole.replace(b'"cells": [', b'"cells": [\n<<<<<<< HEAD\n=======\n>>>>>>> x', 1)
    return [
        ({name: b""}, None),
        ({name: whole[: len(whole) // 2]}, None),
        ({name: b"{"}, None),
        ({name: b"[]"}, None),
        ({name: b"<!DOCTYPE html><html></html>"}, None),
        ({name: b"%PDF-1.7"}, None),
        ({name: b"PK\x03\x04" + bytes(30)}, None),
        ({name: conflict}, None),
        ({name: b"[" * 200_000}, None),
        ({"answers.py": b"def softmax(z): ..."}, None),
        ({name: edited(full, "one_hot", lambda cells, at: cells.pop(at))}, {"one_hot"}),
        ({name: packed(cohort.filled(nb, no_colon))}, {"one_hot"}),
        ({name: edited(full, "softmax", lambda c, at: c.insert(at, dict(c[at], id="x")))}, set()),
        ({name: edited(full, "softmax", _as_text)}, set()),
        ({"softmax(1).ipynb": whole}, set()),
        ({name: packed(nb), "my work.ipynb": whole}, set()),
        ({name: whole.decode().encode("utf-16")}, set()),
        ({name: _new_ids(full)}, set()),
        ({name: _marked_by_themselves(full)}, set()),
        ({name: whole.replace(b"\n", b"\r\n")}, set()),
    ]


def people(nb: dict, count: int, first: int, older: bool) -> list[Member]:
    """Return the undamaged members of a class: right, otherwise right, half done, one wrong."""
    declared, out = load(LAB), []
    names = [ex.name for ex in declared.exercises if not older or ex.name in BEFORE]
    right = {name: source for name, source in cohort.right(LAB).items() if name in names}
    for number in range(count):
        kind, answers, lost, strict = number % 5, dict(right), set(), False
        if kind == 1:
            answers, strict = cohort.otherwise(LAB, 1), True
        elif kind == 2:
            lost = set(names[len(names) // 2 :])
            answers = {name: right[name] for name in names if name not in lost}
        elif kind == 3:  # nothing of it written: all its points are lost
            lost = {names[number // 5 % len(names)]}
            answers = {k: v for k, v in right.items() if k not in lost}
        elif kind == 4 and number % 2:
            lost, answers = set(names), {}
        files = {
            f"{LAB}.ipynb": packed(
                cohort.filled(nb, {k: answers[k] for k in answers if k in names})
            )
        }
        if not older and kind == 4 and number % 2:
            lost = set(TODAY)
        member = Member(
            f"s{first + number:03d}", files, frozenset(lost), strict=strict, older=older
        )
        out.append(member)
    return out


class Term:
    """A copy of the repository, its course, and the class in it."""

    def __init__(self, place: Path, workers: int) -> None:
        self.root, self.workers, self.steps = place / "labs", workers, []
        for name in COPIED:
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, self.root / name, ignore=ignore)
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        self.folder, self.members, self.wrong = self.root / "course", [], []
        self.declared = self.root / "autograder" / "exercises" / LAB

    def run(self, *arguments: str, status: int = 0) -> tuple[str, str]:
        """Run a command; return its output and its errors."""
        command = [sys.executable, "-m", "autograder", *arguments]
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(self.root)},
        )  # fmt: skip
        if done.returncode != status:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def earlier_lab(self) -> None:
        """Make the lab as it was: an exercise less, and a check that is too strict."""
        self.today = {
            path: path.read_text(encoding="utf-8")
            for path in [self.root / "solutions" / f"{LAB}.py", *self.declared.glob("*.py")]
        }
        (self.declared / f"{MISSING_EXERCISE}.py").unlink()
        init = self.declared / "__init__.py"
        init.write_text(init.read_text().replace(f'        "{MISSING_EXERCISE}",\n', ""))
        self.replace(self.declared / f"{INSTEAD}.py", "points=20", "points=34")
        solution = self.root / "solutions" / f"{LAB}.py"
        cells = re.split(r"(?m)^(?=# %%)", solution.read_text(encoding="utf-8"))
        gone = (f'"{MISSING_EXERCISE}', f"### Exercise: {MISSING_EXERCISE}")
        text = "".join(cell for cell in cells if not any(each in cell for each in gone))
        text = re.sub(r'("grade_id": "softmax_gradient", .*"points": )20', r"\g<1>34", text)
        text = text.replace("Exercise: softmax_gradient (20 points)",
                            "Exercise: softmax_gradient (34 points)")  # fmt: skip
        solution.write_text(text, encoding="utf-8")
        with open(self.declared / "cross_entropy.py", "a", encoding="utf-8") as file:
            file.write(STRICT)
        self.release()

    def repair(self) -> None:
        """Take the check that was too strict away."""
        self.replace(self.declared / "cross_entropy.py", STRICT, "")
        self.release()

    def change(self) -> None:
        """Release the lab of today while work is out."""
        for path, text in self.today.items():
            path.write_text(text, encoding="utf-8")
        self.release()

    def release(self) -> None:
        self.run("release", "--force", "--quiet", LAB)

    @staticmethod
    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise AssertionError(f"{old!r} is not in {path.name}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def notebook(self) -> dict:
        return json.loads((self.root / "notebooks" / LAB / f"{LAB}.ipynb").read_bytes())

    def hand_in(self, members: list[Member]) -> None:
        self.members += members
        for each in members:
            folder = self.folder / "submitted" / each.name / LAB
            folder.mkdir(parents=True)
            for name, data in each.files.items():
                (folder / name).write_bytes(data)
            (folder / "timestamp.txt").write_text(f"{each.at:%Y-%m-%d %H:%M:%S} UTC")

    def by_hand(self, members: list[Member]) -> None:
        """Give points, extra points and a comment as the Formgrader does."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            for number, each in enumerate(members):
                each.by_hand = {"softmax": 3.0 + number}
                each.extra = float(number)
                grade = book.find_grade("softmax", LAB, LAB, each.name)
                grade.manual_score, grade.extra_credit = each.by_hand["softmax"], each.extra
                said = book.find_comment("softmax_answer", LAB, LAB, each.name)
                said.manual_comment = f"To {each.name}: <well> & kindly"
            book.db.commit()

    def policy(self, members: list[Member]) -> None:
        rules = f"[late]\npercent_a_day = 10\npercent_at_most = 50\n[labs.{LAB}]\ndue = {DUE}\n"
        for each in members:
            rules += f'[[extension]]\nstudent = "{each.name}"\nlab = "{LAB}"\ndays = 2\n'
        (self.folder / "policy.toml").write_text(rules)

    def compare(self, step: str, printed: str, worth: dict[str, float], strict: bool) -> None:
        """Compare all places, and what the authors expect."""
        started = time.perf_counter()
        places = agreeing.shown(self.folder, LAB, printed, self.run)
        expected = {each.name: each.points(worth, strict) for each in self.members}
        wrong = agreeing.differences(places, expected)
        for each in self.members:
            where = self.folder / "feedback" / each.name / LAB / f"{LAB}.html"
            page = where.read_text() if where.exists() else ""
            if each.by_hand and f"To {each.name}: &lt;well&gt; &amp; kindly" not in page:
                wrong.append(f"{each.name}: the comment is not on the page")
        self.wrong += [f"{step}: {each}" for each in wrong]
        took = time.perf_counter() - started
        print(f"{step}: {len(self.members)} learners in {len(places)} places, "
              f"{len(wrong)} differences ({took:.0f} s to read them)", flush=True)  # fmt: skip
        for each in wrong:
            print(f"  {each}", flush=True)

    def lost(self) -> list[str]:
        """Say what of the submissions is not as it was handed in."""
        out = []
        for each in self.members:
            folder = self.folder / "submitted" / each.name / LAB
            for name, data in each.files.items():
                there = (folder / name).read_bytes() if (folder / name).is_file() else b""
                if hashlib.sha256(there).digest() != hashlib.sha256(data).digest():
                    out.append(f"{each.name}: {name}")
        return out


def main(arguments: list[str] | None = None) -> bool:
    """Print the comparison after each step; return whether nothing differs."""
    command = parser(__file__, __doc__)
    command.add_argument("--count", type=int, default=100)
    command.add_argument("--workers", type=int, default=2)
    options = command.parse_args(arguments)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        term = Term(Path(name), options.workers)
        term.earlier_lab()
        first, second = before(term, options.count)
        late, later = first[:5] + second[:2], second[2:5]
        for number, each in enumerate([*late, *later]):
            each.at = DUE + datetime.timedelta(hours=1 + 20 * number)
            each.percent = min(10 * (each.at - DUE + datetime.timedelta(days=1)).days, 50)
        term.folder.mkdir(exist_ok=True)
        everybody = [each.name for each in [*first, *second]] + ["absent"]
        roster = [f"{who},First {who},Last {who},{who}@example.org,{n}\n"
                  for n, who in enumerate(everybody, 1000)]  # fmt: skip
        (term.folder / "roster.csv").write_text(
            "username,first name,last name,email,ID number\n" + "".join(roster)
        )
        term.policy([])
        workers = ("--workers", str(options.workers))

        term.hand_in(first)
        printed, _ = term.run("grade", LAB, *workers, status=1)
        term.compare("1 marked", printed, BEFORE, strict=True)

        term.by_hand(first[3:8])
        printed, _ = term.run("grade", LAB, *workers, status=1)
        term.compare("2 points by hand", printed, BEFORE, strict=True)

        extended = first[:3] + first[20:22]
        for each in extended[:3]:
            hours = (each.at - DUE).total_seconds() / 3600 - 48
            each.percent = max(0.0, 10 * -(-hours // 24))
        term.policy(extended)
        printed, said = term.run("grade", LAB, *workers, status=1)
        term.wrong += ["3: marked again"] * ("0 marked" not in said)
        term.compare("3 extensions", printed, BEFORE, strict=True)

        term.repair()
        _, rehearsed = term.run("grade", LAB, *workers, "--dry-run", status=1)
        printed, said = term.run("grade", LAB, *workers, status=1)
        changed = set(re.findall(rf"{LAB}, (\w+): ", said))
        gained = {m.name for m in first if m.strict and not m.unreadable}
        if not changed <= gained or changed != set(re.findall(rf"{LAB}, (\w+): ", rehearsed)):
            term.wrong.append(f"4: told {sorted(changed)}, expected {sorted(gained)}")
        term.compare(f"4 check repaired ({len(changed)} scores changed, all told)",
                     printed, BEFORE, strict=False)  # fmt: skip

        term.change()
        finished(term, second)
        term.hand_in(second)
        _, said = term.run("grade", LAB, *workers, status=1)
        term.wrong += ["5: not refused"] * ("--migrate" not in said)
        printed, said = term.run("grade", LAB, *workers, "--migrate", status=1)
        term.compare("5 lab changed", printed, TODAY, strict=False)

        printed, said = term.run("grade", LAB, *workers, status=1)
        term.wrong += ["6: marked again"] * ("0 marked" not in said)
        term.compare("6 once more", printed, TODAY, strict=False)
        if lost := term.lost():
            term.wrong.append(f"lost: {lost}")
    took = time.perf_counter() - started
    print(f"{len(term.wrong)} wrong in all; {took:.0f} s")
    for each in term.wrong:
        print(f"  {each}")
    return not term.wrong


def before(term: Term, count: int) -> tuple[list[Member], list[Member]]:
    """Return who hands in before the change of the lab, and who after it.

    Damaged work is a fifth; a tenth of the class is late, some of each group. Of those after the
    change, half still work on the release before.
    """
    nb = term.notebook()
    right = {k: v for k, v in cohort.right(LAB).items() if k in BEFORE}
    broken = [
        Member(f"d{n:03d}", files, frozenset(lost or ()), unreadable=lost is None)
        for n, (files, lost) in enumerate(damaged(nb, right)[:: max(1, 100 // count)])
    ]
    half = max(10, (count - len(broken)) // 2)
    first = people(nb, half, 0, older=True) + broken
    second = people(nb, max(10, half // 2), half, older=True)
    return first, second + [Member(f"s{2 * half + n:03d}", {}) for n in range(half // 2)]


def finished(term: Term, second: list[Member]) -> None:
    """Let those of the second group who had nothing yet work on the lab of today."""
    empty = [n for n, each in enumerate(second) if not each.files]
    made = people(term.notebook(), len(empty), int(second[empty[0]].name[1:]), older=False)
    for place, member in zip(empty, made, strict=True):
        second[place] = member


if __name__ == "__main__":
    sys.exit(not main())

"""Submissions to mark: made from a lab's declaration, right, wrong in known ways, and damaged.

`write(lab, folder)` lays out the bundled cohort of a lab as nbgrader lays out what it collected.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from autograder.authoring import release
from autograder.authoring.declaration import Exercise, Lab, load

ANSWERS = Path(__file__).resolve().parents[1] / "labs" / "answers"
HANDED_IN = "2026-03-02 09:00:00 UTC"


@cache
def _released(lab: str) -> str:
    return release.target(lab).read_text(encoding="utf-8")


def notebook(lab: str, sources: dict[str, str]) -> dict:
    """Return the release of a lab with answer cells filled in, by exercise."""
    return filled(json.loads(_released(lab)), sources)


def filled(nb: dict, sources: dict[str, str]) -> dict:
    """Return a notebook with answer cells filled in, by exercise."""
    nb = copy.deepcopy(nb)
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
        meta = cell["metadata"].get("nbgrader", {})
        name = meta.get("grade_id", "").removesuffix("_answer")
        if meta.get("solution") and name in sources:
            cell["source"] = sources[name]
    return nb


def place(nb: dict, exercise: str) -> int:
    """Return where the answer cell of an exercise stands."""
    ids = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in nb["cells"]]
    return ids.index(f"{exercise}_answer")


def code(source: str, **metadata: object) -> dict:
    """Return a code cell of a learner's own."""
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [],
            "source": source}  # fmt: skip


def right(lab: str) -> dict[str, str]:
    """Return the right answers of a lab."""
    return {ex.name: ex.source() for ex in load(lab).exercises}


def wrong(lab: str, number: int) -> dict[str, str]:
    """Return an answer wrong in a known way, the `number`th, to each exercise."""
    out = right(lab)
    for ex in load(lab).exercises:
        if ex.wrongs:
            out[ex.name] = ex.source(ex.wrongs[number % len(ex.wrongs)])
    return out


def one_wrong(lab: str) -> Iterator[dict[str, str]]:
    """Yield submissions in which one answer is wrong, for every known wrong answer of a lab."""
    for ex in load(lab).exercises:
        for each in ex.wrongs:
            yield {**right(lab), ex.name: ex.source(each)}


def otherwise(lab: str, number: int = 1) -> dict[str, str]:
    """Return right answers written differently."""
    path = ANSWERS / lab / f"right_{number}.py"
    if not path.is_file():
        return right(lab)
    return right(lab) | sections(path)


def sections(path: Path) -> dict[str, str]:
    """Read a file of answers: one section `# %% <exercise>` each."""
    parts = re.split(r"^# %% (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


# --- the bundled cohort -----------------------------------------------------------------------


def _half(lab: str) -> dict:
    chosen = load(lab).exercises[: len(load(lab).exercises) // 2]
    return notebook(lab, {ex.name: ex.source() for ex in chosen})


def _functions(lab: str) -> list[Exercise]:
    return [ex for ex in load(lab).exercises if ex.kind == "function"]


def _first_wrong(lab: str) -> dict:
    ex = _functions(lab)[0]
    return notebook(lab, {**right(lab), ex.name: ex.source(ex.wrongs[0])})


def _helper(lab: str) -> dict:
    """Move an answer into a cell of its own, and print to standard error on the way."""
    ex = _functions(lab)[0]
    name = ex.functions[0]
    nb = notebook(lab, right(lab))
    where = place(nb, ex.name)
    renamed = ex.source().replace(f"def {name}(", f"def my_{name}(", 1)
    nb["cells"][where]["source"] = (
        f"def {name}(*args):\n    print('called', file=sys.stderr)\n"
        f"    os.write(2, b'a library speaks')\n    return my_{name}(*args)"
    )
    helper = f"import os\nimport sys\n\n{renamed}\n\nprint('ready', file=sys.stderr)"
    nb["cells"].insert(where, code(helper))
    return nb


def _without(lab: str) -> dict:
    nb = notebook(lab, right(lab))
    del nb["cells"][place(nb, _functions(lab)[1].name)]
    return nb


def _twice(lab: str) -> dict:
    nb = notebook(lab, right(lab))
    where = place(nb, _functions(lab)[0].name)
    older = copy.deepcopy(nb["cells"][where])
    older["source"], older["id"] = "# first try\n" + _functions(lab)[0].source(), "first-try"
    nb["cells"].insert(where, older)
    return nb


def _syntax(lab: str) -> dict:
    ex = _functions(lab)[1]
    return notebook(lab, {**right(lab), ex.name: ex.source().replace(":", "", 1)})


def _raising(lab: str) -> dict:
    ex = _functions(lab)[0]
    source = "\n\n".join(f"def {name}(*args):\n    return undefined_name" for name in ex.functions)
    return notebook(lab, {**right(lab), ex.name: source})


def _pasted(lab: str) -> dict:
    """All answers pasted into a new notebook."""
    programs = [e.source() if e.kind == "quiz" else e.program() for e in load(lab).exercises]
    cells = list(map(code, programs))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


MEMBERS: dict[str, Callable[[str], dict | bytes]] = {
    "amal": lambda lab: notebook(lab, right(lab)),
    "bruno": lambda lab: notebook(lab, otherwise(lab, 1)),
    "chandra": lambda lab: notebook(lab, otherwise(lab, 2)),
    "dana": _half,
    "emeka": _first_wrong,
    "fatima": lambda lab: notebook(lab, wrong(lab, 0)),
    "goran": lambda lab: notebook(lab, wrong(lab, 3)),
    "hanna": lambda lab: notebook(lab, {}),
    "idris": _helper,
    "jing": _without,
    "kofi": _twice,
    "lena": _syntax,
    "mateo": _raising,
    "noor": _pasted,
    "otis": lambda lab: json.dumps(notebook(lab, right(lab)), indent=1).encode()[:-2000],
    "priya": lambda lab: b"",
}


def submission(lab: str, student: str) -> bytes:
    """Return the file that a member of the bundled cohort handed in."""
    made = MEMBERS[student](lab)
    return made if isinstance(made, bytes) else json.dumps(made, indent=1).encode()


def many(lab: str, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield any number of students and files: right, wrong in all known ways, unfinished."""
    declared: Lab = load(lab)
    kinds = [right(lab), {}, otherwise(lab, 1), *one_wrong(lab)]
    half = {ex.name: ex.source() for ex in declared.exercises[: len(declared.exercises) // 2]}
    kinds[3:3] = [half]
    step = 7 if len(kinds) % 7 else 5  # so that few submissions are of many kinds, too
    for number in range(count):
        nb = notebook(lab, kinds[number * step % len(kinds)])
        yield f"student-{number:04d}", json.dumps(nb, indent=1).encode()


def lay_out(lab: str, files: Iterator[tuple[str, bytes]], folder: Path) -> None:
    """Write files as `<folder>/<student>/<lab>/<lab>.ipynb`."""
    for student, data in files:
        target = folder / student / lab
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{lab}.ipynb").write_bytes(data)
        (target / "timestamp.txt").write_text(HANDED_IN)


def write(lab: str, folder: Path) -> None:
    """Write the bundled cohort of a lab."""
    lay_out(lab, ((student, submission(lab, student)) for student in MEMBERS), folder)

"""The promises of `jail/THREATS.md` that stand above the jail, each tried: what `doctor` tries."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.authoring import declaration
from autograder.course import exchange, handed_in
from autograder.jail.sandbox import JailError, Limits, Template
from autograder.marking import intake, marker, text

LAB = "03_softmax"
# Short, since nothing here is meant to take long.
LIMITS = {"cell": 10.0, "notebook": 20.0, "call": 1.0, "wall": 2.0, "patience": 1, "restarts": 1}
_TELLS = """
asked = []
def told(*args):
    asked.append([getattr(a, "tolist", lambda: 0)() for a in args])
    print(asked)
    raise ValueError(repr(asked))
"""
_FORGES = """
import builtins, sys
import numpy as np
from utils.engine import calling
for module in list(sys.modules.values()):
    for name in ("allclose", "isclose", "array_equal", "isfinite"):
        if hasattr(module, name): setattr(module, name, lambda *a, **k: True)
calling.Outcome.error = property(lambda self: None)
print("All 4 checks pass.")
def told(*args): return args[0] if args else 1.0
"""


def answered(lab: str, sources: dict[str, str]) -> intake.Submission:
    """Return the release of a lab with answers filled in, by exercise."""
    cells = []
    for cell in intake.released_cells(lab):
        name = cell.name.removesuffix("_answer")
        source = sources.get(name, cell.source) if cell.kind == "answer" else cell.source
        raw = {"id": cell.id, "cell_type": cell.cell_type, "metadata": cell.metadata}
        cells.append({**raw, "source": source})
    skeleton = intake.Skeleton(lab, intake.released_cells(lab))
    return intake.rebuild(skeleton, cells)


def trials(template: Template) -> Iterator[tuple[str, bool, str]]:
    """Try every promise; yield its name, whether it holds, and what was seen."""
    before, template.limits = template.limits, Limits(**LIMITS)
    try:
        for name, trial in ALL.items():
            try:
                seen = trial(template)
            except (JailError, OSError, ValueError) as error:
                seen = f"not tried: {type(error).__name__} {text.line(error, 100)}"
            yield name, not seen, seen
    finally:
        template.limits = before


def _marked(template: Template, head: str, secret: bytes) -> marker.Marks:
    """Mark a lab whose every function is `told` of `head`."""
    exercises = declaration.load(LAB).exercises
    sources = {ex.name: "\n".join(f"{name} = told" for name in ex.functions) for ex in exercises}
    sources[exercises[0].name] = head + sources[exercises[0].name]
    return marker.mark(answered(LAB, sources), "doctor", secret, template)


def _hidden(template: Template) -> str:
    """Does what tells all that it was asked tell anything of hidden inputs?"""
    pages = []
    for secret in (b"one", b"another"):
        marks = _marked(template, _TELLS, secret)
        pages.append([(s.points, s.mistake, s.report) for s in marks.scores])
        pages[-1] += [marks.outputs, marks.notes]
    return "" if pages[0] == pages[1] else "reports differ with the secret"


def _score(template: Template) -> str:
    """Does what takes over its own process earn anything?"""
    points = _marked(template, _FORGES, b"one").points
    return f"{points:g} points" if points else ""


def _files(template: Template) -> str:
    """Do links, pipes and endless files in a submission's folder lead or hold anywhere?"""
    with tempfile.TemporaryDirectory() as name:
        folder, secret = Path(name, "in"), Path(name, "secret")
        folder.mkdir()
        secret.write_text("theirs")
        (folder / handed_in.SECRET).symlink_to(secret)
        (folder / handed_in.TIMESTAMP).symlink_to("/dev/zero")
        os.mkfifo(folder / f"{LAB}.ipynb")
        with open(folder / "holes.csv", "wb") as file:
            os.truncate(file.fileno(), 1 << 40)
        there = handed_in.look(folder, LAB)
        exchange.copy(folder, Path(name, "out"))
        copied = [path.name for path in Path(name, "out").rglob("*")]
        return ", ".join(copied) or ("" if there.problem else "a pipe was taken for a notebook")


def _text(template: Template) -> str:
    """Does a text move a cursor, forge a line, run in a page or work out in a table?"""
    odd = "\x1b[2J\r100 points\n\u202e<script>"
    if not text.line(odd).isprintable():
        return "a terminal"
    if "<" in text.html(odd):
        return "a page"
    if text.cell("=1+1")[0] == "=":
        return "a table"
    return "" if text.fenced(odd).startswith("```") else "a text cell"


ALL: dict[str, Callable[[Template], str]] = {
    "A hidden input is in no output": _hidden,
    "One submission's files end nobody else's marking": _files,
    "The score is the marker's": _score,
    "A learner's text stays text": _text,
}

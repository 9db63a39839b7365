"""What an answer returned beside what is right, entry by entry: tables that "Show me" draws.

They need no figure of the lab: any small result of numbers can be shown so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from utils.engine.calling import Call
from utils.engine.judging import Case
from utils.engine.plain import ModelData, bare
from utils.figures import kit

MOST = 12, 10  # rows and columns that can be read
_LEAST = 2  # entries: the report says a single number as well


@dataclass(frozen=True)
class Part:
    """A table of texts, beside the right one; `right` None is a table to look at only."""

    name: str
    mine: list[list[str]]
    right: list[list[str]] | None
    rows: list[str]
    columns: list[str]
    off: np.ndarray | None = None  # which entries of mine are wrong


@dataclass(frozen=True)
class Compared:
    """Tables to draw; a call makes the figure."""

    function: str
    parts: list[Part]

    def says(self, function: str) -> str:
        """What stands above the figure."""
        return f"What your `{function}` returned, with what is wrong in a frame:"

    def __call__(self) -> Any:
        return tables(self.function, self.parts)


def find(call: Call, expected: Any, got: Any, case: Case | None) -> Compared | None:
    """Return the tables for a call, None where nothing can be compared in a picture."""
    if got is None:
        return None
    if case and case.judge in ("training.sizes", "training.once"):
        parts = _batches(got, int(call.args[0]), int(call.args[1]))
    elif case is None or case.judge == "close":
        names = case.names.results.get(call.function) if case else None
        parts = _numbers(expected, got, names)
    else:
        return None
    return Compared(call.function, [*_logits(call), *parts]) if parts else None


def _numbers(expected: Any, got: Any, names: list[str] | None) -> list[Part]:
    """Compare the parts of a result; nothing where they are too large, too few, or no numbers."""
    several = isinstance(expected, list | tuple)
    pairs = [(expected, got)]
    if several:
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return []
        pairs = list(zip(expected, got, strict=True))
    names = names if names and len(names) == len(pairs) else [""] * len(pairs)
    found = [_one(name, *pair) for name, pair in zip(names, pairs, strict=True)]
    entries = sum(len(row) for part in found if part for row in part.right or [])
    return found if all(found) and entries >= _LEAST else []


def _one(name: str, expected: Any, got: Any) -> Part | None:
    try:
        right, mine = np.asarray(expected, dtype=float), np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return None
    if max(right.ndim, mine.ndim) > 2 or not (right.size and mine.size):
        return None
    flat = right.ndim < 2 and mine.ndim < 2
    alike = mine.shape == right.shape
    right, mine = np.atleast_2d(right), np.atleast_2d(mine)
    if any(a.shape[k] > MOST[k] for a in (right, mine) for k in (0, 1)):
        return None
    off = None
    if alike:
        with np.errstate(invalid="ignore"):
            off = ~np.isclose(mine, right, rtol=1e-5, atol=1e-12, equal_nan=True)
    rows, columns = np.maximum(right.shape, mine.shape)
    heads = [] if columns == 1 else _counted(columns)
    return Part(name, _texts(mine), _texts(right), [] if flat else _counted(rows), heads, off)


def _texts(table: np.ndarray) -> list[list[str]]:
    digits = 4 if table.shape[1] < 5 else 3
    return [[f"{value + 0.0:.{digits}g}" for value in row] for row in table]


def _counted(count: int) -> list[str]:
    return [str(k) for k in range(count)]


def _logits(call: Call) -> Iterator[Part]:
    """The logits that a model of the call gives, a table to look at."""
    model, *rest = [bare(arg) for arg in call.args or [None]]
    if isinstance(model, ModelData) and rest and len(np.atleast_2d(rest[0])) <= MOST[0]:
        from utils.engine.models import to_keras

        Z = np.asarray(to_keras(model)(np.asarray(rest[0])), dtype=float)
        yield Part("logits of the model", _texts(Z), None, _counted(len(Z)), _counted(Z.shape[1]))


def _batches(got: Any, m: int, size: int) -> list[Part]:
    """The batches of an epoch, a row each, with indices that come twice or do not exist framed."""
    if not isinstance(got, list) or not 0 < len(got) <= MOST[0]:
        return []
    try:
        rows = [[int(i) for i in np.ravel(batch)] for batch in got]
    except (TypeError, ValueError):
        return []
    width = max(map(len, rows))
    if not 0 < width <= MOST[1]:
        return []
    seen: set[int] = set()
    off = np.zeros((len(rows), width), dtype=bool)
    for k, row in enumerate(rows):
        for j, i in enumerate(row):
            off[k, j] = i in seen or not 0 <= i < m or j >= size
            seen.add(i)
    texts = [[*map(str, row), *[""] * (width - len(row))] for row in rows]
    missing = sorted(set(range(m)) - seen)
    name = f"missing: {', '.join(map(str, missing[:8]))}" if missing else "none is missing"
    names = [f"batch {k}" for k in range(len(rows))]
    return [Part(name, texts, None, names, [""] * width, off)]


def tables(function: str, parts: list[Part]) -> kit.Figure:
    """Draw tables, what was returned at the left and what is right at the right."""
    lines = [max(len(p.mine), len(p.right or [])) + 1.6 for p in parts]
    wide = any(p.right is not None for p in parts)
    with kit.Figure(f"What {function} returned", 720, int(30 * sum(lines)) + 30, least=560) as fig:
        grid = fig.canvas.add_gridspec(len(parts), 2 if wide else 1, height_ratios=lines)
        told = []
        for k, part in enumerate(parts):
            sides = [(part.mine, "yours" if part.right else "", part.off)]
            sides += [(part.right, "right", None)] if part.right else []
            for side, (cells, title, off) in enumerate(sides):
                place = grid[k, side] if len(sides) > 1 or not wide else grid[k, :]
                said = ": ".join(filter(None, (title, part.name)))
                _draw(fig.canvas.add_subplot(place), cells, said, part, off)
            told += list(_wrong(part))
        count = len(told)
        fig.text = "; ".join(told[:4]) + ("; and more." if count > 4 else ".")
        if not told:
            fig.text = "No number differs. Is it what was asked for, an array or a tuple?"
    return fig


def _draw(ax: Any, cells: list[list[str]], title: str, part: Part, off: np.ndarray | None) -> None:
    columns = max(map(len, cells))
    names = part.columns[:columns]
    ax.set(xlim=(-0.02, columns + 0.02), ylim=(len(cells) + 0.05, -0.05))
    ax.set_title(title, pad=20 if names else None)  # above the names
    ax.set_xticks(np.arange(len(names)) + 0.5, names)
    ax.set_yticks(np.arange(len(part.rows[: len(cells)])) + 0.5, part.rows[: len(cells)])
    ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False, labelsize=9)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            wrong = off is not None and bool(off[row, column])
            look = {"color": kit.VERMILLION if wrong else kit.INK}
            ax.add_patch(
                Rectangle((column + 0.04, row + 0.06), 0.92, 0.88, fill=False,
                          edgecolor=look["color"], linewidth=2.5 if wrong else 0.6)
            )  # fmt: skip
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", size=10,
                    weight="bold" if wrong else "normal", **look)  # fmt: skip


def _wrong(part: Part) -> Iterator[str]:
    """What is wrong, in words, entry by entry."""
    if part.right is None:
        yield from [part.name] if part.off is not None else []
    elif part.off is None:
        mine, right = (f"{len(t)} x {max(map(len, t))}" for t in (part.mine, part.right))
        yield f"{part.name or 'the table'} is {mine}, should be {right}"
    else:
        for row, column in np.argwhere(part.off):
            at = [names[k] for names, k in ((part.rows, row), (part.columns, column)) if names]
            place = f"[{', '.join(at)}]" if at else ""
            mine, right = (table[row][column] for table in (part.mine, part.right))
            yield f"{part.name}{place} is {mine}, should be {right}"

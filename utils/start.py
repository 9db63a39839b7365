"""The start page: is everything installed, which labs are there, how far has the learner come."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from utils import places, progress
from utils.checks.baked import BAKED
from utils.checks.notebook import bar
from utils.tables import Table

PACKAGES = ("jupyterlab", "ipywidgets", "numpy", "matplotlib", "scikit-learn", "tensorflow")
FREE = 1 << 30


def installation() -> Table:
    """Check what the labs need, in plain words: a row each, "ready" or what to do."""
    rows = [_row(name, test) for name, test in _TESTS]
    bad = sum(row[1] != "ready" for row in rows)
    caption = "Everything is ready." if not bad else f"{bad} of {len(rows)} need your attention."
    return Table(["part", "state", "details"], rows, caption)


def _row(name: str, test: Callable[[], tuple[bool, str]]) -> list[str]:
    try:
        good, detail = test()
    except Exception as error:
        good, detail = False, f"{type(error).__name__}: {error}"
    return [name, "ready" if good else "look here", detail]


def _python() -> tuple[bool, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return good, version if good else f"{version}: the labs need Python 3.11, 3.12 or 3.13"


def _packages() -> tuple[bool, str]:
    found, missing = [], []
    for name in PACKAGES:
        for candidate in (name, f"{name}-cpu"):
            try:
                found.append(f"{name} {importlib.metadata.version(candidate)}")
                break
            except importlib.metadata.PackageNotFoundError:
                continue
        else:
            missing.append(name)
    if missing:
        return False, f"missing: {', '.join(missing)}. Start JupyterLab with `make lab`."
    return True, ", ".join(found)


def _kernel() -> tuple[bool, str]:
    if "ipykernel" not in sys.modules:
        return False, "no Jupyter kernel: open this page in JupyterLab"
    return True, "this page runs Python code, with the environment of the labs"


def _widgets() -> tuple[bool, str]:
    import ipywidgets

    folder = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter-widgets")
    if not folder.is_dir():
        return False, "sliders will not show: ipywidgets is installed for another JupyterLab"
    return True, f"sliders and figures, ipywidgets {ipywidgets.__version__}"


def _digits() -> tuple[bool, str]:
    from utils import data

    images, _ = data.digits()
    return len(images) == 1797, f"{len(images):,} images of hand-written digits, no download"


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(".").free
    if not os.access(".", os.W_OK):
        return False, "this folder is read-only: your answers could not be saved"
    if free < FREE:
        return False, f"only {free >> 20} MB free: saving may fail"
    return True, f"{free >> 30} GB free, and this folder can be written"


_TESTS: list[tuple[str, Callable[[], tuple[bool, str]]]] = [
    ("Python", _python),
    ("packages", _packages),
    ("kernel", _kernel),
    ("widgets", _widgets),
    ("data", _digits),
    ("disk", _disk),
]


def labs() -> Table:
    """List the labs in order, with expected time, points, and what passes so far."""
    passed = progress.read()
    rows, total, done, minutes, missing = [], 0, 0, 0, False
    for path in sorted(BAKED.glob("*.json")):
        lab = json.loads(path.read_text(encoding="utf-8"))
        names = [ex["name"] for ex in lab["exercises"]]
        good = sum(passed.get(lab["lab"], {}).get(name, False) for name in names)
        total, done, minutes = total + len(names), done + good, minutes + lab["minutes"]
        number = lab["lab"].partition("_")[0]
        copy, name = _own_copy(lab["lab"]), f"{number} {lab['title']}"
        link = f"[{name}]({copy})" if copy else name
        missing = missing or not copy
        points = str(sum(ex["points"] for ex in lab["exercises"]))
        rows.append([link, f"{lab['minutes']} minutes", points, bar(good, len(names))])
    hours = f"All of them together take about {round(minutes / 60)} hours."
    caption = f"{done} of {total} exercises pass so far. {hours}"
    if missing:
        caption += " A lab without a link is fetched first: Nbgrader, Assignment List, Fetch."
    return Table(["lab", "time", "points", "exercises that pass"], rows, caption)


def update(lab: str) -> None:
    """Carry your work into a lab that was released anew: `start.update("03_softmax")`."""
    from utils.lab import update as updating  # (takes a second)

    updating.main([lab])


def _own_copy(lab: str) -> str:
    """Return the way from the start page to the learner's copy of a lab: fetched, or released.

    Empty where there is neither.
    """
    copy = f"{lab}/{lab}.ipynb"
    if places.installed():  # the start page lies among the fetched labs
        return copy if (places.work() / copy).is_file() else ""
    fetched = (places.work() / copy).is_file()
    return "/".join(["..", "course", "work", copy]) if fetched else copy

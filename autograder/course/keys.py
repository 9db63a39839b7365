"""Name the inputs of a mark by their content, so that nothing is worked out twice.

A mark depends on the submission, the student, the secret, the cells of the release that run, the
declaration of each exercise, and the code that marks. A changed exercise changes its own key only.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import platform
from collections.abc import Callable, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.authoring import sources
from autograder.authoring.declaration import Exercise, load
from autograder.marking import intake

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "autograder/authoring/answers.py",
    "autograder/authoring/cases.py",
    "autograder/authoring/declaration.py",
    "autograder/authoring/exercise.py",
    "autograder/authoring/numpy_model.py",
    "autograder/marking/intake.py",
    "autograder/marking/marker.py",
    "autograder/marking/names.py",
    "autograder/marking/remarks.py",
    "autograder/marking/scoring.py",
    "autograder/jail/*.py",
    "utils/engine/absent.py",
    "utils/engine/calling.py",
    "utils/checks/baked.py",
    "utils/checks/report.py",
    "utils/engine/described.py",
    "utils/engine/facts.py",
    "utils/engine/fitting.py",
    "utils/engine/forbidden.py",
    "utils/engine/judging/__init__.py",
    "utils/engine/judging/state.py",
    "utils/engine/models.py",
    "utils/engine/networks.py",
    "utils/engine/patterns.py",
    "utils/engine/plain.py",
    "utils/engine/predicting.py",
    "utils/engine/recognise.py",
    "utils/engine/slips.py",
    "utils/engine/stopping.py",
)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "tensorflow", "tensorflow-cpu", "keras")


def digest(*parts: Any) -> str:
    """Return a digest of bytes, texts and JSON data."""
    out = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
        out.update(len(data).to_bytes(8, "big") + data)
    return out.hexdigest()[:32]


@cache
def marker_key() -> str:
    """Name the version of all that marks every lab."""
    files = [path for pattern in CODE for path in sorted(ROOT.glob(pattern))]
    versions = [platform.python_version()]
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    return digest(versions, *(path.read_bytes() for path in files))


@cache
def release_key(lab: str) -> str:
    """Name what the release contributes: the cells that run, and what the answers looked like."""
    cells = [[c.kind, c.name, c.source] for c in intake.released_cells(lab)]
    return digest([cell for cell in cells if cell[0] in ("code", "answer")])


def submission_key(
    lab: str, student: str, data: bytes, secret_name: str, odd: Sequence[str] = ()
) -> str:
    """Name a submission, whoever marks it; `odd` is what was odd about its files."""
    return digest(lab, student, secret_name, release_key(lab), list(odd), data)


def made_of(lab: str, data: bytes, secret_name: str) -> dict[str, str]:
    """Name the parts of a submission's key one by one, to say later which has changed."""
    return {
        "work": digest(data), "secret": secret_name, "release": release_key(lab),
        "marker": marker_key(),
    }  # fmt: skip


@cache
def lab_keys(lab: str) -> dict[str, str]:
    """Name the declarations of a lab's exercises."""
    return {ex.name: exercise_key(ex) for ex in load(lab).exercises}


def exercise_key(ex: Exercise) -> str:
    """Name a declaration by what it says: texts and what is written down, nothing computed.

    So the key is the same on every machine, whatever the last digits of its arithmetic are.
    """
    parts: list[Any] = [marker_key(), ex.name, ex.points, ex.kind, ex.functions, ex.forbids]
    parts += [ex.deadline, ex.options, ex.source(), ex.oracle]
    texts = sources.declared(ex.lab, ex.name)
    parts += [texts, ex.home.behind([ex.oracle, *texts])]
    parts += [[w.name, w.hint, w.finding, ex.source(w)] for w in ex.wrongs]
    for check in ex.checks:
        parts += [check.title, check.weight, check.hidden and _text(check.hidden)]
    return digest(*parts)


def _text(function: Callable) -> str:
    """Return the source of a function, or its name where it has none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return function.__qualname__

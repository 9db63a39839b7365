"""What a learner handed in, read as a stranger's.

Every file is opened once, from its folder, without following a link or waiting for anybody, and
only as a regular file within a size: what was checked is what is read.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import re
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from autograder.marking import intake, text

MOST_FILES = 200
MOST_BYTES = 64 << 20  # of one file beside the notebook, and of all together
MOST_TIMESTAMP = 100
MOST_TRIED = 5  # notebooks beside one without answers
MOST_TOLD = 3
# What may hold a learner's work, by the end of its name.
_WORK = (".ipynb", ".json", ".txt", ".py", ".md", ".html", ".htm", ".pdf", ".docx", ".doc", ".odt",
         ".zip", ".gz", ".7z", ".rar", ".rtf")  # fmt: skip
# What a browser runs, should it come from where the instructor works.
_ACTIVE = (".html", ".htm", ".xhtml", ".shtml", ".svg", ".svgz", ".xml", ".xsl", ".xslt", ".mht",
           ".mhtml")  # fmt: skip
# What nbgrader writes beside a submission, and wants beside its feedback.
TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
_WRITTEN = re.compile(r"[1-9]\d{3}(-\d\d){2} (\d\d:){2}\d\d(\.\d{1,6})? UTC", re.ASCII)
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class Refused(ValueError):
    """A file that is not read; the message says why, to follow its name."""


@dataclass(frozen=True)
class HandedIn:
    """The folder of a submission: its notebook, or why there is none; when; what was odd."""

    notebook: bytes = b""
    problem: str = ""
    timestamp: str | None = None
    notes: list[str] = field(default_factory=list)


def look(folder: Path, lab: str) -> HandedIn:
    """Read what marking needs of a submission; raises nothing for whatever lies there."""
    data, problem, notes = b"", "", []
    try:
        data = notebook(folder, lab)
    except intake.Unreadable as error:
        problem = str(error)
    if beside := others(folder, lab):
        data, problem, notes = _chosen(folder, lab, beside, data, problem)
    when, note = timestamp(folder)
    return HandedIn(data, problem, when, notes + [note] * bool(note))


def _chosen(
    folder: Path, lab: str, beside: list[str], data: bytes, problem: str
) -> tuple[bytes, str, list[str]]:
    """Choose between a notebook and what lies beside it; return bytes, problem and notes.

    The notebook under its right name counts. Where it holds no answers, the one other notebook of
    this lab that does is marked in its place.
    """
    name = f"{lab}.ipynb"
    released = intake.Skeleton(lab, intake.released_cells(lab))
    told = ", ".join(f"'{text.line(other, 60)}'" for other in beside[:MOST_TOLD])
    notebooks = [other for other in beside if is_notebook(other)]
    if not problem and _answers(released, data, name):
        found = [f"'{text.line(other, 60)}'" for other in notebooks[:MOST_TOLD]]
        note = f"{name} was marked. Not marked, beside it: {', '.join(found)}."
        return data, problem, [note] if found else []
    holding = {}
    for other in notebooks[:MOST_TRIED]:
        with contextlib.suppress(OSError, Refused), opened(folder) as here:
            content = read(here, other, intake.MAX_BYTES)
            if _answers(released, content, other):
                holding[other] = content
    if len(set(holding.values())) == 1:
        other, content = next(iter(holding.items()))
        what = "holds no answers" if data and not problem else "is not there or cannot be read"
        note = (
            f"{name} {what}. '{text.line(other, 60)}' beside it, which holds answers, was marked. "
            "Submit your work under the name it was fetched with."
        )
        return content, "", [note]
    if problem:
        return data, problem, []
    note = (
        f"{name} holds no answers. Not marked, beside it: {told}. If your work is there, submit it "
        f"as {name}."
    )
    return data, problem, [note]


def others(folder: Path, lab: str) -> list[str]:
    """Return the names beside a notebook that a learner's work may have."""
    with contextlib.suppress(OSError, Refused), opened(folder) as here:
        found = [name for name in names(here) if name not in (f"{lab}.ipynb", TIMESTAMP, SECRET)]
        return [
            name
            for name in found
            if name[0] != "."
            and name.lower().endswith(_WORK)
            and stat.S_ISREG(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode)
        ]
    return []


def is_notebook(name: str) -> bool:
    return name.lower().endswith((".ipynb", ".ipynb.json", ".ipynb.txt", ".json"))


def _answers(released: intake.Skeleton, data: bytes, name: str) -> int:
    """Return how many answers a file holds, 0 where it is no notebook."""
    with contextlib.suppress(intake.Unreadable):
        return intake.filled(released, intake.read(data, name))
    return 0


def notebook(folder: Path, lab: str) -> bytes:
    """Return the bytes of a submitted notebook; raises `intake.Unreadable` where there is none."""
    name = intake.submission_file(folder, lab).name
    try:
        with opened(folder) as here:
            data = read(here, name, intake.MAX_BYTES)
        if not data and _notebooks(folder):  # put there for nbgrader to find
            raise FileNotFoundError
        return data
    except FileNotFoundError:
        there = _notebooks(folder)
        found = f"; there is {', '.join(map(text.line, there))}" if there else ""
        raise intake.Unreadable(
            f"There is no {name} in this submission{found}. Submit the notebook under the name it "
            "was fetched with."
        ) from None
    except Refused as error:
        raise intake.Unreadable(
            f"There is no {name} that can be read in this submission: it {error}. Submit the "
            "notebook itself, with its outputs cleared."
        ) from None
    except OSError as error:
        raise intake.Unreadable(
            f"{name} of this submission cannot be opened ({error.strerror})."
        ) from None


def timestamp(folder: Path) -> tuple[str | None, str]:
    """Return when a submission was handed in (in UTC), and what is wrong with that, if anything.

    It is read as nbgrader reads it, and written so that nobody warns of its time zone again.
    """
    why = ""
    try:
        with opened(folder) as here:
            found = read(here, TIMESTAMP, MOST_TIMESTAMP).decode().strip()
        if not found:
            return None, ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about unknown time zones, as nbgrader ignores them
            return f"{moment(found).isoformat(' ')} UTC", ""
    except FileNotFoundError:
        return None, ""
    except Refused as error:
        why = f"it {error}"
    except OSError as error:
        why = f"it cannot be opened ({error.strerror})"
    except (ValueError, OverflowError, TypeError):
        why = "it holds no date"
    return None, f"When this was handed in is not known: {TIMESTAMP} is of no use, {why}."


def moment(said: str) -> datetime.datetime:
    """Return a time as nbgrader reads it, in UTC without a zone; raises what that raises.

    What it writes itself is read here: importing it takes seconds, in which a run could begin.
    """
    if _WRITTEN.fullmatch(said):
        return datetime.datetime.fromisoformat(said.removesuffix(" UTC"))
    from nbgrader.utils import parse_utc

    return parse_utc(said)


def quiet(name: str) -> str:
    """Return a name under which a file, shown by the Formgrader, is text and runs nothing."""
    return f"{name}.txt" if name.lower().endswith(_ACTIVE) else name


def beside(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that were handed in beside notebooks, and notes on those left out."""
    files: dict[str, bytes] = {}
    left: list[tuple[str, str]] = []
    room = MOST_BYTES
    with opened(folder) as here:
        for name in names(here):
            if name.endswith(".ipynb"):
                continue
            try:
                if not text.proper(name):
                    raise Refused("has a name that is too long or no text")
                if len(files) == MOST_FILES:
                    raise Refused(f"comes after the first {MOST_FILES} files")
                data = read(here, name, room)
            except IsADirectoryError:
                continue
            except Refused as error:
                left.append((name, str(error)))
            except OSError as error:
                left.append((name, f"cannot be opened ({error.strerror})"))
            else:
                files[quiet(name)] = data
                room -= len(data)
    told = [f"{text.line(name, 60)!r} {why}" for name, why in left if name != TIMESTAMP]
    more = [f"{len(told) - 3} more"] * (len(told) > 3)
    return files, [f"Left out beside the notebook: {each}." for each in told[:3] + more]


@contextlib.contextmanager
def opened(folder: Path | str, inside: int | None = None) -> Iterator[int]:
    """Open a submission's folder, or one `inside` it, which must be none by way of a link."""
    try:
        here = os.open(folder, _FLAGS | os.O_DIRECTORY, dir_fd=inside)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Refused("stands in a folder that is a link") from None
        raise
    try:
        yield here
    finally:
        os.close(here)


def read(folder: int, name: str, most: int) -> bytes:
    """Return the bytes of a regular file in an open folder; raises `Refused` or `OSError`."""
    try:
        descriptor = os.open(name, _FLAGS, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("is a link") from None
        if error.errno in (errno.ENXIO, errno.ENODEV):
            raise Refused("is no regular file") from None
        raise
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if not stat.S_ISREG(about.st_mode):
            raise Refused("is no regular file")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(most + 1) if about.st_size <= most else b""
        if about.st_size > most or len(data) > most:
            size = max(about.st_size, len(data))
            raise Refused(f"has {size >> 20:,} MB" if size >> 20 else f"has {size:,} bytes")
        return data
    finally:
        os.close(descriptor)


def names(folder: int, most: int = 100 * MOST_FILES) -> list[str]:
    """Return the names in an open folder, nbgrader's first; of a flood of them, some."""
    with os.scandir(folder) as entries:
        found = [entry.name for entry in islice(entries, most)]
    return sorted(found, key=lambda name: (name not in (TIMESTAMP, SECRET), name))


def _notebooks(folder: Path) -> list[str]:
    with contextlib.suppress(OSError, Refused), opened(folder) as here:
        found = [name for name in names(here) if is_notebook(name) and name[0] != "."]
        sizes = {name: os.stat(name, dir_fd=here, follow_symlinks=False).st_size for name in found}
        return [name for name in found if sizes[name]][:3]
    return []

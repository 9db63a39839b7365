"""The folders of a course, what was handed in there, and how a file is written in one step."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.marking import text


def cores() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


class Busy(RuntimeError):
    """Another run is marking this course."""


class BookError(RuntimeError):
    """The gradebook cannot be used; the message says why, and what to do next."""


class UnknownLab(ValueError):
    """What was asked for is no lab; the message lists those that are."""


@dataclass(frozen=True)
class Course:
    """The folders of one run of the course, laid out as nbgrader has them."""

    folder: Path

    def submitted(self, lab: str) -> dict[str, Path]:
        """Return the folders of a lab's submissions by student."""
        return {name: path for name, path in self._found(lab) if text.proper(name)}

    def misnamed(self, lab: str) -> list[str]:
        """Return students' folders with a lab in them whose names nobody can be called by."""
        return [name for name, _ in self._found(lab) if not text.proper(name)]

    def _found(self, lab: str) -> list[tuple[str, Path]]:
        found = sorted(self.folder.glob(f"submitted/*/{lab}"))
        return [(p.parent.name, p) for p in found if p.is_symlink() or p.is_dir()]

    def autograded(self, student: str, lab: str) -> Path:
        return self.folder / "autograded" / student / lab

    def feedback(self, student: str, lab: str) -> Path:
        return self.folder / "feedback" / student / lab

    def result(self, student: str, lab: str) -> Path:
        return self.folder / "marks" / lab / f"{student}.json"

    @contextlib.contextmanager
    def locked(
        self, name: str = ".marking", another: str = "another run is marking"
    ) -> Iterator[None]:
        """Let one run at a time mark this course; raises `Busy`.

        Under another `name` one process at a time does something else; `another` says what.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / name, "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy(f"{another} {self.folder}") from None
            yield


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a file in one step: whoever reads it sees the old one or the new one."""
    temporary = path.with_name(f".new.{os.getpid()}")  # (the name itself may be as long as can be)
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    os.replace(temporary, path)

"""The folders of a course, what was handed in there, and how a file is written in one step."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.marking import intake


def cores() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


class Busy(RuntimeError):
    """Another run is marking this course."""


@dataclass(frozen=True)
class Course:
    """The folders of one run of the course, laid out as nbgrader has them."""

    folder: Path

    def submitted(self, lab: str) -> dict[str, Path]:
        """Return the folders of a lab's submissions by student."""
        found = sorted(self.folder.glob(f"submitted/*/{lab}"))
        return {path.parent.name: path for path in found if path.is_dir()}

    def autograded(self, student: str, lab: str) -> Path:
        return self.folder / "autograded" / student / lab

    def feedback(self, student: str, lab: str) -> Path:
        return self.folder / "feedback" / student / lab

    def result(self, student: str, lab: str) -> Path:
        return self.folder / "marks" / lab / f"{student}.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let one run at a time mark this course; raises `Busy`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".marking", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy(f"another run is marking {self.folder}") from None
            yield


def load_submission(job_folder: Path, lab: str) -> bytes:
    """Return the bytes of a submitted notebook; raises `Unreadable` where there is none."""
    path = intake.submission_file(job_folder, lab)
    if path.is_symlink() or not path.is_file():
        others = sorted(p.name for p in job_folder.glob("*.ipynb"))
        found = f"; there is {', '.join(others)}" if others else ""
        raise intake.Unreadable(
            f"There is no {path.name} in this submission{found}. Submit the notebook under the "
            "name it was fetched with."
        )
    return path.read_bytes()


def timestamp(folder: Path) -> str | None:
    """Return when a submission was handed in, as written beside it."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (folder / "timestamp.txt").read_text().strip() or None
    return None


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a file in one step: whoever reads it sees the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    os.replace(temporary, path)

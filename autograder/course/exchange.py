"""Release labs, and take over what learners handed in, through nbgrader's exchange or otherwise.

`Release` hands out what it has just built from `solutions/`, whatever lies in any folder in which
people work. What learners handed in are strangers' files:

nbgrader collects by copying a learner's folder with whatever its links point to, takes one that was
made in another's name, and reads the files of a submission wherever they lead. `Collect` copies
regular files and nothing else, of folders made by whom they name; `disarm` removes from a submitted
folder, before `nbgrader autograde` reads it, what is none, and sets aside, by its name, what it
cannot or should not copy.
"""

from __future__ import annotations

import contextlib
import datetime
import glob
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
)
from nbgrader.utils import ignore_patterns, parse_utc
from traitlets.log import get_logger

from autograder.authoring import declaration, release, releases
from autograder.course import handed_in, journal
from autograder.course.folders import BookError
from autograder.course.gradebook import Book
from autograder.marking import intake, text

DEEPEST = 8
MOST_ENTRIES, MOST_NOTES = 5000, 20
LATER = 3600.0  # seconds from a time of handing in to the writing of it that ask for a look
ASIDE = ".left-out"  # ends the name of a file that nbgrader is told to ignore


class Release(ExchangeReleaseAssignment):
    """Release a lab as it is built now from `solutions/`, looked through for answers."""

    def init_src(self) -> None:
        """Build the release; where that cannot be, nothing is released."""
        lab = self.coursedir.assignment_id
        self.text = ""
        if lab not in declaration.names():
            super().init_src()
            return
        self.src_path = f"solutions/{lab}.py"
        try:
            self.text = release.notebook(lab)
        except (release.SourceError, ValueError) as error:
            self.fail(f"not released: {error}")

    def copy_files(self) -> None:
        """Keep what learners could fetch until now, then put what was built in its place."""
        lab = self.coursedir.assignment_id
        with contextlib.suppress(OSError):
            before = Path(self.dest_path, f"{lab}.ipynb").read_bytes()
            releases.keep(release.COURSE, lab, before)
        super().copy_files()

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Write what was built into the exchange."""
        if not self.text:
            super().do_copy(src, dest, log)
            return
        lab = self.coursedir.assignment_id
        Path(dest).mkdir(parents=True)
        (Path(dest) / f"{lab}.ipynb").write_text(self.text, encoding="utf-8")
        releases.keep(release.COURSE, lab, self.text.encode())
        try:  # nbgrader marks only what its gradebook knows
            with Book(self.coursedir.db_url, self.config) as book:
                book.ensure(lab)
        except BookError as error:
            self.log.warning("%s", error)


class Feedback(ExchangeReleaseFeedback):
    """Hand feedback out; work that came in otherwise is told, and holds up nobody's page."""

    def copy_files(self) -> None:
        """Put the pages into the exchange of those who handed in through it."""
        pages = [Path(page) for page in glob.glob(os.path.join(self.src_path, "*.html"))]
        lacking = sorted(
            {page.parent.parent.name for page in pages
             if not (page.parent / handed_in.SECRET).is_file()}
        )  # fmt: skip
        for page in pages:
            if not (page.parent / handed_in.TIMESTAMP).exists():  # nbgrader reads it for its log
                (page.parent / handed_in.TIMESTAMP).touch()
        if lacking:
            self.log.warning(
                "Not handed in through the exchange, so not handed out through it: %s. Their pages "
                "are in %s",
                ", ".join(map(text.line, lacking)), self.coursedir.feedback_directory,
            )  # fmt: skip
        before = self.coursedir.student_id_exclude
        self.coursedir.student_id_exclude = ",".join([*filter(None, [before]), *lacking])
        try:
            super().copy_files()
        finally:
            self.coursedir.student_id_exclude = before


def renew(notebooks: Iterable[str] = (), **_: Any) -> None:
    """Build the instructor's notebooks of labs from `solutions/`; for `GenerateAssignment`."""
    for lab in {Path(notebook).stem for notebook in notebooks} & set(declaration.names()):
        if said := release.renew_source(lab):
            get_logger().warning(said)


class Collect(ExchangeCollect):
    """Collect submissions: of each one its regular files, within a size; no links, no pipes."""

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Read the name of a folder in the exchange; one that is no submission's has no user."""
        name = os.path.basename(path)
        nobody = {"username": "", "filename": name, "timestamp": datetime.datetime.min}
        try:
            record = super()._path_to_record(path)
        except (Exception, SystemExit):  # (nbgrader ends the program)
            return nobody
        if not text.proper(record["username"]) or os.path.islink(path):
            return nobody
        if self.check_owner and not made_by(path, record["username"]):
            self.log.warning("Not made by whom it names: %s", text.line(name))
            return nobody
        return record

    def copy_files(self) -> None:
        """Copy the submissions; what is none is told and left."""
        for record in self.src_records:
            if not record["username"]:
                self.log.warning("No submission: %s", text.line(record["filename"]))
        names = [os.path.basename(record["filename"]) for record in self.src_records]
        had = journal.taken(
            Path(self.coursedir.root, self.coursedir.submitted_directory).parent, names
        )
        self.src_records = [
            record
            for record, name in zip(self.src_records, names, strict=True)
            if record["username"] and name not in had  # the service has seen to it
        ]
        super().copy_files()

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a folder's regular files, with nbgrader's rules of what to leave out."""
        rules = self.coursedir
        leave = ignore_patterns(rules.ignore, rules.include, rules.max_file_size, self.log)
        try:
            notes = copy(Path(src), Path(dest), leave)
        except (handed_in.Refused, OSError) as error:
            notes = [f"all of it ({text.line(error, 100)})"]
        for note in notes:
            self.log.warning("%s: left out: %s", text.line(src), note)
        name_work(Path(dest), rules.assignment_id)
        if note := doubtful(Path(src)):
            self.log.warning("%s: %s", text.line(src), note)


def made_by(path: str, user: str) -> bool:
    """Tell whether a folder of the exchange belongs to a user, or to whoever collects."""
    import pwd  # (not on Windows, where there is no exchange)

    owner = os.lstat(path).st_uid
    if owner == os.geteuid():
        return True
    try:
        known = pwd.getpwnam(user)
    except KeyError:
        return False
    return known.pw_uid == owner and known.pw_name == user  # (some directories know no case)


def doubtful(folder: Path) -> str:
    """Say what speaks against the time of handing in that a folder of the exchange tells.

    It stands in a file that is its owner's to write. When the file was last changed, its
    owner cannot choose; but whoever moves the exchange changes all of them.
    """
    try:
        changed = os.lstat(folder / handed_in.TIMESTAMP).st_ctime
    except OSError:
        return ""
    said, _ = handed_in.timestamp(folder)
    if said is None or changed - parse_utc(said).replace(tzinfo=datetime.UTC).timestamp() < LATER:
        return ""
    written = datetime.datetime.fromtimestamp(changed, datetime.UTC)
    return f"says it was handed in at {said}; that was written at {written:%Y-%m-%d %H:%M:%S} UTC"


def copy(source: Path, target: Path, leave: Any = lambda folder, names: ()) -> list[str]:
    """Copy the regular files of a folder and of those in it; return notes on what was left out.

    Of a flood of names as many are looked at as anybody hands in, nbgrader's own first.
    """
    notes: list[str] = []
    room, count = intake.MAX_BYTES + handed_in.MOST_BYTES, 0
    target.mkdir(parents=True)
    with handed_in.opened(source) as top:
        for inside, files, here in _walk(top, source, Path(), leave, [MOST_ENTRIES]):
            for name in files:
                try:
                    count += 1
                    if count > handed_in.MOST_FILES or not text.proper(name):
                        raise handed_in.Refused("is one too many, or has a name that is no text")
                    data = handed_in.read(here, name, room)
                except (handed_in.Refused, OSError) as error:
                    if len(notes) < MOST_NOTES:
                        notes.append(f"{text.line(name, 60)} {text.line(error, 60)}")
                    continue
                room -= len(data)
                (target / inside).mkdir(parents=True, exist_ok=True)
                (target / inside / name).write_bytes(data)
    return notes


def _walk(
    here: int, source: Path, inside: Path, leave: Any, room: list[int]
) -> Iterator[tuple[Path, list[str], int]]:
    """Yield an open folder and those in it: where it is, the files in it, its descriptor.

    `room` holds how many entries may still be looked at.
    """
    folders, files = [], []
    for name in handed_in.names(here, room[0]):
        room[0] -= 1
        with contextlib.suppress(OSError):  # (it may be gone by now)
            kind = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
            (folders if stat.S_ISDIR(kind) else files).append(name)
    ignored = set(leave(str(source / inside), [*folders, *files]))
    yield inside, [name for name in files if name not in ignored], here
    for name in folders if len(inside.parts) < DEEPEST else ():
        if name not in ignored and text.proper(name):
            with (
                contextlib.suppress(OSError, handed_in.Refused),
                handed_in.opened(name, here) as inner,
            ):
                yield from _walk(inner, source, inside / name, leave, room)


def disarm(notebooks: list[str], assignment: str = "", **_: Any) -> None:
    """Remove links, pipes and devices from submitted folders, and dates that are none.

    Pages, which a browser would run, become texts.
    Files beside the notebooks that cannot be read, or are too large, get a name that nbgrader is
    told to ignore: one of them would end the marking of this submission. Work under another name
    gets an empty notebook of the lab's name beside it, which nbgrader looks for: what counts is
    then chosen, or said to be unclear, as in `grade`. For `Autograde.pre_convert_hook`, which is
    told the notebooks of a submission.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for root, folders, files, here in os.fwalk(folder, follow_symlinks=False):
            for name in [*folders, *files]:
                kind = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
                if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                    os.unlink(name, dir_fd=here)
                elif stat.S_ISREG(kind) and not _may_be_copied(here, name):
                    with contextlib.suppress(OSError):  # (the folder may be another's)
                        os.rename(name, name[:60] + ASIDE, src_dir_fd=here, dst_dir_fd=here)
                elif stat.S_ISREG(kind) and handed_in.quiet(name) != name:
                    with contextlib.suppress(OSError):
                        os.rename(name, handed_in.quiet(name), src_dir_fd=here, dst_dir_fd=here)
            if root == str(folder) and handed_in.timestamp(folder)[1]:
                os.rename(
                    handed_in.TIMESTAMP, "timestamp-of-no-use", src_dir_fd=here, dst_dir_fd=here
                )
        if name_work(folder, assignment):
            notebooks.append(str(folder / f"{assignment}.ipynb"))


def name_work(folder: Path, lab: str) -> bool:
    """Put an empty notebook of a lab's name beside work that has another, for nbgrader to find.

    Returns whether it did.
    """
    main = folder / f"{lab}.ipynb"
    if lab not in declaration.names() or os.path.lexists(main):
        return False
    if not any(map(handed_in.is_notebook, handed_in.others(folder, lab))):
        return False
    with contextlib.suppress(OSError):  # (the folder may be another's)
        main.touch()
        return True
    return False


def _may_be_copied(folder: int, name: str) -> bool:
    if name.endswith((".ipynb", ASIDE)):
        return True
    try:
        with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
            return os.fstat(file.fileno()).st_size <= handed_in.MOST_BYTES
    except OSError:
        return False


def set_aside(folder: Path) -> list[str]:
    """Return notes on the files that `disarm` set aside in a submitted folder."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(ASIDE))
    told = [text.line(name.removesuffix(ASIDE), 60) for name in names[:3]]
    return [f"Left out beside the notebook: {n!r} cannot be read or is too large." for n in told]

"""Take over submissions as Moodle and Canvas hand them out: one zip file, or the folder of it.

Moodle names a folder (or a file) `Ada Lovelace_123_assignsubmission_file_`, Canvas a file
`lovelaceada_LATE_31_999_03_softmax-1.ipynb`. Who that is, the roster says.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from autograder.course import handed_in
from autograder.course.folders import BookError, Course
from autograder.course.roster import Person
from autograder.marking import intake, text

MOST_ENTRIES, MOST_NOTES = 50_000, 5
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
_MOODLE = re.compile(r"^(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?")
_CANVAS = re.compile(
    r"^(?P<name>[^_/]+)_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<id>\d+)_(?P<rest>.+)$"
)
_VERSION = re.compile(r"(?:[-_ ]?\(\d+\)|-\d+)+$")  # of a file that a browser or Canvas renamed
AT_ONCE = datetime.timedelta(minutes=10)  # what packing a download takes, in file times
_SKIPPED = ("__MACOSX", ".ipynb_checkpoints")


@dataclass
class Taken:
    """What was taken over: whose, what could not be, files of nobody known, who was late.

    `unclear` has the usernames that a name may stand for, where they are several.
    """

    students: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unclear: dict[str, list[str]] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)  # as Canvas says


@dataclass(frozen=True)
class _File:
    """A file of somebody's: the name it had, how to read so many bytes, when it was handed in."""

    who: str  # as the system names people
    user: str  # Canvas's number of them
    late: bool  # as Canvas says
    name: str
    read: Callable[[int], bytes]
    at: datetime.datetime | None


def take_over(
    course: Course,
    lab: str,
    source: Path,
    people: dict[str, Person],
    zone: ZoneInfo | None = None,
) -> Taken:
    """Put the submissions of a lab where nbgrader collects them.

    With a `zone` the times of the files count as those of handing in, read in that time zone.
    Raises `BookError` where the file cannot be read, there is no roster, or the times are those of
    the download.
    """
    if not people:
        raise BookError(
            "there is no roster.csv in the course folder, so nobody knows whose these files are. "
            "Export the participants there, with username, first and last name"
        )
    taken, found = Taken(), {}
    with _opened(source) as entries:
        for file in _known(entries, taken.notes):
            named = _named(file, people)
            if len(named) == 1:
                found.setdefault(named[0], []).append(file)
                if file.late:
                    taken.late.append(named[0])
            elif named:
                taken.unclear[text.line(file.who, 60)] = named
            else:
                taken.unknown.append(text.line(file.who, 60))
        taken.unknown = sorted(set(taken.unknown))
        if zone is not None:
            _not_of_the_download([f.at for files in found.values() for f in files if f.at])
        for student, files in sorted(found.items()):
            notes = _write(course.folder / "submitted" / student / lab, lab, files, zone)
            taken.notes += [f"{student}: {note}" for note in notes]
            taken.students.append(student)
    return taken


def _not_of_the_download(times: list[datetime.datetime]) -> None:
    if len(times) > 2 and max(times) - min(times) < AT_ONCE:
        raise BookError(
            f"all files are of {min(times):%Y-%m-%d %H:%M}: that is when they were packed, not "
            "when they were handed in, and all would be as late as that. Leave out --times, and "
            "give the time of late work in policy.toml or the Formgrader"
        )


# A file's path in a download, how to read so many bytes of it, and when it was last changed.
Entry = tuple[PurePosixPath, Callable[[int], bytes], datetime.datetime | None]


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[Iterator[Entry]]:
    """Give the files of a zip file or a folder, which can be read until the end of the context."""
    if source.is_dir():
        yield _in_folder(source)
        return
    with _told(source.name):
        archive = zipfile.ZipFile(source)
    with archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise BookError(f"{source.name} holds {len(entries):,} files, which is too many")
        yield _in_zip(archive, entries, source.name)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise `BookError` for what is wrong with a zip file."""
    try:
        yield
    except FileNotFoundError:
        raise BookError(f"there is no file {name}") from None
    except _BROKEN as error:
        raise BookError(f"{name} cannot be read as a zip file: {error}") from None


def _in_folder(source: Path) -> Iterator[Entry]:
    def read(path: Path, most: int) -> bytes:
        with open(path, "rb") as file:
            return file.read(most)

    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.is_symlink():
            at = datetime.datetime.fromtimestamp(path.stat().st_mtime)
            yield PurePosixPath(path.relative_to(source).as_posix()), partial(read, path), at


def _in_zip(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str) -> Iterator[Entry]:
    def read(entry: zipfile.ZipInfo, most: int) -> bytes:
        # What an entry says of its size may be wrong.
        with _told(name), archive.open(entry) as file:
            return file.read(most)

    for entry in entries:
        if not entry.is_dir():
            at = None
            with contextlib.suppress(ValueError):  # of a date that is none
                at = datetime.datetime(*entry.date_time)
            yield PurePosixPath(entry.filename), partial(read, entry), at


def _known(files: Iterator[Entry], notes: list[str]) -> Iterator[_File]:
    """Yield those files that say whose they are."""
    for path, read, at in files:
        if who := _who(path, notes):
            yield _File(*who, read, at)


def _who(path: PurePosixPath, notes: list[str]) -> tuple[str, str, bool, str] | None:
    """Return who a file is of, as the system says: name, number, late or not, name of the file."""
    if set(path.parts) & set(_SKIPPED) or path.name.startswith("."):
        return None
    for part in path.parts:
        if match := _MOODLE.match(part):
            return match["name"], "", False, part[match.end() :] or path.name
    if match := _CANVAS.match(path.name):
        return match["name"], match["user"], bool(match["late"]), match["rest"]
    notes.append(f"{text.line(path, 80)} names nobody: left out")
    return None


def _named(file: _File, people: dict[str, Person]) -> list[str]:
    """Return the usernames of those whom a file's name may mean: by number, username, or name."""
    number = [p.username for p in people.values() if file.user and p.canvas == file.user]
    if number:
        return number
    # Whoever has another number in Canvas is somebody else of that name.
    others = [p for p in people.values() if not (file.user and p.canvas)]
    wanted = _letters(file.who)
    exact = [p.username for p in others if _letters(p.username) == wanted]
    return exact or [
        p.username
        for p in others
        if wanted in (_letters(p.first + p.last), _letters(p.last + p.first))
    ]


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _write(folder: Path, lab: str, files: list[_File], zone: ZoneInfo | None) -> list[str]:
    """Write somebody's files; a single notebook gets the name of its lab.

    Returns notes on what was left out: what is too much for one, what would pass for a file of
    nbgrader's own, which tells when this was handed in, and the second of two under one name.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebooks = [file for file in files if file.name.lower().endswith(".ipynb")]
    newest = max(notebooks, key=_version, default=None)
    same = {_plain(file.name) for file in notebooks}
    room, notes = intake.MAX_BYTES + handed_in.MOST_BYTES, []
    taken = {handed_in.TIMESTAMP, handed_in.SECRET}
    for count, file in enumerate(sorted(files, key=lambda file: file is not newest)):
        name = file.name if text.proper(file.name) else "file"
        if file is newest and (len(same) == 1 or _plain(file.name) == lab):
            name = f"{lab}.ipynb"
        plain = unicodedata.normalize("NFKC", name).casefold()
        most = min(room, intake.MAX_BYTES)
        data = b"" if plain in taken or count >= handed_in.MOST_FILES else file.read(most + 1)
        if plain in taken or count >= handed_in.MOST_FILES or len(data) > most:
            if len(notes) < MOST_NOTES:
                why = "has a name that is taken" if plain in taken else "is too much"
                notes.append(f"{text.line(file.name, 80)} {why}: left out")
            continue
        taken.add(plain)
        room -= len(data)
        (folder / name).write_bytes(data)
    times = [file.at for file in files if file.at]
    if zone is not None and times:
        at = max(times).replace(tzinfo=zone).astimezone(datetime.UTC)
        (folder / handed_in.TIMESTAMP).write_text(f"{at:%Y-%m-%d %H:%M:%S.%f} UTC")
    return notes


def _plain(name: str) -> str:
    """Return the name of a notebook without what a browser or Canvas added."""
    return _VERSION.sub("", name.removesuffix(".ipynb"))


def _version(file: _File) -> tuple[int, str]:
    numbers = re.findall(r"\d+", (_VERSION.search(file.name.removesuffix(".ipynb")) or [""])[0])
    return (int(numbers[-1]) if numbers else 0, file.name)

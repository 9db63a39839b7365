"""Read `course/roster.csv`: who takes the course, under the headings that a system exports."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.course.folders import BookError
from autograder.marking import text

FILE = "roster.csv"
# What a column may be called, best first; compared without case, spaces and signs.
HEADINGS = {
    "username": ("username", "login", "loginid", "sisloginid", "studentid", "userid", "user"),
    "first": ("firstname", "givenname", "forename"),
    "last": ("lastname", "surname", "familyname"),
    "full": ("fullname", "name", "student"),
    "email": ("email", "emailaddress", "mail"),
    "number": ("idnumber", "sisuserid", "lmsuserid", "matriculation", "number"),
    "canvas": ("canvasid", "id"),
    "section": ("section", "sections", "group", "groups"),
}


@dataclass(frozen=True)
class Person:
    """Somebody who takes the course; `username` is the name of the folder of submissions."""

    username: str
    first: str = ""
    last: str = ""
    email: str = ""
    number: str = ""  # of the institution: Moodle's ID number, Canvas's SIS User ID
    canvas: str = ""  # Canvas's own ID
    section: str = ""


def read(folder: Path) -> dict[str, Person]:
    """Return the roster of a course by username, empty where there is none.

    Raises `BookError` where the file cannot be read as one.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BookError(f"{FILE} cannot be read ({error.strerror})") from None
    return parse(data, FILE)


def parse(data: bytes, name: str) -> dict[str, Person]:
    """Return the people of a CSV file by username; raises `BookError`."""
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BookError(
            f"{name}: byte {error.start + 1} is not UTF-8; save it as CSV UTF-8"
        ) from None
    head = content.partition("\n")[0]
    signs = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(content), delimiter=signs)
    try:
        lines = [(reader.line_num, row) for row in reader if any(row)]
    except csv.Error as error:
        raise BookError(f"{name}, line {reader.line_num}: {error}") from None
    table = [row for _, row in lines]
    if not table:
        raise BookError(f"{name} is empty; its first line names the columns, such as username")
    titles = ["".join(s for s in cell.lower() if s.isalnum()) for cell in table[0]]
    where = {}
    for key, names in HEADINGS.items():
        where[key] = next((titles.index(each) for each in names if each in titles), None)
    if where["username"] is None and where["email"] is None:
        raise BookError(
            f"{name}, line 1: no column is called username (or login, or email); there are: "
            f"{text.line(', '.join(table[0]), 200)}"
        )
    people: dict[str, Person] = {}
    for number, row in lines[1:]:
        said = {
            key: row[at].strip() if at is not None and at < len(row) else ""
            for key, at in where.items()
        }
        if said["full"].lower() in ("points possible", "student, test"):  # of Canvas, no people
            continue
        username = said["username"] or said["email"].partition("@")[0]
        if not username or not text.proper(username):
            what = f"{text.line(username, 60)!r} is no username" if username else "no username"
            raise BookError(f"{name}, line {number}: {what}")
        if username in people:
            raise BookError(f"{name}, line {number}: {username} is there twice")
        first, last = said["first"], said["last"]
        if said["full"] and not (first or last):
            last, comma, first = (part.strip() for part in said["full"].partition(","))
            if not comma:
                first, _, last = said["full"].rpartition(" ")
        people[username] = Person(
            username, first, last, said["email"], said["number"], said["canvas"], said["section"]
        )
    return people

"""Add people to the course from a CSV file; run as root on the hub's machine.

    python people.py class.csv

The file has a line of names, `username,role,first_name,last_name,email`, then a person a line; the
role is `learner` or `instructor`, the last three may be empty. Each person becomes a system user
with a home folder that nobody else can read. Who is there already keeps their password; their role
and names follow the file. Nobody is removed. First passwords are written into a file that only root
can read. Nothing is done before the whole file is found to be in order.
"""

from __future__ import annotations

import argparse
import csv
import grp
import os
import pwd
import re
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import layout

COLUMNS = ["username", "role", "first_name", "last_name", "email"]
GROUPS = {"learner": layout.LEARNERS, "instructor": layout.INSTRUCTORS}
NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


class Wrong(ValueError):
    """The file cannot be used; the message says where, why, and what to do."""


@dataclass(frozen=True)
class Person:
    """A line of the file."""

    username: str
    role: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


def read(path: Path) -> list[Person]:
    """Return the people of a file; raises `Wrong`."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # (as spreadsheets write it)
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path}: {error}. Save it as CSV, UTF-8.") from None
    table = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS[:2] if name not in (table.fieldnames or [])]
    if missing:
        raise Wrong(f"{path}: its first line names no {missing[0]!r}. Begin: {','.join(COLUMNS)}")
    people, seen = [], {}
    for row in table:
        where = f"{path}, line {table.line_num}"
        person = Person(**{name: (row.get(name) or "").strip() for name in COLUMNS})
        if not NAME.fullmatch(person.username):
            raise Wrong(
                f"{where}: {person.username!r} is no user name. It begins with a small letter; "
                "small letters, digits, - and _ follow, 31 at most."
            )
        if person.role not in GROUPS:
            raise Wrong(f"{where}: {person.role!r} is no role. Write learner or instructor.")
        if person.username in seen:
            raise Wrong(f"{where}: {person.username} stands in line {seen[person.username]}, too.")
        if is_strange(person.username):
            raise Wrong(
                f"{where}: this machine has a user {person.username} who is nobody of this course. "
                f"Take another name, or let them in: gpasswd -a {person.username} "
                f"{GROUPS[person.role]}"
            )
        seen[person.username] = table.line_num
        people.append(person)
    return people


def is_strange(name: str) -> bool:
    """Tell whether a system user is none of this course."""
    try:
        there = pwd.getpwnam(name)
    except KeyError:
        return False
    groups = {grp.getgrgid(gid).gr_name for gid in os.getgrouplist(name, there.pw_gid)}
    return there.pw_uid == 0 or not groups & set(GROUPS.values())


def add(person: Person) -> str | None:
    """Make a person's account, or bring it up to date; return the password of a new one."""
    password = None
    try:
        pwd.getpwnam(person.username)
    except KeyError:
        subprocess.run(
            ["useradd", "--create-home", "--user-group", "--shell", "/bin/bash", person.username],
            check=True,
        )
        password = secrets.token_urlsafe(9)
        subprocess.run(["chpasswd"], input=f"{person.username}:{password}", text=True, check=True)
    os.chmod(pwd.getpwnam(person.username).pw_dir, 0o700)
    for role, group in GROUPS.items():
        within = person.username in grp.getgrnam(group).gr_mem
        if within != (role == person.role):
            change = "-d" if within else "-a"
            subprocess.run(
                ["gpasswd", change, person.username, group], check=True, stdout=subprocess.DEVNULL
            )
    return password


def into_gradebook(people: list[Person]) -> None:
    """Write the learners' names into the course's gradebook."""
    account = pwd.getpwnam(layout.ACCOUNT)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        path = Path(folder, "learners.csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["id", *COLUMNS[2:]])
            for each in people:
                if each.role == "learner":
                    table.writerow([each.username, each.first_name, each.last_name, each.email])
        os.chown(path, account.pw_uid, account.pw_gid)
        os.chmod(path, 0o600)
        subprocess.run(
            [layout.PYTHON, "-m", "nbgrader", "db", "student", "import", path, "--log-level=WARN"],
            check=True, cwd=layout.CHECKOUT, env=layout.course_environment(),
            user=account.pw_uid, group=account.pw_gid, extra_groups=[],
        )  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Add the people; return the exit status."""
    parser = argparse.ArgumentParser(description="Add people to the course from a CSV file.")
    parser.add_argument("file", type=Path, help="columns: " + ", ".join(COLUMNS))
    parser.add_argument(
        "--passwords", type=Path, default=layout.HUB / "passwords.csv",
        help="where first passwords are written; default: %(default)s",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("people: run this as root, it makes system users", file=sys.stderr)
        return 2
    try:
        people = read(options.file)
    except Wrong as error:
        print(f"people: {error} Nobody was added.", file=sys.stderr)
        return 1
    added = 0
    opened = os.open(options.passwords, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(opened, "w", newline="", encoding="utf-8") as file:
        for person in people:
            if password := add(person):
                csv.writer(file).writerow([person.username, password])
                file.flush()
                added += 1
    into_gradebook(people)
    print(f"{len(people)} people, {added} of them new. First passwords: {options.passwords}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

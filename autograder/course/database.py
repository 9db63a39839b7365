"""The database of the gradebook: its address, and what is wrong with a server, in words.

`COURSE_DB_URL` in the environment makes a PostgreSQL server the gradebook of the course folder;
without it, that is an SQLite file there. Imports no database: any process may ask.
"""

from __future__ import annotations

import os

from autograder.course.folders import BookError

VARIABLE = "COURSE_DB_URL"
DRIVER = "postgresql+psycopg://"
# What a server says (SQLSTATE, its first characters) or, before it says anything, what the driver
# does: kind, parts of codes, parts of texts.
KINDS = (
    ("entry", ("28",), ("password authentication failed", "no pg_hba.conf entry", 'role "')),
    ("absent", ("3D000",), ('database "',)),
    ("away", ("08", "57P0"), (
        "Connection refused", "closed the connection", "starting up", "shutting down",
        "recovery mode", "accepting connections", "timeout expired",
        "could not translate host name", "failed to resolve host", "Name or service not known",
        "No route to host", "connection is lost",
    )),
    ("held", ("55P03", "40001", "40P01"), ()),
    ("full", ("53100",), ()),
    ("crowded", ("53300",), ("too many clients", "remaining connection slots")),
    ("schema", ("42P01", "42703"), ()),
    ("rights", ("42501", "25006"), ()),
)  # fmt: skip
WHY = {
    "entry": "{where} does not let this user in ({said}). Look at name and password in " + VARIABLE,
    "absent": "there is no database {name} on its server. Make it, `createdb {name}`, or look at "
    + VARIABLE,
    "away": "{where} does not answer: its server is stopped, starting, or not to be reached. Look "
    "at the server, and at the address in " + VARIABLE,
    "held": "{where} is in use by another program, such as a Formgrader. Close it there, or wait",
    "full": "the disk of the server of {where} is full. Make room there",
    "crowded": "the server of {where} has no connection left. Close other programs, or raise its "
    "max_connections",
    "schema": "{where} was made by another version of nbgrader ({said}). Make a copy of it "
    "(`pg_dump`), then run `nbgrader db upgrade` in the course",
    "rights": "{where} cannot be written ({said}). Give its user the right to",
}
PASSING = ("away", "held", "crowded")


def named(environment: str | None = None) -> str:
    """Return the address that `COURSE_DB_URL` names, with its driver; empty without one.

    Raises `BookError` where a PostgreSQL server is named and its driver is not installed.
    """
    url = (os.environ.get(VARIABLE, "") if environment is None else environment).strip()
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            url = DRIVER + url.removeprefix(short)
    if url.startswith(DRIVER):
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise BookError(
                f"{VARIABLE} names a PostgreSQL server, and psycopg is not installed: "
                'python -m pip install "psycopg[binary]"'
            ) from None
    return url


def kind(error: BaseException | None) -> str:
    """Return what is wrong with a server, one of `KINDS` by name; empty where it is another's."""
    original = getattr(error, "orig", None)
    if not type(original).__module__.startswith("psycopg"):
        return ""
    code, said = getattr(original, "sqlstate", None) or "", str(original)
    for name, codes, texts in KINDS:
        if code.startswith(codes) if code else any(text in said for text in texts):
            return name
    return ""


def why(error: BaseException | None, where: str, name: str) -> str:
    """Say in words what is wrong with a server; empty where that is not known."""
    lines = str(getattr(error, "orig", "")).strip().splitlines() or [""]
    said = lines[0].rpartition("FATAL:")[2].strip()[:120]
    found = WHY.get(kind(error), "")
    return found.format(where=where, name=name, said=said)


def passes(error: BaseException | None) -> bool:
    """Tell whether what is wrong with a server may be gone in a moment."""
    return kind(error) in PASSING

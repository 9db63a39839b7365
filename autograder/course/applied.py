"""What `policy.toml` wrote into the gradebook: when it says so no longer, that is taken back.

`course/applied.json` holds for each date or extension that came from the policy what was written,
and what stood there before. What somebody set in the gradebook by hand is nobody's but theirs.
"""

from __future__ import annotations

import datetime
import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course.folders import BookError, write
from autograder.course.policy import Policy

FILE, LOCK = "applied.json", ".applied"
Value = datetime.datetime | datetime.timedelta | None


class Applied:
    """The record of a course folder, as it is while it is held."""

    def __init__(self, entries: dict[str, list]) -> None:
        self.entries = entries

    def settle(self, key: str, held: Value, wanted: Value) -> Value:
        """Return what the gradebook is to hold, which has `held`, where the policy wants `wanted`.

        Where the policy wants nothing, that is what stood there before the policy wrote; unless it
        was changed by hand since, or never came from the policy: then it stays.
        """
        now = _plain(held)
        wrote, before = self.entries.get(key, (None, None))
        if wanted is not None:
            if now != wrote:
                before = now
            self.entries[key] = [_plain(wanted), before]
            return wanted
        self.entries.pop(key, None)
        return _value(before) if wrote is not None and now == wrote else held


@contextmanager
def held(rules: Policy) -> Iterator[Applied]:
    """Give the record of a policy's course folder, and keep what becomes of it.

    It is kept before the gradebook is: a date that it names and the gradebook does not have was
    never written, and is taken back from nobody.
    """
    if rules.folder is None:
        yield Applied({})
        return
    path = rules.folder / FILE
    with open(rules.folder / LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = _read(path)
        applied = Applied(dict(before))
        yield applied
        if applied.entries != before:
            write(path, (json.dumps(applied.entries, indent=1) + "\n").encode(), 0o600)


def _read(path: Path) -> dict[str, list]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        for wrote, before in entries.values():
            _value(wrote), _value(before)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BookError(
            f"{path.name} cannot be read ({error}): it says which dates came from policy.toml. Put "
            "a copy back; or delete it, then dates that are no longer in policy.toml stay"
        ) from None
    return entries


def _plain(value: Value) -> str | float | None:
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value.isoformat() if value else None


def _value(plain: str | float | None) -> Value:
    if isinstance(plain, str):
        return datetime.datetime.fromisoformat(plain)
    return None if plain is None else datetime.timedelta(seconds=plain)

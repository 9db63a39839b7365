"""Remember which instant checks passed, in one small file beside the labs."""

from __future__ import annotations

import contextlib
import json

from utils import places


def read() -> dict[str, dict[str, bool]]:
    """Return `{lab: {exercise: passed}}`; an unreadable file counts as no progress."""
    try:
        data = json.loads(places.progress().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def record(lab: str, exercise: str, passed: bool) -> None:
    """Note that the check of `exercise` passed or failed; a read-only folder is no error."""
    data = read()
    if data.get(lab, {}).get(exercise) == passed:
        return
    data.setdefault(lab, {})[exercise] = passed
    path = places.progress()
    with contextlib.suppress(OSError):
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(data, indent=1, sort_keys=True), encoding="utf-8")
        temporary.replace(path)

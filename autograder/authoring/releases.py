"""Earlier releases of a lab, kept in the course folder: what a submission was made from.

A release is kept under its version when it is built, released or marked by. A submission that was
made from an earlier one is marked as the lab is today; what that release did not ask, or asked
otherwise, is excused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

_CHECK = re.compile(r"^check\((.*)\)", re.MULTILINE)
_VERSION = re.compile(rb'"release":\s*\{[^{}]*"version":\s*"([0-9a-f]{12})"')


def version_of(data: bytes) -> str:
    """Return from which release a notebook file was made, "" where it does not say so."""
    found = _VERSION.findall(data)
    return found[-1].decode() if found else ""


def place(folder: Path, lab: str, version: str) -> Path:
    """Return where a release is kept in a course folder."""
    return folder / "releases" / lab / f"{version}.ipynb"


def keep(folder: Path, lab: str, data: bytes) -> None:
    """Keep a release in a course folder under its version, or under its content where it has none.

    Releases of before there were versions have none.
    """
    kept = place(folder, lab, version_of(data) or hashlib.sha256(data).hexdigest()[:12])
    if data and not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)


def earlier(folders: Sequence[Path], lab: str, data: bytes, today: bytes) -> tuple[str, ...]:
    """Return the exercises that the release which a submission was made from did not ask so.

    None where it was made from that of `today`, or from one that none of the course folders keeps.
    A submission that names no version is compared with the kept releases that have none either.
    """
    version = version_of(data)
    if version == version_of(today):
        return ()
    if not version:
        return _of_no_version(folders, lab, data, asked(today))
    kept = next((p for f in folders if (p := place(f, lab, version)).is_file()), None)
    if kept is None:
        return ()
    before, now = asked(kept.read_bytes()), asked(today)
    there = {name for name in now if f'"{name}_answer"'.encode() in data}
    return tuple(
        name
        for name, check in now.items()
        if (name in before and before[name] != check) or (name not in before and name not in there)
    )


def _of_no_version(
    folders: Sequence[Path], lab: str, data: bytes, now: dict[str, str]
) -> tuple[str, ...]:
    """Return what `earlier` does of work that names no version, by the checks that it holds.

    Programs drop metadata, too: work with all of today's checks is of today's release.
    """
    try:
        own = asked(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # a learner's file
        return ()
    files = [path for f in folders for path in sorted((f / "releases" / lab).glob("*.ipynb"))]
    kept = [asked(content) for p in files if not version_of(content := p.read_bytes())]
    if own.items() >= now.items() or not kept:
        return ()
    before = max(kept, key=lambda each: len(own.items() & each.items()))
    return tuple(
        name
        for name, check in now.items()
        if (name not in before and name not in own)
        or (name in before and check != before[name] == own.get(name))
    )


def asked(data: bytes) -> dict[str, str]:
    """Return the checks of a release by exercise: what each one calls."""
    out = {}
    for raw in json.loads(data)["cells"]:
        meta = raw.get("metadata", {}).get("nbgrader") or {}
        if meta.get("grade"):
            source = raw["source"] if isinstance(raw["source"], str) else "".join(raw["source"])
            found = _CHECK.search(source)
            out[meta["grade_id"]] = found[1] if found else ""
    return out

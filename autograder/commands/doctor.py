"""`python -m autograder doctor`: is marking safe on this machine, and does it work?

Prints the layers of the jail and whether each is active, the versions, what is not compiled (each
start of the jail would compile it again), and a self-test that marks the right answers and the
untouched release, and then tries every promise of `jail/THREATS.md`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import platform
import sys
import time
from importlib import metadata
from pathlib import Path

from autograder.authoring import declaration
from autograder.commands import trials
from autograder.commands.trials import answered
from autograder.course import folders
from autograder.jail import promises, sandbox
from autograder.marking import intake, marker
from autograder.setup import bytecode

LINKS = "Nobody can link a file that is not theirs into a submission"
LIBRARIES = (
    "nbgrader", "jupyterlab", "ipython", "numpy", "scipy", "scikit-learn", "keras",
    "tensorflow", "tensorflow-cpu",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of what marking uses."""
    out = {"Python": platform.python_version(), "system": platform.platform(terse=True)}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            out[name] = metadata.version(name)
    return out


def self_test(jailed: bool = True) -> list[tuple[str, bool, str]]:
    """Mark known answers; return name, whether it went as it should, and what was seen."""
    names = [lab for lab in declaration.names() if _released(lab)]
    if not names:
        return [("a released lab", False, "none: run `python -m autograder release`")]
    lab = "03_softmax" if "03_softmax" in names else names[0]
    declared = declaration.load(lab)
    total = sum(ex.points for ex in declared.exercises)
    right = {ex.name: ex.source() for ex in declared.exercises}
    out = []
    started = time.perf_counter()
    try:
        template = sandbox.Template(jailed=jailed).start()
    except sandbox.JailError as error:
        return [("the template starts", False, str(error).splitlines()[0])]
    with template:
        out.append(("the template starts", True, f"{time.perf_counter() - started:.1f} s"))
        started = time.perf_counter()
        marks = marker.mark(answered(lab, right), "doctor", b"doctor", template)
        seconds = time.perf_counter() - started
        seen = f"{marks.points:g} of {total} points in {seconds:.2f} s"
        out.append((f"right answers to {lab} get full marks", marks.points == total, seen))
        marks = marker.mark(answered(lab, {}), "doctor", b"doctor", template)
        seen = f"{marks.points:g} points"
        out.append((f"the untouched {lab} gets none", marks.points == 0, seen))
        if jailed:
            out += [*promises.trials(template), *trials.trials(template)]
    return out + machine()


def machine() -> list[tuple[str, bool, str]]:
    """Look at what only the machine can promise."""
    setting = Path("/proc/sys/fs/protected_hardlinks")
    kept = not setting.is_file() or setting.read_text().strip() == "1"
    return [(LINKS, kept, "" if kept else "set fs.protected_hardlinks to 1")]


def _released(lab: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return bool(intake.released_cells(lab))
    return False


def main(arguments: list[str] | None = None) -> int:
    """Print the state of the jail, versions and a self-test; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder doctor",
        description="Print the layers of the jail, versions, and a self-test of marking.",
    )
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument("--quick", action="store_true", help="leave the self-test out")
    options = parser.parse_args(arguments)
    layers = [(layer.name, layer.active, layer.note) for layer in sandbox.layers()]
    safe = all(active for _, active, _ in layers)
    tests = [] if options.quick else self_test(jailed=safe)
    works = all(passed for _, passed, _ in tests)
    compiled = [(part.name, not part.missing, _compiled(part)) for part in bytecode.parts()]
    if options.json:
        content = {"layers": layers, "versions": versions(), "self_test": tests, "safe": safe}
        content["bytecode"] = compiled
        print(json.dumps(content, indent=1))
        return int(not (safe and works))
    print("The jail")
    _print(layers, "active", "MISSING")
    print("\nVersions")
    for name, version in versions().items():
        print(f"  {name:<16}{version}")
    print("\nBytecode")
    _print(compiled, "compiled", "MISSING")
    if not all(complete for _, complete, _ in compiled):
        print("  Every start of the jail compiles what is missing again. To compile it once:")
        print(f"  {bytecode.command()}")
    if tests:
        print("\nSelf-test" + ("" if safe else " (without the jail)"))
        _print(tests, "passes", "FAILS")
    cores = folders.cores()
    print(f"\n{cores} cores: `grade` uses {cores} workers.")
    if not safe:
        print("A layer is missing: `grade` refuses, unless told --allow-unjailed.", file=sys.stderr)
    return int(not (safe and works))


def _compiled(part: bytecode.Part) -> str:
    if not part.missing:
        return f"{part.modules:,} modules"
    note = "" if part.writable else f"; only the owner of {part.folder} can write there"
    return f"{part.missing:,} of {part.modules:,} modules{note}"


def _print(lines: list[tuple[str, bool, str]], good: str, bad: str) -> None:
    wide = max(len(name) for name, _, _ in lines)
    for name, fine, note in lines:
        print(f"  {name:<{wide}}  {good if fine else bad:<8} {note}".rstrip())

"""The instructor's commands: `python -m autograder COMMAND --help`."""

from __future__ import annotations

import errno
import importlib
import os
import sys

from autograder.authoring.answers import DeclarationError
from autograder.course.folders import BookError, UnknownLab

# What the machine refuses, whatever was asked of it: no fault of the course.
REFUSED = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "your share of the disk is full: make room",
    errno.EROFS: "it lies on a disk that can only be read",
    errno.EACCES: "you may not write or read there: look at whose it is",
    errno.EPERM: "you may not write or read there: look at whose it is",
}

COMMANDS = {
    "new": ("autograder.authoring.skeleton", "write the skeleton of a lab or of an exercise"),
    "release": ("autograder.authoring.release", "build the learners' notebooks from solutions/"),
    "private": ("autograder.authoring.private", "write a course of your own, from a seed"),
    "desk": ("autograder.commands.desk", "how each lab stands, and who is missing"),
    "collect": ("autograder.commands.collect", "take over submissions; --all: mark and publish"),
    "grade": ("autograder.commands.grade", "mark what was submitted"),
    "serve": ("autograder.commands.serve", "mark each submission as it comes in"),
    "report": (
        "autograder.commands.report",
        "what to teach again: points, commonest mistakes",
    ),
    "similar": ("autograder.commands.similar", "answers that are alike beyond what is usual"),
    "export": ("autograder.commands.export", "grades of the course, also for Canvas and Moodle"),
    "doctor": ("autograder.commands.doctor", "whether marking is safe on this machine, and works"),
    "update": ("utils.lab.update", "carry a learner's work into a lab released anew"),
    "bundle": ("autograder.commands.bundle", "write dist/labs.zip, what learners receive"),
}


def main(arguments: list[str]) -> int:
    """Hand over to a command."""
    if not arguments or arguments[0] not in COMMANDS:
        asked = arguments and arguments[0] not in ("-h", "--help", "help")
        out = sys.stderr if asked or not arguments else sys.stdout
        print("python -m autograder COMMAND [OPTIONS]\n", file=out)
        for name, (_, what) in COMMANDS.items():
            print(f"  {name:<9}{what}", file=out)
        return 2 if out is sys.stderr else 0
    module = importlib.import_module(COMMANDS[arguments[0]][0])
    try:
        return module.main(arguments[1:]) or 0
    except UnknownLab as error:
        print(error, file=sys.stderr)
        return 2
    except BookError as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 1
    except DeclarationError as error:
        print(
            f"stopped: {error}\nMend that line, then run the same command again.", file=sys.stderr
        )
        return 1
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"stopped: {where}{REFUSED[error.errno]}; then run the same command again. "
            "What is marked is kept.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

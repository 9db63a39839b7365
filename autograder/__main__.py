"""The instructor's commands: `python -m autograder COMMAND --help`."""

from __future__ import annotations

import importlib
import os
import sys

from autograder.course.folders import BookError, UnknownLab

COMMANDS = {
    "new": ("autograder.authoring.skeleton", "write the skeleton of a lab or of an exercise"),
    "release": ("autograder.authoring.release", "build the learners' notebooks from solutions/"),
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
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m autograder collect LAB [FILE]`: take over what was handed in, and say who is missing.

FILE is a zip file, or its folder, as Moodle and Canvas hand out submissions. Without it, nbgrader's
exchange is emptied. `--all` goes the whole way: collect, mark, and publish the feedback; `collect
all --all` does it for every lab.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

from traitlets.config import Config

from autograder.authoring import declaration
from autograder.course import hand_in, policy, roster
from autograder.course.folders import BookError, Course
from autograder.course.term import lab_named
from autograder.marking import text

ROOT = Path(__file__).resolve().parents[2]
MOST_WARNINGS = 20


def main(arguments: list[str] | None = None) -> int:
    """Collect; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder collect", description="Take over what was handed in of a lab."
    )
    parser.add_argument("lab", metavar="LAB", help="such as 03_softmax, or 03; all: every lab")
    parser.add_argument(
        "file", nargs="?", type=Path, help="a zip file or folder of Moodle or Canvas"
    )
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument(
        "--times", action="store_true", help="the files' times are those of handing in"
    )
    parser.add_argument(
        "--all", action="store_true", help="then mark the lab, and publish the feedback"
    )
    options = parser.parse_args(arguments)
    if options.lab == "all" and options.file:
        parser.error("a file holds the submissions of one lab: name it in place of all")
    course = Course(options.course)
    labs = declaration.names() if options.lab == "all" else [lab_named(options.lab)]
    rules, people = policy.read(course.folder), roster.read(course.folder)
    exchange = not options.file
    if exchange and options.lab == "all" and not inbound().is_dir():
        _say("nothing was released through the exchange: what is in the course folder is taken")
        exchange = False
    for lab in labs:
        if options.file:
            zone = rules.zone if options.times else None
            _told(lab, hand_in.take_over(course, lab, options.file, people, zone))
        else:
            if exchange:
                _exchange("collect", lab, course)
            if options.lab == "all" and not course.submitted(lab):
                continue
            print(f"{lab}: {len(course.submitted(lab))} submissions are there")
        if missing := sorted(set(people) - set(course.submitted(lab))):
            _say(f"missing: {', '.join(map(text.line, missing))}")
    return _mark(course, labs, exchange) if options.all else 0


def _mark(course: Course, labs: list[str], publish: bool) -> int:
    """Mark labs and publish their feedback through the exchange; return the exit status."""
    from autograder.commands import grade

    labs = [lab for lab in labs if course.submitted(lab)]
    if not labs:
        return 0
    status = grade.main([*labs, "--course", str(course.folder)])
    if status in (grade.ALL_MARKED, grade.SOME_NOT):
        for lab in labs:
            if publish:
                _exchange("release_feedback", lab, course)
            print(f"{lab}: feedback is published" if publish else f"{lab}: marked")
    return status


def _told(lab: str, taken: hand_in.Taken) -> None:
    """Say what was taken over of a file."""
    print(f"{lab}: {len(taken.students)} submissions taken over")
    for note in taken.notes[:20]:
        print(f"  {note}")
    if taken.late:
        _say(f"late, as Canvas says: {', '.join(sorted(set(taken.late)))}")
    if taken.unknown:
        _say(f"not in roster.csv, so left out: {', '.join(taken.unknown)}")
    for name, those in sorted(taken.unclear.items()):
        _say(
            f"left out: {name} may be {' or '.join(those)}. Put the username in place of the "
            "name, at the front of the file or folder that was handed in, and collect again"
        )


def _say(words: str) -> None:
    print("\n".join(textwrap.wrap(words, 78, subsequent_indent="    ")))


def _exchange(step: str, lab: str, course: Course) -> None:
    """Take a step of nbgrader's exchange; raises `BookError` with what nbgrader said."""
    import logging

    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeFactory

    from autograder.course.gradebook import address, configuration

    config = configuration()
    if not inbound(config).is_dir():
        raise BookError(
            f"nothing was released through the exchange in {config.Exchange.root}, so nothing can "
            f"have been submitted there. Release it first (Formgrader, or `nbgrader "
            f"release_assignment {lab}`), set NBGRADER_EXCHANGE to another exchange, or name what "
            f"Moodle or Canvas let you download: collect {lab} FILE"
        )
    course.folder.mkdir(parents=True, exist_ok=True)
    rules = config.CourseDirectory
    rules.db_url = address(course.folder, config)
    rules.root = str(course.folder.resolve().parent)
    for part in ("source", "release", "submitted", "autograded", "feedback", "solution"):
        rules[f"{part}_directory"] = f"{course.folder.resolve().name}/{part}"
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    parts = (CourseDirectory(config=config), Authenticator(config=config))
    factory = ExchangeFactory(config=config)
    api = NbGraderAPI(*parts, factory, config=config)
    done = api.collect(lab) if step == "collect" else api.release_feedback(lab)
    if not done["success"]:
        why = _said(done.get("log") or "") or _said(done.get("error") or "")
        raise BookError(f"nbgrader could not {step.replace('_', ' ')} {lab}: {why}")
    for said in re.findall(r"^\[WARNING\] (.+)$", done.get("log") or "", re.M)[:MOST_WARNINGS]:
        _say(text.line(said, 400))


def inbound(config: Config | None = None) -> Path:
    """Return where the exchange has what learners handed in; `config` is nbgrader's."""
    from autograder.course.gradebook import configuration

    config = config or configuration()
    return Path(config.Exchange.root, config.CourseDirectory.course_id, "inbound")


def _said(log: str) -> str:
    """Return what a log or a traceback says at last, without the name of a level or a class."""
    found = re.findall(r"^(?:\[(?:ERROR|CRITICAL)\] |[\w.]+(?:Error|Exception): )(.+)$", log, re.M)
    return text.line("".join(found[-1:] or log.strip().splitlines()[-1:]), 200)

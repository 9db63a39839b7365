"""Write down all that a change of the house must leave as it is, to be compared with `diff -r`.

    python -m tests.bench.outcome before     # and, in the changed house, ... after
    diff -r before after

Of each lab: the released notebook, the baked checks, and for each member of the bundled cohort the
marks with every report, and the feedback page. Labs to take follow the folder; all otherwise.
"""

import json
from pathlib import Path

from autograder.authoring import release
from autograder.authoring.declaration import load, names
from autograder.jail.sandbox import Template
from autograder.marking import feedback, intake, marker
from tests import cohort
from tests.bench import parser

SECRET = b"of all courses that are compared"


def write(folder: Path, labs: list[str]) -> None:
    """Write the releases and the marks of the labs, a folder each."""
    with Template() as template:
        for built in release.build(labs):
            out = folder / built.lab
            out.mkdir(parents=True, exist_ok=True)
            for path, text in built.files():
                (out / path.name).write_text(text, encoding="utf-8")
            for student in cohort.MEMBERS:
                for name, text in marked(built.lab, student, template).items():
                    (out / name).write_text(text, encoding="utf-8")


def marked(lab: str, student: str, template: Template) -> dict[str, str]:
    """Return the marks and the feedback of a member of the cohort, without times, by file name."""
    try:
        cells = intake.read(cohort.submission(lab, student))
    except intake.Unreadable as error:
        return {f"{student}.json": f"unreadable: {error}\n"}
    submission = intake.rebuild(intake.skeleton(lab), cells)
    marks = marker.mark(submission, student, SECRET, template)
    marks.seconds.clear()
    return {
        f"{student}.json": json.dumps(marks.to_dict(), indent=1, sort_keys=True) + "\n",
        f"{student}.html": feedback.page(load(lab).title, submission, marks),
    }


def main(arguments: list[str] | None = None) -> None:
    """Write what is asked for."""
    command = parser(__file__, __doc__)
    command.add_argument("folder", type=Path, metavar="FOLDER")
    command.add_argument("labs", nargs="*", metavar="LAB", help="all if none")
    asked = command.parse_args(arguments)
    write(asked.folder, asked.labs or names())


if __name__ == "__main__":
    main()

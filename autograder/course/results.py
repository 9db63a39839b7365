"""Kept results: what was marked, under which keys, and what of it still holds."""

from __future__ import annotations

import json

from autograder.authoring import declaration
from autograder.course import keys
from autograder.course.folders import Course, write
from autograder.course.jobs import Done, Job
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score


def save(course: Course, job: Job, done: Done) -> None:
    """Keep a result; it is there only when the submission's files are."""
    path = course.result(job.student, job.lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "key": job.key,
        "exercises": keys.lab_keys(job.lab),
        "marks": done.marks.to_dict(),
        "comments": done.comments,
        "made_of": job.made_of,
        "why": job.why,
    }
    write(path, json.dumps(content).encode("utf-8", "replace"), 0o600)


def saved(course: Course, student: str, lab: str) -> dict | None:
    """Return a kept result, None where there is none that can be read."""
    try:
        content = json.loads(course.result(student, lab).read_bytes())
        content["marks"] = Marks.from_dict(content["marks"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content


def still_valid(lab: str, content: dict) -> dict[str, Score]:
    """Return the scores of a kept result that the declarations of today would give again.

    A changed exercise takes with it the later ones that fell short or were helped: those are
    marked with the right answers of earlier ones in their place.
    """
    now, before, marks = keys.lab_keys(lab), content["exercises"], content["marks"]
    scores = {score.exercise: score for score in marks.scores}
    kept, changed = {}, False
    for ex in declaration.load(lab).exercises:
        score = scores.get(ex.name)
        same = score is not None and before.get(ex.name) == now[ex.name]
        alone = same and score.points == score.max_points and ex.name not in marks.helped
        if same and (not changed or alone or ex.kind == "quiz"):
            kept[ex.name] = score
        changed = changed or not same
    return kept

"""A whole class in which every attack was handed in: does everybody else get what they deserve?"""

import json
import time
from multiprocessing import resource_tracker

import pytest

from autograder.commands import grade
from autograder.course import gradebook
from tests import cohort
from tests.cohort.books import LAB, lay_out, rows
from tests.cohort.lending import lent

from .conftest import LIMITS, processes
from .test_corpus import ATTACKS, exercise_of

HONEST = 12


@pytest.fixture(scope="module")
def honest():
    """Twelve learners who try nothing."""
    return list(cohort.many(LAB, HONEST))


@pytest.fixture(scope="module")
def calm(honest, template, tmp_path_factory):
    """The rows of a class of them alone."""
    course = tmp_path_factory.mktemp("calm")
    lay_out(course, honest)
    with lent(template):
        assert grade.main([LAB, "--course", str(course), "--workers", "1"]) == grade.ALL_MARKED
    return rows(course)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(("workers", "every"), [(1, 1), (2, 8)])
def test_a_class_full_of_attacks_is_marked(
    workers, every, honest, calm, template, here, hurry, tmp_path_factory, world, monkeypatch
):
    """With one worker and two, does the run end, each mark being what it is without attacks?

    One worker has them all, in this process; two of their own have every eighth.
    No attack earns a point, harms anything, stops its own marking or leaves a process behind.
    """
    attacks = [
        (
            f"m-{path.stem}",
            json.dumps(cohort.notebook(LAB, {exercise_of(path): world.source(path)})).encode(),
        )
        for path in ATTACKS[::every]
    ]
    mixed = tmp_path_factory.mktemp("mixed")
    lay_out(mixed, honest + attacks)
    short = gradebook.configuration().copy()
    short.Limits.update(LIMITS)
    monkeypatch.setattr(gradebook, "configuration", lambda: short)
    resource_tracker.ensure_running()  # one a process, and it stays
    template.start()  # (the full one comes when an attack asks for it, and stays as well)
    before, started = processes(), time.monotonic()
    ended = grade.main([LAB, "--course", str(mixed), "--workers", str(workers)])
    took = time.monotonic() - started
    assert ended == grade.ALL_MARKED
    assert processes() == before
    found = rows(mixed)
    assert {name: found[name][1] for name in calm} == {n: calm[n][1] for n in calm}
    assert {name: found[name][1] for name in found if found[name][1] and name[:2] == "m-"} == {}
    assert world.harm() == []
    assert took < len(attacks) * LIMITS["submission"] / workers

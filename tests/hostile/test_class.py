"""A whole class in which every attack was handed in: does everybody else get what they deserve?"""

import json
import time

import pytest

from autograder.commands import grade
from autograder.course import gradebook
from tests import cohort
from tests.cohort.books import LAB, lay_out, rows

from .conftest import LIMITS, processes
from .test_corpus import ATTACKS, exercise_of

HONEST = 20


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(("workers", "every"), [(2, 1), (1, 8)])
def test_a_class_full_of_attacks_is_marked(workers, every, tmp_path_factory, world, monkeypatch):
    """With one worker and two, does the run end, each mark being what it is without attacks?

    No attack earns a point, harms anything, stops its own marking or leaves a process behind.
    """
    honest = list(cohort.many(LAB, HONEST))
    attacks = [
        (
            f"m-{path.stem}",
            json.dumps(cohort.notebook(LAB, {exercise_of(path): world.source(path)})).encode(),
        )
        for path in ATTACKS[::every]
    ]
    calm, mixed = tmp_path_factory.mktemp("calm"), tmp_path_factory.mktemp("mixed")
    lay_out(calm, honest)
    lay_out(mixed, honest + attacks)
    usual = gradebook.configuration()
    assert grade.main([LAB, "--course", str(calm), "--workers", str(workers)]) == grade.ALL_MARKED
    short = usual.copy()
    short.Limits.update(LIMITS)
    monkeypatch.setattr(gradebook, "configuration", lambda: short)
    before, started = processes(), time.monotonic()
    ended = grade.main([LAB, "--course", str(mixed), "--workers", str(workers)])
    took = time.monotonic() - started
    assert ended == grade.ALL_MARKED
    assert processes() == before
    wanted, found = rows(calm), rows(mixed)
    assert {name: found[name][1] for name in wanted} == {n: wanted[n][1] for n in wanted}
    assert {name: found[name][1] for name in found if found[name][1] and name[:2] == "m-"} == {}
    assert world.harm() == []
    assert took < len(attacks) * LIMITS["submission"] / workers

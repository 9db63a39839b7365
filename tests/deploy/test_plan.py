"""Does the plan for many learners play its queue right, and tell what it is asked?"""

import random
import statistics

import pytest

from autograder.authoring.declaration import names
from deploy.scale import plan


@pytest.mark.parametrize(("count", "workers", "last"), [(12, 1, 24.0), (12, 4, 6.0), (13, 4, 8.0)])
def test_all_at_once_wait_in_rounds(count, workers, last):
    """Is the last one of a crowd served after as many rounds as it takes?"""
    assert max(plan.queue([0.0] * count, [2.0] * count, workers)) == last


def test_waiting_is_that_of_queueing_theory():
    """With random arrivals and constant service: is the mean wait that of Pollaczek and Khinchine?

    At a load of 0.7 it is 0.7 / (2 · 0.3) services; over 100,000 arrivals its own noise is below
    3 in 100.
    """
    rng, at, coming = random.Random(0), 0.0, []
    for _ in range(100_000):
        at += rng.expovariate(0.7)
        coming.append(at)
    waits = plan.queue(coming, [1.0] * len(coming), 1)
    assert statistics.fmean(waits) - 1.0 == pytest.approx(0.7 / (2 * 0.3), rel=0.05)


def test_half_of_a_class_comes_in_the_last_hours_and_more_towards_the_end():
    """Is the curve the one that is described?"""
    coming = plan.arrivals(10_000, random.Random(0))
    late = [at for at in coming if at > 0]
    assert coming == sorted(coming)
    assert len(late) == 5_000
    assert max(late) <= plan.LAST_HOURS * 3600
    hour = [sum(3600 * n < at <= 3600 * (n + 1) for at in late) for n in range(3)]
    assert [round(9 * part / 5_000) for part in hour] == [1, 3, 5]


def test_fewer_workers_would_not_do():
    """Is the number of workers the least that keeps the wish?"""
    rng = random.Random(0)
    workers = plan.workers_for(1.0, 4_000, 10.0, rng)
    coming = [at for at in plan.arrivals(4_000, random.Random(0)) if at > 0]
    waits = [plan.near(plan.queue(coming, [1.0] * len(coming), n), 0.95) for n in (workers, 1)]
    assert waits[0] <= 10.0
    assert workers == 1 or waits[1] > 10.0


def test_the_plan_names_every_lab_and_what_is_full_first(capsys):
    """Is it made from the measured figures that are shipped?"""
    assert plan.main(["--learners", "200"]) == 0
    said = capsys.readouterr().out
    assert all(lab in said for lab in names())
    assert "What is full first:" in said

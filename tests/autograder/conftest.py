"""One template for all tests of marking: it takes seconds to start."""

import pytest

from autograder.course import pool
from autograder.jail import sandbox


@pytest.fixture(scope="session")
def template():
    """Return a started template; what it forks lives for one test."""
    with sandbox.Template() as started:
        yield started


@pytest.fixture
def here(template, monkeypatch):
    """Let a pool of one worker use the tests' template instead of a new one."""

    class Shared:
        def __init__(self, limits, jailed):
            self.limits = limits

        def start(self):
            return self

        def learner(self, cells, forbid=frozenset()):
            return template.learner(cells, forbid)

        def close_learners(self, learners):
            template.close_learners(learners)

        def close(self):
            pass

    monkeypatch.setattr(pool, "Template", Shared)

"""A pool that marks with the template of the tests."""

import pytest

from autograder.course import pool


@pytest.fixture
def here(template, monkeypatch):
    """Let a pool of one worker use the tests' template instead of a new one."""

    class Shared:
        def __init__(self, limits, jailed):
            self.limits = limits

        def start(self):
            return self

        def learner(self, *args):
            return template.learner(*args)

        def close_learners(self, learners):
            template.close_learners(learners)

        def close(self):
            pass

    monkeypatch.setattr(pool, "Template", Shared)

"""Labs are marked with the template that the tests of marking use."""

from tests.autograder.conftest import template

__all__ = ["template"]

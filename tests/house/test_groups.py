"""Which tests share a worker: what is dear must be made once."""

import pytest

from tests.conftest import ByGroup, group

BROWSER = "tests/browser/test_start.py::test_start"
CATALOGUE = "tests/labs/test_catalogue.py::test_reports_fit_the_page"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (BROWSER, "tests/browser/test_softmax_lab.py::test_learner", True),
        (f"{CATALOGUE}[03_softmax-softmax-axis 0]", f"{CATALOGUE}[03_softmax-softmax]", True),
        (f"{CATALOGUE}[03_softmax-softmax-axis 0]", f"{CATALOGUE}[03_softmax-one_hot]", False),
        ("tests/hostile/test_class.py::test_a", "tests/hostile/test_class.py::test_b[1]", True),
        ("tests/hostile/test_class.py::test_a", "tests/hostile/test_fuzz.py::test_a", False),
    ],
)
def test_what_shares_something_dear_is_one_group(one, other, together):
    """Do one server, one template and the marks of one exercise serve all tests of theirs?"""
    assert (group(one) == group(other)) == together


def test_groups_are_what_workers_are_given():
    """Does the scheduler split by group, and not test by test?"""
    scheduler = ByGroup.__new__(ByGroup)
    assert scheduler._split_scope(BROWSER) == group(BROWSER)

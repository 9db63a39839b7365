"""One test a claim of a lab.

A claim that needs minutes of training is tested on a smaller run with the same outcome, which its
docstring then says.
"""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The matrices are small: threads would only get in each other's way."""
    with threadpool_limits(1):
        yield

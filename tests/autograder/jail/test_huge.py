"""Memory in huge pages: what it holds stays as it was."""

import subprocess
import sys

from autograder.authoring import release

KEPT = """
from autograder.jail import huge

held = [bytes([number % 251]) * 5_000_000 for number in range(8)]
done = huge.collapse()
assert [each == bytes([number % 251]) * 5_000_000 for number, each in enumerate(held)] == [True] * 8
huge.MADV_COLLAPSE = 12345
assert huge.collapse() == 0
print(done >= 0)
"""


def test_memory_holds_the_same_in_huge_pages():
    """Are all bytes there afterwards, and is a kernel that makes none no error?"""
    done = subprocess.run(
        [sys.executable, "-c", KEPT], cwd=release.ROOT, capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr

"""The text of the labs, which the tests of their claims quote."""

from functools import cache

from autograder.authoring import release


@cache
def prose(lab):
    """The words of a lab's text cells, one space between them."""
    cells = release.source_notebook(lab).cells
    return " ".join(" ".join(c.source for c in cells if c.cell_type == "markdown").split())


def says(lab, *phrases):
    """Fail unless a lab says each phrase: what a test recomputes must be what the lab claims."""
    missing = [phrase for phrase in phrases if phrase not in prose(lab)]
    assert not missing, f"solutions/{lab}.py does not say {missing}: the claim and its test differ"

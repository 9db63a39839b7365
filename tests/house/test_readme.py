"""Does the README tell the truth about the labs?"""

import re
from pathlib import Path

import pytest

from autograder.authoring.declaration import load, names

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lab", names())
def test_every_lab_is_listed_with_its_time(lab):
    """Is the expected time that of the declaration?"""
    (row,) = re.findall(rf"^\| {lab} \|.*\|$", README, re.MULTILINE)
    assert row.split("|")[3].strip() == str(load(lab).minutes)


def test_every_picture_and_file_named_exists():
    """Do links and pictures lead somewhere, and do pictures have a text?"""
    files = re.findall(r'src="([^"]+)"|\]\((?!https?:)([^)#]+)\)', README)
    assert len(files) >= len(names())
    assert not [name for pair in files for name in pair if name and not (ROOT / name).is_file()]
    assert all(
        re.findall(r'<img [^>]*alt="[^"]{20,}"', tag) for tag in re.findall(r"<img [^>]+>", README)
    )


def test_every_rule_named_exists():
    """Is every `make` rule of the README in the Makefile?"""
    rules = set(
        re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"make ([a-z]+)", README)) - {"rules", "and"} <= rules


@pytest.mark.parametrize("name", ["instructor", "learner", "private"])
def test_every_picture_and_file_a_guide_names_exists(name):
    """Do links and pictures of a page lead somewhere, and do pictures have a text?"""
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    files = re.findall(r'src="([^"]+)"|\]\((?!https?:)([^)#]+)\)', page)
    assert not [n for pair in files for n in pair if n and not (ROOT / "docs" / n).is_file()]
    tags = re.findall(r"<img [^>]+>", page)
    assert all(re.search(r'alt="[^"]{20,}"', tag) for tag in tags)

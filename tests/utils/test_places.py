"""Do a learner's files lie beside the labs, or at home where `utils` is installed?"""

import pytest

from utils import places
from utils.lab import folder


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """An installed `utils`, and an empty home."""
    for name in ("LABS_WORK", "LABS_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(places, "ROOT", tmp_path / "packages")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def beside(at_home):
    """Put labs beside `utils`; return the folder of both."""
    root = at_home.parent / "packages"
    (root / "notebooks").mkdir(parents=True)
    (root / "notebooks" / "00_start.ipynb").write_text("released")
    return root


def test_an_installed_package_keeps_nothing_beside_itself(at_home):
    """Are work and progress in the home folder, which is the learner's own?"""
    assert places.work() == at_home / "neural-networks"
    assert places.progress() == at_home / ".neural-networks.json"


def test_labs_beside_utils_keep_everything_together(at_home):
    """Are work and progress in the folder of a checkout or bundle?"""
    root = beside(at_home)
    assert places.work() == root / "course" / "work"
    assert places.progress() == root / ".progress.json"
    assert folder.prepare() == root


def test_a_folder_of_somebody_else_is_not_worked_in(at_home, monkeypatch):
    """Does a learner who may not write beside `utils` get a folder of their own?"""
    beside(at_home)
    monkeypatch.setattr(places.os, "access", lambda *_: False)
    assert folder.prepare() == places.work() == at_home / "neural-networks"
    assert (places.work() / "00_start.ipynb").read_text() == "released"


def test_a_start_page_that_was_worked_in_stays(at_home, monkeypatch):
    """Is what a learner wrote on the start page there the next day?"""
    beside(at_home)
    monkeypatch.setattr(places.os, "access", lambda *_: False)
    (folder.prepare() / "00_start.ipynb").write_text("mine")
    folder.prepare()
    assert (places.work() / "00_start.ipynb").read_text() == "mine"


def test_the_environment_decides(at_home, monkeypatch, tmp_path):
    """Do the two variables name other places?"""
    monkeypatch.setenv("LABS_WORK", str(tmp_path / "a"))
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "b.json"))
    assert (places.work(), places.progress()) == (tmp_path / "a", tmp_path / "b.json")

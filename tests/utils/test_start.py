"""Does the start page tell a learner what is there, and how far they have come?"""

import json
import shutil

import pytest

from utils import places, progress, start


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_PROGRESS", str(tmp_path / "progress.json"))


def test_labs_are_listed_in_order_with_links_and_points():
    """Does each lab have its link, time and points?"""
    table = start.labs()
    names = [row[0] for row in table.rows]
    assert names == sorted(names)
    assert "[03 Multiclass classification and softmax](03_softmax/03_softmax.ipynb)" in names
    assert {row[2] for row in table.rows} == {"100"}
    assert '<a href="03_softmax/03_softmax.ipynb">' in table._repr_html_()


def test_links_lead_to_the_fetched_copy(tmp_path, monkeypatch):
    """Once a lab is fetched, does its link open that copy, and the others the released ones?"""
    copy = tmp_path.joinpath("course", "work", "03_softmax", "03_softmax.ipynb")
    copy.parent.mkdir(parents=True)
    copy.touch()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start.ipynb").touch()
    monkeypatch.setattr(places, "ROOT", tmp_path)
    links = [row[0].partition("](")[2] for row in start.labs().rows]
    assert "../course/work/03_softmax/03_softmax.ipynb)" in links
    assert "01_training/01_training.ipynb)" in links


def test_without_labs_beside_utils_only_fetched_ones_are_linked(tmp_path, monkeypatch):
    """On a hub, does a link lead to a fetched lab, and is it said how to fetch the others?"""
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setenv("LABS_WORK", str(tmp_path / "work"))
    copy = tmp_path / "work/03_softmax/03_softmax.ipynb"
    copy.parent.mkdir(parents=True)
    copy.touch()
    table = start.labs()
    linked = [row[0] for row in table.rows if row[0].startswith("[")]
    assert [name.partition("](")[2] for name in linked] == ["03_softmax/03_softmax.ipynb)"]
    assert table.caption.endswith("Nbgrader, Assignment List, Fetch.")


def test_a_lab_is_updated_by_its_name(tmp_path, monkeypatch, capsys):
    """Does the line of the start page find the learner's copy, and say what was done?"""
    monkeypatch.setenv("LABS_WORK", str(tmp_path))
    released = places.ROOT / "notebooks/03_softmax/03_softmax.ipynb"
    (tmp_path / "03_softmax").mkdir()
    shutil.copy(released, tmp_path / "03_softmax")
    start.update("03_softmax")
    assert "03_softmax.ipynb is up to date" in capsys.readouterr().out


def test_the_hours_of_all_labs_are_told():
    """Is the sum of the minutes in the table given in hours?"""
    table = start.labs()
    minutes = sum(int(row[1].split()[0]) for row in table.rows)
    assert table.caption.endswith(f"together take about {round(minutes / 60)} hours.")


def test_progress_counts_passed_checks():
    """Does a passed check show in its lab's row, and in the sum?"""
    progress.record("03_softmax", "softmax", True)
    progress.record("03_softmax", "one_hot", False)
    (row,) = [row for row in start.labs().rows if "03_softmax" in row[0]]
    assert row[3].endswith("1 of 6")
    assert start.labs().caption.startswith("1 of ")


def test_a_full_disk_is_told(monkeypatch):
    """Does the page say what is wrong, in words?"""
    usage = shutil.disk_usage(".")._replace(free=5 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    table = start.installation()
    (row,) = [row for row in table.rows if row[0] == "disk"]
    assert row[1:] == ["look here", "only 5 MB free: saving may fail"]
    assert "need your attention" in table.caption


def test_a_check_that_fails_is_a_row_and_no_traceback(monkeypatch):
    """Is an unexpected error shown beside the part it concerns?"""

    def broken():
        raise RuntimeError("no such thing")

    monkeypatch.setattr(start, "_TESTS", [("data", broken)])
    assert start.installation().rows == [["data", "look here", "RuntimeError: no such thing"]]


def test_a_table_is_text_outside_a_notebook():
    """Are links shown as names, and columns aligned?"""
    text = repr(start.Table(["lab", "n"], [["[One](one.ipynb)", "1"]], "A caption."))
    assert text.split("\n") == ["lab  n", "One  1", "", "A caption."]


def test_html_is_escaped():
    """Is text from outside no markup?"""
    assert "<b>" not in start.Table(["<b>"], [["<b>"]])._repr_html_()
    assert json.dumps(start.Table(["a"], [["b"]])._repr_html_())

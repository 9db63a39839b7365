"""Files that are not what a submission should hold: is nobody else's marking touched by them?"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.authoring.declaration import load
from autograder.commands import grade
from autograder.course import exchange, handed_in
from autograder.course.folders import Course
from autograder.course.gradebook import configuration
from autograder.course.keys import ROOT
from tests import cohort
from tests.cohort.books import LAB, LIGHT, course, rows

OWN = "the secret of the course"


def fifo(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def link(path):
    path.unlink(missing_ok=True)
    path.symlink_to(path.parents[3] / ".secret")


def endless(path):
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def holes(path):
    path.write_bytes(b"")
    os.truncate(path, 4 << 40)


def listening(path):
    path.unlink(missing_ok=True)
    here = os.getcwd()
    os.chdir(path.parent)  # (the name of a socket is short)
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(path.name)
    finally:
        os.chdir(here)


def folder(path):
    path.unlink(missing_ok=True)
    path.mkdir()


def noise(path):
    path.write_bytes(bytes(range(256)))


KINDS = [fifo, link, endless, holes, listening, folder, noise]


@pytest.mark.parametrize("spoil", KINDS)
@pytest.mark.parametrize("name", [f"{LAB}.ipynb", "timestamp.txt", "submission_secret.txt", "a.py"])
def test_a_strange_file_is_read_by_nobody(tmp_path, name, spoil):
    """Is a file that is none left alone: at once, without its content, and with a word?"""
    course(tmp_path, ["amal"])
    (tmp_path / ".secret").write_text(OWN)
    place = tmp_path / "submitted" / "amal" / LAB
    spoil(place / name)
    started = time.process_time()
    there = handed_in.look(place, LAB)
    files, notes = handed_in.beside(place)
    assert time.process_time() - started < 2
    assert OWN.encode() not in b"".join([there.notebook, *files.values()])
    if spoil is noise:
        assert there.timestamp is None if name == "timestamp.txt" else True
        return
    assert name not in files
    if name.endswith(".ipynb"):
        assert f"no {name}" in there.problem or "cannot be opened" in there.problem
    elif spoil is not folder:
        assert any(name in note for note in [*there.notes, *notes])


def test_a_folder_that_is_a_link_is_not_followed(tmp_path):
    """Is a lab's folder that points elsewhere told, and nothing in it read?"""
    course(tmp_path, ["amal"])
    other = tmp_path / "submitted" / "mallory"
    other.mkdir()
    (other / LAB).symlink_to(tmp_path / "submitted" / "amal" / LAB)
    assert "a link" in handed_in.look(Course(tmp_path).submitted(LAB)["mallory"], LAB).problem


def strange_class(folder, lab):
    """Hand in what has ended a run for everybody: a submission of each kind among honest ones."""
    members = ["timestamp", "unsure", "fifo", "device", "holes", "digits", "deep", "long", "linked"]
    made = dict.fromkeys(members, "right")
    course(folder, ["amal", "jing"], lab)
    files = ((name, json.dumps(cohort.notebook(lab, {})).encode()) for name in made)
    cohort.lay_out(lab, files, folder / "submitted")
    (folder / ".secret").write_text(OWN)
    place = {name: folder / "submitted" / name / lab for name in made}
    (place["timestamp"] / "timestamp.txt").write_text("1e400 o'clock on the 99th")
    (place["unsure"] / "timestamp.txt").write_text("0001-01-01 00:00:00 +2300")
    fifo(place["fifo"] / f"{lab}.ipynb")
    endless(place["device"] / f"{lab}.ipynb")
    holes(place["holes"] / f"{lab}.ipynb")
    (place["digits"] / f"{lab}.ipynb").write_text('{"cells": [], "n": ' + "9" * 5000 + "}")
    (place["deep"] / f"{lab}.ipynb").write_text("[" * 100_000)
    (place["long"] / ("x" * 250)).write_text("beside the notebook")
    for name in ("timestamp.txt", "submission_secret.txt"):
        link(place["linked"] / name)
    unreadable = os.fsencode(folder / "submitted") + b"/\xff\xfe\x1b[2J"
    os.makedirs(os.path.join(unreadable, lab.encode()))
    return members


@pytest.mark.jail
@pytest.mark.parametrize(("workers", "lab"), [("1", LAB), ("2", LIGHT)])
def test_the_run_goes_on_past_every_one_of_them(tmp_path, workers, lab, here, capsys):
    """Do the honest ones get their scores, again at the next run, and does the secret stay?"""
    members = strange_class(tmp_path, lab)
    without = 100 - [e for e in load(lab).exercises if e.kind == "function"][1].points
    command = [lab, "--course", str(tmp_path), "--workers", workers]
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    assert grade.main(command) == grade.SOME_NOT
    found = rows(tmp_path, lab)
    assert (found["amal"][1], found["jing"][1]) == (100, without)
    assert {name: found[name][1] for name in members} == dict.fromkeys(members, 0)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "the name of this folder" in " ".join(said.split()).lower()
    assert grade.main(command) == grade.SOME_NOT
    assert rows(tmp_path, lab) == found
    for way in ("feedback", "autograded", "marks"):
        texts = [path.read_bytes() for path in (tmp_path / way).rglob("*") if path.is_file()]
        assert not any(OWN.encode() in text for text in texts)
    assert memory("VmHWM") - before < 2 << 20


def memory(which):
    """Return what this process holds, or has held at most, in KB."""
    text = Path("/proc/self/status").read_text()
    return int(re.search(rf"{which}:\s+(\d+) kB", text)[1])


def test_collecting_copies_files_and_nothing_they_point_to(tmp_path):
    """Are regular files taken over, in folders too, and links, pipes and floods left?"""
    source, target = tmp_path / "inbound", tmp_path / "submitted"
    (source / "data").mkdir(parents=True)
    (tmp_path / "secret").write_text(OWN)
    (source / "data" / "mine.csv").write_text("1,2")
    (source / f"{LAB}.ipynb").write_text("{}")
    (source / "timestamp.txt").symlink_to(tmp_path / "secret")
    (source / "data" / "all").symlink_to(tmp_path)
    os.mkfifo(source / "pipe")
    os.truncate(os.open(source / "holes", os.O_CREAT | os.O_WRONLY), 4 << 40)
    notes = exchange.copy(source, target)
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert found == {"data/mine.csv", f"{LAB}.ipynb"}
    assert len(notes) == 4  # (links to folders too)
    assert OWN not in "".join(path.read_text() for path in target.rglob("*") if path.is_file())


def test_what_is_no_file_is_gone_before_nbgrader_reads_it(tmp_path):
    """Are links and pipes in a submitted folder removed, and a date that is none set aside?"""
    place = tmp_path / "amal" / LAB
    course(tmp_path / "course", ["amal"])
    (tmp_path / "course" / "submitted" / "amal").rename(tmp_path / "amal")
    (place / "link").symlink_to("/dev/zero")
    os.mkfifo(place / "pipe")
    (place / "timestamp.txt").write_text("the day after")
    exchange.disarm(notebooks=[str(place / f"{LAB}.ipynb")], student="amal")
    assert {p.name for p in place.iterdir()} == {f"{LAB}.ipynb", "timestamp-of-no-use"}


def test_work_under_another_name_is_marked_by_nbgrader_too(tmp_path):
    """Is the lab's name there for nbgrader to find, and what is read the work beside it?"""
    course(tmp_path, ["amal"])
    place = tmp_path / "submitted" / "amal" / LAB
    work = (place / f"{LAB}.ipynb").read_bytes()
    (place / f"{LAB}.ipynb").rename(place / "mine.ipynb")
    notebooks = [str(place / "mine.ipynb")]
    exchange.disarm(notebooks=notebooks, assignment=LAB, student="amal")
    assert notebooks[1:] == [str(place / f"{LAB}.ipynb")]
    assert handed_in.look(place, LAB).notebook == work


@pytest.mark.parametrize("name", [f"{LAB}.IPYNB", f"{LAB}.ipynb.json", f"{LAB} (1).ipynb.txt"])
def test_nbgrader_finds_work_whose_name_ends_otherwise(name, tmp_path):
    """Does a run of nbgrader on a class take in a folder without a name that it looks for?"""
    course(tmp_path, ["amal", "noor"])
    place = tmp_path / "submitted" / "amal" / LAB
    work = (place / f"{LAB}.ipynb").read_bytes()
    (place / f"{LAB}.ipynb").rename(place / name)
    before = handed_in.look(place, LAB)
    config = configuration()
    coursedir = CourseDirectory(root=str(tmp_path), assignment_id=LAB, config=config)
    coursedir.submitted_directory, coursedir.db_url = (
        "submitted",
        f"sqlite:///{tmp_path}/gradebook.db",
    )
    converter = Autograde(coursedir=coursedir, config=config)
    converter.init_notebooks()
    assert list(converter.assignments) == [str(tmp_path / "submitted" / "noor" / LAB)]
    converter.exporter_class(parent=converter, config=config)
    assert converter.assignments[str(place)] == [str(place / f"{LAB}.ipynb")]
    assert handed_in.look(place, LAB) == before
    assert before.notebook == work


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv takes the rights of root away")
def test_what_nbgrader_could_not_copy_is_set_aside_and_told(tmp_path):
    """Does a file that is unreadable, or far too large, end nobody's marking?"""
    course(tmp_path, ["amal"])
    place = tmp_path / "submitted" / "amal" / LAB
    (place / "notes.txt").write_text("mine")
    (place / "diagram.png").touch(0)
    holes(place / "data.bin")
    act = f"from autograder.course import exchange as e; e.disarm(['{place}/{LAB}.ipynb'])"
    rights = "--bounding-set=-dac_override,-dac_read_search"
    subprocess.run(["setpriv", rights, sys.executable, "-c", act], check=True, cwd=ROOT)
    found = {p.name for p in place.iterdir()}
    aside = {"diagram.png.left-out", "data.bin.left-out"}
    assert found == {f"{LAB}.ipynb", "timestamp.txt", "notes.txt"} | aside
    ignored = configuration().CourseDirectory.ignore
    assert all(any(fnmatch(name, each) for each in ignored) for name in aside)
    assert "'diagram.png' cannot be read" in " ".join(exchange.set_aside(place))


@pytest.mark.parametrize(
    "name", ["evil+03_softmax", "=cmd+03_softmax+2026-01-01 00:00:00 UTC", "x"]
)
def test_a_folder_of_a_strange_name_is_nobodys(name, tmp_path):
    """Does a name in the exchange that nbgrader cannot read, or that is a formula, stop nobody?"""
    collect = exchange.Collect(coursedir=CourseDirectory(root=str(tmp_path)))
    assert collect._path_to_record(str(tmp_path / name))["username"] == ""


def beside(folder, name, data):
    """Hand in a lab without answers, and something beside it."""
    course(folder, ["amal"])
    place = folder / "submitted" / "amal" / LAB
    (place / f"{LAB}.ipynb").write_text(json.dumps(cohort.notebook(LAB, {})))
    (place / name).write_bytes(data)
    return place


@pytest.mark.parametrize("name", [f"{LAB}-Copy1.ipynb", f"{LAB} (1).ipynb", f"{LAB}.ipynb.json"])
def test_work_beside_an_empty_notebook_is_marked(tmp_path, name):
    """Is the one notebook that holds answers used, and told?"""
    work = json.dumps(cohort.notebook(LAB, cohort.right(LAB))).encode()
    place = beside(tmp_path, name, work)
    there = handed_in.look(place, LAB)
    assert there.notebook == work
    assert any(name in note and "was marked" in note for note in there.notes)
    (place / f"{LAB}.ipynb").write_bytes(b"<html>")
    assert handed_in.look(place, LAB).notebook == work
    (place / f"{LAB}.ipynb").unlink()
    assert handed_in.look(place, LAB).notebook == work


def test_of_two_that_hold_answers_none_is_chosen(tmp_path):
    """Is nothing guessed where two notebooks beside it differ, and are both named?"""
    half = json.dumps(cohort.notebook(LAB, {"softmax": "def softmax(z): ..."})).encode()
    place = beside(tmp_path, "a.ipynb", half)
    (place / "b.ipynb").write_bytes(json.dumps(cohort.notebook(LAB, cohort.right(LAB))).encode())
    there = handed_in.look(place, LAB)
    assert there.notebook == (place / f"{LAB}.ipynb").read_bytes()
    assert "'a.ipynb', 'b.ipynb'" in there.notes[0]


@pytest.mark.parametrize("name", ["answers.txt", "work.docx"])
def test_what_lies_beside_an_empty_notebook_is_named(tmp_path, name):
    """Does a score of 0 beside a file say so?"""
    there = handed_in.look(beside(tmp_path, name, b"def softmax"), LAB)
    assert f"Not marked, beside it: '{name}'" in there.notes[0]


def test_a_notebook_with_answers_counts_and_the_other_is_named(tmp_path):
    """Does the right name win, without silence about the copy?"""
    place = beside(tmp_path, "Untitled.ipynb", b"{}")
    work = json.dumps(cohort.notebook(LAB, cohort.right(LAB))).encode()
    (place / f"{LAB}.ipynb").write_bytes(work)
    there = handed_in.look(place, LAB)
    assert there.notebook == work
    assert "Not marked, beside it: 'Untitled.ipynb'" in there.notes[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02 09:00:00 UTC"),
        ("Mon Mar  2 09:00:00 CEST 2026", "2026-03-02 09:00:00 UTC"),
        ("2. Maerz 2026, neun Uhr", None),
        ("2026-13-45 99:99", None),
        ("", None),
    ],
)
def test_a_time_is_told_in_one_way_whatever_was_written(said, meant, tmp_path):
    """Is a time that nbgrader can read written in UTC, so that no reader of it warns or differs?"""
    (tmp_path / "timestamp.txt").write_text(said)
    assert handed_in.timestamp(tmp_path)[0] == meant
    if meant:
        parse_utc(meant)

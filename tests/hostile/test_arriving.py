"""What lies in an exchange or a download: does it stop, cost or pass for anything it is not?"""

import contextlib
import datetime
import os
import socket
import threading
import time
import urllib.request
import zipfile
from types import SimpleNamespace

import pytest

from autograder.commands import serve
from autograder.course import arrivals, exchange, hand_in, handed_in
from autograder.course.folders import Course
from autograder.course.journal import Journal
from autograder.course.roster import Person
from tests.cohort import exchanging

LAB = exchanging.LAB
NAME = f"eve+{LAB}+2026-03-02 09:00:00.000000 UTC+evil"


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A course with an exchange, what takes submissions over, and what it found to complain of."""
    monkeypatch.setattr(arrivals, "SURE_SECONDS", 1e9)  # it looks anew each time
    place = exchanging.folders(tmp_path / "exchange")
    journal = Journal(Course(tmp_path / "course"))
    said = []
    taker = arrivals.Taker(place / "inbound", journal, lambda: None, said.append)
    yield SimpleNamespace(inbound=place / "inbound", place=place, journal=journal, taker=taker)
    journal.close()


def unreadable(path):
    path.mkdir(0)


def moving(path):
    path.mkdir()
    path.rename(path.with_name(path.name + "x"))
    path.with_name(path.name + "x").rmdir()


STRANGE = {
    "a file": (NAME, lambda path: path.write_text("x")),
    "a link to a folder": (NAME, lambda path: path.symlink_to("/")),
    "a link to itself": (NAME, lambda path: path.symlink_to(path.name)),
    "a pipe": (NAME, os.mkfifo),
    "a folder that is gone": (NAME, moving),
    "a name that is no text": (f"eve+{LAB}+2026\udcff UTC+1", lambda path: path.mkdir()),
    "a name of two lines": (f"eve+{LAB}+2026\nUTC+1", lambda path: path.mkdir()),
    "the folder above": (f"..+{LAB}+2026 UTC+1", lambda path: path.mkdir()),
    "a formula": (f"=eve+{LAB}+2026 UTC+1", lambda path: path.mkdir()),
    "a folder nobody may read": (NAME, unreadable),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_submission_holds_up_nobody_and_is_done_with(kind, world, monkeypatch):
    """Is everybody else's taken over, and nothing looked at for ever?"""
    name, make = STRANGE[kind]
    make(world.inbound / name)
    exchanging.submit(world.place, "ben", b"{}")
    world.taker.look()
    assert ("ben", LAB) in world.journal.waiting()
    monkeypatch.setattr(arrivals, "LONGEST", -1.0)
    world.taker.look()
    assert world.taker.seen == {}
    assert {path.name for path in world.journal.folder.parent.iterdir()} <= {
        "attempts", "attempts.db", "attempts.db-wal", "attempts.db-shm",
    }  # fmt: skip


def test_a_flood_of_one_learner_is_taken_bit_by_bit(world):
    """Is the next learner's taken over at once, and no more of the flood than can wait?"""
    for _ in range(40):
        exchanging.submit(world.place, "eve", b"{}")
    exchanging.submit(world.place, "ben", b"{}")
    world.taker.look()
    waiting = world.journal.waiting()
    assert waiting == {("eve", LAB): arrivals.MOST_WAITING, ("ben", LAB): 1}
    first = world.journal.new()[0]
    world.journal.decide(first, "replaced", 0.0)
    world.taker.look()
    assert world.journal.waiting()["eve", LAB] == arrivals.MOST_WAITING


@pytest.mark.parametrize("said", ["2026-03-02 09:00:00 UTC", "the day before", None])
def test_the_time_of_handing_in_is_not_its_learner_s_to_choose(said, world):
    """Is work that was not there a moment ago no older than that, whatever its file says?"""
    before = datetime.datetime.now(datetime.UTC)
    world.taker.look()
    exchanging.submit(world.place, "ben", b"{}")
    exchanging.submit(world.place, "eve", b"{}")
    for folder in world.inbound.iterdir():
        ours = (folder / "timestamp.txt").read_text()
        if folder.name.startswith("eve"):
            (folder / "timestamp.txt").unlink()
            if said:
                (folder / "timestamp.txt").write_text(said)
    world.taker.look()
    times = {
        path.name[:3]: (path / "timestamp.txt").read_text()
        for path in world.journal.folder.iterdir()
    }
    assert times["ben"] <= ours
    assert times["eve"] >= f"{before:%Y-%m-%d %H:%M:%S.%f} UTC"


def test_a_time_long_before_its_file_was_written_is_told(tmp_path):
    """Does whoever collects by hand hear of a time that cannot be?"""
    (tmp_path / "timestamp.txt").write_text("2001-03-02 09:00:00 UTC")
    os.utime(tmp_path / "timestamp.txt", (0, 0))
    assert "says it was handed in at 2001-03-02" in exchange.doubtful(tmp_path)
    now = datetime.datetime.now(datetime.UTC)
    (tmp_path / "timestamp.txt").write_text(f"{now:%Y-%m-%d %H:%M:%S} UTC")
    assert exchange.doubtful(tmp_path) == ""


def test_of_a_flood_of_names_some_are_looked_at(tmp_path, monkeypatch):
    """Is a tree of folders, or a folder of files, copied in part, with a note or two?"""
    monkeypatch.setattr(exchange, "MOST_ENTRIES", 60)
    source = tmp_path / "in"
    for number in range(50):
        (source / "deep" / str(number) / "er").mkdir(parents=True)
        (source / "deep" / str(number) / "a.txt").write_text("x")
    (source / "timestamp.txt").write_text("now")
    looks, stat = [], os.stat
    monkeypatch.setattr(os, "stat", lambda *args, **how: looks.append(args) or stat(*args, **how))
    notes = exchange.copy(source, tmp_path / "out")
    assert len(looks) <= 60 + 5
    assert len(notes) <= exchange.MOST_NOTES
    assert (tmp_path / "out" / "timestamp.txt").exists()


def test_an_account_of_another_spelling_is_another(monkeypatch, tmp_path):
    """Where accounts are found in any spelling, is Eve no second eve, with attempts of her own?"""
    import pwd

    monkeypatch.setattr(os, "geteuid", lambda: -1)
    one = SimpleNamespace(pw_uid=os.lstat(tmp_path).st_uid, pw_name="eve")
    monkeypatch.setattr(pwd, "getpwnam", lambda name: one)
    assert exchange.made_by(str(tmp_path), "eve")
    assert not exchange.made_by(str(tmp_path), "Eve")


PEOPLE = {"eve": Person("eve", "Eve", "Ng"), "ben": Person("ben", "Ben", "Lee")}
EVE = "Eve Ng_1_assignsubmission_file_"


def download(folder, files):
    """Take over a download of Moodle; return what was noted, and what came of it."""
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 28, 23, 30, 0)), data)
    taken = hand_in.take_over(Course(folder / "course"), LAB, folder / "all.zip", PEOPLE)
    place = folder / "course" / "submitted" / "eve" / LAB
    return taken.notes, {path.name: path.read_bytes() for path in place.iterdir()}


def test_a_download_holds_nobody_s_own_time_of_handing_in(tmp_path):
    """Is a learner's `timestamp.txt`, in whatever spelling, left out and told?"""
    names = ("timestamp.txt", "Timestamp.TXT", "submission_secret.txt", "ｔimestamp.txt")
    files = [(f"{EVE}/{name}", b"2001-01-01 00:00:00 UTC") for name in names]
    notes, found = download(tmp_path, [*files, (f"{EVE}/work.ipynb", b"{}")])
    assert set(found) == {f"{LAB}.ipynb"}
    assert len(notes) == len(names)
    place = tmp_path / "course" / "submitted" / "eve" / LAB
    assert handed_in.look(place, LAB).timestamp is None


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_of_a_download_lead_nowhere(tmp_path):
    """Are `..`, absolute and doubled names, and those of devices, names of files?"""
    names = [
        "..",
        ".",
        "/etc/passwd",
        "a/../../../out",
        "C:\\x",
        "con\n",
        "A.txt",
        "a.TXT",
        "a.txt",
    ]
    files = [(f"{EVE}/{name}", name.encode()) for name in names]
    files += [(f"{EVE}..", b"up"), (f"../../{EVE}x.csv", b"up"), (f"/{EVE}y.csv", b"up")]
    before = set(tmp_path.rglob("*"))
    notes, found = download(tmp_path, files)
    assert found["A.txt"] == b"A.txt"
    assert sum(name.lower() == "a.txt" for name in found) == 1
    assert any("a.TXT" in note for note in notes)
    inside = tmp_path / "course" / "submitted" / "eve" / LAB
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.parent for path in new} == {inside, tmp_path}


def test_a_bomb_in_a_download_costs_what_one_learner_may(tmp_path, monkeypatch):
    """Is a flood of files that are small as they are packed cut off, and the next one whole?"""
    monkeypatch.setattr(hand_in.intake, "MAX_BYTES", 2 << 20)
    monkeypatch.setattr(handed_in, "MOST_BYTES", 1 << 20)
    bomb = [(f"{EVE}/{number}.csv", bytes(1 << 20)) for number in range(40)]
    many = [(f"{EVE}/n{number}.csv", b"") for number in range(300)]
    ben = [("Ben Lee_2_assignsubmission_file_/work.ipynb", b"{}")]
    started = time.process_time()
    _, found = download(tmp_path, [*bomb, *many, *ben])
    assert sum(map(len, found.values())) <= 3 << 20
    assert len(found) <= handed_in.MOST_FILES
    assert (tmp_path / "course" / "submitted" / "ben" / LAB / f"{LAB}.ipynb").read_bytes() == b"{}"
    assert time.process_time() - started < 10


def test_a_page_that_was_handed_in_is_kept_as_a_text(tmp_path):
    """Is what would run where the instructor works a text there, by both ways of marking?"""
    for name in ("evil.html", "evil.SVG", "data.csv", f"{LAB}.ipynb"):
        (tmp_path / name).write_text("<script>alert(1)</script>")
    assert set(handed_in.beside(tmp_path)[0]) == {"evil.html.txt", "evil.SVG.txt", "data.csv"}
    exchange.disarm([str(tmp_path / f"{LAB}.ipynb")])
    found = {path.name for path in tmp_path.iterdir()}
    assert found == {"evil.html.txt", "evil.SVG.txt", "data.csv", f"{LAB}.ipynb"}


def test_silent_visitors_of_the_status_page_are_few_and_sent_away(monkeypatch):
    """Do connections that say nothing cost no more threads than there are places, and end?"""
    monkeypatch.setattr(serve, "SILENT_SECONDS", 0.2)
    before = threading.active_count()
    with serve.status_page(0xFFFF - 7, dict) as port, contextlib.ExitStack() as stack:
        for _ in range(40):
            address = ("127.0.0.1", port)
            stack.enter_context(socket.create_connection(address, timeout=5))
        time.sleep(0.1)
        assert threading.active_count() - before <= serve.MOST_VISITS + 1
        time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/status.json", timeout=5) as answer:
            assert answer.status == 200

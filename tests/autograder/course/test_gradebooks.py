"""Do all ways of marking a cohort give one gradebook?"""

import contextlib
import functools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading

import nbformat
import pytest
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.utils import parse_utc

from autograder.commands import grade
from autograder.course import gradebook, pool
from autograder.course.gradebook import Book, configuration
from autograder.course.handed_in import moment
from autograder.course.keys import ROOT
from autograder.course.policy import read as read_policy
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests.cohort import HANDED_IN, submission
from tests.cohort.books import LAB, LIGHT, SECRET, course, lay_out, nbgrader, refuse, rows
from tests.cohort.books import gradebook as gradebook_in

FEW = ["amal", "dana", "fatima", "hanna", "idris", "jing", "kofi", "noor", "otis"]


@pytest.mark.jail
@pytest.mark.slow
def test_a_run_and_nbgrader_write_the_same_rows(tmp_path, here):
    """Are the gradebooks of `grade` and of `nbgrader autograde` equal, damaged files included?"""
    one, stock = (tmp_path / name for name in ("one", "nbgrader"))
    first = grade.grade(course(one, FEW), [LAB], workers=1)
    assert first.marked == len(FEW)
    assert [each["student"] for each in first.problems] == ["otis"]
    wanted = rows(one)
    assert wanted["amal"][1] == 100
    assert wanted["otis"][2]  # somebody has to look at it

    course(stock, FEW)
    nbgrader(stock, Autograde, GenerateFeedback)
    assert rows(stock) == wanted
    for student in ("amal", "fatima", "kofi"):
        paths = [f / "autograded" / student / LAB / f"{LAB}.ipynb" for f in (one, stock)]
        ours, theirs = (nbformat.read(path, as_version=4) for path in paths)
        nbformat.validate(ours)
        assert ours == theirs
    for student in set(FEW) - {"otis"}:
        ours, theirs = (
            (f / "feedback" / student / LAB / f"{LAB}.html").read_text().rpartition("<!--")[0]
            for f in (one, stock)
        )
        assert ours == theirs
    said = "is damaged in line"
    for folder in (one, stock):
        assert said in (folder / "feedback/otis" / LAB / f"{LAB}.html").read_text()


@pytest.mark.jail
@pytest.mark.slow
def test_two_workers_write_the_same_rows(tmp_path, here):
    """Is the gradebook of a run with processes of its own that of a run without?"""
    one, two = tmp_path / "one", tmp_path / "two"
    grade.grade(course(one, FEW, LIGHT), [LIGHT], workers=1)
    done = grade.grade(course(two, FEW, LIGHT), [LIGHT], workers=2)
    assert (done.workers, done.marked) == (2, len(FEW))
    assert [each["student"] for each in done.problems] == ["otis"]
    wanted = rows(one, LIGHT)
    assert wanted["amal"][1] == 100
    assert rows(two, LIGHT) == wanted


CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


@pytest.mark.jail
@pytest.mark.slow
def test_a_cluster_writes_the_same_rows(tmp_path, here):
    """Is the gradebook of a run on a Dask cluster that of a run here?"""
    few = ["amal", "emeka", "otis"]
    grade.grade(course(tmp_path / "here", few, LIGHT), [LIGHT], workers=1)
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    folder = course(tmp_path / "there", few, LIGHT).folder
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NEURAL_LABS_SECRET": SECRET.decode()}
    with subprocess.Popen([sys.executable, script], env=environment, **pipes) as cluster:
        address = cluster.stdout.readline().strip()
        command = [sys.executable, "-m", "autograder", "grade", LIGHT, "--course", folder]
        command += ["--scheduler", address, "--open-scheduler"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        cluster.communicate("\n")
    assert done.returncode == grade.SOME_NOT, done.stderr
    assert "dashboard of the cluster" in done.stderr
    assert rows(folder, LIGHT) == rows(tmp_path / "here", LIGHT)
    assert (folder / "feedback/emeka" / LIGHT / f"{LIGHT}.html").is_file()


def without_figures(text):
    """Return a notebook without its demonstrations."""
    nb = json.loads(text)
    nb["cells"] = [cell for cell in nb["cells"] if "demo" not in cell["metadata"].get("tags", [])]
    return json.dumps(nb).encode()


@pytest.mark.slow
def test_without_any_of_it_honest_submissions_get_the_same_scores(tmp_path, here, warm_kernels):
    """Does stock nbgrader, with a kernel and the hidden lines, give what the marker gives?

    One answer writes to standard error, which stock nbgrader takes for a failure. Figures, which
    stock nbgrader draws and no mark depends on, are left out. (Whether the hidden lines and the
    marker agree on every answer, in labs with Keras too, is the business of `labs`.)
    """
    honest = [(name, without_figures(submission(LIGHT, name))) for name in ["fatima", "idris"]]
    lay_out(tmp_path, honest, LIGHT)
    nbgrader(tmp_path, Autograde, stock=True, lab=LIGHT)
    scores = {student: row[4] for student, row in rows(tmp_path, LIGHT).items()}
    assert sum(score for _, score, _ in scores["idris"]) == 100
    other = tmp_path / "ours"
    grade.grade(lay_out(other, honest, LIGHT), [LIGHT])
    assert {student: row[4] for student, row in rows(other, LIGHT).items()} == scores


def test_late_work_is_penalised_as_nbgrader_does(tmp_path):
    """Does a submission after the due date lose what nbgrader's plugin takes?"""
    config = configuration()
    config.LateSubmissionPlugin.penalty_method = "zero"
    with Book(gradebook_in(tmp_path), config) as book:
        book.api.update_or_create_assignment(LAB, duedate="2026-03-01 12:00:00 UTC")
        for penalty in (None, 14.0):
            marks = Marks(LAB, "jing", [Score("one_hot", 14.0, 14)])
            book.write(marks, {}, "2026-03-01 11:00:00 UTC" if penalty is None else HANDED_IN)
            assert rows(tmp_path)["jing"][3] == penalty


def test_what_is_recorded_already_is_not_written_again(tmp_path):
    """Is a submission that is as it should be recognised, marked or not?"""
    scores = [Score("one_hot", 7.0, 14)]
    comments = {"one_hot_answer": None, "softmax_answer": "No response."}
    cases = [
        (Marks(LAB, "ada", scores), comments, HANDED_IN),
        (Marks(LAB, "bob", problem="damaged"), {}, None),
    ]
    with Book(gradebook_in(tmp_path), configuration()) as book:
        for case in cases:
            assert book.recorded(LAB).get(case[0].student) != gradebook.rows(*case)
            book.write(*case)
            assert book.recorded(LAB)[case[0].student] == gradebook.rows(*case)
        later = (*cases[0][:2], "2026-03-03 09:00:00 UTC")
        assert book.recorded(LAB)["ada"] != gradebook.rows(*later)


def entries(*students, points=7.0):
    """Return entries of students: one exercise has points, one answer is untouched."""
    comments = {"one_hot_answer": None, "softmax_answer": "No response."}
    return [
        (Marks(LAB, who, [Score("one_hot", points, 14)]), comments, HANDED_IN) for who in students
    ]


def test_one_step_writes_what_each_alone_would(tmp_path):
    """Are rows equal: new, known, late with and without more time, damaged, with points by hand?"""
    rules = "[late]\npercent_a_day = 10\n[labs.03]\ndue = 2026-03-01T12:00:00\n"
    rules += "[[extension]]\nstudent = 'ben'\ndays = 3\n"
    wanted = []
    for way in ("alone", "together"):
        folder = tmp_path / way
        folder.mkdir()
        (folder / "policy.toml").write_text(rules)
        policy = read_policy(folder)
        with Book(gradebook_in(folder), configuration(), policy) as book:
            book.take_inputs([LAB], {})
            for some in (
                entries("ada", "ben"),
                [*entries("ada", "ben", "cem", points=9.5), (Marks(LAB, "dee"), {}, None)],
            ):
                if way == "together":
                    book.write_all(some)
                for each in some if way == "alone" else ():
                    book.write(*each)
                book.api.find_grade("one_hot", LAB, LAB, "ada").manual_score = 3.0
                book.api.db.commit()
        wanted.append(rows(folder))
    assert wanted[0] == wanted[1]
    assert {who: row[1:4] for who, row in wanted[0].items()} == {
        "ada": (3.0, True, 0.3), "ben": (9.5, True, None), "cem": (9.5, True, 0.95),
        "dee": (0.0, True, None),
    }  # fmt: skip


def test_what_the_database_refuses_of_one_is_written_of_the_others(tmp_path):
    """Is a result that cannot be written the only one that is not there?"""
    url = gradebook_in(tmp_path)
    refuse(tmp_path / "gradebook.db", "ben")
    with Book(url, configuration()) as book:
        first, refused, last = book.write_each(entries("ada", "ben", "cem"))
        assert (first, last) == (None, None)
        assert "not this one" in str(refused)
        assert set(book.recorded(LAB)) == {"ada", "cem"}


def test_a_process_killed_within_a_step_leaves_the_gradebook_of_before(tmp_path):
    """Is nothing of a step there after SIGKILL in its middle, and all when it is done again?"""
    url = gradebook_in(tmp_path)
    child = os.fork()
    if not child:
        with Book(url, configuration()) as book:
            book._penalise = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
            book.write_all(entries("ada", "ben"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with Book(url, configuration()) as book:
        assert book.recorded(LAB) == {}
        book.write_all(entries("ada", "ben"))
        assert set(book.recorded(LAB)) == {"ada", "ben"}


@pytest.mark.parametrize(
    "said",
    ["2026-03-02 09:00:00 UTC", "2026-03-02 09:00:00.5 UTC", "2026-03-02 09:00:00.123456 UTC",
     "2026-03-02 09:00:00 +0100", "2 March 2026", "2026-02-30 09:00:00 UTC", "1-1-1 0:0:0 UTC"],
)  # fmt: skip
def test_a_time_is_read_as_nbgrader_reads_it(said):
    """Is a time the same, or refused, whether nbgrader is asked or not?"""
    found = [None, None]
    for place, read in enumerate((moment, parse_utc)):
        with contextlib.suppress(ValueError):
            found[place] = read(said)
    assert found[0] == found[1]


def test_a_score_given_by_a_person_stays_and_is_flagged(tmp_path):
    """Is a manual score kept when the work is marked again?"""
    with Book(gradebook_in(tmp_path), configuration()) as book:
        marks = Marks(LAB, "ada", [Score("one_hot", 7.0, 14)])
        book.write(marks, {}, None)
        grade_ = book.api.find_grade("one_hot", LAB, LAB, "ada")
        grade_.manual_score = 11.0
        book.api.db.commit()
        book.write(marks, {}, None)
        grade_ = book.api.find_grade("one_hot", LAB, LAB, "ada")
        assert (grade_.auto_score, grade_.manual_score, grade_.score) == (7.0, 11.0, 11.0)
        assert grade_.needs_manual_grade


def test_penalties_follow_dates_that_changed_after_marking(tmp_path):
    """Do a later due date, an earlier one and an extension count without marking again?"""
    config = configuration()
    config.LateSubmissionPlugin.penalty_method = "zero"
    marks = Marks(LAB, "jing", [Score("one_hot", 14.0, 14)])
    with Book(gradebook_in(tmp_path), config) as book:
        book.write(marks, {}, HANDED_IN)
        for due, days, penalty in (
            ("2026-03-01 12:00:00 UTC", 0, 14.0),
            ("2026-03-03 12:00:00 UTC", 0, None),
            ("2026-03-01 12:00:00 UTC", 3, None),
            ("2026-03-01 12:00:00 UTC", 0, 14.0),
        ):
            before = rows(tmp_path)["jing"][3]
            book.api.update_or_create_assignment(LAB, duedate=due)
            book.api.grant_extension(LAB, "jing", days=days)
            changed = book.renew_penalties(LAB)
            assert rows(tmp_path)["jing"][3] == penalty
            assert changed == ["jing"] * (before != penalty)


def test_nbgrader_renews_penalties_of_what_it_skips(tmp_path, here):
    """Do dates that changed after marking count when `nbgrader autograde` runs again?"""
    course(tmp_path, ["hanna"])
    dates = tmp_path / "policy.toml"
    nbgrader(tmp_path, Autograde)
    notebook = tmp_path / "autograded/hanna" / LAB / f"{LAB}.ipynb"
    done = notebook.stat().st_mtime_ns
    with Book(f"sqlite:///{tmp_path}/gradebook.db", configuration()) as book:
        book.api.find_grade("one_hot", LAB, LAB, "hanna").manual_score = 10
        book.api.db.commit()
    page = tmp_path / "feedback/hanna" / LAB / f"{LAB}.html"
    for due, taken in (("2026-03-01T12:00:00", 5.0), ("2026-03-03T12:00:00", None)):
        dates.write_text(f"[late]\npercent_a_day = 50\n[labs.03]\ndue = {due}\n")
        nbgrader(tmp_path, Autograde)
        assert rows(tmp_path)["hanna"][3] == taken
        assert ("taken off" in page.read_text()) == bool(taken)
    assert notebook.stat().st_mtime_ns == done


@pytest.fixture
def impatient(monkeypatch):
    """Let SQLite wait a moment for a gradebook that is held, and a run a few times as long."""
    connect = functools.partial(sqlite3.dbapi2.connect, timeout=0.2)  # (as SQLAlchemy finds it)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    monkeypatch.setattr(grade, "LOCKED_SECONDS", 0.8)


def held(path):
    """Hold a database as another program may; return what lets it go."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def older(path):
    with contextlib.closing(sqlite3.connect(path)) as book:
        book.execute("ALTER TABLE student DROP COLUMN lms_user_id")


def damaged(path):
    path.write_bytes(path.read_bytes()[:5000])


def text(path):
    path.write_text("no database at all, but a text of some length")


@pytest.mark.jail
@pytest.mark.parametrize(
    ("spoil", "said"),
    [(held, "in use by another program"), (older, "nbgrader db upgrade"), (damaged, "is damaged"),
     (text, "is damaged")],
)  # fmt: skip
def test_a_gradebook_that_cannot_be_used_is_told_in_words(
    tmp_path, here, impatient, capsys, spoil, said
):
    """Is the next step named, without a traceback, and is nothing marked again afterwards?"""
    place = course(tmp_path, ["amal"]).folder / "gradebook.db"
    command = [LAB, "--course", str(tmp_path), "--workers", "1"]
    assert grade.main(command) == 0
    wanted, kept = rows(tmp_path), place.read_bytes()
    let_go = spoil(place) or (lambda: None)
    capsys.readouterr()
    assert grade.main(command) == grade.SOME_NOT
    told = capsys.readouterr().err
    assert said in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 78
    let_go()
    place.write_bytes(kept)
    assert grade.main(command) == 0
    assert "0 marked, 1 unchanged" in capsys.readouterr().err
    assert rows(tmp_path) == wanted


@pytest.mark.jail
@pytest.mark.parametrize("how", ["EXCLUSIVE", "IMMEDIATE"])
@pytest.mark.parametrize("made", [True, False])
def test_a_gradebook_locked_from_the_start_is_waited_for(
    tmp_path, here, impatient, capsys, monkeypatch, how, made
):
    """Does the first run of all wait, end in words, and lose nothing, however it is held?"""
    place = course(tmp_path, ["amal"]).folder / "gradebook.db"
    if made:  # by nbgrader, without this lab
        Book(f"sqlite:///{place}", configuration()).api.close()
    command = [LAB, "--course", str(tmp_path), "--workers", "1"]
    other = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    other.execute(f"BEGIN {how}")
    assert grade.main(command) == grade.SOME_NOT
    told = capsys.readouterr().err
    assert "in use by another program" in " ".join(told.split())
    assert "Traceback" not in told
    assert "OperationalError" not in told
    monkeypatch.setattr(grade, "LOCKED_SECONDS", 20.0)
    threading.Timer(1.0, other.rollback).start()
    assert grade.main(command) == 0
    assert rows(tmp_path)["amal"][1] == 100
    other.close()


@pytest.mark.jail
def test_a_gradebook_locked_while_marking_loses_nothing(
    tmp_path, here, impatient, capsys, monkeypatch
):
    """Is what was marked until then kept, and the next run's job only to write it down?"""
    monkeypatch.setattr(grade, "LOCKED_SECONDS", 0.0)
    monkeypatch.setattr(pool, "RUN", 1)
    place = course(tmp_path, ["amal", "jing"]).folder / "gradebook.db"
    command = [LAB, "--course", str(tmp_path), "--workers", "1"]
    write, let_go = Book.write_all, []

    def locked(self, entries):
        let_go.append(held(place)) if entries[0][0].student == "jing" else None
        return write(self, entries)

    monkeypatch.setattr(Book, "write_all", locked)
    assert grade.main(command) == grade.SOME_NOT
    assert "in use by another program" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setattr(Book, "write_all", write)
    for each in let_go:
        each()
    assert grade.main(command) == 0
    assert "0 marked, 2 unchanged" in capsys.readouterr().err
    assert set(rows(tmp_path)) == {"amal", "jing"}

"""The gradebook on a PostgreSQL server, which is killed in the middle and started again."""

import csv
import io
import json
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from autograder.commands import grade, service
from autograder.course import database
from autograder.course.folders import BookError
from autograder.course.gradebook import Book, configuration, explained
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests import postgres
from tests.cohort import HANDED_IN
from tests.cohort.books import LAB, LIGHT, course
from tests.cohort.commanding import commands
from tests.cohort.serving import Running, says, until

pytestmark = pytest.mark.postgresql
IMPATIENT = """
import sys
from autograder.commands import grade
grade.LOCKED_SECONDS = 0.5
sys.exit(grade.main(sys.argv[1:]))
"""
BUTTON = f"""
import json
from autograder.course.gradebook import configuration
from nbgrader.apps.api import NbGraderAPI
api = NbGraderAPI(config=configuration())
done = api.autograde("{LIGHT}", "amal", force=True)
(row,) = [each for each in api.get_submissions("{LIGHT}") if each["student"] == "amal"]
print(json.dumps([done["success"], row["score"], row["autograded"]]))
"""


@pytest.fixture(scope="module")
def server():
    """A server of these tests' own."""
    with postgres.Server() as started:
        yield started


@pytest.fixture(scope="module")
def made(server):
    """A database in which nbgrader has made its tables: that takes seconds, a copy does not."""
    server.sql("CREATE DATABASE made")
    with Book(address(server, "made"), configuration()) as book:
        book.ensure(LAB)
    return "made"


@pytest.fixture
def url(server, made):
    """A gradebook of a test's own on the running server."""
    name = f"book{time.monotonic_ns()}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE {made}")
    return address(server, name)


def address(server, name):
    """Return a database's address, as the course uses it."""
    return database.named(server.url.replace("/gradebook", f"/{name}"))


def write(book, student):
    """Write marks of a student."""
    book.write(Marks(LAB, student, [Score("one_hot", 7.0, 14)]), {}, HANDED_IN)


def test_a_server_that_comes_back_is_written_on(server, url):
    """Does a run wait for a server that was killed, and is nothing lost?"""
    with Book(url, configuration()) as book:
        write(book, "ada")
        server.stop()
        starting = threading.Timer(1.0, server.start)
        starting.start()
        grade._patiently(write, book, "ben")
        starting.join()
        assert set(book.recorded(LAB)) == {"ada", "ben"}


def test_what_the_server_refuses_of_one_is_written_of_the_others(url):
    """Is a comment that no text of the server may hold the only thing that is not written?"""
    score, odd = [Score("one_hot", 7.0, 14)], {"one_hot_answer": "a\0b"}
    with Book(url, configuration()) as book:
        marks = [Marks(LAB, who, score) for who in ("ada", "ben", "cem")]
        entries = [(each, odd if each.student == "ben" else {}, HANDED_IN) for each in marks]
        first, refused, last = book.write_each(entries)
        assert (first, last) == (None, None)
        assert "NUL" in str(refused)
        assert set(book.recorded(LAB)) == {"ada", "cem"}


def stopped(server, url):
    server.stop()
    return url


def other_password(server, url):
    return url.replace(postgres.PASSWORD, "wrong")


def no_such_database(server, url):
    return url.rpartition("/")[0] + "/other"


def no_such_user(server, url):
    return url.replace("course:", "nobody:")


def older(server, url):
    server.sql("ALTER TABLE student DROP COLUMN lms_user_id", url.rpartition("/")[2])
    return url


def only_read(server, url):
    name = url.rpartition("/")[2]
    server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    return url


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (stopped, "does not answer: its server is stopped"),
        (other_password, "does not let this user in"),
        (no_such_user, "does not let this user in"),
        (no_such_database, "there is no database other"),
        (older, "nbgrader db upgrade"),
        (only_read, "cannot be written"),
    ],
)
def test_what_is_wrong_is_told_in_words(server, url, spoil, said):
    """Is the next step named, by the kind of what is wrong, and the password never?"""
    try:
        spoilt = spoil(server, url)
        with (
            pytest.raises(BookError) as told,
            explained(spoilt),
            Book(spoilt, configuration()) as b,
        ):
            write(b, "ada")
    finally:
        if server.process.poll() is not None:
            server.start()
    assert said in str(told.value)
    assert postgres.PASSWORD not in str(told.value)
    assert "Nothing is lost" in str(told.value)


@pytest.mark.parametrize("short", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_an_address_gets_the_driver_that_is_installed(short):
    """Is any usual way to write an address understood, and none an SQLite file?"""
    assert database.named(f"{short}a:b@c/d") == "postgresql+psycopg://a:b@c/d"
    assert database.named("") == ""


def test_a_missing_driver_is_told(monkeypatch):
    """Is the command named that installs it?"""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BookError, match="pip install"):
        database.named("postgresql://a:b@c/d")


def test_a_service_writes_to_the_server_and_waits_for_one_that_is_away(
    server, url, tmp_path, monkeypatch
):
    """Is what comes in while the server is stopped in its gradebook once it is back?"""
    monkeypatch.setattr(service, "address", lambda folder, config: url)
    running = Running(tmp_path, monkeypatch)
    (running.course.folder / "gradebook.db").unlink()
    with running.serving() as one:
        says(running.submit("ada"), "This is attempt 1.")
        server.stop()
        page = running.submit("ben")
        until(lambda: one.status()["trouble"])
        server.start()
        says(page, "This is attempt 1.")
        until(lambda: not one.status()["trouble"])
    with Book(url, configuration()) as book:
        scores = {s.student.id: s.score for s in book.api.find_assignment(LAB).submissions}
    assert scores == {"ada": 6, "ben": 6}
    assert not (running.course.folder / "gradebook.db").exists()


@pytest.fixture(scope="module")
def marked(server, copy_of_repository):
    """A course on the server: what was said by a run in which it was killed, and by the next."""
    root, env = copy_of_repository()
    env["COURSE_DB_URL"] = server.url
    folder = course(root / "course", ["amal", "dana"], LIGHT).folder
    (folder / "gradebook.db").unlink()
    options = [LIGHT, "--workers", "1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, *options], cwd=root, env=env, **pipes
    ) as p:
        while not list(folder.glob(f"marks/{LIGHT}/*.json")) and p.poll() is None:
            time.sleep(0.01)
        server.stop()
        said = p.communicate(timeout=120)[1]
    server.start()
    first = SimpleNamespace(status=p.returncode, said=" ".join(said.split()))
    kept = len(list(folder.glob(f"marks/{LIGHT}/*.json")))
    with commands(root, env) as run:
        second = run("-m", "autograder", "grade", *options, "--json", "-")
        yield SimpleNamespace(run=run, folder=folder, first=first, kept=kept, second=second)


@pytest.mark.jail
@pytest.mark.slow
def test_a_run_that_lost_its_server_is_taken_up_by_the_next(marked):
    """Is it said, is what was marked kept, and does the same command write all of it down?"""
    assert marked.first.status == grade.SOME_NOT
    assert "does not answer" in marked.first.said
    assert marked.second.returncode == 0, marked.second.stderr
    summary = json.loads(marked.second.stdout)
    assert summary["unchanged"] == marked.kept >= 1
    assert summary["marked"] == 2 - marked.kept
    assert not (marked.folder / "gradebook.db").exists()


@pytest.mark.jail
@pytest.mark.slow
def test_every_command_reads_that_gradebook(marked):
    """Do export and report tell what was marked, and does the Formgrader's button write there?"""
    wanted = {e["student"]: e["points"] for e in json.loads(marked.second.stdout)["submissions"]}
    exported = marked.run("-m", "autograder", "export")
    assert exported.returncode == 0, exported.stderr
    table = {
        row["student"]: float(row[LIGHT]) for row in csv.DictReader(io.StringIO(exported.stdout))
    }
    assert table == wanted
    assert "2 submissions" in marked.run("-m", "autograder", "report", LIGHT).stdout
    pressed = marked.run("-c", BUTTON)
    assert pressed.returncode == 0, pressed.stderr
    assert json.loads(pressed.stdout.splitlines()[-1]) == [True, wanted["amal"], True]
    assert not (marked.folder / "gradebook.db").exists()

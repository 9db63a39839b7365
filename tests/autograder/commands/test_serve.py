"""Is each submission marked once, whatever happens meanwhile, and is its learner told?"""

import contextlib
import errno
import http.client
import json
import os
import shutil
import sqlite3
import threading
import time
import urllib.request

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.commands import grade, serve, service
from autograder.course import arrivals, attempts, keys, lending, plan, warm
from autograder.course.exchange import Collect
from autograder.course.gradebook import Book
from autograder.course.journal import Journal
from autograder.course.processing import produce
from autograder.jail.sandbox import JailError
from tests.cohort import submission
from tests.cohort.books import LAB, nbgrader, rows
from tests.cohort.serving import AMAL, Running, marked, says, until

DANA = submission(LAB, "dana")


@pytest.fixture
def running(tmp_path, monkeypatch):
    return Running(tmp_path, monkeypatch)


def test_a_submission_comes_back_as_feedback_and_is_in_the_gradebook(running):
    """Is the page in the exchange under its learner's key, and the work where `grade` looks?"""
    with running.serving() as one:
        page = running.submit("grace")
        says(page, "This is attempt 1.")
        until(lambda: running.lines()[0][1] == "over")
        told = json.dumps(one.status())
    assert rows(running.course.folder)["grace"][1] == 6
    assert running.course.submitted(LAB).keys() == {"grace"}
    assert running.lines() == [("grace", "over", "marked", 1)]
    assert "grace" not in told


STEPS = [
    (arrivals.exchange, "copy"), (Journal, "add"), (service.planning, "compare"),
    (Journal, "decide"), (attempts, "install"), (service, "keep"), (Book, "write"),
    (service.changes, "keep"), (service.pages, "bring_up_to_date"), (Journal, "count"),
    (arrivals.Exchange, "publish"), (Journal, "over"),
]  # fmt: skip


@pytest.mark.slow
def test_a_service_killed_at_any_step_marks_each_submission_once(running, monkeypatch):
    """Killed before and after each of its steps, does the next one end what was begun?"""
    students = []
    for number, (place, name) in enumerate(STEPS):
        for when in ("before", "after"):
            who = f"{number:02d}-{name}-{when}"
            students.append(who)
            page = running.submit(who)
            if not (child := os.fork()):
                with monkeypatch.context() as patch:
                    patch.setattr(place, name, dying(getattr(place, name), when))
                    with contextlib.suppress(BaseException), running.serving():
                        time.sleep(20)
                os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, who
            asked = running.workers.asked
            with running.serving():
                says(page, "This is attempt 1.")
                until(lambda: running.lines()[-1][1] == "over")
            known = number > 3 or (name, when) == ("decide", "after")
            assert running.workers.asked - asked == (not known), who
    assert running.lines() == [(who, "over", "marked", 1) for who in students]
    assert {who: row[1] for who, row in rows(running.course.folder).items()} == dict.fromkeys(
        students, 6
    )


def dying(act, when):
    """Return a function that ends the process without a word, as SIGKILL would."""

    def died(*args, **named):
        if when == "after":
            act(*args, **named)
        os._exit(9)

    return died


def test_what_was_marked_by_hand_before_is_not_marked_again(running):
    """Is a kept result of the same work taken over?"""
    with running.serving():
        until(running.submit("ada").exists)
    (running.course.folder / "attempts.db").unlink()
    with running.serving():
        until(lambda: running.lines()[-1:] and running.lines()[0][1] == "over")
    assert running.workers.asked == 1


def test_an_unreadable_submission_takes_the_place_of_none(running):
    """Does it use no attempt, and do the points of before stay?"""
    running.policy("attempts = 2")
    with running.serving():
        says(running.submit("ada"), "This is attempt 1 of 2. The last one counts. You have 1 left.")
        says(running.submit("ada", b"{"), "It used no attempt. You have 1 left.")
    assert rows(running.course.folder)["ada"][1] == 6


def test_attempts_end_and_the_best_counts(running):
    """Is a lower second attempt shown but not counted, and a third one kept without marking?"""
    running.policy('attempts = 2\ncounts = "best"')
    with running.serving():
        says(running.submit("ada"), "The best one counts. You have 1 left.")
        says(running.submit("ada", DANA), "The best one counts, which is attempt 1 with 6 points.")
        says(running.submit("ada"), "your 2 attempts at this lab are used, and one with 6 points")
    assert rows(running.course.folder)["ada"][1] == 6
    assert [line[2:] for line in running.lines()] == [("marked", 1), ("marked", 0), ("refused", 0)]
    assert running.workers.asked == 2


def test_between_attempts_the_last_waits_whatever_the_clock_does(running, monkeypatch):
    """Is the learner told when, is one replaced by the next, and is that marked at its time?"""
    running.policy("minutes_between = 1")
    with running.serving():
        until(running.submit("ada").exists)
        second = running.submit("ada", DANA)
        says(second, "Received. It will be marked in 1 minute")
        third = running.submit("ada")
        says(second, "the later one takes its place")
        says(third, "Received.")
    clock = time.time()
    monkeypatch.setattr(service.time, "time", lambda: clock - 86_400.0)  # a day back
    running.policy("minutes_between = 0.01")
    with running.serving():
        says(third, "This is attempt 2.")
    assert [line[2] for line in running.lines()] == ["marked", "replaced", "marked"]


def failing(act, times, error):
    """Return a function that fails some times before it acts."""
    left = iter(range(times))

    def acts(*args, **named):
        if next(left, None) is not None:
            raise error
        return act(*args, **named)

    return acts


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("place", "name", "error"),
    [(arrivals.exchange, "copy", FULL), (arrivals.os, "listdir", OSError(errno.ESTALE, "Stale")),
     (Journal, "add", sqlite3.OperationalError("database or disk is full")),
     (Journal, "decide", sqlite3.OperationalError("database or disk is full")),
     (attempts, "install", FULL), (service, "keep", FULL),
     (Book, "write", service.BookError("the gradebook is in use; wait")),
     (arrivals.Exchange, "publish", FULL)],
)  # fmt: skip
def test_what_fails_is_told_and_tried_again(running, monkeypatch, place, name, error):
    """With a full disk, a held gradebook or a share that is away: is the submission marked then?"""
    monkeypatch.setattr(place, name, failing(getattr(place, name), 2, error))
    troubles = set()
    with running.serving() as one:
        said = one._troubled
        one._troubled = lambda what, why: (troubles.add(why), said(what, why))
        says(running.submit("ada"), "This is attempt 1.")
        until(lambda: not one.status()["trouble"])
    said = str(error).partition(";")[0].rpartition("] ")[2]
    assert any(said in why for why in troubles)
    assert running.lines() == [("ada", "over", "marked", 1)]


def test_a_slow_exchange_holds_up_no_marking(running, monkeypatch):
    """While a page cannot be handed out, is the next submission in the gradebook?"""
    go, publish = threading.Event(), arrivals.Exchange.publish
    monkeypatch.setattr(arrivals.Exchange, "publish", lambda *args: (go.wait(20), publish(*args)))
    with running.serving():
        pages = [running.submit(who) for who in ("ada", "ben", "cai")]
        until(lambda: len(rows(running.course.folder)) == 3)
        assert not any(page.exists() for page in pages)
        go.set()
        until(lambda: all(page.exists() for page in pages))


def test_a_submission_that_is_still_being_copied_is_left_alone(running):
    """Is nothing taken before nbgrader's last file is there?"""
    with running.serving() as one:
        page = running.submit("ada")
        until(page.exists)
        folder = running.place / "inbound" / f"ben+{LAB}+2026-03-02 09:00:00 UTC+1"
        folder.mkdir()
        (folder / f"{LAB}.ipynb").write_bytes(AMAL[:100])
        time.sleep(2 * arrivals.LOOK_SECONDS)
        assert one.status()["attempts"]["marked"] == 1
        (folder / f"{LAB}.ipynb").write_bytes(AMAL)
        (folder / "submission_secret.txt").write_text("whole")
        until(lambda: one.status()["attempts"]["marked"] == 2)
    assert rows(running.course.folder)["ben"][1] == 6


def test_a_worker_that_fails_loses_nothing(running):
    """Is a jail that does not work for a moment told, and the submission marked afterwards?"""
    running.workers.act = failing(marked, 2, JailError("no namespaces"))
    with pytest.raises(JailError, match="no namespaces"):  # at the start it ends the service
        service.Service(running.course, running.workers).run()
    running.workers.act = marked
    with running.serving() as one:
        until(lambda: running.workers.tried == 2)
        one.workers.act = failing(marked, 1, JailError("no namespaces"))
        says(running.submit("ada"), "This is attempt 1.")


def test_what_a_service_has_taken_is_not_collected(running):
    """Does nbgrader's collecting leave alone what is in the journal?"""
    with running.serving():
        until(running.submit("ada").exists)
    running.submit("ben")
    config = Config()
    config.CourseDirectory.root = str(running.course.folder)
    config.CourseDirectory.course_id = "neural-networks"
    config.CourseDirectory.assignment_id = LAB
    config.Exchange.root = str(running.place.parent)
    before = (running.course.folder / "submitted" / "ada" / LAB).stat().st_ino
    Collect(coursedir=CourseDirectory(config=config), config=config).start()
    assert running.course.submitted(LAB).keys() == {"ada", "ben"}
    assert (running.course.folder / "submitted" / "ada" / LAB).stat().st_ino == before


# --- who asks a running service -------------------------------------------------------------------


@pytest.mark.jail
def test_grade_is_done_by_the_running_service(running, template, capsys):
    """Does the command mark by the service's workers, and print what it would without?"""

    def warm_one(order, setup):
        if isinstance(order, tuple):
            return produce(*order, setup.secret, lambda: template)
        released = setup.skeletons[order.lab]
        return service_process(order, setup.course, released, setup.secret, lambda: template)

    running.workers.act = warm_one
    command = [LAB, "--student", "ada", "--course", str(running.course.folder)]
    with running.serving() as one:
        says(running.submit("ada"), "100</strong> of 100")
        assert grade.main(command) == 0
        assert "0 marked, 1 unchanged" in capsys.readouterr().err
        assert grade.main([*command, "--force"]) == 0
        assert "1 marked, 0 unchanged" in capsys.readouterr().err
        assert one.status()["runs_of_grade"] == 2
        assert grade.main([LAB, "--student", "nobody", *command[3:]]) == grade.USAGE
        assert "nobody has submitted nothing" in capsys.readouterr().err
    with pytest.raises(lending.Nobody, match=r"^$"):
        lending.ask(running.course, "status")


def service_process(*args):
    from autograder.course.processing import process

    return process(*args)


def test_the_formgrader_s_button_uses_the_running_service(running, monkeypatch):
    """Does nbgrader mark with the service's workers, and start no template of its own?"""
    monkeypatch.setattr(warm.Warm, "use", lambda *args: pytest.fail("a template was started"))
    with running.serving():
        until(running.submit("ada").exists)
        shutil.rmtree(running.course.folder / "autograded")
        nbgrader(running.course.folder, Autograde)
    assert running.workers.asked == 2
    assert rows(running.course.folder)["ada"][1] == 6


def test_a_service_of_another_release_is_not_used(running, monkeypatch):
    """Is it refused with the reason, when the project's files have changed since it started?"""
    with running.serving() as one:
        monkeypatch.setattr(one, "changed", lambda: True)
        with pytest.raises(lending.Nobody, match="have changed"):
            lending.ask(running.course, "grade", [LAB], {})
    with running.serving():
        monkeypatch.setattr(lending.keys, "marker_key", iter(["mine", "other"]).__next__)
        with pytest.raises(lending.Nobody, match="another release"):
            lending.ask(running.course, "status")
    monkeypatch.setattr(lending.keys, "marker_key", keys.marker_key)


def test_the_status_page_is_for_this_machine(running):
    """Does it answer people and programs here, and no page of another name?"""
    status = {"workers": 2, "trouble": {"exchange": "<away>"}, "seconds_of_marking": None}
    with serve.status_page(0, lambda: status) as port:
        assert port == 0
    with serve.status_page(free_port(), lambda: status) as port:
        url = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{url}/status.json") as answer:
            assert json.load(answer) == status
        with urllib.request.urlopen(url) as answer:
            assert "&lt;away&gt;" in answer.read().decode()
        other = http.client.HTTPConnection("127.0.0.1", port)
        other.request("GET", "/status.json", headers={"Host": "elsewhere.example"})
        assert other.getresponse().status == 403
        other.close()


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_one_service_runs_for_a_course(running, capsys):
    """Is a second one refused, and one that does not run told as such?"""
    command = ["--course", str(running.course.folder), "--port", "0"]
    assert serve.main([*command, "--status"]) == 1
    assert "no service is running" in capsys.readouterr().err
    with serve._alone(running.course):
        assert serve.main(command) == 1
    assert "another service runs" in capsys.readouterr().err


def test_the_plan_s_job_is_the_attempt_s(running):
    """Is what the service marks the key under which `grade` finds it unchanged?"""
    with running.serving():
        until(running.submit("ada").exists)
    found = plan.plan(running.course, [LAB], service.secret.identity(b"x"))
    assert len(found.jobs) == 1  # another secret
    word = service.secret.course_secret(running.course.folder)
    found = plan.plan(running.course, [LAB], service.secret.identity(word))
    assert [done.marks.student for done in found.held] == ["ada"]

"""Is a cohort marked once, completely, whatever happens on the way?"""

import contextlib
import copy
import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder import __main__
from autograder.authoring import declaration
from autograder.commands import grade, report
from autograder.course import (
    findings,
    folders,
    handed_in,
    jobs,
    keys,
    pool,
    processing,
    results,
    secret,
)
from autograder.course.folders import Course
from autograder.course.gradebook import Book
from autograder.jail.sandbox import JailError
from autograder.marking import intake, marker
from autograder.marking.marker import Marks
from autograder.marking.scoring import CheckScore, Score
from tests.cohort.books import LAB, LIGHT, course, record, rows

jail = pytest.mark.jail


def run(folder, *options, lab=LAB):
    return grade.main([lab, "--course", str(folder), "--workers", "1", *options])


def summary(folder, *options, lab=LAB):
    """Grade and return the status and the JSON summary."""
    target = folder / "summary.json"
    status = run(folder, "--json", str(target), *options, lab=lab)
    return status, json.loads(target.read_text())


@jail
def test_unchanged_work_is_not_marked_again(tmp_path, here, capsys):
    """Are only new and changed submissions marked, unless everything is asked for?"""
    course(tmp_path, ["amal", "jing", "otis"])
    status, first = summary(tmp_path)
    assert (status, first["marked"], first["problems"]) == (grade.SOME_NOT, 3, 1)
    before = rows(tmp_path)

    status, again = summary(tmp_path)
    assert (again["marked"], again["unchanged"], again["problems"]) == (0, 3, 1)
    assert rows(tmp_path) == before
    drop = ("marked_now",)
    assert [{k: v for k, v in each.items() if k not in drop} for each in again["submissions"]] == [
        {k: v for k, v in each.items() if k not in drop} for each in first["submissions"]
    ]

    place = tmp_path / "submitted/jing" / LAB / f"{LAB}.ipynb"
    place.write_bytes((tmp_path / "submitted/amal" / LAB / f"{LAB}.ipynb").read_bytes())
    (tmp_path / "feedback/amal" / LAB / f"{LAB}.html").unlink()
    (tmp_path / "submitted/otis" / LAB / f"{LAB}.ipynb").unlink()
    capsys.readouterr()
    _, changed = summary(tmp_path)
    new = {each["student"] for each in changed["submissions"] if each["marked_now"]}
    assert new == {"jing", "otis"}
    assert rows(tmp_path)["jing"][1] == 100
    assert "There is no 03_softmax.ipynb in this submission" in " ".join(
        capsys.readouterr().out.split()
    )
    assert (tmp_path / "feedback/amal" / LAB / f"{LAB}.html").is_file()

    _, forced = summary(tmp_path, "--force", "--student", "jing")
    assert [each["student"] for each in forced["submissions"]] == ["jing"]
    assert forced["marked"] == 1

    (tmp_path / "gradebook.db").unlink()
    _, restored = summary(tmp_path)
    assert restored["marked"] == 0
    assert rows(tmp_path)["amal"][1] == 100


@jail
def test_a_changed_exercise_is_marked_again_alone(tmp_path, here, monkeypatch):
    """Do the scores of other exercises hold when one declaration changes?"""
    course(tmp_path, ["amal", "emeka"])
    run(tmp_path)
    now = keys.lab_keys(LAB)
    changed = now | {"softmax_regression": "repaired"}
    monkeypatch.setattr(keys, "lab_keys", lambda lab: changed)
    asked = []
    ask = marker._Marking._ask
    monkeypatch.setattr(
        marker._Marking,
        "_ask",
        lambda self, ex, *rest: asked.append((self.student, ex.name)) or ask(self, ex, *rest),
    )
    status, again = summary(tmp_path)
    assert (status, again["marked"]) == (0, 2)
    # What emeka's wrong softmax had taken part in is tried again, too.
    assert set(asked) == {
        ("amal", "softmax_regression"),
        ("emeka", "softmax_regression"),
        ("emeka", "softmax_gradient"),
    }
    assert {each["points"] for each in again["submissions"]} == {100, 85}
    assert summary(tmp_path)[1]["marked"] == 0


def test_a_declaration_changes_its_own_key_only(monkeypatch):
    """Does each part of a declaration count, and no other exercise's?"""
    lab = declaration.load(LAB)
    before = {ex.name: keys.exercise_key(ex) for ex in lab.exercises}
    assert before == {ex.name: keys.exercise_key(ex) for ex in lab.exercises}
    ex = lab.find("one_hot")
    changes = {
        "points": 15,
        "deadline": 3.0,
        "forbids": ("softmax",),
        "wrongs": ex.wrongs[1:],
        "checks": [dataclasses.replace(ex.checks[0], hidden=lambda rng: []), *ex.checks[1:]],
    }
    for name, value in changes.items():
        with monkeypatch.context() as patch:
            patch.setattr(ex, name, value)
            after = {each.name: keys.exercise_key(each) for each in lab.exercises}
        different = {name for name in before if before[name] != after[name]}
        assert different == {"one_hot"}, name


def test_a_right_answer_changes_the_keys_of_those_that_build_on_it(monkeypatch):
    """Is an exercise marked again whose expected values come through another's answer?"""
    lab = declaration.load(LAB)
    before = {ex.name: keys.exercise_key(ex) for ex in lab.exercises}
    ex = lab.find("one_hot")
    cell = dataclasses.replace(ex.cell, text=ex.cell.text + "# repaired\n")
    monkeypatch.setattr(ex, "cell", cell)
    monkeypatch.setattr(ex, "oracle", cell.text)
    after = {each.name: keys.exercise_key(each) for each in lab.exercises}
    different = {name for name in before if before[name] != after[name]}
    assert different == {"one_hot", "softmax_gradient"}


class Killed(BaseException):
    """Stands in for the end of the process."""


@jail
@pytest.mark.slow
def test_a_run_that_ends_at_any_step_is_taken_up(tmp_path, here, monkeypatch):
    """Is the gradebook whole after a run was cut off before or after each write?"""
    students = ["amal", "emeka"]
    mark, known = marker.mark, {}

    def once(submission, student, *rest):  # marking is a pure function; what is cut off comes after
        if student not in known:
            known[student] = mark(submission, student, *rest)
        return copy.deepcopy(known[student])

    monkeypatch.setattr(marker, "mark", once)
    course(tmp_path / "calm", students)
    run(tmp_path / "calm")
    wanted = rows(tmp_path / "calm")
    folder = tmp_path / "killed"
    course(folder, students)
    steps = 0

    def cut(function, after):
        def wrapper(*args):
            nonlocal steps
            steps -= 1
            if steps < 0 and not after:
                raise Killed
            out = function(*args)
            if steps < 0:
                raise Killed
            return out

        return wrapper

    for after in (False, True):
        for count in range(11):
            steps = count
            with monkeypatch.context() as patch:
                patch.setattr(processing, "write", cut(folders.write, after))
                patch.setattr(results, "write", cut(folders.write, after))
                patch.setattr(Book, "write_all", cut(Book.write_all, after))
                try:
                    run(folder, "--force")
                except Killed:
                    pass
                else:
                    break
        _, done = summary(folder)
        assert done["marked"] + done["unchanged"] == 2
        assert rows(folder) == wanted
    for student in students:
        name = f"{student}/{LAB}/{LAB}.ipynb"
        texts = [(tmp_path / way / "autograded" / name).read_text() for way in ("calm", "killed")]
        assert texts[0] == texts[1]
    left = [p.name for p in folder.rglob(".*") if p.name not in (".secret", ".marking", ".applied")]
    assert left == []


@jail
@pytest.mark.slow
def test_kill_minus_nine_loses_nothing(tmp_path, here):
    """Does a command killed in the middle go on where it was, with all its processes gone?"""
    students = ["amal", "dana", "emeka", "fatima", "goran", "hanna", "idris", "jing"]
    course(tmp_path / "calm", students, LIGHT)
    run(tmp_path / "calm", lab=LIGHT)
    folder = tmp_path / "killed"
    course(folder, students, LIGHT)
    command = [sys.executable, "-m", "autograder", "grade", LIGHT, "--course", str(folder)]
    process = subprocess.Popen(
        [*command, "--workers", "2"], cwd=keys.ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 120
    while len(list(folder.glob("marks/*/*.json"))) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4  # workers and templates
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    held = len(list(folder.glob("marks/*/*.json")))
    assert held >= 3
    _, last = summary(folder, lab=LIGHT)
    assert last["unchanged"] >= held - 1
    assert last["marked"] + last["unchanged"] == len(students)
    assert rows(folder, LIGHT) == rows(tmp_path / "calm", LIGHT)


@pytest.mark.parametrize(("seconds", "runs"), [(0.0, ["a", "b", "c", "de"]), (9.0, ["abcd", "e"])])
@pytest.mark.parametrize("end", [None, KeyboardInterrupt, JailError])
def test_results_are_given_in_runs_and_none_is_lost(monkeypatch, seconds, runs, end):
    """Is a run over when it is long or old, and does what ends them come after the last?"""
    monkeypatch.setattr(pool, "RUN", 4)
    monkeypatch.setattr(pool, "RUN_SECONDS", seconds)

    def source():
        yield from ["a", None, "b", "c"]
        monkeypatch.setattr(pool, "RUN_SECONDS", 9.0)
        yield from ["d", None, "e"]
        if end:
            raise end

    found = []
    with pytest.raises(end) if end else contextlib.nullcontext():
        for run in pool.in_runs(source()):
            found.append("".join(run))
    assert found == runs


@jail
def test_control_c_keeps_what_is_done(tmp_path, here, monkeypatch, capsys):
    """Does a stopped run say so, keep its marks, and go on when called again?"""
    course(tmp_path, ["amal", "hanna", "jing"])
    count = 0
    process = pool.process

    def stopped(*args):
        nonlocal count
        count += 1
        if count == 2:
            raise KeyboardInterrupt
        return process(*args)

    monkeypatch.setattr(pool, "process", stopped)
    assert run(tmp_path) == grade.STOPPED
    assert "the same command goes on" in capsys.readouterr().err
    assert rows(tmp_path)["amal"][1] == 100
    status, rest = summary(tmp_path)
    assert (status, rest["marked"], rest["unchanged"]) == (0, 2, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["09_nothing"], "there is no lab '09_nothing'"),
        ([LAB], "nothing is submitted of 03_softmax"),
        ([], "nothing is submitted in"),
        ([LAB, "--workers", "-1"], "--workers"),
        (["--course", "/nowhere"], "is no folder"),
    ],
)
def test_wrong_usage_has_a_status_of_its_own(tmp_path, capsys, options, said):
    """Is what cannot be done told apart from what went wrong?"""
    assert grade.main(["--course", str(tmp_path), *options]) == grade.USAGE
    assert said in capsys.readouterr().err


def test_a_student_without_a_submission_is_wrong_usage(tmp_path, capsys):
    """Is a mistyped name noticed?"""
    course(tmp_path, ["amal"])
    assert run(tmp_path, "--student", "ammal") == grade.USAGE
    assert "ammal has submitted nothing" in capsys.readouterr().err


def test_two_runs_at_a_time_are_refused(tmp_path, capsys):
    """Is the second of two runs on one course turned away?"""
    folder = course(tmp_path, ["amal"])
    with folder.locked():
        assert run(tmp_path) == grade.USAGE
    assert "another run is marking" in capsys.readouterr().err


@pytest.mark.parametrize(("lab", "light"), [("03_softmax", True), ("08_digits", False)])
def test_tensorflow_is_loaded_only_where_an_exercise_needs_it(tmp_path, monkeypatch, lab, light):
    """Does a run whose exercises need no TensorFlow start a light template alone?"""
    begun = []

    class Refusing:
        def __init__(self, limits, jailed):
            pass

        def begin(self, light=False):
            begun.append(light)
            raise JailError("enough")

        def close(self):
            pass

    monkeypatch.setattr(pool, "Template", Refusing)
    course(tmp_path, ["amal"], lab)
    grade.main([lab, "--course", str(tmp_path), "--workers", "1"])
    assert begun == [light]


def test_without_a_jail_marking_is_refused(tmp_path, monkeypatch, capsys):
    """Is nothing run where a layer is missing, and the way round named?"""

    class Refusing:
        def __init__(self, limits, jailed):
            assert jailed

        def begin(self, light=False):
            raise JailError("bubblewrap (bwrap) is not installed")

        def close(self):
            pass

    monkeypatch.setattr(pool, "Template", Refusing)
    course(tmp_path, ["amal"])
    assert run(tmp_path) == grade.SOME_NOT
    said = capsys.readouterr().err
    assert "bubblewrap (bwrap) is not installed" in said
    assert "--allow-unjailed" in said
    assert not (tmp_path / "marks").exists()


def test_a_fault_in_marking_itself_is_no_learners_fault(tmp_path, here, monkeypatch):
    """Does an exception in a declaration cost one submission its mark, and no more?"""

    def broken(submission, student, *_):
        if student == "jing":
            raise ZeroDivisionError("declared badly")
        return Marks(LAB, student, [Score("one_hot", 1.0, 14)])

    monkeypatch.setattr(marker, "mark", broken)
    course(tmp_path, ["amal", "jing"])
    status, done = summary(tmp_path)
    assert status == grade.SOME_NOT
    assert [each["student"] for each in done["submissions"] if each["problem"]] == ["jing"]
    assert rows(tmp_path)["jing"][2]
    assert not (tmp_path / "marks" / LAB / "jing.json").exists()


def test_a_link_is_no_submission(tmp_path):
    """Is a notebook that is a link to another file not followed?"""
    course(tmp_path, ["amal"])
    folder = tmp_path / "submitted/amal" / LAB
    (folder / f"{LAB}.ipynb").rename(tmp_path / "elsewhere.ipynb")
    (folder / f"{LAB}.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    with pytest.raises(intake.Unreadable, match=r"no 03_softmax.ipynb"):
        handed_in.notebook(folder, LAB)


def test_the_scores_fit_a_terminal():
    """Is the table at most 78 characters wide, with a row a student and the notes below?"""
    done = grade.Summary([LAB])
    scores = [Score(ex.name, 7.5, ex.points) for ex in declaration.load(LAB).exercises]
    ada = Marks(LAB, "ada", scores, notes=["word " * 30])
    done.add(jobs.Done(ada, {}, None), True)
    done.add(jobs.Done(Marks(LAB, "bob", problem="is empty"), {}, None), True)
    done.take([record(ada)])
    lines = grade.table(done).splitlines()
    assert max(map(len, lines)) <= 78
    assert any(line.split() == ["ada", *["7.5"] * 6, "45"] for line in lines)
    assert any(line.split() == ["bob", *["-"] * 7] for line in lines)
    assert "03_softmax, bob: is empty" in lines


def test_progress_names_time_left_and_the_slowest_exercise():
    """Does the line of progress say how far, how long, and what takes longest?"""
    bar = grade.Bar(4, None)
    for _ in range(2):
        marks = Marks(LAB, "ada", seconds={"cells": 9.0, "fast": 0.1, "slow": 0.5})
        bar.step([jobs.Done(marks, {}, None)])
    assert "2 of 4" in bar.line()
    assert "0:00 left" in bar.line()
    assert "slowest: slow (0.50 s)" in bar.line()


def test_what_to_teach_again_comes_first():
    """Does the report rank exercises by their share, with the commonest mistakes by name?"""
    first, second = (ex.name for ex in declaration.load(LAB).exercises[:2])
    checks = [CheckScore("rows", False, 1.0)]  # a score without checks is an excused one
    marks = [
        Marks(LAB, who, [Score(first, a, 20, checks, wrong), Score(second, b, 14, checks, mistake)])
        for who, a, wrong, b, mistake in [
            ("a", 20.0, "", 7.0, "axis 0"),
            ("b", 20.0, "", 0.0, "axis 0"),
            ("c", 10.0, "Timeout", 14.0, ""),
        ]
    ]
    group = findings.Class(LAB, [record(each) for each in marks], {m.student: m for m in marks})
    by_name = {row.exercise: row for row in findings.rows(group)}
    assert by_name[second].share == 0.5
    assert by_name[second].mistakes == [("axis 0", 2)]
    assert by_name[first].full == 2
    assert by_name[second].discrimination == pytest.approx(-0.87, abs=0.01)
    text = report.table(group)
    assert text.index(second) < text.index(first + " ")
    assert "2  axis 0" in text
    assert "1  takes too long" in text


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path, monkeypatch):
    """Is it long, kept, unreadable to others, and replaced by the environment?"""
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    word = secret.course_secret(tmp_path)
    assert len(word) == 64
    assert secret.course_secret(tmp_path) == word
    assert (tmp_path / secret.FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [secret.FILE]
    assert secret.course_secret(tmp_path / "other") != word
    monkeypatch.setenv(secret.VARIABLE, "shared")
    assert secret.course_secret(tmp_path) == b"shared"
    assert word.decode() not in secret.identity(word)


def test_what_the_machine_refuses_is_a_sentence(monkeypatch, capsys):
    """Is a full disk told by its name, without a traceback?"""
    full = OSError(errno.ENOSPC, "No space left on device", "gradebook.db")
    monkeypatch.setattr(grade, "main", lambda arguments: (_ for _ in ()).throw(full))
    assert __main__.main(["grade"]) == 1
    assert "gradebook.db: the disk is full: make room" in capsys.readouterr().err


def test_a_syntax_error_in_a_declaration_names_file_and_line(tmp_path, monkeypatch):
    """Is a declaration that Python cannot read told by its file and line?"""
    (tmp_path / "broken_declaration.py").write_text("x = 1\n)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(declaration, "FOLDER", tmp_path)
    monkeypatch.setattr(declaration, "ROOT", tmp_path)
    with pytest.raises(declaration.DeclarationError, match=r"broken_declaration\.py, line 2: Syn"):
        declaration._imported("broken_declaration")


def test_the_commands_are_listed(capsys):
    """Does the command line say what there is, and start without nbgrader or TensorFlow?"""
    code = (
        "import sys\n"
        "from autograder import __main__\n"
        "from autograder.commands import grade\n"
        "print(__main__.main([]))\n"
        "print([m for m in ('nbgrader', 'tensorflow', 'keras', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=keys.ROOT, check=True,
        env={**os.environ, "PYTHONPATH": str(keys.ROOT)},
    )  # fmt: skip
    assert done.stdout.splitlines() == ["2", "[]"]
    assert "doctor" in done.stderr


def test_folders_of_a_course(tmp_path):
    """Are submissions found where nbgrader collects them?"""
    course(tmp_path, ["amal", "jing"])
    (tmp_path / "submitted" / "stray.txt").write_text("")
    (tmp_path / "submitted" / "amal" / "01_training").mkdir()
    assert set(Course(tmp_path).submitted(LAB)) == {"amal", "jing"}


def test_own_work_is_taken_from_where_it_is_done(tmp_path):
    """Is the fetched copy of a lab marked, and the released one where none was fetched?"""
    fetched = tmp_path / "work" / LAB / f"{LAB}.ipynb"
    fetched.parent.mkdir(parents=True)
    fetched.write_text("mine")
    folder = grade.mine([LAB, "06_adam"], tmp_path, tmp_path / "mine")
    handed_in = folder / "submitted" / "you"
    assert (handed_in / LAB / f"{LAB}.ipynb").read_text() == "mine"
    released = grade.ROOT / "notebooks" / "06_adam" / "06_adam.ipynb"
    assert (handed_in / "06_adam" / "06_adam.ipynb").read_bytes() == released.read_bytes()

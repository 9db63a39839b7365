"""Is there one grade: is what is shown anywhere what the gradebook holds?"""

import contextlib
import datetime
import json
import sqlite3

import pytest
from nbgrader.converters import Autograde, GenerateFeedback

from autograder import __main__ as program
from autograder.authoring import declaration
from autograder.authoring.release import SourceError
from autograder.commands import export, grade
from autograder.course import changes, keys
from autograder.course.folders import BookError, Course
from autograder.course.gradebook import Book, configuration
from autograder.course.secret import course_secret
from autograder.marking.marker import Marks
from autograder.marking.record import Part, Record
from autograder.marking.scoring import Score
from tests import cohort
from tests.cohort import agreeing
from tests.cohort.books import LAB, course, lay_out, nbgrader, refuse, rows

FULL = {ex.name: float(ex.points) for ex in declaration.load(LAB).exercises}


def marks(student, share=1.0, **other):
    """Marks of which every exercise earned a share of its points."""
    scores = {name: points * share for name, points in FULL.items()} | other
    return Marks(LAB, student, [Score(name, p, FULL[name]) for name, p in scores.items()])


@pytest.fixture
def marked(tmp_path, monkeypatch):
    """Return a function that lays out a course whose marks are given, not worked out."""
    from autograder.course import processing
    from autograder.marking import marker

    given = {}
    monkeypatch.setattr(
        marker, "mark", lambda submission, student, *_: given.get(student, marks(student))
    )
    monkeypatch.setattr("autograder.course.pool.Pool._template", lambda self: _NoTemplate())
    monkeypatch.setattr(processing, "works", lambda template: None)
    course(tmp_path, ["amal", "jing"])
    return tmp_path, given


class _NoTemplate:
    def begin(self, light=False):
        return self

    def close(self):
        pass


def run(folder, *options):
    return grade.main([LAB, "--course", str(folder), "--workers", "1", *options])


def book_of(folder):
    return Book(f"sqlite:///{folder}/gradebook.db", configuration())


def page(folder, student):
    return (folder / "feedback" / student / LAB / f"{LAB}.html").read_text()


def by_hand(folder, student, points=3.0, extra=2.0, comment="Well said, & kind"):
    """Give points, extra points and a comment as the Formgrader does."""
    with book_of(folder) as book:
        grade_ = book.api.find_grade("softmax", LAB, LAB, student)
        grade_.manual_score, grade_.extra_credit = points, extra
        book.api.find_comment("softmax_answer", LAB, LAB, student).manual_comment = comment
        book.api.db.commit()


def test_what_a_person_gave_shows_everywhere(marked, capsys):
    """Do table, page and export show a person's points, extra points and words?"""
    folder, _ = marked
    assert run(folder) == 0
    by_hand(folder, "amal")
    capsys.readouterr()
    assert run(folder) == 0
    total = 100 - FULL["softmax"] + 5
    table = capsys.readouterr().out
    assert [line.split()[-1] for line in table.splitlines() if line.startswith("amal")] == [
        f"{total:g}"
    ]
    assert "5*" in table
    shown = page(folder, "amal")
    assert f"<strong>{total:g}</strong> of 100" in shown
    assert "Well said, &amp; kind" in shown
    assert "3 points were given by your instructor in place of 20" in shown
    assert export.main(["--course", str(folder)]) == 0
    assert f",{total:g}," in capsys.readouterr().out


def test_progress_counts_what_is_written(marked, monkeypatch):
    """Is a submission in the gradebook before the line of progress has it?"""
    folder, _ = marked
    step, seen = grade.Bar.step, []

    def stepped(bar, ready):
        with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as book:
            there = {who for (who,) in book.execute("SELECT student_id FROM submitted_assignment")}
        assert ready
        assert {done.marks.student for done in ready} <= there
        seen.extend(ready)
        step(bar, ready)

    monkeypatch.setattr(grade.Bar, "step", stepped)
    assert run(folder) == 0
    assert len(seen) == 2


def test_what_the_gradebook_refuses_is_told_and_written_by_the_next_run(marked, capsys):
    """Is what cannot be written told, the other there, and neither marked again?"""
    folder, _ = marked
    place = folder / "gradebook.db"
    refuse(place, "amal")
    assert run(folder) == grade.SOME_NOT
    assert "amal: Marked, but not written into the gradebook" in capsys.readouterr().out
    assert set(rows(folder)) == {"jing"}
    with contextlib.closing(sqlite3.connect(place)) as book:
        book.execute("DROP TRIGGER no")
    assert run(folder) == 0
    assert "0 marked, 2 unchanged" in capsys.readouterr().err
    assert set(rows(folder)) == {"amal", "jing"}


def test_every_place_shows_the_same_after_every_step(marked, capsys, monkeypatch):
    """Do seven places agree for all, through damage, lateness, points by hand and a repair?"""
    folder, given = marked
    names = ["ann", "ben", "cem", "dee", "eve"]
    files = [(who, cohort.submission(LAB, "amal")) for who in names]
    lay_out(folder, [*files, ("otis", b"{"), ("=uwe", b"")])
    roster = [f"{who},{who},Of {who},{who}@example.org,{n}" for n, who in enumerate(names)]
    (folder / "roster.csv").write_text(
        "\n".join(["username,first name,last name,email,id number"] + roster)
    )
    given |= {"ben": marks("ben", 0.5), "cem": marks("cem", softmax=10.0)}

    def command(*words):
        assert program.main([*words, "--course", str(folder)]) in (0, 1)
        return capsys.readouterr().out

    def compare(**expected):
        printed = command("grade", LAB, "--workers", "1")
        places = agreeing.shown(folder, LAB, printed, command)
        assert agreeing.differences(places, expected | {"otis": None}) == []

    full = dict.fromkeys(["amal", "ann", "dee", "eve"], 100)
    compare(**full, ben=50, cem=90)
    assert "not marked, of" not in page(folder, "otis")  # no headings with nothing below
    rule = f"[late]\npercent_a_day = 10\n[labs.{LAB}]\ndue = 2026-03-01T12:00:00\n"
    more = f'[[extension]]\nstudent = "eve"\nlab = "{LAB}"\ndays = 2\n'
    (folder / "policy.toml").write_text(rule + more)
    by_hand(folder, "dee")
    late = {"amal": 90, "ann": 90, "dee": 76.5, "eve": 100}
    compare(**late, ben=45, cem=81)
    changed = keys.lab_keys(LAB) | {"softmax": "repaired"}
    monkeypatch.setattr(keys, "lab_keys", lambda lab: changed)
    given["cem"] = marks("cem")
    compare(**late, ben=45, cem=90)


@pytest.mark.parametrize("converter", [GenerateFeedback])
def test_nbgraders_feedback_is_the_same_page(marked, converter):
    """Does `nbgrader generate_feedback` write what `grade` wrote, also over an older page?"""
    folder, _ = marked
    run(folder)
    by_hand(folder, "amal")
    nbgrader(folder, converter)
    from_nbgrader = page(folder, "amal")
    assert "Well said" in from_nbgrader
    run(folder)
    assert page(folder, "amal") == from_nbgrader


def test_a_zeroed_late_lab_reads_the_same_everywhere(marked, capsys, monkeypatch):
    """Is a lab that lost all its points for lateness 0 in table, page and export?"""
    folder, _ = marked
    (folder / "policy.toml").write_text(
        f'timezone = "Europe/Berlin"\n'
        f"[late]\npercent_a_day = 100\n[labs.{LAB}]\ndue = 2026-03-01T12:00:00\n"
    )
    assert run(folder) == 0
    line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("jing"))
    assert line.split()[7] == "0"
    shown = page(folder, "jing")
    assert "<strong>0</strong> of 100" in shown
    assert "100 points were earned; 100 were taken off" in shown
    assert "Handed in 02 March 2026, 10:00 CET" in shown
    assert "22 hours late" in shown
    export.main(["--course", str(folder)])
    assert "jing,,,,0,0," in capsys.readouterr().out


def test_policy_roster_and_names_take_effect_without_marking(marked, capsys):
    """Do a changed penalty, an extension and a name count at the next run, and are they told?"""
    folder, _ = marked
    run(folder)
    (folder / "roster.csv").write_text(
        "username,first name,surname\njing,Jing,Wu\nnobody,No,Body\n"
    )
    rule = f"[late]\npercent_a_day = 10\n[labs.{LAB}]\ndue = 2026-03-01T12:00:00\n"
    (folder / "policy.toml").write_text(rule)
    capsys.readouterr()
    run(folder)
    told = capsys.readouterr().err
    assert "0 marked, 2 unchanged" in told
    assert f"{LAB}, jing: 100 -> 90" in told
    assert "Jing Wu" in page(folder, "jing")
    more = f'[[extension]]\nstudent = "jing"\nlab = "{LAB}"\ndays = 2\n'
    (folder / "policy.toml").write_text(rule + more)
    run(folder)
    assert "jing: 90 -> 100" in capsys.readouterr().err
    assert "in time" in page(folder, "jing")
    with book_of(folder) as book:
        assert book.api.find_student("nobody").last_name == "Body"
    kept = changes.history(Course(folder))
    assert [(each["student"], each["before"], each["after"]) for each in kept] == [
        ("amal", 100, 90), ("jing", 100, 90), ("jing", 90, 100),
    ]  # fmt: skip


def test_a_lab_and_a_declaration_that_disagree_are_a_sentence(monkeypatch, capsys):
    """Is what cannot be released told to whoever marks, as a line to mend?"""

    def disagree(*_):
        raise SourceError("solutions/03_softmax.py, line 398: the heading says 14 points")

    monkeypatch.setattr(grade, "main", disagree)
    assert program.main(["grade", LAB]) == 1
    assert "line 398: the heading says 14 points\nMend that line" in capsys.readouterr().err


def test_what_is_deleted_from_the_policy_is_taken_back(marked):
    """Do a deleted date and extension go, and dates that somebody set by hand come back or stay?"""
    folder, _ = marked
    path, hand = folder / "policy.toml", datetime.datetime(2026, 2, 28)
    due = f"[labs.{LAB}]\ndue = 2026-03-01T12:00:00\n"
    more = f'[[extension]]\nstudent = "jing"\nlab = "{LAB}"\ndays = 3\n'

    def held(rules, **by_hand):
        with book_of(folder) as book:
            if by_hand:
                book.api.update_or_create_assignment(LAB, **by_hand)
        path.write_text(f"[late]\npercent_a_day = 10\n{rules}")
        assert run(folder) == 0
        with book_of(folder) as book:
            lab = book.api.find_assignment(LAB)
            given = {s.student_id: s.extension for s in lab.submissions}
            points = {r.student: r.points for r in book.records(LAB)}
            return lab.duedate, given["jing"], points["jing"]

    three, at = datetime.timedelta(days=3), datetime.datetime(2026, 3, 1, 12)
    assert held("") == (None, None, 100)
    assert held(due + more) == (at, three, 100)
    assert held(due) == (at, None, 90)
    assert held("") == (None, None, 100)
    assert held("", duedate=hand) == (hand, None, 70)
    with book_of(folder) as book:
        book.api.update_or_create_submission(LAB, "jing", extension=three)
    assert held(due) == (at, three, 100)  # the policy gives nobody more, and takes nothing
    assert held("") == (hand, three, 100)
    assert held(due, duedate=hand)[0] == at
    assert held("", duedate=at + three)[0] == at + three  # set by hand since


def test_a_changed_score_is_told_before_it_is_written(marked, capsys, monkeypatch):
    """Is a re-mark told with the reason, only told on a dry run, and kept in the history?"""
    folder, given = marked
    run(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    given["jing"] = marks("jing", softmax=5.0)
    changed = keys.lab_keys(LAB) | {"softmax": "repaired"}
    monkeypatch.setattr(keys, "lab_keys", lambda lab: changed)
    capsys.readouterr()
    assert run(folder, "--dry-run") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "jing: 100 -> 85 (softmax 20 -> 5): softmax: the exercise was changed" in told
    assert "would change" in told
    assert "Nothing was written" in told
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before

    seen = []
    told_ = changes.told
    monkeypatch.setattr(
        changes, "told", lambda *args: seen.append(rows(folder)["jing"][1]) or told_(*args)
    )
    assert run(folder) == 0
    assert seen == [100]
    assert rows(folder)["jing"][1] == 85
    (kept,) = changes.history(Course(folder))
    assert kept["exercises"] == {"softmax": [20, 5]}
    assert run(folder) == 0
    assert len(changes.history(Course(folder))) == 1


def test_a_lost_secret_is_an_error_that_says_what_it_means(marked, capsys, monkeypatch):
    """Is nothing marked with another secret unless that is wished?"""
    monkeypatch.delenv("NEURAL_LABS_SECRET", raising=False)
    folder, _ = marked
    run(folder)
    (folder / ".secret").unlink()
    capsys.readouterr()
    assert run(folder) != 0
    told = " ".join(capsys.readouterr().err.split())
    assert "is gone" in told
    assert "--new-secret" in told
    assert not (folder / ".secret").exists()
    with pytest.raises(BookError):
        course_secret(folder)
    assert run(folder, "--new-secret") == 0
    assert "2 marked" in capsys.readouterr().err


def older(folder, change):
    """Let a gradebook hold the lab as it was before."""
    with book_of(folder) as book:
        change(book.api)
        book.api.db.commit()


def fewer_points(api):
    api.find_grade_cell("softmax", LAB, LAB).max_score = 10.0


def another_exercise(api):
    api.find_grade_cell("one_hot", LAB, LAB).name = "margin"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (fewer_points, "softmax is worth 10 there, 20 in the lab"),
        (another_exercise, "margin is no longer in the lab (2 scores, 1 of them with points by"),
    ],
)
def test_a_gradebook_of_an_older_lab_is_refused_or_migrated(marked, capsys, change, said):
    """Are the differences listed before anything is marked, and put right where told so?"""
    folder, _ = marked
    run(folder)
    with book_of(folder) as book:
        book.api.find_grade("one_hot", LAB, LAB, "amal").manual_score = 1.0
        book.api.db.commit()
    older(folder, change)
    held = rows(folder)
    capsys.readouterr()
    assert run(folder) != 0
    told = " ".join(capsys.readouterr().err.split())
    assert said in told
    assert "--migrate" in told
    assert rows(folder) == held
    assert run(folder, "--migrate") == 0
    assert said in " ".join(capsys.readouterr().err.split())
    with book_of(folder) as book:
        assert book.differences(LAB) == []
        (jing,) = book.records(LAB, "jing")
    assert (jing.points, jing.most) == (100, 100)
    assert len(list(folder.glob("gradebook-*.db"))) == 1


def test_a_release_after_submissions_leaves_the_gradebook(marked, caplog):
    """Does building the lab anew end well, with the gradebook as it was?"""
    from autograder.authoring import release

    folder, _ = marked
    run(folder)
    older(folder, another_exercise)
    sources = {LAB: release.source_notebook(LAB)}
    url = f"sqlite:///{folder}/gradebook.db"
    (folder / "build").mkdir()
    assert "softmax" in release.generate(sources, folder / "build", True, url)[LAB]
    with book_of(folder) as book:
        assert book.differences(LAB)


def test_unreadable_work_is_no_honest_zero(tmp_path, capsys):
    """Has work that could not be read no score anywhere, but a page with all exercises?"""
    lay_out(tmp_path, [("otis", b"{")])
    assert run(tmp_path) == grade.SOME_NOT
    table = capsys.readouterr().out.splitlines()
    assert ["otis", *["-"] * (len(FULL) + 1)] in [line.split() for line in table]
    shown = page(tmp_path, "otis")
    assert "No points yet" in shown
    assert shown.count('<td class="n">not marked</td>') == len(FULL)
    export.main(["--course", str(tmp_path)])
    assert f"otis,,,,,0,{LAB} unreadable" in capsys.readouterr().out


def test_a_damaged_notebook_is_told_alike_by_the_button(tmp_path):
    """Do nbgrader and `grade` keep the same result and the same page of a damaged notebook?"""
    pages = []
    for way in ("grade", "nbgrader"):
        folder = tmp_path / way
        folder.mkdir()
        lay_out(folder, [("otis", b"{")])
        run(folder) if way == "grade" else nbgrader(folder, Autograde)
        kept = json.loads(Course(folder).result("otis", LAB).read_text())
        pages.append((page(folder, "otis").rpartition("<!--")[0], kept, rows(folder)))
    assert pages[0] == pages[1]


def test_points_of_a_record():
    """Do a person's points take the marker's place, and extra points and lateness count?"""
    parts = (Part("a", 10, 4), Part("b", 10, 2, manual=7, extra=1), Part("c", 5))
    day = datetime.datetime(2026, 3, 1, 12)
    record = Record(LAB, "ada", parts, penalty=3, submitted=day, due=day)
    assert (record.earned, record.points, record.most) == (12, 9, 25)
    assert record.late == datetime.timedelta()

"""Are policy, roster, course grade and exports what their readers expect?"""

import csv
import datetime
import io
from zoneinfo import ZoneInfo

import pytest

from autograder.commands import export, report, report_page
from autograder.course import findings, policy, roster
from autograder.course.folders import BookError, Course
from autograder.course.policy import Late, Policy
from autograder.course.roster import Person
from autograder.course.term import Term
from autograder.marking.marker import Marks
from autograder.marking.record import Part, Record
from autograder.marking.scoring import CheckScore, Score

UTC = datetime.UTC
LAB, LAST = "03_softmax", "08_digits"


def written(folder, content):
    (folder / "policy.toml").write_text(content, encoding="utf-8")
    return policy.read(folder)


WHOLE = """
timezone = "Europe/Berlin"
contact = "grades@example.org"
[late]
grace_minutes = 10
percent_a_day = 10
percent_at_most = 50
[labs.03_softmax]
due = 2026-03-28T23:59:00
weight = 2
[labs.08]
due = "2026-06-01 12:00"
percent_a_day = 20
[grade]
drop = 1
older_release = "count"
[[extension]]
student = "ada"
lab = "03"
days = 1
[[extension]]
student = "ada"
hours = 2
[[excused]]
student = "bob"
lab = "03"
"""


def test_a_whole_policy_is_read(tmp_path):
    """Does each line of a policy count?"""
    rules = written(tmp_path, WHOLE)
    assert rules.due_at(LAB) == datetime.datetime(2026, 3, 28, 22, 59)
    assert rules.due_at(LAST) == datetime.datetime(2026, 6, 1, 10)
    assert rules.rule(LAST) == Late(datetime.timedelta(minutes=10), 20, 50)
    assert (rules.weight(LAB), rules.weight(LAST), rules.drop) == (2, 2, 1)
    assert rules.excused == {("bob", LAB)}
    assert (rules.older, rules.contact) == ("count", "grades@example.org")
    assert policy.read(tmp_path / "nowhere") == Policy()


def test_days_are_those_of_the_calendar(tmp_path):
    """Is a day late one day where the clocks change, an hour of more time an hour?"""
    rules = written(tmp_path, WHOLE)
    due = rules.due_at(LAB)  # the clocks go forward in the night after
    for hours, days in ((0.1, 0), (0.2, 1), (23, 1), (23.1, 2), (24, 2), (200, 9)):
        at = due + datetime.timedelta(hours=hours)
        percent = min(10 * days, 50)
        assert rules.penalty(LAB, 80, at, due) == pytest.approx(0.8 * percent), hours
    assert rules.extension(LAB, "ada") == datetime.timedelta(hours=23 + 2)
    assert rules.extension(LAST, "ada") == datetime.timedelta(hours=2)
    assert rules.extension(LAB, "bob") is None
    assert rules.zone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("late = 3", r"\[late\]: a table is wanted"),
        ("[late]\npercent = 3", "'percent' is not known here; known: grace_minutes"),
        ("[late]\npercent_a_day = 300", "a number from 0 to 100"),
        ("[labs.03]\ndue = 2026-03-28", "a time such as"),
        ("[labs.33]\ndue = 2026-03-28T10:00:00", "there is no lab '33'; the labs are: 01_"),
        ('timezone = "Berlin"', "no time zone"),
        ('timezone = "Europe/Berlin"\n[labs.03]\ndue = 2026-03-29T02:30:00', "no such time"),
        ('[extension]\nstudent = "a"', r"write \[\[extension\]\], with two brackets"),
        ('[[extension]]\nstudent = "a"', "days = ... or hours = ... is wanted"),
        ('[[extension]]\nlab="03"\nstudent = "a"\ndays=1', "03_softmax has no due date"),
        ('[[excused]]\nlab = "03"', "student = ... is wanted"),
        ('[grade]\nolder_release = "x"', '"excuse" or "count" is wanted'),
        ("[grade", "policy.toml cannot be read"),
        ("[submit]\nattempts = true", r"\[submit\]: attempts = True: a number from 0 to 10000"),
        ("[submit]\nattempts = 2.5", r"\[submit\]: attempts = 2.5: a whole number"),
        ("[submit]\nattempts = nan", "attempts = nan: a number from 0 to 10000"),
        ('[submit]\nminutes_between = "30"', "minutes_between = '30': a number from 0 to 44640"),
        ("[submit]\nminutes_between = -1", "minutes_between = -1: a number from 0"),
        ('[submit]\ncounts = "first"', r"""\[submit\]: counts = 'first': "last" or "best" is"""),
        ("[submit]\ncounts = [1]", r"""counts = \[1\]: "last" or "best" is wanted"""),
        ("[submit]\nattempt = 3", "'attempt' is not known here; known: attempts, minutes_between"),
        ('submit = "best"', r"\[submit\]: a table is wanted"),
        ("[[submit]]\nattempts = 3", r"\[submit\]: a table is wanted"),
        ("[labs.03]\nattempts = -1", r"\[labs.03\]: attempts = -1: a number from 0 to 10000"),
        ("[labs.03]\n[labs.03_softmax]", "03_softmax has a table already: .labs.03."),
    ],
)
def test_a_wrong_line_is_named(tmp_path, content, said):
    """Does the message say where, what, and what is wanted?"""
    with pytest.raises(BookError, match=said):
        written(tmp_path, content)


def test_a_file_of_a_text_program_is_read_and_strangers_in_it_are_named(tmp_path):
    """Is the mark of UTF-8 no error, and a username that nobody has told?"""
    rules = written(tmp_path, "\ufeff" + WHOLE)
    assert rules.strangers({"ada", "bob"}) == []
    (told,) = rules.strangers({"bob", "adda"})
    assert "[[extension]]: ada is not in the roster" in told


def test_rosters_of_three_systems_are_read():
    """Are a plain table, one of Moodle and one of Canvas understood?"""
    plain = "username,first name,surname\nada,Ada,Lovelace\n"
    moodle = "First name;Last name;ID number;Email address\nAda;Lovelace;7;ada@x.org\n"
    canvas = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab (12)\n    Points Possible,,,,,100\n"
        '"Lovelace, Ada",31,7,ada,A,88\n"Student, Test",99,,x,A,\n'
    )
    assert roster.parse(plain.encode(), "r") == {"ada": Person("ada", "Ada", "Lovelace")}
    assert roster.parse(b"\xef\xbb\xbf" + moodle.encode(), "r") == {
        "ada": Person("ada", "Ada", "Lovelace", "ada@x.org", "7")
    }
    assert roster.parse(canvas.encode(), "r") == {
        "ada": Person("ada", "Ada", "Lovelace", "", "7", "31", "A")
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name\nAda\n", "no column is called username"),
        ("username\nada\n\nada\n", "line 4: ada is there twice"),
        (f"username\n{'a' * 200_000}\n", "line 2: field larger than"),
        ("username,email\n,\n=1,\n", "line 3: '=1' is no username"),
        ("", "is empty"),
    ],
)
def test_a_wrong_roster_is_named(content, said):
    """Is the row named that cannot be used?"""
    with pytest.raises(BookError, match=said):
        roster.parse(content.encode(), "roster.csv")


def scored(lab, student, points, most=100.0, **said):
    return Record(lab, student, (Part("softmax", most, points),), **said)


def term(rules=None, *records, people=()):
    found = {(r.lab, r.student): r for r in records}
    everybody = {p.username: p for p in people} or {r.student: Person(r.student) for r in records}
    labs = sorted({r.lab for r in records})
    return Term(labs, rules or Policy(), everybody, found, dict.fromkeys(labs, 100.0))


def test_the_course_grade_is_the_weighted_mean_of_what_counts():
    """Do weights, dropped and excused labs and missing work count as the policy says?"""
    labs = [f"0{n}_x" for n in range(1, 8)]
    records = [scored(lab, "ada", 50) for lab in labs] + [scored(LAST, "ada", 100)]
    assert term(None, *records).grade("ada") == pytest.approx(100 * (3.5 + 2) / 9, abs=0.01)
    assert term(None, *records).grade("nobody") == 0
    best = Policy(drop=7, weights={LAST: 1})
    assert term(best, *records).grade("ada") == 100
    excused = Policy(excused=frozenset(("ada", lab) for lab in labs))
    assert term(excused, *records).grade("ada") == 100
    late = scored(LAB, "ada", 80, penalty=20)
    assert term(None, late).grade("ada") == 60


def test_a_lab_counts_for_nobody_who_has_time_left(tmp_path):
    """Is work that is missing no 0 before it is due, and with an extension before that is over?"""
    rules = written(tmp_path, WHOLE)
    due = rules.due_at(LAB)
    whole = term(rules, scored("01_training", "ada", 80), scored(LAB, "cyd", 100))
    for hours, who, share in ((-1, "ada", 80), (1, "ada", 80), (26, "ada", 40), (1, "eve", 0)):
        whole.due, whole.now = {LAB: due}, due + datetime.timedelta(hours=hours)
        whole.rules = policy.Policy(rules.zone, due=rules.due, more=rules.more)
        assert whole.grade(who) == pytest.approx(share), (hours, who)
    assert whole.may_still(LAB, "eve") is False


PEOPLE = (
    Person("bob", "Bob", "Zed", "bob@x.org", "8", "32", "B"),
    Person("ada", "=Ada", "Abel", "ada@x.org", "7", "31", "A"),
    Person("eve", "Eve", "Odd", "eve@x.org", "9", "33", "A"),
)


def the_term():
    comment = (Part("softmax", 100, 40, manual=70.5, comment="=Good, nearly"),)
    unread = Record(LAB, "eve", (Part("softmax", 100),))
    rules = Policy(excused=frozenset({("bob", LAST)}))
    records = (Record(LAB, "ada", comment, penalty=10), unread, scored(LAST, "ada", 90))
    return term(rules, *records, people=PEOPLE)


def test_canvas_reads_the_export():
    """Are the five columns, the points possible and EX as Canvas's importer wants them?"""
    content = export.table(the_term(), "canvas")
    head, possible, *rows = csv.reader(io.StringIO(content))
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible == ["    Points Possible", "", "", "", "", "100", "100"]
    assert rows == [
        ["Abel, =Ada", "31", "7", "ada", "A", "60.5", "90"],
        ["Odd, Eve", "33", "9", "eve", "A", "", ""],
        ["Zed, Bob", "32", "8", "bob", "B", "", "EX"],
    ]


def test_moodle_reads_the_export():
    """Is everybody named by username, number and email, and feedback never without a grade?"""
    table = list(csv.DictReader(io.StringIO(export.table(the_term(), "moodle"))))
    assert [row["Email address"] for row in table] == ["ada@x.org", "eve@x.org", "bob@x.org"]
    assert table[0][LAB] == "60.5"
    assert table[0][f"{LAB} feedback"] == "softmax: =Good, nearly; 10 points off for lateness"
    for row in table:
        for lab in (LAB, LAST):
            assert bool(row[lab]) or not row[f"{lab} feedback"]


def test_moodle_is_given_no_column_in_which_somebody_has_no_name():
    """Is an email column left out where one is missing: Moodle would take the row before's?"""
    people = (*PEOPLE[:2], Person("eve", "Eve", "Odd", "", "9"))
    high = scored(LAB, "ada", 101)
    whole = term(None, high, people=people)
    head = export.table(whole, "moodle").splitlines()[0].split(",")
    assert head[:2] == ["Username", "ID number"]
    assert "Email address" not in head
    (said,) = export.warnings(whole, "moodle")
    assert said.startswith("1 grades are above 100")
    assert export.warnings(term(None, people=(Person("eve"),)), "moodle")[0].startswith("Some have")
    assert export.warnings(whole, "canvas") == []


def test_the_plain_export_names_what_is_open_and_defuses_formulas():
    """Is unreadable work empty and named, and a name that is a formula a text?"""
    ada, eve, bob = csv.DictReader(io.StringIO(export.table(the_term())))
    assert (ada["first_name"], ada[LAB], ada["open"]) == ("'=Ada", "60.5", "")
    assert (eve[LAB], eve["open"]) == ("", f"{LAB} unreadable")
    assert (bob[LAB], bob[LAST]) == ("", "excused")


def test_the_report_page_holds_what_an_instructor_asks(tmp_path):
    """Are distribution, checks, mistakes, groups, people and trend there, and names hidden?"""
    found = {}
    for n, who in enumerate(("ada", "bob", "cyd", "dee")):
        bad = n % 2 == 0
        report_ = "0 of 2 checks pass.\nGot:      array([1, 2])" if bad else "All 2 checks pass."
        checks = [CheckScore("a batch", not bad, 1), CheckScore("huge", n == 3, 1)]
        found[who] = Marks(
            LAB, who,
            [Score("softmax", 20.0 * (not bad), 20, checks, "value" if bad else "", report_),
             Score("one_hot", 0, 14, [], "NotImplementedError" if n == 0 else "axis 0", "x")],
        )  # fmt: skip
    records = [
        Record(LAB, who, tuple(Part(s.exercise, s.max_points, s.points) for s in m.scores))
        for who, m in found.items()
    ]
    people = tuple(Person(who) for who in (*found, "gone"))
    whole = term(None, *records, *(scored(LAST, w, 50) for w in found), people=people)
    group = findings.Class(LAB, records, found)
    rows = findings.rows(group)
    names = findings.aliases(group, hidden=True)
    page = report_page.page(Course(tmp_path), whole, group, rows, names, hidden=True)
    for part in (
        "Distribution of the points", "Tells apart", "2 &times; another wrong value",
        "array([1, 2])", "ex.mistake(", "Nothing handed in: 1", "Mean share of the points",
    ):  # fmt: skip
        assert part in page, part
    assert page.count("ex.mistake(") == 2  # what nobody has written yet is no mistake to declare
    assert not [who for who in (*found, "gone") if f">{who}<" in page or f" {who}" in page]
    assert "http" not in page.replace("http-equiv", "")
    table = list(csv.reader(io.StringIO(report.spreadsheet(group, names))))
    assert len(table) == 5
    assert all(row[0].startswith("learner ") for row in table[1:])


def test_who_was_excused_an_exercise_says_nothing_of_it():
    """Are an exercise and its checks judged by those who were asked, and is no check "0"?"""
    found = {}
    for who, points in (("ada", 20.0), ("bob", 0.0), ("cyd", 0.0)):
        checks = [CheckScore("one row of scores", points > 0, 1)]
        found[who] = Marks(LAB, who, [Score("softmax", points, 20, checks)])
    found["dee"] = Marks(LAB, "dee", [Score("softmax", 15.0, 20)])
    records = [
        Record(LAB, who, (Part("softmax", 20, m.scores[0].points),)) for who, m in found.items()
    ]
    group = findings.Class(LAB, records, found)
    row = findings.rows(group)[0]
    assert (row.share, row.full, row.none) == (pytest.approx(1 / 3), 1, 2)
    assert [(c.passed, c.count) for c in row.checks if c.title == "one row of scores"] == [(1, 3)]
    sheet = csv.DictReader(io.StringIO(report.spreadsheet(group, findings.aliases(group, False))))
    assert [each["softmax: checks"] for each in sheet] == ["1", "0", "0", ""]

"""Are submissions of Moodle and Canvas put where they belong, and only theirs?"""

import os
import zipfile
from zoneinfo import ZoneInfo

import pytest

from autograder.commands import collect, similar
from autograder.course import hand_in, handed_in, roster
from autograder.course.folders import BookError, Course
from autograder.course.roster import Person
from tests import cohort
from tests.cohort import exchanging
from tests.cohort.books import LAB

PEOPLE = {
    "ada": Person("ada", "Ada", "Lovelace", canvas="31"),
    "bob": Person("bob", "Bob", "van Dam", canvas="32"),
    "eve": Person("eve", "Eve", "Ng", canvas="33"),
}
WORK = cohort.submission(LAB, "amal")


def packed(path, files, apart=0):
    with zipfile.ZipFile(path, "w") as archive:
        for n, (name, data) in enumerate(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 28, 23, 30 + n * apart, 0)), data)
    return path


MOODLE = {
    "Ada Lovelace_123_assignsubmission_file_/softmax(1).ipynb": WORK,
    "Bob van Dam_124_assignsubmission_file_03_softmax.ipynb": WORK,
    "Mallory Nobody_125_assignsubmission_file_/03_softmax.ipynb": WORK,
    "__MACOSX/Ada Lovelace_123_assignsubmission_file_/._softmax.ipynb": b"x",
    "readme.txt": b"x",
}
CANVAS = {
    "lovelaceada_31_9001_03_softmax.ipynb": b"{}",
    "lovelaceada_31_9002_03_softmax-1.ipynb": WORK,
    "vandambob_LATE_32_9003_my-softmax.ipynb": WORK,
    "nobodymallory_77_9004_03_softmax.ipynb": WORK,
}


@pytest.mark.parametrize(("files", "kind"), [(MOODLE, "zip"), (CANVAS, "zip"), (CANVAS, "folder")])
def test_files_come_to_their_people_under_the_name_of_the_lab(tmp_path, files, kind):
    """Is each notebook its learner's, the newest of several, whatever it was called?"""
    source = packed(tmp_path / "all.zip", files)
    if kind == "folder":
        with zipfile.ZipFile(source) as archive:
            archive.extractall(source := tmp_path / "all")
    course = Course(tmp_path / "course")
    taken = hand_in.take_over(course, LAB, source, PEOPLE)
    assert taken.students == ["ada", "bob"]
    assert len(taken.unknown) == 1
    assert set(course.submitted(LAB)) == {"ada", "bob"}
    for student in ("ada", "bob"):
        there = handed_in.look(course.folder / "submitted" / student / LAB, LAB)
        assert (there.notebook, there.problem, there.timestamp) == (WORK, "", None)


def test_times_are_those_of_the_course(tmp_path):
    """Is the time of a file that of its time zone, where that is wished?"""
    source = packed(tmp_path / "all.zip", CANVAS, apart=9)
    course = Course(tmp_path / "course")
    taken = hand_in.take_over(course, LAB, source, PEOPLE, ZoneInfo("Europe/Berlin"))
    there = handed_in.look(course.folder / "submitted/ada" / LAB, LAB)
    assert there.timestamp.startswith("2026-03-28 22:39:00")
    assert taken.late == ["bob"]


def test_the_time_of_a_download_is_no_time_of_handing_in(tmp_path):
    """Are times that are all the same refused, before anything is written?"""
    source = packed(tmp_path / "all.zip", CANVAS)
    with pytest.raises(BookError, match="when they were packed"):
        hand_in.take_over(Course(tmp_path / "course"), LAB, source, PEOPLE, ZoneInfo("UTC"))
    assert not (tmp_path / "course").exists()


def test_what_is_no_zip_file_or_has_no_roster_is_told(tmp_path):
    """Is each way in which it cannot work a sentence?"""
    (tmp_path / "x.zip").write_text("no zip")
    course = Course(tmp_path)
    for source, people, said in (
        (tmp_path / "x.zip", PEOPLE, "cannot be read as a zip file"),
        (tmp_path / "y.zip", PEOPLE, "there is no file"),
        (tmp_path / "x.zip", {}, r"no roster\.csv"),
    ):
        with pytest.raises(BookError, match=said):
            hand_in.take_over(course, LAB, source, people)


def test_who_is_missing_is_said(tmp_path, capsys):
    """Does the command name those who handed in nothing, and files of nobody?"""
    rows = [f"{p.username},{p.first},{p.last}" for p in PEOPLE.values()]
    (tmp_path / "roster.csv").write_text("\n".join(["username,first name,last name", *rows]))
    source = packed(tmp_path / "all.zip", MOODLE)
    assert collect.main(["03", str(source), "--course", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "2 submissions taken over" in said
    assert "missing: eve" in said
    assert "left out: Mallory Nobody" in said


def test_two_people_of_one_name_are_told_apart_or_asked_about(tmp_path, capsys):
    """Is nothing taken over under a name that two have, until a username or number says whose?"""
    rows = ["ada,Ada,Lovelace,31", "ada2,Ada,Lovelace,"]
    (tmp_path / "roster.csv").write_text("\n".join(["username,first name,last name,ID", *rows]))
    moodle = "{}_1_assignsubmission_file_/03_softmax.ipynb"
    canvas = "lovelaceada_{}_9_03_softmax.ipynb"
    for name, whose in (
        (moodle.format("Ada Lovelace"), []),
        (moodle.format("ada2"), ["ada2"]),
        (canvas.format(31), ["ada"]),
        (canvas.format(77), ["ada2"]),
    ):
        source = packed(tmp_path / "all.zip", {name: WORK})
        course = Course(tmp_path)
        people = roster.read(tmp_path)
        assert hand_in.take_over(course, LAB, source, people).students == whose, name
    packed(source, {moodle.format("Ada Lovelace"): WORK})
    assert collect.main(["03", str(source), "--course", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "left out: Ada Lovelace may be ada or ada2. Put the username" in said
    assert "not in roster.csv" not in said


def test_without_an_exchange_collecting_says_what_to_do(tmp_path, monkeypatch):
    """Is the message a sentence with the next step, without a class of nbgrader's?"""
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(tmp_path / "exchange"))
    with pytest.raises(BookError, match="release_assignment 03_softmax") as told:
        collect.main(["03", "--course", str(tmp_path)])
    assert "Error" not in str(told.value)
    assert collect._said("Traceback:\nnbgrader.a.ExchangeError: No such\n(About it)") == "No such"


def test_the_exchange_is_emptied_into_the_course_that_was_named(tmp_path, monkeypatch):
    """Does `--course` say where to, for the exchange as for a file?"""
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(tmp_path / "exchange"))
    exchanging.submit(exchanging.folders(tmp_path / "exchange"), "ada", WORK)
    course = Course(tmp_path / "spring")
    assert collect.main(["03", "--course", str(course.folder)]) == 0
    assert set(course.submitted(LAB)) == {"ada"}


def test_no_file_of_a_zip_leaves_its_folder(tmp_path):
    """Does a name that leads out of the folder lead nowhere?"""
    files = {"Ada Lovelace_1_assignsubmission_file_/../../../evil.ipynb": WORK}
    course = Course(tmp_path / "course")
    hand_in.take_over(course, LAB, packed(tmp_path / "all.zip", files), PEOPLE)
    found = list(tmp_path.rglob("*.ipynb"))
    assert all(p.is_relative_to(tmp_path / "course/submitted/ada") for p in found)
    assert os.listdir(tmp_path / "course") == ["submitted"]


OWN = "def softmax(z):\n    best = z.max(axis=-1, keepdims=True)\n    grown = np.exp(z - best)\n" \
      "    whole = grown.sum(axis=-1, keepdims=True)\n    shares = grown / whole\n" \
      "    return shares\n"  # fmt: skip
OTHER = "def softmax(z):\n    e = np.exp(z - np.max(z, -1, keepdims=True))\n" \
        "    return e / np.sum(e, -1, keepdims=True)\n"  # fmt: skip


def test_answers_are_alike_beyond_what_is_usual():
    """Is a copy with other comments found, and nothing where all wrote the usual?"""
    answers = {"ada": OWN, "bob": "# mine\n" + OWN.replace("\n    whole", "\n\n    whole")}
    answers |= {"eve": OTHER, "dan": OTHER + "# other"}
    (pair,) = similar.pairs("softmax", answers, [OTHER], 0.8)
    assert pair.students == ("ada", "bob")
    assert pair.alike > 0.99
    assert similar.pairs("softmax", answers, [OTHER, OWN], 0.8) == []
    page = similar.page(LAB, [pair], {})
    assert page.count("<pre") == 2
    assert "many reasons" in page


def test_the_published_answer_is_known_word_for_word():
    """Is a long right answer found with other comments and spaces, and no short or other one?"""
    right = cohort.right(LAB)["softmax_model"]
    answers = {"ada": f"# mine\n{right}\n", "bob": right.replace("model", "net")}
    assert similar.published(answers, right) == ["ada"]
    assert similar.published({"ada": OTHER}, OTHER) == []
    assert "softmax_model: ada" in similar.page(LAB, [], {"softmax_model": ["ada"]})

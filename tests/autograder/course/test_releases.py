"""Can a lab change once submissions exist, and does only what was built go out?"""

import json
import logging

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError

from autograder.authoring import release, releases
from autograder.commands import collect
from autograder.course import exchange, plan, processing
from autograder.course.folders import Course
from autograder.course.gradebook import configuration
from autograder.marking import intake, marker
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests import cohort
from tests.cohort import exchanging
from tests.cohort.books import LAB, lay_out


def older(*without, asked=None):
    """Return today's release as an earlier one: without exercises, or with other checks."""
    nb = json.loads(release.target(LAB).read_bytes())
    drop = {each for name in without for each in (name, f"{name}_answer")}
    nb["cells"] = [
        c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in drop
    ]
    for cell in nb["cells"]:
        if asked and cell["metadata"].get("nbgrader", {}).get("grade_id") == asked:
            cell["source"] = [line.replace("check(", 'check("x", ') for line in cell["source"]]
    nb["metadata"]["release"] = {"lab": LAB, "version": "0123456789ab"}
    return nb


def made_from(folder, nb):
    """Keep an earlier release, and lay out a submission that was made from it, all right."""
    data = json.dumps(nb).encode()
    releases.keep(folder, LAB, data)
    right = cohort.right(LAB)
    for cell in nb["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        name = meta.get("grade_id", "").removesuffix("_answer")
        if meta.get("solution"):
            cell["source"] = right[name]
    lay_out(folder, [("ada", json.dumps(nb).encode())])
    return plan.job(Course(folder), LAB, "ada", folder / "submitted/ada" / LAB, "secret")


def test_a_release_says_which_one_it_is():
    """Is the version in the metadata that of the cells?"""
    text = release.target(LAB).read_bytes()
    version = releases.version_of(text)
    assert json.loads(text)["metadata"]["release"] == {"lab": LAB, "version": version}
    others = {releases.version_of(p.read_bytes()) for p in release.NOTEBOOKS.glob("0*/0*.ipynb")}
    assert len(others) == 8
    assert releases.version_of(b"{}") == ""


@pytest.mark.parametrize(
    ("nb", "names"),
    [(older("one_hot"), ("one_hot",)), (older(asked="softmax"), ("softmax",)), (older(), ())],
    ids=["a new exercise", "asked otherwise", "only texts"],
)
def test_what_an_earlier_release_did_not_ask_is_excused(tmp_path, nb, names):
    """Is a new exercise excused, not told to be deleted, and does the rest count?"""
    job = made_from(tmp_path, nb)
    assert job.earlier == names
    submission, problem = processing.take_in(job, intake.skeleton(LAB))
    assert problem == ""
    notes = " ".join(submission.notes)
    assert "deleted" not in notes
    assert ("earlier release" in notes) == bool(names)
    assert submission.excused == names


def test_an_earlier_release_is_known_in_any_encoding(tmp_path):
    """Is a submission saved as UTF-16 excused what its release did not ask?"""
    made_from(tmp_path, older("one_hot"))
    place = tmp_path / "submitted/ada" / LAB
    path = place / f"{LAB}.ipynb"
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    assert plan.job(Course(tmp_path), LAB, "ada", place, "secret").earlier == ("one_hot",)


def test_it_counts_nothing_where_the_policy_says_so(tmp_path):
    """Is nothing excused with `older_release = "count"`, and is that said?"""
    (tmp_path / "policy.toml").write_text('[grade]\nolder_release = "count"\n')
    job = made_from(tmp_path, older("one_hot"))
    submission, _ = processing.take_in(job, intake.skeleton(LAB))
    assert submission.excused == ()
    assert "they count 0" in submission.notes[0]


def test_a_release_that_nobody_kept_excuses_nothing(tmp_path):
    """Can a learner excuse an exercise by a version of their own making?"""
    job = made_from(tmp_path, older("one_hot"))
    assert job.earlier
    (path,) = tmp_path.glob("releases/*/*.ipynb")
    path.unlink()
    job = plan.job(Course(tmp_path), LAB, "ada", tmp_path / "submitted/ada" / LAB, "secret")
    assert job.earlier == ()


@pytest.mark.parametrize(
    ("nb", "names"),
    [(older("one_hot"), ("one_hot",)), (older(asked="softmax"), ("softmax",)), (older(), ())],
    ids=["a new exercise", "asked otherwise", "today's, without its metadata"],
)
def test_a_release_without_a_version_is_known_by_its_checks(tmp_path, nb, names):
    """Is work of before there were versions excused, by the kept release that has none either?"""
    del nb["metadata"]["release"]
    job = made_from(tmp_path, nb)
    assert job.earlier == names
    (kept,) = tmp_path.glob("releases/*/*.ipynb")
    kept.unlink()
    job = plan.job(Course(tmp_path), LAB, "ada", tmp_path / "submitted/ada" / LAB, "secret")
    assert job.earlier == ()  # nobody can say what it was made from
    submission, _ = processing.take_in(job, intake.skeleton(LAB))
    notes = " ".join(submission.notes)
    assert "deleted" not in notes
    assert ("say so to your instructor" in notes) == (names == ("one_hot",))


def test_an_excused_exercise_counts_like_the_rest():
    """Is its share that of all others together?"""
    marks = Marks(LAB, "ada", [Score("a", 30, 40), Score("b", 0, 20), Score("c", 20, 40)])
    excused = marker.excuse(marks, ["b"])
    assert [score.points for score in excused.scores] == [30, 12.5, 20]
    assert excused.points / 100 == pytest.approx(50 / 80)
    assert marker.excuse(marks, []) == marks


@pytest.fixture
def releasing(tmp_path, monkeypatch):
    """nbgrader's release step into an exchange of its own."""
    monkeypatch.setattr(release, "COURSE", tmp_path)
    config = configuration()
    config.Exchange.root = str(tmp_path / "exchange")
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path}/gradebook.db"  # not of the course here
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = LAB
    step = exchange.Release(coursedir=coursedir, config=config, force=True)
    step.log = logging.getLogger("exchange")
    out = tmp_path / "exchange/neural-networks/outbound" / LAB / f"{LAB}.ipynb"
    return step, out, tmp_path


def test_the_exchange_gets_what_is_built_and_no_work(releasing, monkeypatch):
    """Does an answer in any folder of nbgrader's stay there, and a leak stop the release?"""
    step, out, folder = releasing
    for place in ("course/release", "notebooks"):
        worked = folder / place / LAB / f"{LAB}.ipynb"
        worked.parent.mkdir(parents=True)
        worked.write_bytes(cohort.submission(LAB, "amal"))
    step.start()
    assert out.read_bytes() == release.target(LAB).read_bytes()
    with Gradebook(step.coursedir.db_url) as book:  # nbgrader marks only what this one knows
        assert [assignment.name for assignment in book.assignments] == [LAB]
    before = json.dumps(older("one_hot") | {"metadata": {}}).encode()  # of no version
    out.write_bytes(before)
    step.start()
    kept = [path.read_bytes() for path in folder.glob(f"releases/{LAB}/*.ipynb")]
    assert sorted(kept) == sorted([before, out.read_bytes()])
    monkeypatch.setattr(release, "source_notebook", lambda lab: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        step.start()

    def refused(lab):
        raise release.SourceError("the release still holds an answer")

    monkeypatch.setattr(release, "notebook", refused)
    with pytest.raises(ExchangeError, match="still holds"):
        step.start()
    assert out.is_file()


# nbgrader leaves a file open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_work_that_came_in_otherwise_holds_up_nobody_s_feedback(releasing, caplog):
    """Is a page without the exchange's secret told of, and are the others' published?"""
    _, _, folder = releasing
    config = configuration()
    config.Exchange.root = str(folder / "exchange")
    config.CourseDirectory.root = str(folder)
    coursedir = CourseDirectory(config=config, feedback_directory="feedback")
    coursedir.assignment_id = LAB
    for student in ("ada", "ben", "cleo"):
        (folder / "feedback" / student / LAB).mkdir(parents=True)
        (folder / "feedback" / student / LAB / f"{LAB}.html").write_text(student)
        if student != "ben":
            (folder / "feedback" / student / LAB / "submission_secret.txt").write_text(student)
    step = exchange.Feedback(coursedir=coursedir, config=config)
    step.log = logging.getLogger("exchange")
    step.start()
    pages = (folder / "exchange/neural-networks/feedback").glob("*.html")
    assert sorted(page.read_text() for page in pages) == ["ada", "cleo"]
    assert "so not handed out through it: ben" in caplog.text
    assert coursedir.student_id_exclude == ""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # (nbgrader misspells an argument)
def test_what_nbgrader_warns_of_is_said_by_collect(tmp_path, monkeypatch, capsys):
    """Does the command that publishes tell whose page it could not hand out?"""
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(tmp_path / "exchange"))
    exchanging.folders(tmp_path / "exchange")
    page = tmp_path / "course/feedback/ben" / LAB / f"{LAB}.html"
    page.parent.mkdir(parents=True)
    page.write_text("ben")
    collect._exchange("release_feedback", LAB, Course(tmp_path / "course"))
    assert "Not handed in through the exchange, so not handed out" in capsys.readouterr().out


def test_edits_of_the_source_are_kept_and_told(tmp_path, monkeypatch):
    """Is a notebook that somebody edited in course/source not lost without a word?"""
    monkeypatch.setattr(release, "ROOT", tmp_path)
    for name in ("COURSE", "SOURCE", "SUMS"):
        monkeypatch.setattr(release, name, tmp_path / getattr(release, name).name)
    nb = nbformat.v4.new_notebook()
    monkeypatch.setattr(release, "source_notebook", lambda lab: nb)
    assert release.renew_source(LAB) == ""
    path = tmp_path / "source" / LAB / f"{LAB}.ipynb"
    assert release.renew_source(LAB) == ""
    path.write_text("edited")
    assert "had been edited" in release.renew_source(LAB)
    assert [p.read_text() for p in tmp_path.glob("course/kept/*")] == ["edited"]
    assert path.read_text() != "edited"

"""Workers that mark: who gets which submission."""

import json

import pytest

from autograder.course.jobs import Job
from autograder.course.pool import Pool
from autograder.marking import intake
from tests import cohort
from tests.cohort import books

LAB = books.LAB


@pytest.mark.jail
@pytest.mark.slow
def test_one_of_the_light_workers_marks_all_that_needs_tensorflow(tmp_path):
    """Does a single worker start TensorFlow, and does each submission get its points?"""
    right = cohort.right(LAB)
    looked = right["softmax_model"].replace("return model", "model.summary()\n    return model")
    answers = {f"light-{i}": right for i in range(4)}
    answers |= {f"full-{i}": {**right, "softmax_model": looked} for i in range(4)}
    files = {who: json.dumps(cohort.notebook(LAB, each)) for who, each in answers.items()}
    course = books.lay_out(tmp_path, ((who, data.encode()) for who, data in files.items()), LAB)
    jobs = [Job(who, LAB, course.folder / "submitted" / who / LAB, who) for who in sorted(files)]
    with Pool(2, course, books.SECRET, jailed=True, light=True) as pool:
        pool.skeletons = {LAB: intake.skeleton(LAB)}
        done = [each.marks for run in pool.results(jobs) for each in run]
        assert sorted(worker.light for worker in pool.workers) == [False, True]
    assert sorted(marks.student for marks in done) == sorted(files)
    assert {marks.points for marks in done} == {100.0}, [marks.problem for marks in done]

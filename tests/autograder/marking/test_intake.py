"""Is a submission taken in, whatever state it is in?"""

import copy
import json
import time

import nbformat
import pytest

from autograder.authoring.declaration import load
from autograder.marking import intake
from autograder.marking.marker import needed
from tests import cohort

LAB = "03_softmax"


@pytest.fixture(scope="module")
def released():
    return intake.skeleton(LAB)


@pytest.fixture
def nb():
    return cohort.notebook(LAB, cohort.right(LAB))


def rebuilt(released, nb):
    data = nb if isinstance(nb, bytes) else json.dumps(nb).encode()
    return intake.rebuild(released, intake.read(data, "03_softmax.ipynb"))


def own(submission):
    return [cell.source for cell in submission.cells if cell.kind == "own"]


def test_a_submission_as_it_should_be_has_no_notes(released, nb):
    """Are the answers taken over, and all else from the release?"""
    submission = rebuilt(released, nb)
    assert submission.notes == []
    assert [c.id for c in submission.cells] == [c.id for c in released.cells]
    for ex in load(LAB).exercises:
        assert submission.answer(ex.name) == ex.source()


def test_taking_in_twice_changes_nothing(released, nb):
    """Does a rebuilt notebook stay as it is? nbgrader's own run takes it in twice."""
    nb["cells"].insert(5, cohort.code("helper = 1"))
    once = intake.to_notebook(rebuilt(released, nb), released)
    again = intake.to_notebook(rebuilt(released, once), released)
    assert [c["source"] for c in once["cells"]] == [c["source"] for c in again["cells"]]
    nbformat.validate(nbformat.from_dict(once))


def test_a_changed_test_cell_is_put_back(released, nb):
    """Does a learner's marked cell never count?"""
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "20"
    marked = [c for c in rebuilt(released, nb).cells if c.kind == "marked"]
    assert len(marked) == len(load(LAB).exercises)
    assert all("from autograder import mark" in cell.source for cell in marked)


def test_own_cells_stay_in_place_and_run(released, nb):
    """Is a helper between two cells still between them?"""
    where = cohort.place(nb, "one_hot")
    nb["cells"].insert(where, cohort.code("helper = 1"))
    submission = rebuilt(released, nb)
    names = [cell.name or cell.source for cell in submission.cells]
    assert names.index("helper = 1") + 1 == names.index("one_hot_answer")
    assert own(submission) == ["helper = 1"]


def test_an_edited_setup_cell_runs_after_the_released_one(released, nb):
    """Does an import that a learner added to the first cell hold?"""
    first = next(c for c in nb["cells"] if c["cell_type"] == "code")
    first["source"] += "\nimport math"
    cells = [cell.source for cell in rebuilt(released, nb).cells]
    assert cells.index(first["source"]) == cells.index(first["source"][:-12]) + 1


def test_demo_cells_never_run(released, nb):
    """Is a figure cell left out, as released, edited, or copied?"""
    demos = [c for c in nb["cells"] if "demo" in c["metadata"].get("tags", [])]
    assert demos
    demos[0]["source"] = "raise SystemExit"
    copied = copy.deepcopy(demos[0])
    copied.pop("id")
    nb["cells"].append(copied)
    assert not any("SystemExit" in cell.source for cell in rebuilt(released, nb).cells if cell.runs)


def test_cells_without_their_ids_are_recognised_by_their_text(released, nb):
    """Does an editor that gives every cell a new id do no harm?"""
    for number, cell in enumerate(nb["cells"]):
        cell["id"] = f"new-{number}"
    nb["nbformat_minor"] = 4
    submission = rebuilt(released, nb)
    assert own(submission) == []
    assert submission.notes == []


def test_a_missing_answer_is_named(released, nb):
    """Does the note say which cell, and what to do?"""
    del nb["cells"][cohort.place(nb, "one_hot")]
    submission = rebuilt(released, nb)
    assert submission.missing == {"one_hot_answer"}
    assert submission.answer("one_hot") == ""
    (note,) = submission.notes
    assert "'one_hot_answer' is missing" in note
    assert "submit" in note


def test_an_answer_above_its_untouched_cell_counts(released, nb):
    """Is what was released left out where the answer stands in a cell of the learner's own?"""
    where = cohort.place(nb, "softmax")
    answer = nb["cells"][where]["source"]
    nb["cells"][where]["source"] = next(
        c for c in released.cells if c.name == "softmax_answer"
    ).source
    nb["cells"].insert(where, cohort.code(answer))
    submission = rebuilt(released, nb)
    sources = [cell.source for cell in needed(submission) if "def softmax(" in cell.source]
    assert sources == [answer]
    (note,) = submission.notes
    assert "'softmax_answer' is as it was released: what a cell of your own defines" in note


def test_of_two_copies_the_last_with_something_in_it_counts(released, nb):
    """Is an answer not lost to an untouched copy of its cell, before or after it?"""
    where = cohort.place(nb, "softmax")
    stub = next(c.source for c in released.cells if c.name == "softmax_answer")
    for place in (where, where + 1):
        both = copy.deepcopy(nb)
        both["cells"].insert(place, copy.deepcopy(nb["cells"][where]) | {"source": stub})
        submission = rebuilt(released, both)
        assert submission.answer("softmax") == load(LAB).find("softmax").source()
        assert own(submission) == []
        assert "2 times" in submission.notes[0]


def test_a_renamed_answer_cell_runs_as_an_own_cell(released, nb):
    """Is what a cell with an unknown id defines still defined?"""
    cell = nb["cells"][cohort.place(nb, "softmax")]
    cell["metadata"]["nbgrader"]["grade_id"] = "softmax_answr"
    submission = rebuilt(released, nb)
    assert own(submission) == [load(LAB).find("softmax").source()]
    assert any("'softmax_answr' is not part of this lab" in note for note in submission.notes)


def test_an_answer_made_text_is_read_as_code(released, nb):
    """Does pressing M on an answer cell cost nothing?"""
    cell = nb["cells"][cohort.place(nb, "softmax")]
    cell["cell_type"] = "markdown"
    submission = rebuilt(released, nb)
    answer = next(c for c in submission.cells if c.name == "softmax_answer")
    assert answer.cell_type == "code"
    assert answer.runs
    assert "text cell" in submission.notes[0]


def test_a_notebook_of_format_3_is_read(released, nb):
    """Is a notebook that an old editor wrote taken in?"""
    old = nbformat.convert(nbformat.from_dict(nb), 3)
    text = nbformat.v3.writes_json(old)
    assert rebuilt(released, text.encode()).answer("softmax")


def test_another_labs_notebook_is_named_as_such(released):
    """Is the learner told that this is no notebook of the lab?"""
    other = {"cells": [cohort.code("1")], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    submission = rebuilt(released, other)
    assert len(submission.missing) == len(load(LAB).exercises)
    assert "No answer cell of 03_softmax" in submission.notes[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "line 1, column 2"),
        (b"\xff\x00", "byte 1 is not text"),
        (b"[]", "no notebook"),
        (b'"text"', "no notebook"),
        (b"{}", "no notebook of format 4"),
        (b'{"nbformat": 4, "cells": 3}', "no list of cells"),
        (b'{"nbformat": 9, "worksheets": []}', "its format is 9"),
        (b"[" * 200_000, "nested"),
        (b'{"cells": [\n<<<<<<< HEAD\n]}', "merge conflict, the first in line 2"),
        (b"\n<!DOCTYPE html><html></html>", "a web page"),
        (b"PK\x03\x04" + bytes(30), "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"# %%\nimport numpy", "a Python script"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, said):
    """Does each kind of damage get words of its own, and a next step?"""
    with pytest.raises(intake.Unreadable) as caught:
        intake.read(data, "03_softmax.ipynb")
    assert said in str(caught.value)
    assert "03_softmax.ipynb" in str(caught.value)
    assert "submit" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_notebook_saved_as_utf_16_is_read(released, nb, encoding):
    """Does a text program that saves two bytes a character cost nothing, with a mark or without?"""
    data = json.dumps(nb).encode(encoding)
    assert intake.rebuild(released, intake.read(data)).answer("softmax")


HELPER = "def pick(P, y):\n    return P[np.arange(len(y)), y]"
USING = "def cross_entropy(P, y):\n    return -np.mean(np.log(pick(P, y)))"


def using_pick(nb):
    """Return a notebook whose answer uses `pick`, which has to be put somewhere."""
    nb["cells"][cohort.place(nb, "cross_entropy")]["source"] = USING
    return nb


def find(nb, wanted):
    """Return the first cell of which `wanted` is true."""
    return next(cell for cell in nb["cells"] if wanted(cell))


def in_figure(nb):
    cell = find(nb, lambda c: "demo" in c["metadata"].get("tags", []))
    cell["source"] = f"%matplotlib inline\n{HELPER}\n\n{cell['source']}"


def in_split_figure(nb):
    cell = copy.deepcopy(find(nb, lambda c: "demo" in c["metadata"].get("tags", [])))
    cell["id"], cell["source"] = "split-off", HELPER
    nb["cells"].insert(2, cell)


def in_check(nb):
    cell = find(nb, lambda c: c["metadata"].get("nbgrader", {}).get("grade_id") == "softmax")
    cell["source"] = f"{cell['source']}\n\n{HELPER}"


def in_text_made_code(nb):
    cell = find(nb, lambda c: c["cell_type"] == "markdown")
    cell.update(cell_type="code", source=HELPER, outputs=[], execution_count=None)


def in_code_made_text(nb):
    nb["cells"].insert(2, {"cell_type": "markdown", "metadata": {}, "source": HELPER})


def in_raw(nb):
    nb["cells"].insert(2, {"cell_type": "raw", "metadata": {}, "source": HELPER})


@pytest.mark.parametrize(
    "hide", [in_figure, in_split_figure, in_check, in_text_made_code, in_code_made_text, in_raw]
)
def test_code_that_is_used_runs_wherever_it_was_written(released, nb, hide):
    """Is a helper kept that stands where code is not run, and does a note say where it stood?"""
    hide(using_pick(nb))
    submission = rebuilt(released, nb)
    assert [source for source in own(submission) if "def pick" in source]
    assert "show" not in "".join(own(submission))
    if hide is not in_text_made_code:
        assert any("pick" in note and "code cell of its own" in note for note in submission.notes)
    once = intake.to_notebook(submission, released)
    again = intake.to_notebook(rebuilt(released, once), released)
    assert [c["source"] for c in once["cells"]] == [c["source"] for c in again["cells"]]


def test_code_in_a_text_that_cannot_be_read_is_named(released, nb):
    """Is what does not run, and seems to define what is used, told?"""
    using_pick(nb)
    text = f"My helper is this one:\n{HELPER}"
    nb["cells"].insert(2, {"cell_type": "markdown", "metadata": {}, "source": text})
    submission = rebuilt(released, nb)
    assert own(submission) == []
    assert any("did not run" in note and "pick" in note for note in submission.notes)


def test_play_in_a_figure_cell_is_no_answer(released, nb):
    """Is what nothing uses, however long it takes, left alone without a word?"""
    cell = find(nb, lambda c: "demo" in c["metadata"].get("tags", []))
    cell["source"] += "\nresult = train_for_hours()"
    submission = rebuilt(released, nb)
    assert own(submission) == []
    assert submission.notes == []


def doubled(nb, change):
    """Return a notebook that holds itself twice, the second copy changed."""
    second = copy.deepcopy(nb["cells"])
    for cell in second:
        change(cell)
    return nb | {"cells": nb["cells"] + second}


def test_a_notebook_that_is_there_twice_counts_once(released, nb):
    """Are copies left out that say nothing new, whatever their line ends?"""
    stubs = {cell.name: cell.source for cell in released.cells}

    def blank(cell):
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = stubs.get(name, cell["source"]).replace("\n", "\r\n")

    for change in (dict, blank):
        submission = rebuilt(released, doubled(copy.deepcopy(nb), change))
        assert own(submission) == []
        for ex in load(LAB).exercises:
            assert submission.answer(ex.name) == ex.source()
        assert "more than once" in submission.notes[0]


def test_of_two_notebooks_in_one_the_newest_answer_counts(released, nb):
    """Does the time of the last run tell which of two filled copies counts?"""

    def ran(cell, when):
        cell["metadata"]["execution"] = {"iopub.execute_input": when}

    for cell in nb["cells"]:
        ran(cell, "2026-03-02T09:00:00Z")

    def older(cell):
        ran(cell, "2026-03-01T09:00:00Z")
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "softmax_answer":
            cell["source"] = "def softmax(z):\n    return z"

    submission = rebuilt(released, doubled(nb, older))
    assert submission.answer("softmax") == load(LAB).find("softmax").source()
    assert own(submission) == []


def test_strange_cells_are_taken_in(released, nb):
    """Does no shape of a cell break the intake?"""
    answer = nb["cells"][cohort.place(nb, "softmax")]
    nb["cells"] += [
        None, 3, {}, {"source": 7}, {"metadata": []}, {"cell_type": "raw", "source": "x"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {"tags": "demo"}},
        {"id": [], "metadata": {"nbgrader": "no"}}, {"metadata": {"nbgrader": {"grade_id": 5}}},
    ]  # fmt: skip
    submission = rebuilt(released, nb)
    assert submission.answer("softmax") == answer["source"]
    assert "a = 1\nb = 2" in own(submission)
    nbformat.validate(nbformat.from_dict(intake.to_notebook(submission, released)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"cells": [' + b"{}," * 80_000 + b"{}]}", "80,001 cells"),
        (b'{"nbformat": 3, "worksheets": [{"cells": [' + b"{}," * 80_000 + b"{}]}]}", "80,001"),
        (b'{"cells": [' + b"[]," * 3_000_000 + b"0]}", "holds too much"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "no notebook of format 4"),
        (b'{"nbformat": "\\u001b[2J\\nforged"}', "its format is \\x1b[2J\\nforged"),
    ],
    ids=["cells", "cells of format 3", "entries", "digits", "a forged line"],
)
def test_a_flood_is_refused_before_it_costs(data, said):
    """Is what no learner can have written refused within two seconds of processor time?"""
    started = time.process_time()
    with pytest.raises(intake.Unreadable) as told:
        intake.read(data)
    assert said in str(told.value)
    assert time.process_time() - started < 2


def flood(kind):
    """Return the cells of a notebook that is too much of something."""
    if kind == "unknown ids":
        return [raw(f"x = {i}", f"unknown-{i}") for i in range(1990)]
    if kind == "copies":
        return [raw(f"x = {i}", "softmax_answer") for i in range(1990)]
    if kind == "a long cell":
        return [raw("#" * 5_000_000, "softmax_answer")]
    if kind == "long cells":
        return [raw("x" * 900_000) for _ in range(1990)]
    return [raw("\ud800", "softmax_answer")]


def raw(source, grade_id=""):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": metadata}


@pytest.mark.parametrize(
    "kind", ["unknown ids", "copies", "a long cell", "long cells", "half a character"]
)
def test_a_flood_of_cells_stays_within_bounds(kind):
    """Are notes, sources and time bounded, and is what is left text for every medium?"""
    cells, started = flood(kind), time.process_time()
    submission = intake.rebuild(intake.skeleton("03_softmax"), cells)
    assert time.process_time() - started < 2
    assert len(submission.notes) <= intake.MAX_NOTES + 1
    assert sum(len(cell.source) for cell in submission.cells) < 2 * intake.MAX_SOURCES
    json.dumps(intake.to_notebook(submission, intake.skeleton("03_softmax"))).encode()
    for cell in submission.cells:
        cell.source.encode()

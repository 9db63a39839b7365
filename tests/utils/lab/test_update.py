"""Does a learner's work come into a new release, all of it, and once?"""

import copy
import hashlib
import re

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from utils.lab import update
from utils.places import ROOT

LAB = "03_softmax"
RELEASE = nbformat.read(ROOT / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)
ANSWER = "def softmax(z):\n    return z  # mine"


def find(nb, name):
    """Return the cell with an nbgrader id."""
    return next(cell for cell in nb.cells if update.grade_id(cell) == name)


def prose(nb):
    """Return the places of the cells of text."""
    return [n for n, cell in enumerate(nb.cells) if cell.cell_type == "markdown"]


def seal(cell):
    """Give a cell the id or the checksum that a release of it would have."""
    if update.grade_id(cell):
        cell.metadata.nbgrader.checksum = compute_checksum(cell)
    else:
        cell.id = hashlib.sha256(f"{LAB}\0{cell.source}".encode()).hexdigest()[:12]


def older():
    """Return the lab as an earlier release: a text, a stub and an exercise were other ones."""
    nb = copy.deepcopy(RELEASE)
    text = nb.cells[prose(nb)[2]]
    text.source = "An earlier text."
    seal(text)
    stub = find(nb, "softmax_answer")
    stub.source = stub.source.replace("softmax(z)", "softmax(z, axis)", 1)
    seal(stub)
    gone = copy.deepcopy(find(nb, "one_hot_answer"))
    gone.metadata.nbgrader.grade_id = gone.id = "hot_one_answer"
    seal(gone)
    nb.cells.insert(4, gone)
    nb.cells.remove(find(nb, "cross_entropy_answer"))
    return nb


def own(source, kind="code"):
    """Return a cell that a learner has added."""
    return getattr(nbformat.v4, f"new_{kind}_cell")(source)


@pytest.fixture
def mine(tmp_path):
    """Write a learner's copy of the lab; return a function that reads it back after an update."""
    path = tmp_path / f"{LAB}.ipynb"

    def updated(nb):
        nbformat.write(nb, path)
        said = update.update(path)
        return nbformat.read(path, as_version=4), "\n".join(said)

    updated.path = path
    return updated


def test_every_released_cell_says_that_nobody_has_written_in_it():
    """Is each cell of each lab recognised as released, and none that was changed?"""
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        if re.search("-kept-", path.name):
            continue
        for cell in nbformat.read(path, as_version=4).cells:
            assert update.as_released(path.parent.name, cell), f"{path.name}: {cell.source[:60]}"
            changed = copy.deepcopy(cell)
            changed.source += " "
            assert not update.as_released(path.parent.name, changed)


def test_an_untouched_copy_becomes_the_new_release(mine):
    """Is nothing left of an earlier release in which nobody has written?"""
    merged, said = mine(older())
    assert update._content(merged) == update._content(RELEASE)
    assert "with 0 answers and 0 cells of your own" in said
    assert "cross_entropy is a new exercise" in said


def test_answers_go_to_their_exercises(mine):
    """Does the new release hold the answer in its exercise, and is it told what changed?"""
    nb = older()
    find(nb, "softmax_answer").source = ANSWER
    merged, said = mine(nb)
    assert find(merged, "softmax_answer").source == ANSWER
    assert [update.grade_id(c) for c in merged.cells] == [update.grade_id(c) for c in RELEASE.cells]
    assert "with 1 answers" in said
    assert "softmax was released anew" in said


def test_other_arguments_are_told(mine):
    """Is a learner told that a function they wrote takes something else now?"""
    nb = older()
    answer = find(nb, "softmax_answer")
    answer.source = ANSWER.replace("(z)", "(z, axis)")
    _, said = mine(nb)
    assert "softmax takes (z) now, yours takes (z, axis)." in said


@pytest.mark.parametrize("nb", [RELEASE, older()], ids=["same release", "earlier release"])
def test_twice_changes_nothing(mine, nb):
    """Is a second update without effect, with answers, own cells and changed ones in it?"""
    nb = copy.deepcopy(nb)
    find(nb, "softmax_answer").source = ANSWER
    nb.cells.insert(3, own("a = 1"))
    nb.cells.insert(3, own("a = 1"))
    nb.cells[prose(nb)[4]].source += "\nMy note."
    find(nb, "one_hot").source += "\nprint('mine')"
    nb.cells.append(own("the end", "markdown"))
    mine(nb)
    once = mine.path.read_bytes()
    assert update.update(mine.path) == [f"{LAB}.ipynb is up to date: nothing was changed."]
    assert mine.path.read_bytes() == once
    assert len(list(mine.path.parent.glob("*-kept-*"))) == 1


def test_nothing_of_a_learners_is_lost(mine):
    """Is each cell that a learner wrote in, wherever that was, in the new notebook?"""
    nb = older()
    find(nb, "hot_one_answer").source = "def hot_one():\n    return 'gone'"
    find(nb, "one_hot").source += "\nprint('in a check')"
    nb.cells[prose(nb)[2]].source += "\nA note of mine."
    twin = copy.deepcopy(find(nb, "softmax_answer"))
    find(nb, "softmax_answer").source = ANSWER
    twin.source, twin.id = "def softmax(z):\n    return 'second try'", "twin"
    nb.cells.insert(nb.cells.index(find(nb, "softmax_answer")) + 1, twin)
    nb.cells.insert(2, own("mine = 'first'"))
    nb.cells.append(own("mine = 'last'"))
    merged, said = mine(nb)
    sources = [cell.source for cell in merged.cells]
    written = [
        *("def hot_one():\n    return 'gone'", "An earlier text.\nA note of mine.", ANSWER),
        *(twin.source, "mine = 'first'", "mine = 'last'"),
    ]
    assert all(sources.count(text) == 1 for text in written)
    assert any(text.endswith("print('in a check')") for text in sources)
    assert "hot_one is no exercise any more" in said
    names = [update.grade_id(cell) for cell in merged.cells if update.grade_id(cell)]
    assert sorted(names) == sorted(filter(None, map(update.grade_id, RELEASE.cells)))
    nbformat.validate(merged)


def test_own_cells_stay_below_what_they_stood_below(mine):
    """Is the neighbour above an own cell the same as before?"""
    nb = older()
    check = nb.cells.index(find(nb, "softmax"))
    nb.cells.insert(check + 1, own("softmax([1, 2])"))
    merged, _ = mine(nb)
    (here,) = [n for n, cell in enumerate(merged.cells) if cell.source == "softmax([1, 2])"]
    assert update.grade_id(merged.cells[here - 1]) == "softmax"


def test_the_file_as_it_was_is_kept(mine):
    """Is the earlier notebook beside the new one, byte for byte, under a name not handed in?"""
    nb = older()
    nbformat.write(nb, mine.path)
    before = mine.path.read_bytes()
    update.update(mine.path)
    assert (mine.path.parent / f"{LAB}-kept-1.ipynb").read_bytes() == before


def test_a_release_in_the_exchange_comes_first(mine, tmp_path, monkeypatch):
    """Is what the instructor has released what counts?"""
    folder = tmp_path / "exchange" / "neural-networks" / "outbound" / LAB
    folder.mkdir(parents=True)
    nbformat.write(older(), folder / f"{LAB}.ipynb")
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(tmp_path / "exchange"))
    merged, _ = mine(copy.deepcopy(RELEASE))
    assert find(merged, "hot_one_answer")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("notes.ipynb", "{}", "is named like no lab"),
        (f"{LAB}.ipynb", "{", "cannot be read as a notebook"),
        (f"{LAB}.ipynb", None, "Fetch the lab first"),
    ],
)
def test_what_cannot_be_updated_is_told(tmp_path, capsys, name, text, said):
    """Is the reason named, and the file left as it is?"""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    assert update.main([str(path)]) == 1
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == [name] * (text is not None)

"""A cell of a lab that meets a name which is not there: is the learner told what to run?"""

import os
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from utils.engine.absent import why_absent

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Start a kernel as `make lab` does; return what a cell's output says."""
    own = tmp_path_factory.mktemp("own")
    (own / "mine.py").write_text("mine = 1")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONSTARTUP": str(ROOT / "utils" / "lab" / "kernel.py"),
        "LABS_PYTHONSTARTUP": str(own / "mine.py"),
        "LABS_PROGRESS": str(own / "progress.json"),
        "IPYTHONDIR": str(own),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    environment.pop("NBGRADER_EXECUTION", None)
    manager, client = start_new_kernel(env=environment, kernel_name="python3")

    def run(source):
        said = []
        client.execute_interactive(source, output_hook=lambda m: said.append(m["content"]))
        shown = [c.get("text") or c.get("data", {}).get("text/plain", "") for c in said]
        told = [t for c, text in zip(said, shown, strict=True) for t in c.get("traceback", [text])]
        return " ".join("\n".join(told).split())

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_after_a_restart_a_check_says_what_to_run(kernel):
    """Is `NameError: check` one sentence, and any other error what it was?"""
    assert kernel('check("softmax", softmax)') == (
        "check is not known: after a restart Python has forgotten every cell. To go on, choose "
        "Run, Run All Above Selected Cell, then run this cell again."
    )
    assert "NameError" in kernel("print(nothing)")
    assert kernel("print(mine)") == "1"


def test_a_quiz_whose_cell_cannot_be_read_says_which_cell_to_mend(kernel):
    """Is the check below it answered in a sentence, with no older answer judged?"""
    kernel('from utils.checks import Check\ncheck = Check("01_training")')
    first = kernel('check("training_1", answer_training_1)')
    assert first.startswith("answer_training_1 is not there yet: the cell that sets it has not run")
    for before in ("", 'answer_training_1 = "c"'):
        kernel(before)
        kernel('answer_training_1 = "a')
        told = kernel('check("training_1", answer_training_1)')
        assert told.startswith("answer_training_1 is not set: its cell has a syntax error")
        assert "unterminated string" in told
        assert "Traceback" not in told
        assert told.endswith("then run this one again.")
    kernel('answer_training_1 = "a"')
    assert "1 of 1 visible checks pass" in kernel('check("training_1", answer_training_1)')


def test_a_name_that_is_there_nearly_is_named(kernel):
    """Is a misspelt definition told, where the right name stands for nothing?"""
    kernel('from utils.checks import Check\ncheck = Check("03_softmax")')
    kernel("def sofmax(z):\n    return z")
    told = kernel('check("softmax", softmax)')
    assert told.startswith("softmax is not there, but sofmax is. Is that the name you meant?")


def test_the_newest_cell_decides():
    """Is a syntax error that was mended, or was in another cell, no reason any more?"""
    broken, whole = "def f(:\n    pass", "def f():\n    pass"
    assert "syntax error" in why_absent("f", ["Check(1)", whole, broken])
    assert "has not run" in why_absent("f", ["Check(1)", broken, whole])
    assert "has not run" in why_absent("f", ["Check(1)", "g = f(", "x == f"])

"""What does a kernel send to the page for a check, beside the report?"""

import os

import pytest
from jupyter_client.manager import start_new_kernel

from utils.checks import notebook
from utils.checks.baked import BAKED


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Return a function that runs a cell in a kernel and returns what it shows, in order."""
    own = tmp_path_factory.mktemp("own")
    environment = os.environ | {
        "PYTHONPATH": str(BAKED.parents[1]),
        "LABS_PROGRESS": str(own / "progress.json"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    environment.pop("NBGRADER_EXECUTION", None)
    manager, client = start_new_kernel(env=environment, kernel_name="python3")

    def run(source):
        shown = []
        client.execute_interactive(
            source, output_hook=lambda m: shown.append((m["msg_type"], m["content"]))
        )
        return [each for each in shown if each[0] in ("error", "display_data", "stream")]

    run("import numpy as np\nfrom utils.checks import Check\ncheck = Check('02_activations')")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


CHECK = "check('slopes', sigmoid_slope, relu_slope)"


def test_buttons_come_below_the_report_with_their_text(kernel):
    """Is the error first, then the buttons, which read as text without widgets?"""
    kernel("def sigmoid_slope(z):\n    return z\ndef relu_slope(z):\n    return z")
    (first, error), (second, buttons) = kernel(CHECK)[:2]
    assert (first, error["ename"], second) == ("error", "CheckFailed", "display_data")
    assert notebook.VIEW in buttons["data"]
    assert 'check.hint("slopes")' in buttons["data"]["text/plain"]
    assert buttons["metadata"] == notebook.PASSING


def test_one_failure_has_one_set_of_buttons(kernel):
    """Is nothing left to show below the next cell?"""
    kernel("def sigmoid_slope(z):\n    return z")
    assert len(kernel(CHECK)) == 2
    assert kernel("1") == []


def test_a_pass_is_html_and_text(kernel):
    """Does a page without HTML read the same?"""
    kernel(
        "def sigmoid_slope(z):\n    a = (1 + np.tanh(np.asarray(z) / 2)) / 2\n"
        "    return a * (1 - a)\ndef relu_slope(z):\n    return (np.asarray(z) > 0) * 1.0"
    )
    ((kind, shown),) = kernel(CHECK)
    assert kind == "display_data"
    assert "visible checks pass; marking uses more." in shown["data"]["text/plain"]
    assert "1 of 11 exercises of this lab pass." in shown["data"]["text/html"]


def test_a_long_check_says_that_it_is_at_work(kernel):
    """Is there a word while it works, which in the end tells the time, before the report?"""
    kernel("import time\nfrom utils.checks import notebook\nnotebook.SOON = 0.2")
    kernel("def sigmoid_slope(z):\n    time.sleep(0.3)\n    return z")
    kind, shown = kernel(CHECK)[0]
    assert kind == "display_data"
    assert "is at work" in shown["data"]["text/plain"]

"""A JupyterLab of this repository, started as `make lab` starts it, and a Chromium to drive it."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import kernels
from tests.browser.driving import Lab, chromium, wait_until_it_answers

TOKEN = "browser-test"


def pytest_collection_modifyitems(items):
    """Mark everything in this folder as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Jupyter:
    """A running JupyterLab: its address, the copy of the repository it serves, its environment."""

    url: str
    root: Path
    env: dict[str, str]

    def python(self, *arguments: str) -> None:
        """Run Python in the copy of the repository."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def nbgrader(self, *arguments: str) -> None:
        """Run an nbgrader command of the instructor in the copy."""
        self.python("-m", "nbgrader", *arguments)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="package")
def jupyter(copy_of_repository, warm_kernels):
    """A JupyterLab on a copy of the repository; its home is empty but for the kernel `warm`."""
    root, env = copy_of_repository()
    kernels.install(Path(env["HOME"], ".local", "share", "jupyter"), warm_kernels, "warm")
    env["JUPYTER_PREFER_ENV_PATH"] = "0"  # a kernel in that home comes before the environment's
    log_file = Path(env["HOME"], "jupyter.log")
    port = free_port()
    command = [sys.executable, "-m", "utils.lab", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"]
    with log_file.open("w") as log:
        server = subprocess.Popen(
            command, cwd=root, env=env, stdout=log, stderr=log, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{url}/api", lambda: server.poll() is None, log_file, 60)
        yield Jupyter(url, root, env)
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # its kernels too
        server.wait(10)


@pytest.fixture(scope="package")
def browser():
    """Debian's Chromium, driven by Playwright."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def profile(browser, jupyter):
    """A browser profile that is signed in: its cache spares each page JupyterLab's compilation."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{jupyter.url}/login?token={TOKEN}", wait_until="domcontentloaded")
        page.close()
        yield context


@pytest.fixture
def page(profile, tmp_path):
    """A new page of that profile; a failing test leaves a picture."""
    page = profile.new_page()
    yield page
    page.screenshot(path=tmp_path / "last.png")
    page.close()


@pytest.fixture(scope="package")
def window(profile, jupyter):
    """A page that tests drive JupyterLab in, one after the other: see `Lab.show`."""
    page = profile.new_page()
    yield Lab(page, jupyter.url)
    page.close()


@pytest.fixture
def lab(window, tmp_path):
    """A learner's JupyterLab in its page, `lab.page`; a failing test leaves a picture."""
    yield window
    window.page.screenshot(path=tmp_path / "lab.png")

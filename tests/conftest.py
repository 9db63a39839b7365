"""What all tests share: no user configuration is read, and missing system parts are named."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOME = tempfile.TemporaryDirectory(prefix="labs-home-")


def pytest_configure(config):
    """Point Jupyter and IPython, here and in subprocesses, at an empty folder."""
    for variable in ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]:
        folder = Path(HOME.name, variable.lower())
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ[variable] = str(folder)


def pytest_unconfigure(config):
    """Remove that folder."""
    HOME.cleanup()


@cache
def missing(part: str) -> str:
    """Say what a marker's system part lacks here; empty if it is there and works."""
    if part == "browser":
        return "" if shutil.which("chromium") else "Chromium (apt-get install chromium)"
    if sys.platform != "linux" or not shutil.which("bwrap"):
        return "bubblewrap (apt-get install bubblewrap)"
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--cap-add", "CAP_SYS_ADMIN", "true"]
    done = subprocess.run(probe, capture_output=True, text=True)
    return f"working user namespaces ({done.stderr.strip()})" if done.returncode else ""


def pytest_runtest_setup(item):
    """Skip a test whose system part is missing; in continuous integration that is a failure."""
    for part in ["browser", "jail"]:
        lack = missing(part) if item.get_closest_marker(part) else ""
        if lack and os.environ.get("CI"):
            pytest.fail(f"needs {lack}", pytrace=False)
        if lack:
            pytest.skip(f"needs {lack}")


@pytest.fixture(scope="session")
def copy_of_repository(tmp_path_factory):
    """Return a function that makes a copy as a clone would be, and the environment to use it in."""

    def copy():
        root = tmp_path_factory.mktemp("clone") / "labs"
        home = tmp_path_factory.mktemp("home")
        ignored = shutil.ignore_patterns(".*", "__pycache__")
        out = {"course", "dist"}  # at the top: what a clone would not have

        def ignore(folder, names):
            return ignored(folder, names) | (out if Path(folder) == ROOT else set())

        shutil.copytree(ROOT, root, ignore=ignore)
        env = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
        return root, env | {"HOME": str(home), "PYTHONPATH": str(root)}

    return copy

"""What all tests share: no user configuration is read, and missing system parts are named."""

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from autograder.jail import sandbox
from tests import kernels
from tests.cohort.lending import lent

ROOT = Path(__file__).resolve().parents[1]
HOME = tempfile.mkdtemp(prefix="labs-home-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# The workers share the processors: more threads of small products only get in each other's way.
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
)  # fmt: skip
LONGEST = ("browser", "hostile/test_class", "deploy/test_hub")  # of the groups, see `group`


def pytest_configure(config):
    """Point Jupyter and IPython, here and in subprocesses, at an empty folder; one thread each.

    Bytecode is kept, as it is by default: without, each worker and each of hundreds of processes
    compiles this repository again, for a second or more.
    """
    os.environ |= dict.fromkeys(THREADS, "1")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    for variable in ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]:
        folder = Path(HOME, variable.lower())
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ[variable] = str(folder)


def pytest_collection_modifyitems(items):
    """Begin with the groups that take long: with those that one worker is at for minutes."""
    slow = {group(item.nodeid) for item in items if item.get_closest_marker("slow")}

    def order(item):
        name = group(item.nodeid)
        return (name not in slow, LONGEST.index(name) if name in LONGEST else len(LONGEST))

    items.sort(key=order)


class ByGroup(LoadScopeScheduling):
    """Gives the tests of a group to one worker, told by their names: marks do not reach xdist."""

    def _split_scope(self, nodeid):
        return group(nodeid)


def pytest_xdist_make_scheduler(config, log):
    """Keep together, on one worker, what shares something dear."""
    return ByGroup(config, log)


def group(nodeid):
    """Name what a test shares its worker with: its file; of the labs, its exercise or its lab.

    The tests of one exercise of one lab look at the same marks; each notebook runs by itself.
    """
    file, _, test = nodeid.removeprefix("tests/").partition(".py::")
    name, _, params = test.partition("[")
    params = params.rstrip("]").split("-")
    if file.startswith("browser/"):  # one JupyterLab and one Chromium
        return "browser"
    if file == "labs/test_catalogue":
        return " ".join([file, *params[:2]])
    if file == "labs/test_marking":
        return f"{file} {params[0]}"
    if file == "labs/test_notebooks":
        return f"{file} {name} {params[0]}"
    return file


@cache
def missing(part: str) -> str:
    """Say what a marker's system part lacks here; empty if it is there and works."""
    if part == "hub":
        from tests.deploy import machine

        proxy = "" if machine.PROXY.exists() else "configurable-http-proxy (make test installs it)"
        return machine.missing() or proxy
    if part == "postgresql":
        from tests import postgres

        return "" if postgres.programs() else "PostgreSQL (apt-get install postgresql)"
    if part == "browser":
        return "" if shutil.which("chromium") else "Chromium (apt-get install chromium)"
    if sys.platform != "linux" or not shutil.which("bwrap"):
        return "bubblewrap (apt-get install bubblewrap)"
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--cap-add", "CAP_SYS_ADMIN", "true"]
    done = subprocess.run(probe, capture_output=True, text=True)
    return f"working user namespaces ({done.stderr.strip()})" if done.returncode else ""


def pytest_runtest_setup(item):
    """Skip a test whose system part is missing; in continuous integration that is a failure."""
    for part in ["browser", "jail", "hub", "postgresql"]:
        lack = missing(part) if item.get_closest_marker(part) else ""
        if lack and os.environ.get("CI"):
            pytest.fail(f"needs {lack}", pytrace=False)
        if lack:
            pytest.skip(f"needs {lack}")


@pytest.fixture(scope="session")
def template():
    """A template for all tests of marking, light or full: each starts when first asked for."""
    with contextlib.closing(sandbox.Template()) as template:
        yield template


@pytest.fixture
def here(template):
    """Let whoever marks in this process use the tests' template instead of a new one."""
    with lent(template):
        yield


@pytest.fixture(scope="session")
def warm_kernels():
    """Let the kernels of this process's notebooks start with their libraries imported."""
    folder = Path(HOME)
    with kernels.server(folder) as address, pytest.MonkeyPatch.context() as patch:
        kernels.install(folder / "jupyter", address)
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        yield address


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

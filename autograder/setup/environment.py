"""Make the environment of this repository: `.venv` from the locked requirements, and system parts.

    python autograder/setup/environment.py lab     what the labs and marking need
    python autograder/setup/environment.py dev     the same, and what checking and testing need

Runs on a bare Python, so it imports nothing but the standard library. What is there already is
left alone: an unchanged lock file installs nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"lab": "requirements.txt", "dev": "requirements-dev.txt"}
# What a goal needs from the system: command, Debian package, what is missing without it.
SYSTEM = {
    "lab": [("bwrap", "bubblewrap", "marking in a sandbox")],
    "dev": [
        ("bwrap", "bubblewrap", "the tests of the sandbox"),
        ("chromium", "chromium", "the browser tests"),
        ("npm", "npm", "the tests of the hub"),
        ("pg_ctlcluster", "postgresql", "the tests of the gradebook on a server"),
    ],
}
HUB = "deploy/jupyterhub"
PROXY_LOCK = f"{HUB}/package-lock.json"


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages where this user may; otherwise return False."""
    if not shutil.which("apt-get"):
        return False
    prefix = []
    if os.geteuid() != 0:
        if (
            not shutil.which("sudo")
            or subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL).returncode
        ):
            return False
        prefix = ["sudo", "-n"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    install = [*command, "install", "-y", "--no-install-recommends", *packages]
    print("Installing", " ".join(packages), "with apt-get", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.run(install, **quiet).returncode == 0:
        return True
    subprocess.run([*command, "update"], **quiet)
    return subprocess.run(install, **quiet).returncode == 0


def system_parts(goal: str) -> None:
    """Install the goal's missing system parts, or print the command that would."""
    missing = [part for part in SYSTEM[goal] if not shutil.which(part[0])]
    if not missing:
        return
    packages = [package for _, package, _ in missing]
    if apt_install(packages):
        return
    for command, _, use in missing:
        print(f"{command} is not installed: {use} will not run.")
    if sys.platform == "linux":
        print(f"To install: sudo apt-get install {' '.join(packages)}")


def create_venv() -> None:
    """Create `.venv` with pip in it."""
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401  (Debian ships it in a package of its own)
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        if not apt_install([package]):
            sys.exit(f"Python's venv module is missing: sudo apt-get install {package}")
    print(f"Creating .venv with Python {sys.version.split()[0]}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def stamp(lock: str) -> Path:
    """Return the file that remembers which bytes of a lock file were installed."""
    return VENV / f".installed-{lock}"


def digest(lock: str) -> str:
    """Return what a lock file's stamp holds after it was installed."""
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def is_installed(lock: str) -> bool:
    """Tell whether a lock file was installed as it is now."""
    return stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def install(lock: str) -> None:
    """Install a lock file, and let `utils` and `autograder` be imported.

    What development needs includes what the labs need, so either stamp will do for the labs.
    """
    if PYTHON.exists() and any(map(is_installed, {lock, LOCKS["dev"]})):
        return
    create_venv()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements-uv.txt")], check=True)
    print(f"Installing {lock}", flush=True)
    # From a folder without pyproject.toml or uv.toml: the lock alone decides.
    subprocess.run(
        [str(PYTHON), "-m", "uv", "pip", "install", "--require-hashes", "--quiet"]
        + ["--python", str(PYTHON), "-r", str(ROOT / lock)],
        check=True,
        cwd=VENV,
    )
    purelib = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(purelib, "neural_network_labs.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    stamp(lock).write_text(digest(lock))


def proxy() -> None:
    """Install the hub's proxy, which only tests need here, as its lock file says."""
    folder = VENV / "proxy"
    done = folder / ".installed"
    npm = shutil.which("npm")
    if not npm or (done.exists() and done.read_text() == digest(PROXY_LOCK)):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / HUB / name, folder)
    command = [npm, "ci", "--silent", "--prefix", str(folder)]
    if subprocess.run(command).returncode:
        print("configurable-http-proxy is not installed: the tests of the hub will not run.")
        return
    done.write_text(digest(PROXY_LOCK))


def label() -> str:
    """Name what is installed, for the record of what was compiled."""
    return " ".join(
        sorted(stamp(lock).read_text() for lock in LOCKS.values() if is_installed(lock))
    )


def compile_beside() -> None:
    """Have libraries compiled by a process of the lowest priority, which nobody waits for.

    A start that was killed in the middle, or an environment that may not be written, costs nothing:
    the next start tries again, and what is missing is compiled in memory as it is imported.
    """
    record = VENV / ".compiled"
    if not os.access(VENV, os.W_OK) or (record.exists() and f'"{label()}"' in record.read_text()):
        return
    subprocess.Popen(
        [str(PYTHON), "-s", str(ROOT / "autograder" / "setup" / "bytecode.py"), label()],
        cwd=VENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def main() -> None:
    """Bring the environment up to the goal named on the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is run by whatever Python there is)
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    goal = sys.argv[1] if len(sys.argv) > 1 else "lab"
    if goal not in LOCKS:
        sys.exit(f"usage: python {sys.argv[0]} lab|dev")
    install(LOCKS[goal])
    system_parts(goal)
    if goal == "dev":
        proxy()
    compile_beside()


if __name__ == "__main__":
    main()

"""Set up a hub for this course on this machine; run as root, in a checkout of the project.

    python deploy/jupyterhub/install.py

Makes, or brings up to date: an environment that learners and course share, with what labs import
and neither answers nor autograder in it; the proxy; the course's system account with a copy of this
project that nobody else can read; nbgrader's exchange; the hub's configuration. What the course has
gathered (gradebook, submissions, secret) stays. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import layout

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PARTS = [("bwrap", "bubblewrap"), ("node", "nodejs"), ("npm", "npm"), ("setpriv", "util-linux")]
LEFT = shutil.ignore_patterns(".*", "__pycache__", "node_modules")


def run(*command: object, **options: object) -> None:
    """Run a command; its failure ends the installation."""
    subprocess.run([str(part) for part in command], check=True, **options)


def system_parts(parts: list[tuple[str, str]]) -> None:
    """Install the programs that are missing, through apt."""
    missing = [package for program, package in parts if not shutil.which(program)]
    if missing and not shutil.which("apt-get"):
        sys.exit(f"install: please install {', '.join(missing)}, then run this again")
    if missing:
        run("apt-get", "-q", "update")
        run("apt-get", "-q", "install", "-y", "--no-install-recommends", *missing)
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
    if int(node.lstrip("v").partition(".")[0]) < 20:
        sys.exit(f"install: the proxy needs Node.js 20 or newer, this is {node.strip()}")


def environment() -> None:
    """Make the environment from the locked requirements of the labs and of the hub."""
    if not layout.PYTHON.exists():
        run(sys.executable, "-m", "venv", layout.ENVIRONMENT)
    pip = [layout.PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    locks = [ROOT / "requirements.txt", HERE / "requirements.txt"]
    run(*pip, "--require-hashes", "-r", ROOT / "requirements-uv.txt")
    run(
        *(layout.PYTHON, "-m", "uv", "pip", "install", "--quiet", "--require-hashes"),
        *("--python", layout.PYTHON, "-r", locks[0], "-r", locks[1]),
        cwd=layout.ENVIRONMENT,
    )


def proxy() -> None:
    """Install configurable-http-proxy as its lock file says."""
    folder = layout.PROGRAMS / "proxy"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    run("npm", "ci", "--silent", "--prefix", folder)


def wheel() -> None:
    """Put into the environment what labs import, as a wheel without answers and autograder."""
    with tempfile.TemporaryDirectory() as new:
        build = (layout.PYTHON, "-m", "autograder", "bundle", "--wheel", new)
        run(*build, cwd=ROOT, stdout=subprocess.DEVNULL)
        (built,) = Path(new).glob("*.whl")
        run(
            *(layout.PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"),
            *("--no-deps", "--no-index", "--force-reinstall", built),
        )


def account() -> pwd.struct_passwd:
    """Make the groups and the account of the course; return the account."""
    for group in (layout.LEARNERS, layout.INSTRUCTORS):
        run("groupadd", "--force", "--system", group)
    try:
        return pwd.getpwnam(layout.ACCOUNT)
    except KeyError:
        run(
            *("useradd", "--system", "--user-group", "--home-dir", layout.HOME),
            *("--no-create-home", "--shell", "/usr/sbin/nologin", layout.ACCOUNT),
        )
        return pwd.getpwnam(layout.ACCOUNT)


def folders(owner: pwd.struct_passwd) -> None:
    """Make the folders, each with the rights of those who use it.

    The exchange is what nbgrader asks for, and sticky: without that, a learner could put a folder
    of their own in the place of the course's. Nobody but the course can list what was handed in.
    """
    course = layout.EXCHANGE / layout.COURSE
    for folder, uid, mode in (
        (layout.PLACE, 0, 0o755),
        (layout.HUB, 0, 0o700),
        (layout.CONFIGURATION, 0, 0o755),
        (layout.HOME, owner.pw_uid, 0o700),
        (layout.EXCHANGE, owner.pw_uid, 0o1777),
        (course, owner.pw_uid, 0o755),
        (course / "outbound", owner.pw_uid, 0o755),
        (course / "inbound", owner.pw_uid, 0o3733),
        (course / "feedback", owner.pw_uid, 0o711),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, uid, owner.pw_gid if uid else 0)
        folder.chmod(mode)


def left(folder: str, names: list[str]) -> set[str]:
    """Return what is no part of the project: hidden, built, or of the checkout it is in."""
    return LEFT(folder, names) | ({"course", "dist"} if Path(folder) == ROOT else set())


def version() -> str:
    """Return a name of the project's files as they are here."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - left(folder, folders))
        for name in sorted(set(names) - left(folder, names)):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def checkout(owner: pwd.struct_passwd) -> None:
    """Copy this project into the course's home; an earlier copy is kept aside, its work moves."""
    new, old = layout.CHECKOUT.with_name("labs.new"), layout.CHECKOUT
    made_of = layout.HOME / ".project"
    if old.exists() and made_of.exists() and made_of.read_text() == version():
        return
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(ROOT, new, symlinks=True, ignore=left)
    run("chown", "-R", f"{owner.pw_uid}:{owner.pw_gid}", new)
    new.chmod(0o700)
    if old.exists():
        aside = old.with_name(time.strftime("labs-before-%Y%m%d-%H%M%S"))
        if (old / "course").exists():
            (old / "course").rename(new / "course")
        old.rename(aside)
        print(f"The course's earlier copy of the project is kept in {aside}")
    new.rename(old)
    made_of.write_text(version())


def configuration() -> None:
    """Copy the hub's configuration to where it is read; what a site has set stays."""
    for name in ("layout.py", "jupyterhub_config.py", "people.py"):
        shutil.copy(HERE / name, layout.CONFIGURATION)
    if not layout.SETTINGS.exists():
        shutil.copy(HERE / "hub.env", layout.SETTINGS)
    layout.SETTINGS.chmod(0o600)
    units = Path("/etc/systemd/system")
    if units.is_dir():
        shutil.copy(HERE / "neural-networks-hub.service", units)


def main() -> int:
    """Set everything up; return the exit status."""
    parser = argparse.ArgumentParser(description="Set up a hub for this course on this machine.")
    parser.add_argument(
        "--keep-programs", action="store_true",
        help="use the environment and the proxy that are there, and install but the labs' wheel",
    )  # fmt: skip
    parser.add_argument(
        "--only-programs", action="store_true",
        help="install the environment and the proxy, and make no account and no folder",
    )  # fmt: skip
    options = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        print("install: run this as root, on Linux", file=sys.stderr)
        return 2
    os.umask(0o022)
    if not options.keep_programs:
        system_parts(PARTS)
        environment()
        proxy()
    wheel()
    if options.only_programs:
        return 0
    owner = account()
    folders(owner)
    checkout(owner)
    configuration()
    print("Set up. Next, add people, and start the hub:")
    print(f"    {layout.PYTHON} {layout.CONFIGURATION}/people.py class.csv")
    print("    systemctl enable --now neural-networks-hub")
    return 0


if __name__ == "__main__":
    sys.exit(main())

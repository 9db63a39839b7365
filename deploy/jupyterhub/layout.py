"""Where a hub's parts are on its machine, whom they belong to, and the settings of the site."""

from __future__ import annotations

import os
from pathlib import Path

COURSE = "neural-networks"  # nbgrader's name of the course
ACCOUNT = "neural-networks"  # the system account that owns the course and marks
LEARNERS, INSTRUCTORS = "labs-learners", "labs-instructors"  # system groups

PROGRAMS = Path("/opt/neural-network-labs")  # for everybody to read: environment, proxy
ENVIRONMENT = PROGRAMS / "env"
PYTHON = ENVIRONMENT / "bin" / "python"
PROXY = PROGRAMS / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"

PLACE = Path("/srv/neural-network-labs")
EXCHANGE = PLACE / "exchange"  # nbgrader's, shared with learners
HOME = PLACE / "course"  # the account's alone
CHECKOUT = HOME / "labs"  # this project, with answers, gradebook and secret
HUB = PLACE / "hub"  # root's alone: the hub's database and keys

CONFIGURATION = Path("/etc/neural-network-labs")
SETTINGS = CONFIGURATION / "hub.env"  # root's alone: NAME=value lines


def settings() -> dict[str, str]:
    """Return the site's settings: those of the environment, then those of `hub.env`."""
    found: dict[str, str] = {}
    if SETTINGS.exists():
        for line in SETTINGS.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.lstrip().startswith("#"):
                found[name.strip()] = value.strip()
    return found | os.environ


def course_environment() -> dict[str, str]:
    """Return what a program of the course account finds in its environment."""
    passed = ("COURSE_DB_URL", "NEURAL_LABS_SECRET", "LANG")
    return {
        "HOME": str(HOME),
        "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(CHECKOUT),
        "JUPYTER_CONFIG_PATH": f"{CHECKOUT}/autograder/setup/jupyter:{CHECKOUT}",
        "NBGRADER_EXCHANGE": str(EXCHANGE),
        "PYTHONSTARTUP": str(CHECKOUT / "utils" / "lab" / "kernel.py"),  # of kernels
        **{name: value for name, value in settings().items() if name in passed},
    }


def learners_environment() -> dict[str, str]:
    """Return what a learner's programs find in their environment."""
    (utils,) = ENVIRONMENT.glob("lib/python*/site-packages/utils")
    return {
        "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
        "JUPYTER_CONFIG_PATH": str(utils / "lab" / "learner"),
        "NBGRADER_EXCHANGE": str(EXCHANGE),
        "PYTHONSTARTUP": str(utils / "lab" / "kernel.py"),
    }

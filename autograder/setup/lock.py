"""Resolve the locked requirements from pyproject.toml.

    make lock                     keep the versions that still satisfy pyproject.toml
    make lock ARGS=--upgrade      take the newest versions that satisfy it

What a hub needs beside what labs need is a file of its own: both are installed there.

The files hold versions and hashes for every platform and Python, no index address and no path.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
COMPILE += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
COMPILE += ["--no-annotate", "--no-header"]


def compile_lock(output: str, *arguments: str, text: str | None = None) -> None:
    """Write one lock file; `arguments` name what it is compiled from, `text` is standard input."""
    command = [*COMPILE, *arguments, *sys.argv[1:], "-o", output]
    subprocess.run(command, check=True, cwd=ROOT, input=text, text=True)


if __name__ == "__main__":
    compile_lock("requirements-uv.txt", "-", text="uv")
    compile_lock("requirements.txt", "pyproject.toml")
    dev = ["--extra", "dev", "-c", "requirements.txt"]
    compile_lock("requirements-dev.txt", "pyproject.toml", *dev)
    learners = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    hub = ["--extra", "hub", "--extra", "postgresql", "-c", "requirements-dev.txt"]
    for name in sorted(set(re.findall(r"^([\w.-]+)==", learners, re.MULTILINE))):
        hub += ["--no-emit-package", name]
    compile_lock("deploy/jupyterhub/requirements.txt", "pyproject.toml", *hub)

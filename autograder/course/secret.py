"""The course secret, from which hidden inputs are drawn: made on first use, never in git.

`NEURAL_LABS_SECRET` in the environment replaces it, so that two machines can mark alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from autograder.course.folders import BookError

VARIABLE = "NEURAL_LABS_SECRET"
FILE = ".secret"


def course_secret(course: Path, new: bool = False) -> bytes:
    """Return the secret of the course folder `course`; one that is missing is made.

    The file can be read by its owner alone. Raises `OSError` where it can be neither read nor made,
    and `BookError` where it is lost: something was marked with it. `new` makes another then.
    """
    if named := os.environb.get(VARIABLE.encode()) if os.supports_bytes_environ else None:
        return named
    path = course / FILE
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes().strip()
    if not new and any(course.glob("marks/*/*.json")):
        raise BookError(
            f"the course secret, {path}, is gone. The hidden inputs of all that is marked were "
            "drawn from it; with another one all work is asked other questions, and some scores "
            f"would change. Put it back from a backup, or set {VARIABLE} to what it held. Where "
            "it is lost for good, `python -m autograder grade --new-secret` makes another one and "
            "marks everything again"
        )
    course.mkdir(parents=True, exist_ok=True)
    # A link is made in one step, so that of two who make a secret at once both use the same.
    own = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode() + b"\n")
    try:
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink()
    return path.read_bytes().strip()


def identity(secret: bytes) -> str:
    """Return a short name of a secret that does not tell it."""
    return hashlib.sha256(b"identity\0" + secret).hexdigest()[:16]

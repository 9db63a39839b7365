"""Learners' side of an exchange: submissions come in as nbgrader writes them."""

import datetime
import itertools
import os
import secrets

from nbgrader.utils import notebook_hash

LAB = "03_softmax"
_numbers = itertools.count()


def folders(root):
    """Make the exchange of a course below `root`; return its own folder."""
    place = root / "neural-networks"
    for name in ("inbound", "feedback", "outbound"):
        (place / name).mkdir(parents=True)
    return place


def submit(place, student, data, lab=LAB):
    """Hand a notebook in; return where its page of feedback will be."""
    now = datetime.datetime.now(datetime.UTC)
    stamp = f"{now:%Y-%m-%d %H:%M:%S.%f} UTC"
    secret = secrets.token_hex(64)
    folder = place / "inbound" / f"{student}+{lab}+{stamp}+{next(_numbers):012d}"
    folder.mkdir()
    (folder / f"{lab}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text(stamp)
    (folder / "submission_secret.txt").write_text(secret)
    os.chmod(folder, 0o777)
    return place / "feedback" / f"{notebook_hash(secret=secret, notebook_id=lab)}.html"

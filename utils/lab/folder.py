"""The folder that JupyterLab shows to a learner."""

from __future__ import annotations

import shutil
from pathlib import Path

from utils import places

LEARNER = Path(__file__).parent / "learner"  # their Jupyter configuration


def prepare() -> Path:
    """Return the folder: the one above `utils`, with the labs beside it.

    Where `utils` is an installed package, it is the one of the labs that are fetched; it is made,
    with the start page in it. What is there already is left as it is.
    """
    if not places.installed():
        return places.ROOT
    folder = places.work()
    folder.mkdir(parents=True, exist_ok=True)
    start = folder / places.START
    for source in (LEARNER / places.START, places.ROOT / "notebooks" / places.START):
        if source.is_file() and not start.exists():
            shutil.copyfile(source, start)
    return folder

"""nbgrader for the labs in this folder; `NBGRADER_EXCHANGE` names the course's exchange."""

import sys
from pathlib import Path

root = Path(__file__).resolve().parent
if str(root) not in sys.path:
    sys.path.insert(0, str(root))
load_subconfig(  # noqa: F821  (given by traitlets)
    "nbgrader_config.py", path=str(root / "utils" / "lab" / "learner")
)

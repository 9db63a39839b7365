"""nbgrader on the folders of this repository.

`source` and `release` are built from `solutions/`; `notebooks/`, in which people work, is none of
nbgrader's folders. Everything that belongs to one run of the course lives in the git-ignored folder
`course/`.

The exchange, through which labs are released, fetched, submitted and collected, is a plain folder.
Set NBGRADER_EXCHANGE to share one between accounts of a machine; it is then created by the
instructor's first `nbgrader release_assignment`. Set COURSE_DB_URL to keep the gradebook on a
PostgreSQL server.
"""

import contextlib
import os
import sys
import sysconfig
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import AssignLatePenalties, ClearSolutions, Execute, SaveCells

c = get_config()  # noqa: F821  (given by traitlets)

root = Path(__file__).resolve().parent
course = root / "course"
exchange = Path(os.environ.get("NBGRADER_EXCHANGE") or course / "exchange")
work = course / "work"  # where the Assignment List puts the labs it fetches
for folder in [course, work] + [exchange] * ("NBGRADER_EXCHANGE" not in os.environ):
    folder.mkdir(exist_ok=True)
if exchange.parent == course:
    exchange.chmod(0o777)  # what nbgrader asks of an exchange
# Submissions, gradebook and secret are closed to others on this machine, if not to a group.
with contextlib.suppress(PermissionError):
    course.chmod(course.stat().st_mode & 0o770)

# nbgrader creates its gradebook with the command `alembic`, which an environment that is not
# activated does not have on its path.
scripts = sysconfig.get_path("scripts")
if scripts not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")

c.CourseDirectory.course_id = "neural-networks"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "course/source"
c.CourseDirectory.release_directory = "course/release"
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.solution_directory = "course/solution"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "*-kept-*.ipynb",
    "*.left-out",
]

c.Exchange.root = str(exchange)
c.Exchange.cache = str(course / "cache")
c.Exchange.assignment_dir = str(work)

# Validate runs figures and live training too, on whatever machine the learner has.
c.Execute.timeout = 300

# Learners' code runs in the autograder's sandbox, and the scores are the autograder's.
if str(root) not in sys.path:
    sys.path.insert(0, str(root))
from autograder.authoring import declaration, release  # noqa: E402
from autograder.authoring.browsing import BrowseOn  # noqa: E402  (needs the path above)
from autograder.authoring.cells import NameRelease, RecordCells  # noqa: E402
from autograder.authoring.stubs import NameStubs  # noqa: E402
from autograder.course import database  # noqa: E402
from autograder.course.exchange import Collect, Feedback, Release, disarm, renew  # noqa: E402
from autograder.course.preprocessor import Intake, Late, Mark  # noqa: E402

c.CourseDirectory.db_url = database.named() or f"sqlite:///{course}/gradebook.db"

steps = GenerateAssignment.class_traits()["preprocessors"].default()
at = steps.index(ClearSolutions) + 1
steps[at:at] = [NameStubs, BrowseOn]
steps = [RecordCells if step is SaveCells else step for step in steps]
c.GenerateAssignment.preprocessors = [*steps, NameRelease]
c.GenerateAssignment.pre_convert_hook = renew
for lab in declaration.names():  # so that the first visit to the Formgrader shows the labs
    if not (course / "source" / lab).is_dir():
        with contextlib.suppress(release.SourceError, ValueError):  # `make release` tells of them
            release.renew_source(lab)
steps = Autograde.class_traits()["sanitize_preprocessors"].default()
c.Autograde.sanitize_preprocessors = [Intake, *steps]
c.Autograde.autograde_preprocessors = [
    {Execute: Mark, AssignLatePenalties: Late}.get(step, step)
    for step in Autograde.class_traits()["autograde_preprocessors"].default()
]

# What learners handed in is read as strangers' files: no links, no pipes, within a size.
c.ExchangeFactory.collect = Collect
c.ExchangeFactory.release_assignment = Release
c.ExchangeFactory.release_feedback = Feedback
c.Autograde.pre_convert_hook = disarm
c.Autograde.exporter_class = "autograder.course.exporter.Autograded"

# The page that `python -m autograder grade` writes, from the gradebook as it is now.
c.GenerateFeedback.exporter_class = "autograder.course.exporter.FeedbackPage"
c.GenerateFeedback.preprocessors = []
c.GenerateFeedback.force = True
c.ExportApp.plugin_class = "nbgrader.plugins.export.CsvExportPlugin"

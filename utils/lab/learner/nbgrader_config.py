"""nbgrader for a learner: fetch, validate, submit, read feedback. No course folder, no marking.

`NBGRADER_EXCHANGE` names the folder through which labs are handed out and in; `LABS_WORK` the
folder in which fetched labs are put.
"""

import os

from utils import places

c = get_config()  # noqa: F821  (given by traitlets)

work = places.work()
work.mkdir(parents=True, exist_ok=True)

c.CourseDirectory.course_id = "neural-networks"
c.CourseDirectory.root = str(work)
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*-kept-*.ipynb"
]  # fmt: skip
c.Exchange.assignment_dir = str(work)
c.ExchangeFactory.submit = "utils.lab.exchange.Submit"
if os.environ.get("NBGRADER_EXCHANGE"):
    c.Exchange.root = os.environ["NBGRADER_EXCHANGE"]

# Validate runs figures and live training too, on whatever machine the learner has.
c.Execute.timeout = 300

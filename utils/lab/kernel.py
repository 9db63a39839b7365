"""What each kernel of `make lab` runs first, as its PYTHONSTARTUP, in the learner's namespace."""

import os as _os

from utils.engine.absent import listen as _listen

_listen()
if _os.environ.get("LABS_PYTHONSTARTUP"):  # the user's own
    with open(_os.environ["LABS_PYTHONSTARTUP"], encoding="utf-8") as _file:
        exec(compile(_file.read(), _file.name, "exec"))

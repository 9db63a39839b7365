"""nbgrader's Formgrader with one page more: the desk, to collect, mark and publish whole labs.

A Jupyter server extension that stands in for nbgrader's own. The page shows what `python -m
autograder desk` says, and its buttons run the commands that an instructor types, one at a time.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader, PrefixLoader
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.base import BaseHandler, check_xsrf
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web

from autograder.authoring import declaration
from autograder.course.folders import write

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent / "templates"
MOST_SHOWN = 30_000  # characters of what a command said
# What a button runs, of a lab.
STEPS = {
    "collect": ("collect", "{lab}"),
    "rehearse": ("grade", "{lab}", "--dry-run"),
    "mark": ("grade", "{lab}"),
    "report": ("report", "{lab}", "--html"),
    "all": ("collect", "{lab}", "--all"),
}
# nbgrader's templates that have a list of pages at their side.
SIDES = ("gradebook_base.tpl", "manage_assignments.tpl", "manage_students_base.tpl",
         "manage_submissions.tpl")  # fmt: skip


class Run:
    """The command that runs, or ran last: what it was and what it said."""

    def __init__(self) -> None:
        self.command: tuple[str, ...] = ()
        self.said, self.status, self.process = "", None, None

    @property
    def busy(self) -> bool:
        """Whether it runs still."""
        return self.process is not None and self.status is None

    async def start(self, *command: str) -> None:
        """Begin a command."""
        self.command, self.said, self.status = command, "", None
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "autograder", *command, cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while data := await self.process.stdout.read(4096):
            self.said = (self.said + data.decode("utf-8", "replace"))[-MOST_SHOWN:]
        self.status = await self.process.wait()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"command": self.command, "said": self.said, "status": self.status,
                "busy": self.busy}  # fmt: skip


class Desk(BaseHandler):
    """The page."""

    @web.authenticated
    @check_xsrf
    def get(self) -> None:
        """Show it."""
        self.write(self.render("desk.tpl", base_url=self.base_url))


class Standing(BaseHandler):
    """How the labs stand, as JSON data: of a process of its own, so that the server goes on."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with it, or with why it cannot be told."""
        asked = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "autograder", "desk", "--json", cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, errors = await asked.communicate()
        if asked.returncode:
            self.finish({"problem": errors.decode("utf-8", "replace").strip()[-2000:]})
        else:
            self.finish(json.loads(out))


class Running(BaseHandler):
    """The command that runs: what it says so far; a button begins one."""

    @property
    def now(self) -> Run:
        """The one run of this server."""
        return self.settings.setdefault("autograder_run", Run())

    @web.authenticated
    def get(self) -> None:
        """Answer with it."""
        self.finish(self.now.to_dict())

    @web.authenticated
    async def post(self) -> None:
        """Begin a step of a lab, or of all labs where one takes them."""
        lab, step = self.get_argument("lab"), self.get_argument("step")
        known = {*declaration.names(), "all"} if step == "all" else set(declaration.names())
        if step not in STEPS or lab not in known:
            raise web.HTTPError(400, "no such step or lab")
        await self.begin(*(part.format(lab=lab) for part in STEPS[step]))

    async def begin(self, *command: str) -> None:
        """Begin a command, and answer with it, unless another one runs."""
        if self.now.busy:
            raise web.HTTPError(409, "another command is running")
        await self.now.start(*command)
        self.finish(self.now.to_dict())


class TakingOver(Running):
    """Files that Moodle or Canvas hand out: uploaded, or already on this machine."""

    @web.authenticated
    async def post(self) -> None:
        """Begin to collect them; what is uploaded is kept in `course/intake`."""
        lab, there = self.get_argument("lab"), self.get_argument("path", "").strip()
        if lab not in declaration.names():
            raise web.HTTPError(400, "no such lab")
        if self.now.busy:
            raise web.HTTPError(409, "another command is running")
        if uploaded := self.request.files.get("file"):
            folder = ROOT / "course" / "intake"
            folder.mkdir(parents=True, exist_ok=True)
            there = folder / f"{lab}.zip"
            write(there, uploaded[0]["body"], 0o600)
        elif not there:
            raise web.HTTPError(400, "no file was chosen")
        wishes = [f"--{wish}" for wish in ("times", "all") if self.get_argument(wish, "")]
        await self.begin("collect", lab, str(there), *wishes)


class Formgrader(FormgradeExtension):
    """nbgrader's extension with the desk at the side of its pages."""

    def init_tornado_settings(self, webapp: Any) -> None:
        """Let nbgrader's templates be found under `nbgrader/` too, and ours before them."""
        super().init_tornado_settings(webapp)
        environment = webapp.settings["nbgrader_jinja2_env"]
        theirs = environment.loader

        def themed(name: str) -> str | None:
            """Return nbgrader's frame of all pages with colours that follow the theme."""
            if name != "base.tpl":
                return None
            page, _, _ = theirs.get_source(environment, name)
            return page.replace("</head>", '{% include "theme.html" %}</head>', 1)

        own = [FileSystemLoader(TEMPLATES), FunctionLoader(_with_desk), FunctionLoader(themed)]
        environment.loader = ChoiceLoader([*own, theirs, PrefixLoader({"nbgrader": theirs})])

    def init_handlers(self, webapp: Any) -> None:
        """Add the desk before what nbgrader answers of any other page."""
        pages = (("", Desk), ("/standing", Standing), ("/run", Running), ("/take", TakingOver))
        base = webapp.settings["base_url"]
        own = [(url_path_join(base, f"/formgrader/desk{end}"), page) for end, page in pages]
        webapp.add_handlers(".*$", own)
        super().init_handlers(webapp)


def _with_desk(name: str) -> str | None:
    if name not in SIDES:
        return None
    return (
        '{% extends "nbgrader/' + name + '" %}{% block sidebar %}'
        '<li role="presentation"><a href="{{ base_url }}/formgrader/desk">Desk</a></li>'
        "{{ super() }}{% endblock %}"
    )


def _load_jupyter_server_extension(server: Any) -> None:
    """Load Formgrader with its desk, as nbgrader's own is loaded."""
    formgrader = Formgrader(parent=server)
    formgrader.root_dir = server.root_dir
    formgrader.log = server.log
    formgrader.initialize([])
    formgrader.init_tornado_settings(server.web_app)
    formgrader.init_handlers(server.web_app)

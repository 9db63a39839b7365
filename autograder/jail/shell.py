"""The IPython of a learner's process: what a cell may do in JupyterLab, it may do here.

Two things differ. A statement that fails does not stop the statements after it: there is nobody
to mend it and run the cell again. And what makes no sense while marking (installing, shell
commands, timing, windows, questions to the user) is skipped, with a line in the cell's output.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import getpass
import re
import sys
import warnings
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from IPython.utils.text import LSString, SList
from traitlets.config import Config

QUESTIONS = 20  # that `input` answers with nothing; then it raises, which ends a loop of questions
# Magics that mean something only where somebody works: backends, installing, timing, debugging.
LINES = {
    "matplotlib", "gui", "load_ext", "reload_ext", "unload_ext", "autoreload", "aimport", "config",
    "automagic", "colors", "pip", "conda", "mamba", "micromamba", "uv", "sx", "system", "timeit",
    "debug", "pdb", "prun", "lprun", "memit", "mprun", "pinfo", "pinfo2", "psearch", "psource",
    "pycat", "edit", "notebook", "connect_info", "qtconsole", "history", "recall", "rerun",
    "tensorboard", "tensorflow_version", "bg", "alias", "rehashx",
}  # fmt: skip
CELLS = {
    "timeit", "prun", "bash", "sh", "script", "cmd", "system", "sx", "!", "perl", "ruby", "pypy",
    "python", "python2", "python3",
}  # fmt: skip
# Those with a learner's code in them, whose errors are the learner's.
RUNNING = ("time", "run", "capture")
_LOOP = re.compile(r"\b(await|create_task|ensure_future|get_running_loop)\b")
# What IPython takes off a cell that Python could read: prompts, blanks at the top, lines of blanks.
_TAKEN_OFF = re.compile(r"\A\s|^[ \t]*(?:>>>|\.\.\.|In \[)|^[ \t]+$", re.MULTILINE)
_OWN_LOOP = re.compile(r"\basyncio\.run\(|run_until_complete")


class Shell(InteractiveShell):
    """An IPython shell that runs every statement of a cell and prints no tracebacks."""

    stop: tuple[type[BaseException], ...] = ()  # after which no more of a cell is run
    finished = 0  # statements of a cell, those that its magics run among them
    most: int | None = None  # after which a cell is stopped: the next one is known to be endless

    def should_run_async(self, raw_cell: str, *, transformed_cell: Any = None, **rest: Any) -> bool:
        """Run a cell inside an event loop where it mentions one, as in a notebook."""
        if not _LOOP.search(raw_cell):
            return False  # (looking closer takes time)
        return not _OWN_LOOP.search(raw_cell) or super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, **rest
        )

    def transform_cell(self, raw_cell: str) -> str:
        """Return a cell of Python alone as it is: to look for magics takes longer.

        What Python reads has none; reading it costs less than a third of that search.
        """
        if raw_cell and not _TAKEN_OFF.search(raw_cell):
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they come when it is compiled
                ast.parse(raw_cell)
                return raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"
        return super().transform_cell(raw_cell)

    async def run_ast_nodes(
        self,
        nodelist: list,
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> bool:
        """Run statements one by one; `result` names the first that failed."""
        first = None
        for node in nodelist:
            if self.finished == self.most:
                first = first or self.stop[0]("stopped where it was stopped before")
                break
            last = interactivity if node is nodelist[-1] else "none"
            await super().run_ast_nodes([node], cell_name, last, compiler, result)
            error = result.error_before_exec or result.error_in_exec
            result.error_before_exec = result.error_in_exec = None
            first = first or error
            if isinstance(error, self.stop):
                break
            self.finished += 1
        result.error_in_exec = first
        return first is not None

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Print nothing: the error of a cell is told in words."""

    showsyntaxerror = showtraceback

    # --- what is skipped --------------------------------------------------------------------------

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no window."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[None, str]:
        """Keep Matplotlib's Agg, which draws without a window."""
        return None, "Agg"

    def system(self, command: str) -> None:
        """Run no other program."""
        _skipped(f"!{command}")
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> SList | LSString:
        """Run no other program; return no output."""
        _skipped(f"!{command}")
        return SList([]) if split else LSString("")

    def ask_exit(self) -> None:
        """Stay."""

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic, unless it means nothing here or is not there."""
        if name in LINES:
            return _skipped(f"%{name} {line}")
        try:
            return super().run_line_magic(name, line, _stack_depth + 1)
        except Exception as error:
            if name in RUNNING:
                raise
            return _skipped(f"%{name} {line}", error)

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Run a cell magic; of those that only watch a cell, run the cell."""
        if name in CELLS:
            return _skipped(f"%%{name} {line}")
        if name == "time":
            return self._run_body(cell)
        if name == "capture":
            with capture_output() as captured:
                self._run_body(cell)
            if names := re.findall(r"(?<!\S)[^\W\d]\w*", line):
                self.user_ns[names[-1]] = captured
            return None
        try:
            return super().run_cell_magic(name, line, cell)
        except Exception as error:
            return _skipped(f"%%{name} {line}", error)

    def _run_body(self, cell: str) -> None:
        result = self.run_cell(cell, store_history=False)
        if error := result.error_before_exec or result.error_in_exec:
            raise error


def _skipped(what: str, why: object = "") -> None:
    reason = f" ({str(why)[:80]})" if str(why) else ""
    print(f"[skipped when marking: {what.strip()[:120]}{reason}]")


def make(scratch: str) -> Shell:
    """Return the shell, ready to be forked: no history, nothing written."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ipython_dir = scratch
    shell = Shell.instance(config=config)
    shell.run_cell("None", store_history=False)
    builtins.input = getpass.getpass = _Answering()
    sys.breakpointhook = lambda *_, **__: None
    sys.path.append("")  # what a cell wrote with %%writefile can be imported, and hides nothing
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot

        matplotlib.pyplot.switch_backend("Agg")
        matplotlib.rcParams["figure.max_open_warning"] = 0
        matplotlib.use = matplotlib.pyplot.switch_backend = lambda *_, **__: None
        matplotlib.pyplot.show = lambda *_, **__: None
    return shell


class _Answering:
    """Stands for `input`: answers with nothing, but not for ever."""

    def __init__(self) -> None:
        self.left = QUESTIONS

    def __call__(self, prompt: object = "", *_: object) -> str:
        self.left -= 1
        if self.left < 0:
            raise EOFError("nobody answers input() when marking")
        print(f'{prompt}[input() is "" when marking]')
        return ""


def tidy() -> None:
    """Close what a cell left open, as a notebook does after each cell."""
    if (pyplot := sys.modules.get("matplotlib.pyplot")) and pyplot.get_fignums():
        pyplot.close("all")

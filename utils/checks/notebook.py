"""What a notebook shows of a check beside its report: a pass in green, buttons below a failure.

Everything here reads as text where there are no buttons and no HTML.
"""

from __future__ import annotations

import contextlib
import contextvars
import html
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from utils.checks.asking import Verdict
from utils.checks.report import wrap
from utils.engine.judging import ENDLESS, UNWRITTEN

VIEW = "application/vnd.jupyter.widget-view+json"
SOON = 1.0  # seconds that a check may be silent
# An output with this metadata stands in the file as its text: buttons do nothing without a kernel.
PASSING = {"labs": "until saved"}


class Said:
    """A text, and the same as HTML."""

    def __init__(self, text: str, markup: str) -> None:
        self.text, self.markup = text, markup

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.markup


def shell() -> Any:
    """Return IPython's shell where this runs in one, else None."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def say(said: Said) -> None:
    """Show a text: as HTML in a notebook, printed elsewhere."""
    if shell() is None:
        print(said)
    else:
        from IPython.display import display

        display(said)


@contextlib.contextmanager
def patient(name: str) -> Iterator[None]:
    """Say that a check is at work where it takes longer than `SOON`, and in the end how long."""
    if shell() is None:
        yield
        return
    from IPython.display import DisplayHandle

    shown, start, said = DisplayHandle(), time.monotonic(), threading.Event()

    def tell(text: str, show: Callable) -> None:
        show(Said(wrap(text), card(code(text), GREY)))

    def soon() -> None:
        said.set()
        tell(f"`{name}` is at work: its check takes some seconds.", shown.display)

    timer = threading.Timer(SOON, contextvars.copy_context().run, (soon,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            tell(f"The check took {time.monotonic() - start:.1f} seconds.", shown.update)


def bar(done: int, total: int) -> str:
    """Draw progress so that it reads without colour: filled boxes, and the numbers in words."""
    boxes = min(total, 10)
    filled = boxes * done // total if total else 0
    return "\u25a0" * filled + "\u25a1" * (boxes - filled) + f" {done} of {total}"


def card(body: str, colour: str) -> str:
    """Return HTML with a line of a colour at its left; JupyterLab's fit light and dark pages."""
    return (
        f'<div role="status" style="border-left:4px solid {colour};padding:2px 12px;'
        f'line-height:1.5;max-width:48em">{body}</div>'
    )


GREEN, GREY = "var(--jp-success-color1, #2e7d32)", "var(--jp-border-color1, #9e9e9e)"


def code(text: str) -> str:
    """Return a text as HTML; what stands between backquotes is code."""
    parts = html.escape(text).split("`")
    marked = "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
    return marked.replace("\n", "<br>")


def passed(name: str, report: str, after: str, done: int, total: int) -> None:
    """Show that a check passes, how far the lab is, and what comes next."""
    text = f"{report}\n{bar(done, total)} exercises of this lab pass. {after}"
    body = (
        f'<b style="color:{GREEN}">\u2713 {html.escape(name)}</b>&ensp;{code(report)}<br>'
        f"{bar(done, total)} exercises of this lab pass. {code(after)}"
    )
    say(Said("\n".join(map(wrap, text.split("\n"))), card(body, GREEN)))


def offer(
    lab: str, name: str, told: Verdict, namespace: dict[str, Any], hint: Callable[[str], str]
) -> None:
    """Let buttons follow the report of a failing check, in a notebook: a hint, and "Show me".

    `hint` gives the next hint of an exercise.
    """
    ipython = shell()
    if not hasattr(ipython, "kernel"):
        return

    def after(*_: Any) -> None:
        ipython.events.unregister("post_run_cell", after)
        function = told.case.calls[told.finding.call].function
        figure = _figure(lab, told, {**ipython.user_ns, **namespace})
        _buttons(name, function, lambda: hint(name), figure)

    ipython.events.register("post_run_cell", after)  # below the error, which comes first


def _figure(lab: str, told: Verdict, namespace: dict[str, Any]) -> Callable | None:
    """Return what draws the failing input in a figure of the lab, None where none can show it."""
    from utils.figures import shown

    if told.finding.code in (*UNWRITTEN, *ENDLESS):
        return None
    call, outcome = (each[told.finding.call] for each in (told.case.calls, told.outcomes))
    expected = told.case.expect[told.finding.call] if told.case.expect else None
    asked = told.case.params if expected is None else expected
    more = outcome.args_after, told.case
    return shown.find(lab, call, asked, outcome.value, namespace, *more)


def _buttons(name: str, function: str, next_hint: Callable, figure: Callable | None) -> None:
    """Display the buttons of a failing check; `figure` draws its input for `function`."""
    import ipywidgets as widgets
    from IPython.display import display

    wide = widgets.Layout(width="auto")
    hint = widgets.Button(description="Hint", tooltip="One more hint, from a question", layout=wide)
    show = widgets.Button(description="Show me", tooltip="This input in a figure", layout=wide)
    hints = widgets.HTML()
    box = widgets.VBox([widgets.HBox([hint, show] if figure else [hint]), hints])
    told: list[str] = []

    def more(_: widgets.Button) -> None:
        told.append(next_hint())
        hints.value = card("<br>".join(map(code, told)), GREY)
        hint.description = "Next hint"
        hint.disabled = told[-1].startswith("That was")

    def draw(_: widgets.Button) -> None:
        show.disabled = True
        words = card(code(figure.says(function)), GREY)
        box.children = (*box.children, widgets.HTML(words), figure().widget)

    hint.on_click(more)
    show.on_click(draw)
    bundle = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": box.model_id}}
    bundle["text/plain"] = f'Stuck? check.hint("{name}") gives a hint, one more each time.'
    display(bundle, raw=True, metadata=PASSING)

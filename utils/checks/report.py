"""Write down a finding for a learner: what is wrong, for which input, and one next step."""

from __future__ import annotations

import textwrap

from utils.engine.calling import MOST_PRINTED, Call, Outcome
from utils.engine.judging import UNWRITTEN, Case, Finding, show
from utils.engine.recognise import Known

WIDTH = 78
HANG = " " * 10
HEADS = ("Wrong", "Input", "Expected", "Got", "Printed", "Next", "Note")
SHOWN_LINES = 8


def explain(
    case: Case, finding: Finding, wrong: Known | None = None, outcomes: list[Outcome] | None = None
) -> list[str]:
    """Write a finding as lines: what is wrong, for which input, expected, got, one next step.

    With `outcomes`, what the failing call printed is shown too.
    """
    call = case.calls[finding.call]
    lines = [f"Wrong:    {finding.what}"]
    if call.args and finding.code not in UNWRITTEN:
        lines.append("Input:    " + _inputs(case, call))
    if finding.expected:
        lines.append(f"Expected: {finding.expected}")
    if finding.got:
        lines.append(f"Got:      {finding.got}")
    if outcomes and outcomes[finding.call].printed.strip():
        lines.append("Printed:  " + _beginning(outcomes[finding.call].printed))
    step = wrong.hint if wrong else finding.next_step
    if wrong and wrong.beside:
        step = f"{finding.next_step} {wrong.hint}"
    if step:
        lines.append(f"Next:     {step}")
    return [line.replace("\n", "\n" + HANG) for line in lines]


def _inputs(case: Case, call: Call) -> str:
    """Write the arguments of a call with their names, on one line where they are short."""
    shown = []
    for position, arg in enumerate(call.args or []):
        name = f"{case.names.argument(call.function, position)} = "
        shown.append(name + show(arg).replace("\n", "\n" + " " * len(name)))
    short = sum(map(len, shown)) < 60 and not any("\n" in text for text in shown)
    return ("; " if short else "\n").join(shown)


def _beginning(text: str) -> str:
    """Return the first lines of what was printed, and say where there is more."""
    lines = [line[: WIDTH - len(HANG)] for line in text.strip("\n").splitlines()]
    more = ["..."] if len(lines) > SHOWN_LINES or len(text) >= MOST_PRINTED else []
    return "\n".join(lines[:SHOWN_LINES] + more)


def wrap(text: str) -> str:
    """Fold every line of `text` to at most 78 characters, with a hanging indent."""
    out = []
    for line in text.split("\n"):
        head, _, _ = line.partition(":")
        told = head in HEADS or line.startswith(HANG)
        hang = HANG if told else ""
        out += textwrap.wrap(line, WIDTH, subsequent_indent=hang, drop_whitespace=True) or [""]
    return "\n".join(out)

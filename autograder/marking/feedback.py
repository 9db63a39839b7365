"""Write a learner's feedback: one HTML page a submission, readable without a network.

It shows the points, the report of each exercise, and the learner's own code with its output. It
shows no hidden line and no hidden input, since neither is in what it is made from.
"""

from __future__ import annotations

from autograder.marking.intake import Cell, Submission
from autograder.marking.marker import Marks, in_words
from autograder.marking.text import html

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin: 2rem 0 .3rem; }
pre { border: 1px solid #8886; border-radius: 4px; padding: .6rem; overflow-x: auto;
  font-size: .85rem; line-height: 1.4; }
pre.report { border-left: 4px solid #8889; } pre.full { border-left-color: #2a7; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid #8884; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.note { border-left: 4px solid #c80; padding-left: .8rem; }
summary { cursor: pointer; }
"""


def page(title: str, submission: Submission | None, marks: Marks) -> str:
    """Return the feedback on a submission; `submission` is None where it could not be read."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{html(marks.lab)}: feedback</title><style>{STYLE}</style></head><body>",
        f"<h1>{html(title)}</h1><p>{html(marks.lab)}, {html(marks.student)}</p>",
    ]
    if marks.problem:
        parts.append(f'<p class="note">Not marked. {html(marks.problem)}</p>')
    parts += [f'<p class="note">{html(note)}</p>' for note in marks.notes]
    if marks.scores:
        parts.append(_table(marks))
    if submission is not None and marks.scores:
        answers = {cell.name: cell for cell in submission.cells if cell.kind == "answer"}
        for score in marks.scores:
            full = " full" if score.points == score.max_points else ""
            parts.append(
                f'<h2 id="{html(score.exercise)}">{html(score.exercise)}: '
                f"{score.points:g} of {score.max_points:g} points</h2>"
                f'<pre class="report{full}">{html(score.report)}</pre>'
            )
            if cell := answers.get(f"{score.exercise}_answer"):
                parts.append(_code(cell, marks, "Your answer"))
        own = [cell for cell in submission.cells if cell.kind == "own"]
        if own:
            parts.append("<h2>Your own cells</h2>")
            parts += [_code(cell, marks, "Code") for cell in own]
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _table(marks: Marks) -> str:
    rows = [
        f'<tr><td><a href="#{html(s.exercise)}">{html(s.exercise)}</a></td>'
        f'<td class="n">{s.points:g}</td><td class="n">{s.max_points:g}</td>'
        f"<td>{html(in_words(s.mistake))}</td></tr>"
        for s in marks.scores
    ]
    total = sum(s.max_points for s in marks.scores)
    return (
        '<table><thead><tr><th>Exercise</th><th class="n">Points</th><th class="n">of</th>'
        "<th>First mistake</th></tr></thead><tbody>" + "".join(rows) + "</tbody><tfoot><tr>"
        f'<th>Total</th><th class="n">{marks.points:g}</th><th class="n">{total:g}</th><th></th>'
        "</tr></tfoot></table>"
    )


def _code(cell: Cell, marks: Marks, label: str) -> str:
    source = html(cell.source.rstrip()) or " "
    out = f"<details open><summary>{label}</summary><pre>{source}</pre>"
    for output in marks.outputs.get(cell.id, []):
        text = output.get("text") or "\n".join(output.get("traceback", []))
        out += f"<pre>{html(text)}</pre>"
    return out + "</details>"

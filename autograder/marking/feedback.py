"""Write a learner's feedback: one HTML page a submission, readable without a network.

Points, lateness and comments are those of the gradebook. The page shows the report of each
exercise, and the learner's own code with its output; it shows no hidden line and no hidden input,
since neither is in what it is made from.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from autograder.marking.intake import Cell, Submission
from autograder.marking.marker import Marks, in_words
from autograder.marking.record import Part, Record
from autograder.marking.scoring import Score
from autograder.marking.text import html

STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem;
  overflow-wrap: anywhere; }
h1 { margin: 1rem 0 0; line-height: 1.2; } h2 { margin: 2.5rem 0 .3rem; line-height: 1.25; }
.sum { font-size: 1.6rem; margin: .6rem 0 0; } .quiet { opacity: .8; }
pre { border: 1px solid #8886; border-radius: 4px; padding: .6rem; margin: .5rem 0;
  overflow-x: auto; overflow-wrap: normal; font-size: .85rem; line-height: 1.4; }
pre.report { border-left: 4px solid #888; white-space: pre-wrap; }
pre.full { border-left-color: #2a7; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { text-align: left; font-weight: bold; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8884;
  vertical-align: top; font-weight: normal; }
thead th, tfoot th { font-weight: bold; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.note, .said { border-left: 4px solid #c80; padding: .2rem 0 .2rem .8rem; }
.said { border-color: #37c; white-space: pre-line; }
ul.checks { list-style: none; padding: 0; margin: .4rem 0; }
summary { cursor: pointer; padding: .3rem 0; }
a { color: light-dark(#04c, #8bf); }
@media (max-width: 30rem) { .wide { display: none; } pre { font-size: .78rem; } }
@media print { body { max-width: none; } pre { white-space: pre-wrap; } h2 { break-after: avoid; }
  details { break-inside: avoid-page; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# Of each exercise: where in the lab what it is about is explained.
Places = Mapping[str, str]


def page(
    title: str,
    submission: Submission | None,
    marks: Marks,
    record: Record,
    places: Places | None = None,
    contact: str = "",
    zone: datetime.tzinfo = datetime.UTC,
) -> str:
    """Return the feedback on a submission.

    `submission` is None where it could not be read, `places` names by exercise the section of the
    lab to read again, `contact` whom to tell of a mistake in the grade, `zone` where times
    are told.
    """
    name = html(record.lab)
    parts = [
        head(f"{record.lab}: feedback"),
        f"<h1>{html(title)}</h1><p>{name}, {html(record.name)}</p>",
        *_sum(record, zone),
    ]
    if marks.problem:
        parts.append(f'<p class="note">Not marked. {html(marks.problem)}</p>')
    parts += [f'<p class="note">{html(note)}</p>' for note in marks.notes]
    scores = {score.exercise: score for score in marks.scores}
    order = list(dict.fromkeys([*scores, *(part.name for part in record.parts)]))
    rows = [(each, record.part(each), scores.get(each)) for each in order]
    if rows:
        parts.append(_table(record, rows))
    answers = {cell.name: cell for cell in submission.cells if cell.kind == "answer"} if (
        submission
    ) else {}  # fmt: skip
    for each, part, score in rows:
        if not _told(part, score):
            continue
        parts += _exercise(each, part, score, record.lab, (places or {}).get(each, ""))
        if score and (cell := answers.get(f"{each}_answer")):
            parts.append(_code(cell, marks, "Your answer"))
    own = [cell for cell in submission.cells if cell.kind == "own"] if submission else []
    if own:
        parts.append("<h2>Your own cells</h2>")
        parts += [_code(cell, marks, "Code") for cell in own]
    parts += [*_mistake(contact), "</main></body></html>\n"]
    return "\n".join(parts)


def head(title: str, style: str = "") -> str:
    """Return the beginning of a page, up to its first element; nothing on it is run or fetched."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html(title)}</title><style>{STYLE}{style}</style></head><body><main>"
    )


def titled(name: str) -> str:
    """Return the name of an exercise for people."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def when(time: datetime.datetime, zone: datetime.tzinfo) -> str:
    """Return a time of the gradebook, which is UTC, for people of a time zone."""
    return f"{time.replace(tzinfo=datetime.UTC).astimezone(zone):%d %B %Y, %H:%M %Z}"


def lateness(late: datetime.timedelta) -> str:
    """Return how late something was, in words."""
    minutes = int(late.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if not minutes:
        return "less than a minute"
    found = [(days, "day"), (hours, "hour"), (minutes % 60 if not days else 0, "minute")]
    return " and ".join(f"{n} {what}{'s' * (n > 1)}" for n, what in found if n)


def _sum(record: Record, zone: datetime.tzinfo) -> list[str]:
    out = [
        f'<p class="sum"><strong>{record.points:g}</strong> of {record.most:g} points</p>'
        if record.scored
        else '<p class="sum">No points yet</p>'
    ]
    if record.penalty:
        out.append(
            f"<p>{record.earned:g} points were earned; {record.penalty:g} were taken off because "
            f"it was {lateness(record.late)} late.</p>"
        )
    if record.submitted:
        due = f"; it was due {when(record.due, zone)}" if record.due else ""
        late = f": {lateness(record.late)} late" if record.late else ", in time" * bool(due)
        out.append(f'<p class="quiet">Handed in {when(record.submitted, zone)}{due}{late}.</p>')
    return out


def _table(record: Record, rows: list[tuple[str, Part | None, Score | None]]) -> str:
    lines = []
    for name, part, score in rows:
        got = f"{part.points:g}" if part and part.scored else "not marked"
        most = part.most if part else score.max_points
        judged = score.checks if score else []  # none where it is excused
        checks = f"{sum(c.passed for c in judged)} of {len(judged)}" if judged else ""
        first = html(in_words(score.mistake)) if score else ""
        title = html(titled(name))
        if _told(part, score):
            title = f'<a href="#{html(name)}">{title}</a>'
        lines.append(
            f'<tr><th scope="row">{title}</th>'
            f'<td class="n">{got}</td><td class="n">{most:g}</td>'
            f'<td class="n">{checks}</td><td class="wide">{first}</td></tr>'
        )
    if record.penalty:
        lines.append(
            f'<tr><th scope="row">Late</th><td class="n">-{record.penalty:g}</td>'
            '<td></td><td></td><td class="wide"></td></tr>'
        )
    total = f"{record.points:g}" if record.scored else "not marked"
    return (
        '<table><caption>Points</caption><thead><tr><th scope="col">Exercise</th>'
        '<th class="n" scope="col">Points</th><th class="n" scope="col">of</th>'
        '<th class="n" scope="col">Checks</th><th class="wide" scope="col">First mistake</th>'
        f"</tr></thead><tbody>{''.join(lines)}</tbody>"
        f'<tfoot><tr><th scope="row">Total</th><th class="n">{total}</th>'
        f'<th class="n">{record.most:g}</th><th></th><th class="wide"></th></tr></tfoot></table>'
    )


def _told(part: Part | None, score: Score | None) -> bool:
    """Tell whether there is more to say of an exercise than its points."""
    by_hand = part and (part.manual is not None or part.extra or part.comment)
    return bool(score or by_hand)


def _exercise(name: str, part: Part | None, score: Score | None, lab: str, place: str) -> list[str]:
    most = part.most if part else score.max_points
    got = f"{part.points:g}" if part and part.scored else "not marked,"
    out = [f'<h2 id="{html(name)}">{html(titled(name))}: {got} of {most:g} points</h2>']
    if part and part.manual is not None:
        before = f" in place of {part.auto:g} by the checks" if part.auto is not None else ""
        out.append(f"<p>{part.manual:g} points were given by your instructor{before}.</p>")
    if part and part.extra:
        out.append(f"<p>{part.extra:+g} extra points were given by your instructor.</p>")
    if part and part.comment:
        out.append(f'<p class="said"><strong>Your instructor:</strong> {html(part.comment)}</p>')
    if score is None:
        return out
    whole = all(check.passed for check in score.checks)
    if len(score.checks) > 1:
        out.append('<ul class="checks">' + "".join(
            f"<li>{'&#10003; passes' if c.passed else '&#10007; fails'}: {html(c.title)}</li>"
            for c in score.checks
        ) + "</ul>")  # fmt: skip
    full = " full" if whole else ""
    out.append(f'<pre class="report{full}" tabindex="0">{html(score.report)}</pre>')
    if not whole and place:
        out.append(
            f"<p>To read again: <strong>{html(place)}</strong>, in {html(lab)}.ipynb. Your answer "
            f"to this exercise is below the heading <em>Exercise: {html(name)}</em>.</p>"
        )
    return out


def _mistake(contact: str) -> list[str]:
    whom = f"to {html(contact)}" if contact else "to your instructor"
    return [
        "<h2>If you think a grade is wrong</h2>",
        f"<p>That happens. Write {whom}: which lab and which exercise, what you expected, and a "
        "call of your function that shows it (what goes in, what comes out, what should). A right "
        "answer that lost points is repaired for everybody who wrote it that way, and your work is "
        "marked again.</p>",
    ]


def _code(cell: Cell, marks: Marks, label: str) -> str:
    source = html(cell.source.rstrip()) or " "
    out = f'<details open><summary>{label}</summary><pre tabindex="0">{source}</pre>'
    for output in marks.outputs.get(cell.id, []):
        text = output.get("text") or "\n".join(output.get("traceback", []))
        out += f'<pre tabindex="0">{html(text)}</pre>'
    return out + "</details>"

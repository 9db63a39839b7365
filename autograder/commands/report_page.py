"""The report of a lab as one HTML page: readable without a network, in light, dark and print."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from autograder.authoring import declaration
from autograder.course import changes
from autograder.course.findings import Class, Row
from autograder.course.folders import Course
from autograder.course.term import Term
from autograder.marking.feedback import head, titled
from autograder.marking.marker import in_words
from autograder.marking.record import Record
from autograder.marking.scoring import Score
from autograder.marking.text import html
from utils.engine.judging import UNWRITTEN

MORE = """
body { max-width: 62rem; }
.bar { display: inline-block; height: .7rem; background: light-dark(#37c, #7ad);
  border-radius: 2px; vertical-align: middle; }
.track { display: inline-block; width: 8rem; max-width: 25vw; background: #8883;
  border-radius: 2px; line-height: .7rem; }
svg { max-width: 100%; height: auto; } svg text { fill: currentColor; font: 12px system-ui; }
svg .fill { fill: light-dark(#37c, #7ad); } svg .line { stroke: currentColor; fill: none; }
.scroll { overflow-x: auto; }
.scroll td, .scroll th { overflow-wrap: normal; } .scroll thead .n { white-space: normal; }
.scroll td.quiet { padding-left: 1rem; }
@media (max-width: 40rem) { .scroll td:nth-child(3), .scroll th:nth-child(3) { display: none; } }
"""
MOST_MISTAKES = 5
MOST_GROUPS = 8
STUCK = 0.5  # of the exercises not written yet


def page(
    course: Course,
    term: Term,
    group: Class,
    rows: list[Row],
    names: dict[str, str],
    hidden: bool,
) -> str:
    """Return the report of a lab; `names` says what each learner is called."""
    declared = declaration.load(group.lab)
    parts = [
        head(f"{group.lab}: report", MORE),
        f"<h1>{html(declared.title)}</h1><p>{html(group.lab)}</p>",
        *_summary(term, group),
        "<h2>Points</h2>",
        histogram(group.totals, group.records[0].most),
        *_exercises(rows),
        *_mistakes(group, rows),
        *_unknown(group),
        *_people(term, group, names, hidden),
        *_trend(term),
        *_history(course, group, names),
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _summary(term: Term, group: Class) -> list[str]:
    totals = group.totals
    unreadable = sum(
        lab == group.lab and not record.scored for (lab, _), record in term.records.items()
    )
    late = sum(bool(record.late) for record in group.records)
    review = sum(any(part.review for part in record.parts) for record in group.records)
    said = [
        f"{len(totals)} of {len(term.people)} people have a score",
        f"mean {totals.mean():.1f}, median {np.median(totals):g} of {group.records[0].most:g}",
        f"{unreadable} could not be read" if unreadable else "",
        f"{late} late" if late else "",
        f"{review} to be looked at by a person" if review else "",
    ]
    return [f"<p>{'; '.join(filter(None, said))}.</p>"]


def histogram(totals: np.ndarray, most: float) -> str:
    """Return a plot of how many have how many points, with its numbers in words."""
    counts, edges = np.histogram(np.clip(totals, 0, most), bins=10, range=(0, most))
    top, width, height = max(counts.max(), 1), 48, 140
    bars, said = [], []
    for n, count in enumerate(counts):
        tall = height * count / top
        x, y = 30 + n * width, 20 + height - tall
        between = f"{edges[n]:g} to {edges[n + 1]:g} points: {count}"
        said.append(between)
        bars.append(
            f'<rect class="fill" x="{x}" y="{y:.1f}" width="{width - 6}" height="{tall:.1f}">'
            f"<title>{between}</title></rect>"
            f'<text x="{x + width / 2 - 3}" y="{y - 4:.1f}" text-anchor="middle">{count}</text>'
            f'<text x="{x - 3}" y="{height + 36}" text-anchor="middle">{edges[n]:g}</text>'
        )
    return (
        f'<svg viewBox="0 0 {60 + 10 * width} {height + 44}" width="{60 + 10 * width}" role="img" '
        f'aria-label="Distribution of the points. {"; ".join(said)}">{"".join(bars)}'
        f'<text x="{24 + 10 * width}" y="{height + 36}">{most:g}</text></svg>'
    )


def _bar(share: float) -> str:
    return (
        f'<span class="track" aria-hidden="true"><span class="bar" '
        f'style="width:{100 * share:.0f}%"></span></span>'
    )


def _tells(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _exercises(rows: list[Row]) -> list[str]:
    lines = []
    for row in rows:
        lines.append(
            f'<tr><th scope="row"><a href="#{html(row.exercise)}">{html(titled(row.exercise))}</a>'
            f'</th><td class="n">{100 * row.share:.0f}%</td><td>{_bar(row.share)}</td>'
            f'<td class="n">{row.full}</td><td class="n">{row.none}</td>'
            f'<td class="n">{_tells(row.discrimination)}</td></tr>'
        )
        for check in row.checks if len(row.checks) > 1 else ():
            share = check.passed / check.count if check.count else 0.0
            lines.append(
                f'<tr><td class="quiet">{html(check.title)}</td>'
                f'<td class="n">{100 * share:.0f}%</td><td>{_bar(share)}</td>'
                f'<td class="n">{check.passed}</td><td class="n">{check.count - check.passed}</td>'
                f'<td class="n">{_tells(check.discrimination)}</td></tr>'
            )
    return [
        "<h2>Exercises and checks</h2>",
        "<p>The share of the points that was earned (of a check: how many pass), how many got all "
        "and none, and how well it tells learners apart: the correlation with the points of all "
        "other exercises. Near 0 or below, look at the exercise first, then at the class.</p>",
        '<div class="scroll"><table><thead><tr><th scope="col">Exercise</th>'
        '<th class="n" scope="col">Share</th><th></th><th class="n" scope="col">All</th>'
        '<th class="n" scope="col">None</th><th class="n" scope="col">Tells apart</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>",
    ]


def _example(group: Class, exercise: str, wanted: Iterable[Score]) -> str:
    """Return the report of one answer of those with these scores, without its name."""
    score = min(wanted, key=lambda score: len(score.report))
    return f'<pre class="report" tabindex="0">{html(score.report)}</pre>'


def _mistakes(group: Class, rows: list[Row]) -> list[str]:
    out = ["<h2>Commonest mistakes</h2>"]
    for row in sorted(rows, key=lambda row: row.share):
        if not row.mistakes:
            continue
        hints = {wrong.name: wrong.hint for wrong in declaration.load(group.lab).find(
            row.exercise).wrongs}  # fmt: skip
        out.append(f'<h3 id="{html(row.exercise)}">{html(titled(row.exercise))}</h3>')
        for name, count in row.mistakes[:MOST_MISTAKES]:
            scores = [group.score(record, row.exercise) for record in group.records]
            same = [s for s in scores if s and s.mistake and in_words(s.mistake) == name]
            hint = f" The hint: {html(hints[name])}" if name in hints else ""
            out.append(
                f"<details><summary>{count} &times; {html(name)}</summary><p>{hint}</p>"
                f"{_example(group, row.exercise, same)}</details>"
            )
    return out if len(out) > 1 else []


def _unknown(group: Class) -> list[str]:
    """Group the answers that fit no known mistake by what they return."""
    out = []
    for ex in declaration.load(group.lab).exercises:
        known = {wrong.name for wrong in ex.wrongs}
        found: dict[str, list[Score]] = {}
        for record in group.records:
            score = group.score(record, ex.name)
            said = score.mistake if score and ex.kind == "function" else ""
            if said and said not in known and said not in UNWRITTEN:
                found.setdefault(returned(score), []).append(score)
        common = sorted(found.items(), key=lambda item: -len(item[1]))
        for what, scores in [each for each in common if each[0]][:MOST_GROUPS]:
            line = (
                f'ex.mistake({json.dumps(what[:40])}, "FILL IN the hint", ("FILL IN", "FILL IN"))'
            )
            out.append(
                f"<details><summary>{len(scores)} &times; {html(ex.name)}: {html(what)}</summary>"
                f"{_example(group, ex.name, scores)}<p>A line for autograder/exercises/"
                f"{html(group.lab)}/{html(ex.name)}.py:</p><pre>{html(line)}</pre></details>"
            )
    if not out:
        return []
    intro = (
        "<p>Each group returns the same thing for the same visible input. What several people do "
        "is worth a line in the declaration, so that the next ones get a hint.</p>"
    )
    return ["<h2>Wrong in a way that no known mistake explains</h2>", intro, *out]


def returned(score: Score) -> str:
    """Return what a wrong answer gave for the visible input that is shown, in a line."""
    match = re.search(r"^(?:Got|Wrong): +(.*(?:\n {10}.*)*)", score.report, re.MULTILINE)
    got = re.search(r"^Got: +(.*(?:\n {10}.*)*)", score.report, re.MULTILINE)
    match = got or match
    return " ".join(match[1].split())[:200] if match else in_words(score.mistake)


def _people(term: Term, group: Class, names: dict[str, str], hidden: bool) -> list[str]:
    missing = [s for s in sorted(term.people) if term.state(group.lab, s) == "missing"]
    unread = [s for s in sorted(term.people) if term.state(group.lab, s) == "unreadable"]
    stuck = []
    for record in group.records:
        marks = group.marks.get(record.student)
        unwritten = [s.exercise for s in marks.scores if _unwritten(s)] if marks else []
        if marks and len(unwritten) >= STUCK * len(marks.scores):
            stuck.append((record, unwritten[0]))
    out = ["<h2>Missing, unreadable, stuck</h2>"]
    for label, who in (("Nothing handed in", missing), ("Could not be read", unread)):
        shown = f"{len(who)}" if hidden else ", ".join(map(html, who))
        out.append(f"<p>{label}: {shown if who else 'nobody'}.</p>")
    listed = [f"{html(names[r.student])} (from {html(first)} on)" for r, first in stuck]
    out.append(
        f"<p>Half of the exercises or more not written: {', '.join(listed) or 'nobody'}.</p>"
    )
    return out


def _unwritten(score: Score) -> bool:
    return score.points == 0 and score.mistake in UNWRITTEN


def _trend(term: Term) -> list[str]:
    shares = []
    for lab in term.labs:
        found: list[Record] = [r for (name, _), r in term.records.items() if name == lab]
        scored = [r.points / r.most for r in found if r.scored and r.most]
        if scored:
            shares.append((lab, float(np.mean(scored)), len(scored)))
    if len(shares) < 2:
        return []
    width, height = 90, 140
    points, labels, said = [], [], []
    for n, (lab, share, count) in enumerate(shares):
        x, y = 50 + n * width, 20 + height * (1 - share)
        points.append(f"{x},{y:.1f}")
        said.append(f"{lab}: {100 * share:.0f}% by {count}")
        labels.append(
            f'<circle class="fill" cx="{x}" cy="{y:.1f}" r="5"><title>{html(said[-1])}</title>'
            f'</circle><text x="{x}" y="{y - 9:.1f}" text-anchor="middle">{100 * share:.0f}%</text>'
            f'<text x="{x}" y="{height + 38}" text-anchor="middle">{html(lab[:2])}</text>'
            f'<text x="{x}" y="{height + 54}" text-anchor="middle">n={count}</text>'
        )
    size = f"0 0 {60 + width * len(shares)} {height + 60}"
    return [
        "<h2>Over the term</h2>",
        f'<svg viewBox="{size}" width="{60 + width * len(shares)}" role="img" aria-label="Mean '
        f'share of the points, lab by lab. {html("; ".join(said))}">'
        f'<polyline class="line" points="{" ".join(points)}"/>{"".join(labels)}</svg>',
    ]


def _history(course: Course, group: Class, names: dict[str, str]) -> list[str]:
    kept = changes.history(course, group.lab)[-200:]
    if not kept:
        return []
    why = Counter(each["why"] for each in kept)
    lines = [f"<li>{count} &times; {html(what)}</li>" for what, count in why.most_common()]
    rows = [
        f"<tr><td>{html(each['time'][:16])}</td>"
        f"<td>{html(names.get(each['student'], 'somebody'))}</td>"
        f'<td class="n">{changes.shown(each["before"])}</td>'
        f'<td class="n">{changes.shown(each["after"])}</td></tr>'
        for each in reversed(kept)
    ]
    return [
        "<h2>Scores that were changed</h2>",
        f"<ul>{''.join(lines)}</ul>",
        "<details><summary>Each of them</summary><table><thead><tr><th>When</th><th>Who</th>"
        '<th class="n">From</th><th class="n">To</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></details>",
    ]

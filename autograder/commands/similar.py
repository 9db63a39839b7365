"""`python -m autograder similar LAB`: pairs of answers that are alike beyond what is usual.

Two short answers to one exercise are often alike. So what the release, the right answers, or many
of the class have in common does not count: rows of tokens are weighed by how rare they are
(scikit-learn's TF-IDF, cosine similarity). It shows two texts side by side, and says nothing more:
there are many reasons for two texts to be alike.

Longer answers that are the published right answer word for word are listed by themselves.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring import declaration
from autograder.course.folders import BookError, Course, write
from autograder.course.term import lab_named
from autograder.marking import intake
from autograder.marking.feedback import head
from autograder.marking.text import html, line

ROOT = Path(__file__).resolve().parents[2]
ROW = 4  # tokens that follow each other
FEWEST = 25  # tokens of an answer, below which it is too short to say anything
FEWEST_PUBLISHED = 60  # below which two people may well write the same
MOST_SHOWN, LONGEST = 500, 20_000  # pairs on the page, characters of an answer there
WIDE = """
body { max-width: 80rem; } .two { display: grid; gap: 1rem; }
@media (min-width: 50rem) { .two { grid-template-columns: 1fr 1fr; } }
"""
_QUIET = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER)


@dataclass(frozen=True)
class Pair:
    """Two answers to an exercise and how alike they are, from 0 to 1."""

    exercise: str
    students: tuple[str, str]
    alike: float
    texts: tuple[str, str]


def tokens(source: str) -> list[str]:
    """Return the tokens of a text, without comments and line ends; of what is no Python, words."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source.split()
    return [t.string for t in found if t.type not in _QUIET and t.string.strip()]


def rows(source: str) -> list[str]:
    """Return the rows of tokens of a text."""
    found = tokens(source)
    return [" ".join(found[n : n + ROW]) for n in range(len(found) - ROW + 1)]


def pairs(exercise: str, answers: dict[str, str], usual: list[str], least: float) -> list[Pair]:
    """Return the pairs of answers that are at least so much alike, most alike first.

    `usual` are texts whose rows nobody can be told apart by.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = {row for each in usual for row in rows(each)}
    own = {who: [r for r in rows(text) if r not in known] for who, text in answers.items()}
    own = {who: found for who, found in own.items() if len(found) >= FEWEST - ROW}
    if len(own) < 2:
        return []
    students = sorted(own)
    weigh = TfidfVectorizer(analyzer=lambda found: found, sublinear_tf=True)
    table = weigh.fit_transform([own[who] for who in students])
    alike = np.triu((table @ table.T).toarray(), 1)
    out = []
    for a, b in np.argwhere(alike >= least):
        two = (students[a], students[b])
        texts = (answers[two[0]], answers[two[1]])
        out.append(Pair(exercise, two, round(float(alike[a, b]), 3), texts))
    return sorted(out, key=lambda pair: -pair.alike)


def published(answers: dict[str, str], right: str) -> list[str]:
    """Return whose answers are the right one of this repository, but for comments and spaces."""
    wanted = tokens(right)
    if len(wanted) < FEWEST_PUBLISHED:
        return []
    return sorted(who for who, source in answers.items() if tokens(source) == wanted)


def collected(course: Course, lab: str) -> dict[str, dict[str, str]]:
    """Return everybody's answers by exercise."""
    answers: dict[str, dict[str, str]] = {}
    for student in course.submitted(lab):
        path = course.autograded(student, lab) / f"{lab}.ipynb"
        try:
            cells = json.loads(path.read_bytes())["cells"]
        except (OSError, ValueError, KeyError):
            continue
        for cell in cells:
            meta = cell["metadata"].get("nbgrader") or {}
            if meta.get("solution"):
                source = "".join(cell["source"])
                name = meta["grade_id"].removesuffix("_answer")
                answers.setdefault(name, {})[student] = source
    return answers


def find(lab: str, answers: dict[str, dict[str, str]], least: float) -> list[Pair]:
    """Return the pairs of a lab, exercise by exercise."""
    released = [cell.source for cell in intake.released_cells(lab)]
    out = []
    for ex in declaration.load(lab).exercises:
        if ex.kind == "function":
            wrong = [ex.source(each) for each in ex.wrongs]
            usual = [*released, ex.source(), *wrong]
            out += pairs(ex.name, answers.get(ex.name, {}), usual, least)
    return out


def page(lab: str, found: list[Pair], copies: dict[str, list[str]]) -> str:
    """Return the pairs side by side, and by exercise whose answer is the published one."""
    parts = [
        head(f"{lab}: alike", WIDE),
        f"<h1>{html(lab)}: answers that are alike</h1>",
        "<p>What the release, the right answers, the known mistakes or much of the class have in "
        "common does not count here. Texts can be alike for many reasons: work in pairs, the same "
        "book, the same helper. Read both, then ask the people.</p>",
    ]
    if copies:
        parts.append(
            "<h2>The published answer, word for word</h2><p>This repository's right answer, but "
            "for comments and spaces. Longer ones are seldom written so twice.</p><ul>"
        )
        parts += [f"<li>{html(name)}: {html(', '.join(who))}</li>" for name, who in copies.items()]
        parts.append("</ul>")
    if len(found) > MOST_SHOWN:
        parts.append(f"<p>The {MOST_SHOWN} pairs of {len(found):,} that are most alike:</p>")
    most_alike = sorted(found, key=lambda pair: -pair.alike)[:MOST_SHOWN]
    for pair in found if len(found) <= MOST_SHOWN else most_alike:
        a, b = map(html, pair.students)
        one, two = (html(text[:LONGEST]) for text in pair.texts)
        parts.append(
            f"<h2>{html(pair.exercise)}: {a} and {b}, {100 * pair.alike:.0f}% alike</h2>"
            f'<div class="two"><div>{a}<pre tabindex="0">{one}</pre></div>'
            f'<div>{b}<pre tabindex="0">{two}</pre></div></div>'
        )
    return "\n".join([*parts, "</main></body></html>\n"])


def main(arguments: list[str] | None = None) -> int:
    """Write the page of alike answers; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder similar",
        description="Show pairs of answers that are alike beyond what is usual, side by side.",
    )
    parser.add_argument("lab", metavar="LAB", help="such as 03_softmax, or 03")
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument("--least", type=float, default=0.8, help="alike from here on, 0 to 1")
    options = parser.parse_args(arguments)
    if not 0 < options.least <= 1:
        parser.error("--least is a number above 0, up to 1")
    lab = lab_named(options.lab)
    course = Course(options.course)
    if not course.submitted(lab):
        print(f"nothing is submitted of {lab} in {course.folder}", file=sys.stderr)
        return 1
    answers = collected(course, lab)
    found = find(lab, answers, options.least)
    functions = [ex for ex in declaration.load(lab).exercises if ex.kind == "function"]
    copies = {ex.name: published(answers.get(ex.name, {}), ex.source()) for ex in functions}
    copies = {name: who for name, who in copies.items() if who}
    place = course.folder / "reports" / f"{lab}-alike.html"
    try:
        place.parent.mkdir(exist_ok=True)
        write(place, page(lab, found, copies).encode("utf-8", "replace"), 0o600)
    except OSError as error:
        raise BookError(f"{place} cannot be written ({error.strerror})") from None
    for pair in found[:20]:
        print(f"{100 * pair.alike:3.0f}%  {pair.exercise}: {', '.join(pair.students)}")
    for name, who in copies.items():
        print(f"{name}, the published answer word for word: {', '.join(map(line, who))}")
    print(f"{len(found)} pairs, side by side in {place}")
    return 0

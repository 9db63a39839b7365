"""Does a stranger's text stay a text, whatever shows it?"""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown import markdown2html

from autograder.marking import feedback, text
from autograder.marking.marker import Marks
from autograder.marking.scoring import Score
from tests.cohort.books import record

ODD = [
    "\x1b[2J\x1b]0;owned\x07", "a\nforged: 100 points", "\r100", "\u202egnp.exe", "\ud800",
    "\x9b31m", "\u2028next", "\x00", "<script>alert(1)</script>", "=HYPERLINK(1)",
]  # fmt: skip


@given(st.one_of(st.text(), st.sampled_from(ODD)))
def test_a_line_is_one_printable_line(value):
    """Is nothing left that moves a cursor, ends a line or turns the direction of writing?"""
    shown = text.line(value)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    shown.encode()


def test_what_is_printable_stays(capsys):
    """Are other people's letters left as they are?"""
    for value in ("Jürgen Müller", "数学", "x = 3.5 µm"):
        assert text.line(value) == value


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "\t=", " ="])
def test_a_cell_of_a_table_is_no_formula(sign):
    """Does a cell begin with nothing that a spreadsheet works out?"""
    out = io.StringIO()
    csv.writer(out).writerow([text.cell(f"{sign}1+1")])
    assert out.getvalue()[0] not in "=+-@|%\t\r" or out.getvalue().startswith("'")


@pytest.mark.parametrize("value", ["a;=1+1", "a; =1+1", "x;@SUM(1)", "＝1+1", "＠SUM(1)", ";+1"])
def test_no_part_of_a_cell_is_a_formula_of_its_own(value):
    """Nor where a spreadsheet parts cells by semicolons, or takes wide signs for the usual ones?"""
    for part in text.cell(value).split(";"):
        assert part.strip()[:1] not in ("=", "+", "-", "@", "＝", "＠")


@pytest.mark.parametrize("name", [".", "..", "", "a/b", "=a", "a\nb", "a\u202eb"])
def test_names_that_lead_or_mislead_are_not_proper(name):
    """Is what names a folder above, a formula or another line no name of anybody's?"""
    assert not text.proper(name)


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "![a](javascript:alert(1))", "<javascript:alert(1)>", "[a]: javascript:alert(1)\n\n[a]",
    "```\n<script>alert(1)</script>", "````\n```\n<script>x</script>\n````\n<script>y</script>",
    "$\\href{javascript:alert(1)}{x}$", "\n\n    <script>\n\n<script>",
    "~~~\n</code></pre><script>",
    "```text\n`\n```\n<script>alert(1)</script>\n```",
]  # fmt: skip


@pytest.mark.parametrize("source", ATTACKS)
def test_a_text_cell_shows_its_source_and_does_nothing(source):
    """Rendered as the Formgrader renders it, is it text alone, also after a second round?"""
    once = text.fenced(source)
    assert text.fenced(once) == once
    shown = markdown2html(once)
    for word in ("<script", "<img", "<a ", "href=", "onerror=alert(1)>"):
        assert word not in shown.replace("href=&quot;", "").replace('class="anchor-link" href=', "")


@pytest.mark.parametrize("value", ODD)
def test_the_page_of_feedback_holds_no_markup_of_a_learners(value):
    """Is what a learner's process sent escaped on the page?"""
    score = Score("softmax", 1.0, 20.0, mistake=value, report=value)
    marks = Marks("03_softmax", "ada", [score], notes=[value])
    page = feedback.page("Lab", None, marks, record(marks, first_name=value))
    assert "<script>" not in page
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page
    assert not any(sign in page for sign in "\x1b\x9b\x00\u202e\ud800")
    page.encode()


@pytest.mark.parametrize("name", ["ada", "o.neil", "Zoë", "a b", "x+y", "a" * 200])
def test_usual_names_are_proper(name):
    """Are names that people have accepted?"""
    assert text.proper(name)


@pytest.mark.parametrize(
    "name", ["", "a\nb", "\x1b[2J", "<b>", "=1", "-x", "@x", "a/b", "\udcff", "a" * 201, "\u202ex"]
)
def test_names_that_something_obeys_are_not(name):
    """Are names refused that a terminal, a page, a table or a database would take for more?"""
    assert not text.proper(name)

"""Make a stranger's text fit for what shows it: a terminal, a log, a web page, a spreadsheet.

Names, messages and sources come from people whom nobody vouches for. Whatever shows them takes them
from here, so that a text stays a text: it moves no cursor, forges no line, runs no script and is no
formula.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

LONG = 300  # characters of a text that is shown in a line
_FORMULA = tuple("=+-@|%")
_FENCED = re.compile("(`{3,})text\n(.*)\n`{3,}", re.DOTALL)


def line(text: object, most: int = LONG) -> str:
    """Return a text as part of one line of a terminal or a log.

    What a terminal or a reader of logs would obey or could not show (escapes, line ends, signs that
    turn the direction of writing, halves of characters) is written as Python writes it: `\\x1b`.
    """
    text = str(text)
    cut = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(sign if sign.isprintable() else _written(sign) for sign in cut)


def lines(text: object, most: int = 100_000) -> str:
    """Return a text of several lines for a terminal: as `line`, but line ends and tabs stay."""
    kept = str(text)[:most].replace("\r\n", "\n")
    if kept.replace("\n", "").replace("\t", "").isprintable():
        return kept
    return "".join(s if s.isprintable() or s in "\n\t" else _written(s) for s in kept)


def html(text: object) -> str:
    """Return a text as text of a web page, in an element or in a quoted attribute."""
    return escape(lines(text, 2**31))


def cell(text: object) -> str:
    """Return a text as a cell of a CSV file that a spreadsheet takes for no formula.

    Nor for two cells, where it parts them by semicolons; and wide signs count as the usual ones.
    """
    return ";".join(_no_formula(part) for part in line(text).split(";"))


def fenced(source: str) -> str:
    """Return a text cell as one that shows its source: no HTML, link or formula of it is obeyed.

    What shows notebooks to an instructor renders Markdown, and the HTML in it, as it stands.
    """
    if (match := _FENCED.fullmatch(source)) and match[1] == _fence(match[2]):
        return source
    fence = _fence(source)
    return f"{fence}text\n{source}\n{fence}"


def proper(name: str) -> bool:
    """Tell whether a name can stand as it is in messages, pages, files, tables and databases."""
    fine = name.isprintable() and not set(name) & set("<>&\"'`/\\") and len(name.encode()) <= 200
    return fine and name not in (".", "..") and name[:1] not in ("", *_FORMULA)


def _no_formula(text: str) -> str:
    first = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{text}" if first and first in _FORMULA else text


def _fence(text: str) -> str:
    """Return a fence of backticks that is longer than any in a text."""
    return "`" * (2 + max([1, *map(len, re.findall("`+", text))]))


def _written(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode("ascii")

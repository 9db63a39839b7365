"""`python -m autograder private FOLDER`: a course of one's own, made from a seed.

The repository is public, and with it every right answer. This writes a copy with other numbers and
words in questions and exercises (`variants`), whose quizzes have their options in another order,
another letter being right in every question, and whose networks have hidden layers of other sizes:
in the texts, the answers, the checks and the numbers worked out from them. Hidden inputs differ
anyway: they are drawn from each course's own secret. `docs/private.md` says what that prevents, and
what it does not.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.authoring import variants
from autograder.authoring.release import ROOT, SourceError
from autograder.authoring.variants import Variant

LETTERS = "abcd"
# In place of 25 and 15; none ends with 1, as the last layer of lab 01 does.
FIRST, SECOND = (18, 19, 20, 22, 23, 24), (12, 13, 14, 16)
# Of each lab: the exercise whose answer is a network with hidden layers of 25 and 15 units.
NETWORKS = {
    "01_training": "build_model",
    "03_softmax": "softmax_model",
    "04_improved_softmax": "logits_model",
    "05_multilabel": "multilabel_model",
    "08_digits": "digits_model",
}
# A size, and not a number of epochs, a score, a part of 0.25 or an entry of a table.
_SIZE = re.compile(r"(?<![\w.-])(25|15)(?![\w]|\.\d| epochs| and 10\b| \|)")
# The options of a question, what stands between, and its answer cell; no other question's options.
_QUESTION = (
    r"((?:^# - [a-d]\) .*\n)+)((?:(?!# - [a-d]\) ).*\n)*?)"
    r"answer_{0} = None.*\n.*\nanswer_{0} = \"([a-d])\""
)
_CELL = re.compile(r"^(?=# %%)", re.MULTILINE)
_CALL = re.compile(r"^(?=lab\.quiz\()", re.MULTILINE)
_NOT_COPIED = {".git", ".venv", "course", "dist", "__pycache__", ".pytest_cache", ".ruff_cache",
               ".hypothesis"}  # fmt: skip


def write(target: Path, seed: int) -> None:
    """Write the copy; raises `SourceError` where it cannot be."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SourceError(f"{target} is there and not empty: name another folder")
    if target.resolve().is_relative_to(ROOT):
        raise SourceError(f"{target} is inside this repository: name a folder outside of it")
    for name in _files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    drawn = random.Random(seed)
    for variant in variants.VARIANTS:
        vary(target, variant, drawn.choice(variant.others))
    sizes = drawn.choice(FIRST), drawn.choice(SECOND)
    for path in sorted((target / "solutions").glob("0[1-9]_*.py")):
        lab = path.stem
        declared = target / "autograder" / "exercises" / lab
        text = path.read_text(encoding="utf-8")
        if lab in NETWORKS:
            text = resized(text, *sizes)
            _resize_files(target, lab, *sizes)
        text, moved = shuffled(text, drawn)
        path.write_text(text, encoding="utf-8")
        init = declared / "__init__.py"
        init.write_text(relabelled(init.read_text(encoding="utf-8"), moved), encoding="utf-8")


def _files() -> list[Path]:
    """Return the files of the repository: those that git knows, or all but what is made."""
    asked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ) if (ROOT / ".git").exists() else None  # fmt: skip
    if asked and not asked.returncode:
        return [Path(name) for name in asked.stdout.split("\0") if (ROOT / name).is_file() and name]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not set(path.parts) & _NOT_COPIED]


# --- numbers and words ---------------------------------------------------------------------------


def vary(target: Path, variant: Variant, parameters: tuple) -> None:
    """Put one variant into the texts of a copy: lab, declaration, the tests' right answers."""
    lab, name = variant.lab, variant.name
    declared = target / "autograder" / "exercises" / lab
    exercise = declared / f"{name}.py"
    places = {target / "solutions" / f"{lab}.py": _CELL}
    if exercise.is_file():
        answers = (target / "tests" / "labs" / "answers" / lab).glob("*.py")
        places |= dict.fromkeys(answers, _CELL)
        places |= dict.fromkeys(declared.glob("*.py") if variant.whole else [exercise])
        places |= dict.fromkeys(target / path for path in variant.also)
    else:
        places[declared / "__init__.py"] = _CALL
    found: set[str] = set()
    for path, border in places.items():
        text = path.read_text(encoding="utf-8")
        parts = border.split(text) if border and not variant.whole else [text]
        for n, part in enumerate(parts):
            if len(parts) == 1 or _belongs(name, part, *parts[n + 1 : n + 2]):
                parts[n], there = variant.change(part, parameters)
                found |= there
        path.write_text("".join(parts), encoding="utf-8")
    variant.refuse(found)


def _belongs(name: str, part: str, following: str = "") -> bool:
    """Tell whether a cell, or a call that declares a question, is of a question or exercise."""
    own = f'"{name}_answer"', f"### Exercise: {name} ", f"# %% {name}\n", f'quiz(\n    "{name}"'
    asked = following.startswith("# %% nbgrader") and f"answer_{name} = None" in following
    return asked or any(each in part for each in own)


# --- the sizes of networks ------------------------------------------------------------------------


def resized(text: str, first: int, second: int) -> str:
    """Return the text of a lab with other hidden layers, and the numbers that come of them."""

    def learned(inputs: int, outputs: int) -> int:
        return (inputs + 1) * first + (first + 1) * second + (second + 1) * outputs

    numbers = {
        "= 1625": f"= {65 * first}",
        "= 390": f"= {(first + 1) * second}",
        "= 160": f"= {(second + 1) * 10}",
        "= 16$": f"= {second + 1}$",
        "= 529": f"= {learned(2, 4)}",
        "2031": f"{learned(64, 1)}",
        "2175": f"{learned(64, 10)}",
        "2,175": f"{learned(64, 10):,}",
        "6425": f"{256 * first + first}",
        "6863": f"{learned(256, 3)}",
    }
    known = "|".join(map(re.escape, numbers))
    text = re.sub(rf"(?<![\d.])(?:{known})(?!\d)", lambda found: numbers[found[0]], text)
    return _sized(text, first, second)


def _sized(text: str, first: int, second: int) -> str:
    return _SIZE.sub(lambda found: str(first if found[0] == "25" else second), text)


def _resize_files(target: Path, lab: str, *sizes: int) -> None:
    """Give the declaration of a network, what is said of it elsewhere and its answers its sizes."""
    exercise = NETWORKS[lab]
    declared = target / "autograder" / "exercises" / lab
    path = declared / f"{exercise}.py"
    path.write_text(_sized(path.read_text(encoding="utf-8"), *sizes), encoding="utf-8")
    for path in (declared / "train_digits.py", target / "utils" / "figures" / "softmax/plane.py"):
        if path.is_file():
            text = re.sub(
                r'\(25, "relu"\), \(15, "relu"\)|your network: 25, 15',
                lambda found: _sized(found[0], *sizes),
                path.read_text(encoding="utf-8"),
            )
            path.write_text(text, encoding="utf-8")
    for path in (target / "tests" / "labs" / "answers" / lab).glob("*.py"):
        parts = re.split(r"^(?=# %% )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        own = f"# %% {exercise}\n"
        parts = [_sized(part, *sizes) if part.startswith(own) else part for part in parts]
        path.write_text("".join(parts), encoding="utf-8")


# --- the quizzes ----------------------------------------------------------------------------------


def shuffled(text: str, drawn: random.Random) -> tuple[str, dict[str, dict[str, str]]]:
    """Return a lab with the options of its quiz in another order, and by question the new letters.

    The right letter of a question is never the one that it was.
    """
    moved: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(re.findall(r"^answer_(\w+) = None", text, re.MULTILINE)):
        found = re.search(_QUESTION.format(name), text, re.MULTILINE)
        if found is None:
            raise SourceError(f"question {name}: its options are not one line each, a) to d)")
        lines = found[1].splitlines(keepends=True)
        letters = LETTERS[: len(lines)]
        order = drawn.choice(_orders(letters, found[3]))  # where the option of each letter goes
        moved[name] = dict(zip(letters, order, strict=True))
        by_place = sorted(zip(order, lines, strict=True))
        options = "".join(f"# - {new}{line[5:]}" for new, line in by_place)
        start, end = found.span(1)
        whole = text[: found.end() - 2] + moved[name][found[3]] + text[found.end() - 1 :]
        text = whole[:start] + options + whole[end:]
    return text, moved


def _orders(letters: str, right: str) -> list[str]:
    from itertools import permutations

    at = letters.index(right)
    return ["".join(order) for order in permutations(letters) if order[at] != right]


def relabelled(text: str, moved: dict[str, dict[str, str]]) -> str:
    """Return a lab's declaration with the new letters of its quiz."""
    text = re.sub(r"(?:^# .*\n)+(?=lab\.quiz\()", "", text, flags=re.MULTILINE)  # of the old order
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "quiz"):
            continue
        new = moved[node.args[0].value]
        words = {word.arg: word.value for word in node.keywords}
        for letter in [words["right"], *words["options"].keys]:
            line, at = lines[letter.lineno - 1], letter.col_offset + 1
            lines[letter.lineno - 1] = line[:at] + new[letter.value] + line[at + 1 :]
    return "".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Write a course of one's own and build its releases; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder private",
        description="Write a copy of this repository with other quizzes and other networks.",
    )
    parser.add_argument("folder", type=Path, help="where to; a new folder")
    parser.add_argument("--seed", type=int, help="the same seed writes the same course")
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    try:
        write(options.folder, seed)
    except SourceError as error:
        print(f"private: {error}", file=sys.stderr)
        return 1
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "release", "--force", "--quiet"], cwd=options.folder
    )
    if done.returncode:
        return done.returncode
    print(
        f"{options.folder}: a course of your own, of seed {seed}. Keep it where learners cannot "
        "read it;\nwhat it prevents, and what not, is in docs/private.md."
    )
    return 0

"""`python -m autograder new LAB [EXERCISE]`: a lab's skeleton, or an exercise's with its cells.

A skeleton works as it is: its exercise adds 1, and knows one mistake. What is left to write says
FILL IN; `release` names those lines, and releases nothing before they are gone.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from string import Template

from autograder.authoring import declaration, release

RIGHT_ANSWERS = 5  # the tests want as many of each exercise, written differently

LAB = '''\
"""$lab: FILL IN what it is about, in one line."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "$lab",
    "FILL IN the title",
    minutes=60,
    order=[],
)
'''

NOTEBOOK = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # FILL IN the title
#
# FILL IN the question that this lab answers, in a few lines.
#
# **After this lab you can**
# - FILL IN what a learner can do then.
#
# **Time** about 60 minutes. **You need** FILL IN what comes before it.

# %%
import numpy as np

from utils.checks import Check

check = Check("$lab")
x = np.arange(3.0)  # FILL IN what the lab works with

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()
"""  # noqa: E501  (as in the other labs)
LAST = "# %% [markdown]\n# ## Where you stand"

EXERCISE = '''\
"""$name: FILL IN what it returns, in one line."""

import numpy as np

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=10)
ex.hints = [
    "FILL IN a question that leads to the first step.",
    "FILL IN a pointer at what is forgotten most often.",
]

ex.check(
    "FILL IN the kind of input, as reports name it",
    [case("$name", np.array([1.0, -2.0, 0.5]))],  # the learner sees these
    lambda rng: [case("$name", rng.normal(size=4))],  # drawn anew for each learner
)

# fmt: off
ex.mistake("FILL IN its name", "FILL IN the hint it earns: best a question.", ("x + 1", "x - 1"))
'''

CELLS = '''\
# %% [markdown]
# ### Exercise: $name (10 points)
#
# FILL IN what `$name(x)` is given and what it returns, with the shapes.
#
# **Example.** FILL IN one that can be checked by hand.
#
# Stuck? Run `check.hint("$name")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "${name}_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def $name(x):
    """FILL IN what it returns, and the shape of x."""
    ### BEGIN SOLUTION
    return x + 1  # FILL IN the right answer
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "$name", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("$name", $name)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("$lab", "$name", $name)
### END HIDDEN TESTS
'''  # noqa: E501  (nbgrader's metadata stand in one line)

ANSWER = """\
# %% $name
def $name(x):
    return x + 1  # FILL IN right answer $number, written differently
"""


class Refused(Exception):
    """What was asked for cannot be made; the message says what to do instead."""


def new_lab(lab: str) -> list[Path]:
    """Write the skeleton of a lab without exercises; return its files. Raises `Refused`."""
    if not re.fullmatch(r"\d\d_[a-z0-9_]+", lab):
        raise Refused(f"{lab!r} is no name of a lab: two digits and words, such as 09_pooling")
    if lab in release.labs():
        raise Refused(f"there is a lab {lab} already; EX=name adds an exercise to it")
    texts = {
        declaration.FOLDER / lab / "__init__.py": LAB,
        release.SOLUTIONS / f"{lab}.py": NOTEBOOK,
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(lab=lab), encoding="utf-8")
    return list(texts)


def new_exercise(lab: str, name: str) -> list[Path]:
    """Add the skeleton of an exercise to a lab; return the files. Raises `Refused`."""
    folder = declaration.FOLDER / lab
    if lab not in declaration.names():
        raise Refused(f"there is no lab {lab!r}; `make new LAB={lab}` begins it")
    if not re.fullmatch(r"[a-z]\w*", name):
        raise Refused(f"{name!r} is no name of a function")
    if (folder / f"{name}.py").exists():
        raise Refused(f"{lab} has an exercise {name} already")
    words = {"lab": lab, "name": name}
    declared, notebook = folder / "__init__.py", release.SOLUTIONS / f"{lab}.py"
    before = re.search(r"order=\[(.*?)\]", declared.read_text("utf-8"), re.DOTALL)[1]
    order = [*re.findall(r'"(\w+)"', before), name]
    listed = "".join(f'        "{each}",\n' for each in order)
    _replace(declared, f"order=[{before}]", f"order=[\n{listed}    ]")
    _insert(notebook, order[-2:-1], Template(CELLS).substitute(words))
    path = folder / f"{name}.py"
    path.write_text(Template(EXERCISE).substitute(words), encoding="utf-8")
    answers = [
        release.ANSWERS / lab / f"right_{number}.py" for number in range(1, RIGHT_ANSWERS + 1)
    ]
    for number, answer in enumerate(answers, 1):
        answer.parent.mkdir(parents=True, exist_ok=True)
        there = answer.read_text("utf-8").rstrip() + "\n\n\n" if answer.exists() else ""
        text = Template(ANSWER).substitute(words, number=number)
        answer.write_text(there + text, encoding="utf-8")
    return [path, declared, notebook, *answers]


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")


def _insert(notebook: Path, after: list[str], cells: str) -> None:
    """Insert cells behind the marked cell of exercise `after`, else before the summary."""
    text = notebook.read_text("utf-8")
    end = text.find(LAST) if LAST in text else len(text)
    for name in after:
        head = re.search(rf'^# %% [^\n]*"grade_id": "{name}",', text, re.MULTILINE)
        following = head and re.compile(r"^# %%", re.MULTILINE).search(text, head.end())
        end = following.start() if following else end
    parts = [text[:end].rstrip() + "\n", cells, *([text[end:]] if text[end:].strip() else [])]
    notebook.write_text("\n".join(parts), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write a skeleton and say what is left to fill in; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder new",
        description="Write the skeleton of a lab, or of an exercise of a lab and its cells.",
    )
    parser.add_argument("lab", help="such as 09_pooling")
    parser.add_argument("exercise", nargs="?", help="add this exercise to the lab")
    options = parser.parse_args(arguments)
    try:
        if options.exercise:
            files = new_exercise(options.lab, options.exercise)
        else:
            files = new_lab(options.lab)
    except Refused as problem:
        print(f"new: {problem}", file=sys.stderr)
        return 2
    for path in files:
        print(f"wrote {path.relative_to(release.ROOT)}")
    print("\nLeft to fill in; `make check` lists it again:")
    print("\n".join(f"  {place}" for place in release.unfilled(options.lab)))
    if options.exercise:
        print(f"The points of {options.lab} must add up to {declaration.TOTAL}.")
    else:
        print(f"  README.md: a row in the table of the labs\n  {options.lab}: its exercises, "
              f"`make new LAB={options.lab} EX=name`")  # fmt: skip
    return 0

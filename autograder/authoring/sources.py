"""The text that declares an exercise: its own statements, and all that these refer to.

Keys of marks are made of it. A text is the same on every machine, a computed number is not. What
is read is the syntax: comments and the breaking of lines do not count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring import declaration

ROOT = Path(__file__).resolve().parents[2]
JUDGING = ROOT / "utils" / "engine" / "judging"


def declared(lab: str, name: str) -> list[str]:
    """Return the statements that declare an exercise and those that they need, each once.

    An exercise is a file of its lab, a question of the quiz a call in the lab's `__init__.py`. Of
    modules outside the exercises, such as the judges that a case names, the whole text counts.
    Raises `KeyError` where the lab declares no such exercise.
    """
    folder = declaration.FOLDER / lab
    if (path := folder / f"{name}.py").is_file():
        return list(_reached(module := _Module(path), module.body))
    module = _Module(folder / "__init__.py")
    own = [statement for statement in module.body if module.asks(statement) == name]
    if not own:
        raise KeyError(f"{lab} declares no exercise {name!r}")
    return list(_reached(module, own))


class _Module:
    """The statements of a file of declarations, and which of them define a name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.body = ast.parse(path.read_text(encoding="utf-8")).body
        self.lab = ""  # what the lab is called here
        self.definitions: dict[str, list[ast.stmt]] = {}
        for statement in self.body:
            for name in _defines(statement):
                self.definitions.setdefault(name, []).append(statement)

    def asks(self, statement: ast.stmt) -> str:
        """Return the name of the question that a statement declares, "" if it declares none."""
        call = getattr(statement, "value", None)
        named = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args
        if named and call.func.attr == "quiz" and isinstance(call.args[0], ast.Constant):
            self.lab = ast.unparse(call.func.value)
            return call.args[0].value
        return ""

    def files(self, imported: ast.ImportFrom) -> list[Path]:
        """Return the files of the project that an import names, none for a library's."""
        folder = self.path.parents[imported.level - 1] if imported.level else ROOT
        folder = folder.joinpath(*(imported.module or "").split("."))
        names = [folder, *(folder / each.name for each in imported.names)]
        tried = [p for n in names for p in (n.with_suffix(".py"), n / "__init__.py")]
        return [path for path in tried if path.is_file()]


def _defines(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines; a wrong answer leaves its name as it was."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        decorators = [ast.unparse(each).partition("(")[0] for each in statement.decorator_list]
        if not any(each.endswith(".mistake") for each in decorators):
            yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (each.asname or each.name.partition(".")[0] for each in statement.names)
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _reached(module: _Module, statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the text of statements, then of what they name, and so on."""
    own = {name for statement in statements for name in _defines(statement)} | {module.lab}
    todo = [(module, statement) for statement in statements]
    done: set[tuple[Path, int]] = set()
    while todo:
        module, statement = todo.pop()
        if (module.path, statement.lineno) in done:
            continue
        done.add((module.path, statement.lineno))
        text = ast.unparse(statement)
        yield text
        if isinstance(statement, ast.ImportFrom):
            for path in module.files(statement):
                if not path.is_relative_to(declaration.FOLDER):
                    yield path.read_text(encoding="utf-8")
                    continue
                module = _Module(path)
                names = {each.name for each in statement.names}
                todo += [(module, s) for s in module.body if names & {"*", *_defines(s)}]
            continue
        for judge in sorted(set(re.findall(r"['\"](\w+)\.\w+['\"]", text))):
            if (path := JUDGING / f"{judge}.py").is_file():
                yield path.read_text(encoding="utf-8")
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} - own
        todo += [(module, s) for name in sorted(names) for s in module.definitions.get(name, [])]

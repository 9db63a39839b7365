"""Bytecode: compiled once, wherever that is allowed, and never into somebody else's files."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.setup import bytecode

SCRIPT = Path(bytecode.__file__)


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder of two modules that stands for an environment, with nothing compiled."""
    folder = tmp_path / "lib"
    (folder / "numpy").mkdir(parents=True)
    (folder / "aardvark").mkdir()
    (folder / "aardvark" / "__init__.py").write_text("a = 1\n")
    (folder / "numpy" / "__init__.py").write_text("b = 2\n")
    monkeypatch.setattr(bytecode.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(bytecode, "folders", lambda: {"libraries": folder})
    return folder


def cached(path):
    return Path(importlib.util.cache_from_source(path))


def missing():
    (part,) = bytecode.parts()
    return part.missing


def test_what_is_missing_is_compiled_and_nothing_twice(library):
    """Is everything compiled after one run, and is a second one without work?"""
    assert missing() == 2
    assert bytecode.compile_all("a label")
    assert missing() == 0
    before = cached(library / "aardvark" / "__init__.py").stat().st_mtime_ns
    assert bytecode.compile_all("a label")
    assert cached(library / "aardvark" / "__init__.py").stat().st_mtime_ns == before


def test_a_changed_module_is_compiled_again(library):
    """Is bytecode of another text no bytecode?"""
    bytecode.compile_all()
    (library / "aardvark" / "__init__.py").write_text("a = 1000\n")
    assert missing() == 1
    bytecode.compile_all()
    assert missing() == 0


def test_a_killed_run_is_taken_up(library, monkeypatch):
    """Is there no record of a run that did not end, and does the next one do the rest?"""
    compile_one = bytecode._compile

    def killed(path):
        if path.parent.name == "aardvark":
            raise KeyboardInterrupt
        return compile_one(path)

    with monkeypatch.context() as patch:
        patch.setattr(bytecode, "_compile", killed)
        with pytest.raises(KeyboardInterrupt):
            bytecode.compile_all()
    assert missing() == 1  # what every start needs comes first
    assert not Path(sys.prefix, bytecode.DONE).exists()
    assert bytecode.compile_all()
    assert missing() == 0


def test_two_runs_do_not_meet(library, tmp_path):
    """Does a second run leave the work to the first?"""
    fcntl = pytest.importorskip("fcntl")
    with open(tmp_path / f"{bytecode.DONE}-lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert not bytecode.compile_all()
    assert missing() == 2


def test_what_cannot_be_compiled_is_remembered(library):
    """Is a template with the ending of a module counted as missing no more?"""
    (library / "template.py").write_text("class {{ name }}:\n")
    bytecode.compile_all()
    assert missing() == 0
    record = json.loads(Path(sys.prefix, bytecode.DONE).read_text())
    assert record["refused"] == [str(library / "template.py")]


def test_a_linked_file_of_another_environment_stays(library, tmp_path):
    """Is stale bytecode that two environments share by a hard link left as it is over there?"""
    bytecode.compile_all()
    elsewhere = tmp_path / "elsewhere.pyc"
    os.link(cached(library / "aardvark" / "__init__.py"), elsewhere)
    before = elsewhere.read_bytes()
    (library / "aardvark" / "__init__.py").write_text("a = 1000\n")
    bytecode.compile_all()
    assert (
        elsewhere.read_bytes()
        == before
        != cached(library / "aardvark" / "__init__.py").read_bytes()
    )


def test_a_folder_that_may_not_be_written_is_left_alone(library, monkeypatch):
    """Does a read-only library cost nothing but a count?"""
    monkeypatch.setattr(bytecode.os, "access", lambda *_: False)
    bytecode.compile_all()
    (part,) = bytecode.parts()
    assert (part.missing, part.writable) == (2, False)


@pytest.mark.parametrize("variable", ["PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"])
def test_settings_of_the_user_do_not_stop_it(tmp_path, variable):
    """Is bytecode written beside its text although the environment asks for none, or elsewhere?"""
    path = tmp_path / "lib" / "module.py"
    path.parent.mkdir()
    path.write_text("a = 1\n")
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import bytecode, pathlib\n"
        f"sys.prefix = {str(tmp_path)!r}\n"
        f"bytecode.folders = lambda: {{'libraries': pathlib.Path({str(path.parent)!r})}}\n"
        "sys.argv[1:] = []; sys.exit(bytecode.main())"
    )
    env = os.environ | {variable: str(tmp_path / "elsewhere")}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    assert (path.parent / "__pycache__").is_dir()
    assert not list((tmp_path / "elsewhere").rglob("module.*"))  # (its own may lie there)

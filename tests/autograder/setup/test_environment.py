"""Making the environment: nothing twice, and the exact command where the user must act."""

import importlib.util
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The bootstrap script, on an empty folder with lock files, and the commands it ran."""
    path = ROOT / "autograder" / "setup" / "environment.py"
    spec = importlib.util.spec_from_file_location("environment", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ran = []
    module.fails = set()
    module.there = set()

    def run(command, **options):
        module.ran.append([str(part) for part in command])
        failed = module.fails & set(module.ran[-1])
        if options.get("check") and failed:
            raise subprocess.CalledProcessError(1, command)
        return subprocess.CompletedProcess(command, int(bool(failed)), stdout=f"{tmp_path}\n")

    monkeypatch.setattr(module.subprocess, "run", run)
    monkeypatch.setattr(module.shutil, "which", lambda name: name if name in module.there else None)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    for lock in ["requirements-uv.txt", *module.LOCKS.values()]:
        (tmp_path / lock).write_text("first==1\n")
    return module


def made(environment):
    """Pretend that the virtual environment is there."""
    environment.VENV.mkdir()
    environment.PYTHON.touch()


def test_everything_is_installed_with_hashes(environment):
    """Does every installing command insist on the locked hashes?"""
    made(environment)
    environment.install("requirements.txt")
    installs = [command for command in environment.ran if "install" in command]
    assert len(installs) == 2
    assert all("--require-hashes" in command for command in installs)


def test_a_second_start_runs_nothing(environment):
    """Is an unchanged lock file left alone, without one subprocess?"""
    made(environment)
    environment.install("requirements.txt")
    environment.ran.clear()
    environment.install("requirements.txt")
    assert environment.ran == []


def test_a_changed_lock_is_installed(environment):
    """Is a lock file that changed since installed again?"""
    made(environment)
    environment.install("requirements.txt")
    (environment.ROOT / "requirements.txt").write_text("first==2\n")
    environment.ran.clear()
    environment.install("requirements.txt")
    assert environment.ran


def test_a_failed_installation_is_tried_again(environment):
    """Does an installation that broke off leave no stamp that says it is complete?"""
    made(environment)
    environment.fails = {"uv"}
    with pytest.raises(subprocess.CalledProcessError):
        environment.install("requirements.txt")
    assert not environment.is_installed("requirements.txt")


def test_development_will_do_for_the_labs(environment):
    """Does `make lab` after `make test` install nothing?"""
    made(environment)
    environment.install("requirements-dev.txt")
    environment.ran.clear()
    environment.install("requirements.txt")
    assert environment.ran == []


def test_who_may_not_install_is_told_the_command(environment, monkeypatch, capsys):
    """Is the exact command printed, with what will not run, where apt is out of reach?"""
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    environment.there = {"apt-get", "sudo"}
    environment.fails = {"sudo"}
    environment.system_parts("dev")
    out = capsys.readouterr().out
    assert "sudo apt-get install bubblewrap chromium npm postgresql" in out
    assert "the browser tests will not run" in out
    assert not any("apt-get" in command for command in environment.ran)


def test_who_may_installs_what_is_missing_and_nothing_else(environment, monkeypatch, capsys):
    """Does root get the missing package through apt, without a question?"""
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0)
    environment.there = {"apt-get", "bwrap", "npm", "pg_ctlcluster"}
    environment.system_parts("dev")
    (command,) = environment.ran
    assert command[-2:] == ["--no-install-recommends", "chromium"]
    assert "-y" in command
    assert "will not run" not in capsys.readouterr().out


def test_nothing_is_said_when_all_is_there(environment, capsys):
    """Is a machine with all parts left in peace?"""
    environment.there = {"bwrap", "chromium", "npm", "pg_ctlcluster", "apt-get"}
    environment.system_parts("dev")
    assert environment.ran == []
    assert capsys.readouterr().out == ""


def test_the_proxy_is_installed_once_as_it_is_locked(environment):
    """Does npm install what the lock says, and nothing again until the lock is another?"""
    made(environment)
    folder = environment.ROOT / "deploy" / "jupyterhub"
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}")
    environment.there = {"npm"}
    environment.proxy()
    assert [command[:2] for command in environment.ran] == [["npm", "ci"]]
    environment.proxy()
    assert len(environment.ran) == 1
    (folder / "package-lock.json").write_text("{ }")
    environment.fails = {"npm"}
    environment.proxy()
    environment.proxy()
    assert len(environment.ran) == 3


def test_every_rule_has_its_line_of_help():
    """Does `make help` list every rule that a user may call, and the README the first two?"""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    rules = set(re.findall(r"^  make (\w+) ", listed, re.MULTILINE))
    assert rules == set(phony.split()) - {"env", "dev"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "    make lab " in readme
    assert "    make test " in readme


@pytest.fixture
def started(environment, monkeypatch):
    """The processes that were started beside, with an environment that is installed."""
    made(environment)
    environment.install("requirements.txt")
    commands = []
    monkeypatch.setattr(
        environment.subprocess, "Popen", lambda command, **_: commands.append(command)
    )
    return commands


def test_libraries_are_compiled_beside_until_they_are(environment, started):
    """Is compiling started at each start until its record names what is installed?"""
    environment.compile_beside()
    assert started[-1][-1] == environment.label() != ""
    (environment.VENV / ".compiled").write_text(json.dumps({"label": "older", "refused": []}))
    environment.compile_beside()
    record = {"label": environment.label(), "refused": []}
    (environment.VENV / ".compiled").write_text(json.dumps(record))
    environment.compile_beside()
    assert len(started) == 2


def test_an_environment_of_somebody_else_is_not_written(environment, started, monkeypatch):
    """Is nothing started where nothing could be written?"""
    monkeypatch.setattr(environment.os, "access", lambda *_: False)
    environment.compile_beside()
    assert started == []

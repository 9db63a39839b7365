"""The three statements of what the labs need agree: pyproject.toml, environment.yml, the locks."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HUB = "deploy/jupyterhub/requirements.txt"
LOCKS = ["requirements-uv.txt", "requirements.txt", "requirements-dev.txt", HUB]


def locked(name: str) -> list[Requirement]:
    """Return the pins of a lock file, one requirement for each version and marker."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[a-z0-9]", line)]


def ranges(requirements: list[str]) -> dict[tuple[str, str], str]:
    """Return `{(name, marker): range}` of requirement lines."""
    parsed = [Requirement(line) for line in requirements]
    return {(r.name.lower(), str(r.marker or "")): str(r.specifier) for r in parsed}


def test_conda_states_the_same_ranges():
    """Does environment.yml state exactly the ranges of pyproject.toml?"""
    stated = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [line for line in stated if isinstance(line, str)]
    pip = [line for part in stated if isinstance(part, dict) for line in part["pip"]]
    conda = ranges(conda + pip)
    python = conda.pop(("python", ""))
    assert conda.pop(("pip", "")) == ""
    assert conda == ranges(PROJECT["dependencies"])
    assert str(Requirement("python" + PROJECT["requires-python"]).specifier) == python


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_lock_satisfies_the_project(lock):
    """Is each dependency locked, on every platform, to versions within its range?"""
    wanted = list(PROJECT["dependencies"])
    if lock == "requirements-dev.txt":
        wanted += PROJECT["optional-dependencies"]["dev"]
    pins = locked(lock)
    for requirement in map(Requirement, wanted):
        mine = [pin for pin in pins if pin.name == requirement.name.lower()]
        assert mine, f"{requirement.name} is not in {lock}"
        for pin in mine:
            version = str(pin.specifier).removeprefix("==")
            assert requirement.specifier.contains(version), f"{pin} against {requirement}"


def test_development_uses_the_learners_versions():
    """Does the development lock hold every pin of the learners' lock, unchanged?"""
    learners, developers = (
        {(pin.name, str(pin.specifier)) for pin in locked(lock)}
        for lock in ["requirements.txt", "requirements-dev.txt"]
    )
    assert learners <= developers


def test_a_hub_adds_to_the_learners_lock_and_changes_nothing_in_it():
    """Does the hub's lock hold what its extras need, as developers test it, and no pin twice?"""
    pins = {pin.name: pin for pin in locked(HUB)}
    tested = {(pin.name, str(pin.specifier)) for pin in locked("requirements-dev.txt")}
    assert {(pin.name, str(pin.specifier)) for pin in pins.values()} <= tested
    assert not set(pins) & {pin.name for pin in locked("requirements.txt")}
    extras = PROJECT["optional-dependencies"]
    for requirement in map(Requirement, extras["hub"] + extras["postgresql"]):
        version = str(pins[requirement.name].specifier).removeprefix("==")
        assert requirement.specifier.contains(version)
    assert set(extras["hub"] + extras["postgresql"]) <= set(extras["dev"])


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_hashed_and_names_no_place(lock):
    """Does every pin carry a hash, and no line an address, an index or a path?"""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|index|find-links|\bfile:|\s/|@ ", text)

"""Write `dist/labs.zip`: what learners receive, and nothing else.

    python -m autograder bundle [--self-study] [TARGET]
    python -m autograder bundle --wheel [TARGET]    what labs import, to be installed with pip

For self-study the explanations of the quizzes come along, sealed (`utils.checks.quiz`).

The same files give the same bytes: entries are sorted and carry no time and no owner.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "labs"
COPIED = ["LICENSE", "environment.yml", "requirements.txt"]
NOTEBOOKS = ["notebooks/[0-9]*.ipynb", "notebooks/[0-9]*/[0-9]*.ipynb"]
UTILS = {".py", ".json", ".npz", ".npy", ".csv", ".css", ".js", ".svg", ".png"}
# None of these may reach a learner, whatever went wrong before.
SECRET = re.compile(r"BEGIN SOLUTION|BEGIN HIDDEN TESTS|\b(?:import|from) autograder\b")


class NotReleased(Exception):
    """A file that would go into the bundle is not as `make release` writes it."""


class NotBuilt(Exception):
    """The wheel could not be built."""


def learners_pyproject(root: Path) -> str:
    """Return pyproject.toml cut to what installing `utils` needs."""
    stated = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project, build = stated["project"], stated["build-system"]
    lines = ["[project]"]
    for key in ["name", "version", "description", "license", "requires-python"]:
        lines.append(f"{key} = {json.dumps(project[key])}")
    lines.append("dependencies = [")
    lines += [f"    {json.dumps(requirement)}," for requirement in project["dependencies"]]
    lines += ["]", "", "[build-system]", f"requires = {json.dumps(build['requires'])}"]
    lines += [f"build-backend = {json.dumps(build['build-backend'])}", ""]
    wheel = stated["tool"]["hatch"]["build"]["targets"]["wheel"]
    lines += ["[tool.hatch.build.targets.wheel]", f"packages = {json.dumps(wheel['packages'])}"]
    lines += ["", "[tool.hatch.build.targets.wheel.force-include]"]
    lines += [f"{json.dumps(a)} = {json.dumps(b)}" for a, b in wheel["force-include"].items()]
    lines += [""]
    return "\n".join(lines)


def contents(root: Path, self_study: bool = False) -> dict[str, bytes]:
    """Return `{path in the bundle: bytes}`; raises NotReleased for a file with an answer in it."""
    found = [path for pattern in NOTEBOOKS for path in root.glob(pattern)]
    released = {path.stem for path in root.glob("solutions/*.py")}  # and no copy kept beside one
    notebooks = [path for path in found if path.stem in released]
    if not notebooks:
        raise NotReleased("notebooks/: no released lab, run `make release`")
    kinds = UTILS | ({".sealed"} if self_study else set())
    utils = [path for path in root.glob("utils/**/*") if path.suffix in kinds]
    files = {}
    for path in [*notebooks, *utils, *(root / name for name in COPIED)]:
        name = path.relative_to(root).as_posix()
        files[name] = path.read_bytes()
        look(name, files[name])
    for path in notebooks:
        cells = json.loads(path.read_bytes())["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            name = path.relative_to(root).as_posix()
            raise NotReleased(f"{name}: has been run, `make release` writes it anew")
    files["README.md"] = (root / "autograder/setup/learners.md").read_bytes()
    files["nbgrader_config.py"] = (root / "autograder/setup/learners_config.py").read_bytes()
    files["pyproject.toml"] = learners_pyproject(root).encode()
    return files


def look(name: str, data: bytes) -> None:
    """Raise NotReleased where a file holds what learners must not see."""
    found = SECRET.search(data.decode("utf-8", "replace"))
    if found:
        raise NotReleased(f"{name}: holds {found.group()!r}, which learners must not see")


def write(root: Path, target: Path, self_study: bool = False) -> int:
    """Write the bundle of a repository to `target` and return the number of files in it."""
    files = contents(root, self_study)
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}")  # dated 1980-01-01
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    return len(files)


def write_wheel(root: Path, folder: Path) -> Path:
    """Build what labs import as a wheel in `folder`, and return its path.

    Raises NotReleased for a file with an answer in it, and NotBuilt without the build backend.
    """
    with tempfile.TemporaryDirectory() as new:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", new]
        done = subprocess.run(build, cwd=root, capture_output=True, text=True)
        if done.returncode:
            raise NotBuilt(
                f"{(done.stderr.strip().splitlines() or ['no reason was told'])[-1]}\n"
                f"The wheel is built with hatchling: {sys.executable} -m pip install hatchling"
            )
        (built,) = Path(new).glob("*.whl")
        with zipfile.ZipFile(built) as archive:
            for name in archive.namelist():
                if not name.startswith(("utils/", "neural_network_labs-")):
                    raise NotReleased(f"{name}: is nothing that labs import")
                look(name, archive.read(name))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / built.name).write_bytes(built.read_bytes())
        return folder / built.name


def main(arguments: list[str] | None = None) -> int:
    """Write the bundle and say where; return a process's exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder bundle", description="Write what learners receive as one file."
    )
    parser.add_argument(
        "target", nargs="?", type=Path, help="where to; default: dist/labs.zip, a wheel: dist"
    )
    parser.add_argument(
        "--self-study", action="store_true", help="let learners have their quizzes explained"
    )
    parser.add_argument(
        "--wheel", action="store_true", help="write what labs import as a wheel into a folder"
    )
    options = parser.parse_args(arguments)
    target = options.target or ROOT / "dist" / ("" if options.wheel else "labs.zip")
    try:
        if options.wheel:
            print(write_wheel(ROOT, target))
            return 0
        count = write(ROOT, target, options.self_study)
    except (NotReleased, NotBuilt) as problem:
        print(f"bundle: {problem}", file=sys.stderr)
        return 1
    print(f"{target}: {count} files, {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Open JupyterLab on the labs, with the settings of this folder and without first-run questions."""

import os
import sys
import sysconfig
from pathlib import Path

from utils import places
from utils.lab import folder


def options() -> list[str]:
    """Return the options that JupyterLab is started with, before the user's own."""
    start = f"/{places.START}" if places.installed() else f"/notebooks/{places.START}"
    chosen = [
        f"--ServerApp.root_dir={folder.prepare()}",
        f"--LabApp.default_url=/lab/tree{start}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'settings'}",
        "--ContentsManager.pre_save_hook=utils.lab.saving.tidied",
        "--HTMLExporter.preprocessors=utils.lab.pages.Described",
        "--ServerApp.kernel_websocket_connection_class=utils.lab.wire.AtOnce",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        chosen.append("--allow-root")
    return chosen


def prepend(variable: str, value: str) -> None:
    """Put a folder in front of a search path of the environment."""
    rest = os.environ.get(variable)
    os.environ[variable] = value + (os.pathsep + rest if rest else "")


def main() -> None:
    """Start JupyterLab in this process; its kernels import `utils` from where it is here.

    With the course's configuration where the course is; elsewhere with a learner's.
    """
    if (places.ROOT / "notebooks").is_dir():
        prepend("PYTHONPATH", str(places.ROOT))
    prepend("PATH", sysconfig.get_path("scripts"))  # for terminals: nbgrader, jupyter
    course = (places.ROOT / "autograder").is_dir() and not places.installed()
    prepend("JUPYTER_CONFIG_PATH", str(places.ROOT if course else folder.LEARNER))
    if course:
        prepend("JUPYTER_CONFIG_PATH", str(places.ROOT / "autograder" / "setup" / "jupyter"))
    own = os.environ.get("PYTHONSTARTUP")
    if own and os.path.isfile(own):
        os.environ["LABS_PYTHONSTARTUP"] = own
    os.environ["PYTHONSTARTUP"] = str(Path(__file__).parent / "kernel.py")
    os.chdir(folder.prepare())
    from jupyterlab.labapp import main as jupyter_lab

    sys.argv = ["jupyter-lab", *options(), *sys.argv[1:]]
    sys.exit(jupyter_lab())


if __name__ == "__main__":
    main()

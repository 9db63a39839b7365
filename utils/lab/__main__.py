"""Open JupyterLab on the labs, with the settings of this folder and without first-run questions."""

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def options() -> list[str]:
    """Return the options that JupyterLab is started with, before the user's own."""
    start = "/notebooks/00_start.ipynb"
    found = (ROOT / start[1:]).exists()
    chosen = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree{start if found else '/notebooks'}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'settings'}",
        "--ContentsManager.pre_save_hook=utils.lab.saving.tidied",
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
    """Start JupyterLab in this process; its kernels import `utils` from this folder."""
    prepend("PYTHONPATH", str(ROOT))
    prepend("PATH", sysconfig.get_path("scripts"))  # for terminals: nbgrader, jupyter
    prepend("JUPYTER_CONFIG_PATH", str(ROOT))  # nbgrader_config.py
    own = os.environ.get("PYTHONSTARTUP")
    if own and os.path.isfile(own):
        os.environ["LABS_PYTHONSTARTUP"] = own
    os.environ["PYTHONSTARTUP"] = str(Path(__file__).parent / "kernel.py")
    os.chdir(ROOT)
    from jupyterlab.labapp import main as jupyter_lab

    sys.argv = ["jupyter-lab", *options(), *sys.argv[1:]]
    sys.exit(jupyter_lab())


if __name__ == "__main__":
    main()

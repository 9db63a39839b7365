"""Do the container's files hang together? (That they run, no test here can tell.)"""

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "deploy" / "jupyterhub"


def test_compose_names_files_and_volumes_that_are_there():
    """Does the file parse, with its build folder, its Dockerfile and each volume declared?"""
    stated = yaml.safe_load((HERE / "compose.yaml").read_text(encoding="utf-8"))
    build = stated["services"]["hub"]["build"]
    assert (HERE / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    mounted = [v.split(":")[0] for s in stated["services"].values() for v in s["volumes"]]
    assert {name for name in mounted if not name.startswith(".")} == set(stated["volumes"])
    published = [port for s in stated["services"].values() for port in s.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_runs_commands_that_exist():
    """Does each command of the Dockerfile and of its start name files and options of ours?"""
    lines = (HERE / "Dockerfile").read_text(encoding="utf-8")
    script = (HERE / "start.sh").read_text(encoding="utf-8")
    known = {"FROM", "RUN", "COPY", "WORKDIR", "VOLUME", "EXPOSE", "ENTRYPOINT"}
    assert set(re.findall(r"^([A-Z]+) ", lines, re.MULTILINE)) == known
    named = set(re.findall(r"deploy/jupyterhub/[\w.]+", lines + script))
    assert named >= {"deploy/jupyterhub/install.py", "deploy/jupyterhub/start.sh"}
    assert not [name for name in named if not (ROOT / name).is_file()]
    options = set(re.findall(r"install\.py (--[\w-]+)", lines + script))
    install = (HERE / "install.py").read_text(encoding="utf-8")
    assert options == {"--only-programs", "--keep-programs"}
    assert all(f'"{option}"' in install for option in options)


def test_the_cluster_s_values_hold_python_that_compiles():
    """Does the file parse, with code for the hub in it that offers no course to learners?"""
    values = yaml.safe_load((ROOT / "deploy/kubernetes/values.yaml").read_text(encoding="utf-8"))
    given = SimpleNamespace(KubeSpawner=SimpleNamespace(), JupyterHub=SimpleNamespace(services=[]))
    for name, source in values["hub"]["extraConfig"].items():
        exec(compile(source, name, "exec"), {"c": given})
    assert [service["name"] for service in given.JupyterHub.services] == ["ngshare"]
    shown = [
        given.KubeSpawner.profile_list(SimpleNamespace(user=SimpleNamespace(name=name)))
        for name in ("ADA", "CLEO")
    ]
    assert shown[0] == []
    assert shown[1][1]["kubespawner_override"]["image"].startswith("REGISTRY/labs-course")


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_start_is_a_shell_script(shell):
    """Does it parse?"""
    subprocess.run([shell, "-n", HERE / "start.sh"], check=True)

"""A machine within this machine, for `machine.py`: its own users, homes and folders.

Started in mount and process namespaces of its own, of which nothing is left when it ends. Here
/etc is a copy, /home, /opt and /srv are empty, and closed folders show nothing but the libraries.
Then it reads from standard input, line by line, what to run as whom, and answers with the status.
Python modules run in forks of this process, which has imported nbgrader.
"""

import json
import os
import pwd
import runpy
import shutil
import signal
import subprocess
import sys
import sysconfig
import traceback
from pathlib import Path


def sh(*command):
    subprocess.run([str(part) for part in command], check=True)


def closed(path):
    """Return the first folder on the way to a path that others may not pass; None without one."""
    ways = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001]
    return ways[0] if ways else None


def furnish(stage, project, needed):
    """Mount what makes this a machine of its own; what is needed stays where it is."""
    sh("mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", stage)
    shutil.copytree("/etc", stage / "etc", symlinks=True)
    kept = {path: stage / f"needed{number}" for number, path in enumerate([project, *needed])}
    hidden = {Path("/home"), Path("/opt"), Path("/srv"), project}
    hidden |= {way for path in kept if (way := closed(path))}
    for path, place in kept.items():
        place.mkdir()
        sh("mount", "--bind", path, place)
    sh("mount", "--bind", stage / "etc", "/etc")
    for folder in sorted(hidden):
        if folder.is_dir():
            sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
    for path, place in kept.items():
        if path != project and any(path.is_relative_to(folder) for folder in hidden):
            path.mkdir(parents=True, exist_ok=True)
            sh("mount", "--bind", place, path)
    (stage / "project").symlink_to(kept[project])


def environment(target):
    """Make the environment at `target`: the libraries of this one, without this repository."""
    sh(sys.executable, "-m", "venv", "--without-pip", target)
    (packages,) = target.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for folder in ("etc/jupyter", "share/jupyter"):
        (target / folder).parent.mkdir(exist_ok=True)
        (target / folder).symlink_to(Path(sys.prefix, folder))
    for name in ("alembic", "jupyter", "nbgrader"):
        script = Path(sysconfig.get_path("scripts"), name).read_text()
        own = target / "bin" / name
        own.write_text(f"#!{target}/bin/python\n" + script.partition("\n")[2])
        own.chmod(0o755)


def become(user, cwd, env, log):
    """Make this process one of a user's."""
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.umask(0o022)
    os.environ.clear()
    os.environ.update({"HOME": account.pw_dir, "USER": user, "LOGNAME": user} | env)
    os.chdir(cwd or account.pw_dir)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # (orders come on this one's)
    for stream in (1, 2):
        os.dup2(log, stream)


def started(order):
    """Start a process for an order; return its number."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if pid := os.fork():
        os.close(log)
        return pid
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        become(order["user"], order["cwd"], order["env"], log)
        command = order["command"]
        if command[0] != "-m":
            os.execvp(command[0], command)
        sys.argv = command[1:]
        sys.path[:0] = [p for p in os.environ.get("PYTHONPATH", "").split(":") if p]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def serve():
    """Run orders, until there are no more."""
    import nbgrader.apps  # noqa: F401

    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = started(order)
        if order["wait"]:
            pid = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps(pid), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        stage, project, target, *needed = map(Path, sys.argv[1:])
        furnish(stage, project, needed)
        environment(target)
        if server := os.fork():  # the first process buries those whose parents are gone
            while os.wait()[0] != server:
                pass
            os._exit(0)
        here = stage / "project" / Path(__file__).relative_to(project)
        os.execv(target / "bin" / "python", [target / "bin" / "python", "-P", here, "serve"])

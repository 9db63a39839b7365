"""Commands of an instructor, each in a process of its own, forked where nbgrader is imported."""

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

SERVER = """
import json, os, runpy, sys, traceback
import nbgrader.apps
for line in sys.stdin:
    streams, (how, what, *arguments) = json.loads(line)
    if (child := os.fork()) == 0:
        for stream, name in enumerate(streams, 1):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
        sys.argv, status = [what if how == "-m" else how, *arguments], 0
        try:
            if how == "-m":
                runpy.run_module(what, run_name="__main__", alter_sys=True)
            else:
                exec(what, {"__name__": "__main__"})
        except SystemExit as end:
            status = end.code
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextlib.contextmanager
def commands(folder, env):
    """Yield a function that runs `"-m", MODULE, ...` or `"-c", CODE, ...` in a folder.

    It returns the exit status and what was said, as `subprocess.run` does. A new Python would take
    a second to import nbgrader, each time.
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        tempfile.TemporaryDirectory() as logs,
        subprocess.Popen([sys.executable, "-c", SERVER], cwd=folder, env=env, **pipes) as server,
    ):

        def run(*command):
            files = [Path(logs, name) for name in ("out", "err")]
            for file in files:
                file.write_text("")
            order = [list(map(str, files)), list(map(str, command))]
            print(json.dumps(order), file=server.stdin, flush=True)
            status = int(server.stdout.readline())
            out, err = (file.read_text() for file in files)
            return SimpleNamespace(returncode=status, stdout=out, stderr=err)

        yield run

"""A PostgreSQL server of a test's own: on loopback, in a folder of its own, as nobody."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.browser.conftest import free_port

PASSWORD = "for-the-tests"


def programs():
    """Return the folder of the server's programs; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    name = str(found[-1]) if found else shutil.which("postgres")
    return Path(name).parent if name else None


class Server:
    """The server, with a user `course` and a database `gradebook`; a context manager."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="labs-postgres-"))
        self.data, self.port, self.process = self.folder / "data", free_port(), None
        # The server refuses to run as root.
        self.user = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def __enter__(self):
        word = self.folder / "password"
        word.write_text(PASSWORD)
        word.chmod(0o644)
        self.run(
            "initdb", "-D", self.data, "--username=course", f"--pwfile={word}", "--no-sync",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
        )  # fmt: skip
        self.start()
        self.sql("CREATE DATABASE gradebook")
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def run(self, program, *arguments):
        """Run one of the server's programs."""
        command = [programs() / program, *arguments]
        options = {"check": True, "capture_output": True, "cwd": self.folder, "text": True}
        return subprocess.run(list(map(str, command)), **options, **self.user)

    def start(self):
        """Start the server and wait until it answers."""
        command = [
            programs() / "postgres", "-D", self.data, "-c", "listen_addresses=127.0.0.1",
            "-c", f"port={self.port}", "-c", f"unix_socket_directories={self.folder}",
            "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "autovacuum=off",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            list(map(str, command)), cwd=self.folder, stderr=subprocess.DEVNULL, **self.user
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.sql("SELECT 1", database="postgres")
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self, how=signal.SIGQUIT):
        """Stop the server, by default as a power cut would."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def sql(self, statement, database="postgres"):
        """Execute a statement."""
        import psycopg

        url = f"postgresql://course:{PASSWORD}@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    @property
    def url(self):
        """The address of the gradebook, as an instructor writes it."""
        return f"postgresql://course:{PASSWORD}@127.0.0.1:{self.port}/gradebook"

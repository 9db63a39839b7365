"""`python -m autograder serve`: mark each submission as it comes in, and hand the feedback back.

Watches nbgrader's exchange. The status page is for this machine alone and names no learner:
`/` for people, `/status.json` for programs; `--status` prints the latter of a running service.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from autograder.course import lending
from autograder.course.folders import BookError, Busy, Course, cores
from autograder.course.pool import Shared
from autograder.jail.sandbox import JailError

ROOT = Path(__file__).resolve().parents[2]
PORT = 8790
MOST_VISITS, SILENT_SECONDS = 8, 5.0  # of the status page at a time
LOCAL = ("127.0.0.1", "localhost")


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder serve",
        description="Mark each submission as it comes into nbgrader's exchange.",
    )
    parser.add_argument("--course", type=Path, default=ROOT / "course", help="the course folder")
    parser.add_argument("--workers", type=int, default=0, help="processes; default: one a core")
    parser.add_argument(
        "--port",
        type=int,
        default=PORT,
        help="of the status page; 0 for none; default: %(default)s",
    )
    parser.add_argument("--status", action="store_true", help="print how the running one is doing")
    parser.add_argument("--allow-unjailed", action="store_true", help="as of `grade`")
    options = parser.parse_args(arguments)
    course = Course(options.course.resolve())
    if options.workers < 0 or not 0 <= options.port < 65536:
        print("serve: --workers takes a number from 1, --port one to 65535", file=sys.stderr)
        return 2
    if options.status:
        try:
            print(json.dumps(lending.ask(course, "status"), indent=1))
        except lending.Nobody as why:
            print(f"serve: no service is running for {course.folder} {why}", file=sys.stderr)
            return 1
        return 0
    try:
        with _alone(course):
            anew = _serve(course, options)
    except (Busy, BookError, JailError, OSError) as error:
        print(f"not serving: {error}", file=sys.stderr)
        return 1
    if anew:
        command = [sys.executable, "-m", "autograder", "serve", *(arguments or sys.argv[2:])]
        os.execv(sys.executable, command)
    return 0


def _serve(course: Course, options: argparse.Namespace) -> bool:
    """Serve until stopped; tell whether to start anew."""
    logging.basicConfig(
        format="%(asctime)s %(levelname).1s %(message)s", level=logging.WARNING, stream=sys.stderr
    )
    # Before nbgrader is imported, so that both go on at once.
    workers = Shared(options.workers or cores(), not options.allow_unjailed)
    from autograder.commands import service

    service.log.setLevel(logging.INFO)
    serving = service.Service(course, workers)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: serving.stop.set())
    with status_page(options.port, serving.status) as port:
        page = f", status at http://127.0.0.1:{port}" if port else ""
        service.log.info("serving with %d workers%s", serving.workers.count, page)
        serving.run()
    return serving.changed()


def _alone(course: Course) -> contextlib.AbstractContextManager:
    """Let one service at a time run for a course; raises `Busy`."""
    return course.locked(".serving", "another service runs for")


@contextlib.contextmanager
def status_page(port: int, status: Callable[[], dict]) -> Iterator[int]:
    """Show the status on this machine; gives the port, 0 where there is no page."""
    if not port:
        yield 0
        return

    class Server(ThreadingHTTPServer):
        """Serves a few at a time: others of this machine may visit as often as they like."""

        daemon_threads, places = True, threading.BoundedSemaphore(MOST_VISITS)

        def process_request(self, request: Any, address: Any) -> None:
            if self.places.acquire(blocking=False):
                super().process_request(request, address)
            else:
                self.shutdown_request(request)

        def process_request_thread(self, request: Any, address: Any) -> None:
            try:
                super().process_request_thread(request, address)
            finally:
                self.places.release()

    class Page(BaseHTTPRequestHandler):
        timeout = SILENT_SECONDS

        def do_GET(self) -> None:
            # Another name for this machine is a page elsewhere that has its visitor's browser ask.
            if self.headers.get("Host", "").partition(":")[0] not in LOCAL:
                self.send_error(403)
            elif self.path == "/status.json":
                self.answer("application/json", json.dumps(status(), indent=1))
            elif self.path == "/":
                self.answer("text/html; charset=utf-8", _page(status()))
            else:
                self.send_error(404)

        def answer(self, kind: str, content: str) -> None:
            data = content.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"
            )
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Log no visits."""

    try:
        server = Server(("127.0.0.1", port), Page)
    except OSError as error:
        raise OSError(
            f"port {port} cannot be used ({error.strerror}): take another --port"
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _page(status: dict) -> str:
    rows = []
    for name, value in status.items():
        if isinstance(value, dict):
            value = ", ".join(f"{k.replace('_', ' ')}: {v}" for k, v in value.items()) or "none"
        said = html.escape("-" if value is None else str(value))
        rows.append(f"<tr><th>{html.escape(name.replace('_', ' '))}</th><td>{said}</td></tr>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="refresh" content="2"><title>Marked on submit</title><style>'
        ":root { color-scheme: light dark } body { font: 16px/1.5 system-ui; margin: 2rem }"
        "th { text-align: left; padding-right: 2rem; font-weight: 600; vertical-align: top }"
        f"</style></head><body><h1>Marked on submit</h1><table>{''.join(rows)}</table></body>"
        "</html>\n"
    )

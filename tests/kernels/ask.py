"""Stand for a kernel: `python ask.py SOCKET CONNECTION_FILE` lasts as long as the kernel does.

What is started here gets this process's folder, environment and streams; signals go on to it, and
when this process dies, so does the kernel.
"""

import json
import os
import signal
import socket
import sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    request = {"connection": sys.argv[2], "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(server, [json.dumps(request).encode() + b"\n"], [0, 1, 2])
    kernel = int(server.recv(32))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(kernel, number))
    server.recv(1)  # nothing ever comes: its end is the kernel's

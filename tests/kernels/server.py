"""Import what labs import, then fork a kernel for each who asks: `python server.py SOCKET`.

It ends when its standard input closes.
"""

import importlib
import json
import os
import select
import signal
import socket
import sys
import threading

# As `utils.figures` and `ipykernel` set them before these libraries are imported.
os.environ |= {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
LIBRARIES = (
    "ipykernel.kernelapp", "numpy", "scipy.special", "scipy.signal", "sklearn.datasets",
    "sklearn.linear_model", "sklearn.neural_network", "sympy", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "tensorflow", "keras",
)  # fmt: skip


def serve(address: str) -> None:
    """Fork kernels until standard input closes."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        for name in LIBRARIES:
            importlib.import_module(name)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if 0 in ready:
                return
            asker, _ = listener.accept()
            if os.fork() == 0:
                try:
                    listener.close()
                    become_kernel(asker)
                finally:
                    os._exit(1)
            asker.close()


def become_kernel(asker: socket.socket) -> None:
    """Be the kernel that was asked for, in the asker's folder, environment and streams."""
    text, streams, _, _ = socket.recv_fds(asker, 1 << 16, 3)
    while not text.endswith(b"\n"):
        text += asker.recv(1 << 16)
    request = json.loads(text)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(request["folder"])
    kept = {name: os.environ[name] for name in ("MPLBACKEND",)}
    os.environ.clear()
    os.environ |= kept | request["environment"]
    extra = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [os.path.abspath(folder) for folder in extra if folder]
    asker.sendall(b"%d" % os.getpid())
    threading.Thread(target=_end_with, args=(asker,), daemon=True).start()

    from ipykernel.kernelapp import IPKernelApp

    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=["-f", request["connection"], parent])
    os._exit(0)


def _end_with(asker: socket.socket) -> None:
    asker.recv(1)
    os._exit(1)


if __name__ == "__main__":
    sys.path.pop(0)  # this file's own folder
    serve(sys.argv[1])

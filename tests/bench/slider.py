"""Slider move to changed pixels, in Chromium on a JupyterLab: `python -m tests.bench.slider`.

A key press moves the slider. The clock stops when the browser has painted the new image, and a
checksum of its pixels makes sure that it is a new one.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.driving import CHROMIUM, Lab

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 120.0  # milliseconds, 95th percentile
TOKEN = "bench"
FIGURES = {
    "softmax_bars": "figures.softmax_bars()",
    "probability_triangle": "figures.probability_triangle()",
    "loss_curve": "figures.loss_curve()",
    "four_clusters": "figures.four_clusters()",
}
WATCH = """
([image, handle]) => {
  const canvas = document.createElement("canvas"), moves = window.moves = [];
  const pixels = () => {
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.reduce(
      (sum, value) => (sum * 31 + value) | 0, 7);
  };
  let start = null, before = pixels();
  window.frames_drawn = 0;
  document.addEventListener("keydown", () => { start = performance.now(); }, true);
  image.addEventListener("load", () => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // a message runs after the frame has been painted
    channel.port1.onmessage = () => {
      const now = performance.now(), after = pixels();
      window.frames_drawn += 1;
      if (after !== before && start !== null) { moves.push(now - start); start = null; }
      before = after;
    };
    channel.port2.postMessage(null);
  }));
  handle.focus();
}
"""


@contextmanager
def jupyterlab(folder):
    """A JupyterLab on `folder` with the settings of this project; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
    env |= {"HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.app_settings_dir={ROOT / 'utils' / 'lab' / 'settings'}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/api", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "log").read_text()) from None
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def figure_page(source):
    """A page of JupyterLab that shows the figure made by `source`; gives `(page, cell)`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, sync_playwright() as playwright:
        folder = Path(name)
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        )
        code = f"from utils.figures import softmax as figures\n{source}"
        notebook.cells = [nbformat.v4.new_code_cell(code)]
        nbformat.write(notebook, folder / "figure.ipynb")
        with jupyterlab(folder) as url:
            browser = playwright.chromium.launch(**CHROMIUM)
            page = browser.new_page(viewport={"width": 1300, "height": 900})
            page.goto(f"{url}/login?token={TOKEN}")
            lab = Lab(page, url)
            lab.open("figure.ipynb")
            lab.command("notebook:run-all-cells")
            cell = lab.cell_with("figures")
            cell.locator("img.kit-picture").first.wait_for(timeout=60_000)
            lab.wait_idle()
            yield page, cell
            browser.close()


def measure(source, moves=60):
    """Milliseconds from each of `moves` key presses on the first slider to changed pixels."""
    with figure_page(source) as (page, cell):
        image = cell.locator("img.kit-picture").element_handle()
        handle = cell.locator(".noUi-handle").first.element_handle()
        page.evaluate(WATCH, [image, handle])
        for k in range(moves):
            page.keyboard.press("ArrowRight" if k % 40 < 20 else "ArrowLeft")
            page.wait_for_function("n => window.moves.length === n", arg=k + 1, timeout=5_000)
        return np.array(page.evaluate("window.moves"))


def main():
    """Print a line for each figure; return whether all stay within the limit."""
    within = True
    for name, source in FIGURES.items():
        times = measure(source)
        median, high = np.percentile(times, [50, 95])
        within &= bool(high < LIMIT)
        line = f"median {median:4.0f} ms, 95% under {high:4.0f} ms, limit {LIMIT:.0f} ms"
        print(f"slider to pixels  {name:22} {line}", flush=True)
    return within


if __name__ == "__main__":
    sys.exit(not main())

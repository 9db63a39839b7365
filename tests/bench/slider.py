"""Slider move to changed pixels, in Chromium on a JupyterLab: `python -m tests.bench.slider`.

    python -m tests.bench.slider                       every figure of every lab
    python -m tests.bench.slider 03 06 --beside main~1 two labs, beside an older commit in one run

A key press moves the first slider. The clock stops when the browser has painted the new picture,
and a checksum of its pixels makes sure that it is a new one. The two versions take turns, figure by
figure, in two pages of the same browser, with a JupyterLab and a kernel each. `--steps` says where
the time goes.
"""

import os
import socket
import subprocess
import sys
import tempfile
from ast import literal_eval
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import TimeoutError, sync_playwright

from tests.bench import parser
from tests.browser.driving import CHROMIUM, Lab, chromium, wait_until_it_answers

ROOT = Path(__file__).resolve().parents[2]
MEDIAN, HIGH, WORST = 40.0, 80.0, 120.0  # milliseconds: median, and 95th percentile
TOKEN = "bench"
# Stands in for the trained networks of lab 08.
READER = """
class Reader:
    def __init__(self):
        rng, shapes = np.random.default_rng(0), [(64, 25), 25, (25, 15), 15, (15, 10), 10]
        self.parts = [0.3 * rng.normal(size=shape) for shape in shapes]
    def __call__(self, X):
        for W, b in zip(self.parts[:-2:2], self.parts[1:-2:2]):
            X = np.maximum(np.asarray(X) @ W + b, 0)
        return X @ self.parts[-2] + self.parts[-1]
    def get_weights(self):
        return self.parts
X, y = data.digits()
training = figures.Training(Reader(), (X[:900], y[:900]), (X[900:1100], y[900:1100]), (X, y))
"""
_PLAIN = """
def plain(Z):
    grown = np.exp(Z)
    return grown / grown.sum(axis=-1, keepdims=True)
"""
FIGURES = {  # by lab: the module, what comes first, the figures with their arguments
    "01": ("training", "import keras", ["pixels()", "loss_terms()", "by_hand()", "nudge()",
                                        "descent()", "batch_paths()", "look_inside()"]),
    "02": ("activations", "", ["three_activations()", "saturation()", "dead_unit()", "zoo()",
                               "deep_linear()", "relu_workshop()", "pieces()"]),
    "03": ("softmax", "", ["some_digits()", "softmax_bars()", "probability_triangle()",
                           "ten_sigmoids()", "loss_curve()", "logit_pull()", "four_clusters()",
                           "read_digits()"]),
    "04": ("improved_softmax", _PLAIN, ["number_line()", "break_it()", "probability_map(plain)",
                                        "cost_map()", "gradient_map()", "train_regression(plain)",
                                        "read_digits()"]),
    "05": ("multilabel", "", ["some_scenes()", "two_heads()", "loss_curves()",
                              "scene_thresholds()", "threshold_costs()"]),
    "06": ("adam", "", ["one_rate()", "with_momentum()", "rate_map()", "effective_steps()",
                        "fit_wave()", "paths()", "rate_decay()", "sliding_window()",
                        "recurrence()", "attention()"]),
    "07": ("backprop", "", ["secant()", "flow()", "entry_by_entry()", "broken_gradients()"]),
    "08": ("digits", READER, ["readings(training)", "confusion(training)", "through(training)",
                               "first_layer(training)"]),
}  # fmt: skip
WATCH = """
([picture, handle]) => {
  const copy = document.createElement("canvas"), moves = window.moves = [];
  const pixels = () => {
    copy.width = picture.naturalWidth ?? picture.width;
    copy.height = picture.naturalHeight ?? picture.height;
    const context = copy.getContext("2d", {willReadFrequently: true});
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, copy.width, copy.height).data.reduce(
      (sum, value) => (sum * 31 + value) | 0, 7);
  };
  let start = null, before = pixels();
  const drawn = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // a message runs after the frame has been painted
    channel.port1.onmessage = () => {
      const now = performance.now(), after = pixels();
      if (after !== before && start !== null) { moves.push(now - start); start = null; }
      before = after;
    };
    channel.port2.postMessage(null);
  });
  document.addEventListener("keydown", () => { start = performance.now(); }, true);
  if (picture.tagName === "IMG") picture.addEventListener("load", drawn);
  else new MutationObserver(drawn).observe(picture, {attributeFilter: ["data-drawn"]});
  handle.focus();
}
"""
# What a kernel does for a move, by step: wrapped around the kit's own methods.
CLOCK = """
import collections, functools, time
from utils.figures import hand, kit, own, picture
spent = collections.Counter()
def clock(owner, name, step):
    function = getattr(owner, name)
    @functools.wraps(function)
    def timed(*args, **kwargs):
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[step] += time.perf_counter() - begin
    setattr(owner, name, timed)
clock(kit.Figure, "draw", "all")
clock(own.Own, "_tried", "function")
clock(kit.Figure, "_dash", "dashes")
clock(kit.Figure, "_render", "raster")
clock(kit.Figure, "_present", "present")
clock(picture.Live, "show", "part")
"""


@contextmanager
def jupyterlab(folder, root=ROOT):
    """A JupyterLab on `folder` with the settings of the version in `root`; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
    env |= {"HOME": str(folder / "home"), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.app_settings_dir={ROOT / 'utils' / 'lab' / 'settings'}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"]
    if (root / "utils" / "lab" / "wire.py").is_file():
        command += ["--ServerApp.kernel_websocket_connection_class=utils.lab.wire.AtOnce"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{url}/api", lambda: server.poll() is None, folder / "log", 60)
        yield url
    finally:
        server.terminate()
        server.wait(20)


class Page:
    """A notebook of its own, whose cells are written and run one after the other."""

    def __init__(self, browser, url, folder, name, root):
        code = f"import sys; sys.path.insert(0, {str(root)!r})\nimport numpy as np"
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            cells=[nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("")],
        )
        nbformat.write(notebook, folder / f"{name}.ipynb")
        self.page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
        self.page.goto(f"{url}/login?token={TOKEN}")
        self.lab = Lab(self.page, url)
        self.lab.open(f"{name}.ipynb")
        self.lab.command("docmanager:toggle-autosave")  # two pages, one folder: no questions
        self.lab.command("notebook:run-all-cells")
        self.lab.wait_idle()

    def run(self, source):
        """Write and run the second cell; return it."""
        cell = self.lab._at(1)
        self.lab.write(cell, source)
        self.lab.run(cell)
        return self.lab._at(1)

    def show(self, source):
        """Run a cell that shows a figure; return the cell and its picture, which is drawn."""
        cell = self.run(source)
        picture = cell.locator("canvas.kit-canvas, img.kit-picture").locator("visible=true").first
        picture.wait_for(timeout=30_000)
        self.page.wait_for_timeout(700)  # the canvas takes the place of the image
        return cell, cell.locator("canvas.kit-canvas, img.kit-picture").locator("visible=true").last

    def measure(self, source, moves):
        """Milliseconds from each of `moves` key presses on the first slider to changed pixels."""
        try:
            cell, picture = self.show(source)
        except TimeoutError:  # an older version may have no such figure
            return np.array([])
        handle = cell.locator(".noUi-handle").locator("visible=true").first.element_handle()
        self.page.bring_to_front()
        self.page.evaluate(WATCH, [picture.element_handle(), handle])
        for k in range(moves):
            seen = self.page.evaluate("window.moves.length")
            self.page.keyboard.press("ArrowRight" if k % 16 < 8 else "ArrowLeft")
            with suppress(TimeoutError):  # some steps change no pixel
                self.page.wait_for_function("n => window.moves.length > n", arg=seen, timeout=1500)
        return np.array(self.page.evaluate("window.moves"))


@contextmanager
def figure_page(source, module="softmax", root=ROOT):
    """A page of JupyterLab that shows the figure made by `source`; gives `(page, cell)`."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        sync_playwright() as playwright,
        jupyterlab(Path(name)) as url,
    ):
        browser = playwright.chromium.launch(**CHROMIUM)
        page = Page(browser, url, Path(name), "figure", root)
        cell, _ = page.show(f"from utils.figures import {module} as figures\n{source}")
        yield page.page, cell
        browser.close()


@contextmanager
def versions(beside):
    """The folders to measure, by name: what is here, and an older commit beside it."""
    with tempfile.TemporaryDirectory(prefix="beside-") as older:
        if not beside:
            yield {"now": ROOT}
            return
        archive = subprocess.run(
            ["git", "archive", beside, "utils"], cwd=ROOT, capture_output=True, check=True
        )
        subprocess.run(["tar", "-x", "-C", older], input=archive.stdout, check=True)
        yield {"before": Path(older), "now": ROOT}


def compare(labs, beside=None, moves=40):
    """Measure figure by figure; yields `(lab, figure, {version: milliseconds of each move})`."""
    with ExitStack() as stack:
        roots = stack.enter_context(versions(beside))
        browser = stack.enter_context(chromium())
        pages = {}
        for key, root in roots.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            url = stack.enter_context(jupyterlab(folder, root))
            pages[key] = Page(browser, url, folder, key, root)
        for lab in labs:
            module, before, figures = FIGURES[lab]
            for page in pages.values():
                lines = f"from utils import data\nfrom utils.figures import {module} as figures"
                page.run(f"{lines}\n{before}")
            for figure in figures:
                source = f"figures.{figure}"
                yield lab, figure, {key: p.measure(source, moves) for key, p in pages.items()}


def steps(lab, figure, moves=40):
    """Mean milliseconds a move spends in each step of the kernel, and in all."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        sync_playwright() as playwright,
        jupyterlab(Path(name)) as url,
    ):
        browser = playwright.chromium.launch(**CHROMIUM)
        page = Page(browser, url, Path(name), "steps", ROOT)
        module, before, _ = FIGURES[lab]
        lines = f"from utils import data\nfrom utils.figures import {module} as figures"
        page.run(f"{lines}\n{before}\n{CLOCK}")
        times = page.measure(f"figure = figures.{figure}; spent.clear(); figure", moves)
        told = page.lab.run(page.run("print(dict(spent))"))
        browser.close()
    spent = {key: 1000 * value / len(times) for key, value in literal_eval(told).items()}
    spent["page"] = float(np.mean(times)) - spent["all"]
    return spent


def main(arguments=None):
    """Print a line for each figure; return whether nine of ten stay within the limits."""
    command = parser(__file__, __doc__)
    command.add_argument("labs", nargs="*", choices=[*FIGURES, []], help="as 03; all if none")
    command.add_argument("--beside", metavar="COMMIT", help="measure this commit in the same run")
    command.add_argument("--moves", type=int, default=40)
    command.add_argument("--steps", metavar="FIGURE", help='of one lab, as "loss_curve()"')
    chosen = command.parse_args(arguments)
    labs = chosen.labs or list(FIGURES)
    if chosen.steps:
        for step, spent in steps(labs[0], chosen.steps, chosen.moves).items():
            print(f"{step:9} {spent:6.1f} ms")
        return True
    quick, slow, total, ratios = 0, False, 0, []
    for lab, figure, times in compare(labs, chosen.beside, chosen.moves):
        line, values = f"{lab} {figure:28}", {}
        for key, all_times in times.items():
            values[key] = np.percentile(all_times, [50, 95]) if len(all_times) else (np.nan,) * 2
            line += f" {key} {values[key][0]:4.0f}, 95% {values[key][1]:4.0f} ms"
        median, high = values["now"]
        total += 1
        quick += bool(median < MEDIAN and high < HIGH)
        slow |= not high < WORST
        if "before" in values:
            ratios.append(median / values["before"][0])
            line += f"  ratio {ratios[-1]:.2f}"
        print(line, flush=True)
    print(f"{quick} of {total} figures: median < {MEDIAN:.0f} and 95% < {HIGH:.0f} ms", flush=True)
    if ratios:
        print(f"median of the ratios {np.nanmedian(ratios):.2f}", flush=True)
    return quick >= 0.9 * total and not slow


if __name__ == "__main__":
    sys.exit(not main())

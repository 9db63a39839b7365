"""Whole solved labs in Chromium, run from top to bottom: `python -m tests.bench.whole [03 06]`.

Of each lab: what axe-core calls serious in its prose and outputs; how much longer each training
takes because it is drawn while it goes on; and what 500 moves of a slider leave behind, in the
kernel (memory, widgets, figures and what is drawn in them) and in the page (memory, elements,
listeners).
"""

import sys
import tempfile
from ast import literal_eval
from contextlib import suppress
from pathlib import Path

import nbformat
import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

from autograder.authoring import release
from tests.bench import parser
from tests.bench.slider import ROOT, TOKEN, jupyterlab
from tests.browser.driving import Lab, chromium

LONGER, GROWN = 1.1, 0.02  # times as long as without drawing; share of memory and elements
MOVES, WARM = 500, 100
SETTING = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
# Wrapped around the kit: what of a training's time goes into showing it.
CLOCK = """
import contextlib, functools, time
from utils.figures import kit
_shown, _trained, _inside = [0.0], [], [False]
def _clock(owner, name):
    function = getattr(owner, name)
    @functools.wraps(function)
    def timed(*args, **kwargs):
        if _inside[0]:
            return function(*args, **kwargs)
        _inside[0], begin = True, time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _inside[0] = False
            _shown[0] += time.perf_counter() - begin
    setattr(owner, name, timed)
for owner, name in [(kit.Figure, "draw"), (kit.Figure, "store"), (kit, "display")]:
    _clock(owner, name)
_training = kit.Figure.training
@contextlib.contextmanager
def _watched(self, total):
    begin, before = time.perf_counter(), _shown[0]
    with _training(self, total) as tell:
        def told(done):
            begun = time.perf_counter()
            tell(done)
            _shown[0] += time.perf_counter() - begun
        yield told
    _trained.append((self.title, time.perf_counter() - begin, _shown[0] - before))
kit.Figure.training = _watched
"""
PROBE = """
import gc, os, ipywidgets
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib import pyplot
gc.collect()
kinds = {"widgets": ipywidgets.Widget, "figures": Figure, "artists": Artist}
found = {name: sum(isinstance(o, kind) for o in gc.get_objects()) for name, kind in kinds.items()}
pages = int(open("/proc/self/statm").read().split()[1])
print(found | {"plots open": len(pyplot.get_fignums()),
               "kernel MB": pages * os.sysconf("SC_PAGE_SIZE") / 1e6})
"""
ASK = """
async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const asked = kernel.requestExecute({ code, store_history: false });
  let out = "";
  asked.onIOPub = ({ content }) => { out += content.text ?? (content.traceback ?? []).join(" "); };
  await asked.done;
  return out;
}
"""


class Whole:
    """A solved lab in a page, run from top to bottom."""

    def __init__(self, browser, url, folder, name):
        notebook = release.source_notebook(name)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(CLOCK))
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / f"{name}.ipynb")
        self.page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
        self.page.goto(f"{url}/login?token={TOKEN}")
        self.lab = Lab(self.page, url)
        self.lab.open(f"{name}.ipynb")
        self.lab.command("docmanager:toggle-autosave")
        self.lab.command("notebook:run-all-cells")
        self.page.wait_for_timeout(2000)
        self.lab.wait_idle(600_000)
        self.page.wait_for_timeout(3000)

    def serious(self):
        """What axe-core finds serious or critical in the prose and the outputs."""
        # JupyterLab has no place for the alternative text of a plot of Matplotlib.
        ours = [".jp-MarkdownOutput", ".jp-OutputArea-output:not(.jp-RenderedImage)"]
        return [
            (found["id"], node["html"][:80], self.page.locator(node["target"][0]).inner_text()[:80])
            for found in Axe()
            .run(self.page, context={"include": [[part] for part in ours]})
            .response["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]

    def ask(self, code):
        """What the kernel prints."""
        return self.page.evaluate(ASK, code)

    def trained(self):
        """For each training that was drawn: its title, its seconds, and those of the drawing."""
        return literal_eval(self.ask("print(_trained)"))

    def weighed(self):
        """What kernel and page hold now."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("HeapProfiler.collectGarbage")
        heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
        counted = devtools.send("Memory.getDOMCounters")
        devtools.detach()
        return literal_eval(self.ask(PROBE)) | {
            "elements": counted["nodes"], "listeners": counted["jsEventListeners"],
            "page MB": heap / 1e6,
        }  # fmt: skip

    def move(self, moves):
        """Move the first slider of the first figure, as often; wait for each picture."""
        figure = self.page.locator(".kit-figure.kit-awake:has(.noUi-handle)").first
        figure.scroll_into_view_if_needed()
        figure.locator(".noUi-handle").locator("visible=true").first.focus()
        canvas = figure.locator("canvas.kit-canvas").element_handle()
        for k in range(moves):
            drawn = canvas.get_attribute("data-drawn")
            self.page.keyboard.press("ArrowLeft" if k % 2 else "ArrowRight")
            with suppress(TimeoutError):  # at an end of the slider
                self.page.wait_for_function(
                    "([canvas, n]) => canvas.dataset.drawn !== n", arg=[canvas, drawn], timeout=2000
                )
        return canvas.get_attribute("aria-label").split(".")[0]


def kept(before, after):
    """Whether what was made in the kernel is as much as it was, and the rest nearly so."""
    made = ("widgets", "figures", "artists", "plots open")
    return all(after[key] <= before[key] * (1 if key in made else 1 + GROWN) for key in before)


def main(arguments=None):
    """Print what was found, lab by lab; return whether all of it is within the limits."""
    command = parser(__file__, __doc__)
    command.add_argument("labs", nargs="*", help="as 03; all if none")
    command.add_argument("--moves", type=int, default=MOVES)
    chosen = command.parse_args(arguments)
    within = True
    names = [path.stem for path in sorted((ROOT / "solutions").glob("[0-9]*.py"))]
    for name in names:
        if chosen.labs and name[:2] not in chosen.labs:
            continue
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as made,
            chromium() as browser,
        ):
            folder = Path(made)
            setting = folder / "home" / ".jupyter" / "lab" / "user-settings" / SETTING
            setting.parent.mkdir(parents=True)
            setting.write_text('{"windowingMode": "none"}', encoding="utf-8")
            with jupyterlab(folder) as url:
                whole = Whole(browser, url, folder, name)
                found = whole.serious()
                print(f"{name}: {len(found)} serious to axe-core", *found, sep="\n  ", flush=True)
                within &= not found
                for title, seconds, drawing in whole.trained():
                    ratio = seconds / (seconds - drawing)
                    within &= ratio < LONGER
                    print(f"  {ratio:.2f} of {seconds - drawing:5.1f} s: {title}", flush=True)
                whole.move(WARM)
                before = whole.weighed()
                title = whole.move(chosen.moves)
                after = whole.weighed()
                within &= kept(before, after)
                told = ", ".join(
                    f"{key} {np.round(before[key], 1)} to {np.round(after[key], 1)}"
                    for key in before
                )
                print(f"  {chosen.moves} moves of {title}: {told}", flush=True)
    return within


if __name__ == "__main__":
    sys.exit(not main())

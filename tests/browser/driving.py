"""What a learner does in JupyterLab, in words: open, write, run, move, submit."""

import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
CELLS = "window.jupyterapp.shell.currentWidget.content.widgets"
# Closes all that is open, without asking whether it is to be saved, and ends its kernels.
CLEAR = """async () => {
    const app = window.jupyterapp;
    for (const open of [...app.shell.widgets("main")]) {
        if (open.context) open.context.model.dirty = false;
        open.close();
    }
    await app.serviceManager.sessions.shutdownAll();
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


def wait_until_it_answers(url: str, runs: Callable[[], bool], log: Path, seconds: float) -> None:
    """Wait for a server; raises `RuntimeError` with its log where it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            if not runs() or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.1)


def write(cells: Iterable[str], path: Path) -> None:
    """Write a notebook of code cells, for kernels that start warm."""
    path.parent.mkdir(exist_ok=True)
    kernel = {"name": "warm", "display_name": "warm"}
    made = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=made), path)


class Lab:
    """JupyterLab in a page."""

    def __init__(self, page: Page, url: str):
        self.page = page
        self.url = url

    def open(self, path: str = "") -> None:
        """Open JupyterLab, or one file in it, and wait until it is drawn (and its kernel is up).

        What earlier pages had open stays closed: it would be drawn again in every page.
        """
        where = f"/lab/tree/{path}?reset" if path else "/?reset"
        self.page.goto(f"{self.url}{where}", wait_until="domcontentloaded")
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=60_000)
        expect(self.page.locator(".jp-DirListing-content")).to_be_visible(timeout=60_000)
        self._is_open(path)

    def show(self, path: str = "") -> None:
        """Open nothing but one file, in the JupyterLab that this page holds already, if it does.

        To load JupyterLab takes longer than most of what is done there.
        """
        there = "window.jupyterapp !== undefined && !document.querySelector('.jp-Dialog')"
        if not self.page.evaluate(there):
            self.open(path)
            return
        self.page.evaluate(CLEAR)
        if path:
            self.to(path)
        self._is_open(path)

    def _is_open(self, path: str) -> None:
        """Wait until the notebook that is opened is there, with its kernel."""
        if path.endswith((".ipynb", ".py")):
            shown = "window.jupyterapp.shell.currentWidget?.context?.path"
            self.until(f"path => {shown} === path", path)
            self.until(f"() => {CELLS}?.length > 0")
            self.wait_idle()

    def wait_idle(self, timeout: float = 90_000) -> None:
        """Wait until the notebook's kernel has nothing to do."""
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
        self.until(f"() => {kernel} === 'idle'", timeout=timeout)

    def until(self, true: str, argument: str | None = None, timeout: float = 60_000) -> None:
        """Wait until a function of the page holds: it is asked now and then, not at every frame.

        A page that is asked at every frame draws all of them, for as long as a kernel works.
        """
        self.page.wait_for_function(true, arg=argument, timeout=timeout, polling=100)

    def files(self) -> list[str]:
        """Return the names shown in the file browser, from top to bottom."""
        return self.page.locator(".jp-DirListing-itemText").all_inner_texts()

    def to(self, path: str) -> None:
        """Open a file beside what is open, or bring it to the front."""
        self.page.evaluate(
            "async path => {await window.jupyterapp.commands.execute('docmanager:open', {path})}",
            path,
        )

    def command(self, name: str) -> None:
        """Run a JupyterLab command by its id, as its menu entry does."""
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def theme(self, name: str) -> None:
        """Choose a theme, and wait until it is drawn."""
        change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(change, name)
        light = "true" if name.endswith("Light") else "false"
        expect(self.page.locator(f'body[data-jp-theme-light="{light}"]')).to_have_count(1)
        self.page.wait_for_timeout(500)

    def index(self, condition: str, argument: str) -> int:
        """Return the index of the first cell for which a JavaScript condition on it holds."""
        script = f"argument => {CELLS}.findIndex(cell => {condition})"
        found = self.page.evaluate(script, argument)
        assert found >= 0, f"no cell with {argument!r}"
        return found

    def cell(self, grade_id: str) -> Locator:
        """Return the cell with an nbgrader id, scrolled into view."""
        return self._at(
            self.index("cell.model.getMetadata('nbgrader')?.grade_id === argument", grade_id)
        )

    def cell_with(self, text: str) -> Locator:
        """Return the first code cell whose source holds a text, scrolled into view."""
        condition = "cell.model.type === 'code' && cell.model.sharedModel.source.includes(argument)"
        return self._at(self.index(condition, text))

    def _at(self, index: int) -> Locator:
        self.page.evaluate(f"index => {CELLS}[index].node.scrollIntoView()", index)
        return self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-viewport > .jp-Cell"
        ).nth(index)

    def write(self, cell: Locator, source: str) -> None:
        """Replace what stands in a code cell, by keyboard."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, cell: Locator, timeout: float = 60_000) -> str:
        """Run a code cell with Shift+Enter and return the text of its output."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_timeout(150)
        self.wait_idle(timeout)
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def assignments(self, section: str) -> Locator:
        """Return one list of the Assignment List: "released", "fetched" or "submitted"."""
        return self.page.locator(f"#{section}_assignments_list .list_item")

    def fetch(self, lab: str) -> None:
        """Fetch what is released from the Assignment List, which is open, and open that lab."""
        self.assignments("released").get_by_role("button", name="Fetch").click()
        fetched = self.assignments("fetched").filter(has_text=lab)
        fetched.locator(".item_name a").first.click()
        fetched.locator(".item_name a").last.click()
        opened = "window.jupyterapp.shell.currentWidget?.content?.widgets?.length > 0"
        self.until(opened)
        self.wait_idle()

    def open_assignment_list(self) -> None:
        """Open nbgrader's Assignment List from the menu, or bring it to the front, and refresh."""
        self.page.get_by_role("menuitem", name="Nbgrader").click()
        menu = self.page.locator(".lm-Menu-content")
        menu.get_by_text("Assignment List", exact=True).click()
        expect(self.page.locator("#course_list_default")).not_to_be_empty(timeout=30_000)
        with self.page.expect_response("**/assignments?*"):  # the list is drawn anew then
            self.page.locator("#refresh_assignments_list").click()

"""The page `docs/gallery.md`: every figure that shows without training, light and dark.

With PICTURES=1 the pictures and the page are written again: `make pictures`.
"""

import importlib
import io
import os

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from autograder.authoring import release
from tests.bench.slider import FIGURES
from tests.browser.driving import write

DOCS = release.ROOT / "docs"
PAGE = DOCS / "gallery.md"
MORE = {
    "05": ["trade_off()", "unseen()"],
    "06": ["keras_differs()", "window_on_a_digit()"],
    "07": ["own_engine()", "cost_of_modes()"],
    "08": ["draw(training)", "mistakes(training)", "drawer(training)"],
}
HEAD = """# Gallery

The figures of the labs, as they begin: with the reference, where a learner has written nothing yet.
Lab 08 shows an untrained network. `make pictures` takes them again.
"""


def figures(lab):
    """The figures of a lab: name, call, and the sentence of the docstring."""
    module, _, calls = FIGURES[lab]
    owner = importlib.import_module(f"utils.figures.{module}")
    for call in [*calls, *MORE.get(lab, [])]:
        name = call.partition("(")[0]
        yield name, call, getattr(owner, name).__doc__.strip().partition("\n")[0]


def entry(lab, name, sentence):
    """What the page says about a figure."""
    light, dark = (f"gallery/{lab}_{name}_{theme}.png" for theme in ("light", "dark"))
    return (
        f"**{name}**. {sentence}\n\n<picture>"
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{sentence}" width="600"></picture>\n'
    )


def written():
    """The whole page."""
    parts = [HEAD]
    for lab in FIGURES:
        parts.append(f"## Lab {lab}\n")
        parts += [entry(lab, name, sentence) for name, _, sentence in figures(lab)]
    return "\n".join(parts)


def test_the_gallery_names_every_figure():
    """Is the page what the figures' docstrings give, and is there a picture for each theme?"""
    if os.environ.get("PICTURES"):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(written(), encoding="utf-8")
        return
    assert PAGE.read_text(encoding="utf-8") == written(), "make pictures"
    wanted = {
        f"{lab}_{name}_{theme}.png"
        for lab in FIGURES
        for name, _, _ in figures(lab)
        for theme in ("light", "dark")
    }
    assert {path.name for path in (DOCS / "gallery").iterdir()} == wanted, "make pictures"


def trimmed(png):
    """A picture without the empty page on its right, in few colours, which halves the file."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    page = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    differs = ImageChops.difference(image, page).convert("L").point(lambda v: 255 * (v > 8))
    right = min(image.width, differs.getbbox()[2] + 12)
    return image.crop((0, 0, right, image.height)).quantize(256, dither=Image.Dither.NONE)


@pytest.mark.parametrize("name", FIGURES)
def pictures_of_every_figure(lab, jupyter, name):
    """Does every figure of a lab awake, in the light theme and in the dark one?"""
    module, before, _ = FIGURES[name]
    calls = {call: figure for figure, call, _ in figures(name)}
    first = (
        f"import numpy as np\nfrom utils import data\nfrom utils.figures import {module} as figures"
    )
    cells = [f"{first}\n{before}", *(f"figures.{call}" for call in calls)]
    write(cells, jupyter.root / f"gallery/{name}.ipynb")
    lab.show(f"gallery/{name}.ipynb")
    lab.command("notebook:run-all-cells")
    lab.wait_idle(240_000)
    (DOCS / "gallery").mkdir(parents=True, exist_ok=True)
    for theme in ("dark", "light"):  # JupyterLab remembers the last one, also for other tests
        lab.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme.title()}",
        )
        lab.page.wait_for_timeout(1500)
        for call, figure in calls.items():
            awake = lab.cell_with(f"figures.{call}").locator(".kit-awake")
            expect(awake).to_be_visible(timeout=60_000)
            lab.page.wait_for_timeout(300)
            path = DOCS / "gallery" / f"{name}_{figure}_{theme}.png"
            trimmed(awake.screenshot()).save(path, optimize=True)


if os.environ.get("PICTURES"):  # taking them is no test
    test_pictures_of_every_figure = pictures_of_every_figure

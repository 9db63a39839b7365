"""Figure kit: a Matplotlib drawing inside a notebook that sliders, players and the hand move.

A figure is a picture with controls above it and a sentence below that says in words what the
picture shows. Moving a control calls one function of yours, which changes artists that exist
already; only those are drawn again, over a saved background. A complete figure:

    import numpy as np
    from utils import reference
    from utils.figures import kit

    def sigmoid_curve(sigmoid=None):
        z = np.linspace(-8, 8, 200)
        with kit.Figure("The sigmoid at one score", 560, 280) as fig:
            ax = fig.axes(xlabel="score z", ylabel="sigmoid(z)", xlim=(-8, 8), ylim=(0, 1.05))
            score = fig.slider("score z", -8.0, 8.0, 1.0)
            own = fig.own(sigmoid, "sigmoid", reference.sigmoid)
            (line,) = ax.plot([], [], color=kit.BLUE)
            (dot,) = ax.plot([], [], color=kit.VERMILLION, marker="o")
            fig.live(line, dot)

            @fig.on_change
            def update():
                line.set_data(z, own(z))
                p = float(own(np.array(score.value)))
                dot.set_data([score.value], [p])
                return f"At score {score.value:.2f} the sigmoid is {p:.3f}."

        return fig

`fig.own` wraps the learner's function: while it is missing, unfinished or broken, the reference is
drawn, dashed, and a badge and a note say so. `fig.live` names the artists that `update` moves; call
`fig.refresh()` in `update` when axis limits, ticks or titles changed too. Whoever pulls a slider
faster than it can be drawn loses only stale values: the browser keeps one message a control under
way, and sends the newest value next. Tell series apart by a second cue (marker, dash, hatch, label)
besides colour.

`fig.handle` lets the hand take a place of the picture: a point, a hinge, a threshold, a cell. It
sets the same controls as the sliders, so that either moves the other. A pointer that rests on axes
is shown the numbers of that place; nothing is to be done for it. Colours named here are
exchanged for their forms on light and dark pages (`style`); what is in other colours stays.
"""

import asyncio
import base64
import contextlib
import html
import threading
import time
import uuid

import ipywidgets as widgets
import matplotlib
import numpy as np
import traitlets
from IPython.display import display
from matplotlib.figure import Figure as Canvas

from utils.figures import style
from utils.figures.hand import Handle, put, scales
from utils.figures.layers import Layers, settle
from utils.figures.own import Looks, Own
from utils.figures.picture import ASLEEP, Live, Still, png
from utils.figures.style import (
    BLUE,
    COLOURS,
    DASHES,
    GREEN,
    HATCHES,
    INK,
    MARKERS,
    OCHRE,
    PURPLE,
    SLATE,
    STYLE,
    VERMILLION,
)
from utils.figures.tiles import tiles

__all__ = ["BLUE", "COLOURS", "DASHES", "GREEN", "HATCHES", "INK", "MARKERS", "OCHRE", "PURPLE",
           "SLATE", "STYLE", "VERMILLION", "Figure", "put", "tiles"]  # fmt: skip

SHARPNESS = 1.5  # drawn pixels for each pixel of the page, until the page tells its own
NARROWEST = 0.72  # of its width: on a page with less room what stands in a row is stacked
READABLE = 0.75  # how far a picture may be scaled down: text of 14 pixels to 10.5
LEAST = 240  # pixels that a drawing is wide at least
SHARE = 20  # times as long as it was drawn a training goes on before it is drawn again
REST = 0.5  # seconds after the last move until the still picture is stored again

# Cells run in one thread, controls in another, and Matplotlib's settings belong to both.
_DRAWING = threading.RLock()


class _IntSlider(widgets.IntSlider):
    """A slider whose moves are not echoed to the page: one message less for each of them."""

    value = traitlets.CInt(0).tag(sync=True, echo_update=False)


class _FloatSlider(widgets.FloatSlider):
    """The same for numbers that are not whole."""

    value = traitlets.CFloat(0.0).tag(sync=True, echo_update=False)


class Figure:
    """A drawing of `width` by `height` pixels with controls and a text alternative.

    On a narrow page it takes another form. One that cannot, as a table, says how wide it is at
    `least`: such a page shows a part of it, and scrolls.
    """

    def __init__(self, title, width=640, height=320, least=LEAST):
        self.heading = title if title.endswith("?") else f"{title}."
        self.title, self.text, self.notes = title, "", []
        self._update, self._scales = None, None
        self._busy = self._settled = self._answers = False
        self._followed, self._took = 0.0, 0.0  # when training was last drawn, and how long it took
        self._owns, self._asked, self._looks, self._handles = [], set(), Looks(), {}
        self._style, self._stills, self._rest = contextlib.ExitStack(), [], None
        self.width, self.height, self.least = width, height, least
        self.page = (width, height)  # what it takes of the page now
        self._row = []  # axes that stand in a row, each with its place there
        self._sizes = {}  # of the text of legends, where there is room
        self.canvas = Canvas(
            (width / 100, height / 100), dpi=100 * SHARPNESS, layout="constrained", facecolor="none"
        )
        self._engine = self.canvas.get_layout_engine()
        self._layers = Layers(self.canvas)
        self.picture = Still(
            format="png", layout=widgets.Layout(width=f"{width}px", max_width="100%")
        )
        self.picture.add_class("kit-picture")
        self.live_picture = Live()
        self.live_picture.on_msg(self._heard)
        self._awake = False  # whether a page shows the canvas
        self.stage = widgets.VBox(
            [self.picture, self.live_picture], layout=widgets.Layout(max_width="100%")
        )
        self.caption = widgets.HTML(layout=widgets.Layout(max_width=f"{max(width, 480)}px"))
        self.controls = widgets.HBox(layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([self.controls, self.stage, self.caption])
        self.caption.add_class("kit-caption")
        self.widget.add_class("kit-figure")

    def __enter__(self):
        self._style.enter_context(_DRAWING)
        self._style.enter_context(matplotlib.rc_context(STYLE))
        return self

    def __exit__(self, kind, error, trace):
        self._style.close()
        if kind is None:
            for own in self._owns:
                own.built = own.problem  # what is drawn once stays as it is
            self.draw()

    # Building -------------------------------------------------------------------------------------

    def axes(self, rows=1, columns=1, *, ratios=None, **properties):
        """One Matplotlib axes, or a flat list of them; `properties` as in `Axes.set`."""
        with matplotlib.rc_context(STYLE):
            grid = {"width_ratios": ratios} if ratios else None
            made = self.canvas.subplots(rows, columns, squeeze=False, gridspec_kw=grid)
            made = made.ravel().tolist()
        for ax in made:
            ax.set(**properties)
        if rows == 1 and columns > 1:
            self._row = [(ax, ax.get_subplotspec()) for ax in made]
        return made[0] if len(made) == 1 else made

    def live(self, *artists):
        """Say that `update` moves these artists (or containers of them): only they are redrawn."""
        for artist in artists:
            if hasattr(artist, "set_animated"):
                artist.set_animated(True)
                self._layers.live.append(artist)
            else:
                self.live(*artist)

    def handle(self, name, ax, where, moved=None, **more):
        """A place that the pointer drags and the arrow keys move; see `hand.Handle`.

        `moved(x, y)` sets controls, mostly with `kit.put`; one draw follows.
        """
        self._handles[name] = Handle(name, ax, where, moved, **more)

    def slider(self, label, low, high, value, step=None, readout_format=None):
        """A slider with `.value`: of whole numbers if all that is given is int."""
        whole = all(isinstance(v, int) for v in (low, high, value, step or 1))
        step = step or (1 if whole else 10.0 ** round(np.log10((high - low) / 100)))
        kind = _IntSlider if whole else _FloatSlider
        return self._add(
            kind(
                value=value, min=low, max=high, step=step, description=label,
                readout_format=readout_format or ("d" if whole else ".2f"),
            )
        )  # fmt: skip

    def choice(self, label, options, value=None):
        """A drop-down list with `.value`: `options` are labels, or a dict from label to value."""
        first = next(iter(options.values() if isinstance(options, dict) else options))
        value = first if value is None else value
        return self._add(widgets.Dropdown(options=options, value=value, description=label))

    def toggle(self, label, value=False):
        """A check box with `.value`."""
        return self._add(widgets.Checkbox(value=value, description=label, indent=False))

    def button(self, label, action):
        """A button: calls `action()`, then draws once, whatever controls `action` has set."""
        button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))

        def pressed(_):
            with self.hold():
                action()

        button.on_click(pressed)
        self._show(button)
        return button

    def player(self, label, last, interval=150, step=1, start=0):
        """Play, step and reset a frame number from 0 to `last`; returns its slider."""
        frame = self.slider(label, 0, last, start)
        clock = widgets.Play(value=start, min=0, max=last, step=step, interval=interval)
        clock.layout.display = "none"  # it counts; its own buttons are pictures without a name
        play = widgets.ToggleButton(description="Play", layout=widgets.Layout(width="auto"))
        widgets.jslink((clock, "value"), (frame, "value"))
        widgets.jslink((play, "value"), (clock, "playing"))
        frame.observe(lambda change: setattr(clock, "max", change["new"]), "max")
        self._show(clock)
        self._show(play)

        def go(value):
            clock.playing = play.value = False
            frame.value = clock.value = value

        self.button("Step", lambda: go(min(frame.max, frame.value + step)))
        self.button("Reset", lambda: go(0))
        return frame

    def own(self, function, name, reference, patience=None, finite=True):
        """The learner's `function`, safe to call: `reference` answers, with a note, where it fails.

        It fails if it raises, works for more than `patience` seconds (five, if None), returns
        another shape than the reference, or, unless `finite` is false, an infinity or NaN.
        `None` stands for "not given" and needs no note. A tuple is compared part by part. Where a
        figure shows several functions, `own.draws(line, ...)` says which drew what.
        """
        own = Own(self._told, function, name, reference, patience, finite)
        own.built = ""
        self._owns.append(own)
        return own

    def _told(self, own, problem):
        """Keep the first trouble of a draw, and the trouble of what is drawn only once."""
        problem = (own.problem if own in self._asked else own.built) or problem
        self._asked.add(own)
        if problem != own.problem:
            said = f"{own.problem}; the reference is drawn instead"
            if own.problem and said in self.notes:
                self.notes.remove(said)
            if problem:
                self.note(f"{problem}; the reference is drawn instead")
            own.problem = problem

    def note(self, text):
        """Add a plain note for the learner, above the caption from the next draw on."""
        if text not in self.notes:
            self.notes.append(text)

    def on_change(self, update):
        """Decorator: on every change `update()` moves the artists and returns the text."""
        self._update = update
        return update

    # Drawing --------------------------------------------------------------------------------------

    def refresh(self):
        """Draw axes, ticks and titles again too, this time; for an `update` that changed them."""
        self._layers.forget()

    def anew(self):
        """Forget the live artists, and refresh; for an `update` that makes others."""
        self._layers.live.clear()
        self.refresh()

    @contextlib.contextmanager
    def hold(self):
        """Set several controls inside this block: one draw follows."""
        with _DRAWING:
            before, self._busy = self._busy, True
            try:
                yield
            finally:
                self._busy = before
            self.draw()

    def draw(self):
        """Call `update` and show the result."""
        with _DRAWING:
            if self._busy:
                return
            self._busy = True
            try:
                self._asked.clear()
                if self._update is not None:
                    with matplotlib.rc_context(STYLE):
                        self.text = self._update() or self.text
                self._dash()
                self._present(self._render())
            finally:
                self._busy = False

    def follow(self):
        """Draw what a training, which waits meanwhile, has reached, unless it just was drawn."""
        start = time.perf_counter()
        if start - self._followed >= SHARE * self._took:
            self.draw()
            self._followed = time.perf_counter()
            self._took = self._followed - start

    def _dash(self):
        """Let what the reference drew be seen as that."""
        if any(own.function is not None for own in self._owns):
            lines = [
                line for ax in self.canvas.axes for line in ax.get_lines()
                if line.get_color() in COLOURS and line.get_linestyle() != "None"
            ]  # fmt: skip
            changed = self._looks.show(self._owns, lines)
            if not all(artist.get_animated() for artist in changed):
                self.refresh()

    def _render(self):
        """Draw what changed; returns the boxes it lies in, None for the whole picture."""
        if not self._layers.kept:
            style.plain_powers(self.canvas)
            if not self._settled and self.canvas.axes:
                settle(self.canvas, self._engine)
                self._settled = True
            self._scales = None  # axis limits may be others now
        return self._layers.draw()

    def _present(self, boxes):
        """Show pixels and words where they are looked at: on the canvas, else as PNG."""
        words = f"{self.heading} {self.text}"
        if self._awake:
            seen = [handle.seen(self.canvas) for handle in self._handles.values()]
            handles = [handle for handle in seen if handle]
            if self._scales is None:
                self._scales = scales(self.canvas)
            self.live_picture.show(
                self._layers.pixels(), boxes, page=self.page, text=words, caption=self._caption(),
                handles=handles, scales=self._scales, answers=self._answers,
            )  # fmt: skip
            self._answers = False
        else:
            with self.picture.hold_sync():  # one message to the browser
                self.picture.value, self.picture.tooltip = png(self._layers.pixels()), words
            said = self._caption()
            self.caption.value = f'<div role="status" style="line-height:1.4">{said}</div>'
        self._store_soon()

    # The page -------------------------------------------------------------------------------------

    def _heard(self, _, message, buffers):
        """Do what the page says: the canvas is there, or the hand moved."""
        with _DRAWING:
            self._answers = message["kind"] != "hello"
            if message["kind"] == "hello":
                self._fit(message["room"], message["sharpness"])
                self._awake, self.live_picture.sent = True, None
                self.live_picture.local = bool(message.get("local"))
                self.draw()
            else:
                with self.hold():  # it draws, which is the answer that the page waits for
                    if message["name"] in self._handles:
                        self._handles[message["name"]].take(message, self.canvas)

    def _fit(self, room, sharpness):
        """Draw for a page that is `room` pixels wide and has `sharpness` dots for each of them.

        A page with too little room even for a drawing scaled down gets one of another form.
        """
        lowest = NARROWEST * self.width if self.least == LEAST else self.least
        size = (int(np.clip(room, lowest, self.width)), self.height)
        narrow = room < READABLE * size[0]
        if narrow:
            size = self._narrow(min(max(room / READABLE, self.least), self.width))
        self.canvas.set_dpi(100 * float(np.clip(sharpness, 1, 2)))
        if size != self.page:
            self.page = size
            self.canvas.set_size_inches(size[0] / 100, size[1] / 100)
            self._reshape(narrow)
            self._settled = False
        self.refresh()

    def _narrow(self, width):
        """The size of the drawing on a page that is too narrow for a row of axes."""
        height = self.height
        if self._row and self.least == LEAST:
            height = len(self._row) * min(height, 0.8 * width)
        elif all(ax.get_aspect() != "auto" for ax in self.canvas.axes):
            height *= width / self.width  # pictures, which keep their form
        return int(width), int(height)

    def _reshape(self, narrow):
        """Stack the axes of a row, and make room for legends, or undo it."""
        narrow &= self.least == LEAST
        column = self.canvas.add_gridspec(max(len(self._row), 1), 1)
        for k, (ax, place) in enumerate(self._row):
            ax.set_subplotspec(column[k] if narrow else place)
        legends = [*self.canvas.legends, *(ax.get_legend() for ax in self.canvas.axes)]
        for legend in filter(None, legends):
            texts = legend.get_texts()
            size = self._sizes.setdefault(legend, texts[0].get_fontsize())
            for text in texts:
                text.set_fontsize(size)
            if narrow:
                fits = 0.78 * self.canvas.bbox.width / legend.get_window_extent().width
                for text in texts:
                    text.set_fontsize(size * float(np.clip(fits, 0.7, 1)))

    def _caption(self):
        owns = [own for own in self._owns if own.function is not None]
        badges = "".join(
            f'<span style="border:1.5px {"dashed" if own.problem else "solid"};border-radius:4px;'
            f'padding:0 6px;margin-right:6px">{html.escape(own.name)}: '
            f"{'reference, not yours' if own.problem else 'yours'}</span>"
            for own in {own.name: own for own in owns}.values()
        )
        badges = badges and f'<div style="margin:2px 0">{badges}</div>'
        notes = "".join(f"<div><b>Note:</b> {html.escape(note)}.</div>" for note in self.notes)
        heading, text = html.escape(self.heading), html.escape(self.text)
        return f"{badges}{notes}<b>{heading}</b> {text}"

    def _add(self, control):
        control.style.description_width = "initial"
        control.observe(lambda _: self.draw(), "value")
        self._show(control)
        return control

    def _show(self, control):
        self.controls.children = (*self.controls.children, control)

    # Asleep and awake -----------------------------------------------------------------------------

    def still(self):
        """The figure without widgets, as two outputs: a picture on white paper, and its caption.

        Each is a pair of a MIME bundle and its metadata, `(data, metadata)`.
        """
        notes = "".join(f"Note: {note}. " for note in self.notes)
        words = f"{notes}{self.heading} {self.text}"
        with _DRAWING:
            paper = png(style.on_paper(self._layers.pixels()))
        width, height = self.page
        look = {"width": width, "height": height, "alt": words}
        picture = {"image/png": base64.b64encode(paper).decode(), "text/plain": words}
        caption = {"text/html": ASLEEP.format(caption=self._caption()), "text/plain": words}
        return (picture, {"image/png": look}), (caption, {})

    def _ipython_display_(self):
        """Show the still form, and under it the widget, which hides that form while it is awake."""
        self._stills = [f"figure-{uuid.uuid4().hex[:12]}-{part}" for part in ("picture", "caption")]
        for (data, metadata), name in zip(self.still(), self._stills, strict=True):
            display(data, metadata=metadata, raw=True, display_id=name)
        awake = dict(self.widget._repr_mimebundle_() or {})
        display(awake | {"text/plain": ""}, raw=True)

    def store(self):
        """Put the still form, as the figure looks now, in the place of the one shown before."""
        self._rest = None
        for (data, metadata), name in zip(self.still(), self._stills, strict=bool(self._stills)):
            display(data, metadata=metadata, raw=True, display_id=name, update=True)

    def _store_soon(self):
        """Store the still form once the figure has come to rest."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if self._stills:
            with contextlib.suppress(RuntimeError):  # no loop runs outside a kernel
                self._rest = asyncio.get_running_loop().call_later(REST, self.store)

    @contextlib.contextmanager
    def training(self, total):
        """Show the figure at once, with a progress bar for controls: yields `step(done)`.

        Afterwards the controls are there, and the still form is the last picture.
        """
        bar = widgets.IntProgress(0, 0, total, description="training")
        controls, self.controls.children = self.controls.children, (bar,)
        display(self)
        try:
            yield lambda done: setattr(bar, "value", done)
        finally:
            self.draw()
            self.controls.children = controls
            bar.close()
            self.store()

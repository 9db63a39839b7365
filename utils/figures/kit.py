"""Figure kit: sliders and players that move a Matplotlib drawing inside a notebook.

A figure is an `Image` widget with controls above it and a sentence below that says in words what
the picture shows. Moving a control calls one function of yours, which changes artists that exist
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
drawn and a note says so. `fig.live` names the artists that `update` moves; call `fig.refresh()` in
`update` when axis limits, ticks or titles changed too. Whoever pulls a slider faster than it can be
drawn loses only stale values: the browser keeps one message a control under way, and sends the
newest value next. Tell series apart by a second cue (marker, dash, hatch, label) besides colour.
No background is painted, and `INK` is a grey that reads on light and on dark pages.
"""

import base64
import contextlib
import copy
import html
import io
import struct
import threading
import warnings
import zlib

import ipywidgets as widgets
import matplotlib
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

# Each colour keeps a contrast of 3 or more both on white and on near-black (a test computes it).
# MARKERS, DASHES and HATCHES, in the same order, are the second cue.
INK = "#767676"
BLUE, VERMILLION, GREEN, PURPLE = "#1f7fc0", "#d55e00", "#009e73", "#c2609a"
OCHRE, SLATE = "#a8801a", "#7a7a95"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SLATE)
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", ":", "-.", (0, (6, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "--", "\\\\")
STYLE = {
    "axes.edgecolor": INK, "axes.facecolor": "none", "axes.labelcolor": INK, "axes.titlecolor": INK,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS), "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlesize": 11,
    "figure.facecolor": "none", "font.size": 10.5, "grid.color": INK, "hatch.color": INK,
    "legend.frameon": False, "legend.labelcolor": INK, "lines.linewidth": 2, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK,
}  # fmt: skip
LIFT = "<style>[data-jp-theme-light=false] .kit-picture {filter: brightness(1.3)}</style>"
SHARPNESS = 1.5  # drawn pixels for each pixel of the page

# Cells run in one thread, controls in another, and Matplotlib's settings belong to both.
_DRAWING = threading.RLock()


class _Picture(widgets.Image):
    """Image with a tooltip, its accessible name: the front end wants `description` beside it."""

    description = traitlets.Unicode("").tag(sync=True)


def _own_copy(argument):
    """A copy of data that a learner's function may write into; anything else as it is."""
    return copy.deepcopy(argument) if isinstance(argument, np.ndarray | list | dict) else argument


def _png(pixels):
    """PNG of an RGBA array: each row less the one above, packed lightly; thrice Pillow's speed."""
    height, width, _ = pixels.shape
    rows = np.empty((height, 4 * width + 1), np.uint8)
    rows[:, 0], values = 2, pixels.reshape(height, -1)  # 2 names that filter
    rows[0, 1:] = values[0]
    np.subtract(values[1:], values[:-1], out=rows[1:, 1:])
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    ]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"".join([b"\x89PNG\r\n\x1a\n", *packed])


class Figure:
    """A drawing of `width` by `height` pixels with controls and a text alternative."""

    def __init__(self, title, width=640, height=320):
        self.title, self.text, self.notes = title, "", []
        self._update, self._live, self._background = None, [], None
        self._busy = self._settled = False
        self._style = contextlib.ExitStack()
        dpi = 100 * SHARPNESS
        self.canvas = Canvas(
            (width / 100, height / 100), dpi=dpi, layout="constrained", facecolor="none"
        )
        self._agg = FigureCanvasAgg(self.canvas)
        self.picture = _Picture(
            format="png", layout=widgets.Layout(width=f"{width}px", max_width="100%")
        )
        self.caption = widgets.HTML(layout=widgets.Layout(max_width=f"{max(width, 480)}px"))
        self.controls = widgets.HBox(layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([self.controls, self.picture, self.caption])
        self.picture.add_class("kit-picture")
        self.width, self.height = width, height

    def __enter__(self):
        self._style.enter_context(_DRAWING)
        self._style.enter_context(matplotlib.rc_context(STYLE))
        return self

    def __exit__(self, kind, error, trace):
        self._style.close()
        if kind is None:
            self.draw()

    # Building -------------------------------------------------------------------------------------

    def axes(self, rows=1, columns=1, *, ratios=None, **properties):
        """One Matplotlib axes, or a flat list of them; `properties` as in `Axes.set`."""
        with matplotlib.rc_context(STYLE):
            grid = {"width_ratios": ratios} if ratios else None
            made = (
                self.canvas.subplots(rows, columns, squeeze=False, gridspec_kw=grid)
                .ravel()
                .tolist()
            )
        for ax in made:
            ax.set(**properties)
        return made[0] if len(made) == 1 else made

    def live(self, *artists):
        """Say that `update` moves these artists (or containers of them): only they are redrawn."""
        for artist in artists:
            if hasattr(artist, "set_animated"):
                artist.set_animated(True)
                self._live.append(artist)
            else:
                self.live(*artist)

    def slider(self, label, low, high, value, step=None, readout_format=None):
        """A slider with `.value`: of whole numbers if all that is given is int."""
        whole = all(isinstance(v, int) for v in (low, high, value, step or 1))
        step = step or (1 if whole else 10.0 ** round(np.log10((high - low) / 100)))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
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

    def own(self, function, name, reference):
        """The learner's `function`, safe to call: `reference` answers, with a note, where it fails.

        It fails if it raises, returns another shape than the reference, or an infinity or NaN.
        `None` stands for "not given" and needs no note. A tuple is compared part by part.
        """

        def call(*arguments):
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                right = reference(*arguments)
                if function is None:
                    return right
                try:
                    mine = function(*[_own_copy(argument) for argument in arguments])
                    several = isinstance(right, tuple)
                    parts = [np.asarray(part) for part in (mine if several else [mine])]
                    shapes = [np.shape(part) for part in (right if several else [right])]
                    if not all(p.dtype.kind in "biuf" and np.isfinite(p).all() for p in parts):
                        problem = f"{name} did not return finite numbers"
                    elif [part.shape for part in parts] != shapes:
                        problem = f"{name} returned the wrong shape"
                    else:
                        return tuple(parts) if several else parts[0]
                except NotImplementedError:
                    problem = f"finish {name} to see your own"
                except (Exception, SystemExit) as error:  # a figure shows, whatever a learner wrote
                    problem = f"{name} raised {type(error).__name__}"
            self.note(f"{problem}; the reference is drawn instead")
            return right

        return call

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
        self._background = None

    @contextlib.contextmanager
    def hold(self):
        """Set several controls inside this block: one draw follows."""
        with _DRAWING:
            self._busy = True
            try:
                yield
            finally:
                self._busy = False
            self.draw()

    def draw(self):
        """Call `update` and show the result."""
        with _DRAWING:
            if self._busy:
                return
            self._busy = True
            try:
                if self._update is not None:
                    with matplotlib.rc_context(STYLE):
                        self.text = self._update() or self.text
                image = self._render()
                with self.picture.hold_sync():  # one message to the browser
                    self.picture.value, self.picture.tooltip = image, f"{self.title}. {self.text}"
                self.caption.value = self._caption()
            finally:
                self._busy = False

    def _render(self):
        if self._background is None:
            if not self._settled:
                self._agg.draw()
                self.canvas.set_layout_engine("none")  # axes stay in place from now on
                self._settled = True
            self._agg.draw()
            self._background = self._agg.copy_from_bbox(self.canvas.bbox)
        self._agg.restore_region(self._background)
        for artist in sorted(self._live, key=lambda a: a.get_zorder()):
            self.canvas.draw_artist(artist)
        return _png(np.asarray(self._agg.buffer_rgba()))

    def _caption(self):
        notes = "".join(f"<div><b>Note:</b> {html.escape(note)}.</div>" for note in self.notes)
        title, text = html.escape(self.title), html.escape(self.text)
        return (
            f'{LIFT}<div role="status" style="line-height:1.4">{notes}<b>{title}.</b> {text}</div>'
        )

    def _add(self, control):
        control.style.description_width = "initial"
        control.observe(lambda _: self.draw(), "value")
        self._show(control)
        return control

    def _show(self, control):
        self.controls.children = (*self.controls.children, control)

    def _repr_mimebundle_(self, **_):
        """The widget where there is a widget manager, a picture elsewhere, a sentence at least."""
        notes = "".join(f"Note: {note}. " for note in self.notes)
        data = dict(self.widget._repr_mimebundle_() or {})
        data["text/plain"] = f"{notes}{self.title}. {self.text}"
        data["image/png"] = base64.b64encode(bytes(self.picture.value)).decode()  # JSON is text
        return data, {"image/png": {"width": self.width, "height": self.height}}

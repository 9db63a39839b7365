"""The figure kit: controls, drawing in place, the learner's function, the static form."""

import base64
import io
import json
import signal
import subprocess
import sys
import threading
import warnings
import zlib

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tests.utils.figures import picture
from utils.figures import glyphs, kit, own, style


def line_figure(function=None, reference=np.square):
    """A figure with one slider and one live line; returns `(fig, slider, line)`."""
    with kit.Figure("A line", 300, 200) as fig:
        ax = fig.axes(xlim=(0, 1), ylim=(0, 9))
        slider = fig.slider("height", 0.0, 3.0, 1.0)
        own = fig.own(function, "square", reference)
        (line,) = ax.plot([0, 1], [0, 0])
        fig.live(line)

        @fig.on_change
        def update():
            height = float(np.ravel(own(np.array([slider.value])))[0])
            line.set_ydata([height, height])
            return f"The line is at {height:.2f}."

    return fig, slider, line


def test_a_control_changes_picture_and_words():
    """Do the pixels, the caption and the image's name change when a slider moves?"""
    fig, slider, _ = line_figure()
    before = picture(fig)
    slider.value = 2.5
    assert not np.array_equal(before, picture(fig))
    assert fig.text == "The line is at 6.25."
    assert "6.25" in fig.caption.value
    assert fig.picture.tooltip == "A line. The line is at 6.25."


def test_only_live_artists_are_drawn_again(monkeypatch):
    """Is the background drawn once, and again only when `refresh` asks for it?"""
    fig, slider, _ = line_figure()
    full = []
    draw = fig._layers.agg.draw
    monkeypatch.setattr(fig._layers.agg, "draw", lambda: full.append(1) or draw())
    for value in (0.5, 1.5, 2.5):
        slider.value = value
    assert full == []
    fig.refresh()
    slider.value = 0.0
    assert len(full) == 1


def test_axes_stay_in_place_when_redrawn():
    """Does a redraw of everything leave the axes where they were?"""
    fig, _, line = line_figure()
    before = line.axes.get_position().bounds
    line.axes.set_yticks([0, 9], ["0", "a much wider label"])
    fig.refresh()
    fig.draw()
    assert line.axes.get_position().bounds == before


def test_hold_draws_once():
    """Do several controls set together cost one draw?"""
    draws = []
    with kit.Figure("Two", 200, 100) as fig:
        first, second = fig.slider("a", 0, 9, 1), fig.slider("b", 0, 9, 1)
        fig.on_change(lambda: draws.append((first.value, second.value)))
    with fig.hold():
        first.value, second.value = 5, 6
    assert draws == [(1, 1), (5, 6)]


def test_the_background_is_transparent():
    """Is nothing painted where nothing is drawn, for light and dark pages?"""
    fig, _, _ = line_figure()
    assert picture(fig)[0, 0, 3] == 0
    assert picture(fig)[..., 3].max() == 255


def test_live_artists_leave_no_trace():
    """Does a line that returns to its place give the first picture again, bit for bit?"""
    fig, slider, _ = line_figure()
    before = picture(fig)
    slider.value = 2.5
    slider.value = 1.0
    assert np.array_equal(before, picture(fig))


def unfinished(x):
    raise NotImplementedError("02_x: square")


def broken(x):
    return x / None


def leaving(x):
    sys.exit("goodbye")


BAD = {
    "unfinished": (unfinished, "finish square to see your own"),
    "broken": (broken, "square raised TypeError for x = [2.]"),
    "nothing": (lambda x: None, "square did not return finite numbers for x = [2.]"),
    "words": (lambda x: np.array(["a"]), "square did not return finite numbers for x = [2.]"),
    "nan": (lambda x: x * np.nan, "square did not return finite numbers for x = [2.]"),
    "shape": (lambda x: np.zeros((3, 3)), "square returned the wrong shape for x = [2.]"),
    "ragged": (lambda x: [[1], [1, 2]], "square raised ValueError for x = [2.]"),
    "exit": (leaving, "square raised SystemExit for x = [2.]"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_learners_function_that_fails_is_noted_and_replaced(case):
    """Is the reference drawn, with one plain note, whatever is wrong with the function?"""
    function, note = BAD[case]
    fig, slider, line = line_figure(function)
    slider.value = 2.0
    assert line.get_ydata()[0] == 4.0
    assert fig.notes == [f"{note}; the reference is drawn instead"]
    assert note in fig.caption.value


def test_a_function_that_does_not_end_is_called_once(monkeypatch):
    """Is a figure there after one wait, however often it would call a loop without an end?"""
    monkeypatch.setattr(own, "PATIENCE", 0.2)
    calls = []

    def endless(x):
        calls.append(x)
        while True:
            x = x + 1

    fig, slider, line = line_figure(endless)
    slider.value = 2.0
    assert len(calls) == 1
    assert line.get_ydata()[0] == 4.0
    note = "square did not finish for x = [1.]; the reference is drawn instead"
    assert fig.notes == [note]


def test_the_stop_button_stops_the_function_and_not_the_figure():
    """Is the reference drawn, with a note, when the learner interrupts a long call?"""

    def interrupted(x):
        signal.raise_signal(signal.SIGINT)
        return x

    fig, _, line = line_figure(interrupted)
    assert line.get_ydata()[0] == 1.0
    assert fig.notes == ["square was stopped for x = [1.]; the reference is drawn instead"]


def test_a_learners_function_is_used_even_if_wrong():
    """Does the figure show what the learner wrote?"""
    fig, slider, line = line_figure(lambda x: x + 1)
    slider.value = 2.0
    assert line.get_ydata()[0] == 3.0
    assert fig.notes == []


def test_a_learners_function_cannot_spoil_its_argument():
    """Does the figure keep its own arrays when the function writes into its argument?"""

    def spoils(x):
        x *= 0
        return x + 1

    with kit.Figure("Own", 200, 100) as fig:
        own = fig.own(spoils, "spoils", np.square)
        x = np.ones(3)
        own(x)
    assert np.array_equal(x, np.ones(3))
    assert fig.notes == []


def test_a_learners_function_is_quiet(capsys):
    """Do prints and warnings of the function stay off the page while a slider moves?"""

    def noisy(x):
        print("here")
        warnings.warn("there", stacklevel=1)
        return np.maximum(np.log(x * 0.0), x)

    fig, slider, _ = line_figure(noisy)
    slider.value = 2.0
    assert capsys.readouterr().out == ""
    assert fig.notes == []


def test_a_function_with_two_results_is_compared_part_by_part():
    """Is a pair accepted as a pair, and one array in its place refused?"""

    def pair(x):
        return x, x.sum()

    with kit.Figure("Pair", 200, 100) as fig:
        right = fig.own(lambda x: [2 * x, 3.0], "pair", pair)
        wrong = fig.own(lambda x: x, "pair", pair)
        first, second = right(np.ones(3))
        assert np.array_equal(first, 2 * np.ones(3))
        assert second == 3.0
        assert fig.notes == []
        wrong(np.ones(3))
    assert fig.notes == [
        "pair returned the wrong shape for x = [1., 1., 1.]; the reference is drawn instead"
    ]


def test_a_long_input_is_told_by_its_shape():
    """Does a note stay one line when the function fails on many numbers?"""
    with kit.Figure("Long", 200, 100) as fig:
        own = fig.own(broken, "square", np.square)
        own(np.ones((30, 4)))
    assert fig.notes == [
        "square raised TypeError for x = array of shape (30, 4); the reference is drawn instead"
    ]


def test_the_reference_is_seen_as_the_reference():
    """Is a line dashed, with a badge, exactly while the learner's function fails?"""
    fig, slider, line = line_figure(lambda x: None if x[0] > 2 else x)
    line.set_color(kit.BLUE)
    assert line.get_linestyle() == "-"
    assert "square: yours" in fig.caption.value
    slider.value = 3.0
    assert line.get_linestyle() == "--"  # what Matplotlib calls every pattern of dashes
    assert "square: reference, not yours" in fig.caption.value
    slider.value = 1.0
    assert line.get_linestyle() == "-"
    assert fig.notes == []


def test_a_figure_without_a_function_has_no_badge():
    """Is what nobody wrote yet neither dashed nor called anybody's?"""
    fig, _, line = line_figure()
    assert "yours" not in fig.caption.value
    assert line.get_linestyle() == "-"


def test_each_function_answers_for_what_it_draws():
    """Is only the line of the function that fails dashed, where a figure shows two?"""
    with kit.Figure("Two", 200, 150) as fig:
        ax = fig.axes(xlim=(0, 1), ylim=(0, 1))
        right = fig.own(np.square, "square", np.square)
        wrong = fig.own(broken, "half", lambda x: x / 2)
        x = np.linspace(0, 1, 9)
        (first,) = ax.plot(x, right(x), color=kit.BLUE)
        (second,) = ax.plot(x, wrong(x), color=kit.GREEN)
        right.draws(first)
        wrong.draws(second)
    assert first.get_linestyle() == "-"
    assert second.get_linestyle() == "--"


def test_trouble_of_what_is_drawn_once_is_not_forgotten():
    """Does a curve that the reference drew stay dashed when the moving point is the learner's?"""
    with kit.Figure("Once", 200, 150) as fig:
        ax = fig.axes(xlim=(0, 3), ylim=(0, 9))
        x = fig.slider("x", 0.0, 3.0, 1.0)
        own = fig.own(lambda v: v**2 if np.ndim(v) == 0 else None, "square", np.square)
        (line,) = ax.plot([0, 1], own(np.array([0.0, 1.0])), color=kit.BLUE)
        fig.on_change(lambda: f"{own(np.array(x.value)):.1f}")
    x.value = 2.0
    assert line.get_linestyle() == "--"
    assert len(fig.notes) == 1


def test_sliders_of_whole_numbers_and_of_others():
    """Is a slider integer exactly when all that it is given is, and its step a round number?"""
    with kit.Figure("Sliders", 200, 100) as fig:
        assert isinstance(fig.slider("n", 1, 9, 3).value, int)
        assert fig.slider("x", -6.0, 6.0, 0.0).step == pytest.approx(0.1)
        assert fig.slider("p", 0.0, 1.0, 0.5).step == pytest.approx(0.01)
        assert isinstance(fig.slider("x", 0, 1, 0.5).value, float)


def press(fig, label):
    """Click the button with this label."""
    (button,) = [c for c in fig.controls.children if getattr(c, "description", "") == label]
    button.click()


def test_the_player_steps_and_resets():
    """Do step and reset move the frame, within its ends?"""
    with kit.Figure("Player", 200, 100) as fig:
        frame = fig.player("frame", 2)
        fig.on_change(lambda: f"Frame {frame.value}.")
    for expected in (1, 2, 2):
        press(fig, "Step")
        assert fig.text == f"Frame {expected}."
    press(fig, "Reset")
    assert frame.value == 0


def test_choices_by_label():
    """Does a choice give the value behind its label, the first one unless told?"""
    with kit.Figure("Choice", 200, 100) as fig:
        assert fig.choice("rate", {"low": 0.1, "high": 1.0}).value == 0.1
        assert fig.choice("name", ["a", "b"], "b").value == "b"
        assert fig.toggle("on").value is False


def test_the_still_form_is_a_picture_and_its_caption():
    """Is there a picture of the right size with words beside it, and a caption?"""
    fig, slider, _ = line_figure(unfinished)
    slider.value = 2.0
    (data, metadata), (caption, _) = fig.still()
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (450, 300)
    assert json.loads(json.dumps(data)) == data
    assert metadata["image/png"]["width"] == 300
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert data["text/plain"].startswith("Note: finish square")
    assert data["text/plain"].endswith("A line. The line is at 4.00.")
    assert "The line is at 4.00." in caption["text/html"]
    assert "Run this cell to wake the figure." in caption["text/html"]


def test_a_figure_shows_its_still_form_and_then_itself(monkeypatch):
    """Are there three outputs, so that the first two stand without the third?"""
    shown = []
    monkeypatch.setattr(kit, "display", lambda data, **more: shown.append((data, more)))
    fig, slider, _ = line_figure()
    fig._ipython_display_()
    kinds = [set(data) for data, _ in shown]
    assert "image/png" in kinds[0]
    assert "text/html" in kinds[1]
    assert "application/vnd.jupyter.widget-view+json" in kinds[2]
    slider.value = 3.0
    fig.store()
    again = shown[3:]
    assert [more["display_id"] for _, more in again] == [m["display_id"] for _, m in shown[:2]]
    assert all(more["update"] for _, more in again)
    assert "9.00" in again[1][0]["text/html"]


def test_paper_is_white_and_leaves_data_alone():
    """Does a still picture keep every colour that is not one of the kit's, on opaque white?"""
    pixels = np.zeros((2, 256, 4), np.uint8)
    pixels[0, :, :3] = np.arange(256)[:, None]  # every grey of a digit
    pixels[0, :, 3] = 255
    paper = style.on_paper(pixels)
    assert np.array_equal(paper[0], pixels[0])
    assert np.array_equal(paper[1], np.full((256, 4), 255))


def test_the_still_form_is_in_the_inks_of_a_light_page():
    """Is a pixel of pure ink shown in its light form?"""
    drawn = tuple(int(kit.INK[i : i + 2], 16) for i in (1, 3, 5))
    shown = tuple(int(style.LIGHT[kit.INK][i : i + 2], 16) for i in (1, 3, 5))
    paper = style.on_paper(np.array([[[*drawn, 255]]], np.uint8))
    assert tuple(paper[0, 0]) == (*shown, 255)


def awake(fig, room=1000, sharpness=1, local=True):
    """Let a page say that it shows the canvas; returns the list of what is sent to it from now."""
    sent = []
    fig.live_picture.send = lambda content, buffers=None: sent.append((content, buffers))
    hello = {"kind": "hello", "room": room, "sharpness": sharpness, "local": local}
    fig._heard(None, hello, [])
    return sent


def canvas(sent):
    """The pixels that a page has after all that was sent, as `(height, width, 4)`."""
    pixels = None
    for content, buffers in sent:
        width, height = content["size"]
        if pixels is None or pixels.shape != (height, width):
            pixels = np.zeros((height, width), np.uint32)
        data = b"".join(zlib.decompress(b) if content["packed"] else b for b in buffers)
        numbers = np.frombuffer(data, "<u4")
        for x, y, w, h in content["parts"]:
            pixels[y : y + h, x : x + w], numbers = numbers[: w * h].reshape(h, w), numbers[w * h :]
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


@pytest.mark.parametrize("local", [True, False])
def test_a_page_gets_the_whole_picture_and_then_what_changed(local):
    """Do parts add up to the drawing, plain or packed, and is a part smaller than the whole?"""
    fig, slider, _ = line_figure()
    sent = awake(fig, local=local)
    for value in (2.0, 0.5, 3.0):
        slider.value = value
    assert np.array_equal(canvas(sent), fig._layers.pixels())
    sizes = [sum(w * h for _, _, w, h in content["parts"]) for content, _ in sent]
    assert sizes[0] == 300 * 200
    assert sent[0][0]["packed"] != local
    assert max(sizes[1:]) < sizes[0]
    assert "The line is at 9.00." in sent[-1][0]["text"]


def test_what_is_drawn_again_alone_looks_as_if_all_were():
    """Are pixels those of a whole redraw, where a line, a bar, a picture and words overlap?"""
    with kit.Figure("Many kinds", 300, 200) as fig:
        ax = fig.axes(xlim=(0, 10), ylim=(0, 10))
        slider = fig.slider("x", 0, 10, 3)
        shade = ax.imshow(np.eye(2), extent=(0, 2, 0, 2), aspect="auto")
        bars = ax.bar([1, 5, 9], [2, 5, 8], color=kit.BLUE, alpha=0.5)
        (line,) = ax.plot([], [], color=kit.GREEN, marker="o", zorder=1)
        dots = ax.scatter([8], [2], color=kit.OCHRE)
        words = [ax.text(k, 5, "", color=kit.VERMILLION) for k in (1, 5)]
        fig.live(shade, bars, line, dots, words)

        @fig.on_change
        def update():
            x = slider.value
            shade.set_data(np.eye(2) * (x > 5))
            bars[1].set_height(x)
            bars[0].set_visible(x != 4)
            line.set_data([0, x], [10, x] if x != 7 else [np.nan, np.nan])
            dots.set_offsets([(8, 2 + x // 3)])
            words[0].set(x=x / 2, text="" if x == 9 else f"at {x}")
            words[1].set_text("far" if x > 2 else "near")

    for value in (4, 5, 7, 9, 10, 2, 0):
        slider.value = value
        alone = fig._layers.pixels().copy()
        fig.refresh()
        fig.draw()
        assert np.array_equal(alone, fig._layers.pixels()), value


@pytest.mark.parametrize(
    "words", ["cost 0.693, 120 steps", r"$\hat y = 2$", "fi 1.1\n17/AV", "10⁻³"]
)
@pytest.mark.parametrize("turn", [0, 90])
def test_texts_of_kept_pieces_look_as_matplotlib_draws_them(words, turn):
    """Is their ink where that of whole texts is, and as much of it?"""
    inks = []
    for kind in (FigureCanvasAgg, glyphs.Paper):
        canvas = kind(Figure((2, 2), dpi=150))
        canvas.figure.text(0.5, 0.5, words, ha="center", va="center", rotation=turn)
        canvas.draw()
        inks.append(255.0 - np.asarray(canvas.buffer_rgba())[..., 0])
    places = np.indices(inks[0].shape)
    centres = [(places * ink).sum(axis=(1, 2)) / ink.sum() for ink in inks]
    assert np.abs(centres[0] - centres[1]).max() < 0.6  # they begin at whole dots
    assert inks[1].sum() == pytest.approx(inks[0].sum(), rel=0.03)


def test_a_picture_that_did_not_change_is_not_sent():
    """Is a page told the words alone when no pixel differs?"""
    fig, _, _ = line_figure()
    sent = awake(fig)
    fig.draw()
    assert sent[-1][0]["parts"] == []
    assert not sent[-1][1]


def test_a_narrow_page_gets_a_narrower_drawing():
    """Is a figure drawn for the room it has, down to a width below which it is scaled?"""
    fig, _, _ = line_figure()
    sent = awake(fig, room=250, sharpness=2)
    assert sent[-1][0]["page"] == (250, 200)
    assert sent[-1][0]["size"] == [500, 400]
    fig._heard(None, {"kind": "hello", "room": 90, "sharpness": 1}, [])
    assert sent[-1][0]["page"] == (kit.LEAST, 200)


def test_axes_in_a_row_stand_one_above_the_other_on_a_narrow_page():
    """Is a row stacked where it would be too small to read, and a row again where there is room?"""
    with kit.Figure("Two", 600, 200) as fig:
        left, right = fig.axes(1, 2)
    sent = awake(fig, room=270)
    width, height = sent[-1][0]["page"]
    assert (width, height) == (360, 400)
    assert width * kit.READABLE <= 270
    assert left.get_position().y0 > right.get_position().y1
    fig._heard(None, {"kind": "hello", "room": 600, "sharpness": 1}, [])
    assert sent[-1][0]["page"] == (600, 200)
    assert left.get_position().x1 < right.get_position().x0


def test_a_figure_that_needs_its_width_keeps_it():
    """Is a row not stacked in a figure that says how wide it is at least?"""
    with kit.Figure("A table", 600, 200, least=500) as fig:
        left, right = fig.axes(1, 2)
    sent = awake(fig, room=270)
    assert sent[-1][0]["page"] == (500, 200)
    assert left.get_position().x1 < right.get_position().x0


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1.0, "1"),
        (0.01, "0.01"),
        (1e4, "10000"),
        (1e-6, "10\u207b\u2076"),
        (1e12, "10\u00b9\u00b2"),
    ],
)
def test_powers_of_ten_are_labelled_in_plain_text(value, label):
    """Is a tick of a logarithmic axis a number where it is short, else a power?"""
    with kit.Figure("Powers", 300, 200) as fig:
        ax = fig.axes(yscale="log", ylim=(1e-9, 1e13))
    assert ax.yaxis.get_major_formatter()(value) == label


def with_handle(**more):
    """A point on two sliders that the hand takes."""
    with kit.Figure("A point", 300, 200) as fig:
        ax = fig.axes(xlabel="x", ylabel="y", xlim=(-1, 1), ylim=(-1, 1))
        x, y = fig.slider("x", -1.0, 1.0, 0.0, 0.1), fig.slider("y", -1.0, 1.0, 0.0, 0.1)
        (dot,) = ax.plot([], [], "o")
        fig.live(dot)
        fig.handle(
            "point", ax, lambda: (x.value, y.value),
            lambda a, b: (kit.put(x, a), kit.put(y, b)), **more,
        )  # fmt: skip
        fig.on_change(lambda: dot.set_data([x.value], [y.value]) or f"{x.value:.1f} {y.value:.1f}")
    return fig, ax, x, y


def hand(fig, **message):
    """Send what the page would: a message of the hand at the handle `point`."""
    fig._heard(None, {"name": "point", **message}, [])


def test_a_handle_is_where_its_point_is_drawn():
    """Do places of the page and data coordinates agree, there and back?"""
    fig, ax, x, y = with_handle()
    sent = awake(fig)
    x.value, y.value = 0.5, -0.4
    (seen,) = sent[-1][0]["handles"]
    inside = ax.transData.inverted().transform(np.array(seen["at"]) * fig.canvas.bbox.size)
    assert np.allclose(inside, [0.5, -0.4], atol=1e-3)
    assert seen["says"] == "x 0.5, y -0.4"
    x.value, y.value = 0.0, 0.0
    hand(fig, kind="move", at=seen["at"])
    assert (x.value, y.value) == (0.5, -0.4)


def test_one_move_of_the_hand_is_one_draw_and_one_answer():
    """Is a move on two sliders drawn once, and does the page hear that the next may come?"""
    fig, _, _, _ = with_handle()
    sent = awake(fig)
    before = len(sent)
    hand(fig, kind="move", at=[0.7, 0.7])
    assert len(sent) == before + 1
    assert sent[-1][0]["answers"]
    fig.draw()
    assert not sent[-1][0]["answers"]


def test_the_hand_stays_on_the_steps_and_within_the_ends():
    """Does a slider take the nearest allowed value, however far the hand goes?"""
    fig, _, x, y = with_handle()
    awake(fig)
    hand(fig, kind="move", at=[3.0, -3.0])
    assert (x.value, y.value) == (1.0, -1.0)
    kit.put(x, 0.1234)
    assert x.value == 0.1


def test_arrow_keys_move_a_handle_by_its_step():
    """Does a key move as far as the step says, and without one a fiftieth of the axes?"""
    fig, _, x, y = with_handle(step=(0.1, 0.2))
    awake(fig)
    hand(fig, kind="key", by=[1, -2])
    assert (x.value, y.value) == (0.1, -0.4)
    fig, _, x, _ = with_handle()
    awake(fig)
    hand(fig, kind="key", by=[5, 0])
    assert x.value == 0.2


def test_a_pen_draws_where_it_passed_and_where_its_cursor_is():
    """Do all places of a stroke arrive in data coordinates, and Space at the cursor?"""
    strokes = []
    fig, _, _, _ = with_handle(drawn=lambda points, first: strokes.append((points, first)))
    awake(fig)
    hand(fig, kind="stroke", points=[[0.5, 0.5], [0.6, 0.6]], first=True)
    points, first = strokes[0]
    assert points.shape == (2, 2)
    assert first
    assert np.all(np.abs(points) < 1)
    hand(fig, kind="press")
    assert strokes[1][0].tolist() == [[0.0, 0.0]]


def test_sliders_of_all_kinds_take_what_the_hand_gives():
    """Does a logarithmic slider, one of chosen stops and one of whole numbers snap rightly?"""
    log = widgets.FloatLogSlider(value=1, min=-2, max=2, step=0.5)
    kit.put(log, 9.0)
    assert log.value == pytest.approx(10.0)
    stops = widgets.SelectionSlider(options=[1, 5, 20])
    kit.put(stops, 11)
    assert stops.value == 5
    whole = widgets.IntSlider(min=0, max=9)
    kit.put(whole, 3.7)
    assert whole.value == 4
    assert isinstance(whole.value, int)


def test_a_page_is_told_the_scales_of_the_axes_as_they_are_now():
    """Are the ends of an axes those of the picture, and a side with names is no scale?"""
    fig, ax, _, _ = with_handle()
    sent = awake(fig)
    ax.set(xlim=(2, 6))
    ax.set_yticks([0, 1], ["no", "yes"])
    fig.refresh()
    fig.draw()
    (scale,) = sent[-1][0]["scales"]
    assert scale["sides"] == [{"name": "x", "ends": [2.0, 6.0], "log": False}, None]


def test_a_loop_without_an_end_is_stopped_where_controls_are_heard(monkeypatch):
    """Does a slider that is moved, in another thread than that of the cells, end with a note?"""
    monkeypatch.setattr(own, "PATIENCE", 0.1)

    def endless_above_2(x):
        while x[0] > 2:
            pass
        return x

    fig, slider, _ = line_figure(endless_above_2)
    mover = threading.Thread(target=lambda: setattr(slider, "value", 2.5))
    mover.start()
    mover.join(30)
    assert not mover.is_alive()
    assert "did not finish" in fig.notes[0]


def test_a_function_that_may_give_infinities_is_drawn_as_it_is():
    """With `finite` false, is only what is no array of that shape replaced?"""
    with kit.Figure("Any", 200, 100) as fig:
        any_ = fig.own(lambda z: z / np.zeros(2), "any", lambda z: z, finite=False)
    assert np.isposinf(any_(np.ones(2))).all()
    assert not fig.notes


def test_the_picture_is_what_was_drawn():
    """Does the PNG hold exactly the pixels of the drawing?"""
    fig, _, _ = line_figure()
    assert np.array_equal(picture(fig), fig._layers.pixels())


def test_captions_are_text_not_markup():
    """Is a caption with < and & shown as written?"""
    with kit.Figure("a < b", 200, 100) as fig:
        fig.on_change(lambda: "x & <b>y</b>")
    assert "a &lt; b" in fig.caption.value
    assert "x &amp; &lt;b&gt;y&lt;/b&gt;" in fig.caption.value


def test_a_title_that_asks_ends_with_its_question_mark():
    """Is there no full stop behind the question mark of a title?"""
    with kit.Figure("Which?", 200, 100) as fig:
        fig.on_change(lambda: "That one.")
    assert "<b>Which?</b> That one." in fig.caption.value


def test_the_style_of_the_kit_stays_in_the_kit():
    """Are the learner's own Matplotlib settings the same after a figure?"""
    import matplotlib

    before = dict(matplotlib.rcParams)
    _, slider, _ = line_figure()
    slider.value = 2.0
    assert dict(matplotlib.rcParams) == before


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Contrast as WCAG 2 defines it, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


PAGES = [("#ffffff", style.LIGHT), ("#111111", style.DARK)]


@pytest.mark.parametrize(("page", "inks"), PAGES)
def test_every_ink_can_be_read_on_its_page(page, inks):
    """Has every colour, in its form for light or dark, the contrast that text needs?"""
    assert set(inks) == {kit.INK, *kit.COLOURS}
    for colour in inks.values():
        assert contrast(colour, page) >= 4.5, colour


@pytest.mark.parametrize("page", [page for page, _ in PAGES])
def test_colours_stand_out_before_the_page_is_known(page):
    """Has every colour as it is drawn the contrast of 3 that marks need, on both pages?"""
    for colour in (kit.INK, *kit.COLOURS):
        assert contrast(colour, page) >= 3.0, colour


def test_no_grey_of_a_picture_is_ink():
    """Is the ink no pure grey, so that no digit has a pixel of it?"""
    assert len({kit.INK[1:3], kit.INK[3:5], kit.INK[5:7]}) > 1


def test_each_colour_has_a_second_cue():
    """Is there a marker, a dash and a hatch for each colour, all different?"""
    for cues in (kit.MARKERS, kit.DASHES, kit.HATCHES):
        assert len(set(cues)) == len(kit.COLOURS)


def test_the_style_for_plots_of_ones_own_reads_on_white():
    """Does one line give the learner's plots the inks of a light page, on white paper?"""
    import matplotlib

    with matplotlib.rc_context():
        style.use()
        assert matplotlib.rcParams["figure.facecolor"] == "white"
        assert contrast(matplotlib.rcParams["text.color"], "#ffffff") >= 4.5
        for entry in matplotlib.rcParams["axes.prop_cycle"]:
            assert contrast(entry["color"], "#ffffff") >= 4.5


def test_sliders_work_where_anywidget_is_not_installed():
    """Does a figure draw its PNG and follow its slider in an older environment?"""
    code = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from utils import trial\n"
        "fig = trial.figure()\n"
        "before = fig.picture.value\n"
        "fig.controls.children[0].value = 3.0\n"
        "print(fig.picture.value != before, fig.text)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True double(3) is 6.")


def test_importing_the_kit_is_light():
    """Are TensorFlow, scikit-learn, SciPy and pyplot left alone until a figure needs them?"""
    code = (
        "import sys; from utils.figures import kit; "
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'scipy', 'matplotlib.pyplot') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("size", [(300, 200), (333, 251)])
def test_tiles_look_like_an_image_of_matplotlib(size):
    """Is each of the large pixels in its place and of its colour?"""
    values = np.arange(64.0).reshape(8, 8) / 63
    seen = []
    for show in (kit.tiles, lambda ax, v: ax.imshow(v, cmap="gray_r", interpolation="nearest")):
        with kit.Figure("A scan", *size) as fig:
            show(fig.axes(xticks=[], yticks=[]), values)
        seen.append(fig._layers.pixels().copy())
    differs = (seen[0] != seen[1]).any(axis=2)
    assert differs.mean() < 0.02  # dots on the very border of two of them
    assert (seen[0][..., 3] == 255).mean() > 0.4


def test_a_training_is_not_held_up_by_its_figure(monkeypatch, capsys):
    """Is a picture left out that came too soon after a slow one, and the last one always drawn?"""
    fig, slider, _ = line_figure()
    seen = []
    monkeypatch.setattr(fig, "draw", lambda: seen.append(slider.value))
    with fig.training(3) as tell:
        for step in range(3):
            tell(step)
            fig.follow()
            fig._took = 60.0  # as if that had taken a minute
    assert len(seen) == 2

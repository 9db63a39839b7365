"""The figure kit: controls, drawing in place, the learner's function, the static form."""

import base64
import io
import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from tests.utils.figures import picture
from utils.figures import kit


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
    draw = fig._agg.draw
    monkeypatch.setattr(fig._agg, "draw", lambda: full.append(1) or draw())
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
    "broken": (broken, "square raised TypeError"),
    "nothing": (lambda x: None, "square did not return finite numbers"),
    "words": (lambda x: np.array(["a"]), "square did not return finite numbers"),
    "nan": (lambda x: x * np.nan, "square did not return finite numbers"),
    "shape": (lambda x: np.zeros((3, 3)), "square returned the wrong shape"),
    "ragged": (lambda x: [[1], [1, 2]], "square raised ValueError"),
    "exit": (leaving, "square raised SystemExit"),
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
    assert fig.notes == ["pair returned the wrong shape; the reference is drawn instead"]


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


def test_the_static_form_is_a_picture_and_a_sentence():
    """Does the output hold a widget, a picture of the right size, and words, all at once?"""
    fig, _, _ = line_figure(unfinished)
    data, metadata = fig._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (450, 300)
    assert json.loads(json.dumps(data)) == data
    assert metadata["image/png"] == {"width": 300, "height": 200}
    assert data["text/plain"].startswith("Note: finish square")
    assert data["text/plain"].endswith("A line. The line is at 1.00.")


def test_the_picture_is_what_was_drawn():
    """Does the PNG hold exactly the pixels of the drawing?"""
    fig, _, _ = line_figure()
    assert np.array_equal(picture(fig), np.asarray(fig._agg.buffer_rgba()))


def test_captions_are_text_not_markup():
    """Is a caption with < and & shown as written?"""
    with kit.Figure("a < b", 200, 100) as fig:
        fig.on_change(lambda: "x & <b>y</b>")
    assert "a &lt; b" in fig.caption.value
    assert "x &amp; &lt;b&gt;y&lt;/b&gt;" in fig.caption.value


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


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_colours_stand_out_on_light_and_dark(page):
    """Has every colour a contrast of 3 on both pages, and the ink, which is text, of 4?"""
    for colour, least in [(kit.INK, 4.0)] + [(c, 3.0) for c in kit.COLOURS]:
        low, high = sorted([luminance(colour), luminance(page)])
        assert (high + 0.05) / (low + 0.05) >= least, colour


def test_each_colour_has_a_second_cue():
    """Is there a marker, a dash and a hatch for each colour, all different?"""
    for cues in (kit.MARKERS, kit.DASHES, kit.HATCHES):
        assert len(set(cues)) == len(kit.COLOURS)


def test_importing_the_kit_is_light():
    """Are TensorFlow, scikit-learn, SciPy and pyplot left alone until a figure needs them?"""
    code = (
        "import sys; from utils.figures import kit; "
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'scipy', 'matplotlib.pyplot') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

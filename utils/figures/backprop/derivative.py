"""The derivative as the slope of a secant whose two ends close in."""

import numpy as np

from utils import reference
from utils.figures import kit
from utils.figures.guess import draw_guess

# function of one number, real or complex, range of x, where to begin
CURVES = {
    "x cubed": (lambda x: x**3, (-1.0, 2.2), 1.0),
    "sin x": (np.sin, (-4.0, 4.0), 1.0),
    "exp x": (np.exp, (-2.0, 2.0), 0.5),
    "ReLU": (lambda x: x if np.real(x) > 0 else 0.0 * x, (-2.0, 2.0), 0.0),
}


def slope_of(f, x):
    """The derivative of a function of `CURVES`, by the complex step Im f(x + ih) / h."""
    return float(np.imag(f(x + 1e-30j)) / 1e-30)


def secant(numerical_derivative=None, guessed=None):
    """A secant that becomes the tangent as its step shrinks, and its error for every step.

    `guessed` is the power of ten of the step with the smallest error.
    """
    exponents = np.arange(0, -15.01, -0.25)
    with kit.Figure("A secant becomes the tangent", 720, 330) as fig:
        curve = fig.choice("function", list(CURVES))
        place = fig.slider("x", -1.0, 2.2, 1.0, 0.05)
        power = fig.slider("step 10 to the", -15.0, 0.0, 0.0, 0.25)
        fig.canvas.get_layout_engine().set(rect=(0.02, 0, 0.98, 1))  # room for -1.0 of a sine
        left, right = fig.axes(1, 2)
        left.set(xlabel="x")
        left.set_title("f(x)", loc="left")
        right.set(xscale="log", yscale="log", xlim=(10**0.3, 10**-15.3), ylim=(1e-17, 30))
        right.set(xlabel="step (smaller to the right)", ylabel="error of the slope")
        (line,) = left.plot([], [], color=kit.INK)
        (tangent,) = left.plot([], [], "--", color=kit.GREEN, label="tangent")
        (touch,) = left.plot([], [], "D", color=kit.INK, markersize=6)
        (cut,) = left.plot([], [], "o-", color=kit.VERMILLION, markersize=6, label="secant")
        (two,) = right.plot([], [], "o-", color=kit.BLUE, markersize=3, label="both sides")
        (one,) = right.plot([], [], "s--", color=kit.OCHRE, markersize=3, label="one side")
        (now,) = right.plot(
            [], [], "o", color=kit.VERMILLION, markersize=10, fillstyle="none", clip_on=False
        )
        left.legend(loc="upper left")
        right.legend(loc="lower left")
        fig.live(line, tangent, cut, touch, two, one, now)
        own = fig.own(numerical_derivative, "numerical_derivative", reference.numerical_derivative)
        drawn = []
        told = draw_guess(right, guessed, at=lambda power: 10.0**power, upright=True)
        fig.handle(
            "point", left, lambda: (place.value, CURVES[curve.value][0](place.value)),
            lambda x, _: kit.put(place, x), step=(0.05, 0), anywhere=True,
        )  # fmt: skip

        @fig.on_change
        def update():
            f, limits, _ = CURVES[curve.value]
            x, h = place.value, 10.0**power.value
            if drawn != [curve.value]:
                drawn[:] = [curve.value]
                grid = np.linspace(*limits, 161)
                heights = np.array([f(v) for v in grid])
                line.set_data(grid, heights)
                spare = 0.15 * np.ptp(heights)
                left.set(xlim=limits, ylim=(heights.min() - spare, heights.max() + spare))
                fig.refresh()
            exact = slope_of(f, x)
            slope = float(own(f, x, h))
            ends = np.array(left.get_xlim())
            tangent.set_data(ends, f(x) + exact * (ends - x))
            touch.set_data([x], [f(x)])
            cut.set_data([x - h, x + h], [f(x - h), f(x + h)])
            steps = 10.0**exponents
            mine = [abs(float(own(f, x, step)) - exact) for step in steps]
            two.set_data(steps, np.maximum(mine, 1e-17))
            ahead = [abs((f(x + step) - f(x)) / step - exact) for step in steps]
            one.set_data(steps, np.maximum(ahead, 1e-17))
            error = abs(slope - exact)
            now.set_data([h], [max(error, 1e-17)])
            corner = (
                " ReLU has no tangent at 0; this course says 0."
                if curve.value == "ReLU" and not x
                else ""
            )
            return (
                f"{curve.value} at x = {x:.2f} with a step of {h:.2g}: the secant has the slope "
                f"{slope:.10f}, the tangent {exact:.10f}; they differ by {error:.2g}.{corner}{told}"
            )

        def begin(_):
            _, limits, x = CURVES[curve.value]
            with fig.hold():
                place.min, place.max = min(limits[0], place.min), max(limits[1], place.max)
                place.value, place.min, place.max = x, *limits

        curve.observe(begin, "value")

    return fig

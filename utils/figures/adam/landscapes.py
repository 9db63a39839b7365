"""Walks downhill in costs of two parameters: a valley that can be turned, a saddle, noise."""

import numpy as np

from utils import reference
from utils.figures import kit

FAR = 1e3  # a walk that is farther away than this has diverged and stops there
NAMES = ("gradient descent", "momentum", "Adam")


class Landscape:
    """A cost of two parameters: its height and gradient, where walks start, what is shown."""

    def __init__(self, height, gradient, start, xlim, ylim, noise=0.0, floor=0.0, lowest=((0, 0),)):
        self.height, self.gradient, self.start = height, gradient, np.array(start)
        self.lowest = np.array(lowest)
        self.xlim, self.ylim, self.floor = xlim, ylim, floor
        self.noise = noise * np.random.default_rng(4).normal(size=(200, 2))


def valley(across, turned=0, start=(-8.0, 2.4), **more):
    """A valley along the first axis, `across` times as curved in the other, turned by degrees."""
    angle = np.radians(turned)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    (a, b), (_, c) = matrix = turn @ np.diag([1.0, across]) @ turn.T
    return Landscape(
        lambda x, y: (a * x**2 + 2 * b * x * y + c * y**2) / 2,
        lambda p: matrix @ p,
        turn @ start,
        (-9.5, 5.5),
        (-9.5, 5.5) if turned else (-3.6, 3.6),
        **more,
    )


def saddle():
    """A ridge on which a walk can stay for long, with a lowest point on each side."""
    return Landscape(
        lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2,
        lambda p: np.array([p[0], p[1] ** 3 - p[1]]),
        (-2.0, 0.002),
        (-2.6, 1.6),
        (-1.9, 1.9),
        floor=-0.25,
        lowest=((0, -1), (0, 1)),
    )


def walk(land, steps, move):
    """The points of a walk; `move(point, gradient, state, t)` returns `(point, state)`."""
    path, state = [land.start], None
    for t in range(1, steps + 1):
        point = path[-1]
        if np.abs(point).max() < FAR:
            point, state = move(point, land.gradient(point) + land.noise[t], state, t)
        path.append(point)
    return np.array(path)


def descending(step, alpha):
    """The move of gradient descent with the step given."""
    return lambda p, g, state, t: (step(p, g, alpha), None)


def rolling(step, alpha, beta):
    """The move of momentum with the step given."""

    def move(p, g, state, t):
        return step(p, g, np.zeros(2) if state is None else state, alpha, beta)

    return move


def adaptive(step, alpha):
    """The move of Adam with the step given; `alpha` is a rate, or a function of the step."""
    rate = alpha if callable(alpha) else lambda t: alpha

    def move(p, g, state, t):
        p, *state = step(p, g, *(state or (np.zeros(2), np.zeros(2))), t, rate(t))
        return p, state

    return move


class Race:
    """Two axes: contours with paths on the left, the cost of each step on the right."""

    def __init__(self, fig, names, steps, top, kept):
        self.kept = kept
        self.fig, self.names, self.steps, self.land = fig, names, steps, None
        self.left, self.right = fig.axes(1, 2, ratios=(1.25, 1))
        self.left.set(xlabel="parameter 0", ylabel="parameter 1")
        self.left.locator_params(integer=True)  # labels of one width, whatever is shown
        self.right.set(xlabel="step", ylabel="cost above the lowest", yscale="log")
        self.right.set(xlim=(0, steps), ylim=(1e-4, top))
        self.contours, self.goals = None, self.left.plot([], [], "*", color=kit.INK, markersize=12)
        self.paths, self.dots, self.costs, self.nows = [], [], [], []
        for k, name in enumerate(names):
            colour, dash, mark = kit.COLOURS[k], kit.DASHES[k], kit.MARKERS[k]
            self.paths += self.left.plot([], [], dash, color=colour, linewidth=1.6)
            self.dots += self.left.plot([], [], mark, color=colour, markersize=8)
            self.costs += self.right.plot([], [], dash, color=colour, linewidth=1.6)
            self.nows += self.right.plot(
                [], [], dash, marker=mark, color=colour, markersize=8, label=name
            )
        self.begins = self.left.plot([], [], "D", color=kit.INK, markersize=8, zorder=4)
        fig.handle("start", self.left, lambda: self.land.start, self._start, anywhere=True)
        fig.canvas.legend(handles=self.nows, loc="outside upper center", ncols=min(len(names), 2))
        fig.live(*self.begins, *self.paths, *self.dots, *self.costs, *self.nows)

    def belong(self, *owns):
        """Say which function each walk is made with."""
        for own, *drawn in zip(owns, self.paths, self.costs, self.nows, strict=True):
            own.draws(drawn)

    def _start(self, x, y):
        """Let the walks of this landscape begin elsewhere."""
        self.land.start = np.array([np.clip(x, *self.land.xlim), np.clip(y, *self.land.ylim)])
        self.kept.walks.clear()

    def show(self, land, paths, step):
        """Draw the paths up to `step`; return a sentence about where they are."""
        if land is not self.land:
            self._ground(land)
        where = []
        self.begins[0].set_data(*land.start[:, None])
        for k, path in enumerate(paths):
            heights = land.height(*path.T) - land.floor
            self.paths[k].set_data(*path[: step + 1].T)
            self.dots[k].set_data(*path[step : step + 1].T)
            self.costs[k].set_data(range(step + 1), np.maximum(heights[: step + 1], 1e-12))
            self.nows[k].set_data([step], [max(heights[step], 1e-12)])
            lost = np.abs(path[step]).max() >= FAR
            where.append(
                f"{self.names[k]} has diverged" if lost else f"{self.names[k]} {heights[step]:.3g}"
            )
        return f"After step {step}, cost above the lowest: " + ", ".join(where) + "."

    def _ground(self, land):
        if self.contours is not None:
            self.contours.remove()
        x, y = (np.linspace(*limits, 81) for limits in (land.xlim, land.ylim))
        grid = np.meshgrid(x, y)
        heights = land.height(*grid) - land.floor
        levels = heights.max() * np.linspace(0.02, 1, 10) ** 2
        self.contours = self.left.contour(
            *grid, heights, levels, colors=kit.INK, linewidths=0.8, alpha=0.45
        )
        self.goals[0].set_data(*land.lowest.T)
        self.left.set(xlim=land.xlim, ylim=land.ylim)
        self.land = land
        self.fig.refresh()


def one_rate(sgd_step=None):
    """Gradient descent in a valley, with the rate and the curvature across on sliders."""
    steps = 60
    with kit.Figure("Gradient descent in a valley", 720, 330) as fig:
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.01, 0.005, ".3f")
        across = fig.slider("curvature across", 1, 40, 25)
        own = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        lands, kept = {}, Kept()
        race = Race(fig, NAMES[:1], steps, 2e3, kept)

        @fig.on_change
        def update():
            c = across.value
            land = lands.setdefault(c, valley(c))
            path = kept((c, rate.value), lambda: walk(land, steps, descending(own, rate.value)))
            text = race.show(land, [path], frame.value)
            return (
                f"{text} Each step multiplies the distance across the valley by "
                f"{1 - rate.value * c:.3f}, and the distance along it by {1 - rate.value:.3f}."
            )

        frame.value = steps
    return fig


class Kept:
    """The last walks, so that the step slider does not walk again."""

    def __init__(self):
        self.walks = {}

    def __call__(self, key, walk):
        if key not in self.walks:
            if len(self.walks) > 50:
                self.walks.clear()
            self.walks[key] = walk()
        return self.walks[key]


def with_momentum(sgd_step=None, momentum_step=None):
    """Gradient descent and momentum from the same start in the same valley."""
    steps, land = 80, valley(25)
    with kit.Figure("With and without momentum", 720, 330) as fig:
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.02, 0.005, ".3f")
        beta = fig.slider("beta", 0.0, 0.98, 0.9, 0.02)
        descend = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        roll = fig.own(momentum_step, "momentum_step", reference.momentum_step)
        kept = Kept()
        race = Race(fig, NAMES[:2], steps, 2e3, kept)
        race.belong(descend, roll)

        @fig.on_change
        def update():
            moves = {
                (rate.value,): descending(descend, rate.value),
                (rate.value, beta.value): rolling(roll, rate.value, beta.value),
            }
            paths = [kept(k, lambda m=move: walk(land, steps, m)) for k, move in moves.items()]
            return race.show(land, paths, frame.value)

        frame.value = 40
    return fig


def paths(sgd_step=None, momentum_step=None, adam_step=None):
    """Gradient descent, momentum and Adam in a ravine, on a saddle and with noisy gradients.

    The two valleys can be turned against the axes of the parameters.
    """
    steps = 100
    makers = {
        "ravine": lambda turned: valley(25, turned),
        "saddle": lambda _: saddle(),
        "noisy": lambda turned: valley(4, turned, noise=6.0),
    }
    with kit.Figure("Three ways down", 760, 380) as fig:
        preset = fig.choice("landscape", {name.title(): name for name in makers})
        frame = fig.player("step", steps)
        rate = fig.slider("learning rate", 0.005, 0.1, 0.02, 0.005, ".3f")
        beta = fig.slider("beta", 0.0, 0.98, 0.9, 0.02)
        alpha = fig.slider("rate of Adam", 0.02, 1.0, 0.3, 0.02)
        turn = fig.slider("turn the valley by", 0, 90, 0, 5)
        descend = fig.own(sgd_step, "sgd_step", reference.sgd_step)
        roll = fig.own(momentum_step, "momentum_step", reference.momentum_step)
        adapt = fig.own(adam_step, "adam_step", reference.adam_step)
        kept, lands = Kept(), {}
        race = Race(fig, NAMES, steps, 1e3, kept)
        race.belong(descend, roll, adapt)

        @fig.on_change
        def update():
            turned = 0 if preset.value == "saddle" else turn.value
            place = preset.value, turned
            if place not in lands:
                lands[place] = makers[preset.value](turned)
            land = lands[place]
            moves = {
                (*place, rate.value): descending(descend, rate.value),
                (*place, rate.value, beta.value): rolling(roll, rate.value, beta.value),
                (*place, "Adam", alpha.value): adaptive(adapt, alpha.value),
            }
            walks = [kept(k, lambda m=move: walk(land, steps, m)) for k, move in moves.items()]
            lean = f", turned by {turned} degrees" if turned else ""
            fixed = " A saddle is not turned." if preset.value == "saddle" and turn.value else ""
            return f"{preset.value.title()}{lean}. {race.show(land, walks, frame.value)}{fixed}"

        frame.value = 40
    return fig

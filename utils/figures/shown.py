"""Which figure can show an input that a check fails on: "Show me" asks here.

A row names what a function of a lab is shown by: the figure, the functions it is given, and how the
arguments, the expected and the returned value become settings of its controls, by label. `None`
says that this input does not fit: the next row is asked. After the last one, tables show what was
returned beside what is right (`compared`); where these do not fit either, there is no button.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from utils import reference
from utils.engine.calling import Call
from utils.engine.judging import Case
from utils.engine.plain import ModelData, bare
from utils.figures import compared
from utils.figures.hand import put

Settings = dict[str, Any] | None


@dataclass(frozen=True)
class Failed:
    """A call that failed: its arguments, what is expected of it, what came back, and after it.

    `expected` is what the case asks for where no value is; `after` are the arguments afterwards.
    """

    arguments: list
    expected: Any
    got: Any
    after: Sequence


@dataclass(frozen=True)
class Shown:
    """A figure, as module and name, the learner's functions it draws, and its settings.

    `alike` says that the figure shows an input like the one that failed; `more` is what it is given
    by name, and so is what `given` makes of the call.
    """

    figure: str
    answers: tuple[str, ...]
    settings: Callable[..., Settings]
    alike: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    given: Callable[[Failed], dict[str, Any]] = lambda call: {}


@dataclass(frozen=True)
class Drawing:
    """A figure to make with a learner's answers, and its settings; a call makes it."""

    shown: Shown
    settings: dict[str, Any]
    answers: dict[str, Any]
    given: dict[str, Any]

    def says(self, function: str) -> str:
        """What stands above the figure."""
        what = "An input like the one above" if self.shown.alike else "The input above"
        return f"{what}, in a figure of this lab, as your `{function}` sees it:"

    def __call__(self) -> Any:
        module, _, name = self.shown.figure.partition(":")
        given = (self.answers.get(each) for each in self.shown.answers)
        figure = getattr(importlib.import_module(module), name)(
            *(each if callable(each) else None for each in given), **self.shown.more, **self.given
        )
        load(figure, self.settings)
        return figure


def worst(expected: Any, got: Any) -> tuple[int, ...] | None:
    """Return the place of the entry that is furthest off, None where the two are not alike."""
    try:
        a, b = np.asarray(expected, float), np.asarray(got, float)
    except (TypeError, ValueError):
        return None
    if a.shape != b.shape or not a.size:
        return None
    with np.errstate(invalid="ignore"):
        off = np.nan_to_num(np.abs(a - b), nan=np.inf)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))


def _entry(arguments: list, expected: Any, got: Any) -> float | None:
    """Return the number whose result is furthest off; the first where that cannot be told."""
    values = np.asarray(arguments[0], float)
    place = worst(expected, got)
    if place is None or len(place) != values.ndim:
        place = (0,) * values.ndim
    return float(values[place])


def _on_slider(label: str, low: float, high: float) -> Callable[..., Settings]:
    """Set one slider to the number whose result is wrong."""

    def settings(arguments: list, expected: Any, got: Any) -> Settings:
        value = _entry(arguments, expected, got)
        return {label: value} if low <= value <= high else None

    return settings


def _three_logits(arguments: list, expected: Any, got: Any) -> Settings:
    row = np.asarray(arguments[0], float)
    if row.shape != (3,) or np.abs(row).max() > 4:
        return None  # of a batch, a row alone may come out right
    return {"temperature T": 1.0, **{f"logit {k}": float(z) for k, z in enumerate(row)}}


def _likely(P: np.ndarray, y: np.ndarray) -> np.ndarray:
    return P[np.arange(len(y)), y]


def _p_of_true_class(arguments: list, expected: Any, got: Any) -> Settings:
    p = float(_likely(*map(np.asarray, arguments)).min())
    return {"p of the true class": max(p, 0.002)}


def _one_of_a_batch(arguments: list, expected: Any, got: Any) -> Settings:
    """Show the example that costs most: where its label is not what the probability says."""
    y, p = (np.asarray(each, float) for each in arguments)
    k = int(np.argmin(np.where(y == 1, p, 1 - p)))
    return {"label": int(y[k]), "probability p": float(np.clip(p[k], 0.002, 0.998))}


def _largest_logit(arguments: list, expected: Any, got: Any) -> Settings:
    z = np.asarray(arguments[0], float).ravel()
    value = float(z[np.argmax(np.abs(z))])
    return {"logit z": value} if abs(value) <= 10 else None


def _scale_and_spread(arguments: list, expected: Any, got: Any) -> Settings:
    """Show logits of the same size on the map: the row with the largest, at the nearest stops."""
    Z = np.atleast_2d(np.asarray(arguments[0], float))
    row = Z[np.argmax(np.abs(Z).max(axis=1))]
    scale, spread = float(row.max()), float(np.ptp(row))
    if not (np.isfinite(Z).all() and abs(scale) <= 1e4 and 0.5 <= spread <= 1e4):
        return None
    return {"scale (largest logit)": scale, "spread (largest - smallest)": spread}


def _argument(place: int, label: str, low: float, high: float) -> Callable[..., Settings]:
    """Set one slider to one of the arguments."""

    def settings(arguments: list, expected: Any, got: Any) -> Settings:
        value = float(arguments[place])
        return {label: value} if low <= value <= high else None

    return settings


def _momentum(arguments: list, expected: Any, got: Any) -> Settings:
    alpha, beta = map(float, arguments[3:5])
    fits = 0.005 <= alpha <= 0.1 and beta <= 0.98
    return {"learning rate": alpha, "beta": beta} if fits else None


def _moments(arguments: list, expected: Any, got: Any) -> Settings:
    """Show the decays of the two averages, which the first five arguments do not hold."""
    beta1 = arguments[6] if len(arguments) > 6 else 0.9
    beta2 = arguments[7] if len(arguments) > 7 else 0.999
    fits = 0 <= beta1 <= 0.98 and beta2 in (0.9, 0.99, 0.999)
    return {"beta1": float(beta1), "beta2": float(beta2)} if fits else None


def _rate_of_wave(arguments: list, expected: Any, got: Any) -> Settings:
    alpha = float(arguments[3])
    return {"learning rate": alpha} if alpha in (0.003, 0.01, 0.03, 0.1, 0.3, 1.0) else None


def _window(arguments: list, expected: Any, got: Any) -> Settings:
    bias, stride = np.ravel(arguments[2]), [*arguments[3:], 1][0]
    fits = -1.5 <= bias[0] <= 0.5 and stride in (1, 2, 5, 10)
    return {"stride": int(stride), "bias": float(bias[0])} if fits else None


def _secant(arguments: list, expected: Any, got: Any) -> Settings:
    x, h = float(arguments[1]), float([*arguments[2:], 1e-5][0])
    fits = -1 <= x <= 2.2 and 1e-15 <= h <= 1
    return {"x": x, "step 10 to the": float(np.log10(h))} if fits else None


def _examples(arguments: list, expected: Any, got: Any) -> Settings:
    m = len(np.asarray(arguments[0]))
    return {"examples m": m} if 1 <= m <= 20 else None


def _as_begun(arguments: list, expected: Any, got: Any) -> Settings:
    """Leave the controls as they are: the figure is given the input itself."""
    return {}


def _graph(call: Failed) -> dict[str, Any]:
    """The graph, where it is small enough for a picture, and the values of its leaves."""
    from utils.figures.backprop.inputs import laid_out

    graph, values, *output = call.arguments
    laid_out(graph, {name: 0.0 for name in values if name not in graph})
    return {"graph": graph, "values": values, "output": output[0] if output else None}


def _order(call: Failed) -> dict[str, Any]:
    from utils.figures.backprop.inputs import laid_out

    (graph,) = call.arguments
    laid_out(graph, dict.fromkeys(s for _, inputs in graph.values() for s in inputs))
    return {"graph": graph}


def _operation(call: Failed) -> dict[str, Any]:
    op, inputs = call.arguments
    reference.local_derivatives(op, list(inputs))  # ValueError for an unknown one
    return {"op": op, "inputs": [float(value) for value in inputs]}


def _named(*names: str) -> Callable[[Failed], dict[str, Any]]:
    """Give the figure the arguments themselves, by these names."""
    return lambda call: dict(zip(names, call.arguments, strict=True))


def _row(call: Failed) -> dict[str, Any]:
    """The first row of logits that a picture can show."""
    for row in np.atleast_2d(np.asarray(call.arguments[0], float)):
        if np.isfinite(row).all() and len(row) <= 10:
            return {"logits": row}
    raise ValueError("no row that can be drawn")


def _pairs(call: Failed) -> dict[str, Any]:
    y, yhat, n_classes = call.arguments
    if len(y) > 40 or n_classes > 10:
        raise ValueError("too many to be counted in a picture")
    return {"y": y, "yhat": yhat, "n_classes": int(n_classes)}


def _built(call: Failed) -> dict[str, Any]:
    """A model of Keras, beside what the case asks for."""
    if not isinstance(call.got, ModelData):
        raise TypeError("no model to draw")
    asked = {name: call.expected[name] for name in ("layers", "inputs", "compiled", "optimizers")
             if name in call.expected}  # fmt: skip
    return {"model": call.got, **asked}


def _checked(call: Failed) -> dict[str, Any]:
    f, grad, theta, *eps = call.arguments
    if len(theta) > 12:
        raise ValueError("too many entries to draw")
    return {"f": f.function(), "grad": grad, "theta": theta, "eps": float([*eps, 1e-5][0])}


def _rows(call: Failed) -> dict[str, Any]:
    X, y, test_size, seed = call.arguments
    if len(X) > 60:
        raise ValueError("too many rows to draw")
    return {"X": X, "y": y, "test_size": test_size, "seed": seed}


def _images(call: Failed) -> dict[str, Any]:
    """The weights of the model given, the images, and what the learner's function returned."""
    model, X, *rest = call.arguments
    more = dict(zip(("y", "k"), rest, strict=False))
    return {"weights": model.weights, "X": np.asarray(X), "got": call.got, **more}


def _practice(call: Failed) -> dict[str, Any]:
    """The weights before and after a training, where they are those of the model given."""
    (before, X, y, _), after = call.arguments, call.after[0]
    if [w.shape for w in after.weights] != [w.shape for w in before.weights]:
        raise ValueError("another network came back")
    used = (after.optimizer or {}).get("rows", 0)
    return {"before": before.weights, "after": after.weights, "X": X, "y": y, "used": used}


def _table(call: Failed) -> dict[str, Any]:
    """The targets, and how they are named; a ValueError stands for a refusal."""
    targets = np.asarray(call.arguments[0], float)
    if targets.ndim != 2 or targets.size > 60:
        raise ValueError("no table that can be drawn")
    return {"targets": targets, "got": call.got}


def _thresholds(call: Failed) -> dict[str, Any]:
    P, thresholds = (np.asarray(each, float) for each in call.arguments)
    if P.size > 60:
        raise ValueError("too many probabilities to draw")
    return {"P": P, "thresholds": np.broadcast_to(thresholds, P.shape[1:]), "got": call.got}


def _both_labels(call: Failed) -> dict[str, Any]:
    Y, Yhat = (np.asarray(each, float) for each in call.arguments)
    if Y.size > 60:
        raise ValueError("too many labels to draw")
    return {"Y": Y, "Yhat": Yhat, "got": call.got}


def _costs(call: Failed) -> dict[str, Any]:
    names = ("P", "Y", "miss_cost", "false_alarm_cost")
    return {**dict(zip(names, call.arguments, strict=True)), "got": call.got}


def _first_steps(call: Failed) -> dict[str, Any]:
    names = ("X", "y", "hidden", "steps", "alpha", "seed")
    return dict(zip(names, call.arguments, strict=True))


_ACTIVATIONS = ("sigmoid", "relu", "linear", "sigmoid_slope", "relu_slope")
_04, _05, _06 = "04_improved_softmax", "05_multilabel", "06_adam"
_07, _08 = "07_backprop", "08_digits"
_LABELS = "utils.figures.multilabel.inputs"
_DIGITS = "utils.figures.digits.inputs"
_SHIFTED, _INPUTS = "utils.figures.improved_softmax.inputs:shifted", "utils.figures.backprop.inputs"
SHOWN: dict[tuple[str, str], tuple[Shown, ...]] = {
    ("00_start", "double"): (Shown("utils.trial:figure", ("double",), _on_slider("x", -4, 4)),),
    ("01_training", "predict"): (
        Shown(
            "utils.figures.training.first:one_unit",
            ("predict",),
            _as_begun,
            given=_named("X", "w", "b"),
        ),
    ),
    ("01_training", "binary_cross_entropy"): (
        Shown("utils.figures.training:loss_terms", ("binary_cross_entropy",), _one_of_a_batch),
    ),
    **{
        ("02_activations", name): (
            Shown(
                "utils.figures.activations:three_activations",
                _ACTIVATIONS,
                _on_slider("score z", -8, 8),
            ),
        )
        for name in _ACTIVATIONS
    },
    ("02_activations", "relu_network"): (
        Shown(
            "utils.figures.activations.inputs:outputs",
            ("relu_network",),
            _as_begun,
            given=_named("x", "w", "b", "v", "c"),
        ),
    ),
    ("02_activations", "fit_pieces"): (
        Shown(
            "utils.figures.activations.inputs:through",
            ("fit_pieces",),
            _as_begun,
            given=_named("knots", "values"),
        ),
    ),
    ("03_softmax", "softmax"): (
        Shown("utils.figures.softmax:softmax_bars", ("softmax",), _three_logits),
    ),
    ("03_softmax", "cross_entropy"): (
        Shown("utils.figures.softmax:loss_curve", ("cross_entropy",), _p_of_true_class),
    ),
    (_04, "stable_softmax"): (
        Shown("utils.figures.softmax:softmax_bars", ("stable_softmax",), _three_logits),
        Shown(
            "utils.figures.improved_softmax:probability_map",
            ("plain_softmax", "stable_softmax"),
            _scale_and_spread,
            alike=True,
            more={"compare": True},
        ),
    ),
    (_04, "log_sum_exp"): (Shown(_SHIFTED, ("log_sum_exp",), _as_begun, given=_row),),
    (_04, "log_softmax"): (Shown(_SHIFTED, ("", "log_softmax"), _as_begun, given=_row),),
    (_04, "cross_entropy_from_logits"): (
        Shown(
            "utils.figures.improved_softmax:cost_map",
            ("stable_softmax", "cross_entropy_from_logits"),
            _scale_and_spread,
            alike=True,
        ),
    ),
    (_05, "multilabel_loss"): (
        Shown("utils.figures.multilabel:loss_curves", ("multilabel_loss",), _largest_logit),
    ),
    (_05, "kind_of_problem"): (Shown(f"{_LABELS}:summed", (), _as_begun, given=_table),),
    (_05, "predict_labels"): (Shown(f"{_LABELS}:compared", (), _as_begun, given=_thresholds),),
    (_05, "label_accuracy"): (Shown(f"{_LABELS}:matched", (), _as_begun, given=_both_labels),),
    (_05, "exact_match"): (Shown(f"{_LABELS}:matched", (), _as_begun, given=_both_labels),),
    (_05, "choose_thresholds"): (Shown(f"{_LABELS}:priced", (), _as_begun, given=_costs),),
    (_06, "sgd_step"): (
        Shown(
            "utils.figures.adam:one_rate",
            ("sgd_step",),
            _argument(2, "learning rate", 0.005, 0.1),
            alike=True,
        ),
    ),
    (_06, "momentum_step"): (
        Shown(
            "utils.figures.adam:with_momentum", ("sgd_step", "momentum_step"), _momentum, alike=True
        ),
    ),
    (_06, "adam_step"): (
        Shown("utils.figures.adam:effective_steps", ("adam_step",), _moments, alike=True),
    ),
    (_06, "minimize"): (
        Shown("utils.figures.adam:fit_wave", ("minimize",), _rate_of_wave, alike=True),
    ),
    (_06, "conv1d"): (
        Shown("utils.figures.adam:sliding_window", ("conv1d",), _window, alike=True),
    ),
    (_07, "numerical_derivative"): (
        Shown("utils.figures.backprop:secant", ("numerical_derivative",), _secant, alike=True),
    ),
    (_07, "local_derivatives"): (
        Shown(f"{_INPUTS}:tangents", ("local_derivatives",), _as_begun, given=_operation),
    ),
    (_07, "topological_order"): (
        Shown(f"{_INPUTS}:ordered", ("topological_order",), _as_begun, given=_order),
    ),
    (_07, "forward"): (Shown(f"{_INPUTS}:traced", ("forward",), _as_begun, given=_graph),),
    (_07, "backward"): (Shown(f"{_INPUTS}:traced", ("", "backward"), _as_begun, given=_graph),),
    (_07, "network_gradients"): (
        Shown(
            "utils.figures.backprop:broken_gradients",
            ("gradient_check", "network_gradients"),
            _examples,
            alike=True,
        ),
    ),
    (_07, "gradient_check"): (
        Shown(f"{_INPUTS}:compared", ("gradient_check",), _as_begun, given=_checked),
    ),
    (_08, "shuffle_split"): (
        Shown(f"{_DIGITS}:dealt", ("shuffle_split",), _as_begun, given=_rows),
    ),
    (_08, "train_digits"): (Shown(f"{_DIGITS}:practised", (), _as_begun, given=_practice),),
    (_08, "read_digits"): (Shown(f"{_DIGITS}:read_off", (), _as_begun, given=_images),),
    (_08, "confusion_matrix"): (
        Shown(
            "utils.figures.digits.reading:counted", ("confusion_matrix",), _as_begun, given=_pairs
        ),
    ),
    (_08, "worst_mistakes"): (Shown(f"{_DIGITS}:ranked", (), _as_begun, given=_images),),
    (_08, "train_numpy_network"): (
        Shown(f"{_DIGITS}:first_steps", ("train_numpy_network",), _as_begun, given=_first_steps),
    ),
    **{
        key: (Shown("utils.figures.built:built", (), _as_begun, given=_built),)
        for key in (
            ("01_training", "build_model"),
            ("03_softmax", "build_softmax_model"),
            (_04, "build_logits_model"),
            (_05, "build_multilabel_model"),
            (_08, "build_digits_model"),
        )
    },
}


def find(
    lab: str,
    call: Call,
    expected: Any,
    got: Any,
    answers: dict[str, Any],
    after: Sequence = (),
    case: Case | None = None,
) -> Drawing | compared.Compared | None:
    """Return what draws the figure for a call of a lab's function, None where none can show it."""
    if call.args is None:
        return None
    arguments = [bare(arg) for arg in call.args]
    for row in SHOWN.get((lab, call.function), ()):
        try:
            settings = row.settings(arguments, expected, got)
            given = row.given(Failed(arguments, expected, got, after))
        except (AttributeError, IndexError, TypeError, ValueError):
            continue  # an odd input, which this figure does not show
        if settings is not None:
            return Drawing(row, settings, answers, given)
    return compared.find(call, expected, got, case)


def load(figure: Any, settings: dict[str, Any]) -> None:
    """Set a figure's controls, found by their labels, as near as they can; it draws once."""
    controls = {getattr(c, "description", ""): c for c in figure.controls.children}
    with figure.hold():
        for label, value in settings.items():
            control = controls[label]
            if hasattr(control, "continuous_update"):  # a slider, which has steps or stops
                put(control, value)
            else:
                control.value = value

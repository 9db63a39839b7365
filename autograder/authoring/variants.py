"""Numbers and words of the public labs that a private course has otherwise.

Each variant says what stands in the public course as a function of a few parameters, so that all
that follows from them, such as the options of a question, is worked out and not typed. `made` of
the `public` parameters is what stands there; of one of the `others`, what takes its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograder.authoring.release import SourceError


@dataclass(frozen=True)
class Variant:
    """One thing that is varied, in the question or exercise `name` of a lab.

    `also` are further files of the repository in which the same texts are replaced; they are in the
    `whole` lab, where its other exercises say them too.
    """

    lab: str
    name: str
    made: Callable[..., Sequence[str]]
    public: tuple
    others: tuple[tuple, ...]
    also: tuple[str, ...] = ()
    whole: bool = False

    def change(self, text: str, parameters: tuple) -> tuple[str, set[str]]:
        """Return a text with what follows from other parameters, and what was found in it."""
        new = dict(zip(self.made(*self.public), self.made(*parameters), strict=True))
        longest = sorted(new, key=len, reverse=True)
        known = "|".join(_before(old) + re.escape(old) + _after(old) for old in longest)
        found: set[str] = set()

        def instead(match: re.Match) -> str:
            found.add(match[0])
            return new[match[0]]

        return re.sub(known, instead, text), found

    def refuse(self, found: set[str]) -> None:
        """Raise `SourceError` where something that stood in the public course is there no more."""
        if lacking := sorted(set(self.made(*self.public)) - found):
            raise SourceError(
                f"{self.lab}, {self.name}: {lacking[0]!r} is not there any more; bring "
                "autograder/authoring/variants.py up to date"
            )


def _before(old: str) -> str:
    """Return what keeps a number or a word from being found at the end of a longer one."""
    return r"(?<![\w.])" if old[0].isalnum() or old[0] == "-" else ""


def _after(old: str) -> str:
    return r"(?!\w|\.\d)" if old[-1].isalnum() else ""


# --- questions ------------------------------------------------------------------------------------

_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _cost(p: float, q: float) -> list[str]:
    first, second, third, fourth = (-math.log(each) for each in (p, 1 - q, q, 1 - p))
    numbers = (first, second, third, fourth, first + second, (first + second) / 2,
               (third + fourth) / 2, first / 2)  # fmt: skip
    return [f"{x:.1f}" for x in (p, q, 1 - q, 1 - p)] + [f"{x:.3f}" for x in numbers]


def _updates(batch: int) -> list[str]:
    full, short = divmod(360, batch)
    numbers = (batch, 360 / batch, full, short, full + 1, 10 * (full + 1), 10 * full, batch * full)
    return [f"{x:g}" for x in numbers]


def _descent(x: int, alpha: float) -> list[str]:
    slope, step = x / 2, alpha * x / 2
    return [
        f"$x = {x}$", f"alpha = {alpha}$", f"a) {step}", f"b) -{step}", f"c) -{slope}",
        f"d) -{alpha / 2}", f"{step} comes", f"* {x} = {slope:g}",
        f"becomes 0 - {alpha} * {slope:g} = -{step}", f"-{slope} forgets", f"slope is {slope:g}",
        f"-{alpha / 2} forgets", f"x is {x}",
    ]  # fmt: skip


def _units(v: int, c: int, k: int) -> list[str]:
    right = c - v * k
    return [
        rf"- {v} \max(-x, 0) + {c}$", f"f(-{k})", f"a) {c}", f"b) {right}", f"c) {c + v * k}",
        f"d) {-2 * (k + 1) - v * k + c}", f"{c} is the answer", f"score {k} at x = -{k}",
        f"score is {-k - 1}", f"gives {k}: 0 - {v} * {k} + {c} = {right}",
        f"is -{v}: its {k} counts as -{v * k}, not as {v * k}", f"scores at x = -{k}",
    ]  # fmt: skip


def _sigmoids(n: int) -> list[str]:
    left = f"{0.25**n:.2g}"
    return [
        f"through {_WORDS[n]} sigmoid", f"b) {n / 4:g}", f"c) about {0.25 / n:.2g}",
        f"d) about {left}", f"{_WORDS[n].title()} of them", f"added {_WORDS[n]} times",
        f"0.25 by {n}", f"power {n} is about {left}",
    ]  # fmt: skip


def _linear(n: int, h: int) -> list[str]:
    whole = (n + 1) * h + (h + 1) * h + h + 1
    return [
        f"{n} inputs to {h} units, to {h} units", f"a) {whole:,}", f"b) {n + 2 * h + 1}",
        f"c) {n + 1}", f"d) {n}", f"{whole:,} is what", f"from {n} to 1", f"from {n} inputs to 1",
        f"{n} weights",
    ]  # fmt: skip


def _halvings(*powers: int) -> list[str]:
    log2, chance = math.log(2), [0.5**k for k in powers]
    parts = [rf"$\frac1{2**k if k < 4 else '{' + str(2**k) + '}'}$" for k in powers]
    mean = sum(powers) / 4
    return [
        f"{parts[0]}, {parts[1]}, {parts[2]} and {parts[3]}", f"a) {powers[0] * log2:.2f}",
        f"b) {-math.log(sum(chance) / 4):.2f}", f"c) {mean * log2:.2f}",
        f"d) {4 * mean * log2:.2f}",
        f"example alone: -ln(1/{2 ** powers[0]})",
        f"{powers[0]}, {powers[1]}, {powers[2]} and {powers[3]} times ln 2",
        f"{mean:g} ln 2, about {mean * log2:.2f}",
    ]  # fmt: skip


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0")


def _first_step(alpha: float, g: float) -> list[str]:
    raw = f"{alpha * 0.1 / math.sqrt(0.001):.4f}"
    return [
        rf"\alpha = {alpha}$", f"gradient {g}", f"by {_plain(alpha * g)}", f"by {g}", f"by {alpha}",
        f"by {raw}", f"{_plain(alpha * g)} is alpha", f"{g} is the gradient", f"sign: {alpha}",
        f"about {raw}",
    ]  # fmt: skip


def _velocity(beta: float, g: int) -> list[str]:
    end, rest, longer = g / (1 - beta), round(1 - beta, 2), round(1 / (1 - beta))
    return [
        f"gradient, {g}, in", rf"{beta} \cdot", f"a) {g}", f"b) {beta * g:g}", f"c) {g / beta:.2f}",
        f"d) {end:g}", f"{g} would be", f"{beta * g:g} is only", f"velocity of {g} after",
        f"{g} / {beta} divides", f"v = {beta} v + {g}",
        f"{rest:g} v = {g} and v = {end:g}: steps {_WORDS[longer]} times",
    ]  # fmt: skip


def _filters(width: int, count: int) -> list[str]:
    one = 2 * width + 1
    dense = f"{2000 * count + count:,}"
    return [
        f"{count} filters of width {width}", f"a) {one * count}", f"b) {2 * width * count}",
        f"c) {(width + 1) * count}", f"d) {dense}",
        f"{width} * 2 weights and one bias, {one} numbers; {count} filters have {one * count}",
        f"{2 * width * count} leaves out the {count} biases", f"{(width + 1) * count} forgets",
        f"{dense} would", f"{count} units",
    ]  # fmt: skip


def _later(stride: int, rows: int) -> list[str]:
    shift = stride * rows
    return [
        f"stride {stride}", f"{shift} samples", f"{shift} rows", f"{rows} rows later",
        f"for {stride} samples", f"{_WORDS[rows]} windows later", f"{rows} strides of",
        f'"{stride}. The same',
    ]  # fmt: skip


# --- exercises ------------------------------------------------------------------------------------


def _clip(power: int) -> list[str]:
    return [*_floor(power), f"{power * math.log(10):.3f}"]


def _kinds(one: str, several: str) -> list[str]:
    return [*_quoted(one, several), f"is {one}", f"is {several}", f"it {several}"]


def _floor(power: int) -> list[str]:
    return [f"1e-{power}", f"10^{{-{power}}}"]


def _quoted(*words: str) -> list[str]:
    return [f'"{word}"' for word in words]


def _targets(*words: str) -> list[str]:
    return _quoted(*words, words[1].capitalize())


def _operations(add: str, mul: str) -> list[str]:
    called = f"= {add}(a", f"= {add}(b", f"= {add} "
    return [
        mul,
        f'"{add}"',
        f"`{add}`",
        *called,
        *(f"{add} {word}" for word in ("and", "for", "has", "returns", "swapped", "with")),
        f"as {add}",
    ]


def _same(*texts: str) -> tuple[str, ...]:
    """Return numbers that nothing follows from: those of visible probes."""
    return texts


def _epochs(most: int) -> list[str]:
    return [f"{most}", f"{most // 2} epochs use"]


_BACKPROP = tuple(
    f"utils/figures/backprop/{name}.py"
    for name in ("boxes", "gradients", "graphs", "inputs", "learning", "modes")
)
VARIANTS = (
    Variant("01_training", "training_2", _cost, (0.8, 0.4), ((0.9, 0.3), (0.7, 0.2))),
    Variant("01_training", "training_4", _updates, (32,), ((50,), (100,))),
    Variant("01_training", "training_5", _descent, (4, 0.25), ((6, 0.5), (10, 0.125))),
    Variant("02_activations", "activations_1", _units, (3, 1, 2), ((4, 2, 3), (2, 3, 4))),
    Variant("02_activations", "activations_2", _sigmoids, (6,), ((5,), (4,))),
    Variant("02_activations", "activations_5", _linear, (10, 50), ((8, 40), (12, 30))),
    Variant("04_improved_softmax", "multiclass_2", _halvings, (1, 2, 3, 2),
            ((2, 3, 4, 3), (2, 2, 3, 5))),
    Variant("06_adam", "additional_1", _first_step, (0.01, 0.004), ((0.02, 0.003), (0.05, 0.008))),
    Variant("06_adam", "additional_3", _velocity, (0.9, 2), ((0.8, 3), (0.75, 2))),
    Variant("06_adam", "additional_4", _filters, (7, 12), ((5, 8), (9, 10))),
    Variant("06_adam", "additional_5", _later, (5, 2), ((4, 3), (3, 4))),
    Variant("01_training", "binary_cross_entropy", _clip, (7,), ((8,), (6,))),
    Variant("02_activations", "choose_output", _targets, ("binary", "real", "non-negative"),
            (("bit", "real value", "not below 0"),
             ("binary class", "real number", "non-negative number"))),
    Variant("03_softmax", "cross_entropy", _floor, (12,), ((11,), (13,)), whole=True),
    Variant("05_multilabel", "kind_of_problem", _kinds, ("multiclass", "multilabel"),
            (("single-label", "multi-label"), ("one-hot", "many-hot"))),
    Variant("07_backprop", "local_derivatives", _operations, ("add", "mul"),
            (("plus", "times"), ("addition", "multiplication")), (*_BACKPROP, "utils/reference.py"),
            whole=True),
    Variant("08_digits", "train_digits", _epochs, (60,), ((50,), (54,)),
            ("utils/engine/judging/digits.py",)),
    *(
        Variant(lab, name, _same, (probe,), tuple((other,) for other in others))
        for lab, name, probe, *others in (
            ("01_training", "_data", "0.8, -0.6, 0.3", "0.7, -0.9, 0.4", "-0.5, 0.6, 0.9"),
            ("01_training", "sigmoid_unit", "[1.0, 4.0], [-2.0, 0.5]", "[2.0, 3.0], [-1.5, 0.5]",
             "[0.5, 3.0], [-1.0, 2.0]"),
            ("01_training", "binary_cross_entropy", "[0.8, 0.3, 0.4]", "[0.7, 0.2, 0.6]",
             "[0.9, 0.4, 0.3]"),
            ("02_activations", "activations", "-2.0, -0.5, 0.5, 3.0", "-1.5, -0.25, 0.75, 2.5",
             "-3.0, -0.75, 0.4, 2.0"),
            ("02_activations", "slopes", "[-2.0, -0.5], [0.25, 3.0]", "[-1.5, -0.25], [0.5, 2.5]",
             "[-3.0, -0.75], [0.4, 2.0]"),
            ("02_activations", "relu_network", "-3.0, 0.5, 2.0, 4.0", "-2.5, 0.25, 2.0, 4.5",
             "-2.0, 0.75, 1.8, 3.5"),
            ("03_softmax", "_data", "[0.5, -1.0, 0.2], [0.1, 0.8, -0.7]",
             "[0.4, -0.9, 0.3], [0.2, 0.7, -0.8]", "[0.6, -0.8, 0.1], [0.2, 0.9, -0.5]"),
            ("03_softmax", "softmax", "2.0, 1.0, -1.0", "1.0, 2.5, -0.5", "-1.0, 0.5, 2.0"),
            ("03_softmax", "cross_entropy", "[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]",
             "[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]", "[0.5, 0.4, 0.1], [0.1, 0.2, 0.7]"),
            *(
                ("04_improved_softmax", name, "1.0, 2.0, 0.5", "0.5, 1.5, 2.5", "2.0, -0.5, 1.0")
                for name in ("log_sum_exp", "log_softmax", "stable_softmax")
            ),
            ("04_improved_softmax", "cross_entropy_from_logits", "[2.0, 1.0, -1.0]",
             "[1.0, 2.5, -0.5]", "[1.5, 2.0, -2.0]"),
            ("05_multilabel", "multilabel_loss", "[2.0, -1.0, 0.5], [-0.3, 1.2, -2.5]",
             "[1.5, -1.2, 0.4], [-0.6, 1.1, -2.0]", "[2.5, -0.8, 0.3], [-0.4, 1.6, -1.5]"),
            ("06_adam", "_data", "[0.2, -1.0, 3.0], [-0.7, 2.5, 0.4]",
             "[0.3, -1.2, 2.5], [-0.6, 2.0, 0.5]", "[0.4, -0.8, 2.0], [-0.9, 3.0, 0.6]"),
            ("06_adam", "conv1d", "1.0, 3.0, 2.0, -1.0, 0.5, 4.0, -2.0, 1.5",
             "2.0, 3.0, 1.0, -1.0, 0.5, 3.5, -1.5, 1.0",
             "1.5, 3.5, 2.5, -0.5, 1.0, 4.5, -2.5, 2.0"),
            ("07_backprop", "numerical_derivative", 'x**3"), 2.0', 'x**3"), 1.5', 'x**3"), 3.0'),
            ("07_backprop", "forward", '"w": 3.0, "x": 2.0, "b": -1.5',
             '"w": 2.0, "x": 1.5, "b": -0.5', '"w": 4.0, "x": 0.5, "b": 1.25'),
        )
    ),
)  # fmt: skip

"""Figures of lab 04_improved_softmax: what floats can hold, and where a formula leaves them."""

from utils.figures import ahead
from utils.figures.guess import guess
from utils.figures.improved_softmax.floats import break_it, number_line
from utils.figures.improved_softmax.maps import cost_map, gradient_map, probability_map
from utils.figures.improved_softmax.runs import (
    Training,
    read_digits,
    train_both_ways,
    train_digits,
    train_regression,
)

__all__ = [
    "Training",
    "break_it",
    "cost_map",
    "gradient_map",
    "guess",
    "number_line",
    "probability_map",
    "read_digits",
    "train_both_ways",
    "train_digits",
    "train_regression",
]

ahead.libraries("scipy.special", "scipy.sparse", "scipy.ndimage")

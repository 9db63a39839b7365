"""Figures of lab 06_adam. Each takes the learner's functions and shows the reference without."""

from utils.figures import ahead
from utils.figures.adam.in_keras import keras_differs, train_digits
from utils.figures.adam.landscapes import one_rate, paths, with_momentum
from utils.figures.adam.layers import (
    learned_filters,
    sliding_window,
    some_pieces,
    train_pieces,
)
from utils.figures.adam.other_layers import attention, recurrence, window_on_a_digit
from utils.figures.adam.rates import (
    effective_steps,
    fit_wave,
    rate_decay,
    rate_map,
    three_rates,
)
from utils.figures.guess import guess

__all__ = [
    "attention",
    "effective_steps",
    "fit_wave",
    "guess",
    "keras_differs",
    "learned_filters",
    "one_rate",
    "paths",
    "rate_decay",
    "rate_map",
    "recurrence",
    "sliding_window",
    "some_pieces",
    "three_rates",
    "train_digits",
    "train_pieces",
    "window_on_a_digit",
    "with_momentum",
]

ahead.libraries("scipy.linalg", "scipy.signal", *ahead.SKLEARN)

"""Figures of lab 03_softmax. Each takes the learner's functions and shows the reference without."""

from utils.figures import ahead
from utils.figures.guess import guess
from utils.figures.softmax.belief import logit_pull, loss_curve, probability_triangle, softmax_bars
from utils.figures.softmax.digits import (
    Training,
    read_digits,
    some_digits,
    ten_sigmoids,
    train_digits,
)
from utils.figures.softmax.plane import four_clusters, spiral

__all__ = [
    "Training",
    "four_clusters",
    "guess",
    "logit_pull",
    "loss_curve",
    "probability_triangle",
    "read_digits",
    "softmax_bars",
    "some_digits",
    "spiral",
    "ten_sigmoids",
    "train_digits",
]

ahead.libraries("scipy.special", "scipy.sparse")

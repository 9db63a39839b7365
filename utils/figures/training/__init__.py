"""Figures of lab 01_training. Each takes the learner's functions, or shows the reference."""

from utils.figures import ahead
from utils.figures.guess import guess
from utils.figures.training.descent import batch_paths, descent, quiz_curves
from utils.figures.training.first import beside, loss_terms, pixels
from utils.figures.training.inside import look_inside
from utils.figures.training.networks import (
    Trained,
    count_parameters,
    train_digits,
    train_on_plane,
    zero_or_one,
)
from utils.figures.training.plane import by_hand, nudge

__all__ = [
    "Trained",
    "batch_paths",
    "beside",
    "by_hand",
    "count_parameters",
    "descent",
    "guess",
    "look_inside",
    "loss_terms",
    "nudge",
    "pixels",
    "quiz_curves",
    "train_digits",
    "train_on_plane",
    "zero_or_one",
]

ahead.libraries(*ahead.SKLEARN)

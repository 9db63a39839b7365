"""Figures of lab 05_multilabel. Each takes the learner's functions and shows the reference without.

Where no trained network is given, a small one of scikit-learn stands in for it.
"""

from utils.figures import ahead
from utils.figures.guess import guess
from utils.figures.multilabel.scenes import loss_curves, some_scenes, two_heads
from utils.figures.multilabel.thresholds import (
    reliability,
    scene_thresholds,
    threshold_costs,
    trade_off,
)
from utils.figures.multilabel.training import Training, three_or_one, train_scenes, unseen

__all__ = [
    "Training",
    "guess",
    "loss_curves",
    "reliability",
    "scene_thresholds",
    "some_scenes",
    "three_or_one",
    "threshold_costs",
    "trade_off",
    "train_scenes",
    "two_heads",
    "unseen",
]

ahead.libraries(*ahead.SKLEARN)

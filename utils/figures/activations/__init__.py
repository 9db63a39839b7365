"""Figures of lab 02_activations: each takes the learner's functions, or shows the reference."""

from utils.figures import ahead
from utils.figures.activations.depth import deep_linear, saturation
from utils.figures.activations.racing import race
from utils.figures.activations.shapes import dead_unit, quiz_line, three_activations, zoo
from utils.figures.activations.workshop import TARGETS, pieces, relu_workshop
from utils.figures.guess import guess

__all__ = [
    "TARGETS",
    "dead_unit",
    "deep_linear",
    "guess",
    "pieces",
    "quiz_line",
    "race",
    "relu_workshop",
    "saturation",
    "three_activations",
    "zoo",
]

ahead.libraries("scipy.special", "scipy.interpolate")

"""Figures of lab 08_digits. Each takes the learner's functions and shows the reference without."""

from utils.figures import ahead
from utils.figures.digits.drawing import draw
from utils.figures.digits.experiments import changes, initialisation, winners_curse
from utils.figures.digits.in_numpy import numpy_and_keras, numpy_weights_in_keras
from utils.figures.digits.layers import first_layer, through
from utils.figures.digits.reading import confusion, mistakes, readings
from utils.figures.digits.training import Training, drawer, train
from utils.figures.guess import guess
from utils.figures.softmax import some_digits

__all__ = [
    "Training",
    "changes",
    "confusion",
    "draw",
    "drawer",
    "first_layer",
    "guess",
    "initialisation",
    "mistakes",
    "numpy_and_keras",
    "numpy_weights_in_keras",
    "readings",
    "some_digits",
    "through",
    "train",
    "winners_curse",
]

ahead.libraries(*ahead.SKLEARN)

"""Figures of lab 07_backprop, with the learner's functions or, without them, the reference."""

from utils.figures import ahead
from utils.figures.backprop.boxes import worksheet
from utils.figures.backprop.derivative import secant
from utils.figures.backprop.gradients import broken_gradients, entry_by_entry, witnesses
from utils.figures.backprop.learning import own_engine, small_network, spiral
from utils.figures.backprop.modes import cost_of_modes
from utils.figures.backprop.passes import flow
from utils.figures.guess import guess

__all__ = [
    "broken_gradients",
    "cost_of_modes",
    "entry_by_entry",
    "flow",
    "guess",
    "own_engine",
    "secant",
    "small_network",
    "spiral",
    "witnesses",
    "worksheet",
]

ahead.libraries(*ahead.SKLEARN)

"""count_parameters: the weights and biases of two kinds of layer."""

import numpy as np

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=8)
ex.hints = [
    "One unit first: how many weights does it have, and how many biases? Then all units.",
    "How many numbers lie under a window of width 4 on 3 channels? Compare with the example's 65.",
    "The length of the signal is in neither formula for convolution. Why not?",
]


def _counts(rng, n):
    return [int(k) for k in rng.choice(np.arange(2, 90), n, replace=False)]


ex.check(
    "a dense layer",
    [case("dense_parameters", 64, 25), case("dense_parameters", 3, 7)],
    lambda rng: [
        case("dense_parameters", *_counts(rng, 2)),
        case("dense_parameters", 1, *_counts(rng, 1)),
        case("dense_parameters", *_counts(rng, 1), 1),
        case("dense_parameters", int(rng.integers(1000, 9000)), int(rng.integers(100, 900))),
    ],
)
ex.check(
    "a convolutional layer",
    [case("conv1d_parameters", 9, 1, 16), case("conv1d_parameters", 5, 3, 8)],
    lambda rng: [
        case("conv1d_parameters", *_counts(rng, 3)),
        case("conv1d_parameters", *(k + 40 for k in _counts(rng, 3))),
        case("conv1d_parameters", 1, *_counts(rng, 2)),
        case("conv1d_parameters", *_counts(rng, 2), 1),
    ],
)

DENSE = "n_in * units + units"
CONV1D = "width * channels * filters + filters"

# fmt: off
# dense_parameters
ex.mistake("dense without biases", "Each unit of the dense layer has a bias as well.",
    (DENSE, "n_in * units"))
ex.mistake("dense with one bias", "One bias for each unit, not one for the layer.",
    (DENSE, "n_in * units + 1"))
ex.mistake("dense with a bias an input", "The biases belong to the units, not to the inputs.",
    (DENSE, "n_in * units + n_in"))
ex.mistake("dense sum", "Every unit has a weight for every input: multiply.", (DENSE, "n_in + units"))
ex.mistake("dense with two biases too many", "Add 1 to the inputs only: one bias for each unit.",
    (DENSE, "(n_in + 1) * (units + 1)"))
ex.mistake("dense as a float", "A count is a whole number: return an int.",
    (DENSE, "float(n_in * units + units)"))
ex.mistake("units only", "This counts units, not the numbers that they learn.", (DENSE, "units"))

# conv1d_parameters
ex.mistake("convolution without biases", "Each filter has a bias as well.",
    (CONV1D, "width * channels * filters"))
ex.mistake("convolution with one bias", "One bias for each filter, not one for the layer.",
    (CONV1D, "width * channels * filters + 1"))
ex.mistake("channels forgotten", "A filter has weights for every channel under its window.",
    (CONV1D, "width * filters + filters"))
ex.mistake("a bias a channel", "One bias for each filter, however many channels it reads.",
    (CONV1D, "(width + 1) * channels * filters"))
ex.mistake("bias a sample", "One bias for each filter, however wide it is.",
    (CONV1D, "width * (channels + 1) * filters"))
ex.mistake("width and channels added", "A weight for each sample in each channel: multiply.",
    (CONV1D, "(width + channels + 1) * filters"))
ex.mistake("width and channels added, no bias", "Multiply width and channels; then add the bias.",
    (CONV1D, "(width + channels) * filters"))
ex.mistake("one filter", "This is one filter: the layer has several.", (CONV1D, "width * channels + 1"))
ex.mistake("biases by channel", "There are as many biases as filters, not as channels.",
    (CONV1D, "width * channels * filters + channels"))
ex.mistake("filters forgotten in the weights", "Every filter has weights of its own.",
    (CONV1D, "width * channels + filters"))
ex.mistake("width forgotten", "A filter has a weight for each sample under its window.",
    (CONV1D, "channels * filters + filters"))
ex.mistake("convolution as a float", "A count is a whole number: return an int.",
    (CONV1D, "float(width * channels * filters + filters)"))

# both
ex.mistake("no biases anywhere", "Biases are learned too: count them in both.", (" + units", ""),
    (" + filters", ""))

"""What several exercises of 06_adam are asked with."""

import numpy as np


def pair(rng, *shape, scale=1.0):
    """Return parameters and a gradient of one shape, no entry near 0."""

    def draw():
        return scale * rng.uniform(0.3, 2.0, shape) * rng.choice([-1.0, 1.0], shape)

    return np.array(draw()), np.array(draw())


THETA, GRAD = np.array([1.0, -2.0, 0.5]), np.array([0.5, -1.5, 4.0])

TABLE = np.array([[0.2, -1.0, 3.0], [-0.7, 2.5, 0.4]])

SLOPES = np.array([[1.5, 0.25, -2.0], [-3.0, 0.6, 5.0]])


def triple(rng, *shape, scale=1.0):
    """Return parameters, a gradient and a velocity of one shape."""
    return *pair(rng, *shape, scale=scale), pair(rng, *shape, scale=scale)[0]


VELOCITY = np.array([2.0, 0.8, -1.2])

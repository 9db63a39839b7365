"""What several exercises of 02_activations are asked with."""

import numpy as np

from autograder.authoring.declaration import case
from utils.engine.plain import Layout


def _layouts(rng, function, **params):
    """Return one case for each unusual layout of memory, and one read-only."""
    arrays = [rng.normal(size=shape) * 2 for shape in ((3, 4), (4, 3), (5,))]
    kinds = ("strided", "fortran", "readonly")
    return [
        case(function, Layout(a, kind), **params) for a, kind in zip(arrays, kinds, strict=True)
    ]


def shapes(rng, function, size=3.0, **params):
    """Return cases of every shape and type that the statement names."""
    return [
        case(function, rng.normal(size=int(rng.integers(2, 9))) * size, **params),
        case(function, rng.normal(size=(3, 4)) * size, **params),
        case(function, rng.normal(size=(70, 2)) * size, **params),
        case(function, rng.normal(size=(2, 3, 2)) * size, **params),
        case(function, np.array(-abs(rng.normal()) - 0.1), **params),
        case(function, np.array(rng.normal() + 4), **params),
        case(function, np.array(int(rng.integers(1, 9))), **params),
        case(function, np.append(rng.integers(-6, 7, size=5), 200), **params),
        case(function, (rng.normal(size=(3, 3)) * size).astype(np.float32), **params),
        case(function, rng.normal(size=1), **params),
        *_layouts(rng, function, **params),
    ]

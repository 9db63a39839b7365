"""Data of the labs: real digits, and synthetic sets that a seed repeats exactly.

Every function returns new arrays: change them as you like.
"""

from pathlib import Path

import numpy as np

# What scikit-learn's `load_digits` gives (ink from 0 to 16, and the digit), and the order of a
# split: importing scikit-learn for it takes longer than everything else before a first check.
_DIGITS = Path(__file__).parent / "digits.npz"


def digits():
    """The 1,797 scans of hand-written digits that scikit-learn bundles, scaled to [0, 1].

    Returns `X (1797, 64)` float64, each row an 8 by 8 picture, and `y (1797,)` int, the digit.
    """
    with np.load(_DIGITS) as stored:
        return stored["pictures"] / 16.0, stored["labels"].astype(int)


def digits_binary():
    """Only the zeros and ones among `digits()`: `X (360, 64)`, `y (360,)` int in {0, 1}."""
    X, y = digits()
    keep = y <= 1
    return X[keep], y[keep]


def digits_binary_split():
    """`digits_binary()` as `(X, X_kept, y, y_kept)`, 80 pictures drawn at random and kept back."""
    X, y = digits_binary()
    train, kept = np.split(np.random.default_rng(0).permutation(len(y)), [-80])
    return X[train], X[kept], y[train], y[kept]


def digits_split(test_size=360, seed=0):
    """`digits()` split into `(X_train, X_test, y_train, y_test)`, each digit in equal shares."""
    X, y = digits()
    if (test_size, seed) == (360, 0):
        with np.load(_DIGITS) as stored:
            train, test = np.split(stored["split"], [-360])
        return X[train], X[test], y[train], y[test]
    from sklearn.model_selection import train_test_split

    return tuple(train_test_split(X, y, test_size=test_size, random_state=seed, stratify=y))


def four_clusters(m=200, seed=0):
    """Four round clouds in the plane that nearly touch: `X (m, 2)` float64, `y (m,)` int."""
    rng = np.random.default_rng(seed)
    centres = np.array([[-2.8, 1.6], [-0.9, -0.2], [1.0, 1.0], [2.4, -1.8]])
    y = rng.permutation(np.arange(m) % 4)
    return centres[y] + rng.normal(scale=0.65, size=(m, 2)), y


# Waves of one heartbeat: height, seconds from the peak, width in seconds.
_BEAT = ((0.14, -0.17, 0.025), (-0.12, -0.035, 0.01), (1.0, 0.0, 0.014), (-0.25, 0.04, 0.014),
         (0.28, 0.26, 0.05))  # fmt: skip
_WIDE_BEAT = ((0.9, 0.0, 0.05), (-0.4, 0.12, 0.05), (-0.2, 0.3, 0.06))
_RATE = 100  # samples a second


def _waves(n, peak, waves):
    seconds = np.arange(n) / _RATE - peak
    return sum(h * np.exp(-(((seconds - at) / width) ** 2) / 2) for h, at, width in waves)


def _heart(n, rng, wide=None, noise=0.03):
    """`n` samples and the peaks in seconds; the beat nearest to `wide` seconds is a wide one."""
    peaks = np.cumsum(rng.normal(0.8, 0.03, size=int(n / _RATE) + 5)) - rng.uniform(0.8, 1.6)
    chosen = None if wide is None else int(np.argmin(np.abs(peaks - wide)))
    if chosen is not None:
        peaks[chosen] = wide
    signal = 0.08 * np.sin(2 * np.pi * (0.3 * np.arange(n) / _RATE + rng.uniform()))
    for number, peak in enumerate(peaks):
        signal += _waves(n, peak, _WIDE_BEAT if number == chosen else _BEAT)
    return signal + rng.normal(scale=noise, size=n), peaks


def ecg(n=400, seed=0):
    """A signal like an electrocardiogram, 100 samples a second, not a real one.

    Returns `x (n,)` float64 and `peaks`, the ints at which a beat is highest.
    """
    x, peaks = _heart(n, np.random.default_rng(seed))
    places = np.round(peaks * _RATE).astype(int)
    return x, places[(places >= 0) & (places < n)]


def ecg_windows(m=600, n=120, seed=0):
    """Pieces of signals like that of `ecg`; half of them hold one beat that is wide.

    Returns `X (m, n)` float64 and `y (m,)` int, 1 where there is a wide beat, anywhere in it.
    """
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(m) % 2)
    last = n / _RATE - 0.15
    X = [_heart(n, rng, rng.uniform(0.15, last) if wide else None, 0.12)[0] for wide in y]
    return np.array(X), y


def ecg_piece(place, n=120, seed=0):
    """One piece as in `ecg_windows`, its wide beat at `place` seconds: `x (n,)` float64."""
    return _heart(n, np.random.default_rng(seed), place, 0.12)[0]


def wave(m=60, seed=0):
    """Noisy points on a smooth curve: `x (m,)` float64 in [-1, 1], increasing, and `y (m,)`."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, size=m))
    return x, np.sin(4 * x) + 0.6 * x + rng.normal(scale=0.08, size=m)


def digits_two_features():
    """The zeros and ones of `digits_binary()`, told by two numbers: `X (360, 2)`, `y (360,)`.

    Feature 0 is the ink in the two middle columns of the picture, feature 1 the ink in the two
    columns on each side of them; both are shifted to mean 0 and scaled to standard deviation 1.
    """
    X, y = digits_binary()
    pictures = X.reshape(-1, 8, 8)
    columns = [[3, 4], [1, 2, 5, 6]]
    ink = np.column_stack([pictures[:, :, chosen].mean(axis=(1, 2)) for chosen in columns])
    return (ink - ink.mean(axis=0)) / ink.std(axis=0), y


def spiral(m=210, seed=0):
    """Three arms of a spiral wound into each other: `X (m, 2)` float64 in about [-1, 1], `y (m,)`.

    The classes 0, 1 and 2 have equal shares, and no straight border separates two of them.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(m) % 3
    radius = np.sqrt(rng.uniform(0.01, 1, size=m))
    angle = 2 * np.pi * y / 3 + 6 * radius + rng.normal(scale=0.15, size=m)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), y


SHAPES = ("circle", "square", "triangle")


def scenes(m=1500, seed=0, noise=0.2):
    """Noisy pictures of a circle, a square and a triangle, any of them or none.

    Returns `X (m, 256)` float64, each row a 16 by 16 picture with values in [0, 1], and `Y (m, 3)`
    int in {0, 1}, a column for each of `SHAPES`. Half of the scenes hold a circle, two in five a
    square, three in ten a triangle, independently of each other.
    """
    rng = np.random.default_rng(seed)
    Y = (rng.uniform(size=(m, 3)) < (0.5, 0.4, 0.3)).astype(int)
    size = rng.uniform(4, 5, size=(m, 3, 1, 1))
    left, down = rng.uniform(5.5, 9.5, size=(2, m, 3, 1, 1))
    ink = rng.uniform(0.7, 1, size=(m, 3, 1, 1))
    down, across = np.arange(16)[:, None] - down + 0.5, np.arange(16) - left + 0.5
    beyond = np.stack(  # distance from the outline, in pixels
        [
            np.hypot(across, down)[:, 0] - 1.1 * size[:, 0],
            np.maximum(np.abs(across), np.abs(down))[:, 1] - size[:, 1],
            np.maximum(
                down[:, 2] - 0.9 * size[:, 2],
                (2 * np.abs(across[:, 2]) - down[:, 2]) / np.sqrt(5) - 0.62 * size[:, 2],
            ),
        ],
        axis=1,
    )
    lines = Y[:, :, None, None] * ink * np.clip(1 - np.abs(beyond), 0, 1)
    X = lines.max(axis=1) + rng.normal(scale=noise, size=(m, 16, 16))
    return np.clip(X, 0, 1).reshape(m, -1), Y

"""Measure what the labs promise to be quick: `python -m tests.bench`.

It takes the options of `python -m tests.bench.marking`, which it ends with.
"""

import subprocess
import sys
import time

import numpy as np

from tests.bench import exercises, first, isolation, marking, parser, slider, steps, whole, writer


def importing():
    """Seconds that `import utils` takes in a fresh interpreter, the median of five."""
    code = "import time; t = time.perf_counter(); import utils; print(time.perf_counter() - t)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    return float(np.median([float(run.stdout) for run in runs]))


def checking():
    """Seconds that a passed instant check takes, the median of twenty, once it is warm."""
    import contextlib
    import io

    from utils.checks import Check

    check = Check("03_softmax")

    def gradient(X, y, W, b):
        error = np.exp(X @ W + b)
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(y)), y] -= 1
        return X.T @ error / len(y), error.mean(axis=0)

    times = []
    for _ in range(21):
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            check("softmax_gradient", gradient)
        times.append(time.perf_counter() - start)
    return float(np.median(times[1:]))


def main(arguments=None):
    """Print each figure beside its limit; return whether all limits are kept."""
    command = parser(__file__, __doc__)
    marking.add_options(command)
    options = command.parse_args(arguments)
    within = True
    for name, measured, limit in [
        ("import utils", importing(), 0.2),
        ("instant check", checking(), 0.05),
    ]:
        within &= measured < limit
        print(f"{name:17} {1000 * measured:6.1f} ms, limit {1000 * limit:.0f} ms", flush=True)
    for part in (first, slider, whole):
        within &= bool(part.main([]))
    isolation.main([])
    exercises.main([])
    within &= steps.main([])
    writer.main([])
    return marking.measure(options) and within


if __name__ == "__main__":
    sys.exit(not main())

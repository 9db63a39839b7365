"""Processor time of every figure's first draw, picture included: `python -m tests.bench.first`.

    python -m tests.bench.first          every figure of every lab
    python -m tests.bench.first 03 06    two labs

Each figure is made in a process of its own, forked from one that has drawn an empty figure and has
imported what a kernel imports while it rests (`utils.figures.ahead`; the time is told): what else a
figure is the first to import is counted. Figures that train are made here as they begin.
"""

import gc
import importlib
import multiprocessing
import sys
import time

import numpy as np
from threadpoolctl import threadpool_limits

from tests.bench import parser
from tests.bench.slider import FIGURES
from utils import data
from utils.figures import ahead, kit

LIMIT = 0.3  # seconds


def ready(module, before):
    """What is there in a lab when a figure of it is called."""
    figures = importlib.import_module(f"utils.figures.{module}")
    space = {"figures": figures, "data": data, "np": np}
    exec(before, space)
    return space


def spent(module, before, call):
    """Seconds of processor time until a figure could be shown."""
    space = ready(module, before)
    start = time.process_time()
    eval(f"figures.{call}", space).still()
    return time.process_time() - start


def first_draws(labs):
    """Yield `(lab, call, seconds)` for every figure."""
    fork = multiprocessing.get_context("fork")
    with kit.Figure("Empty", 300, 200) as empty:
        empty.axes()
    with threadpool_limits(1):
        for lab in labs:
            module, before, calls = FIGURES[lab]
            start = time.process_time()
            importlib.import_module(f"utils.figures.{module}")
            while ahead.one():
                pass
            ready(module, before)
            yield lab, "(imported while it rests)", time.process_time() - start
            gc.freeze()  # else a process copies what it was forked with when it looks for garbage
            for call in calls:
                with fork.Pool(1) as alone:
                    yield lab, call, alone.apply(spent, (module, before, call))


def main(arguments=None):
    """Print a line for each figure; return whether nine of ten stay within the limit."""
    command = parser(__file__, __doc__)
    command.add_argument("labs", nargs="*", choices=[*FIGURES, []], help="as 03; all if none")
    chosen = command.parse_args(arguments)
    times = []
    for lab, call, seconds in first_draws(chosen.labs or FIGURES):
        if call[0] != "(":
            times.append(seconds)
        print(f"{lab} {call:28} {1000 * seconds:5.0f} ms", flush=True)
    quick = sum(seconds < LIMIT for seconds in times)
    print(f"{quick} of {len(times)} figures: first draw < {1000 * LIMIT:.0f} ms", flush=True)
    return quick >= 0.9 * len(times)


if __name__ == "__main__":
    sys.exit(not main())

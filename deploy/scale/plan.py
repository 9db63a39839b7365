"""Plan a course of many learners from measured figures.

    python deploy/scale/plan.py --learners 10000 --cores 16 --price 0.04

Every learner hands in every lab once, half of them in the last three hours before the deadline and
ever more of them towards it. What a submission costs was measured on one machine
(`figures.json`, written by `python -m tests.bench.scale`); a queue with that many workers is played
through, submission by submission. Numbers of other machines: measure there, or scale by `--slower`.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("figures.json")
LAST_HOURS, WEEK_HOURS = 3.0, 168.0
MOST_WORKERS = 4096


def arrivals(count: int, rng: random.Random, last: float = LAST_HOURS * 3600,
             before: float = (WEEK_HOURS - LAST_HOURS) * 3600) -> list[float]:  # fmt: skip
    """Return the seconds at which submissions come, sorted; the deadline is at `last`.

    Half of them come evenly in `before` seconds that end at 0. The others follow a density that
    grows linearly from 0 to the deadline, where twice as many come as on average.
    """
    late = [last * math.sqrt(rng.random()) for _ in range(count - count // 2)]
    return sorted([-before * rng.random() for _ in range(count // 2)] + late)


def queue(arriving: Iterable[float], services: Iterable[float], workers: int) -> list[float]:
    """Return how long each submission is under way; first come, first served, `workers` at once.

    Args:
        arriving: when submissions come, in seconds, sorted.
        services: how long a worker has with each, in seconds.
    """
    free, out = [-math.inf] * workers, []
    for at, lasts in zip(arriving, services, strict=True):
        over = max(at, heapq.heappop(free)) + lasts
        heapq.heappush(free, over)
        out.append(over - at)
    return out


def near(values: list[float], part: float) -> float:
    """Return the value that `part` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def workers_for(seconds: float, learners: int, within: float, rng: random.Random) -> int:
    """Return how few workers give 95 in 100 of the last three hours their mark `within` seconds."""
    coming = [at for at in arrivals(learners, rng) if at > 0]
    services = [seconds] * len(coming)
    low, high = 1, 1
    while near(queue(coming, services, high), 0.95) > max(within, seconds):
        low, high = high + 1, 2 * high
        if high > MOST_WORKERS:
            raise ValueError(f"more than {MOST_WORKERS} workers are needed")
    while low < high:
        middle = (low + high) // 2
        if near(queue(coming, services, middle), 0.95) <= max(within, seconds):
            high = middle
        else:
            low = middle + 1
    return low


def evening(lab: str, figures: dict[str, Any], wish: argparse.Namespace) -> dict[str, Any]:
    """Return what the evening of a lab's deadline needs."""
    seconds = wish.slower * figures["labs"][lab]
    rng = random.Random(0)
    workers = workers_for(seconds, wish.learners, wish.within, rng)
    coming = [at for at in arrivals(wish.learners, random.Random(0)) if at > 0]
    waits = queue(coming, [seconds] * len(coming), workers)
    peak = 2 * len(coming) / (LAST_HOURS * 3600)
    return {
        "lab": lab, "seconds": seconds, "workers": workers, "peak": peak,
        "machines": math.ceil(workers / wish.cores), "median": statistics.median(waits),
        "near": near(waits, 0.95), "last": max(waits),
        "writer": peak * wish.slower * figures["writer"],
        "memory": workers * figures["worker"],
        "work": wish.learners * (seconds + wish.slower * figures["writer"]) / 3600,
    }  # fmt: skip


def breaks(rows: list[dict[str, Any]], wish: argparse.Namespace) -> list[tuple[float, str]]:
    """Return by how much the class could grow until each part is full, the least first."""
    worst = max(rows, key=lambda row: row["workers"])
    writer = max(row["writer"] for row in rows)
    machines = wish.cores * wish.machines
    out = [
        (1 / writer, "the one process that writes gradebook and feedback (one for a course)"),
        (machines / worst["workers"], f"the {machines} cores that mark, with {worst['lab']}"),
    ]
    return sorted(out)


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    out = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    out.add_argument("--learners", type=int, default=10_000)
    out.add_argument("--cores", type=int, default=16, help="of a machine that marks")
    out.add_argument("--machines", type=int, default=0, help="there are; default: as needed")
    out.add_argument("--within", type=float, default=60.0, help="seconds until the mark, for 95 %%")
    out.add_argument("--working", type=float, default=0.2, help="part of learners online at once")
    out.add_argument("--memory", type=float, default=64.0, help="GB of a machine to work on")
    out.add_argument("--price", type=float, default=0.04, help="of a core for an hour")
    out.add_argument("--gigabyte", type=float, default=0.005, help="price of a GB for an hour")
    out.add_argument("--slower", type=float, default=1.0, help="than the machine of the figures")
    out.add_argument("--figures", type=Path, default=FIGURES)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Print the plan."""
    wish = parser().parse_args(arguments)
    figures = json.loads(wish.figures.read_text(encoding="utf-8"))
    rows = [evening(lab, figures, wish) for lab in figures["labs"]]
    wish.machines = wish.machines or max(row["machines"] for row in rows)
    title = f"{wish.learners:,} learners, {len(rows)} labs, machines of {wish.cores} cores"
    print(f"{title}, the mark within {wish.within:.0f} s for 95 of 100\n")
    columns = (
        "seconds",
        "workers",
        "machines",
        "median",
        "95 %",
        "last",
        "writer",
        "memory",
        "work",
    )
    print(f"{'':<20}" + "".join(f"{name:>10}" for name in columns))
    for row in rows:
        cells = (
            f"{row['seconds']:.2f} s", row["workers"], row["machines"], f"{row['median']:.1f} s",
            f"{row['near']:.1f} s", f"{row['last']:.1f} s", f"{row['writer']:.0%}",
            f"{row['memory'] / 1e9:.1f} GB", f"{row['work']:.1f} h",
        )  # fmt: skip
        print(f"{row['lab']:<20}" + "".join(f"{cell:>10}" for cell in cells))
    work = sum(row["work"] for row in rows)
    evenings = len(rows) * LAST_HOURS * wish.machines * wish.cores
    online = wish.learners * wish.working
    memory = online * figures["learner"] / 1e9
    size = len(rows) * wish.learners * (figures["kept"] + figures["row"]) / 1e9
    said = {
        "most at once": f"{rows[0]['peak']:.1f} submissions a second, at the deadline",
        "marking": f"{work:,.0f} core hours in the term",
        "deadline evenings": f"{evenings:,.0f} core hours for {evenings * wish.price:,.2f}, where "
        f"{wish.machines * wish.cores} cores run for {LAST_HOURS:.0f} hours each time",
        "start of a worker": f"{wish.slower * figures['start']:.1f} s, before the last hours",
        "learners at work": f"{online:,.0f} at once, {figures['learner'] / 1e6:.0f} MB each: "
        f"{math.ceil(memory / wish.memory)} machines of {wish.memory:.0f} GB, "
        f"{memory * wish.gigabyte:,.2f} an hour",
        "kept": f"{size:,.1f} GB: {figures['kept'] / 1e3:.0f} kB of files and "
        f"{figures['row'] / 1e3:.1f} kB of gradebook a submission",
    }
    print()
    for name, what in said.items():
        print(f"{name:<20}{what}")
    print("\nWhat is full first:")
    for growth, what in breaks(rows, wish):
        print(f"  at {growth * wish.learners:>9,.0f} learners ({growth:.1f} times): {what}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""minibatches: the batches of one epoch, every example once, in an order drawn from rng."""

from autograder.authoring.declaration import call, case_of, exercise
from utils.engine.plain import Rng

ex = exercise(__name__, points=12)
ex.hints = [
    "A shuffled epoch is one permutation of the numbers 0 to m - 1. "
    "Which method of rng draws a permutation?",
    "Cut the permutation from the front: where does each batch begin?",
    "A slice that reaches past the end of an array is simply shorter.",
]


def _epochs(property_, *epochs):
    """Return a case of several epochs, each (m, batch_size, rng)."""
    return case_of([call("minibatches", *e) for e in epochs], judge=f"training.{property_}")


def _shape_cases(property_, rng):
    """Return epochs of many sizes, also of one example and of one batch."""
    m, seed = int(rng.integers(9, 40)), int(rng.integers(1 << 30))
    size = int(rng.integers(2, 9))
    pairs = [(m, 4), (m, size), (12, 6), (7, 1), (1, 1), (1, 5), (300, 64), (4, 9)]
    return [_epochs(property_, (*pair, Rng(seed + i))) for i, pair in enumerate(pairs)]


def _drawing(m, size, seed):
    """Return two generators of one seed, the first of them again, and one of another seed."""
    first = Rng(seed)
    return _epochs("drawn", *((m, size, r) for r in (first, Rng(seed, 1), first, Rng(seed + 1))))


ex.check(
    "batches of batch_size, the last possibly short",
    [
        _epochs("sizes", *((10, 4, Rng(seed)) for seed in range(4))),
        _epochs("sizes", (8, 4, Rng(4))),
        _epochs("sizes", (3, 8, Rng(5))),
    ],
    lambda rng: _shape_cases("sizes", rng),
)
ex.check(
    "every example once",
    [_epochs("once", *((11, 3, Rng(seed)) for seed in range(6)))],
    lambda rng: _shape_cases("once", rng),
)
ex.check(
    "drawn from the generator given",
    [_drawing(24, 2, 7)],
    lambda rng: [_drawing(30, 5, int(rng.integers(1 << 30))),
                 _drawing(26, 13, int(rng.integers(1 << 30)))],
)  # fmt: skip
ex.check(
    "every order is possible",
    [_epochs("orders", *[(3, 2, Rng(8))] * 100)],
    lambda rng: [
        _epochs("orders", *[(4, int(rng.integers(2, 4)), Rng(int(rng.integers(1 << 30))))] * 160),
        _epochs("orders", *[(12, 5, Rng(int(rng.integers(1 << 30))))] * 200),
        _epochs("orders", *[(90, 8, Rng(int(rng.integers(1 << 30))))] * 20),
    ],
)

BATCHES = "[order[start : start + batch_size] for start in range(0, m, batch_size)]"
BATCH = "order[start : start + batch_size]"

# fmt: off
ex.mistake("not shuffled", "The order is 0, 1, 2, ...: draw it from rng.",
    ("rng.permutation(m)", "np.arange(m)"), finding="in-order")
ex.mistake("last batch dropped", "The last batch may be short, but it exists.",
    ("range(0, m,", "range(0, m - batch_size + 1,"), finding="last-dropped")
ex.mistake("empty batch at the end", "If batch_size divides m, there is no short batch at the end.",
    ("range(0, m,", "range(0, m + 1,"), finding="empty-batch")
ex.mistake("batches of equal size", "All batches but the last have batch_size examples.",
    (BATCHES, "np.array_split(order, -(-m // batch_size))"), finding="uneven")
ex.mistake("size taken for the number", "batch_size is the size of a batch, not the number of batches.",
    (BATCHES, "np.array_split(order, batch_size)"), finding="size-for-count")
ex.mistake("last batch filled up", "The last batch may be short.",
    ("return", "order = np.resize(order, -(-m // batch_size) * batch_size)\n    return"),
    ("range(0, m,", "range(0, len(order),"), finding="last-padded")
ex.mistake("short batch first", "Cut from the front, so that the last is short.",
    (BATCHES, "np.split(order, range(m % batch_size or batch_size, m, batch_size))"),
    finding="short-first")
ex.mistake("not cut", "This is the order; cut it into batches.", (BATCHES, "order"), finding="not-cut")
ex.mistake("one batch only", "Where are the other batches? One epoch is all of them.",
    ("range(0, m,", "range(0, 1,"), finding="one-batch")
ex.mistake("drawn with replacement", "An epoch visits every example once: draw a permutation.",
    ("rng.permutation(m)", "rng.integers(0, m, size=m)"), finding="repeats-within")
ex.mistake("each batch drawn anew",
    "Batches drawn one by one overlap: draw one permutation for the epoch.",
    (BATCH, "rng.choice(m, min(batch_size, m - start), replace=False)"), finding="repeats-across")
ex.mistake("indices from 1", "Examples are numbered from 0.",
    ("rng.permutation(m)", "rng.permutation(m) + 1"), finding="from-one")
ex.mistake("float indices", "An index is an int.",
    ("rng.permutation(m)", "rng.permutation(m).astype(float)"), finding="float-indices")
ex.mistake("masks", "Give the indices of a batch, not True and False for every row.",
    (BATCH, "np.isin(np.arange(m), order[start : start + batch_size])"), finding="masks")
ex.mistake("columns", "A batch has one axis, (size,).",
    ("rng.permutation(m)", "rng.permutation(m)[:, None]"), finding="column")
ex.mistake("another generator", "np.random has a generator of its own: use the rng you are given.",
    ("rng.permutation(m)", "np.random.permutation(m)"), finding="other-generator")
ex.mistake("a generator of a fixed seed", "A new generator of a fixed seed repeats itself: use rng.",
    ("rng.permutation(m)", "np.random.default_rng(0).permutation(m)"), finding="same-for-every-seed")
ex.mistake("started again every epoch", "Two epochs from one rng must differ: use it as it is, not a copy.",
    ("order = rng", "import copy\n\n    order = copy.deepcopy(rng)"), finding="same-every-epoch")
ex.mistake("batches shuffled, not examples",
    "Neighbours stay together for ever: shuffle the examples, then cut.",
    ("rng.permutation(m)", "np.arange(m)"),
    ("range(0, m, batch_size)", "rng.permutation(range(0, m, batch_size))"), finding="blocks")
ex.mistake("shuffled inside fixed batches", "The same examples are always in one batch: shuffle all, then cut.",
    ("rng.permutation(m)", "np.arange(m)"),
    (BATCH, "rng.permutation(order[start : start + batch_size])"), finding="fixed-batches")
ex.mistake("sorted batches", "Leave each batch in the order in which it was drawn.",
    (BATCH, "np.sort(order[start : start + batch_size])"), finding="sorted-batches")
ex.mistake("circle begun elsewhere", "Only the first example is random, the order is not.",
    ("rng.permutation(m)", "np.roll(np.arange(m), rng.integers(m))"), finding="rotation")
ex.mistake("no example keeps its place", "A random order may leave an example where it was.",
    ("order = rng.permutation(m)",
     "order = np.arange(m)\n    for i in range(m - 1, 0, -1):\n        j = rng.integers(0, i)\n"
     "        order[[i, j]] = order[[j, i]]"), finding="never-in-place")
ex.mistake("a single swap", "Many orders never occur: draw a whole permutation.",
    ("rng.permutation(m)",
     "np.arange(m)\n    i, j = rng.integers(0, m, size=2)\n    order[[i, j]] = order[[j, i]]"),
    finding="orders-missing")

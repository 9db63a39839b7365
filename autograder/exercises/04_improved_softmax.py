"""04_improved_softmax: log-sum-exp, log-softmax, stable softmax, cross-entropy from logits, Keras."""

import numpy as np

from autograder.authoring.declaration import Lab, case
from utils.engine.models import dense
from utils.engine.plain import Layout

lab = Lab("04_improved_softmax", "A numerically better softmax", minutes=60)


def _rows(rng, m, classes, size):
    """Return m rows of logits of about `size`, not symmetric about 0."""
    return size * rng.uniform(-1, 0.9, size=(m, classes))


# --- log_sum_exp ----------------------------------------------------------------------------------

ex = lab.exercise(
    "log_sum_exp",
    points=18,
    forbids=["logsumexp"],
    hints=[
        "exp(1000) is too large for a float. Is exp(1000 - 1000)? What did the subtraction change?",
        "Take a factor e^c out of the sum. What becomes of it under the logarithm?",
        "Which c makes the largest exponent exactly 0? Each row has its own.",
    ],
)


@ex.right
def log_sum_exp(Z):
    """log of the sum of exp(z) over the last axis: c + log(sum(exp(z - c))), c = max z."""
    c = np.max(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z - c), axis=-1))


ex.check(
    "moderate logits",
    [
        case("log_sum_exp", np.array([1.0, 2.0, 0.5])),
        case("log_sum_exp", np.array([[0.5, 1.5], [-2.0, 1.0], [3.0, 2.5]])),
        case("log_sum_exp", np.array([[0.0, -25.0, -30.0], [-1.0, 0.0, 0.5]])),
    ],
    lambda rng: [
        case("log_sum_exp", rng.normal(size=5)),
        case("log_sum_exp", rng.normal(size=(4, 4)) * 3),
        case("log_sum_exp", rng.normal(size=(1, 3))),
        case("log_sum_exp", rng.normal(size=(3, 1))),
        case("log_sum_exp", Layout(rng.normal(size=(2, 5)), "strided")),
        case("log_sum_exp", Layout(rng.normal(size=(3, 2)), "readonly")),
        case("log_sum_exp", rng.normal(size=(3, 4)).astype(np.float32)),
        case("log_sum_exp", np.array([-24.0 - 10 * rng.uniform(), 0.0, -40.0])),
    ],
)
ex.check(
    "large logits, of both signs and far apart",
    [
        case("log_sum_exp", np.array([[1000.0, 1001.0, 998.5], [-1000.0, -1002.0, -1000.5]])),
        case("log_sum_exp", np.array([[9000.0, -9000.0], [-9000.0, -8999.0]])),
        case("log_sum_exp", np.array([700.0, -1.0, -700.0])),
    ],
    lambda rng: [
        case("log_sum_exp", _rows(rng, 5, 3, 1e4)),
        case("log_sum_exp", rng.uniform(9990, 10000, size=(3, 4))),
        case("log_sum_exp", rng.uniform(-10000, -9990, size=4)),
        case("log_sum_exp", np.array([[30.0, 0.0, -5.0], [800.0, 799.0, -800.0]])),
        case("log_sum_exp", (rng.uniform(-500, 500, size=(3, 4))).astype(np.float32)),
    ],
    weight=2,
)
ex.check(
    "a row may hold -inf",
    [case("log_sum_exp", np.array([[-np.inf, 2.0, 1.0], [3.0, -np.inf, -np.inf]]))],
    lambda rng: [
        case("log_sum_exp", np.array([-np.inf, 1e4 * rng.uniform(), -3.0])),
        case("log_sum_exp", np.array([[-np.inf, -2000.0], [5.0, 4.0 * rng.uniform()]])),
    ],
)


@ex.wrong("no shift", "exp overflows, and log(0) follows for very negative logits: shift first.")
def log_sum_exp(Z):
    return np.log(np.sum(np.exp(Z), axis=-1))


@ex.wrong("maximum not added back", "You took the factor e^c out of the sum. Where did c go?")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong("maximum subtracted", "The maximum is added back, with a plus sign.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(Z - c), axis=-1)) - np.squeeze(c, axis=-1)


@ex.wrong("minimum as shift", "With the minimum the other exponents become large: use the maximum.")
def log_sum_exp(Z):
    c = np.min(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong("mean as shift", "The mean leaves large positive exponents: use the maximum.")
def log_sum_exp(Z):
    c = np.mean(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong(
    "one maximum for all rows", "A row far below the overall maximum is lost: one shift a row."
)
def log_sum_exp(Z):
    c = np.max(Z)
    return c + np.log(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong("largest absolute value", "The shift must be the maximum itself, sign and all.")
def log_sum_exp(Z):
    c = np.max(np.abs(Z), axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong("axis 0", "The sum runs over the classes, the last axis.")
def log_sum_exp(Z):
    c = np.max(Z, axis=0)
    return c + np.log(np.sum(np.exp(Z - c), axis=0))


@ex.wrong("rows only", "A single row has no axis 1; the last axis is -1 in both cases.")
def log_sum_exp(Z):
    c = np.max(Z, axis=1, keepdims=True)
    return c[:, 0] + np.log(np.sum(np.exp(Z - c), axis=1))


@ex.wrong("everything summed", "One number for each row, not one for the whole table.")
def log_sum_exp(Z):
    c = np.max(Z)
    return c + np.log(np.sum(np.exp(Z - c)))


@ex.wrong("axis kept", "The result has one axis less than Z.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return c + np.log(np.sum(np.exp(Z - c), axis=-1, keepdims=True))


@ex.wrong("maximum only", "The maximum is close where one logit towers; what do the others add?")
def log_sum_exp(Z):
    return np.max(Z, axis=-1)


@ex.wrong("mean of the exponentials", "Sum the exponentials; a mean is smaller by log C.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.mean(np.exp(Z - c), axis=-1))


@ex.wrong("sum of the logs", "The sum is inside the logarithm.")
def log_sum_exp(Z):
    return np.sum(Z, axis=-1)


@ex.wrong("base 2", "The natural logarithm belongs to exp.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log2(np.sum(np.exp(Z - c), axis=-1))


@ex.wrong("logits clipped", "Clipping changes the answer. The shift alone keeps exp in range.")
def log_sum_exp(Z):
    return np.log(np.sum(np.exp(np.clip(Z, -500, 500)), axis=-1))


@ex.wrong("epsilon in the log", "After the shift the sum is at least 1: no epsilon is needed.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z - c), axis=-1) + 1e-5)


@ex.wrong("shifted in place", "Your function changed its input: `Z = Z - ...`, not `Z -= ...`.")
def log_sum_exp(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    Z -= c
    return np.squeeze(c, axis=-1) + np.log(np.sum(np.exp(Z), axis=-1))


# --- log_softmax ----------------------------------------------------------------------------------

ex = lab.exercise(
    "log_softmax",
    points=16,
    forbids=["logsumexp"],
    hints=[
        "Write log(e^z / S) as a difference of two logarithms. Which of them needs no work?",
        "You have written the other one already.",
        "Z has the shape (m, C), the log-sum-exp (m,). Which shape must it have to be subtracted "
        "row by row?",
    ],
)


@ex.right
def log_softmax(Z):
    """Logarithm of softmax along the last axis: z - log_sum_exp(z)."""
    return Z - log_sum_exp(Z)[..., np.newaxis]


ex.check(
    "moderate logits",
    [
        case("log_softmax", np.array([1.0, 2.0, 0.5])),
        case("log_softmax", np.array([[0.5, 1.5, -1.0], [-2.0, 1.0, 0.0], [3.0, 2.5, 2.0]])),
    ],
    lambda rng: [
        case("log_softmax", rng.normal(size=4)),
        case("log_softmax", rng.normal(size=(5, 3))),
        case("log_softmax", rng.normal(size=(3, 3)) * 4),
        case("log_softmax", rng.normal(size=(1, 6))),
        case("log_softmax", Layout(rng.normal(size=(4, 2)), "fortran")),
        case("log_softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("log_softmax", rng.normal(size=(3, 4)).astype(np.float32)),
    ],
)
ex.check(
    "large logits: finite, however unlikely the class",
    [
        case("log_softmax", np.array([[1000.0, 0.0, 990.0], [-1000.0, -1001.0, 3.0]])),
        case("log_softmax", np.array([40.0, 39.5, -900.0])),
    ],
    lambda rng: [
        case("log_softmax", _rows(rng, 4, 3, 1e4)),
        case("log_softmax", rng.uniform(9990, 10000, size=(3, 3))),
        case("log_softmax", rng.uniform(-10000, -9995, size=3)),
        case("log_softmax", np.array([[800.0, 0.0], [0.0, 50.0 * rng.uniform(0.9, 1)]])),
        case("log_softmax", np.array([[900.0, 900.0 - rng.uniform(), -60.0], [-742.3, 0.0, -0.5]])),
        case("log_softmax", np.array([-9900.0, 50 * rng.uniform(), 9900.0])),
    ],
    weight=2,
)
ex.check(
    "-inf stays -inf",
    [case("log_softmax", np.array([[-np.inf, 2.0, 1.0], [3.0, -np.inf, 2.5]]))],
    lambda rng: [case("log_softmax", np.array([1e4 * rng.uniform(), -np.inf, 9.0]))],
)


@ex.wrong("log of the naive softmax", "log(softmax) can be simplified: which two terms remain?")
def log_softmax(Z):
    e = np.exp(Z)
    return np.log(e / e.sum(axis=-1, keepdims=True))


@ex.wrong("log of the stable softmax", "A probability of 1e-400 rounds to 0, and its log to -inf.")
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True))


@ex.wrong("epsilon in the log", "An epsilon caps how unlikely a class may be. It needs none.")
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True) + 1e-7)


@ex.wrong("probability clipped", "Clipping caps how unlikely a class may be.")
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return np.log(np.maximum(e / e.sum(axis=-1, keepdims=True), 1e-12))


@ex.wrong("zeros patched", "A patch is not needed: no probability is, if you never compute one.")
def log_softmax(Z):
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    e = np.exp(shifted)
    P = e / e.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.where(P > 0, np.log(P), shifted)


@ex.wrong("sign flipped", "A log-probability is at most 0: which term is subtracted?")
def log_softmax(Z):
    return log_sum_exp(Z)[..., np.newaxis] - Z


@ex.wrong("plus", "The log-sum-exp is subtracted: a quotient becomes a difference.")
def log_softmax(Z):
    return Z + log_sum_exp(Z)[..., np.newaxis]


@ex.wrong(
    "shift only", "After the shift by the maximum, the logarithm of the sum is still missing."
)
def log_softmax(Z):
    return Z - np.max(Z, axis=-1, keepdims=True)


@ex.wrong("maximum counted twice", "Subtract the log-sum-exp from Z itself, not from Z - max.")
def log_softmax(Z):
    return Z - np.max(Z, axis=-1, keepdims=True) - log_sum_exp(Z)[..., np.newaxis]


@ex.wrong("maximum forgotten", "Z and the sum must have the same shift: one of them has none.")
def log_softmax(Z):
    c = np.max(Z, axis=-1, keepdims=True)
    return Z - np.log(np.sum(np.exp(Z - c), axis=-1, keepdims=True))


@ex.wrong("broadcast along columns", "A vector (m,) lines up with the columns: make it (m, 1).")
def log_softmax(Z):
    return Z - log_sum_exp(Z)


@ex.wrong("axis 0", "You normalised columns: rows are examples.")
def log_softmax(Z):
    c = np.max(Z, axis=0)
    return Z - (c + np.log(np.sum(np.exp(Z - c), axis=0)))


@ex.wrong("everything normalised together", "Each row has a log-sum-exp of its own.")
def log_softmax(Z):
    c = np.max(Z)
    return Z - (c + np.log(np.sum(np.exp(Z - c))))


@ex.wrong("probabilities returned", "These are the probabilities: their logarithm is asked.")
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("log of the logits", "The logarithm of e^z is z: nothing is left to do to it.")
def log_softmax(Z):
    with np.errstate(all="ignore"):
        return np.log(np.abs(Z)) - log_sum_exp(Z)[..., np.newaxis]


@ex.wrong("changed in place", "Work on `Z - ...`; `Z -= ...` changes the caller's array.")
def log_softmax(Z):
    Z -= log_sum_exp(Z)[..., np.newaxis]
    return Z


@ex.wrong("base 2", "The natural logarithm is asked.")
def log_softmax(Z):
    return (Z - log_sum_exp(Z)[..., np.newaxis]) / np.log(2)


# --- stable_softmax -------------------------------------------------------------------------------

ex = lab.exercise(
    "stable_softmax",
    points=16,
    forbids=["logsumexp"],
    hints=[
        "Add 5 to every logit of a row. What happens to the probabilities?",
        "So you may subtract any number from a row. Which one makes overflow impossible?",
        "Each row has its own maximum. Which argument keeps its shape ready for broadcasting?",
    ],
)


@ex.right
def stable_softmax(Z):
    """Softmax along the last axis, without overflow: exp(z - max) / sum exp(z - max)."""
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


ex.check(
    "moderate logits",
    [
        case("stable_softmax", np.array([1.0, 2.0, 0.5]), tiny=True),
        case("stable_softmax", np.array([[0.5, 1.5, -1.0], [-2.0, 1.0, 0.0], [3.0, 2.5, 2.0]])),
        case("stable_softmax", np.array([[60.0, 55.0], [0.0, 30.0]]), tiny=True),
    ],
    lambda rng: [
        case("stable_softmax", rng.normal(size=4), tiny=True),
        case("stable_softmax", rng.normal(size=(5, 3)) * 9, tiny=True),
        case("stable_softmax", rng.normal(size=(3, 3))),
        case("stable_softmax", rng.normal(size=(1, 6))),
        case("stable_softmax", rng.integers(-4, 5, size=(3, 4))),
        case("stable_softmax", Layout(rng.normal(size=(4, 2)), "strided")),
        case("stable_softmax", Layout(rng.normal(size=(2, 3)), "readonly")),
        case("stable_softmax", rng.normal(size=(3, 4)).astype(np.float32)),
    ],
)
ex.check(
    "large logits: rows sum to 1, no warnings",
    [
        case("stable_softmax", np.array([1000.0, 1001.0, 1002.0]), tiny=True, quiet=True),
        case(
            "stable_softmax",
            np.array([[-1000.0, 0.0, 995.0, 1000.0], [-9999.0, -9998.0, -9999.5, -9990.0]]),
            tiny=True,
            quiet=True,
        ),
    ],
    lambda rng: [
        case("stable_softmax", rng.uniform(9980, 10000, size=(4, 3)), tiny=True, quiet=True),
        case("stable_softmax", rng.uniform(-10000, -9980, size=(2, 5)), tiny=True, quiet=True),
        case("stable_softmax", _rows(rng, 4, 4, 1e4), quiet=True),
        case("stable_softmax", np.full(3, 1e4), quiet=True),
        case("stable_softmax", np.array([[-1e4, 1e4], [700.0, 712.0]]), quiet=True),
    ],
    weight=2,
)


@ex.wrong("no shift", "Subtract the row maximum first; the answer does not change.")
def stable_softmax(Z):
    e = np.exp(Z)
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("minimum as shift", "Subtract the maximum, not the minimum.")
def stable_softmax(Z):
    e = np.exp(Z - np.min(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("mean as shift", "The mean leaves exponents of hundreds: subtract the maximum.")
def stable_softmax(Z):
    e = np.exp(Z - np.mean(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("one maximum for all rows", "A row far below the overall maximum becomes 0/0.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("maximum of each column", "The maximum is taken along the row, the last axis.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=0))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("axis 0", "You normalised columns. Rows are examples.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@ex.wrong("keepdims missing", "The sum lost its axis and was spread along columns.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


@ex.wrong("rows only", "A single row has no axis 1; the last axis is -1 in both cases.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong("sum over the whole array", "The whole batch sums to 1; each row should.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum()


@ex.wrong("logits clipped", "Clipping makes different logits equal. The shift alone is enough.")
def stable_softmax(Z):
    e = np.exp(np.clip(Z, -50, 50))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("differences clipped", "Small probabilities are real down to 1e-300: do not clip them.")
def stable_softmax(Z):
    e = np.exp(np.clip(Z - np.max(Z, axis=-1, keepdims=True), -20, 0))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("epsilon in the denominator", "After the shift the sum is at least 1: no epsilon.")
def stable_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / (e.sum(axis=-1, keepdims=True) + 1e-5)


@ex.wrong(
    "divided by the maximum", "Dividing changes the gaps between logits; subtracting does not."
)
def stable_softmax(Z):
    e = np.exp(Z / np.max(np.abs(Z), axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@ex.wrong("logarithms returned", "This is the log-softmax: the probabilities are asked.")
def stable_softmax(Z):
    return log_softmax(Z)


@ex.wrong("NaN replaced", "Hiding NaN does not bring the probabilities back: avoid the overflow.")
def stable_softmax(Z):
    with np.errstate(all="ignore"):
        e = np.exp(Z)
        return np.nan_to_num(e / e.sum(axis=-1, keepdims=True))


@ex.wrong("shifted in place", "Your function changed its input: `Z = Z - ...`, not `Z -= ...`.")
def stable_softmax(Z):
    Z -= np.max(Z, axis=-1, keepdims=True).astype(Z.dtype)
    e = np.exp(Z)
    return e / e.sum(axis=-1, keepdims=True)


# --- cross_entropy_from_logits --------------------------------------------------------------------

ex = lab.exercise(
    "cross_entropy_from_logits",
    points=20,
    forbids=["logsumexp", "losses"],
    hints=[
        "The cost of one example is minus the log-probability of its true class. Do you need the "
        "probability itself?",
        "You can compute all log-probabilities without overflow already. Pick one entry a row.",
        "The cost is one number, a mean over the examples, and never negative.",
    ],
)


@ex.right
def cross_entropy_from_logits(Z, y):
    """Mean over the examples of log_sum_exp(z) - z_y."""
    return np.mean(log_sum_exp(Z) - Z[np.arange(len(y)), y])


_Z = np.array([[2.0, 1.0, -1.0], [0.5, -0.5, 3.0], [1.0, 1.5, 0.0]])

ex.check(
    "moderate logits",
    [
        case("cross_entropy_from_logits", _Z, np.array([0, 1, 2])),
        case("cross_entropy_from_logits", np.vstack([_Z, 2 * _Z[:1]]), np.array([1, 2, 1, 2])),
    ],
    lambda rng: [
        case("cross_entropy_from_logits", rng.normal(size=(6, 4)), rng.integers(0, 4, 6)),
        case("cross_entropy_from_logits", rng.normal(size=(3, 3)), rng.integers(0, 3, 3)),
        case("cross_entropy_from_logits", rng.normal(size=(1, 5)), rng.integers(0, 5, 1)),
        case("cross_entropy_from_logits", Layout(rng.normal(size=(4, 3)), "fortran"),
             rng.integers(0, 3, 4).astype(np.int32)),
        case("cross_entropy_from_logits", Layout(rng.normal(size=(4, 3)), "readonly"),
             rng.integers(0, 3, 4)),
        case("cross_entropy_from_logits", rng.normal(size=(5, 2)).astype(np.float32),
             rng.integers(0, 2, 5)),
    ],
)  # fmt: skip
ex.check(
    "large logits: right where the two-step version is not",
    [
        case("cross_entropy_from_logits", np.array([[1000.0, 0.0]]), np.array([1])),
        case(
            "cross_entropy_from_logits",
            np.array([[1000.0, 0.0, 990.0], [-1000.0, -1003.0, -1001.0]]),
            np.array([0, 1]),
        ),
        case("cross_entropy_from_logits", np.array([[40.0, 0.0, 1.0]]), np.array([0])),
    ],
    lambda rng: [
        case("cross_entropy_from_logits", _rows(rng, 5, 3, 1e4), rng.integers(0, 3, 5)),
        case("cross_entropy_from_logits", rng.uniform(9990, 10000, (4, 4)), rng.integers(0, 4, 4)),
        case("cross_entropy_from_logits", rng.uniform(-10000, -9990, (2, 3)), np.array([2, 0])),
        case("cross_entropy_from_logits", np.array([[800.0, -800.0], [0.0, 760.0]]),
             np.array([1, 0])),
        case("cross_entropy_from_logits",
             np.array([[-60.0, 900.0, 900.0 - rng.uniform()], [0.0, -742.3, -0.5]]),
             np.array([0, 1])),
        case("cross_entropy_from_logits", np.array([[9900.0, 50 * rng.uniform(), -9900.0]]),
             np.array([2])),
    ],
    weight=2,
)  # fmt: skip


@ex.wrong("two steps, naive", "log(softmax) can be simplified: z_y and the log-sum-exp remain.")
def cross_entropy_from_logits(Z, y):
    e = np.exp(Z)
    P = e / e.sum(axis=-1, keepdims=True)
    return np.mean(-np.log(P[np.arange(len(y)), y]))


@ex.wrong(
    "two steps, stable softmax", "A probability that rounds to 0 costs infinity: stay in logs."
)
def cross_entropy_from_logits(Z, y):
    P = stable_softmax(Z)
    return np.mean(-np.log(P[np.arange(len(y)), y]))


@ex.wrong("epsilon in the log", "An epsilon caps the loss at about 16.")
def cross_entropy_from_logits(Z, y):
    P = stable_softmax(Z)
    return np.mean(-np.log(P[np.arange(len(y)), y] + 1e-7))


@ex.wrong("probability clipped", "Clipping at 1e-12 caps the loss at about 28.")
def cross_entropy_from_logits(Z, y):
    P = stable_softmax(Z)
    return np.mean(-np.log(np.maximum(P[np.arange(len(y)), y], 1e-12)))


@ex.wrong("softmax twice", "These are already probabilities: the loss takes the logits.")
def cross_entropy_from_logits(Z, y):
    return np.mean(-log_softmax(stable_softmax(Z))[np.arange(len(y)), y])


@ex.wrong("sum, not mean", "Average over the examples.")
def cross_entropy_from_logits(Z, y):
    return np.sum(log_sum_exp(Z) - Z[np.arange(len(y)), y])


@ex.wrong("missing minus", "The log of a probability is negative: negate it.")
def cross_entropy_from_logits(Z, y):
    return np.mean(log_softmax(Z)[np.arange(len(y)), y])


@ex.wrong("columns instead of entries", "`Z[:, y]` takes whole columns. Pick one entry a row.")
def cross_entropy_from_logits(Z, y):
    return -np.mean(log_softmax(Z)[:, y])


@ex.wrong("one loss an example", "The cost is one number: the mean of these.")
def cross_entropy_from_logits(Z, y):
    return log_sum_exp(Z) - Z[np.arange(len(y)), y]


@ex.wrong("all classes averaged", "Only the true class of each row enters the cost.")
def cross_entropy_from_logits(Z, y):
    return -np.mean(log_softmax(Z))


@ex.wrong("divided by m times C", "The mean is over the m examples only.")
def cross_entropy_from_logits(Z, y):
    return np.sum(log_sum_exp(Z) - Z[np.arange(len(y)), y]) / Z.size


@ex.wrong("base 2", "Use the natural logarithm.")
def cross_entropy_from_logits(Z, y):
    return np.mean(log_sum_exp(Z) - Z[np.arange(len(y)), y]) / np.log(2)


@ex.wrong(
    "largest logit for the sum", "The maximum is only near the log-sum-exp: use the whole sum."
)
def cross_entropy_from_logits(Z, y):
    return np.mean(np.max(Z, axis=1) - Z[np.arange(len(y)), y])


@ex.wrong("largest instead of true", "You scored the most likely class, not the true one.")
def cross_entropy_from_logits(Z, y):
    return np.mean(log_sum_exp(Z) - np.max(Z, axis=1))


@ex.wrong(
    "true logit alone", "The cost also depends on the other logits: the log-sum-exp is missing."
)
def cross_entropy_from_logits(Z, y):
    return -np.mean(Z[np.arange(len(y)), y])


@ex.wrong("maximum not added back", "logsumexp = max + log(sum(exp(z - max))): the max is missing.")
def cross_entropy_from_logits(Z, y):
    shifted = Z - np.max(Z, axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - Z[np.arange(len(y)), y])


@ex.wrong("logits changed in place", "Work on Z - max, not Z -= max.")
def cross_entropy_from_logits(Z, y):
    Z -= np.max(Z, axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y])


# --- logits_model ---------------------------------------------------------------------------------

ex = lab.exercise(
    "logits_model",
    points=10,
    deadline=10,
    hints=[
        "Which activation leaves a number as it is?",
        "The loss must know that it is given logits. Loss objects take an argument for that; a "
        "loss named by a string cannot.",
    ],
)


@ex.right
def build_logits_model(n_features, n_classes):
    """Dense 25 ReLU, 15 ReLU, linear output; sparse categorical cross-entropy from logits."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="linear"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer="adam", metrics=["accuracy"])
    return model


def _model_case(n_features, n_classes, compiled=True):
    params = {
        "inputs": n_features,
        "layers": [[25, "relu"], [15, "relu"], [n_classes, "linear"]],
    }
    if compiled:
        params["compiled"] = [["linear", "sparse_categorical_crossentropy", True]]
    return case("build_logits_model", n_features, n_classes, judge="models.model", **params)


ex.check(
    "the layers: 25 relu, 15 relu, linear",
    [_model_case(64, 10, compiled=False)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)), compiled=False)],
)
ex.check(
    "compiled with a loss that takes logits",
    [_model_case(64, 10)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)))],
)


@ex.wrong(
    "softmax kept in the output",
    "Keep softmax in one place: the loss. The output layer stays linear.",
    finding="output-activation",
)
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong(
    "from_logits forgotten",
    "Outputs are raw scores; tell the loss: from_logits=True.",
    finding="logits-missing",
)
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy")
    return model


@ex.wrong(
    "one-hot loss",
    "Your labels are class numbers: the sparse loss takes those.",
    finding="loss",
)
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong(
    "sum over the batch",
    "The cost is a mean over the examples: leave `reduction` at its default.",
    finding="reduction",
)
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    model.compile(loss=loss)
    return model


@ex.wrong(
    "hidden layers linear",
    "Hidden layers without an activation collapse into one linear layer.",
    finding="hidden-activation",
)
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25),
            keras.layers.Dense(15),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong("not compiled", "Call model.compile(...) before you return it.", finding="not-compiled")
def build_logits_model(n_features, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


@ex.wrong("no input shape", "Begin the list with keras.Input((n_features,)).", finding="inputs")
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong("dropout added", "Only the three dense layers belong here.", finding="extra-layer")
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong("output layer missing", "The third Dense layer has one unit a class.",
          finding="layer-count")  # fmt: skip
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@ex.wrong("model not returned", "The model is built and lost: return it.", finding="none")
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@ex.wrong("units swapped", "Compare the numbers of units, layer by layer.", finding="units")
def build_logits_model(n_features, n_classes):
    import keras

    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


# --- use_logits -----------------------------------------------------------------------------------

ex = lab.exercise(
    "use_logits",
    points=10,
    deadline=10,
    hints=[
        "The model's outputs are logits now. Which function makes probabilities of them?",
        "Softmax keeps the order of the logits. Do you need it to find the largest?",
    ],
)


@ex.right
def class_probabilities(model, X):
    """Softmax of the model's logits."""
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@ex.right
def predicted_classes(model, X):
    """The position of the largest logit of each row."""
    return np.argmax(model.predict(X, verbose=0), axis=1)


# Whole numbers and halves: every way of adding up gives the same logits, to the last bit.
_MODEL = dense(
    2,
    [(3, "linear")],
    weights=[
        np.array([[1.0, -0.5, 0.0], [0.5, 1.0, -1.5]], dtype=np.float32),
        np.array([0.0, 0.5, -0.5], dtype=np.float32),
    ],
)
_BIG = dense(
    2,
    [(4, "relu"), (4, "linear")],
    weights=[
        np.array([[500.0, -500.0, 0.0, 1.0], [0.0, 2.0, 250.0, -1.0]], dtype=np.float32),
        np.array([0.0, 1.0, -1.0, 0.5], dtype=np.float32),
        np.array(
            [[1.0, 1.0, 0.0, -1.0], [2.0, -1.0, 0.5, 0.0], [0.0, 1.0, 1.0, -2.0], [1.0, 0.0, 0, 3]],
            dtype=np.float32,
        ),
        np.array([0.5, 0.0, -1.0, 2.0], dtype=np.float32),
    ],
)
_INPUTS = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, -1.0], [2.0, 0.5]])


def _inputs(rng, m):
    """Return inputs in halves."""
    return rng.integers(-8, 9, size=(m, 2)) / 2


def _untied(rng, model, m):
    """Return inputs in halves for which no two logits of a row are equally large."""
    from autograder.authoring.declaration import NumpyModel

    X = _inputs(rng, 20 * m)
    Z = np.sort(NumpyModel(model).predict(X), axis=1)
    return X[Z[:, -1] > Z[:, -2]][:m]


_LOOSE = {"rtol": 1e-4, "atol": 1e-6}

ex.check(
    "probabilities from logits of any size",
    [
        case("class_probabilities", _MODEL, _INPUTS, **_LOOSE),
        case("class_probabilities", _BIG, _INPUTS, **_LOOSE),
    ],
    lambda rng: [
        case("class_probabilities", _MODEL, _inputs(rng, 7), **_LOOSE),
        case("class_probabilities", _BIG, _inputs(rng, 5), **_LOOSE),
        case("class_probabilities", _MODEL, _inputs(rng, 1), **_LOOSE),
    ],
)
ex.check(
    "classes",
    [
        case("predicted_classes", _MODEL, _INPUTS),
        case("predicted_classes", _BIG, _INPUTS[:2]),
    ],
    lambda rng: [
        case("predicted_classes", _MODEL, _untied(rng, _MODEL, 9)),
        case("predicted_classes", _BIG, _untied(rng, _BIG, 4)),
        case("predicted_classes", _MODEL, _untied(rng, _MODEL, 1)),
    ],
)


@ex.wrong("logits returned", "These are logits: they do not sum to 1. Apply softmax.")
def class_probabilities(model, X):
    return model.predict(X, verbose=0)


@ex.wrong("naive softmax", "Logits of a network have no bound: use the stable softmax.")
def class_probabilities(model, X):
    e = np.exp(model.predict(X, verbose=0))
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong("sigmoid of each logit", "Classes compete: softmax along the row, not a sigmoid each.")
def class_probabilities(model, X):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(model.predict(X, verbose=0), dtype=float)))


@ex.wrong("softmax twice", "Softmax is applied twice.")
def class_probabilities(model, X):
    P = stable_softmax(np.asarray(model.predict(X, verbose=0), dtype=float))
    return stable_softmax(P)


@ex.wrong("softmax down the columns", "Each row should sum to 1.")
def class_probabilities(model, X):
    return stable_softmax(np.asarray(model.predict(X, verbose=0), dtype=float).T).T


@ex.wrong("largest probability only", "One probability for each class: keep the whole row.")
def class_probabilities(model, X):
    return stable_softmax(np.asarray(model.predict(X, verbose=0), dtype=float)).max(axis=1)


@ex.wrong("argmax down the columns", "One class for each row: axis 1.")
def predicted_classes(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=0)


@ex.wrong("argmax of everything", "Without an axis, argmax searches the whole table.")
def predicted_classes(model, X):
    return np.argmax(model.predict(X, verbose=0))


@ex.wrong("classes counted from 1", "Classes start at 0.")
def predicted_classes(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1) + 1


@ex.wrong("threshold", "Pick one class for each row: the largest.")
def predicted_classes(model, X):
    return (stable_softmax(np.asarray(model.predict(X, verbose=0), dtype=float)) > 0.5).astype(int)


@ex.wrong("least likely class", "This is the class of the smallest logit.")
def predicted_classes(model, X):
    return np.argmin(model.predict(X, verbose=0), axis=1)


@ex.wrong("largest logit returned", "Its position is asked, not its value.")
def predicted_classes(model, X):
    return np.max(model.predict(X, verbose=0), axis=1)


@ex.wrong("classes as floats", "Class numbers are integers.")
def predicted_classes(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1).astype(float)


@ex.wrong("rounded probabilities", "Rounding loses the class where no probability reaches 0.5.")
def predicted_classes(model, X):
    return np.round(stable_softmax(np.asarray(model.predict(X, verbose=0), dtype=float)))


# --- quiz -----------------------------------------------------------------------------------------

# Three classes have the logits ln 2, ln 3 and ln 5. What is the probability of the third?
# a) 0.47   b) 0.5   c) 0.33   d) 1
lab.quiz(
    "multiclass_1",
    points=2,
    right="b",
    options={
        "a": "This is ln 5 over the sum of the logits: the exponentials are missing. exp(ln 5) is 5.",
        "b": "The exponentials are 2, 3 and 5; the third has 5 of 10.",
        "c": "A third would be right if all logits were equal.",
        "d": "5 over 2 + 3 leaves the third class out of the sum: it would be certain.",
    },
    hint="Exponentiate each logit first: what is exp(ln 5)?",
)
# The true classes of four examples got 1/2, 1/4, 1/8 and 1/4. What is the cost?
# a) 0.69   b) 1.27   c) 1.39   d) 5.55
lab.quiz(
    "multiclass_2",
    points=2,
    right="c",
    options={
        "a": "This is the loss of the first example alone: -ln(1/2).",
        "b": "This is -ln of the mean probability. The mean is taken of the losses, after the log.",
        "c": "The losses are 1, 2, 3 and 2 times ln 2, and their mean is 2 ln 2, about 1.39.",
        "d": "This is the sum of the four losses; the cost is their mean.",
    },
    hint="-ln(1/2) is ln 2. How many times ln 2 are the others?",
)
# In float32, exp overflows above about 88. What does the plain formula give for [100, 99]?
# a) 0.73 and 0.27   b) 1 and 0   c) inf and inf   d) NaN and NaN
lab.quiz(
    "multiclass_3",
    points=2,
    right="d",
    options={
        "a": "This is the true softmax. The plain formula never gets there: both exponentials "
        "overflow.",
        "b": "Overflow does not round to a winner: both exponentials are inf, and so is the sum.",
        "c": "Both exponentials are inf before the division. What is inf / inf?",
        "d": "Both exponentials and their sum are inf, and inf / inf is NaN.",
    },
    hint="Write the two exponentials first, then the sum, then the quotients.",
)
# A linear output layer, compiled with loss="sparse_categorical_crossentropy". What happens?
# a) no error, no warning, a bad model   b) compile or fit raises an error
# c) Keras puts the softmax in by itself   d) as good a model, only more slowly
lab.quiz(
    "multiclass_4",
    points=2,
    right="a",
    options={
        "a": "Nobody warns: the loss clips and rescales the raw scores as if they were "
        "probabilities, and training goes astray.",
        "b": "Keras cannot know what the outputs are meant to be, so it raises nothing.",
        "c": "Keras adds no softmax to a linear layer. It repairs only the other mismatch, softmax "
        "with from_logits=True, and says so.",
        "d": "More epochs do not help: the steps go down the wrong cost.",
    },
    hint="You trained this very pair in the lab. Look at its curve again.",
)
# A model gives the logits [2, 5, 1] for one picture. Which question needs no softmax?
# a) Is it sure of class 1 at more than 95%?   b) Which class is the most likely?
# c) What would this picture cost if class 0 were true?
# d) Is it surer than of another picture, with the logits [4, 6, 1]?
lab.quiz(
    "multiclass_5",
    points=2,
    right="b",
    options={
        "a": "The logit 5 alone does not say: how sure the model is depends on the whole row.",
        "b": "Softmax keeps the order, so the largest logit is the class already.",
        "c": "The cost is -ln of a probability: the log of softmax, worked out from the whole row.",
        "d": "A larger logit is no greater certainty: only gaps within a row count. Here the second "
        "picture has the larger logit and the smaller probability.",
    },
    hint="What does softmax never change about a row of logits?",
)

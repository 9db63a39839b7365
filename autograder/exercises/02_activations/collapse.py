"""collapse: the layer (W, b) with X W + b = (X W1 + b1) W2 + b2 for every X."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

ex = exercise(__name__, points=16)
ex.hints = [
    "On paper, what is (X W1 + b1) W2? Matrix products multiply out as numbers do, in this order.",
    "Collect the part with X in it: what stands to the right of X?",
    "Everything without X is the new bias. Two terms remain: which of them passes through W2?",
]
ex.results = {"collapse": ["W", "b"]}

_W1 = np.array([[1.0, -2.0, 0.5], [0.25, 1.5, -1.0]])
_W2 = np.array([[2.0, -1.0], [0.5, 3.0], [-1.5, 1.0]])
_S1 = np.array([[1.0, 2.0], [-0.5, 3.0]])
_S2 = np.array([[0.5, -1.0], [4.0, 1.5]])


def _stack(rng, n, k, out, first=True, second=True):
    """Return two random linear layers; without `first` or `second` that bias is 0."""
    b1, b2 = rng.normal(size=k), rng.normal(size=out)
    return rng.normal(size=(n, k)), b1 * first, rng.normal(size=(k, out)), b2 * second


ex.check(
    "the weights: both biases are 0",
    [
        case("collapse", _W1, np.zeros(3), _W2, np.zeros(2), largest=True),
        case("collapse", _S1, np.zeros(2), _S2, np.zeros(2), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 4, 3, 2, False, False), largest=True),
        case("collapse", *_stack(rng, 3, 3, 3, False, False), largest=True),
    ],
)
ex.check(
    "the second layer's bias",
    [
        case("collapse", _W1, np.zeros(3), _W2, np.array([0.7, -0.4]), largest=True),
        case("collapse", _S1, np.zeros(2), _S2, np.array([-1.2, 0.3]), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 2, 5, 3, False), largest=True),
        case("collapse", *_stack(rng, 4, 4, 4, False), largest=True),
    ],
)
ex.check(
    "both biases",
    [
        case("collapse", _W1, np.array([1.0, -0.5, 2.0]), _W2, np.array([0.7, -0.4]), largest=True),
        case("collapse", _S1, np.array([0.6, -1.1]), _S2, np.array([-1.2, 0.3]), largest=True),
    ],
    lambda rng: [
        case("collapse", *_stack(rng, 5, 4, 3), largest=True),
        case("collapse", *_stack(rng, 3, 3, 3), largest=True),
        case("collapse", *_stack(rng, 1, 1, 1), largest=True),
        case("collapse", *_stack(rng, 1, 6, 2), largest=True),
        case("collapse", *_stack(rng, 64, 25, 1), largest=True),
        case("collapse", *(a.astype(np.float32) for a in _stack(rng, 3, 4, 2)), largest=True),
        case("collapse", *(Layout(a, "readonly") for a in _stack(rng, 2, 3, 2)), largest=True),
        case("collapse", *(Layout(a, "strided") for a in _stack(rng, 3, 2, 4)), largest=True),
        case("collapse", *(Layout(a, "fortran") for a in _stack(rng, 4, 2, 2)), largest=True),
    ],
    weight=2,
)

# fmt: off
ex.mistake("biases added", "Does b1 come through the second layer as it is? Multiply out.",
    ("b1 @ W2", "np.resize(b1, len(b2))"))
ex.mistake("b2 forgotten", "The second layer adds its own bias in the end: b2 is missing.",
    ("+ b2", ""))
ex.mistake("b1 forgotten", "Multiply out: what happens to b1? It does not vanish.",
    ("b1 @ W2 + b2", "1.0 * b2"))
ex.mistake("no bias", "The bias is not 0: multiply out (X W1 + b1) W2 + b2.",
    ("b1 @ W2 + b2", "np.zeros(len(b2))"))
ex.mistake("b1 passed on", "The new bias has one entry for each output of the second layer.",
    ("b1 @ W2 + b2", "1.0 * b1"))
ex.mistake("matrices in the wrong order",
    "X is multiplied by W1 first: with rows as examples W1 stands on the left.", ("W1 @ W2,", "W2 @ W1,"))
ex.mistake("W2 @ b1", "b1 is a row here, like the rows of X: on which side of them does W2 stand?", ("b1 @ W2", "W2 @ b1"))
ex.mistake("W2 transposed for b1", "b1 goes through W2 just as a row of X W1 does: no transpose.",
    ("b1 @ W2", "(W2.T @ b1)[::-1]"))
ex.mistake("entries multiplied", "`*` multiplies entry by entry. Use the matrix product @.",
    ("W1 @ W2, b1 @ W2", "W1 * W2, b1 * W2"))
ex.mistake("matrices added", "Layers are applied one after the other: their matrices multiply.",
    ("W1 @ W2, b1 @ W2", "W1 + W2, b1"))
ex.mistake("transposed", "Keep the convention X @ W + b: W has one row for each feature.",
    ("W1 @ W2", "(W1 @ W2).T"))
ex.mistake("order of the result", "Return W first, then b.",
    ("W1 @ W2, b1 @ W2 + b2", "b1 @ W2 + b2, W1 @ W2"))
ex.mistake("ReLU in between", "Both layers are linear: nothing happens between them.",
    ("W1 @ W2, b1", "np.maximum(W1, 0) @ W2, np.maximum(b1, 0)"))
ex.mistake("b2 through W2", "b2 is added after W2: it is not multiplied.",
    ("b1 @ W2 + b2", "(b1 + np.resize(b2, len(b1))) @ W2"))
ex.mistake("bias through both", "b1 is added after W1: only W2 multiplies it.",
    ("b1 @ W2", "np.resize(b1, len(W1)) @ (W1 @ W2)"))
ex.mistake("b2 subtracted", "Both biases are added.", ("+ b2", "- b2"))
ex.mistake("b is one number", "The bias has an entry for each output: do not sum it.",
    ("b1 @ W2 + b2", "np.sum(b1 @ W2 + b2)"))
ex.mistake("b as a row of a table", "The bias is one-dimensional, (outputs,).",
    ("b1 @ W2", "b1[None, :] @ W2"))
ex.mistake("only the weights", "Return the pair (W, b).", (", b1 @ W2 + b2", ""))
ex.mistake("b2 changed in place", "`b2 += ...` changes the caller's b2: make a new array.",
    ("return W1 @ W2, b1 @ W2 + b2", "b2 += b1 @ W2\n    return W1 @ W2, b2.copy()"))
ex.mistake("second layer returned", "The first layer is missing from the weights.",
    ("W1 @ W2", "1.0 * W2"))

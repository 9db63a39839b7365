"""Forbidden functions: gone in every spelling, and nothing else with them."""

import importlib.util
import py_compile

import numpy as np
import pytest

from autograder.jail.forbid import readable
from tests.hostile.conftest import CORPUS
from utils.engine.calling import Call
from utils.engine.forbidden import FAMILIES

pytestmark = pytest.mark.jail
Z = np.array([[0.3, -1.2, 2.5], [1.1, 0.4, -0.7]])

# family -> functions (each with a body) that must be refused
REFUSED = {
    "softmax": [
        "import keras; return keras.ops.softmax(keras.ops.convert_to_tensor(Z)).numpy()",
        "import tensorflow as tf; return tf.keras.activations.softmax(tf.constant(Z)).numpy()",
        "import tensorflow as tf; return tf.nn.log_softmax(Z).numpy()",
        "import keras; m = keras.Sequential([keras.Input((3,)), keras.layers.Softmax()]); "
        "return m.predict(Z, verbose=0)",
        "import tensorflow as tf; return tf.function(tf.nn.softmax)(Z).numpy()",
    ],
    "logsumexp": [
        "from scipy.special import logsumexp; return logsumexp(Z, axis=1)",
        "import numpy as np; return np.logaddexp(Z, Z)",
        "import numpy as np; return np.logaddexp.reduce(Z, axis=1)",
        "import numpy._core.umath as u; return u.logaddexp2(Z, Z)",
        "import tensorflow as tf; return tf.reduce_logsumexp(Z, axis=1).numpy()",
        "import keras; return keras.ops.logsumexp(Z, axis=1).numpy()",
        "from scipy.special import softmax; return softmax(Z, axis=1)",
    ],
    "losses": [
        "import keras; return keras.losses.sparse_categorical_crossentropy("
        "[0, 1], Z, from_logits=True).numpy()",
        "import keras; return keras.losses.SparseCategoricalCrossentropy("
        "from_logits=True)([0, 1], Z).numpy()",
        "import tensorflow as tf; return tf.nn.sparse_softmax_cross_entropy_with_logits("
        "labels=[0, 1], logits=Z).numpy()",
        "from sklearn.metrics import log_loss; return log_loss([0, 1], [[.5, .5], [.2, .8]])",
    ],
    "autodiff": [
        "import tensorflow as tf\n    x = tf.constant(Z)\n"
        "    with tf.GradientTape() as t:\n        t.watch(x)\n        y = x * x\n"
        "    return t.gradient(y, x).numpy()",
        "import keras, numpy as np\n    m = keras.Sequential([keras.Input((3,)), "
        "keras.layers.Dense(1)])\n    m.compile('sgd', 'mse')\n"
        "    return m.train_on_batch(Z, np.zeros((2, 1)))",
        "import tensorflow as tf\n    x = tf.constant(Z)\n"
        "    with tf.autodiff.ForwardAccumulator(x, x) as a:\n        y = x * x\n"
        "    return a.jvp(y).numpy()",
        "import tensorflow as tf\n"
        "    return tf.function(lambda x: tf.gradients(x * x, x)[0])(tf.constant(Z)).numpy()",
    ],
    "optimizers": [
        "import keras\n    v = keras.Variable(1.0)\n"
        "    keras.optimizers.Adam().apply([keras.ops.ones(())], [v])\n    return float(v.numpy())",
        "import tensorflow as tf\n    v = tf.Variable(1.0)\n"
        "    tf.raw_ops.ResourceApplyGradientDescent(var=v.handle, alpha=1.0, delta=1.0)\n"
        "    return float(v.numpy())",
        "from scipy.optimize import minimize; return minimize(lambda x: x[0] ** 2, [1.0]).x",
    ],
    "convolution": [
        "import numpy as np; return np.convolve([1., 2.], [3., 4.])",
        "import numpy as np; return np.correlate([1., 2.], [3., 4.])",
        "from numpy._core import multiarray; return multiarray.correlate([1., 2.], [3., 4.])",
        "import scipy.signal; return scipy.signal.correlate([1., 2.], [3., 4.])",
        "import scipy.signal; return scipy.signal.lfilter([1., 2.], [1.], [3., 4.])",
        "from scipy.ndimage import correlate1d; return correlate1d([1., 2.], [3., 4.])",
        "import tensorflow as tf; return tf.nn.conv1d(tf.ones((1, 5, 1)), tf.ones((2, 1, 1)), "
        "1, 'VALID').numpy()",
        "import keras; return keras.layers.Conv1D(1, 2)(keras.ops.ones((1, 5, 1))).numpy()",
    ],
    "sorters": [
        "import graphlib; return list(graphlib.TopologicalSorter({1: [2]}).static_order())",
        "from sympy import topological_sort; return topological_sort(([1, 2], [(1, 2)]))",
        "import dask.core; return dask.core.toposort({'a': 1})",
    ],
    "finite_differences": [
        "import numpy as np; return np.gradient(Z[0])",
        "from scipy.optimize import approx_fprime; return approx_fprime(Z[0], sum)",
        "from scipy.differentiate import derivative; return derivative(lambda x: x, 1.0).df",
    ],
    "datasets": [
        "from sklearn.datasets import load_digits; return load_digits().data",
        "from utils.data import digits; return digits()[0]",
        "import os, utils.data\n"
        "    path = os.path.dirname(utils.data.__file__) + '/digits.npz'\n"
        "    return open(path, 'rb').read(9) or 1 / 0",
        "import glob, os, sklearn\n"
        "    return [open(p, 'rb').read(9) for p in "
        "glob.glob(os.path.dirname(sklearn.__file__) + '/datasets/data/*')] or 1 / 0",
        "import keras; return keras.datasets.mnist.load_data()[0][0]",
    ],
    "tensorflow": [
        "import tensorflow as tf; return tf.nn.softmax(Z).numpy()",
        "import keras; return keras.ops.sqrt(4.0).numpy()",
        "import importlib; return importlib.import_module('scipy.special').expit(0.0)",
        "from sklearn.neural_network import MLPClassifier; return 1",
    ],
}

# family -> what must still work
ALLOWED = {
    "softmax": [
        "e = np.exp(Z); return e / e.sum(1, keepdims=True)",
        "import tensorflow as tf; return tf.function(lambda x: tf.exp(x) + 1)(Z).numpy()",
        "import keras; m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, 'relu')]); "
        "return m.predict(Z, verbose=0)",
    ],
    "logsumexp": ["return np.log(np.exp(Z).sum(1))", "return np.logaddexp is not None"],
    "losses": [
        "return -np.log(0.5)",
        "import tensorflow as tf; return tf.reduce_logsumexp(Z, axis=1).numpy()",
        "import scipy.special; return scipy.special.log_softmax(Z, axis=1)",
    ],
    "autodiff": [
        "return Z @ Z.T",
        "import tensorflow as tf\n    P = tf.nn.softmax(tf.matmul(Z, tf.transpose(Z)))\n"
        "    return tf.reduce_mean(P - tf.one_hot([0, 1], 2, dtype=tf.float64)).numpy()",
        "import keras; return keras.ops.convert_to_numpy(keras.ops.softmax(Z))",
        "import keras; return keras.Sequential([keras.layers.Dense(2)])(Z).numpy()",
        "import tensorflow as tf; return tf.function(lambda x: tf.exp(x) + 1)(Z).numpy()",
        "import tensorflow as tf; return tf.nn.silu(Z).numpy()",
        "import sympy; x = sympy.Symbol('x'); return float(sympy.sin(x).subs(x, 1))",
    ],
    "optimizers": [
        "return Z - 0.1 * Z",
        "import tensorflow as tf; return (tf.constant(Z) - 0.1 * tf.sign(Z)).numpy()",
    ],
    "convolution": [
        "return np.lib.stride_tricks.sliding_window_view(Z, 2, axis=1)",
        "return np.einsum('ij,kj->ik', Z, Z)",
        "return np.tensordot(Z, Z, 2)",
        "return np.apply_along_axis(np.sum, 1, Z)",
        "import tensorflow as tf; return tf.signal.frame(Z[0], 2, 1).numpy()",
        "import scipy.linalg; return scipy.linalg.toeplitz(Z[0])",
    ],
    "sorters": [
        "from collections import deque; return sorted([2, 1])",
        "import functools; return functools.reduce(lambda a, b: a + b, [1, 2])",
        "import heapq; return heapq.nsmallest(1, [3, 2])",
    ],
    "finite_differences": ["return np.diff(Z)", "from scipy.special import expit; return expit(Z)"],
    "datasets": [
        "import keras\n    m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "    m.compile('adam', 'mse')\n    m.fit(Z, np.zeros((2, 1)), verbose=0)\n    return 1",
        "from sklearn.model_selection import train_test_split\n"
        "    return train_test_split(Z, test_size=1, random_state=0)[0]",
        "from sklearn.preprocessing import scale; return scale(Z)",
        "import tensorflow as tf\n    data = tf.data.Dataset.from_tensor_slices(Z).shuffle(2)\n"
        "    return [x.numpy() for x in data.batch(1)]",
        "import keras; return keras.utils.to_categorical([0, 1])",
        "import keras\n    m = keras.Sequential([keras.Input((8, 8, 1)), "
        "keras.layers.RandomTranslation(0.1, 0.1)])\n    return m(np.ones((2, 8, 8, 1))).numpy()",
    ],
    "tensorflow": ["return np.linalg.norm(Z)"],
}


def function(number, body):
    return f"import numpy as np\nZ = np.array({Z.tolist()})\ndef f{number}():\n    {body}\n"


def answers(template, family, bodies):
    source = "\n".join(function(number, body) for number, body in enumerate(bodies))
    with template.learner([("answer", source)], {family}) as learner:
        assert learner.run_cells()[0].error is None
        return learner.call_many([[Call(f"f{i}", [])] for i in range(len(bodies))], 30.0)


def test_every_family_is_tried():
    """Is there a test for every family that an exercise may name?"""
    assert set(REFUSED) == set(ALLOWED) == set(FAMILIES) - {"reference"}


@pytest.mark.parametrize("family", REFUSED)
def test_forbidden_is_refused(template, family):
    """Is every spelling refused, with no value returned?"""
    bodies = REFUSED[family]
    for body, [outcome] in zip(bodies, answers(template, family, bodies), strict=True):
        assert outcome.value is None, body
        assert outcome.error is not None, body
        told = outcome.forbidden or outcome.error.type in ("ZeroDivisionError", "ImportError")
        assert told or outcome.error.type == "FileNotFoundError", (body, outcome.error)


@pytest.mark.parametrize("family", ALLOWED)
def test_rest_still_works(template, family):
    """Does what is not forbidden still work?"""
    bodies = ALLOWED[family]
    for body, [outcome] in zip(bodies, answers(template, family, bodies), strict=True):
        assert outcome.error is None, (body, outcome.error)
        assert outcome.forbidden == []


def test_attacks_on_forbidding_are_real(template):
    """Do the corpus's ways to a library softmax work where it is not forbidden?"""
    expected = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    library = importlib.util.find_spec("scipy.special._logsumexp").origin
    py_compile.compile(library)  # a fresh environment holds no compiled file to steal
    tried = 0
    for path in sorted(CORPUS.glob("forbidden_*.py")):
        if path.stem in ("forbidden_reference", "forbidden_refusal_undone"):
            continue
        with template.learner([("answer", path.read_text())]) as learner:
            [outcome] = learner.call([Call("softmax", [Z])], 20.0)
        assert outcome.error is None, (path.stem, outcome.error)
        assert np.allclose(outcome.value, expected), path.stem
        tried += 1
    assert tried >= 12


def test_swallowed_refusal_is_reported(template):
    """Is a refused call reported although the answer catches it and goes on?"""
    source = (
        "import scipy.special\n"
        "def f(z):\n"
        "    try: return scipy.special.softmax(z)\n"
        "    except BaseException: return 1.0\n"
        "def g(z): return 2.0"
    )
    with template.learner([("answer", source)], {"softmax"}) as learner:
        [first], [second] = learner.call_many([[Call("f", [Z])], [Call("g", [Z])]])
    assert first.forbidden == ["scipy.special.softmax"]
    assert (second.value, second.forbidden) == (2.0, [])


def test_reference_is_refused_everywhere(template):
    """Is a reference implementation refused where nothing else is forbidden?"""
    source = "from utils import reference\ndef f(z): return reference.softmax(z)"
    with template.learner([("answer", source)]) as learner:
        [outcome] = learner.call([Call("f", [Z])])
    assert outcome.forbidden == ["utils.reference.softmax"]


def test_definitions_after_a_refusal_are_kept(template):
    """Are later definitions of a cell kept where its top level calls something forbidden?"""
    source = "import keras\nm = keras.ops.softmax([1.0])\ndef f(): return 1"
    with template.learner([("answer", source)], {"softmax"}) as learner:
        [result] = learner.run_cells()
        assert result.error.type == "ForbiddenCall"
        assert learner.call([Call("f", [])])[0].value == 1


def test_neighbours_keep_their_functions(template):
    """Does another process of the same template still have what one has lost?"""
    source = "from scipy.special import softmax as s\ndef f(z): return s(z, axis=1).sum()"
    with template.learner([("a", source)], {"softmax"}) as one:
        assert one.call([Call("f", [Z])])[0].forbidden
        with template.learner([("a", source)]) as two:
            assert two.call([Call("f", [Z])])[0].value == pytest.approx(2.0)


def test_names_are_readable():
    """Are private parts left out of a function's name?"""
    assert readable("scipy.special._logsumexp.softmax") == "scipy.special.softmax"
    assert readable("numpy.logaddexp") == "numpy.logaddexp"
    assert readable("keras.src.ops.nn.softmax") == "keras.nn.softmax"

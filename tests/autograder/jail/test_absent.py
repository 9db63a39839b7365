"""A light process: TensorFlow and the like can be named there, and whoever uses them is noticed."""

import pytest

from autograder.jail.absent import PACKAGES
from utils.engine.calling import Call

pytestmark = pytest.mark.jail
NAMED = """
import keras
import tensorflow as tf
import tensorflow.keras.layers as L
from keras import layers, losses
from scipy.special import softmax
from tensorflow import keras as k
from tensorflow.keras.models import Sequential
dense, loss = layers.Dense, k.losses.SparseCategoricalCrossentropy
assert keras.__version__[0] == "3" and tf.__version__[0] == "2"
assert tf.keras.layers.Dense is keras.layers.Dense
"""
USES = {
    "called": "keras.layers.Conv2D(3, 2)",
    "called in an unknown way": "keras.layers.Dense(3, use_bias=False)",
    "a value that Keras may refuse": "keras.layers.Dense(-3)",
    "a part of a description": "keras.layers.Dense(3).units",
    "a description set": "keras.Sequential().name = 'mine'",
    "a description shown": "repr(keras.Sequential())",
    "a description run": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])([[1, 2]])",
    "a description copied": "import copy; copy.deepcopy(keras.layers.Dense(3))",
    "a layer used twice": "d = keras.layers.Dense(2)\nkeras.Sequential([keras.Input((2,)), d, d])",
    "a description asked for a type": "isinstance(keras.layers.Dense(3), keras.layers.Layer)",
    "imported by a name and called": "from scipy.special import softmax; softmax([1])",
    "imported whole": "exec('from scipy.special import *')",
    "made a base class": "class M(keras.Model): pass",
    "a decorator": "@tf.function\ndef f(): pass",
    "asked for a type": "isinstance(1, tf.Tensor)",
    "taken for an array": "import numpy as np; np.asarray(tf.float32)",
    "compared": "tf.float32 == 'float32'",
    "its name": "tf.keras.Model.__name__",
    "a part set": "keras.backend.epsilon = 1",
    "a sign": "-tf.e",
    "a part of a part": "import sklearn.svm; sklearn.svm.SVC().fit",
}
LOOK = """
import importlib.machinery
import os

def left(name):
    found = importlib.machinery.PathFinder.find_spec(name)
    return [file for folder in found.submodule_search_locations for file in os.listdir(folder)]
"""


@pytest.fixture(scope="module")
def light(template):
    """Return the results of all `USES`, each in a cell of its own, behind the names alone."""
    cells = [("named", NAMED), ("look", LOOK)]
    for what, source in USES.items():
        body = "\n    ".join(source.splitlines())
        cells.append((what, f"try:\n    {body}\nexcept Exception: pass"))
    with template.learner(cells, light=True) as learner:
        results = {result.cell_id: result for result in learner.run_cells()}
        left = {name: learner.call([Call("left", [name])])[0] for name in PACKAGES}
    return results, left


def test_naming_is_no_use(light):
    """Can a notebook import what it does not use, as notebooks do?"""
    assert light[0]["named"].error is None
    assert light[0]["named"].refused == []


@pytest.mark.parametrize("what", USES)
def test_use_is_noticed(light, what):
    """Is each way of using a stand-in noticed, also where its error is caught?"""
    assert light[0][what].refused, what


@pytest.mark.parametrize("package", PACKAGES)
def test_files_of_what_stands_in_are_hidden(light, package):
    """Is there nothing to load from the folder of a package that only stands in?"""
    assert light[1][package].value == []


def test_what_a_call_uses_is_told_with_it(template):
    """Does the outcome of a call name what it used, and that of the next call nothing?"""
    body = "    try: return keras.ops.exp(x)\n    except Exception: return 0"
    cells = [("a", f"import keras\ndef f(x):\n{body}"), ("b", "def g(x): return x")]
    with template.learner(cells, light=True) as learner:
        [[used], [free]] = learner.call_many([[Call("f", [1.0])], [Call("g", [1.0])]])
    assert used.forbidden == ["keras.ops.exp"]
    assert (free.value, free.forbidden) == (1.0, [])

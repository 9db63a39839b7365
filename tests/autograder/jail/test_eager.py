"""TensorFlow's operations run as they are: is anything but the time another?"""

import json
import subprocess
import sys

import numpy as np

from autograder.authoring import release

SOURCE = """
import json, os
import numpy as np
import tensorflow as tf
from autograder.jail import eager

def numbers():
    x = tf.constant(np.linspace(-2, 2, 12).reshape(3, 4).astype("float32"))
    w = tf.Variable(np.linspace(-1, 1, 8).reshape(4, 2).astype("float32"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softmax(tf.nn.relu(x @ w)) ** 2)
    w.assign_sub(tape.gradient(loss, w))
    doubled = tf.function(lambda t: 2 * t)
    order = [int(i) for i in tf.data.Dataset.range(6).shuffle(6, seed=3).batch(2).unbatch()]
    tf.random.set_seed(1)
    drawn = tf.random.normal((3,)).numpy().tolist()
    return [w.numpy().tolist(), float(doubled(loss)), order, drawn]

for quick in (True, False):
    if os.fork() == 0:  # (nothing of TensorFlow has run yet)
        if quick:
            eager.quicken()
        print(json.dumps(numbers()), flush=True)
        os._exit(0)
    os.wait()
"""


def test_operations_give_what_they_ever_gave():
    """Are graphs, pipelines and random numbers the same, and gradients but for the last digit?"""
    done = subprocess.run(
        [sys.executable, "-c", SOURCE], cwd=release.ROOT, capture_output=True, text=True
    )
    quick, usual = map(json.loads, done.stdout.splitlines())
    np.testing.assert_allclose(quick[0], usual[0], rtol=1e-6)
    assert quick[1:] == usual[1:]

"""TensorFlow's operations run as they are: is anything but the time another?"""

import json
import subprocess
import sys

import numpy as np

from autograder.authoring import release

SOURCE = """
import json, sys
import numpy as np

if sys.argv[1] == "quick":
    from autograder.jail import eager
    eager.quicken()

import tensorflow as tf

x = tf.constant(np.linspace(-2, 2, 12).reshape(3, 4).astype("float32"))
w = tf.Variable(np.linspace(-1, 1, 8).reshape(4, 2).astype("float32"))
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.nn.softmax(tf.nn.relu(x @ w)) ** 2)
w.assign_sub(tape.gradient(loss, w))
doubled = tf.function(lambda t: 2 * t)
order = [int(i) for i in tf.data.Dataset.range(6).shuffle(6, seed=3).batch(2).unbatch()]
tf.random.set_seed(1)
drawn = tf.random.normal((3,))
print(json.dumps([w.numpy().tolist(), float(doubled(loss)), order, drawn.numpy().tolist()]))
"""


def test_operations_give_what_they_ever_gave():
    """Are gradients, graphs, pipelines and random numbers the same, bit for bit?"""
    quick, usual = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", SOURCE, how],
                cwd=release.ROOT,
                capture_output=True,
                text=True,
            ).stdout
        )
        for how in ("quick", "usual")
    )
    assert quick == usual
    assert np.isfinite(quick[0]).all()

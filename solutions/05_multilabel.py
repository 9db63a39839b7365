# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Several answers at once
#
# "Which digit is this?" has one answer. "What is in this picture?" may have three, or none. A few small
# changes turn a classifier into one that can give several answers. One of them is a decision that no training makes for you: from which
# probability on do you say yes?
#
# **After this lab you can**
# - distinguish a multi-label problem from a multi-class one by its targets;
# - compute the loss of several yes-or-no answers from their logits, without overflow;
# - build one Keras network with several sigmoid outputs, and say why softmax would be wrong here;
# - turn probabilities into labels with thresholds, and choose them by what each mistake costs.
#
# **Time** about 80 minutes, without the part that is marked as optional. **You need** the sigmoid and its
# cross-entropy, ReLU ($\max(z, 0)$, the usual activation of hidden layers), softmax, and broadcasting in NumPy. Logits, and why a loss should
# be computed from them, were the subject of `04_improved_softmax`.
#
# **How it works** Six exercises, 100 points. Write your answer in place of `YOUR CODE HERE`, then
# run the check below it, as often as you like. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils.checks import Check
from utils.figures import multilabel as figures

check = Check("05_multilabel")

# %% [markdown]
# ## Multi-label or multi-class?
#
# Here are small pictures, 16 by 16 pixels and noisy. Each may hold a circle, a square and a
# triangle: any one, any two, all three, or none. Name the shapes first, then let the figure show
# the labels.
#
# **Think first.** How many different sets of shapes are there? If you wanted one class for each
# set, how many classes would twenty kinds of shape need?

# %% tags=["demo"]
figures.some_scenes()

# %% [markdown]
# <details><summary>One answer</summary>
#
# Each of three shapes is there or not: $2 \cdot 2 \cdot 2 = 8$ sets. Twenty shapes make $2^{20}$,
# over a million classes, nearly all without a single example to learn from.
# </details>
#
# So we ask $L$ yes-or-no questions about every example. Its target is a row of $L$ numbers, 1 for
# present and 0 for absent. A one-hot row of a multi-class problem looks much the same, and that is
# a trap: the two need different outputs and different losses.
#
# | | multi-class | multi-label |
# | --- | --- | --- |
# | the question | which one? | which ones? |
# | a row of targets | exactly one 1 | any number of 1s, also none |
# | the answers | compete: their probabilities add up to 1 | do not depend on each other |
#
# **Try it.** Three tables of targets. Which of them can only be multi-label? Add up each row and
# each column: which of the two sums tells you?

# %%
tables = {
    "a": np.array([[0, 1, 0], [1, 0, 0], [0, 1, 0]]),
    "b": np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]]),
    "c": np.array([[0, 1, 0], [0, 0, 0], [1, 0, 0]]),
}
for name, targets in tables.items():
    print(name, "rows", targets.sum(axis=1), "columns", targets.sum(axis=0))

# %% [markdown]
# ### Exercise: kind_of_problem (12 points)
#
# Write `kind_of_problem(targets)` for a table `targets` of shape `(m, k)`.
#
# - It returns `"multiclass"` if **every** row has **exactly one** 1, and `"multilabel"` otherwise.
#   A row without any 1 has no class, so it makes the table multi-label.
# - If `targets` does not have two dimensions, or holds other numbers than 0 and 1, it raises a `ValueError`.
#   Zeros and ones may be ints or floats: `1.0` is fine, `0.5`, `2` and `-1` are not.
#
# **Example.** Of the tables above, a is `"multiclass"`; b and c are `"multilabel"`.
# `np.array([[0.5, 0.5]])` and `np.array([0, 1, 0])` each raise a `ValueError`.
#
# Such a test is useful: training with a table of the wrong kind gives no error.
#
# Stuck? Run `check.hint("kind_of_problem")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "kind_of_problem_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def kind_of_problem(targets):
    """Name the kind of problem that a table of targets belongs to.

    targets: (m, k), 0 or 1. Returns "multiclass" if every row has exactly one 1, else "multilabel".
    Raises ValueError for other numbers, or another number of dimensions.
    """
    ### BEGIN SOLUTION
    if targets.ndim != 2 or not np.isin(targets, (0, 1)).all():
        raise ValueError("targets must be a table of 0 and 1")
    ones = targets.sum(axis=1)
    return "multiclass" if (ones == 1).all() else "multilabel"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "kind_of_problem", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("kind_of_problem", kind_of_problem)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "kind_of_problem", kind_of_problem)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** The targets decide, row by row. In table c no row has more than one 1, and
# still one example has no class. Be careful with the conclusion, though: rows with
# exactly one 1 may be an accident of few examples. Whether several labels *could* be present is a
# question about the world.
#
# ## Three networks, or one with three outputs
#
# A circle detector, a square detector, a triangle detector: three networks with one output each can
# do it. Another way is one network whose last layer has three units, so that all three questions are answered from the same hidden features.
# Edges and corners help with all three shapes.
#
# **Think first.** Take 256 pixels and hidden layers of 25 and 15 units. Roughly how many numbers does
# one network with three outputs learn, and how many do three networks with one output each? Every
# unit has a weight for each input, and a bias. In which layer are nearly all of these numbers?

# %%
hidden = 256 * 25 + 25 + 25 * 15 + 15
print("one network, three outputs ", hidden + 15 * 3 + 3)
print("three networks, one output ", 3 * (hidden + 15 * 1 + 1))

# %% [markdown]
# A third of the numbers, and a third of the work for each prediction. Nearly all of them, 6425 of
# 6863, sit in the first layer: 25 units with a weight for each of 256 pixels. So for a fair comparison with three small
# networks, **one** network must have three times as many hidden units.
#
# Does sharing make the network better or worse? Each row below is trained from three different starts,
# and tested on 2,000 new scenes. One start proves nothing: look at the distances between the dots of a row.
#
# **Try it.** Guess the order of the three rows first. Then choose 150 or 1500 scenes to learn from (a
# few seconds each): does the order change? What helps more, another kind of network or more scenes?

# %% tags=["demo"]
figures.three_or_one()

# %% [markdown]
# **What it showed.** At equal size, one network that shares its features (the lowest row) reads more scenes
# correctly than three that do not: what is learned from squares helps with triangles. The small single network reads a few scenes in a hundred
# fewer than those with three times as many numbers. More scenes help far more
# than any of this: from 150 to 1500, over 20 scenes in a hundred.
#
# The labels share their training as well, which can be a disadvantage: one network cannot stop learning
# circles while it goes on with triangles. But a **new** label costs little. It needs one more output unit
# on the hidden features that exist already, and only that unit has to be trained.
#
# ## Sigmoid outputs
#
# A network with three outputs gives three **logits**: raw scores, any real numbers. What should turn them into probabilities?
# Here both candidates (an output layer with its activation is called a **head**) get the **same** logits, from a network that
# has learned such scenes. Arrowheads above the bars mark the shapes that really are in the picture.
#
# **Try these.**
#
# 1. Two shapes are in the first scene. What does each head say about them? Add up the bars.
# 2. Raise the logit of the circle. What happens to the square, left and right?
# 3. Find an empty scene. Which head can say "nothing here"?

# %% tags=["demo"]
figures.two_heads()

# %% [markdown]
# **What it showed**
#
# 1. Softmax divides a total of 1, so two labels can never both be above one half. The
#    sigmoid head gives each its own probability, and their sum can be any number.
# 2. Under softmax the square becomes *less* probable because the circle became more probable. Under sigmoid nothing happens to
#    the square. **Labels do not compete.**
# 3. Only the sigmoid head. Softmax must put its total of 1 somewhere, also in an empty scene.
#
# A network *trained* with a softmax head would choose other logits, but it could not escape 1 and 3.
#
# ### A set that nobody has shown
#
# Could one class for each *set* of shapes save the softmax? Eight classes, "nothing" among them,
# and no competition between the shapes. Its weak point is a set without examples.
#
# Two networks of the same size learned from our 1500 scenes without those that hold **all three** shapes. One has a softmax
# over the eight sets, the other three sigmoids.
#
# **Think first.** What will each of them say about scenes that do hold all three?

# %% tags=["demo"]
figures.unseen()

# %% [markdown]
# **What it showed.** The class "all three" never had an example, so training always lowered it:
# the softmax reads **none** of these scenes correctly. Each sigmoid has seen its own shape many times, and answers only for this
# shape. Together they **compose** a set that nobody has shown them, in about two
# scenes of five here (the three outlines hide each other, so it stays hard). On all other scenes
# the two are close; there the eight classes are even a little ahead.
#
# ## The loss of one answer
#
# So each label is a logistic regression of its own on the last hidden layer, and has the loss of one:
#
# $$\text{loss} = -y \ln p - (1 - y) \ln (1 - p), \qquad p = \sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# The cost is the mean over all examples **and** all labels.
#
# **Try it.** Compute the loss as the formula says, for a label that is absent, with larger and larger logits. What should
# the loss of $z = 800$ be, roughly? From which logit on is the result useless, and why there? (`inf` is how NumPy writes infinity.)

# %%
for z in [2.0, 20.0, 36.0, 37.0, 800.0]:
    p = 1 / (1 + np.exp(-z))
    with np.errstate(divide="ignore"):
        print(f"z = {z:5.1f}   p = {p:.17f}   loss = {-np.log(1 - p):.6f}")

# %% [markdown]
# For large $z$ the loss should be nearly $z$: 800 for the last line. But from 37 on it is infinite:
# there $e^{-z}$ is below $10^{-16}$ and too small to change the 1 in $1 + e^{-z}$, so $p$ is exactly 1 and
# $-\ln 0$ is infinite. At 36 some digits are wrong already: 36.04 instead of 36.
#
# As in `04_improved_softmax` the cure is to go from the logit to the loss in one step. The first case is
# quick: $-\ln \sigma(z) = \ln (1 + e^{-z})$. For the second, write
#
# $$1 - \sigma(z) = 1 - \frac{1}{1 + e^{-z}} = \frac{e^{-z}}{1 + e^{-z}} , \qquad \text{so} \qquad
#   -\ln (1 - \sigma(z)) = z + \ln (1 + e^{-z}) .$$
#
# Both together: $\ln (1 + e^{-z}) + (1 - y)\, z$. That still overflows for very negative $z$, where
# $\ln (1 + e^{-z}) = -z + \ln (1 + e^{z})$ is the safe way to write it.
#
# **Think first.** So each sign of $z$ has its own safe form:
#
# $$z \ge 0: \quad \ln (1 + e^{-z}) + (1 - y)\, z, \qquad z < 0: \quad \ln (1 + e^{z}) - y\, z .$$
#
# What do they give at $z = 0$, and for a huge logit of each sign with $y = 1$? How large can their exponentials become?
#
# <details><summary>What you should find</summary>
#
# At $z = 0$ both forms give $\ln 2$, for both labels. At $z = 800$, $y = 1$: $\ln(1 + e^{-800}) = 0$, no loss. At
# $z = -800$, $y = 1$: $800 + \ln(1 + e^{-800}) = 800$. In its own half the exponential is never larger than 1. One line of
# NumPy can choose the form for every entry: that is the main idea of the exercise.
# </details>

# %% [markdown]
# ### Exercise: multilabel_loss (22 points)
#
# Write `multilabel_loss(Z, Y)`: the mean over examples and labels of the loss above, one number.
# `Z` holds logits and `Y` targets of 0 or 1 (ints or floats), both of shape `(m, L)`. It has to be right, and finite, for
# logits of up to 10,000 in absolute value.
#
# **Example.** `Z = [[0, 3]]` and `Y = [[1, 0]]` cost $\ln 2 \approx 0.6931$ and
# $\ln (1 + e^{3}) \approx 3.0486$; the mean is 1.8709. And `Z = [[800, -800]]` with `Y = [[0, 1]]` costs 800.
#
# A library's loss is allowed, if you give it what it expects. Stuck? Run `check.hint("multilabel_loss")`.


# %% nbgrader={"grade": false, "grade_id": "multilabel_loss_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multilabel_loss(Z, Y):
    """Mean binary cross-entropy of the logits Z, over examples and labels.

    Z: logits, (m, L), up to 1e4 in absolute value. Y: 0 or 1, (m, L). Returns a number.
    """
    ### BEGIN SOLUTION
    losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    return np.mean(losses)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "multilabel_loss", "locked": true, "points": 22, "schema_version": 3, "solution": false, "task": false}
check("multilabel_loss", multilabel_loss)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "multilabel_loss", multilabel_loss)
### END HIDDEN TESTS

# %% [markdown]
# **Try these** on your own curves.
#
# 1. What does a logit of 0 cost, whatever the truth is? Which probability does it stand for?
# 2. How much does each step of 1 cost on the far left of the solid curve? And on the far right?
# 3. Imagine the loss without the term of the absent labels: which logits would then be cheapest?

# %% tags=["demo"]
figures.loss_curves(multilabel_loss)

# %% [markdown]
# **What it showed**
#
# 1. $\ln 2 \approx 0.693$, for $p = 0.5$. A network that knows nothing starts near it.
# 2. Where the answer is wrong the curve is a straight line: each step of 1 costs 1. Where it is right,
#    the loss is nearly 0. Its slope is $p - y$, as with softmax: what was said minus what should be said.
# 3. As large as possible, all of them. Always saying "present" would be perfect. **Absent labels teach
#    too**, and in most data they are the majority.
#
# ## One network with sigmoid outputs, in Keras
#
# Keras offers the same choice as before. Either the last layer has the activation `"sigmoid"` and
# the loss takes probabilities, or the last layer is linear and the loss gets `from_logits=True`. The names to know:
#
# | Keras | meaning |
# | --- | --- |
# | `keras.layers.Dense(3, activation="sigmoid")` | three sigmoid outputs; `"linear"`, or no activation, gives logits |
# | `loss="binary_crossentropy"` | the mean of the loss above over examples and labels, **from probabilities** |
# | `loss=keras.losses.BinaryCrossentropy(from_logits=True)` | the same **from logits** |
#
# The import takes a few seconds. `tf.keras.layers.Dense` and `keras.layers.Dense` are the same thing.

# %%
import keras
import tensorflow as tf

print("tf.keras and keras are one:", tf.keras.layers.Dense is keras.layers.Dense)

# %% [markdown]
# **Try it.** The first two lines show the loss of a very sure answer, $z = 40$, for a label that is absent. Why does
# the second stop near 16? In the last line the loss gets a logit, but not `from_logits=True`. How does it read that number?

# %%
z, y = np.array([[40.0]]), np.array([[0.0]])
p = np.array(keras.ops.sigmoid(z))
from_logits = keras.losses.BinaryCrossentropy(from_logits=True)
from_probabilities = keras.losses.BinaryCrossentropy(from_logits=False)
print("from_logits=True, z = 40  ", float(from_logits(y, z)))
print("from the probability      ", float(from_probabilities(y, p)))
print("from_logits=False, z = 0.6", float(from_probabilities(y, np.array([[0.6]]))))

# %% [markdown]
# The first is right. The second clips probabilities at $10^{-7}$, so no mistake can cost more than
# about 16; for moderate answers it is fine. (Inside a model Keras finds the logits before the sigmoid and uses those, as in lab 04. Other
# libraries do not.) The third is a mistake that Keras accepts without a warning:
# the logit 0.6 should cost $\ln (1 + e^{0.6}) \approx 1.04$, but it was read as the probability 0.6.
#
# ### Exercise: multilabel_model (12 points)
#
# Write `build_multilabel_model(n_features, n_labels)`: return a `keras.Sequential` (or an equal
# functional) model for inputs of shape `(n_features,)`, with dense layers of 25 units with ReLU, 15
# units with ReLU, and `n_labels` outputs. Return it **compiled**, in one of two ways:
#
# - sigmoid outputs, and binary cross-entropy of probabilities; or
# - linear outputs, and binary cross-entropy with `from_logits=True`.
#
# Any optimizer is right; `"adam"` is a good one. **Example.** `build_multilabel_model(256, 3)` learns the
# 6863 numbers counted above, and its output has the shape `(None, 3)`.
#
# **Not allowed:** further layers with weights, dropout, layers without bias, a mixture of the two ways, which the marker calls
# wrong although Keras repairs one such mixture with a warning. Stuck? Run `check.hint("multilabel_model")`.


# %% nbgrader={"grade": false, "grade_id": "multilabel_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_multilabel_model(n_features, n_labels):
    """Network of 25 ReLU and 15 ReLU units and an output for each label, compiled.

    Its loss is the binary cross-entropy. Returns a Keras model.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_labels, activation="linear"),
        ]
    )
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "multilabel_model", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("multilabel_model", build_multilabel_model)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "multilabel_model", build_multilabel_model)
### END HIDDEN TESTS

# %% [markdown]
# Train it on 1500 scenes; 400 are held back. **Think first.** Where will both curves start? What
# will it mean if the held-back one turns upwards while the other still falls?

# %% tags=["demo"]
training = figures.train_scenes(build_multilabel_model)

# %% [markdown]
# **What it showed.** The start is near $\ln 2$, knowing nothing. The training loss goes towards 0; the
# held-back loss stops falling well above it, and may turn upwards in the end: **overfitting**. The network begins to
# learn the noise of these 1500 pictures by heart. It hardly gets more scenes wrong, but when it is wrong it is very sure, and
# that makes this loss large.
#
# ## Thresholds and what each mistake costs
#
# The network now gives three probabilities for each scene. Somebody still has to say yes or no.
# `argmax` does not help: it always names exactly one label. Each probability is compared with a **threshold**,
# one for all labels or one for each.
#
# **Try it.** Before you run the cell: which labels does each row get? Then set a threshold of 0.8 for
# the first label alone. Which row loses a label?

# %%
probabilities = np.array([[0.9, 0.8, 0.1], [0.3, 0.2, 0.4], [0.7, 0.6, 0.9]])
print("largest:  ", np.argmax(probabilities, axis=1))
print(probabilities >= 0.5)

# %% [markdown]
# <details><summary>Answers</summary>
#
# The first row gets labels 0 and 1, the second none, the third all three; `argmax` would have named one for each,
# also for the second. With `probabilities >= np.array([0.8, 0.5, 0.5])` the third row loses its label 0.
# </details>

# %% [markdown]
# ### Exercise: predict_labels (16 points)
#
# Write `predict_labels(P, thresholds)`: `P` holds probabilities, `(m, L)`, and `thresholds` is one
# number, or an array `(L,)` with one for each label. The result is `(m, L)`, **integers** (an array or a list of rows): 1
# where the probability is at least its threshold, else 0. Exactly at the threshold counts as present.
# `P` itself stays as it was.
#
# **Example.** With `P = [[0.9, 0.8, 0.1], [0.3, 0.2, 0.4]]`
#
# | thresholds | result |
# | --- | --- |
# | `0.5` | `[[1, 1, 0], [0, 0, 0]]` |
# | `[0.3, 0.9, 0.4]` | `[[1, 0, 0], [1, 0, 1]]` |
#
# On logits, a threshold of 0.5 for the probability would be 0 for the logit: $\sigma(0) = 0.5$.
#
# Stuck? Run `check.hint("predict_labels")`.


# %% nbgrader={"grade": false, "grade_id": "predict_labels_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_labels(P, thresholds):
    """1 where a probability is at least its threshold, else 0.

    P: probabilities, (m, L). thresholds: a number, or (L,). Returns integers, (m, L).
    """
    ### BEGIN SOLUTION
    return (P >= thresholds).astype(int)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "predict_labels", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("predict_labels", predict_labels)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "predict_labels", predict_labels)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** An array of shape `(L,)` is compared with every row of `(m, L)`: broadcasting makes
# one line enough for both kinds of threshold.
#
# ### Two ways to count what is right
#
# **Think first.** A program reports "95% accuracy" on scenes with three labels. It is wrong about one
# label in twenty. How many scenes are completely right, if its mistakes are independent? What if
# there are a hundred labels? Guess, then compute.

# %%
for labels in [1, 3, 20, 100]:
    print(f"{labels:3d} labels: {0.95**labels:6.1%} of the scenes completely right")

# %% [markdown]
# So always say which accuracy you mean. And always name the **baseline**: how good is a program that does not look at the
# scene? In these scenes six labels of ten are absent, so "always absent" gets 60% of the
# labels right, and every fifth scene, the empty ones, completely right.
#
# ### Exercise: scores (16 points)
#
# Write two functions of the true labels `Y` and the predicted ones `Yhat`, both `(m, L)` of 0 and 1.
#
# - `label_accuracy(Y, Yhat)`: the share of **labels** that are right, of all $m \cdot L$. An absent
#   label that is called absent is right, too.
# - `exact_match(Y, Yhat)`: the share of **rows** in which every label is right.
#
# **Example.** With `Y = [[1, 0, 1], [0, 1, 0]]` and `Yhat = [[1, 0, 1], [0, 1, 1]]`, five of six labels are
# right, 0.8333, and one of two rows, 0.5.
#
# Stuck? Run `check.hint("scores")`.


# %% nbgrader={"grade": false, "grade_id": "scores_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def label_accuracy(Y, Yhat):
    """Share of the m L labels that are right. Y, Yhat: (m, L) of 0 and 1. Returns a number."""
    ### BEGIN SOLUTION
    return np.mean(Y == Yhat)
    ### END SOLUTION


def exact_match(Y, Yhat):
    """Share of the m rows whose labels are all right. Y, Yhat: (m, L). Returns a number."""
    ### BEGIN SOLUTION
    return np.mean(np.all(Y == Yhat, axis=1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "scores", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("scores", label_accuracy, exact_match)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "scores", label_accuracy, exact_match)
### END HIDDEN TESTS

# %% [markdown]
# Counting right labels hides *which* labels are wrong. Two shares that tell more, for one label at a time:
#
# - **precision**: of all scenes where it was *said* to be present, how many really hold it?
#   Found / (found + false alarms).
# - **recall**: of all scenes that really hold it, how many were found? Found / (found + missed).
#
# "Always absent" finds nothing: its recall is 0, whatever its accuracy.
#
# Now your functions and your network work together. Thick lines across the bars are the thresholds;
# the table counts what they do on all held-back scenes.
#
# **Try these.**
#
# 1. Look for a scene that is read wrongly. Would it be right with another threshold?
# 2. Move the circle's threshold down to 0.05, then up to 0.95. Which columns grow, which shrink? What
#    happens to precision, and to recall?
# 3. Can you reduce both the misses *and* the false alarms of a shape by its threshold alone?
# 4. Search for the threshold that gives the most right labels. How much better is it than 0.5?

# %% tags=["demo"]
figures.scene_thresholds(predict_labels, label_accuracy, exact_match, training)

# %% [markdown]
# **What it showed**
#
# 1. Sometimes. Often the network was sure, and wrong: no threshold can repair that.
# 2. Misses turn into false alarms, and back; as a rule, recall rises while precision falls. A threshold does not make the
#    network better, it chooses **which** mistakes it makes.
# 3. Never both: a lower threshold only adds answers "present", and each of them is one miss less or one false alarm more. For both you need
#    a better network, or more scenes to learn from.
# 4. Little. For counting right labels, 0.5 is close to the best: there the two answers are equally probable.
#
# ### Choosing thresholds by their cost
#
# Counting treats all mistakes alike. The world does not.
#
# **Think first.** A smoke detector, and a filter that deletes unwanted mail. For each: what is a miss, what
# is a false alarm, which is worse? Should its threshold be high or low?
#
# If a miss costs $c_m$ and a false alarm $c_f$, the **total cost** of a threshold for one label is
#
# $$c_m \cdot (\text{number of misses}) + c_f \cdot (\text{number of false alarms}) .$$
#
# **Try it.** Five examples of one label. Compute two of the costs by hand, then run the cell. Does any threshold between 0.4
# and 0.7 give other counts than 0.7?

# %%
p = np.array([0.9, 0.7, 0.4, 0.3, 0.1])
present = np.array([1, 0, 1, 1, 0])
for threshold in [0.1, 0.3, 0.4, 0.7, 0.9, 1.01]:
    misses = np.sum((p < threshold) & (present == 1))
    alarms = np.sum((p >= threshold) & (present == 0))
    equal, unequal = misses + alarms, 5 * misses + alarms
    counts = f"misses {misses}, false alarms {alarms}"
    print(f"{threshold:4.2f}   {counts}   cost {equal}, or {unequal:2d} if a miss costs 5")

# %% [markdown]
# No: the counts change only where the answer for an example changes, at the observed probabilities. So
# those are all the candidates we need, and 1.01, which says no to everything.
#
# ### Exercise: choose_thresholds (22 points)
#
# Write `choose_thresholds(P, Y, miss_cost, false_alarm_cost)`: for each label, the threshold of lowest
# total cost. `P` holds probabilities and `Y` the true labels, both `(m, L)`; the result is `(L,)`, an array or a list.
#
# - The candidates of a label are **its own** observed probabilities, and 1.01.
# - A threshold is used with `>=`, as in `predict_labels`.
# - If several candidates share the lowest cost, take the **highest** of them.
#
# **Example.** For the five examples above the costs are
#
# | threshold | 0.1 | 0.3 | 0.4 | 0.7 | 0.9 | 1.01 |
# | --- | --- | --- | --- | --- | --- | --- |
# | both mistakes cost 1 | 2 | 1 | 2 | 3 | 2 | 3 |
# | a miss costs 5 | 2 | 1 | 6 | 11 | 10 | 15 |
#
# so 0.3 is chosen both times. If a false alarm costs 5 and a miss 1, it is 0.9: its cost is 2, that of 0.3 is 5.
#
# Stuck? Run `check.hint("choose_thresholds")`.


# %% nbgrader={"grade": false, "grade_id": "choose_thresholds_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose_thresholds(P, Y, miss_cost, false_alarm_cost):
    """The threshold of lowest total cost for each label, the highest such on ties.

    P: probabilities, (m, L). Y: 0 or 1, (m, L). Candidates: the observed probabilities of a label,
    and 1.01; used with >=. Returns (L,).
    """
    ### BEGIN SOLUTION
    chosen = []
    for p, y in zip(P.T, Y.T, strict=True):
        best, lowest = None, np.inf
        for threshold in np.append(np.unique(p), 1.01):  # increasing
            said = p >= threshold
            misses, alarms = np.sum(~said & (y == 1)), np.sum(said & (y == 0))
            cost = miss_cost * misses + false_alarm_cost * alarms
            if cost <= lowest:  # on ties the later, higher one
                best, lowest = threshold, cost
        chosen.append(best)
    return np.array(chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "choose_thresholds", "locked": true, "points": 22, "schema_version": 3, "solution": false, "task": false}
check("choose_thresholds", choose_thresholds)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("05_multilabel", "choose_thresholds", choose_thresholds)
### END HIDDEN TESTS

# %% [markdown]
# Your function chooses on the held-back scenes; large marks show its choice on each curve, rings the
# cost of 0.5. The axis is stretched near 0 and near 1.
#
# **Try these.**
#
# 1. Make a miss more expensive. Which way do the marks go, and why?
# 2. Set both costs to 1, then both to 10. What changes, what does not?
# 3. The fine dotted line is at $c_f / (c_f + c_m)$. Why might that be a good threshold?
# 4. Compare the cost on these scenes with that on 400 *new* ones, for your thresholds and for 0.5.
#
# **Think first.** A miss costs five times as much as a false alarm. From which probability on would you say "present", if
# you could trust the probability? Your guess is drawn as an upright line.

# %% tags=["demo"]
my_guess = figures.guess("probability from which to say present", 0, 1, 1)
my_guess

# %% tags=["demo"]
figures.threshold_costs(choose_thresholds, training, my_guess)

# %% [markdown]
# **What it showed**
#
# 1. Down: now it is better to say "present" even with a small probability. For a smoke detector a miss is a fire without an alarm,
#    while a false alarm only disturbs people: it needs a low threshold. For the filter a false alarm is a letter that is lost, and a miss only an
#    advertisement more: it needs a high one.
# 2. The thresholds stay and the costs grow tenfold. Only the **ratio** of the two costs matters.
# 3. Saying no risks $c_m$ with probability $p$, saying yes risks $c_f$ with probability $1 - p$. Yes is
#    cheaper as soon as $p\, c_m \ge (1 - p)\, c_f$, that is from $p = c_f / (c_f + c_m)$ on. For honest probabilities (of all
#    answers given with 0.8, four in five are right) no search would be needed: 1/6, or 0.17, is what your guess should be near.
#    Where a curve is flat, the best threshold is not exactly on that line, by chance.
# 4. The thresholds were fitted to these 400 scenes, so the new ones are the fair test. Most of the gain over 0.5 should remain
#    there, seldom all of it.

# %% [markdown]
# ### All thresholds of a label at once
#
# Forget the threshold for a moment and ask only which results are possible. Each threshold gives a pair: so many
# false alarms, so many misses. All the pairs of one label form a curve, and a threshold is a place on it.
#
# **Think first.** Where on the curve does a threshold of 0 lie, and one of 1.01? All pairs with the same
# total cost form a straight line: which way does it tilt when a miss becomes more expensive?
#
# **Try it.** Move the threshold until no point of the curve lies below the dashed line. What have you found?

# %% tags=["demo"]
figures.trade_off(choose_thresholds, training)

# %% [markdown]
# **What it showed.** A threshold of 0 says yes to everything: no misses, all false alarms, far out on the right.
# 1.01 is the other end, at the top. On the line, $c_m \cdot \text{misses} + c_f \cdot \text{false alarms}$ is constant:
# its slope is $-c_f / c_m$, so the more a miss costs, the flatter it is. Where the line only touches the curve, there is no
# cheaper threshold: that is the point that your function found by counting. **A better network** moves the whole curve
# towards the corner (compare the thin lines); a threshold only moves along it.

# %% [markdown]
# ### Optional: can the probabilities be believed?
#
# The rule $c_f / (c_f + c_m)$ needs honest probabilities: of all answers given with 0.8, four in five should be
# right. The next figure asks your network. It collects answers about scenes that it has not learned from,
# sorts them by probability, and compares with how often the shape is really there.
#
# **Try it.** On which side of the dotted line do the dots lie, on the left and on the right? Divide the logits by a number
# until the dots lie on the line, and watch the loss.

# %% tags=["demo"]
figures.reliability(training)

# %% [markdown]
# **What it showed.** Your network is a little too sure of itself: it answers with 95% on average, and 93 of a hundred answers
# are right. On the left most dots lie above the line, on the right below. Smaller logits give the same answers with smaller
# probabilities; with the right divisor, between 1 and 2, the dots come to the line and the loss falls, although no answer has
# changed. Longer training makes it worse: the training loss asks for ever larger logits.

# %% [markdown]
# ## Summary
#
# - **Multi-class**: which one? Probabilities that add up to 1, softmax. **Multi-label**: which ones? A sigmoid for each
#   label, and labels do not compete. A row with no 1 at all is fine.
# - **One network** with $L$ outputs shares its hidden features between the labels.
# - The **loss** is the mean binary cross-entropy over examples and labels. From logits,
#   $\max(z, 0) - z y + \ln(1 + e^{-|z|})$ never overflows.
# - Say **which accuracy**: right labels, or completely right rows; name the baseline, and precision and recall
#   where one kind of mistake matters more.
# - A **threshold** chooses between misses and false alarms. What they cost decides, and the choice
#   is made on examples that the network has not learned from, and tested on other new ones.

# %% [markdown]
# ## What to try next
#
# - Train with 100 scenes, or with more noise: `utils.data.scenes(m, seed, noise)` makes them. Which shape is still read best?
#   How do the best thresholds move if a miss costs 5?
# - On paper: let each 1 of a rare label count $c$ times in the loss, instead of moving its threshold. If its probability is $p$, which $q$ makes
#   $-c\,p \ln q - (1 - p) \ln(1 - q)$ smallest? Do you get the same effect?
# - Leave all scenes with a circle *and* a square out of training, and test on those. Do three outputs still compose?
#
# <details><summary>Answers</summary>
#
# The triangle: with 100 scenes nine of ten triangles are still read correctly, but only about three of four circles and squares,
# whose outlines are easily confused. The less a network knows, the further down the thresholds go, to about 0.01 with 100 scenes.
#
# Nearly. A weight of $c$ makes the network learn $c\,p / (c\,p + 1 - p)$ in place of $p$, and that is 0.5 where $p$ was $1/(1 +
# c)$. This is the threshold if a miss costs $c$ times as much as a false alarm.
#
# Now and then: about one such scene in five is completely right, seven in ten if they were part of the training.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

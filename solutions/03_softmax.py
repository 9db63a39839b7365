# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Multiclass classification and softmax
#
# A yes-or-no classifier answers with one probability. To read a handwritten digit, a model needs ten of them at once, and they
# must agree with each other. This lab builds the function that does it,
# softmax, finds out what a wrong answer should cost, and trains a network that reads digits.
#
# **After this lab you can**
# - turn any list of scores into probabilities, and say what happens when the scores change;
# - write down the cost of a multiclass classifier and its gradient, and train it with them;
# - distinguish the two ways of writing a target, and choose the loss for each;
# - build a network with a softmax output in Keras.
#
# **Time** about 80 minutes. **You need** NumPy arrays (shapes, axes, broadcasting), the sigmoid of
# logistic regression, and what a gradient descent step is.
#
# **How it works** Six exercises, 100 points. Write your answer in place of `YOUR CODE HERE`, then
# run the check below it, as often as you like. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils import data
from utils.checks import Check
from utils.figures import softmax as figures

check = Check("03_softmax")

# %% [markdown]
# ## More than two classes
#
# Here are real digits, scanned at 8 by 8 pixels. Move the slider and read them aloud; then let the
# figure show the labels.
#
# **Think first.** You own ten yes-or-no classifiers: "is it a 0?", "is it a 1?" and so on. What
# could they say about one picture that makes no sense? Look for a picture to which two of them could say yes.

# %% tags=["demo"]
figures.some_digits()

# %% [markdown]
# <details><summary>One answer</summary>
#
# They could all say no, or two could both be 90% sure. Nothing ties them together: each was
# trained alone, and their ten probabilities need not add up to 1.
# </details>

# %% [markdown]
# We want one model with $C$ outputs, one for each class, that divide a total probability of 1 among them:
#
# $$p_0 + p_1 + \dots + p_{C-1} = 1, \qquad p_k = \text{probability that the class is } k .$$
#
# Two remarks before we build it.
#
# - Class numbers are **names**, not amounts. A 7 that is read as an 8 is not "nearly right", so
#   predicting the number itself, as one predicts a price, would measure the wrong thing.
# - Softmax suits questions with **exactly one** right answer. If a photograph may show a cat and a
#   dog, the classes do not compete; that is another lab (`05_multilabel`).

# %% [markdown]
# ## From logistic regression to softmax
#
# Logistic regression has one score $z$ and says $p_1 = \dfrac{1}{1 + e^{-z}}$ for "yes". Multiply numerator and denominator by
# $e^{z}$, and do the same for "no", $p_0 = 1 - p_1$:
#
# $$p_1 = \frac{e^{z}}{1 + e^{z}} = \frac{e^{z}}{e^{0} + e^{z}}, \qquad
#   p_0 = \frac{1}{1 + e^{z}} = \frac{e^{0}}{e^{0} + e^{z}} .$$
#
# So "no" was always a class, too. Its score was fixed at 0, which is why nobody saw it.
# **Try it** with other scores, from -100 to 100: do the two columns ever disagree?

# %%
for z in [-2.0, 0.0, 0.5, 3.0]:
    one_score = 1 / (1 + np.exp(-z))
    two_scores = np.exp(z) / (np.exp(0) + np.exp(z))
    print(f"z = {z:4.1f}   sigmoid {one_score:.6f}   two exponentials {two_scores:.6f}")

# %% [markdown]
# They never do: it is one number, written in two ways. Now give every class a score of its own. The pattern needs no change:
#
# $$\operatorname{softmax}(z)_k = \frac{e^{z_k}}{e^{z_0} + e^{z_1} + \dots + e^{z_{C-1}}} .$$
#
# The scores are called **logits**. The exponential makes each of them positive, the division makes
# them add up to 1.
#
# **Try it.** Three logits, step by step. Before you run the cell: which share will the last one
# get, a third, half or two thirds? Then change a logit to a negative number. Does anything break?

# %%
logits = np.array([0.0, 1.0, 2.0])
exponentials = np.exp(logits)
print("exponentials ", exponentials.round(3))
print("their sum    ", exponentials.sum().round(3))
print("probabilities", (exponentials / exponentials.sum()).round(3))

# %% [markdown]
# ### Exercise: softmax (20 points)
#
# Write `softmax(z)` for one example, `z` of shape `(C,)`, and for a batch, `z` of shape `(m, C)`.
# In a batch each row is an example and gets probabilities of its own, so the sum runs along the
# **last axis**. The result has the shape of `z`, and `z` itself stays as it was.
#
# **Example.** With $z = (0, \ln 2, \ln 5)$ the exponentials are 1, 2 and 5, and their sum is 8:
#
# $$\operatorname{softmax}(z) = (0.125,\; 0.25,\; 0.625) .$$
#
# The batch `[[0, 0], [0, ln 3]]` gives `[[0.5, 0.5], [0.25, 0.75]]`: each row adds up to 1.
#
# A negative logit breaks nothing: its exponential is positive, too. Logits here stay between -50 and 50. (What happens at 1000 is
# the subject of the next lab.)
#
# **Not allowed:** the softmax and log-softmax functions of libraries: TensorFlow, Keras (its layers
# and its `"softmax"` activation name too), SciPy, scikit-learn. NumPy is all you need.
#
# Stuck? Run `check.hint("softmax")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "softmax_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(z):
    """exp(z_k) / sum_j exp(z_j) along the last axis.

    z: logits, (C,) or (m, C). Returns probabilities of the same shape.
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "softmax", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("softmax", softmax)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "softmax", softmax)
### END HIDDEN TESTS

# %% [markdown]
# Now your function drives the picture. **Try these**, and say what you expect before each.
# Dotted outlines show the values before; a number after x is the factor of the change.
#
# 1. Raise one logit. Which of the other probabilities fall, and by the same factor?
# 2. Press *Add 1 to all*. What changes in the middle? What changes on the right?
# 3. Make two logits equal. Now move the third.
# 4. Leave the logits and move the temperature $T$, which replaces every $z_k$ by $z_k / T$.

# %% tags=["demo"]
figures.softmax_bars(softmax)

# %% [markdown]
# **What it showed**
#
# 1. All others fall, by one common factor: their ratio $p_i / p_j = e^{z_i - z_j}$ does not depend on the logit that you moved.
# 2. The exponentials all grow by $e \approx 2.718$; the probabilities stay the same. Only **differences**
#    of logits count. With two classes that is the sigmoid again: $p_1 = \sigma(z_1 - z_0)$.
# 3. Equal logits have equal probabilities, whatever the third logit is.
# 4. A low temperature widens the differences, and the winner takes nearly all; a high one narrows
#    them, towards equal shares. It never changes who wins. The name says it: a *soft* version of
#    picking the *max*imum.
#
# Of three probabilities that add up to 1 only two can be chosen freely, so every three are a point of a flat triangle:
# in a corner one class has probability 1, in the middle all are equal, on an edge one class has probability 0.
#
# **Try it.** Bring the point to the middle in two different ways. Then towards a corner: can you
# reach it? Choose a logit in *line of* and see which path the point takes when only that one moves.

# %% tags=["demo"]
figures.probability_triangle(softmax)

# %% [markdown]
# **What it showed.** Any equal logits give the middle. No logits give a corner or an edge, because
# an exponential is never 0: softmax is never quite certain. And when one logit grows, the point
# walks straight towards that corner, because the other two keep their ratio.
#
# ## Softmax regression
#
# Where do logits come from? In the simplest model, each class has a weight for each of the $n$
# features, and a bias. The weights of all classes are the columns of one matrix:
#
# | | shape | |
# | --- | --- | --- |
# | `X` | `(m, n)` | each row is an example |
# | `W` | `(n, C)` | each column is a class |
# | `b` | `(C,)` | one bias for each class |
# | `X @ W + b` | `(m, C)` | logits: a row for each example, a column for each class |
#
# **Try it.** Three examples, two features, four classes. If you change one number of `W`, which logits change? Change one and see.

# %%
X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]])
W = np.array([[1.0, 0.0, 1.0, -1.0], [0.0, 1.0, 0.5, 0.0]])
b = np.array([0.0, -1.0, 0.0, 0.5])
print(X @ W + b)

# %% [markdown]
# One number of `W` belongs to one feature and one class: it changes one column, in every row.
#
# **Think first.** To name the most probable class, do you need the probabilities at all?
#
# ### Exercise: softmax_regression (16 points)
#
# Write two functions.
#
# - `predict_proba(X, W, b)` returns the probabilities, shape `(m, C)`.
# - `predict(X, W, b)` returns the most probable class of each example: shape `(m,)`, integers (an array or a list).
#
# **Example.** One example, two features, three classes:
#
# $$X = \begin{pmatrix} 1 & 2 \end{pmatrix}, \quad
#   W = \begin{pmatrix} 1 & 0 & 1 \\ 0 & 1 & 0.5 \end{pmatrix}, \quad
#   b = (0, -1, 0) .$$
#
# The logits are $(1, 2, 2) + (0, -1, 0) = (1, 1, 2)$, so the probabilities are
# $(0.2119, 0.2119, 0.5761)$ and the class is 2.
#
# Logits stay between -50 and 50. **Not allowed:** library softmax functions, as above. Your own
# `softmax` is welcome; if it is wrong, this exercise can still earn all its points.
#
# Stuck? Run `check.hint("softmax_regression")`.


# %% nbgrader={"grade": false, "grade_id": "softmax_regression_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_proba(X, W, b):
    """softmax(X W + b): probabilities (m, C) from X (m, n), W (n, C), b (C,)."""
    ### BEGIN SOLUTION
    return softmax(X @ W + b)
    ### END SOLUTION


def predict(X, W, b):
    """The most probable class of each row of X: integers, (m,)."""
    ### BEGIN SOLUTION
    return np.argmax(X @ W + b, axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "softmax_regression", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("softmax_regression", predict_proba, predict)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "softmax_regression", predict_proba, predict)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** The exponential is increasing, and a row is divided by one number, so the order of the logits is the order
# of the probabilities: the largest logit decides. Probabilities
# matter when you ask *how sure* the model is, and for the next question: how to train it.
#
# **Try it.** Here are the ten yes-or-no classifiers of the beginning, now trained on digits. Beside them stands one softmax regression on the same
# digits; it answers through your `predict_proba`. Find a picture on which the ten claim far more than 1 in sum, and one
# on which they claim almost nothing.

# %% tags=["demo"]
figures.ten_sigmoids(predict_proba)

# %% [markdown]
# **What it showed.** The ten sums reach from 0.06 to 1.96. On such pictures softmax has to divide a total of 1: where two or
# three sigmoids say "mine", it shares among them (once it gives each of three a third), and where all say "not mine", it still
# has to choose. Both read the same share of digits correctly, 96.7% of those held back, but their numbers do not mean the same.
#
# ## What a wrong answer costs
#
# **Think first.** Two forecasters say which of three horses will win. The first gives the winner
# 30%, the second 1%. Both picked another favourite, so both were "wrong". Should they pay the same?
#
# <details><summary>One answer</summary>
#
# Hardly. The first forecaster thought that this horse could well win; the second thought it nearly impossible.
# </details>

# %% [markdown]
# Training needs a number that is different for such answers, and that changes smoothly when the weights change.
# Counting mistakes does neither: change a weight a little, and the count usually stays the same.
# The cost of this course looks only at the probability that the model gave to the **true** class:
#
# $$\text{loss} = -\ln p_{y} .$$
#
# **Try it.** Compute the loss of both forecasters. Then find the probability that costs exactly 1.

# %%
for p in [1.0, 0.6, 0.3, 0.01]:
    print(f"probability {p:5.2f}   loss {-np.log(p):.3f}")

# %% [markdown]
# Probability 1 costs nothing (a computer may write that as -0). Halving a probability always adds
# $\ln 2 \approx 0.693$. And since $-\ln(p\,q) = -\ln p - \ln q$, the model
# with the lowest total loss is the one that makes all right answers together most probable.
#
# ### Exercise: cross_entropy (16 points)
#
# Write `cross_entropy(P, y)`: the **mean** loss over the $m$ examples, one number.
# `P` holds probabilities, `(m, C)`; `y` holds the true classes, `(m,)`, integers from 0 to $C - 1$.
#
# A probability of exactly 0 would cost infinity, and beside one such example all others would no longer count. So a probability below $10^{-12}$
# counts as $10^{-12}$, which is called the **floor**:
#
# $$J = -\frac{1}{m} \sum_{i} \ln \max\left(P_{i,\,y_i},\; 10^{-12}\right) .$$
#
# $P_{i,\,y_i}$ is the entry of row $i$ in the column of its true class.
#
# **Example.** Two examples, with true classes 2 and 1:
#
# | row of `P` | true class | its probability | loss |
# | --- | --- | --- | --- |
# | 0.125, 0.25, 0.625 | 2 | 0.625 | 0.4700 |
# | 0.5, 0.25, 0.25 | 1 | 0.25 | 1.3863 |
#
# The mean is 0.9281. Nothing is forbidden here.
#
# Stuck? Run `check.hint("cross_entropy")`.


# %% nbgrader={"grade": false, "grade_id": "cross_entropy_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy(P, y):
    """Mean of -ln(max(p, 1e-12)), where p is the probability of the true class.

    P: probabilities, (m, C). y: true classes, (m,) integers. Returns a number.
    """
    ### BEGIN SOLUTION
    of_true_class = P[np.arange(len(y)), y]
    return -np.mean(np.log(np.maximum(of_true_class, 1e-12)))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cross_entropy", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("cross_entropy", cross_entropy)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "cross_entropy", cross_entropy)
### END HIDDEN TESTS

# %% [markdown]
# **Try these** on your own curve.
#
# 1. How much does it cost to fall from 0.9 to 0.8? And from 0.2 to 0.1?
# 2. Which probability costs 2.303, and why is this number important for ten digits?
# 3. The dashed curve is the squared error $(1 - p)^2$. What is its largest value? Compare how steep the two curves are where
#    the answer is very wrong.
#
# **Think first.** A probability of 0.5 for the true class costs 0.69. What does one of 0.01 cost? Your guess is drawn
# over the curve.

# %% tags=["demo"]
my_guess = figures.guess("loss of a probability of 0.01", 0, 40, 0)
my_guess

# %% tags=["demo"]
figures.loss_curve(cross_entropy, my_guess)

# %% [markdown]
# **What it showed**
#
# Your guess: fifty times less probable costs 4.61, not fifty times as much. Each further factor of 10 adds 2.3.
#
# 1. 0.12 and 0.69: the same step costs six times as much near the bottom. Being slightly unsure is
#    cheap, being confidently wrong is expensive.
# 2. $p = 0.1$ costs $\ln 10 \approx 2.303$: the loss of a model that gives all ten digits
#    the same probability. Remember that number: an untrained network should start near it, and a loss much above it is worse than
#    knowing nothing. (In the cell above, $e^{-1} \approx 0.368$ cost exactly 1.)
# 3. The squared error is at most 1, and its slope is never more than 2. That of $-\ln p$ is
#    $1/p$, without limit. Near $p = 0$ softmax itself is almost flat: pushing a logit hardly moves
#    the probability. The steep loss compensates for that exactly, as the gradient will show.
#
# ## Sparse and one-hot targets
#
# There are two common ways to write the same target. A **sparse** target is the class number. A
# **one-hot** target is a row of zeros with a single 1, at the place of the class:
#
# | digit | sparse | one-hot, ten classes |
# | --- | --- | --- |
# | three | `3` | `[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]` |
# | zero | `0` | `[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]` |
#
# A one-hot row is itself a list of probabilities: those of a model that is certain and right. That makes it
# the right thing to compare a prediction with. **Think first.** A million words, each one of
# 50,000 classes: how many numbers does each way store? (The answer stands after the exercise.)
#
# **Try it.** Both labels, -1 and 4, are out of range. NumPy stops only one of them. Which one? Run the cell with -1, then with 4.

# %%
row = np.zeros(4)
label = -1
row[label] = 1.0
print(row)

# %% [markdown]
# ### Exercise: one_hot (14 points)
#
# Write `one_hot(y, n_classes)`: `y` holds integer classes, `(m,)`; the result is `(m, n_classes)`,
# zeros and ones (floats or integers, in an array or a list of rows). A label outside 0 to `n_classes - 1` is a mistake in the
# data: raise a `ValueError`.
#
# **Example.** `one_hot(np.array([2, 0, 3]), 4)` returns
#
#     [[0., 0., 1., 0.],
#      [1., 0., 0., 0.],
#      [0., 0., 0., 1.]]
#
# and both `one_hot(np.array([4]), 4)` and `one_hot(np.array([-1]), 4)` raise a `ValueError`: to NumPy the index -1 is the last
# place, so you have to test for it yourself.
#
# Nothing is forbidden here. Stuck? Run `check.hint("one_hot")`.


# %% nbgrader={"grade": false, "grade_id": "one_hot_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot(y, n_classes):
    """Row i has a 1 at place y[i] and zeros elsewhere.

    y: classes, (m,) integers. Returns floats (m, n_classes).
    Raises ValueError if a label is not one of 0, ..., n_classes - 1.
    """
    ### BEGIN SOLUTION
    if np.any((y < 0) | (y >= n_classes)):
        raise ValueError(f"labels must be from 0 to {n_classes - 1}")
    rows = np.zeros((len(y), n_classes))
    rows[np.arange(len(y)), y] = 1.0
    return rows
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "one_hot", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("one_hot", one_hot)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "one_hot", one_hot)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** With one-hot rows $Y$ the cost can be written as a sum over all classes,
#
# $$J = -\frac{1}{m} \sum_{i} \sum_{k} Y_{ik} \ln P_{ik} ,$$
#
# in which all terms except one of each row are zero. It is the same number: sparse targets save
# memory (a million numbers instead of fifty billion), one-hot targets make formulas short. The
# next formula is the best reason to have them.
#
# ## Learning: the gradient
#
# **Think first.** One example: the model says $(0.125, 0.25, 0.625)$, the true class is 1. Which logits should rise, which
# should fall, and which of them should move most? The figure opens with an example of the same kind:
# press *Step* and watch the probabilities. (The arrows show where a step leads, the numbers are the slopes.)

# %% tags=["demo"]
figures.logit_pull(softmax)

# %% [markdown]
# The logit of the true class rises most, all others sink, and the one with the larger probability sinks more.
#
# **Try it.** Change each logit a little, and divide the change of the loss by that of the logit.
# Then change the true class. Compare with the probabilities: what is the rule?

# %%
z, true_class, nudge = np.log([1.0, 2.0, 5.0]), 1, 1e-6  # probabilities 0.125, 0.25, 0.625
for k in range(3):
    losses = []
    for step in (-nudge, +nudge):
        moved = z.copy()
        moved[k] += step
        losses.append(np.log(np.sum(np.exp(moved))) - moved[true_class])  # -ln of its softmax
    print(f"logit {k}: slope {(losses[1] - losses[0]) / (2 * nudge):6.3f}")

# %% [markdown]
# **What it showed.** Each slope is the probability, minus 1 for the true class. With one-hot $Y$
# (and $\partial$ for the slope when that logit alone changes),
#
# $$\frac{\partial (-\ln p_y)}{\partial z_k} = p_k - Y_k :
#   \qquad \text{what the model said, minus what it should have said.}$$
#
# Gradient descent steps against it: here logit 1 rises most, logit 2 falls nearly as much, and the three changes add up to 0.
# No factor $p\,(1 - p)$ is left: the steep loss has compensated for the flat softmax.
#
# Why? With $S = \sum_j e^{z_j}$ the loss is $-\ln p_y = -\ln (e^{z_y} / S) = \ln S - z_y$. The slope of $\ln S$ with respect to $z_k$ is
# $e^{z_k} / S = p_k$, and $-z_y$ adds $-1$ for the true class.
#
# The chain rule carries this error back to the weights. Logit $k$ of example $i$ is $\sum_j X_{ij} W_{jk} + b_k$, so its slope with respect to
# $W_{jk}$ is $X_{ij}$, and to $b_k$ it is 1. What remains is to take the mean over the examples.

# %% [markdown]
# ### Exercise: softmax_gradient (20 points)
#
# Write `softmax_gradient(X, y, W, b)`: the gradient of the mean cross-entropy of softmax regression,
# as the pair `(dW, db)` (a tuple or a list) with the shapes of `W` and `b`: `(n, C)` and `(C,)`. `y` holds
# integers. Use $P - Y$ throughout; the floor of $10^{-12}$ plays no part here.
#
# **Example.** One example $X = (1 \;\; 2)$ with $y = 1$; `W` all zeros and $b = (0, \ln 2, \ln 5)$, so
# that the probabilities are $(0.125, 0.25, 0.625)$ and the error is $(0.125, -0.75, 0.625)$:
#
# $$dW = \begin{pmatrix} 0.125 & -0.75 & 0.625 \\ 0.25 & -1.5 & 1.25 \end{pmatrix}, \qquad
#   db = (0.125, -0.75, 0.625) .$$
#
# With $m$ examples, the two results are the means of what the examples give one by one. Two lines of
# NumPy can do that without a loop; a loop is right as well.
#
# Logits stay between -50 and 50. **Not allowed:** automatic differentiation (`GradientTape`,
# `tf.gradients` and the like). Your own functions from above are welcome.
#
# Stuck? Run `check.hint("softmax_gradient")`.


# %% nbgrader={"grade": false, "grade_id": "softmax_gradient_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax_gradient(X, y, W, b):
    """Gradient of the mean cross-entropy of softmax(X W + b) with true classes y.

    X: (m, n). y: (m,) integers. W: (n, C). b: (C,). Returns (dW (n, C), db (C,)).
    """
    ### BEGIN SOLUTION
    error = predict_proba(X, W, b) - one_hot(y, len(b))
    return X.T @ error / len(y), np.mean(error, axis=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "softmax_gradient", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("softmax_gradient", softmax_gradient)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "softmax_gradient", softmax_gradient)
### END HIDDEN TESTS

# %% [markdown]
# You have everything that a classifier needs, except the loop. **Your turn** (no points): five lines that start from zeros, and for
# each of 80 steps remember the pair $(W, b)$ in `my_states` and then step against `softmax_gradient` with
# $\alpha = 0.3$. The figure below shows what your loop did. (While the list is empty, it takes the steps itself.)

# %% tags=["demo"]
points, labels = data.four_clusters()
my_states = []
W, b = np.zeros((2, 4)), np.zeros(4)
# your loop

# %% [markdown]
# <details><summary>One answer</summary>
#
#     for _ in range(80):
#         my_states.append((W, b))
#         dW, db = softmax_gradient(points, labels, W, b)
#         W = W - 0.3 * dW
#         b = b - 0.3 * db
# </details>
#
# Below, the model learns four clouds of points: your `softmax_gradient` takes the steps, your `predict_proba` colours the plane.
#
# **Try these.**
#
# 1. Before you press play: all weights are 0. Which cost should the curve start at? (Four classes.)
# 2. Play. What does one step achieve, and what are the others for?
# 3. What shape has the border between two regions? Can it ever be a curve?
# 4. Reset, choose the largest learning rate, and go step by step.

# %% tags=["demo"]
figures.four_clusters(predict_proba, softmax_gradient, my_states)

# %% [markdown]
# **What it showed**
#
# 1. $\ln 4 \approx 1.386$: equal shares for four classes.
# 2. One step gets 70% of the points right, forty get 92%. From then on hardly a point changes
#    sides, but the cost goes on falling and the colours deepen: the model becomes more sure.
# 3. Straight, always. Two classes are equally probable where their logits are equal, and the difference of two
#    linear functions is linear. Where the clouds overlap no straight border is perfect.
# 4. Large steps go too far: the first one makes the cost *higher* than knowing nothing, and the
#    borders swing before they settle. But here they do settle, and after 80 steps that cost is the lowest of all. A rate
#    is too large when the swinging does not end.
#
# ## A network with a softmax output
#
# Straight borders are often good enough: on the digits, softmax regression reads 96 to 97% of the held-back ones. But there are
# patterns that no straight border can split, rings and spirals for instance. A network first computes better
# features in hidden layers, and gives *those* to softmax regression: its last layer is exactly the
# `X @ W + b` and softmax that you wrote. For 64 pixels and ten digits we take ($\text{ReLU}(z) = \max(z, 0)$ is the usual
# activation of hidden layers, see `02_activations`)
#
# $$64 \;\to\; 25 \text{ (ReLU)} \;\to\; 15 \text{ (ReLU)} \;\to\; 10 \text{ (softmax)} .$$
#
# From here on we use Keras, on top of TensorFlow. The import takes a few seconds.

# %%
import keras
import tensorflow as tf

print("Keras", keras.__version__, "on TensorFlow", tf.__version__)

# %% [markdown]
# ### Exercise: softmax_model (14 points)
#
# Write `build_softmax_model(n_features, n_classes)`: return a `keras.Sequential` (or an equal functional)
# model that takes inputs of shape `(n_features,)` and has three dense layers: 25 units with ReLU, 15
# units with ReLU (`activation="relu"`), `n_classes` units with softmax (`"softmax"`). Return it **compiled**, with
# the sparse categorical cross-entropy, because our targets are class numbers: in Keras
# `loss="sparse_categorical_crossentropy"`. Any optimizer is right; `"adam"` is a good one.
#
# **Example.** `build_softmax_model(2, 4)` learns $2 \cdot 25 + 25 + 25 \cdot 15 + 15 + 15 \cdot 4 + 4 = 529$ numbers, and its
# output has the shape `(None, 4)`, `None` standing for any number of rows. It is made and compiled like the models of
# `01_training`.
#
# **Not allowed:** further layers with weights, dropout, layers without bias. And do not set
# `from_logits=True` in the loss: your output is a probability already, and softmax would be applied twice. (Keras repairs that here, with a
# warning, but the marker calls it wrong. In `04_improved_softmax` the outputs are raw scores, and the setting is right.)
#
# Stuck? Run `check.hint("softmax_model")`.


# %% nbgrader={"grade": false, "grade_id": "softmax_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_softmax_model(n_features, n_classes):
    """Network of 25 ReLU, 15 ReLU and n_classes softmax units, compiled.

    Its loss is the sparse categorical cross-entropy. Returns a Keras model.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy())
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "softmax_model", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("softmax_model", build_softmax_model)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("03_softmax", "softmax_model", build_softmax_model)
### END HIDDEN TESTS

# %% [markdown]
# First on a spiral with three arms, beside softmax regression, which takes as many steps. **Think first.** How well can three
# straight borders separate the arms?

# %% tags=["demo"]
figures.spiral(build_softmax_model)

# %% [markdown]
# **What it showed.** Softmax regression stays at 57% of the points, however long it trains: its cost is as low as straight
# borders allow. Your network bends its borders along the arms: the hidden layers compute features in which straight borders are
# enough.
#
# **Think first.** How many numbers does the network for digits learn, 64 pixels and ten classes? Work it out on paper
# before you open the answer; `build_softmax_model(64, 10).summary()` says it, too.
#
# <details><summary>The answer</summary>
#
# $64 \cdot 25 + 25 = 1625$, $25 \cdot 15 + 15 = 390$, $15 \cdot 10 + 10 = 160$: together 2175.
# </details>

# %% [markdown]
# Train it: 1437 digits to learn from, 360 held back to test with. **Think first.** Where will
# the loss start? Which of the two curves will end lower, that of the training digits or the other?

# %% tags=["demo"]
training = figures.train_digits(build_softmax_model, epochs=40)

# %% [markdown]
# **What it showed.** The first point is the untrained network: near $\ln 10 \approx 2.303$, or a little
# above, where random weights are slightly worse than equal shares. In the end the network does
# better on digits it has studied; the held-back ones show how well it reads new handwriting. On such small and tidy digits it is
# no better than softmax regression was: about 95% of the held-back ones. A network is useful where straight borders fail.
#
# **Your turn** (no points). Let the trained network read three held-back digits. `predict` gives a row of ten probabilities for
# each; which line turns them into classes?

# %% tags=["demo"]
_, X_test, _, y_test = data.digits_split()
P = training.model.predict(X_test[:3], verbose=0)
print(P.round(2))
print("truth", y_test[:3])  # print the classes that it reads as well

# %% [markdown]
# <details><summary>One answer</summary>
#
# `print("read ", np.argmax(P, axis=1))`: the largest of each row.
# </details>
#
# **Try it.** Here are held-back digits, with the ten probabilities of your network. Use *Only mistakes* to see
# where it is wrong. How sure is it then? Would you have read it correctly?

# %% tags=["demo"]
figures.read_digits(training.model)

# %% [markdown]
# **What it showed.** Where it is wrong, the network is often in doubt, but not always: in some mistakes it is more than 80% sure.
#
# Keras has a loss for each way of writing a target. Run the cell: both take the same probabilities,
# and differ only in the target they expect.

# %%
P = np.array([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]])
sparse = keras.losses.SparseCategoricalCrossentropy()
categorical = keras.losses.CategoricalCrossentropy()
print("sparse targets ", float(sparse(np.array([2, 1]), P)))
print("one-hot targets", float(categorical(np.array([[0, 0, 1], [0, 1, 0]]), P)))

# %% [markdown]
# You have met that number: it is the worked example of `cross_entropy`. **Try it.** Give each
# loss the other's target. What does the message say? If you read it now, you will know it later: *sparse* wants class numbers
# `(m,)`, *categorical* wants rows `(m, C)`.
#
# <details><summary>One answer</summary>
#
# A `ValueError` both times, about the *rank*, the number of axes: class numbers have one axis, probabilities have two.
# *Categorical* wants a target with as many axes as the probabilities, *sparse* one with one axis fewer.
# </details>

# %% [markdown]
# ## Summary
#
# - **Softmax** turns logits into probabilities: exponentials, divided by their sum, row by row. Only
#   differences of logits matter; two classes give back the sigmoid.
# - **Cross-entropy** is the mean of $-\ln p$ of the true class. Equal shares over $C$ classes cost $\ln C$.
# - Together they have the gradient $P - Y$: what was said minus what should have been said.
# - **Sparse or one-hot** is a way of writing the target, with a loss for each; the cost is the same.
# - A softmax **network** is softmax regression on features that the hidden layers learn.

# %% [markdown]
# ## What to try next
#
# - Draw two classes on paper, with two clouds each, so that no straight border splits them. (Round clouds of one class each
#   that do not overlap can always be split that way, however many they are.)
# - Train the digits network with `"sgd"` in place of `"adam"`, or without its hidden layers.
# - Give your `softmax` the logits `[1000.0, 1001.0, 1002.0]`. If it returns `nan`, you have found the
#   reason for the next lab, `04_improved_softmax`. If it does not: do you know why?
#
# <details><summary>Answers</summary>
#
# Put one class into the lower left and the upper right corner, the other into the upper left and the lower right one. That is
# the famous XOR: whatever line you draw, a cloud is on the wrong side.
#
# With `"sgd"` the loss falls more slowly. Without hidden layers it is softmax regression.
#
# A softmax that first subtracts the largest logit never computes a large exponential. The next lab is about that.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

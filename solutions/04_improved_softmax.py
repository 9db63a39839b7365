# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A numerically better softmax
#
# Two formulas can be equal on paper and differ in a computer: one gives the cost, the other `nan`.
# In this lab you watch softmax and its cost fail, in single numbers and in a training run, and then
# write the versions that do not.
#
# **After this lab you can**
# - say what a float can hold, and which digits a small number loses when it is added to a large one;
# - predict when `exp` overflows or underflows, and prevent that without changing the answer;
# - compute the cost of a classifier from its logits, where the probability itself has rounded to 0;
# - build a network with a linear output and the loss that goes with it, and read its outputs.
#
# **Time** about 85 minutes. **You need** softmax and cross-entropy (lab `03_softmax`), NumPy's axes and
# broadcasting, and logarithms.
#
# **How it works** Six exercises and a quiz, 100 points. Write your answer in place of `YOUR CODE HERE`,
# then run the check below it, as often as you like. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils.checks import Check
from utils.figures import improved_softmax as figures

check = Check("04_improved_softmax")

# %% [markdown]
# ## Round-off: two ways to write the same number
#
# A unit with a sigmoid looks at an example with label 1. Its score is 20, so it is very sure, and right. The cost is small, but
# not zero:
#
# $$-\ln \sigma(20) = -\ln \frac{1}{1 + e^{-20}} = \ln\left(1 + e^{-20}\right) \approx e^{-20} \approx 2 \cdot 10^{-9} .$$
#
# (For a small $h$, $\ln(1 + h)$ is nearly $h$.)
#
# **Think first.** The two forms are equal on paper. Networks mostly compute in float32, with about 7 digits. Will both
# print the same cost?
#
# **Try it.** Run the cell, then take smaller scores, 15 and 10. The third line uses `log1p(h)`, a function that
# computes $\ln(1 + h)$ without ever computing $1 + h$.

# %%
score = np.float32(20)
e = np.exp(-score)
print("-ln(1 / (1 + e))", -np.log(1 / (1 + e)))
print("ln(1 + e)       ", np.log(1 + e))
print("log1p(e)        ", np.log1p(e))

# %% [markdown]
# Only the third is right. The other two say that the cost is 0, as if there were nothing left to learn. With a score of 15
# their error is 17%, and with 10 the fourth digit is wrong. Where did the number go? Here is the place in the simplest form:
#
# $$h = \frac{1}{3000}, \qquad (1 + h) - 1 .$$
#
# **Try it.** Run the cell, then make `h` smaller: `1e-8`, `1e-12`, `1e-15`, `1e-16`. (Plain Python computes in float64, with
# 16 digits.)

# %%
h = 1 / 3000
print(f"h           = {h:.20f}")
print(f"(1 + h) - 1 = {(1 + h) - 1:.20f}")
print(f"off by {abs((1 + h) - 1 - h) / h:.1e} of h")

# %% [markdown]
# The second way loses digits, and it loses more when $h$ is smaller: at `1e-16` nothing is left. The
# subtraction is not the cause: it is exact. The digits were lost one step before, when $1 + h$ had to be
# stored. A float keeps a fixed number of digits, so only some places of the number line can be stored. Look at the places around 1.
#
# **Try these.**
#
# 1. Set the magnifier to $k = 0$, then raise $k$. From which $k$ on do you see single floats?
# 2. Move $h$ slowly. What does the stored number do?
# 3. Are the floats to the left of 1 as far apart as those to the right?
# 4. Find the largest $h$ that vanishes altogether. Then choose float64: how small must $h$ be now? (The button
#    brings $1 + h$ back into view.)

# %% tags=["demo"]
figures.number_line()

# %% [markdown]
# **What it showed**
#
# 1. From about $k = 19$ in float32: half a million times. So people seldom notice the gaps.
# 2. It jumps from place to place, always to the nearest one. What is lost is at most half a gap.
# 3. No: they are twice as close. Gaps double at every power of two, so that the *relative* error (the error divided by the
#    number) stays the same: about 7 digits in float32, 16 in float64.
# 4. Half a gap: $6 \cdot 10^{-8}$ in float32, $1.1 \cdot 10^{-16}$ in float64. Anything smaller, added to 1, is gone.
#
# So **round-off** removes digits of a small number when it is stored as a part of a large one: $e^{-20}$ was lost in $1 + e^{-20}$.
# The cure is to write a formula so that the small number is never added to the large one, as `log1p` does. This is
# the idea of the whole lab. Large models even compute in half precision (float16 and its relatives), where there
# are only two or three digits to lose.

# %% [markdown]
# ## Overflow and underflow of exp
#
# Floats also have a largest value. The largest float32 is about $3.4 \cdot 10^{38}$, the largest float64 about
# $1.8 \cdot 10^{308}$. That sounds like plenty, but the exponential reaches it quickly.
#
# **Think first.** From which $z$ on is $e^z$ too large for a float32? ($\ln 10 \approx 2.3$.) And what should
# $e^{z}$ become on the other side, when it is too small?
#
# <details><summary>One answer</summary>
#
# $e^z = 10^{z / 2.3}$ passes $3.4 \cdot 10^{38}$ when $z$ is about $2.3 \cdot 38.5 \approx 89$. Too small a number can only become 0.
# </details>
#
# **Try it.** The cell prints $e^z$ in both precisions. Change the list until you have found the four limits, to the nearest whole
# number. (`errstate` keeps NumPy from warning about what we do on purpose.)

# %%
with np.errstate(all="ignore"):
    for z in [50, 100, 500, 1000, -50, -150, -500, -1000]:
        in_float32, in_float64 = np.exp(np.float32(z)), np.exp(np.float64(z))
        print(f"exp({z:5d})   float32 {in_float32:<12.4g}   float64 {in_float64:.4g}")

# %% [markdown]
# Above 88 in float32 and 709 in float64 the result is `inf`, infinity: **overflow**. Below $-103$ and $-745$ it is 0:
# **underflow**. Neither is an error to NumPy: after a warning at most, it goes on with these numbers.
#
# Here is softmax exactly as its formula says. **Think first.** The second row is the first with 1000 added to
# each logit, the third with 1000 subtracted. What should softmax give, and what will it give?


# %%
def plain_softmax(z):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


with np.errstate(all="ignore"):
    z = np.array([1.0, 2.0, 3.0])
    print(plain_softmax(np.array([z, z + 1000, z - 1000])))

# %% [markdown]
# All three rows have the same softmax, because only differences count. But `inf / inf` and `0 / 0` are
# both `nan`, *not a number*, and everything that is computed from a `nan` is `nan` again.
#
# **Break it.** Softmax and its cost, stage by stage, for three logits whose size you choose. The first number that a float cannot
# hold is framed thickly.
#
# 1. Raise the size in float32. Which stage breaks first, and what happens to the stages after it?
# 2. Go through float16 and float64. At which sizes do they break?
# 3. Tick *subtract the largest logit first*. What is right now, and what still breaks?

# %% tags=["demo"]
figures.break_it()

# %% [markdown]
# **What it showed**
#
# 1. The exponential of the largest logit, at size 89. Its `inf` goes into the sum, `inf / inf` is `nan`, and all is lost.
# 2. float16 at 12 already, float64 at 710. More precision moves the edge, and does not remove it.
# 3. All probabilities are right, however large the logits. But the smallest one rounds to 0, and its $-\ln p$ is infinite. The
#    rest of this lab repairs first the probabilities, then the cost.
#
# The map below asks the same of three logits of many sizes: their largest is the **scale**, the largest minus
# the smallest the **spread**. Colours and letters say what happened to the smallest probability.
#
# **Try these.** Move the ring, and read the caption.
#
# 1. At which scales does the plain formula break down, on either side, and in which precision first?
# 2. Stay at scale 0 and raise the spread. Here nothing overflows. What is wrong with the region C?

# %% tags=["demo"]
figures.probability_map(plain_softmax)

# %% [markdown]
# **What it showed**
#
# 1. Left of about $-104$ and right of $+89$ in float32, left of $-746$ and right of $+710$ in float64, the answer is 0 or
#    `nan`, however small the spread. The logits themselves are perfectly good numbers.
# 2. The smallest probability underflows to 0. It is a very small number, so 0 seems close enough. But its logarithm is
#    infinite. (B marks a thin border where it is kept with few digits.)
#
# Does it happen in practice? Below, softmax regression learns the digits with the plain formula, in float32.
# The figure opens at the end of a good run. **Try these.** Choose pixels from 0 to 16, as the scanner delivered them,
# press *Reset* and *Play*; then pixels from 0 to 255. After how many steps does each run fail? What happens to the digits read
# right, and why does it never recover?

# %% tags=["demo"]
figures.train_regression(plain_softmax)

# %% [markdown]
# **What it showed.** With pixels up to 1 all is well. Up to 16 the cost is `nan` after three steps, up
# to 255 after one: larger pixels make larger logits and larger steps. One `nan` in the probabilities
# makes the gradient `nan`, then every weight. From then on no digit is read, and there is no way back.
#
# Scaling the data would hide it here. In a deep network the logits can become very large. So let
# us repair the formula.

# %% [markdown]
# ## Log-sum-exp
#
# Everything that can overflow in softmax and its cost is in one number: the logarithm of the sum,
#
# $$\operatorname{lse}(z) = \ln \sum_j e^{z_j} .$$
#
# Take $z = (1000, 1001)$. Both exponentials overflow, but the answer is not large. Take a factor
# $e^{1001}$ out of the sum:
#
# $$\ln\left(e^{1000} + e^{1001}\right) = \ln\left(e^{1001}\,(e^{-1} + 1)\right) = 1001 + \ln\left(e^{-1} + 1\right) \approx 1001.3133 .$$
#
# Nothing was approximated: this is the same number, written in a second way. It works with any $c$:
#
# $$\operatorname{lse}(z) = c + \ln \sum_j e^{z_j - c} .$$
#
# **Think first.** Which $c$ suits best? **Try it** with some: the minimum, the mean, 0, a larger one. (The answer stands below the
# cell.)

# %%
z = np.array([1000.0, 999.0, -200.0])
with np.errstate(all="ignore"):
    for c in [-200.0, 0.0, 600.0, 999.0, 1000.0, 2000.0]:
        print(f"c = {c:6.0f}   exponents {z - c}   result {c + np.log(np.sum(np.exp(z - c)))}")

# %% [markdown]
# If $c$ is too small, an exponential overflows; if it is too large, all of them underflow. With the **maximum** the largest
# exponent is exactly 0: nothing can overflow, and the sum is at least 1, so its logarithm is harmless.
#
# ### Exercise: log_sum_exp (18 points)
#
# Write `log_sum_exp(Z)` over the last axis: one row `(C,)` gives a number, a batch `(m, C)` gives `(m,)`.
# Logits go up to 10000 in absolute value. Some entries of a row, never all, may be `-inf`: a class that is impossible,
# $e^{-\infty} = 0$. `Z` itself stays as it was.
#
# **Example.** $z = (0, \ln 2, \ln 5)$ gives $\ln(1 + 2 + 5) = 2.0794$. The batch `[[1000, 1000], [-1000, -inf]]`
# gives $(1000 + \ln 2,\; -1000) = (1000.6931, -1000)$: each row has a maximum of its own.
#
# **Not allowed**, here and in the next three exercises: the log-sum-exp, `logaddexp` and softmax functions of
# libraries: NumPy's `np.logaddexp`, those of SciPy, TensorFlow, Keras (its layers and activation names too) and
# scikit-learn. `np.exp`, `np.log`, `np.max` and `np.sum` are all you need.
#
# Stuck? Run `check.hint("log_sum_exp")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "log_sum_exp_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def log_sum_exp(Z):
    """ln(sum_j exp(z_j)) over the last axis, without overflow.

    Z: logits, (C,) or (m, C), up to 1e4; some entries may be -inf. Returns a number or (m,).
    """
    ### BEGIN SOLUTION
    largest = np.max(Z, axis=-1, keepdims=True)
    total = np.sum(np.exp(Z - largest), axis=-1)
    return np.squeeze(largest, axis=-1) + np.log(total)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "log_sum_exp", "locked": true, "points": 18, "schema_version": 3, "solution": false, "task": false}
check("log_sum_exp", log_sum_exp)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "log_sum_exp", log_sum_exp)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** After the shift the sum lies between 1 (one logit is far above the others) and $C$ (all are equal), so
#
# $$\max_j z_j \;\le\; \operatorname{lse}(z) \;\le\; \max_j z_j + \ln C :$$
#
# a *soft maximum*, never far above the real one. With it the rest is short.
#
# ### Exercise: log_softmax (16 points)
#
# The logarithm of a quotient is a difference of logarithms:
#
# $$\ln \operatorname{softmax}(z)_k = \ln \frac{e^{z_k}}{\sum_j e^{z_j}} = \ln e^{z_k} - \ln \sum_j e^{z_j} .$$
#
# One of the two terms needs no work at all, and you have just written the other one.
#
# Write `log_softmax(Z)` along the last axis, for `(C,)` and for `(m, C)`; the result has the shape of `Z`. It must be
# right however unlikely a class is: logits go up to 10000, and `-inf` in `Z` stays `-inf`.
#
# **Example.** $(0, \ln 3)$ gives $(\ln \frac14, \ln \frac34) = (-1.3863, -0.2877)$, and $(1000, 0)$ gives
# $(0, -1000)$. The second probability is $e^{-1000}$: too small for any float, but its logarithm is not.
#
# **Not allowed:** as above. Your `log_sum_exp` is welcome; if it is wrong, this exercise can still earn all its points. Stuck?
# Run `check.hint("log_softmax")`.


# %% nbgrader={"grade": false, "grade_id": "log_softmax_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def log_softmax(Z):
    """The logarithm of softmax along the last axis.

    Z: logits, (C,) or (m, C), up to 1e4; some entries may be -inf. Returns the shape of Z.
    """
    ### BEGIN SOLUTION
    return Z - log_sum_exp(Z)[..., np.newaxis]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "log_softmax", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("log_softmax", log_softmax)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "log_softmax", log_softmax)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** The entries of a row lie exactly as far apart as their logits. The largest one lies between 0, when it
# is far above the others, and $-\ln C$, when all are equal. No exponential of a large number was ever needed, and no
# logarithm of a small one.
#
# **Think first.** If you now want the probabilities after all, there are two ways: $e^{\ln p}$, or softmax itself, after some
# constant is subtracted from all logits of a row. Why does that constant cancel?
#
# <details><summary>One answer</summary>
#
# It multiplies every exponential by $e^{-c}$, in the numerator and in the denominator.
# </details>

# %% [markdown]
# ### Exercise: stable_softmax (16 points)
#
# Write `stable_softmax(Z)` for `(C,)` and `(m, C)`, along the last axis. Each row sums to 1, for logits up to
# 10000 in absolute value and for integers too, and NumPy has **nothing to warn about**.
#
# $$\operatorname{softmax}(z)_k = \frac{e^{z_k - c}}{\sum_j e^{z_j - c}} \qquad \text{for every } c .$$
#
# **Example.** $(1000,\; 1000 + \ln 3)$ gives $(0.25, 0.75)$. The batch `[[-1000, -1000], [0, 5000]]` gives
# `[[0.5, 0.5], [0, 1]]`.
#
# Small probabilities are real ones: $e^{-60}$ should come out as $8.8 \cdot 10^{-27}$, not as 0 or $10^{-7}$.
#
# **Not allowed:** as above. Stuck? Run `check.hint("stable_softmax")`.


# %% nbgrader={"grade": false, "grade_id": "stable_softmax_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stable_softmax(Z):
    """exp(z_k - c) / sum_j exp(z_j - c) along the last axis, c the largest logit of the row.

    Z: logits, (C,) or (m, C), up to 1e4. Returns probabilities of the same shape.
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "stable_softmax", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("stable_softmax", stable_softmax)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "stable_softmax", stable_softmax)
### END HIDDEN TESTS

# %% [markdown]
# **Try it.** The map again, with a row for your function. What has changed, and what has not?

# %% tags=["demo"]
figures.probability_map(plain_softmax, stable_softmax, compare=True)

# %% [markdown]
# And the training run again. Choose the pixels on which the plain formula failed, and play.

# %% tags=["demo"]
figures.train_regression(plain_softmax, stable_softmax, compare=True)

# %% [markdown]
# **What it showed.** Not a single `nan` is left, and the scale has no influence any more: only the spread counts. Training
# survives the same data. With large pixels it swings at first, because the steps are far too large, but later steps can repair
# a bad one; they cannot repair a `nan`.
#
# The region C is still there. A probability of $e^{-1000}$ does round to 0, in any softmax. **Think first.** The true class got
# that probability. What does the cost $-\ln p$ become, and what should it be?
#
# **Try it.** One example, logits 1000 and 0, true class 1. A common repair is to add a little to $p$, or to keep it
# above some floor. What cost does the cell give for such a very wrong answer? Try logits 50 and 0, then 5000 and 0.

# %%
with np.errstate(all="ignore"):
    logits = np.array([1000.0, 0.0])
    p = plain_softmax(logits - logits.max())[1]
    print("probability of the true class:", p)
    print("cost -ln(p)                  :", -np.log(p))
    print("cost -ln(p + 1e-7)           :", -np.log(p + 1e-7))

# %% [markdown]
# The first is infinite. The second is 16 for every gap above 16: an error of 1000 costs no more than one of 16, so a change
# of those logits changes nothing. The right cost is 1000. The repair is the same as before: never
# compute the small number.
#
# ### Exercise: cross_entropy_from_logits (20 points)
#
# Write `cross_entropy_from_logits(Z, y)`, the mean cost of $m$ examples, one number, directly from the logits `Z` `(m, C)`:
#
# $$J = -\frac1m \sum_i \ln \operatorname{softmax}(Z_i)_{y_i}, \qquad y_i \text{ an integer from } 0 \text{ to } C - 1 ,$$
#
# but without ever computing the softmax. It must be right to the usual 6 digits where the probability rounds to 0, and where
# the plain formula overflows.
#
# **Example.** Logits `[[0, ln 3], [1000, 0]]` with true classes 1 and 1: the losses are $-\ln \frac34 = 0.2877$ and
# 1000, and their mean is 500.1438.
#
# **Not allowed:** as above, and the losses of libraries (Keras, TensorFlow, scikit-learn).
#
# Stuck? Run `check.hint("cross_entropy_from_logits")`.


# %% nbgrader={"grade": false, "grade_id": "cross_entropy_from_logits_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy_from_logits(Z, y):
    """Mean of -ln softmax(z)_y over the examples, without forming the softmax.

    Z: logits, (m, C), up to 1e4. y: true classes, (m,) integers. Returns a number.
    """
    ### BEGIN SOLUTION
    of_true_class = Z[np.arange(len(y)), y]
    return np.mean(log_sum_exp(Z) - of_true_class)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cross_entropy_from_logits", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("cross_entropy_from_logits", cross_entropy_from_logits)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "cross_entropy_from_logits", cross_entropy_from_logits)
### END HIDDEN TESTS

# %% [markdown]
# The map of the cost: above in two steps, with your `stable_softmax` and then a logarithm; below with your new function.
#
# **Try it.** Put the ring into the middle of the upper C. What do the two ways say there, and which of them is right?

# %% tags=["demo"]
figures.cost_map(stable_softmax, cross_entropy_from_logits)

# %% [markdown]
# **What it showed.** In two steps the cost is infinite as soon as the spread exceeds 103 in float32. That is not rare: one
# confident mistake is enough. From the logits it is right everywhere, as $\operatorname{lse}(z) - z_y$. (You may find specks of
# B in float32, at spread 1 and the largest scales: there these two large numbers are only stored to 3 decimals. The last
# section has an idea for that.)

# %% [markdown]
# ## from_logits=True
#
# Libraries know all this. So a network for classification ends with a **linear** layer: its outputs are
# logits, and the softmax moves into the loss, where it can be done together with the logarithm. In Keras you say so with
# `from_logits=True`. From here on we use Keras, on top of TensorFlow. The import takes a few seconds.

# %%
import keras
import tensorflow as tf

# %% [markdown]
# **Think first.** Here are the logits of one example, and its true class. One of the three lines is the right cost. One is
# finite and wrong. And one has no meaning at all. Which is which? Then run it.

# %%
Z, y = np.array([[1000.0, 0.0, 3.0]]), np.array([1])
from_probabilities = keras.losses.SparseCategoricalCrossentropy()  # from_logits=False
from_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
probabilities = plain_softmax(Z - Z.max())
print("A", float(from_probabilities(y, probabilities)))
print("B", float(from_logits(y, Z)))
print("C", float(from_probabilities(y, Z)))

# %% [markdown]
# B is right. A goes through the probability, which Keras keeps above $10^{-7}$, hence the 16 you have met. (When the
# probabilities come from a softmax *layer* of a model, Keras finds the logits before that layer, and uses them. Other libraries
# do not.) C gives logits to a loss that treats them as probabilities. There was no error and no
# warning: the loss cuts every number off at 0 and 1, scales the result to sum 1, and goes on.
#
# Costs are for looking at. What trains a network is the **gradient**, so that is what counts in the end.
#
# **Think first.** The logits are $(1000, 0, 3)$, the true class is 1. The gradient should be $p - Y$, that is $(1, -1, 0)$. Which gradient will
# automatic differentiation (the `GradientTape` of `01_training`) give for $-\ln p$, where $p$ has rounded to 0? And where $p$ is
# clipped at $10^{-7}$?

# %%
z = tf.Variable([[1000.0, 0.0, 3.0]])
ways = {
    "ln of softmax": lambda: -tf.math.log(tf.nn.softmax(z)[0, 1]),
    "clipped": lambda: -tf.math.log(tf.clip_by_value(tf.nn.softmax(z), 1e-7, 1.0)[0, 1]),
    "from logits": lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([1], z)[0],
}
for name, cost in ways.items():
    with tf.GradientTape() as tape:
        J = cost()
    print(f"{name:14} cost {float(J):8.3f}   gradient {tape.gradient(J, z).numpy()[0]}")

# %% [markdown]
# The first gradient is `nan`: one such example ends the training. The second is 0, because a change of a clipped number changes
# nothing: the worst example of all teaches **nothing**. Only the third says what to do.
#
# **Try it.** Where does each of the three begin to fail? The map shows the gradient at the logit of the true class.

# %% tags=["demo"]
figures.gradient_map()

# %% [markdown]
# **What it showed.** The logarithm of softmax has no gradient where the spread is above 103 in float32. Clipping turns the
# gradient to 0 from a spread of about 16 on, in either precision, and a spread of 16 is not unusual. From the logits it is
# right everywhere. That is why one *trains* from logits, even where the cost itself would have been good enough.
#
# Now in a training run: the same network with a linear output, the same weights to begin with, the same batches. The curves
# show its *true* cost, worked out from the logits as you did. Only `from_logits` differs.
#
# **Think first.** Equal shares cost $\ln 10 \approx 2.3$, a trained network about 0.2. At which cost will the run with
# `from_logits=False` end? Move the marker; your guess is drawn over the truth.

# %% tags=["demo"]
my_guess = figures.guess("true cost after 15 epochs, told from_logits=False", 0, 2.5, 0.1)
my_guess

# %% tags=["demo"]
both = figures.train_both_ways(my_guess)

# %% [markdown]
# **What it showed.** The run with the right setting reads most digits after a few epochs. The other one learns little: its
# cost stays between 2.0 and 2.3. How many digits it reads is luck, from one in eight to three in four: other first weights
# change it, and even how your processor rounds. Wherever a logit lies outside 0 to 1 its slope is 0, so the weights learn
# little from many digits. And this mistake with `from_logits` gives no warning at all.
#
# Keras does notice the opposite mismatch, a softmax output with `from_logits=True`: it repairs that, with a warning. Other
# libraries apply softmax twice. In short: **softmax belongs in exactly one place**, and the loss has to know where.
#
# | output layer | loss | |
# | --- | --- | --- |
# | softmax | `from_logits=False` | right inside a Keras model; clipped, so at most 16, if you give the loss an array yourself |
# | linear | `from_logits=True` | right, and the one to use |
# | linear | `from_logits=False` | trains badly, without a warning |
# | softmax | `from_logits=True` | softmax twice, or repaired with a warning |

# %% [markdown]
# ### Exercise: logits_model (10 points)
#
# Write `build_logits_model(n_features, n_classes)`: return a `keras.Sequential` (or an equal functional) model that takes
# inputs of shape `(n_features,)` and has three dense layers: 25 units with ReLU, 15 units with ReLU, `n_classes`
# units, linear. Return it **compiled**, with the sparse categorical cross-entropy from logits, the mean over the
# examples: the loss object of line B in the cell with A, B and C, because the short name `"sparse_categorical_crossentropy"` means
# `from_logits=False`. Any optimizer is right; `"adam"` is a good one.
#
# **Example.** `build_logits_model(64, 10)` learns 2175 numbers, and its output has the shape `(None, 10)`.
#
# **Not allowed:** further layers with weights, dropout, layers without bias. A softmax output together with
# `from_logits=True` is marked wrong although Keras repairs it, and so is a linear output with `from_logits=False`:
# you have just seen what it does.
#
# Stuck? Run `check.hint("logits_model")`.


# %% nbgrader={"grade": false, "grade_id": "logits_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_logits_model(n_features, n_classes):
    """Network of 25 ReLU, 15 ReLU and n_classes linear units, compiled.

    Its loss is the sparse categorical cross-entropy from logits. Returns a Keras model.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(n_classes, activation="linear"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "logits_model", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("logits_model", build_logits_model)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "logits_model", build_logits_model)
### END HIDDEN TESTS

# %% [markdown]
# Train it on real digits. **Think first.** Where will the curves start, and why there? (The answer stands below the figure.)

# %% tags=["demo"]
trained = figures.train_digits(build_logits_model)

# %% [markdown]
# ## What the outputs mean now
#
# The network learns as in `03_softmax`, from near $\ln 10 \approx 2.303$ on. But ask it about a digit, and it answers with
# numbers like $-7.3$ or $9.1$. They are **logits**: not probabilities, without a zero of their own, and only their differences
# mean something. To get back what we are used to:
#
# - **probabilities** are the softmax of each row;
# - **the class** is the position of the largest entry. Softmax keeps the order, so the logits are enough.
#
# ### Exercise: use_logits (10 points)
#
# Both functions take a trained model that gives logits, and `X` `(m, n)`; the logits may be of any size.
#
# - `class_probabilities(model, X)` returns `(m, C)`, each row with sum 1.
# - `predicted_classes(model, X)` returns the most likely classes: `(m,)`, integers.
#
# `model.predict(X, verbose=0)` or `model(X)` gives the logits. Leave the model as it is: do not train or compile it.
#
# **Example.** For an input to which the model answers $(0, \ln 2, \ln 5)$ the probabilities are
# $(0.125, 0.25, 0.625)$ and the class is 2.
#
# Nothing is forbidden here: library softmax functions are welcome, and so is your own.
# Stuck? Run `check.hint("use_logits")`.


# %% nbgrader={"grade": false, "grade_id": "use_logits_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def class_probabilities(model, X):
    """Softmax of the model's logits: probabilities (m, C) for the rows of X (m, n)."""
    ### BEGIN SOLUTION
    return stable_softmax(model.predict(X, verbose=0))
    ### END SOLUTION


def predicted_classes(model, X):
    """The most likely class of each row of X: integers, (m,)."""
    ### BEGIN SOLUTION
    return np.argmax(model.predict(X, verbose=0), axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "use_logits", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("use_logits", class_probabilities, predicted_classes)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "use_logits", class_probabilities, predicted_classes)
### END HIDDEN TESTS

# %% [markdown]
# **Try these** with the network you trained.
#
# 1. Find a digit whose two best logits differ by about 2.2, and one where they differ by about 7. How sure is the network of each?
# 2. Look for two digits with about the same largest logit, one read with confidence, one with doubt.
# 3. Tick *only mistakes*. Is the network less sure when it is wrong?

# %% tags=["demo"]
figures.read_digits(trained.model, class_probabilities)

# %% [markdown]
# **What it showed**
#
# 1. A gap of 2.2 makes one class $e^{2.2} \approx 9$ times as likely as the other, a gap of 7 about 1100 times.
# 2. They exist: a large logit alone says nothing: another logit of the row may be as large.
# 3. Often, but not always. Probabilities are what the network believes, and it can be very sure and wrong.

# %% [markdown]
# ## Practice quiz: Multiclass classification
#
# Five questions, 2 points each. Write the letter of your answer in quotes, as in `answer = "a"`. The check says only
# whether it is one of the options. After the last question you learn which are right, and why.

# %% [markdown]
# ### Question 1
#
# Three classes have the logits $\ln 2$, $\ln 3$ and $\ln 5$. What is the probability of the third?
#
# - a) 0.47
# - b) 0.5
# - c) 0.33
# - d) 1

# %% nbgrader={"grade": false, "grade_id": "multiclass_1_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_multiclass_1 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_multiclass_1 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "multiclass_1", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("multiclass_1", answer_multiclass_1)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "multiclass_1", answer_multiclass_1)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2
#
# A model gives the true classes of four examples the probabilities $\frac12$, $\frac14$, $\frac18$ and $\frac14$. What is the
# cost, the cross-entropy over the four?
#
# - a) 0.69
# - b) 1.27
# - c) 1.39
# - d) 5.55

# %% nbgrader={"grade": false, "grade_id": "multiclass_2_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_multiclass_2 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_multiclass_2 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "multiclass_2", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("multiclass_2", answer_multiclass_2)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "multiclass_2", answer_multiclass_2)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3
#
# In float32, `exp` overflows above about 88. What does the plain formula, $e^{z_k} / \sum_j e^{z_j}$, give for the logits
# 100 and 99?
#
# - a) 0.73 and 0.27
# - b) 1 and 0
# - c) `inf` and `inf`
# - d) `nan` and `nan`

# %% nbgrader={"grade": false, "grade_id": "multiclass_3_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_multiclass_3 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_multiclass_3 = "d"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "multiclass_3", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("multiclass_3", answer_multiclass_3)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "multiclass_3", answer_multiclass_3)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4
#
# A model has a linear output layer and is compiled with `loss="sparse_categorical_crossentropy"`. What happens when you
# train it in Keras?
#
# - a) There is no error and no warning, and the model is bad.
# - b) `compile` or `fit` raises an error.
# - c) Keras puts the softmax in by itself.
# - d) It becomes as good a model, only more slowly.

# %% nbgrader={"grade": false, "grade_id": "multiclass_4_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_multiclass_4 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_multiclass_4 = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "multiclass_4", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("multiclass_4", answer_multiclass_4)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "multiclass_4", answer_multiclass_4)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5
#
# For one picture, a model gives the logits 2, 5 and 1. Which of these questions can be answered without computing a single
# exponential?
#
# - a) Is it sure of class 1 at more than 95%?
# - b) Which class is the most likely?
# - c) What would this picture cost if class 0 were true?
# - d) Is it more certain here than for another picture, with the logits 3, 6.3 and 3?

# %% nbgrader={"grade": false, "grade_id": "multiclass_5_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_multiclass_5 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_multiclass_5 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "multiclass_5", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("multiclass_5", answer_multiclass_5)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("04_improved_softmax", "multiclass_5", answer_multiclass_5)
### END HIDDEN TESTS

# %% [markdown]
# **Learning on your own?** When all five questions have an answer and their checks are run, the next cell says which answers are
# right, and why. You may choose again. In a course your instructor's marking does that, and this cell stays closed.

# %% tags=["demo"]
check.explain()

# %% [markdown]
# ## Summary
#
# - A float keeps 7 digits (float32) or 16 (float64). **Round-off** removes digits of a small number that is stored as a part of
#   a large one; no later step brings them back.
# - `exp` **overflows** above 88 (709) and **underflows** below $-103$ ($-745$). One `nan` ends a training run.
# - **Log-sum-exp**, shifted by the maximum of the row, cannot overflow. Softmax, its logarithm and the cost follow from it.
# - The cost belongs to the **logits**: $\operatorname{lse}(z) - z_y$ is right where the probability has rounded to 0.
# - In Keras: linear output **and** `from_logits=True`. The outputs are then logits; softmax gives
#   probabilities, `argmax` the class. A linear output with `from_logits=False` trains badly, without a warning.

# %% [markdown]
# ## What to try next
#
# - Look again at the specks of B in the map of the cost. Write the cost so that the maximum is subtracted from the logits *before* anything else.
#   Do they disappear?
# - Logits 40 and 0, true class 0: the cost is $\ln(1 + e^{-40}) \approx e^{-40}$. What does your function say? Use `np.log1p` to find out why.
# - The sigmoid has the same problem, and the same solution: $\ln(1 + e^{z})$ is a log-sum-exp of 0 and $z$. You need it in the
#   next lab, `05_multilabel`.
#
# <details><summary>Answers</summary>
#
# Yes: $\ln \sum_j e^{z_j - c} - (z_y - c)$ subtracts two small numbers.
#
# Most ways of writing it say 0: $e^{-40}$ is lost beside the 1 in the sum. `log1p` of the sum over all *other*
# exponentials keeps it.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Activation functions
#
# Each unit of a network adds up its weighted inputs and then does one more thing to the sum: it
# applies an **activation function**. Until now that was always the sigmoid. This lab compares it
# with two others, finds out how to choose, and shows what would be left of a network without any.
#
# **After this lab you can**
# - write sigmoid, ReLU and linear activations and their slopes, safe for scores of any size;
# - choose the activation of an output layer from the target, and of hidden layers from their slopes;
# - prove that a stack of linear layers is one linear layer, and compute it;
# - build a ReLU network by hand that draws any line of straight pieces.
#
# **Time** about 80 minutes, without the part that is marked as optional. **You need** NumPy arrays (shapes, broadcasting), the
# sigmoid of logistic regression, and what a slope (a derivative) is.
#
# **How it works** Six exercises and a quiz, 100 points. Write your answer in place of `YOUR CODE HERE`,
# then run the check below it, as often as you like. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils.checks import Check
from utils.figures import activations as figures

check = Check("02_activations")

# %% [markdown]
# ## Alternatives to the sigmoid
#
# A café wants to know how many cups it will sell tomorrow. A small network looks at the forecast and
# the calendar. In training, one of its hidden units learns to say *how crowded the square will be*.
#
# **Think first.** With a sigmoid, that unit answers with a number between 0 and 1. What can it not
# say? And what should it say on a rainy Monday, when nobody comes at all?
#
# <details><summary>One answer</summary>
#
# Crowds have sizes: a market day brings twice as many people as a sunny Sunday. A sigmoid that is near 1 on the Sunday can
# hardly give a larger number on the market day, and "nobody at all" is never quite 0. At both ends it is
# nearly flat: it **saturates**.
# </details>

# %% [markdown]
# So a unit needs other ways to answer. In all of them the score is $z = x_0 w_0 + x_1 w_1 + \dots + b$, in short $w \cdot x +
# b$, and the activation is $a = g(z)$. Only $g$ changes.

# %% [markdown]
# ## ReLU and linear
#
# Three activations do most of the work in practice:
#
# | name | $g(z)$ | range | says |
# | --- | --- | --- | --- |
# | sigmoid | $\dfrac{1}{1 + e^{-z}}$ | between 0 and 1 | how probable |
# | ReLU | $\max(z, 0)$ | from 0 up | how much, or nothing |
# | linear | $z$ | any number | how much, of either sign |
#
# ReLU is short for *rectified linear unit*. The linear activation is also called "no activation",
# because it returns its input.
#
# On a computer the sigmoid has a trap. **Try it.** For which of these scores does the exponential
# stop being a number? Then change the last one and find out, to the nearest ten, where that begins.
# (`inf` is how a float writes "too large", infinity; `nan`, *not a number*, is the result of `inf / inf` or `inf - inf`.)

# %%
scores = np.array([1.0, 10.0, 100.0, 1000.0])
with np.errstate(over="ignore"):  # NumPy would warn here; we look at the result instead
    print(np.exp(scores))

# %% [markdown]
# From 710 on, $e^{z}$ is beyond the largest float (about $1.8 \cdot 10^{308}$): it **overflows** to `inf`. Typed as it
# stands, $1 / (1 + e^{-z})$ has a problem at $z = -1000$: it gives the right 0, but by way of `inf` and with a warning; other ways of writing it
# end in `nan`. A large *negative* exponent is harmless: $e^{-1000}$ is rounded to 0, which is as close as a float can be.

# %% [markdown]
# ### Exercise: activations (18 points)
#
# Write three functions. Each works entry by entry on an array of **any shape**, also on a single number in an array such as
# `np.array(2.0)`, and returns an array of that shape.
#
# - `sigmoid(z)`: right, and without a NumPy warning, for scores from -10,000 to 10,000;
# - `relu(z)`: $\max(z, 0)$;
# - `linear(z)`: $z$.
#
# `z` may hold integers; the sigmoid of 1 is still 0.731. The array `z` itself stays as it was
# (`linear` may return it).
#
# **Example.** With $z = (-\ln 3,\; 0,\; \ln 3)$, where $\ln 3 \approx 1.0986$:
# sigmoid gives $(0.25, 0.5, 0.75)$, ReLU $(0, 0, 1.0986)$, linear $(-1.0986, 0, 1.0986)$.
#
# Nothing is forbidden here. Stuck? Run `check.hint("activations")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "activations_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry, for abs(z) up to 10,000. The result has the shape of z."""
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(z))  # at most 1, whatever the sign of z
    return np.where(z >= 0, 1.0, small) / (1.0 + small)
    ### END SOLUTION


def relu(z):
    """max(z, 0), entry by entry. The result has the shape of z."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def linear(z):
    """z itself."""
    ### BEGIN SOLUTION
    return z
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "activations", "locked": true, "points": 18, "schema_version": 3, "solution": false, "task": false}
check("activations", sigmoid, relu, linear)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations", sigmoid, relu, linear)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** With $e = e^{-|z|}$, which never exceeds 1, the sigmoid is $1 / (1 + e)$ on the right
# and $e / (1 + e)$ on the left: multiply numerator and denominator by $e^{z}$ to see that it is the same number.
# Working out a formula in a range where it is safe is half of numerical computing.
#
# **Think first.** Training follows slopes. Somewhere on these curves, a small change of $z$ hardly
# changes $a$ at all. Where, on each of the three?
#
# A slope can be measured: nudge $z$, and divide the change of $a$ by the nudge. For the sigmoid that gives
#
# | $a = \sigma(z)$ | 0.1 | 0.25 | 0.5 | 0.75 | 0.9 |
# | --- | --- | --- | --- | --- | --- |
# | slope there | 0.09 | 0.1875 | 0.25 | 0.1875 | 0.09 |
#
# **Think first.** Which product, made of $a$ alone, gives these five numbers? (You met it in the chain rule of `01_training`.)
#
# The linear activation has the slope 1 everywhere, ReLU has 1 to the right of 0 and 0 to the left. At $z = 0$ ReLU has a corner
# and, strictly, no slope. A program needs a number: **in this course it is 0** there, as it is in TensorFlow.

# %% [markdown]
# ### Exercise: slopes (14 points)
#
# Write `sigmoid_slope(z)` and `relu_slope(z)`, entry by entry for arrays of any shape, for scores
# from -500 to 500. Return numbers, not `True` and `False`, and leave `z` as it was. The slope of ReLU
# at 0 is 0.
#
# **Example.** With $z = (-\ln 3,\; 0,\; \ln 3)$ the sigmoid is $(0.25, 0.5, 0.75)$, so its slopes are
# $(0.1875,\; 0.25,\; 0.1875)$. Those of ReLU are $(0, 0, 1)$.
#
# Your own `sigmoid` is welcome; if it is wrong, this exercise can still earn all its points.
# Nothing is forbidden here. Stuck? Run `check.hint("slopes")`.


# %% nbgrader={"grade": false, "grade_id": "slopes_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_slope(z):
    """Slope of the sigmoid at z, entry by entry. The result has the shape of z."""
    ### BEGIN SOLUTION
    a = sigmoid(z)
    return a * (1 - a)
    ### END SOLUTION


def relu_slope(z):
    """Slope of ReLU at z, entry by entry: 1 where z > 0, else 0."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "slopes", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("slopes", sigmoid_slope, relu_slope)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "slopes", sigmoid_slope, relu_slope)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** With $a = \sigma(z)$ the slope of the sigmoid is $a\,(1 - a)$. (As a formula of $z$ it is
# $e^{-z} / (1 + e^{-z})^2$: one factor $1 / (1 + e^{-z}) = a$, and $e^{-z} / (1 + e^{-z}) = 1 - a$.)
#
# Your five functions, under one slider: the activations above with their tangents, the slopes below.
#
# **Try these**, and say what you expect before each.
#
# 1. Where is the sigmoid steepest, and how steep is it there?
# 2. Move $z$ from 0.1 to 4. By which factor does each slope change? And on to 8?
# 3. Move $z$ from 2 to -2. Which tangent jumps, and which is the same on both sides?

# %% tags=["demo"]
figures.three_activations(sigmoid, relu, linear, sigmoid_slope, relu_slope)

# %% [markdown]
# **What it showed**
#
# 1. At 0, with slope 0.25. A sigmoid never passes on more than a quarter of a change.
# 2. The slope of the sigmoid falls from 0.25 to 0.018, and to 0.0003: it saturates on both sides. That of ReLU is 1 everywhere
#    to the right of 0, however far you go, and that of the linear one everywhere.
# 3. ReLU jumps from slope 1 to 0. The sigmoid is symmetric: $\sigma'(-z) = \sigma'(z)$. Left of 0 ReLU
#    is flat as well; it saturates on one side only.

# %% [markdown]
# ## Choosing the output activation
#
# The last layer speaks to the outside world, so it must be able to say what the **target** can be,
# and preferably nothing else.
#
# **Think first.** Which numbers can each of these targets take?
#
# - whether a parcel arrives tomorrow;
# - what a shop earns in a month, losses included;
# - how many litres of water a household uses in a day.

# %% [markdown]
# ### Exercise: choose_output (12 points)
#
# Write `output_activation(target)`: the name of the activation for the output layer, as a string.
#
# | `target` | values | returns |
# | --- | --- | --- |
# | `"binary"` | yes or no, as a probability | ? |
# | `"real"` | any number, of either sign | ? |
# | `"non-negative"` | 0 or more | ? |
#
# The three names to choose from are `"sigmoid"`, `"linear"` and `"relu"`; each is used once.
#
# Anything else raises a `ValueError`: every other string (`"Real"` with a capital is another string, and
# so is the empty one), any number, and `None`. A wrong word should stop a program
# here, at once, and not after an hour of training with a guess.
#
# **Example.** `output_activation("multiclass")` raises a `ValueError`.
#
# Nothing is forbidden here. Stuck? Run `check.hint("choose_output")`.


# %% nbgrader={"grade": false, "grade_id": "choose_output_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def output_activation(target):
    """Name of the output activation for a "binary", "real" or "non-negative" target.

    Raises ValueError for anything else.
    """
    ### BEGIN SOLUTION
    if target == "binary":
        return "sigmoid"
    if target == "real":
        return "linear"
    if target == "non-negative":
        return "relu"
    raise ValueError(f"unknown target: {target!r}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "choose_output", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("choose_output", output_activation)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "choose_output", output_activation)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** The target decides, before any training: a probability for the parcel, any number for
# the earnings, 0 or more for the litres. And with the output comes the loss that fits it, by its name in Keras:
#
# | target | output activation | loss |
# | --- | --- | --- |
# | yes or no | `"sigmoid"` | `"binary_crossentropy"` |
# | any number | `"linear"` | `"mean_squared_error"` |
# | 0 or more | `"relu"` | `"mean_squared_error"` |
# | one of several classes | `"softmax"` | `"sparse_categorical_crossentropy"`, see `03_softmax` |
#
# For a number that is never negative a linear output would often do as well; ReLU only prevents values that make no sense.
# It has a price: where its score is negative, its slope is 0, and that example teaches nothing.

# %% [markdown]
# ## Choosing hidden activations: why ReLU trains faster
#
# Inside the network no target tells us what to take. There the question is how well it trains, and that
# depends on slopes.
#
# **Think first.** A weight in an early layer acts on the cost only through all later layers. In a chain of functions the slopes
# multiply (the **chain rule**), so on the way back from the cost each layer multiplies the gradient by the slope of its activation and by its
# weights. After ten sigmoid layers, with weights of 1, how much is left at most?
#
# <details><summary>One answer</summary>
#
# At most a quarter for each layer, at $z = 0$: $0.25^{10}$ is about a millionth.
# </details>

# %% [markdown]
# Let us measure it. The figure builds two networks with the same random weights, one of sigmoid
# units, one of ReLU units, both driven by your functions. Its bars are the sizes of the gradient (the root of the sum of its
# squares), layer by layer, before any training. The scale is logarithmic: each line is a factor of 10.
# Weights of *size* 1 are random numbers of about $1/\sqrt n$ in a layer with $n$ inputs, so that a sum of $n$ of them is about as large as one input.
#
# **Try these.**
#
# 1. With 8 layers, compare layer 1 with layer 8 for the sigmoid. By how much would its learning rate have
#    to differ to learn at the same pace?
# 2. Take 2 layers, then 12. When does it begin to matter which activation you take?
# 3. Change the size of the weights. Can larger weights rescue the sigmoid? What do they do to ReLU?
#
# **Think first.** Eight sigmoid layers, weights of size 1.4: divide the gradient of layer 1 by that of layer 8. Which power of
# ten comes out? (-1 is a tenth.) Your guess is drawn over the truth.

# %% tags=["demo"]
my_guess = figures.guess("power of ten: layer 1 divided by layer 8", -9, 0, 0)
my_guess

# %% tags=["demo"]
figures.saturation(sigmoid, sigmoid_slope, relu, relu_slope, my_guess)

# %% [markdown]
# **What it showed**
#
# 1. The sigmoid loses a factor of about 3 with every layer: a quarter from its slope, times 1.4 from the weights. So the
#    first of eight gets two thousand times less than the last, $10^{-3.3}$. This is the **vanishing gradient**.
# 2. With two layers hardly, with five or more very much: the factors of all layers multiply.
# 3. They soften the shrinking with the sigmoid but do not end it, because large scores end up where it is flat. With ReLU the
#    gradient is about the same in all layers, but with large weights it is large in all of them: at size 4 and with eight
#    layers it is a thousand times that at size 1.4. This size is right: $\sqrt{2}$ compensates for the half of the units that
#    is off.
#
# Two more reasons: ReLU is cheaper to compute, and a unit that is off is exactly 0. So the
# advice is short: **ReLU in hidden layers**, unless you have a reason. It has one weak spot, though.
#
# **Try these.** One ReLU unit learns a ramp by gradient descent, with your `relu` and `relu_slope`.
#
# 1. It starts with the bias at -7, and nothing happens. Why? Up to which bias does it learn?
# 2. Choose the *leaky ReLU*, whose slope on the left is 0.1 in place of 0. What is different?

# %% tags=["demo"]
figures.dead_unit(relu, relu_slope)

# %% [markdown]
# **What it showed**
#
# 1. Its score is negative for *every* example, so every slope is 0: no gradient, no way back. The unit is **dead**. From a bias
#    of -5.5 it still learns, because some examples switch it on.
# 2. A small slope on the left lets the error through, and the unit comes back to life.
#
# ### Optional: a zoo of activations
#
# There are more activations, and you will meet them in other people's networks. Compare the slope of each with that of ReLU.

# %% tags=["demo"]
figures.zoo()

# %% [markdown]
# Tanh is a sigmoid stretched to the range from -1 to 1, so its slope reaches 1, but it saturates as well. The GELU is a
# ReLU without the corner; large language models often use it.

# %% [markdown]
# ## Why non-linear activations are needed at all
#
# The linear activation has a slope of 1 everywhere. Nothing saturates, nothing vanishes. Why
# not take it for all layers?
#
# **Think first.** Two linear layers, one number each: $h = 3x + 1$, then $y = 2h - 5$. Write $y$ as a
# function of $x$. What has the second layer added to what the first could do?
#
# <details><summary>One answer</summary>
#
# $y = 2(3x + 1) - 5 = 6x - 3$: one linear function. The second layer has added nothing.
# </details>

# %% [markdown]
# The same happens with matrices. Examples are rows, and a layer takes `X` to `X @ W + b`:
#
# $$(X W_1 + b_1)\, W_2 + b_2 = X W + b \qquad \text{for one } W \text{ and one } b .$$

# %% [markdown]
# ### Exercise: collapse (16 points)
#
# Multiply out, then write `collapse(W1, b1, W2, b2)`: it returns the pair `(W, b)` (a tuple or a list) of the
# single layer that equals the two.
#
# | | shape |
# | --- | --- |
# | `W1`, `b1` | `(n, k)`, `(k,)` |
# | `W2`, `b2` | `(k, p)`, `(p,)` |
# | `W`, `b` | `(n, p)`, `(p,)` |
#
# **Example.** One input, two hidden units, one output:
#
# $$W_1 = \begin{pmatrix} 1 & 2 \end{pmatrix},\; b_1 = (3, 4), \qquad
#   W_2 = \begin{pmatrix} 5 \\ 6 \end{pmatrix},\; b_2 = (7)
#   \qquad\text{give}\qquad W = \begin{pmatrix} 17 \end{pmatrix},\; b = (46) .$$
#
# Check it with $x = 1$: the hidden units are $(4, 6)$, the output is $20 + 36 + 7 = 63 = 17 + 46$.
#
# Nothing is forbidden here. Stuck? Run `check.hint("collapse")`.


# %% nbgrader={"grade": false, "grade_id": "collapse_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def collapse(W1, b1, W2, b2):
    """The layer (W, b) with X W + b = (X W1 + b1) W2 + b2 for every X.

    W1: (n, k). b1: (k,). W2: (k, p). b2: (p,). Returns (W (n, p), b (p,)).
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "collapse", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("collapse", collapse)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "collapse", collapse)
### END HIDDEN TESTS

# %% [markdown]
# Here two networks learn the same curve, a wave, and lower the mean squared error. Both have three layers, 1 to 16 to 16 to 1, with the same first
# weights: 321 numbers to learn. One has linear hidden layers, the other your `relu`.
#
# **Try these.**
#
# 1. Before you press play: what will the linear network look like in the end?
# 2. Play. When does its loss stop falling? Would more steps help, or more layers?
# 3. Read the line under the figure: your `collapse`, used twice, turns its 321 numbers into two.

# %% tags=["demo"]
figures.deep_linear(collapse, relu, relu_slope)

# %% [markdown]
# **What it showed.** The deep linear network can draw straight lines and nothing else. After about 80 steps it has found
# the best one, with a loss of 0.430, and stays there; neither more steps nor more layers help. The ReLU network bends, and its
# loss goes down to 0.006. The two networks differ in one function only, which is flat on one side.
#
# This is also why a sigmoid *output* on linear hidden layers is only logistic regression: the hidden
# layers collapse, and one linear layer with a sigmoid on top remains.

# %% [markdown]
# ## The ReLU workshop
#
# How do corners add up to a curve? Take one input $x$ and $k$ hidden ReLU units. Unit $j$ has a weight $w_j$,
# a bias $b_j$, and a weight $v_j$ with which its activation enters the output; $c$ is the output's bias:
#
# $$f(x) = \sum_{j} v_j \max(w_j x + b_j,\, 0) + c .$$
#
# **Think first.** One unit with $w = 1$, $b = -2$, $v = 3$, and $c = 0$. Where does its graph have a corner?
# What is the slope to the left of it, and to the right?
#
# <details><summary>One answer</summary>
#
# At $x = 2$, where the score $x - 2$ passes 0. To the left the unit is off and the slope is 0; to the right it is $v\,w = 3$.
# </details>

# %% [markdown]
# ### Exercise: relu_network (14 points)
#
# Write `relu_network(x, w, b, v, c)`: the outputs for all inputs at once. `x` has the shape `(m,)`; `w`, `b` and `v`
# have the shape `(k,)`; `c` is a number. The result has the shape `(m,)`: **every** input goes through
# **every** unit.
#
# **Example.** Two units, $w = (1, -1)$, $b = (-2, 1)$, $v = (3, 2)$, and $c = 1$:
#
# | $x$ | scores | after ReLU | output |
# | --- | --- | --- | --- |
# | 0 | -2, 1 | 0, 1 | $0 + 2 + 1 = 3$ |
# | 1.5 | -0.5, -0.5 | 0, 0 | $0 + 0 + 1 = 1$ |
# | 4 | 2, -3 | 2, 0 | $6 + 0 + 1 = 7$ |
#
# Nothing is forbidden here, and a loop is as good as a product. Stuck? Run `check.hint("relu_network")`.


# %% nbgrader={"grade": false, "grade_id": "relu_network_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_network(x, w, b, v, c):
    """Sum over the units j of v_j max(w_j x + b_j, 0), plus c.

    x: (m,). w, b, v: (k,). c: a number. Returns (m,).
    """
    ### BEGIN SOLUTION
    scores = x[:, None] * w + b  # (m, k): one row an input, one column a unit
    return relu(scores) @ v + c
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "relu_network", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("relu_network", relu_network)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "relu_network", relu_network)
### END HIDDEN TESTS

# %% [markdown]
# ### Level one: you are the training algorithm
#
# Three units with $w = 1$ stand ready. A bias $b$ moves the corner of its unit, a slope $v$ tilts what lies to the right of the
# corner. On the left is what each unit adds, on the right the sum and the target. ($c$ is set for you.)
#
# **Try these.**
#
# 1. Match the *roof*. Begin at the left: which unit is responsible for the first piece?
# 2. Once the first piece fits, which sliders must you not touch any more?
# 3. Match *late start*. Note $v$ of each unit beside the slopes of the pieces. What is the rule?
# 4. Try the *bowl*. Try to get the error (the root of the mean squared distance) below 0.13. Why can it not be 0?
#
# **Level two.** Tick *let gradient descent try from here*: from your slider positions it takes 1000 steps on biases and
# slopes, and draws where it ends.
#
# 5. Press *Reset*. Which of the four targets does it match from there, and for which is your error smaller?
# 6. Take the *valley*, move the three corners to those of the target, and leave the slopes as they are. What happens now?

# %% tags=["demo"]
figures.relu_workshop(relu_network)

# %% [markdown]
# **What it showed**
#
# 1. The one whose corner is furthest to the left: it is the only one that is on there.
# 2. Its own two. A unit with $w = 1$ is off to the left of its corner, so later units cannot spoil
#    what is finished.
# 3. On a piece, the slope is the sum of $v$ over all units that are on. So each corner adds its own
#    $v$: **the change of slope**, not the new slope.
# 4. A bowl is curved everywhere, but three units have only three corners. About 0.12 is the best that these sliders can do: corners at 0,
#    1.75 and 3.75 with $v$ of $-1.5$, $1.25$ and $1.5$. More units come closer, but a
#    ReLU network always consists of straight pieces.
# 5. It nearly matches the roof (0.04). On the others it ends between 0.2 and 0.35, and you can do better.
# 6. From there it gets down to 0.06. Where gradient descent ends depends on where it begins: a corner in the wrong place
#    is hard to move. That is one reason why networks get many more units than they seem to need: some corner is
#    always near.
#
# **Think first.** Given a list of points, could you write down the network that joins them, without any
# sliders and without any training?

# %% [markdown]
# ### Exercise: fit_pieces (16 points)
#
# Write `fit_pieces(knots, values)`: it returns `(w, b, v, c)` (a tuple or a list), the weights of a ReLU network that passes through
# every point `(knots[i], values[i])` and is **straight between neighbours**. `w`, `b` and `v` are one-dimensional
# (arrays or lists) and equally long, one entry for each unit; `c` is a number. `relu_network(knots, w, b, v, c)` then gives
# `values` back, with an error below $10^{-9}$.
#
# The $x$ of the points are called **knots**. There are at least two, in increasing order, at uneven distances. You choose how
# many units there are, and many networks are right. To the left of the first knot and to the right of the last nothing is
# asked.
#
# **Example.** Through $(1, 2)$, $(3, 6)$ and $(4, 5)$ the pieces have the slopes 2 and -1. One right answer is
#
# $$w = (1, 1), \quad b = (-1, -3), \quad v = (2, -3), \quad c = 2 .$$
#
# At $x = 4$ its scores are 3 and 1, and the output is $2 \cdot 3 - 3 \cdot 1 + 2 = 5$.
#
# Nothing is forbidden here. Stuck? Run `check.hint("fit_pieces")`.


# %% nbgrader={"grade": false, "grade_id": "fit_pieces_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_pieces(knots, values):
    """Weights of a ReLU network through the points (knots[i], values[i]), straight between them.

    knots: increasing, (n,). values: (n,). Returns (w (k,), b (k,), v (k,), c).
    """
    ### BEGIN SOLUTION
    slopes = np.diff(values) / np.diff(knots)
    w = np.ones(len(slopes))
    b = -knots[:-1]  # each unit switches on where its piece begins
    v = np.diff(slopes, prepend=0.0)  # and adds what the slope changes by
    return w, b, v, values[0]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "fit_pieces", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("fit_pieces", fit_pieces)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "fit_pieces", fit_pieces)
### END HIDDEN TESTS

# %% [markdown]
# Your network now follows a smooth curve through as many points as you like.
#
# **Try these.**
#
# 1. Note the largest error with 9 points, and with 17: half the distance. What is the factor? And with 33?
# 2. Switch on *look outside*. What does your network do where it was given no points? Would another right
#    answer do the same?

# %% tags=["demo"]
figures.pieces(fit_pieces, relu_network)

# %% [markdown]
# **What it showed**
#
# 1. About 4: half the distance, a quarter of the error, as for any smooth curve cut into straight pieces.
#    With enough ReLU units a network comes as close as you like to **any** continuous curve on an interval. Training
#    then has to find those weights from data, with many inputs at once, which is the harder half.
# 2. It goes on in straight lines, whatever the curve does, because there are no corners out there. Other right
#    answers may go on in other directions: the data say nothing about these inputs. Remember this when a network is asked about
#    inputs unlike those it has seen.

# %% [markdown]
# ## The same choices in Keras
#
# In Keras an activation is a word in the layer: `Dense(25, activation="relu")`. Leaving it out means
# linear. The import takes a few seconds.

# %%
import keras
import tensorflow as tf

print("Keras", keras.__version__, "on TensorFlow", tf.__version__)
z = np.array([-2.0, 0.0, 2.0], dtype="float32")
for name in ("sigmoid", "relu", "linear"):
    print(f"{name:8}", np.asarray(keras.activations.get(name)(z)).round(4))

# %% [markdown]
# Now a race. Two networks read hand-written digits, 8 by 8 pixels, ten classes. Both have five hidden layers of 25 units, the
# same batches, and plain gradient descent with a learning rate of 0.1. One has sigmoid units, one ReLU units. On the right
# you see how far the weights of each layer have moved from where they began; each line is a factor of 10.
#
# **Think first.** You know the sizes of their gradients. A network that knows nothing, and gives each digit
# a tenth, has the loss $-\ln 0.1 = \ln 10 \approx 2.303$. Which of the two will stay there, and which layers will move?

# %% tags=["demo"]
figures.race("sigmoid", "relu", hidden_layers=5, epochs=15)

# %% [markdown]
# **What it showed.** The ReLU network begins to learn after one or two epochs, and all its layers move alike. The sigmoid network
# stays at $\ln 10$: in the end its layer 1 has moved about fifty times less than its last layer (after the first epoch it was
# hundreds of times less). Only the last layer gets a useful gradient, and all it can learn is how often each digit occurs.
#
# **Try these**, each with a prediction.
#
# 1. Let both use `optimizer="adam"` (you write it in `06_adam`): it gives each weight steps of about the same size, however small
#    its gradient is. What happens to the bars, and to the curves?
# 2. Back to gradient descent, with `hidden_layers=1`. Is there still a winner?
# 3. `"linear"` against `"relu"`, five layers, `epochs=5`. Which wins? And think of `collapse`: what kind of model is it really?

# %% [markdown]
# <details><summary>Answers</summary>
#
# 1. Now layer 1 moves as far as the last one from the first epoch on, and after five to ten epochs the sigmoid network begins to
#    learn. But it is still far behind: a loss of 1.8 after 15 epochs, against 0.1. So small steps are not the only problem: a
#    gradient that has shrunk through five layers also says little about where to go.
# 2. Yes: after 15 epochs the losses are about 0.7 and 0.14, and 90 and 97% of the digits are read correctly.
# 3. The linear network wins these first epochs: slope 1 everywhere. It collapses into a single layer, which happens to be
#    nearly enough for such small and tidy digits. The wave above has shown what it
#    will never do, however long it trains.
# </details>

# %% [markdown]
# ## Practice quiz: Activation functions
#
# Five questions, 2 points each. Write the letter of your answer in quotes, as in `answer = "a"`. The check says only
# whether it is one of the options. After the last question you learn which are right, and why.

# %% [markdown]
# ### Question 1
#
# A network has two hidden ReLU units, $f(x) = 2 \max(x - 1, 0) - 3 \max(-x, 0) + 1$. What is $f(-2)$?
#
# - a) 1
# - b) -5
# - c) 7
# - d) -11

# %% nbgrader={"grade": false, "grade_id": "activations_1_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_activations_1 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_activations_1 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "activations_1", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("activations_1", answer_activations_1)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations_1", answer_activations_1)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2
#
# A gradient passes back through six sigmoid units in a row, and all weights are 1. Which part of it can be left at most,
# because of the slopes of the sigmoids?
#
# - a) 0.25
# - b) 1.5
# - c) about 0.042
# - d) about 0.00024

# %% nbgrader={"grade": false, "grade_id": "activations_2_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_activations_2 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_activations_2 = "d"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "activations_2", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("activations_2", answer_activations_2)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations_2", answer_activations_2)
### END HIDDEN TESTS

# %% tags=["demo"]
figures.quiz_line()

# %% [markdown]
# ### Question 3
#
# The figure above shows the output of a ReLU network in which every unit has $w = 1$. One of its units switches on at
# $x = 2$. What is the weight $v$ of that unit?
#
# - a) -3
# - b) -2
# - c) -1
# - d) 3

# %% nbgrader={"grade": false, "grade_id": "activations_3_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_activations_3 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_activations_3 = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "activations_3", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("activations_3", answer_activations_3)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations_3", answer_activations_3)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4
#
# A network predicts, in degrees, by how much tomorrow will be warmer than today. Which activation suits its output layer?
#
# - a) ReLU, as in the hidden layers
# - b) linear
# - c) sigmoid
# - d) any: only the hidden layers matter

# %% nbgrader={"grade": false, "grade_id": "activations_4_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_activations_4 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_activations_4 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "activations_4", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("activations_4", answer_activations_4)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations_4", answer_activations_4)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5
#
# Three dense layers with linear activations lead from 10 inputs to 50 units, to 50 units, to 1 output. How many weights
# and biases does a single dense layer need that gives the same outputs?
#
# - a) 3,151
# - b) 111
# - c) 11
# - d) 10

# %% nbgrader={"grade": false, "grade_id": "activations_5_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_activations_5 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_activations_5 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "activations_5", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("activations_5", answer_activations_5)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("02_activations", "activations_5", answer_activations_5)
### END HIDDEN TESTS

# %% [markdown]
# **Learning on your own?** When all five questions have an answer and their checks are run, the next cell says which answers are
# right, and why. You may choose again. In a course your instructor's marking does that, and this cell stays closed.

# %% tags=["demo"]
check.explain()

# %% [markdown]
# ## Summary
#
# - **Sigmoid** says how probable, **ReLU** how much or nothing, **linear** how much of either sign.
# - The **output** activation follows from the target: sigmoid for yes or no, linear for any number, ReLU for numbers
#   that are never negative.
# - **Hidden** layers take ReLU. The slope of the sigmoid is a quarter at most, and layers multiply. A ReLU unit that is off
#   for every example is dead; a leaky one is not.
# - **Without** a non-linear activation, any stack of layers collapses into one.
# - A ReLU network of one input is a line of straight pieces; each unit adds a corner, and its $v$ (times $|w|$) is the
#   change of slope there.

# %% [markdown]
# ## What to try next
#
# - `fit_pieces` used one unit for each piece. Can you pass through three points with a single unit? When?
# - Call `relu_network` with $w = -1$ for one unit, and several `x`. On which side of its corner is that unit on?
# - Write `tanh(z)` with your `sigmoid`. (They are the same curve, stretched and shifted.)
#
# <details><summary>Answers</summary>
#
# Draw the line through the second and the third point, and on to the left. If it meets the height of the first point before it gets there, one
# unit is enough: it switches on at that place. (With $w = -1$, exchange left and right.) Three points on one straight line are such a case.
#
# Units with $w = -1$ are on to the *left* of their corner.
#
# $\tanh(z) = 2\,\sigma(2 z) - 1$.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Train a network with TensorFlow
#
# Somebody wrote a 0 or a 1 by hand. In this lab a **network**, a function with many adjustable
# numbers, learns to say which, from the picture alone. Keras, the part of TensorFlow that you will use, does it in three steps:
# create a model, say which number measures its mistakes, make that number smaller. You take each step twice: once with Keras, and
# once with a single unit that you write yourself, so that no step stays a mystery.
#
# **After this lab you can**
# - build a network of dense layers in Keras, and say what each of its numbers is for;
# - write down the binary cross-entropy and its gradient, and train a logistic unit with them;
# - choose a learning rate, a batch size and a number of epochs, and read a learning curve;
# - say which part of this work a framework does for you.
#
# **Time** about 105 minutes, with a good place for a break in the middle. **You need** NumPy arrays (shapes, `@`,
# broadcasting), the idea of a derivative (a slope), and Python functions.
#
# **How it works** Click into a cell and press **Shift+Enter** to run it; write each answer in place of
# `YOUR CODE HERE`, run its cell, then run the check in the next one as often as you like. If you are
# stuck, add a cell (Esc, then B) and run `check.hint("build_model")`, with the name of your exercise.

# %%
import numpy as np

from utils import data
from utils.checks import Check
from utils.figures import training as figures

check = Check("01_training")

# %% [markdown]
# ## The hand-written digit problem
#
# Below are 360 real scans of zeros and ones. Each has 8 by 8 pixels, and each pixel is one number:
# 0 for bare paper, 1 for full ink. A **model** is a function with adjustable
# numbers in it; **training** finds good values for them. The model never sees the picture. It sees the 64 numbers in one row.
#
# **Think first.** Suppose you may look at only one pixel. Which one would show best whether it is a 0 or a 1?
#
# **Try it.** Move both sliders and test your pixel on several pictures. Is it ever wrong?

# %% tags=["demo"]
figures.pixels()

# %% [markdown]
# **What it showed.** The pixels in the middle say most: a 1 has ink there, a 0 mostly has none. The best single one is number
# 36: "any ink there means 1" is right about 98.9% of the pictures. So this
# problem is an easy one, chosen because you can look at every number. But no pixel is always
# right. A better answer combines many of them, and training finds out how.
#
# All labs use the same letters. `X` has one row for each picture, an **example**, and one column for each pixel, a
# **feature**; `y` holds the right answers, the **labels**. Here $m = 360$ examples and $n = 64$ features.

# %%
X, y = data.digits_binary()
print("X", X.shape, "from", X.min(), "to", X.max())
print("y", y.shape, "with", np.sum(y == 0), "zeros and", np.sum(y == 1), "ones")

# %% [markdown]
# ## Step 1: create the model
#
# ### One unit
#
# A network is made of **units**. A unit has a **weight** for each feature, the array $w$, and one number more, the **bias**
# $b$. From a row $x$ it makes a **score** $z$: it multiplies each feature by its weight, adds up the products and adds the
# bias. An **activation** function then turns the score into its output. Here that is the **sigmoid** $\sigma$, whose output
# lies between 0 and 1, so that it can be read as a probability $p$, here "this is a 1":
#
# $$z = x_0 w_0 + x_1 w_1 + \dots + x_{n-1} w_{n-1} + b, \qquad p = \sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# A single unit of this kind, on its own, is known as **logistic regression**.
#
# **Think first.** Which score gives $p = 0.5$? What happens to $p$ if a score of 3 becomes 6?

# %% [markdown]
# ### Exercise: sigmoid_unit (12 points)
#
# Write `predict(X, w, b)`: the probability for **each row** of `X`. `X` is `(m, n)`, `w` is `(n,)`, `b` is a
# number; the result is `(m,)`.
#
# **Example.** Two rows, two features:
#
# $$X = \begin{pmatrix} 1 & 2 \\ 3 & 0 \end{pmatrix}, \quad w = (1, -1), \quad b = 1 .$$
#
# The scores are $1 - 2 + 1 = 0$ and $3 - 0 + 1 = 4$, so the result is $(0.5,\; 0.98201)$.
#
# Scores here stay between -30 and 30. Nothing is forbidden. Your function may return a list or an array,
# but it must leave its arguments as they are; that holds for every exercise of these labs.
#
# Stuck? Run `check.hint("sigmoid_unit")`.


# %% nbgrader={"grade": false, "grade_id": "sigmoid_unit_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict(X, w, b):
    """sigmoid(X w + b): the probability for each row of X.

    X: (m, n). w: (n,). b: a number. Returns (m,).
    """
    ### BEGIN SOLUTION
    return 1 / (1 + np.exp(-(X @ w + b)))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "sigmoid_unit", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("sigmoid_unit", predict)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "sigmoid_unit", predict)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** A score of 0 gives a probability of one half; on both sides of it the sigmoid becomes flatter. From 3 to 6 the
# probability only climbs from 0.953 to 0.998: the score says how strongly the unit prefers one answer, the probability how sure it is.
# And `X @ w` makes all scores at once.

# %% [markdown]
# ### From the unit to the network
#
# A *dense* **layer** is a row of units, and every unit looks at all numbers that come in. With a matrix of weights, one column
# for each unit, `X @ W` makes the scores of a whole layer. The outputs of one
# layer are the inputs of the next, and a network is a chain of layers. All but the last are called **hidden** layers:
#
# $$64 \text{ pixels} \;\to\; 25 \text{ units} \;\to\; 15 \text{ units} \;\to\; 1 \text{ unit} \;\to\; p .$$
#
# Keras builds such chains, and TensorFlow computes with them. The import takes some seconds.

# %%
import keras
import tensorflow as tf

# %% [markdown]
# `keras.layers.Dense(1, activation="sigmoid")` is a layer of one unit, so it should be your `predict`. **Try it.** The cell
# gives both the same weights and the same four pictures. `keras.Sequential` takes the list of layers, and `keras.Input`
# says what a row looks like.

# %% tags=["demo"]
rng = np.random.default_rng(0)
w, b = rng.normal(scale=0.2, size=64), 0.1
unit = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, activation="sigmoid")])
unit.set_weights([w[:, np.newaxis], np.array([b])])  # one column of 64 weights, and one bias
figures.beside("predict", lambda: predict(X[:4], w, b), unit.predict(X[:4], verbose=0))

# %% [markdown]
# The same numbers. That is step 1 of three in Keras: **create the model**. You may also write
# `tf.keras.layers.Dense`; it is the same thing under a longer name.

# %% [markdown]
# ### Exercise: build_model (10 points)
#
# Write `build_model(n_features)`: return a `keras.Sequential` model for inputs
# of shape `(n_features,)`, with three dense layers of 25, 15 and 1 units, all with the sigmoid. (Keras has another way to write a
# model, the *functional* one. An equal functional model is right as well.) Return it as it is, **not compiled**: that is step 2.
#
# **Example.** This is a *different* model, for inputs of 8 numbers, with layers of 4 and 2 units and other activations
# (`02_activations` is about them):
#
#     keras.Sequential(
#         [
#             keras.Input((8,)),
#             keras.layers.Dense(4, activation="relu"),
#             keras.layers.Dense(2, activation="linear"),
#         ]
#     )
#
# **Not allowed:** further layers with weights, dropout (a layer that switches units off at random), layers without bias.
#
# Stuck? Run `check.hint("build_model")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "build_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_model(n_features):
    """A network of 25, 15 and 1 sigmoid units for rows of n_features numbers; not compiled."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(25, activation="sigmoid"),
            keras.layers.Dense(15, activation="sigmoid"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "build_model", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("build_model", build_model)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "build_model", build_model)
### END HIDDEN TESTS

# %% [markdown]
# **Think first.** How many numbers will this model learn, for 64 pixels? A unit has one weight for each
# of its inputs, and one bias. Work it out on paper, layer by layer, then run the cell.

# %% tags=["demo"]
figures.count_parameters(build_model)

# %% [markdown]
# **What it showed.** $64 \cdot 25 + 25 = 1625$, then $25 \cdot 15 + 15 = 390$, then $15 + 1 = 16$:
# 2031 numbers, the **parameters** of the network. The weights begin small and random, the biases at 0, so the model already answers, but it guesses:
# every picture, zero or one, gets nearly the same probability.

# %% [markdown]
# ## Step 2: loss and cost
#
# To improve, a model needs to know how badly it does. Two words for that:
#
# - the **loss** is what *one* example costs;
# - the **cost** is the mean loss over all $m$ examples, the number that training lowers (makes smaller).
#
# **Think first.** Three models look at a 1. They say $p = 0.9$, $p = 0.6$ and $p = 0.01$. Counting
# mistakes gives 0, 0 and 1. What does that count overlook?
#
# <details><summary>One answer</summary>
#
# It does not see that 0.9 is better than 0.6. And the count is flat: if you change a weight a little, it usually stays the
# same, so it does not say in which direction to go.
# </details>

# %% [markdown]
# The loss we use looks at the probability that the model gave to the **truth**. If the label is 1, that is $p$;
# if it is 0, that is $1 - p$:
#
# $$\text{loss} = \begin{cases} -\ln p & \text{if } y = 1 \\ -\ln (1 - p) & \text{if } y = 0 \end{cases}
#   \qquad = \; -\,y \ln p - (1 - y) \ln (1 - p) .$$
#
# In the form on the right, the label works as a switch: one of the two terms is always multiplied by 0.
#
# **The name.** *Binary*: there are two answers. Call $-\ln p$ the *surprise* at something that had the probability $p$: small for what was expected,
# large for what was not. *Entropy* is a mean surprise; *cross*, because the surprise is the model's, while the labels say what happens.

# %% [markdown]
# ### Exercise: binary_cross_entropy (14 points)
#
# Write `binary_cross_entropy(y, p)`: the **mean** loss, one number. `y` holds labels 0 or 1, `p`
# probabilities, both `(m,)`.
#
# A probability of exactly 0 for the truth would cost infinity, and beside one such example all others would no longer count. So
# first **clip** `p` to $[10^{-7},\; 1 - 10^{-7}]$: whatever is smaller or larger moves to the
# end of that range, and everything inside stays as it is.
#
# **Example.** `y` = (1, 0), `p` = (0.5, 0.2):
#
# | label | probability | loss |
# | --- | --- | --- |
# | 1 | 0.5 | $-\ln 0.5 = 0.6931$ |
# | 0 | 0.2 | $-\ln 0.8 = 0.2231$ |
#
# The cost is 0.4581. And a 1 with $p = 0$ costs $-\ln 10^{-7} = 16.118$, the most expensive mistake there is.
#
# Nothing is forbidden, but work in NumPy's usual double precision, about 16 digits: the loss objects of Keras
# calculate with about seven, which is too few near 0 and 1.
#
# Stuck? Run `check.hint("binary_cross_entropy")`.


# %% nbgrader={"grade": false, "grade_id": "binary_cross_entropy_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def binary_cross_entropy(y, p):
    """Mean of -(y ln p + (1 - y) ln(1 - p)), with p clipped to [1e-7, 1 - 1e-7].

    y: labels 0 or 1, (m,). p: probabilities, (m,). Returns a number.
    """
    ### BEGIN SOLUTION
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "binary_cross_entropy", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("binary_cross_entropy", binary_cross_entropy)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "binary_cross_entropy", binary_cross_entropy)
### END HIDDEN TESTS

# %% [markdown]
# **Try these** on your own curve.
#
# 1. Label 1: how much does it cost to fall from 0.9 to 0.8? And from 0.2 to 0.1?
# 2. What does $p = 0.5$ cost, whatever the label? You will meet this number again.
# 3. Change the label. Where is the mirror?

# %% tags=["demo"]
figures.loss_terms(binary_cross_entropy)

# %% [markdown]
# **What it showed**
#
# 1. 0.12 and 0.69. Being a little unsure is cheap, being confidently wrong is expensive.
# 2. $\ln 2 \approx 0.693$: the cost of knowing nothing. An untrained model starts near it, or a little above.
# 3. At 0.5. The two curves are one and the same, read from the other side.

# %% [markdown]
# In Keras the second of the three steps is one line, `compile`. Its `loss` names **what to lower**: `"binary_crossentropy"` is
# the cost that you have just written. Its `optimizer` says how: `SGD` is
# gradient descent, the subject of step 3. **Try it**, with the
# unit from above, still with the same weights, and all 360 pictures.

# %% tags=["demo"]
unit.compile(optimizer=keras.optimizers.SGD(learning_rate=0.5), loss="binary_crossentropy")
keras_cost = unit.evaluate(X, y, verbose=0)
figures.beside("yours", lambda: binary_cross_entropy(y, predict(X, w, b)), keras_cost)

# %% [markdown]
# The same cost, again. Another target needs another loss: to predict a number, such as a temperature, take the squared
# error, `"mean_squared_error"`; for one class out of several, see `03_softmax`.
#
# Now do the training by hand. Each picture is reduced to two features: the ink in its two middle columns, and the ink on both
# sides of them. Both are **standardised**: 0 means as much ink as in the average picture, 1 means one standard deviation (a
# usual distance from the average) more. So "ink" can be negative here. The colours show what *your* unit says about every point
# of the plane. The **border** runs where it says 0.5.
#
# **Try it.** Move $w_0$, $w_1$ and $b$ until the cost is as low as you can get it. Can you get below 0.2?

# %% tags=["demo"]
figures.by_hand(predict, binary_cross_entropy)

# %% [markdown]
# **What it showed.** The weights turn the border and make the change across it steeper, the bias shifts it. A border in the right
# place with small weights is still expensive: the unit is right, but not sure. About 0.18 is the lowest cost, at weights near 2.1
# and $-3.5$ and a bias near 1.5. Even three sliders are a lot of work, and the network has 2031 parameters.

# %% [markdown]
# ## Step 3: gradient descent
#
# You found your way by trying: move a slider a little, see whether the cost falls. The **gradient** says how
# fast the cost rises with each parameter, for all of them at once and without trying. Then each parameter takes a small step in the other direction:
#
# $$w \leftarrow w - \alpha \, \frac{\partial J}{\partial w}, \qquad
#   b \leftarrow b - \alpha \, \frac{\partial J}{\partial b} .$$
#
# $J$ is the cost, and $\alpha$, the **learning rate**, says how far to go. The sign $\partial$ marks a **partial derivative**:
# $\partial J / \partial w$ is the slope of $J$ when $w$ alone changes and everything else stays. This is *gradient descent*,
# and it is what `fit` does, over and over. (Go back to the last figure and tick *where is downhill?*: the arrow shows one such
# step.)
#
# A slope can be measured: change one parameter by a small amount, a **nudge**, and divide the change of the cost by the nudge.
# The figure does that for each of the three, beside a formula that needs no nudge, the mean of $(p - y)\,x$. (For the bias, $x$
# is 1.)
#
# **Try these.**
#
# 1. Make the nudge smaller. What happens to the two bars?
# 2. A slope is negative. Which way should that slider go?
# 3. Press *One step downhill* several times ($\alpha = 1$). What happens to the border, and to the bars?

# %% tags=["demo"]
figures.nudge(predict, binary_cross_entropy)

# %% [markdown]
# **What it showed**
#
# 1. They come together. So the formula is the slope: one calculation gives all slopes of the unit, without a nudge for each
#    parameter. (For the 2031 of the network, `07_backprop` finds such a way.)
# 2. Up: against the slope the cost falls.
# 3. The border turns into the gap between the zeros and the ones, and the bars shrink. At the lowest point all slopes are 0.
#
# **Think first.** One example with label 1, to which the unit gives $p = 0.8$. Should its score rise or
# fall? By more or by less than if it had said 0.1?
#
# <details><summary>One answer</summary>
#
# It should rise, because 1 is the truth. But $p - y$ is only $-0.2$: the unit is nearly right. Had it said 0.1, the
# error would be $-0.9$, and the push more than four times as strong.
# </details>

# %% [markdown]
# Where does $p - y$ come from? In a chain of functions the slopes multiply: that is the **chain rule**. From the score to the
# loss there are two links, first the sigmoid, then the logarithm. (The slope of $\ln p$ is $1/p$, that of $\ln (1 - p)$ is
# $-1/(1 - p)$, and that of the sigmoid is $e^{-z} / (1 + e^{-z})^2$, which is $p\,(1 - p)$.)
#
# $$\frac{\partial \,\text{loss}}{\partial p} = -\frac{y}{p} + \frac{1 - y}{1 - p} = \frac{p - y}{p\,(1 - p)}, \qquad
#   \frac{\partial p}{\partial z} = p\,(1 - p),$$
#
# $$\text{so} \quad \frac{\partial \,\text{loss}}{\partial z} = p - y : \qquad
#   \text{what the model said, minus what it should have said.}$$
#
# A third link leads to the parameters. The score is $z = x_0 w_0 + \dots + b$, so its slope with respect to $w_j$ is
# $x_j$, and with respect to $b$ it is 1. What is left is to multiply, and to take the mean over the examples.

# %% [markdown]
# ### Exercise: gradient (16 points)
#
# Write `cost_gradient(X, y, w, b)`: the gradient of the mean cost of the unit, as the pair `(dw, db)` (a tuple or a list):
#
# $$dw_j = \frac{1}{m} \sum_i (p_i - y_i) \, X_{ij}, \qquad db = \frac{1}{m} \sum_i (p_i - y_i) .$$
#
# Here $i$ counts the examples and $j$ the features. `dw` has the shape of `w`, `(n,)`; `db` is one number. Use $p - y$
# throughout: the clipping belongs to the cost and plays no part here.
#
# **Example.** The two rows from `sigmoid_unit`, both with label 1, and the same $w = (1, -1)$, $b = 1$.
#
# | row | $p$ | error $p - y$ | error times row |
# | --- | --- | --- | --- |
# | (1, 2) | 0.5 | -0.5 | (-0.5, -1) |
# | (3, 0) | 0.98201 | -0.01799 | (-0.05396, 0) |
#
# The means are `dw` = (-0.27698, -0.5) and `db` = -0.25899. Two lines of NumPy can do it without a loop; a loop
# is right as well. Nothing is forbidden.
#
# Stuck? Run `check.hint("gradient")`.


# %% nbgrader={"grade": false, "grade_id": "gradient_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cost_gradient(X, y, w, b):
    """Gradient of the mean binary cross-entropy of sigmoid(X w + b).

    X: (m, n). y: (m,). w: (n,). b: a number. Returns (dw (n,), db a number).
    """
    ### BEGIN SOLUTION
    error = predict(X, w, b) - y
    return X.T @ error / len(y), np.mean(error)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gradient", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("gradient", cost_gradient)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "gradient", cost_gradient)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** An example that is predicted well has an error near 0 and hardly pulls; one that is
# badly wrong pulls with nearly full force, in the direction of its own features. The gradient is the
# mean of these pulls. Each part of it says how steep the ground is in one direction.
#
# **Think first.** In which order should a step do these things: note the cost, take the gradient, change `w`,
# change `b`? Could the new `w` get into the gradient of `b` by accident?
#
# <details><summary>One answer</summary>
#
# In the order given. Yes, it could: if you change `w` first and compute `db` after that, the unit uses the new `w`.
# Take both parts of the gradient before either parameter moves.
# </details>

# %% [markdown]
# ### Exercise: gradient_descent (16 points)
#
# Write `gradient_descent(X, y, w, b, alpha, steps)`: starting from the given `w` and `b`, take `steps`
# steps with the learning rate `alpha`. Return `(w, b, costs)`, in a tuple or a list: the final parameters, and an array or list of `steps`
# costs, each noted **before** its step.
#
# - Both parameters are updated from the **same** gradient, taken before either changes.
# - The cost is that of `binary_cross_entropy`, clipping included.
# - The caller's `w` stays as it was: `w -= ...` writes into the caller's own array, `w = w - ...` makes a new one.
#
# **Example.** One feature, one example: `X` = `[[2]]`, `y` = `[1]`, from `w` = `[0]` and `b` = 0 with $\alpha = 0.5$, 2 steps.
#
# | | $p$ | cost | `dw`, `db` | then `w`, `b` |
# | --- | --- | --- | --- | --- |
# | step 1 | 0.5 | 0.6931 | -1, -0.5 | 0.5, 0.25 |
# | step 2 | 0.7773 | 0.2519 | -0.4454, -0.2227 | 0.7227, 0.3614 |
#
# So the result is `w` = (0.7227), `b` = 0.3614 and the costs (0.6931, 0.2519). Your functions from above are
# welcome; if one of them is wrong, this exercise can still earn all its points.
#
# Stuck? Run `check.hint("gradient_descent")`.


# %% nbgrader={"grade": false, "grade_id": "gradient_descent_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_descent(X, y, w, b, alpha, steps):
    """Take steps against the gradient of the cost, from w and b on.

    X: (m, n). y: (m,). w: (n,). b: a number. alpha: the learning rate. steps: at least 1.
    Returns (w, b, costs), costs being the cost before each step, (steps,).
    """
    ### BEGIN SOLUTION
    costs = []
    for _ in range(steps):
        costs.append(binary_cross_entropy(y, predict(X, w, b)))
        dw, db = cost_gradient(X, y, w, b)
        w = w - alpha * dw
        b = b - alpha * db
    return w, b, np.array(costs)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gradient_descent", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("gradient_descent", gradient_descent)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "gradient_descent", gradient_descent)
### END HIDDEN TESTS

# %% [markdown]
# Here is the ground you walk on. The unit sees one feature of each picture, the ink in the middle, so it
# has one weight and one bias: every point of the map is a unit, and the lines join units of equal
# cost. Your `gradient_descent` takes the steps.
#
# **Try these**, and say what you expect before each.
#
# 1. Press *Reset*, then *Play*. Where are the steps long, where short, although $\alpha$ never changes?
# 2. Set $\alpha$ to 0.1. Is that too small, or only slow?
# 3. Raise $\alpha$ bit by bit. Which rate reaches the lowest cost in the fewest steps? From which rate on does the cost rise?

# %% tags=["demo"]
figures.descent(gradient_descent)

# %% [markdown]
# **What it showed**
#
# 1. Long where the ground is steep, short where it is flat: a step is $\alpha$ times the slope. Each step starts at a right
#    angle to the line that it stands on (nearly, as drawn: the axes have different scales), because that is the steepest way
#    down.
# 2. The direction is right, but 40 steps do not get it there. A rate that is too small costs time and nothing else.
# 3. At 10, four steps are enough. Up to 24 the cost falls with every step. At 32 the path leaps across the valley and out of the
#    map, comes back, and leaps again. A cost that jumps up and down is the sign of a rate that is too large.
#
# The third step in Keras is `fit`. **Try it**: from the same weights as above, three steps of gradient descent on all 360
# pictures, by your function and by Keras (`batch_size=360`: a step looks at all of them; `epochs=3`: three times). These are
# the costs before each step.

# %% tags=["demo"]
unit.set_weights([w[:, np.newaxis], np.array([b])])
three_steps = unit.fit(X, y, epochs=3, batch_size=360, verbose=0)
figures.beside(
    "yours", lambda: gradient_descent(X, y, w, b, 0.5, 3)[2], three_steps.history["loss"]
)

# %% [markdown]
# The same three costs. You have now taken the three steps of Keras; what follows makes them practical. This is a good place for a break.
#
# ## Training details: epochs, batches, the learning curve
#
# So far each step looked at all examples. With 360 that is nothing, with a million it is slow: a whole pass over the data for a
# single step. But a few dozen examples already show roughly where down is.
# So training cuts the data into **mini-batches** and takes one step for each:
#
# - a **batch** is what one step looks at;
# - an **epoch** is one pass over all batches, so that every example is seen once;
# - the batches of the next epoch are drawn anew.
#
# **Think first.** The file with our digits might hold all zeros first, then all ones. Suppose you cut the batches from it in
# this order. What happens to the bias, step after step?
#
# <details><summary>One answer</summary>
#
# Half of the epoch every batch says "the answer is 0", and the bias sinks; then every batch says "1", and it climbs
# back. The steps fight each other. Shuffled, each batch holds some of both.
# </details>

# %% [markdown]
# The order is drawn from a random **generator**, `rng = np.random.default_rng(seed)`, created *once* before
# training. Each draw changes its state, so that every epoch differs, and the same seed repeats the whole training.

# %% [markdown]
# ### Exercise: minibatches (12 points)
#
# Write `minibatches(m, batch_size, rng)`: the batches of one epoch, as a sequence of arrays of indices (integers).
#
# - Every example, 0 to $m - 1$, occurs exactly once, in random order: each order is possible.
# - Every batch has `batch_size` indices. Only the last may be short; none is empty.
# - All randomness comes from `rng`, a NumPy `Generator`.
#
# **Example.** `minibatches(10, 4, np.random.default_rng(1))` might give
#
#     [array([7, 0, 4, 3]), array([9, 1, 8, 5]), array([2, 6])]
#
# and the next epoch from the same generator something else. Yours may draw in another way and get other numbers: what
# counts are the properties above. A list or a tuple of batches is right, and so is a function with `yield`.
#
# With it, `for batch in minibatches(m, 32, rng):` can use `X[batch]` and `y[batch]`, and
# row and label stay together, because one set of indices serves both.
#
# Stuck? Run `check.hint("minibatches")`.


# %% nbgrader={"grade": false, "grade_id": "minibatches_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatches(m, batch_size, rng):
    """The batches of one epoch: arrays of indices, every example once, in an order drawn from rng.

    m: number of examples. batch_size: length of all batches but perhaps the last.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(m)
    return [order[start : start + batch_size] for start in range(0, m, batch_size)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "minibatches", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("minibatches", minibatches)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "minibatches", minibatches)
### END HIDDEN TESTS

# %% [markdown]
# Back to the map, with your `minibatches` and your `cost_gradient`. The slider counts
# **epochs**, so small batches take many steps.
#
# **Try these.**
#
# 1. One batch of all 360, then 32, then 8: what happens to the path? Which path is furthest after a single epoch?
# 2. Let small batches run on with *Play*: do they come to rest at the bottom?

# %% tags=["demo"]
figures.batch_paths(cost_gradient, minibatches)

# %% [markdown]
# **What it showed**
#
# 1. A small batch points only roughly downhill, so the path goes from side to side. But it takes many more steps while it reads the data
#    once: after one epoch, batches of 8 are far ahead.
# 2. They do not: near the bottom, the batches disagree about which way is down.
#
# Sizes of 16 to 256 are a common compromise. Keras takes 32 if you give none.
#
# ### The three lines together, and the learning curve
#
# You have met every part. Here they stand in one place: a unit that is created, compiled, fitted, and then used.

# %% tags=["demo"]
reader = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, activation="sigmoid")])
reader.compile(optimizer=keras.optimizers.SGD(learning_rate=0.5), loss="binary_crossentropy")
history = reader.fit(X, y, epochs=20, batch_size=32, verbose=0)

p = reader.predict(X[:5], verbose=0).ravel()
print("probabilities", p.round(3), "  read as", (p >= 0.5).astype(int), "  truth", y[:5])

# %% [markdown]
# | the step | you wrote | in Keras |
# | --- | --- | --- |
# | 1 create | `predict` | `Sequential` of `Dense` layers |
# | 2 what to lower | `binary_cross_entropy` | `compile`, its `loss` |
# | 3 lower it | `cost_gradient`, `gradient_descent`, `minibatches` | `fit`, with the `optimizer` |
# | use it | `predict`, then $p \ge 0.5$ | `predict`, then $p \ge 0.5$ |
#
# The optimizer `SGD` is your gradient descent, on mini-batches (*stochastic* gradient descent). Another one, `"adam"`,
# adapts the learning rate to each parameter; you write it in `06_adam`.
#
# `fit` returns a `History`. Its attribute `history` is a dict that holds the cost of each epoch under `"loss"`, and that list
# drawn as a curve is the **learning curve**. (To be exact, each number is the mean over the batches of its epoch, while the
# weights were moving. So while the cost falls, it lies a little above the cost after the epoch.)
#
# **Your turn** (no points). In the cell below, draw the learning curve of `reader` with `curve.plot(...)`. Then let it
# read the pictures 100 to 109, and count its mistakes.

# %% tags=["demo"]
import matplotlib.pyplot as plt

from utils.figures import style

style.use()
_, curve = plt.subplots(figsize=(5, 2.5))

# %% [markdown]
# <details><summary>One answer</summary>
#
#     curve.plot(history.history["loss"])
#     p = reader.predict(X[100:110], verbose=0).ravel()
#     print(np.sum((p >= 0.5) != y[100:110]), "mistakes")
#
# There are none: it has seen these pictures, so that is no proof of anything. Below, some are kept away from the training.
# </details>

# %% [markdown]
# ### Exercise: compile_and_fit (10 points)
#
# Write `compile_and_fit(model, X, y, epochs)`: compile the given model with the binary cross-entropy, fit it
# on **all** of the data for `epochs` epochs, and return the `History`. This time take the optimizer `"adam"`, or any other.
#
# - The model ends in a sigmoid, so it gives probabilities. Do *not* give the loss `from_logits=True`: that setting says that raw scores
#   come. (This Keras repairs the contradiction with a warning. Others do not, so the marker calls it wrong. More about it in
#   `04_improved_softmax`.)
# - Any batch size is right. Train on all rows, and leave `X` and `y` as they are.
#
# **Example.** After `h = compile_and_fit(build_model(64), X, y, 5)`, the list `h.history["loss"]` has 5 entries.
#
# `verbose=0` in `fit` keeps the page quiet. Stuck? Run `check.hint("compile_and_fit")`.


# %% nbgrader={"grade": false, "grade_id": "compile_and_fit_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compile_and_fit(model, X, y, epochs):
    """Compile with binary cross-entropy and fit on all the data; return the History."""
    ### BEGIN SOLUTION
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy())
    return model.fit(X, y, epochs=epochs, verbose=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "compile_and_fit", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("compile_and_fit", compile_and_fit)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "compile_and_fit", compile_and_fit)
### END HIDDEN TESTS

# %% [markdown]
# First in two dimensions, where you can watch. Your network trains on the two features from before, by plain
# gradient descent with batches of 32. When it is done, press *Reset*, and go through its epochs with *Play* or *Step*.
#
# **Think first.** At which cost will the curve start? Move the marker; your guess is drawn over the truth. And will the border
# of a *network* be a straight line?

# %% tags=["demo"]
my_guess = figures.guess("cost before the first epoch", 0, 1, 0.1)
my_guess

# %% tags=["demo"]
figures.train_on_plane(build_model, my_guess)

# %% [markdown]
# **What it showed.** The start is near $\ln 2$, as for anyone who knows nothing. For the first epochs the cost falls slowly,
# and then twice as fast. Layers of sigmoids start slowly: the next lab shows why, and what to do about it. A network *can* bend
# its border, but these points do not need that, so it hardly does.
#
# Now all 64 pixels. The figure calls your `compile_and_fit` with your `build_model`, and beside it your own
# `gradient_descent` trains a single unit, a step for each of your `minibatches` of 32. So both read every picture once
# an epoch. 80 pictures are kept away from both of them.
#
# **Think first.** Which one falls faster at the beginning, the unit or the network? Which is better in the end?

# %% tags=["demo"]
trained = figures.train_digits(build_model, compile_and_fit, gradient_descent, minibatches)

# %% [markdown]
# **What it showed.** The unit improves at once. The network needs more than ten epochs for what the unit reaches in one. There are two
# reasons: the steps of Adam begin small (its rate is 0.001, that of the unit 0.5), and layers of sigmoids start slowly. In the
# end both read nearly every held-back picture correctly: zeros and ones are
# an easy pair. Ten classes will not be (`08_digits`). And the curves of the held-back pictures lie close to the others: what
# was learned holds for new pictures too.
#
# **How to read a learning curve**
#
# - Falling and still steep: train longer.
# - Flat: done, or the learning rate is too small, or a **plateau** that it will leave again (`02_activations` shows a long one).
#   Near $\ln 2$ it has learned nothing yet.
# - Jumping: the learning rate is too large. Small ups and downs are only the noise of the mini-batches.
# - The curve of the training data goes on falling while that of held-back data begins to rise: **overfitting**. The model is learning
#   its examples by heart.
#
# **Try it.** These are the held-back pictures, the most doubtful first. Would you have hesitated as well?

# %% tags=["demo"]
figures.zero_or_one(trained)

# %% [markdown]
# **What it showed.** The unit doubts most at narrow zeros with a small hole, which have ink in the middle, and at ones that stand
# beside the middle. You hardly hesitate: you see strokes, and it adds up pixels.
#
# Now follow one of these pictures through *your* network: each circle is a unit, dark where its output is near 1.
#
# **Try it.** Click a unit to open it. Layer 1 looks at pixels, so the weights of its units are pictures. Which of them search
# for the hole of a 0, which for the stroke of a 1? Then open units of layers 2 and 3: wires show from which units they get their inputs.

# %% tags=["demo"]
figures.look_inside(trained)

# %% [markdown]
# **What it showed.** Many units of layer 1 have larger weights in the middle columns than in the ring around them, or the other
# way round, and nobody told them so. The last unit adds up fifteen outputs, most of them near 0 or 1.

# %% [markdown]
# ## Frameworks
#
# You wrote one unit by hand: its prediction, its cost, its gradient, the loop. Keras trains thousands of
# units with the same three lines. What does a framework such as TensorFlow add?
#
# - **Derivatives.** You derived $p - y$ on paper. A framework records every operation of your calculation and finds the
#   gradient itself (`07_backprop` shows how).
# - **Speed.** The same array operations, on many cores or a graphics card.
# - **Parts that are tested**: layers, losses, optimizers, saving and loading.
#
# What it does *not* do is decide: the layers, the loss that fits the output, the learning rate, when to stop.
# And when something goes wrong without an error message, only somebody who knows what should happen will notice.
#
# **Try it.** `GradientTape` records a calculation and finds its gradient. Below is the gradient of the worked example of
# `cost_gradient`. Nobody told it about $p - y$. Do you recognise the numbers?

# %%
w = tf.Variable([1.0, -1.0])
b = tf.Variable(1.0)
with tf.GradientTape() as tape:
    z = tf.linalg.matvec(tf.constant([[1.0, 2.0], [3.0, 0.0]]), w) + b
    cost = -tf.reduce_mean(tf.math.log(tf.sigmoid(z)))  # both labels are 1
dw, db = tape.gradient(cost, [w, b])
print("dw", dw.numpy().round(5), " db", db.numpy().round(5))

# %% [markdown]
# **What it showed.** The same gradient as in the table of the worked example. You now know what stands
# behind `tape.gradient`, behind `fit`, and behind the curve.

# %% [markdown]
# ## Practice quiz: Neural network training
#
# Five questions, 2 points each. Write the letter of your answer in quotes, as in `answer = "a"`. The check says only
# whether it is one of the options. After the last question you learn which are right, and why.

# %% [markdown]
# ### Question 1
#
# You build a model, `compile` it and `fit` it. Which of these does `compile` decide?
#
# - a) how many units the layers have
# - b) how many epochs the training takes
# - c) which cost is lowered, and by which method
# - d) which values the weights have at the start

# %% nbgrader={"grade": false, "grade_id": "training_1_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_training_1 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_training_1 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "training_1", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("training_1", answer_training_1)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "training_1", answer_training_1)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2
#
# Two examples with labels 1 and 0. The model gives them $p = 0.8$ and $p = 0.4$. What is the
# cost? Use that $\ln 0.8 = -0.223$, $\ln 0.6 = -0.511$, $\ln 0.4 = -0.916$ and $\ln 0.2 = -1.609$.
#
# - a) 0.734
# - b) 0.367
# - c) 1.263
# - d) 0.112

# %% nbgrader={"grade": false, "grade_id": "training_2_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_training_2 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_training_2 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "training_2", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("training_2", answer_training_2)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "training_2", answer_training_2)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3
#
# Run the cell below. The same unit was trained four times on the same data from the same start, with four
# learning rates (one of them 0). Which curve belongs to a learning rate that is **too large**?

# %% tags=["demo"]
figures.quiz_curves()

# %% [markdown]
# - a) curve A
# - b) curve B
# - c) curve C
# - d) curve D

# %% nbgrader={"grade": false, "grade_id": "training_3_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_training_3 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_training_3 = "d"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "training_3", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("training_3", answer_training_3)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "training_3", answer_training_3)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4
#
# 360 pictures, batches of 32, 10 epochs; the last batch may be short. How often are the weights
# updated?
#
# - a) 120 times
# - b) 110 times
# - c) 10 times
# - d) 3600 times

# %% nbgrader={"grade": false, "grade_id": "training_4_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_training_4 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_training_4 = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "training_4", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("training_4", answer_training_4)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "training_4", answer_training_4)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5
#
# A logistic unit with one feature has $w = 0$ and $b = 0$. The only example is $x = 4$ with label 0. What is
# $w$ after one step of gradient descent with $\alpha = 0.25$?
#
# - a) 0.5
# - b) -0.5
# - c) -2.0
# - d) -0.125

# %% nbgrader={"grade": false, "grade_id": "training_5_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_training_5 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_training_5 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "training_5", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("training_5", answer_training_5)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("01_training", "training_5", answer_training_5)
### END HIDDEN TESTS

# %% [markdown]
# **Learning on your own?** When all five questions have an answer and their checks are run, the next cell says which answers are
# right, and why. You may choose again. In a course your instructor's marking does that, and this cell stays closed.

# %% tags=["demo"]
check.explain()

# %% [markdown]
# ## Summary
#
# - **Three steps**: create the model, `compile` it with a loss, `fit` it. Then `predict` and a threshold.
# - A **unit** weighs its inputs, adds a bias and applies an activation. With the sigmoid its output is a
#   probability, and alone it is logistic regression.
# - **Binary cross-entropy** charges $-\ln$ of the probability given to the truth. Knowing nothing costs $\ln 2$.
# - Its **gradient** is the mean of (said minus true) times the input. A step of gradient descent is $-\alpha$ times the
#   gradient: a small rate is slow, a large one jumps.
# - An **epoch** shows every example once, in shuffled **mini-batches**, one step each.
# - The **learning curve** says whether to train longer, to lower the learning rate or to stop.

# %% [markdown]
# ## What to try next
#
# - Write the loop yourself: your `minibatches` around your `cost_gradient`, on the 64 pixels, with $\alpha = 0.5$. How many
#   epochs does a batch size of 8 need to reach the cost that 60 steps on all pictures reach?
# - Train the network with `optimizer=keras.optimizers.SGD(0.1)` in place of `"adam"`. After how many epochs is its cost below
#   0.5 now? Lab `02_activations` explains the slow start, and removes it.
#
# <details><summary>Answers</summary>
#
# Two epochs: 90 small steps, in which each picture is read twice, not 60 times. The 60 steps end at 0.034, the second epoch at 0.024.
#
# With Adam the cost passes 0.5 after 9 to 14 epochs, with `SGD(0.1)` after about 20.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Advanced optimization and other layers
#
# Gradient descent takes one learning rate for all parameters. On most networks that is either too
# fast for some or too slow for the rest. This lab builds the two ideas that repair it, momentum
# and Adam, and then looks at a layer that does more with fewer numbers: the convolution.
#
# **After this lab you can**
# - see from a path or a loss curve whether a learning rate is too small or too large;
# - write momentum and Adam in a few lines of NumPy, and say what each of their numbers does;
# - use Adam in Keras, and explain where it is not quite the Adam of the paper;
# - write a one-dimensional convolution, count its parameters, and say when it is better than a dense layer.
#
# **Time** about 90 minutes, without the four parts that are marked as optional. **You need** NumPy arrays (shapes, slices,
# broadcasting), what a gradient is, the step of gradient descent,
# and ReLU, $\max(z, 0)$ (`02_activations`).
#
# **How it works** Six exercises and a quiz, 100 points. Write your answer in place of
# `YOUR CODE HERE`, then run the check below it, as often as you like. Figures use *your* functions
# as soon as they exist.

# %%
import numpy as np

from utils.checks import Check
from utils.figures import adam as figures

check = Check("06_adam")

# %% [markdown]
# ## Advanced optimization: when one learning rate is too slow or too fast
#
# Training walks downhill. $\theta$ holds all parameters. The gradient $g$ has the same shape and
# points uphill, so each step of gradient descent goes the other way. The **learning rate** $\alpha$ says how far: the step
# is $\alpha$ times as long as the gradient.
#
# **Think first.** You walk in fog down a long, narrow valley. You feel the slope under your feet
# and nothing else. Where does the steepest way down lead: along the valley, or across it?

# %% [markdown]
# ### Exercise: sgd_step (8 points)
#
# Write `sgd_step(theta, grad, alpha)`: the parameters after one step of gradient descent.
# `theta` and `grad` are arrays of floats of the same shape, which can be any shape: a vector, a matrix of weights, or a single
# number in an array of shape `()`. Return a new array; the ones you
# were given must stay as they are.
#
# **Example.** $\theta = (1, -2)$, $g = (0.5, -3)$ and $\alpha = 0.1$ give $(0.95, -1.7)$.
#
# The letters stand for *stochastic* gradient descent: in training, the gradient comes from a small
# batch of examples, so it is itself a little random. The step is the same.
#
# Stuck? Run `check.hint("sgd_step")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "sgd_step_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_step(theta, grad, alpha):
    """The parameters after one step of gradient descent at the rate alpha.

    theta, grad: floats of one shape, any. Returns an array of that shape.
    """
    ### BEGIN SOLUTION
    return theta - alpha * grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "sgd_step", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("sgd_step", sgd_step)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "sgd_step", sgd_step)
### END HIDDEN TESTS

# %% [markdown]
# Below, your step walks down a valley. Its curvature (how fast the slope grows) across the valley, up and down in the picture, is 25 times that
# along it. The right-hand side shows the height above the lowest point, step by step.
#
# **Try these**, and say what you expect before each.
#
# 1. Start at $\alpha = 0.01$ and raise it. At which rate does the walk begin to zigzag?
# 2. At which rate does it never reach the lowest point?
# 3. Find the best rate. Then set the curvature across the valley to 1, a round bowl. What is best now?

# %% tags=["demo"]
figures.one_rate(sgd_step)

# %% [markdown]
# **What it showed.** The steepest way down leads *across* the valley, nearly at right angles to where you want to go.
# Each direction behaves independently. Its **curvature** $c$ says how fast the slope grows: at the distance $d$
# from the lowest point the slope is $c \cdot d$. So a step of gradient descent reduces the distance by $\alpha\, c\, d$: it
# multiplies it by $1 - \alpha c$.
#
# 1. Across, $c = 25$: above $\alpha = 1/25 = 0.04$ that factor is negative, and the walk jumps over
#    the floor of the valley with each step.
# 2. At $\alpha = 2/25 = 0.08$ the factor is $-1$: it jumps forever. Above that it climbs out.
# 3. Along, $c = 1$. A larger rate makes the factor $1 - \alpha$ smaller, but $25 \alpha - 1$ larger. The slower of the two
#    directions is fastest where both are equal: $1 - \alpha = 25 \alpha - 1$, so $\alpha = 2/(1 + 25) = 0.077$. Even then each
#    step keeps 92% of the distance: the steep direction sets the limit, and the flat one has to wait. In a round bowl a single
#    rate suits both: $\alpha = 1$, outside the slider, would arrive in one step; on the slider 0.1 is best.
#
# Networks are such valleys with thousands of directions. What could help? Two things: to remember
# where the walk has been going, and to give each parameter a rate of its own.

# %% [markdown]
# ## Momentum
#
# **Think first.** A ball rolls where a walker steps. Across the valley, the slopes on the two sides push it first to the left,
# then to the right. Along the valley they always push the same way.
# What happens to the two parts of its speed?
#
# The ball has a **velocity**, an array of the shape of $\theta$ that collects gradients. In each step friction multiplies it by
# $\beta$, and the full gradient $g$ is added. Then the *new* velocity takes the place of the gradient in the step.
#
# You will meet other forms of it. With a factor $1 - \beta$ before $g$ the velocity is smaller, and $\alpha$ has to
# be $1/(1 - \beta)$ times as large for the same walk. In Keras $\alpha$ is inside the velocity: with a constant rate this means
# the same $\alpha$ and the same walk. This lab uses the form above.

# %% [markdown]
# ### Exercise: momentum_step (14 points)
#
# Write `momentum_step(theta, grad, velocity, alpha, beta)`: one step as above. Return two things:
# the new parameters and the new velocity, `(theta, velocity)`, in a tuple or a list. All arrays are floats of the same shape,
# which can be any shape. Leave the given arrays as they are.
#
# **Example.** $\theta = (1, -2)$, $g = (0.5, -3)$, velocity $(2, 1)$, $\alpha = 0.1$, $\beta = 0.5$:
#
# - the new velocity is $0.5 \cdot (2, 1) + (0.5, -3) = (1.5, -2.5)$;
# - the new parameters are $(1, -2) - 0.1 \cdot (1.5, -2.5) = (0.85, -1.75)$.
#
# The velocity is an argument and a result, and not kept inside the function: a function without a memory is easy to test, and
# one function can serve many arrays.
#
# Stuck? Run `check.hint("momentum_step")`.


# %% nbgrader={"grade": false, "grade_id": "momentum_step_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def momentum_step(theta, grad, velocity, alpha, beta):
    """One step of gradient descent with momentum.

    theta, grad, velocity: floats of one shape, any. Returns (theta, velocity), both new.
    """
    ### BEGIN SOLUTION
    velocity = beta * velocity + grad
    return theta - alpha * velocity, velocity
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "momentum_step", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("momentum_step", momentum_step)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "momentum_step", momentum_step)
### END HIDDEN TESTS

# %% [markdown]
# As formulas you have written
#
# $$\text{velocity} \;\leftarrow\; \beta \cdot \text{velocity} + g, \qquad
#   \theta \;\leftarrow\; \theta - \alpha \cdot \text{velocity} .$$
#
# Here are your two steps, side by side in the same valley. **Try these.**
#
# 1. Keep $\alpha = 0.02$ and compare the two after 40 steps. Who is nearer to the lowest point?
# 2. Set $\beta = 0$. What is left of momentum?
# 3. Set $\beta = 0.98$. What does the ball do near the lowest point, and why?
# 4. Imagine that the gradient is always 1. Which value does the velocity reach?

# %% tags=["demo"]
figures.with_momentum(sgd_step, momentum_step)

# %% [markdown]
# **What it showed**
#
# 1. Momentum: pushes across the valley cancel, pushes along it add up.
# 2. Nothing: with $\beta = 0$ the velocity is the gradient.
# 3. It goes too far and swings back, again and again: little friction, long memory. $\beta = 0.9$ is
#    the usual compromise.
# 4. At the value that no longer changes: $v = \beta v + 1$, so $v = 1/(1 - \beta)$. With
#    $\beta = 0.9$ a steady slope is walked ten times as fast as before.

# %% [markdown]
# ### Optional: a map of rate and memory
#
# Two numbers, $\alpha$ and $\beta$: which pairs are good? Each place of the map below is one pair. Its shade says which share
# of the distance each step keeps in the long run, in the slower of the two directions of the valley.
#
# **Try it.** Find each of these, and look at the walk: a place where it *creeps* (is very slow), one where it *swings* along
# the valley, one where it *diverges* (moves away for ever). Then find the best place of all. What do its neighbours have in
# common?

# %% tags=["demo"]
figures.rate_map(momentum_step)

# %% [markdown]
# **What it showed.** Below the dashed line friction is strong and the walk creeps along the floor of the valley; above it
# the ball overshoots and swings. The best place lies where creeping turns into swinging, at the edge of divergence:
# $\alpha \approx 0.11$ and $\beta \approx 0.44$, where each step keeps 67% of the distance. Plain
# descent ($\beta = 0$) keeps 92% at best. The best places lie close to the edge of divergence, so people choose a smaller rate than the best.

# %% [markdown]
# ## Adam: a rate for each parameter
#
# **Think first.** One parameter has gradients around 100, another around 0.01. Their curvatures are
# just as different. Which of them needs the larger learning rate? Could the gradients themselves tell?
#
# <details><summary>One answer</summary>
#
# The one with the small gradients: its valley is flat, and the same rate moves it 10,000 times less. And yes: the size of its
# gradients is a sign of the curvature that costs nothing extra, so that is what Adam divides by.
# </details>
#
# Adam (Kingma and Ba, 2015) keeps two running averages for every parameter, in which old values fade: $m$ of the gradient, and
# $v$ of its square. So in this lab $m$ is not the number of examples. (In statistics such averages are called first and second
# **moment**; hence its name, *adaptive moment estimation*.)
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 .$$
#
# $m$ says where the parameter is going, as momentum does. $\sqrt{v}$ says how large its gradients
# usually are. Divided by it, entry by entry, the step no longer depends on the scale of the gradient: if the loss is multiplied
# by a thousand, the walk is the same.

# %% [markdown]
# Both averages start at 0, so at first they are too small. If the gradient were always $g$, what is missing, $g - m$, would be
# multiplied by $\beta_1$ in each step. After $t$ steps it would be $\beta_1^t\, g$ ($\beta_1$ to the power $t$), and $m = (1 -
# \beta_1^t)\, g$. The **bias correction** (*bias* here means an error that always has one direction) divides by exactly this
# factor:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
#   \theta \leftarrow \theta - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon} .$$

# %% [markdown]
# **Try it**, for one parameter with gradients 4 and then 2, with $\beta_1 = 0.9$, $\beta_2 = 0.999$,
# $\alpha = 0.1$. How long is the first step? How long would it be if the gradient were 0.004?

# %%
moment = square = 0.0
for t, g in enumerate([4.0, 2.0], start=1):
    moment, square = 0.9 * moment + 0.1 * g, 0.999 * square + 0.001 * g**2
    corrected = moment / (1 - 0.9**t), square / (1 - 0.999**t)
    step = 0.1 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    print(
        f"t = {t}  m {moment:.4f}  v {square:.6f}  corrected {corrected[0]:.4f}, "
        f"{corrected[1]:.4f}  step {step:.4f}"
    )

# %% [markdown]
# <details><summary>Answer</summary>
#
# The first step has the length 0.1, the rate itself: $\hat m / \sqrt{\hat v}$ is $4/4$. With a gradient of 0.004 it is
# $0.004/0.004$, and the step is 0.1 again.
# </details>

# %% [markdown]
# ### Exercise: adam_step (26 points)
#
# Write `adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8)`: one step
# of Adam. Return `(theta, m, v)`, in a tuple or a list: the new parameters and the new averages, **without** correction,
# because the next step continues from them. All arrays are floats of the same shape, which can be any shape; leave the given
# ones as they are. `t` is the number of this step: 1 for the first one.
#
# **Examples,** with $\theta = 1$, $g = 4$, $m = v = 0$, $t = 1$, $\alpha = 0.1$, the rest as by default:
#
# - $m = 0.4$ and $v = 0.016$; corrected they are 4 and 16; the new $\theta$ is $1 - 0.1 \cdot 4/4 = 0.9$.
# - Go on with $g = 2$ and $t = 2$: $m = 0.56$, $v = 0.019984$, corrected 2.947368 and 9.996998, and
#   $\theta = 0.806782$.
# - With $\epsilon = 4$ the first step is half as long, $0.1 \cdot 4 / (4 + 4)$: $\epsilon$ is added
#   outside the root.
#
# A parameter whose gradients are all 0 stays where it is: that is what $\epsilon$ is for.
#
# **Not allowed:** the optimizers of libraries (Keras, TensorFlow, SciPy, scikit-learn).
#
# Stuck? Run `check.hint("adam_step")`.


# %% nbgrader={"grade": false, "grade_id": "adam_step_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam, with corrected averages.

    theta, grad, m, v: floats of one shape, any. t: number of the step, from 1.
    Returns (theta, m, v), all new; m and v are not corrected.
    Source: Kingma and Ba 2015, algorithm 1.
    """
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "adam_step", "locked": true, "points": 26, "schema_version": 3, "solution": false, "task": false}
check("adam_step", adam_step)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "adam_step", adam_step)
### END HIDDEN TESTS

# %% [markdown]
# Four parameters are trained side by side with your step. Their gradients are very different: one around 100, one around 0.01,
# one mostly noise, one that is 0 except every 20th step. The picture shows how far each parameter moves, in units of $\alpha$.
#
# **Try these**, and say what you expect before each.
#
# 1. How do the first two parameters compare? What is the longest step of all?
# 2. What happens to the noisy one, and why is that a good thing?
# 3. Switch the correction off. How long are the first steps now?
# 4. Leave it off and set $\beta_2 = 0.9$, the value of $\beta_1$. How long are the first steps now, and why?
#
# **Think first.** The gradient near 0.01 makes Adam move by about one $\alpha$ at its first step. By how many $\alpha$ does the
# gradient near 100 make it move? Your guess is drawn in the picture.

# %% tags=["demo"]
my_guess = figures.guess("first step of the gradient near 100, in alpha", 0, 100, 50)
my_guess

# %% tags=["demo"]
figures.effective_steps(adam_step, my_guess)

# %% [markdown]
# **What it showed**
#
# 1. Both move by about one $\alpha$ in each step, from the first step on, although their gradients differ by a factor of
#    10,000. So $\alpha$ has a meaning in Adam: a parameter moves by at most about $\alpha$ in one step. (One gradient after a
#    long silence can make it move up to three times as far, and for some ten steps it goes on.)
# 2. It stays around 0. Where the gradients contradict one another, $m$ is small against $\sqrt v$, and the
#    steps shorten by themselves. The rare one waits, and moves half an $\alpha$ when its gradient comes.
# 3. Over six times too long: an average with $\beta$ needs about $1/(1 - \beta)$ steps to reach its size, $v$ a thousand and
#    $m$ only ten, so the quotient is too large. Without the correction, training would begin with its wildest steps.
# 4. Both averages now start too small by the same factor, $1 - 0.9^t$; but $v$ stands under a root, so
#    the first steps come out too *short*, by the root of that factor.

# %% [markdown]
# ### Exercise: minimize (18 points)
#
# Write `minimize(gradient, theta, steps, alpha)`: walk `steps` steps of Adam from `theta`, and return
# the whole path as an array of shape `(steps + 1, n)`, or a list of its rows. Row 0 is the starting point.
#
# - `gradient` is a function: `gradient(theta)` returns the gradient, `(n,)`, at a point `(n,)`.
#   Call it once in each step: in training it is the expensive part.
# - Both averages start at 0. `alpha` is given; the other settings are those of `adam_step`.
# - Take all `steps` steps (there is at least one), even where the gradient is 0.
#
# **Example.** With `gradient = lambda p: p`, the start `np.array([2.0])`, 2 steps and `alpha=0.5` the
# path is `[[2.0], [1.5], [1.008712]]`, up to rounding.
#
# Your own `adam_step` is welcome; if it is wrong, this exercise can still earn all its points.
# **Not allowed:** the optimizers of libraries.
#
# Stuck? Run `check.hint("minimize")`.


# %% nbgrader={"grade": false, "grade_id": "minimize_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minimize(gradient, theta, steps, alpha):
    """The path of Adam from `theta`: (steps + 1, n), the starting point first.

    gradient: function from a point (n,) to the gradient (n,), called once a step.
    """
    ### BEGIN SOLUTION
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    path = [theta]
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "minimize", "locked": true, "points": 18, "schema_version": 3, "solution": false, "task": false}
check("minimize", minimize)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "minimize", minimize)
### END HIDDEN TESTS

# %% [markdown]
# Your `minimize` can fit curves. Here it looks for a wave $a \sin(\omega x + c)$ through noisy points,
# three parameters at once. **Try it:** pull the step slider, then find a rate that arrives within 50
# steps. What does the path do when the rate is too large, and where does it end?

# %% tags=["demo"]
figures.fit_wave(minimize)

# %% [markdown]
# **What it showed.** Rates from 0.1 on arrive within 50 steps, 0.3 with a few swings. At 0.01 even 150 steps are
# not enough. At 1.0 the first steps change the frequency so much that it ends in **another valley**: a quick,
# flat wave, frequency 8.2 instead of 1.6, with an error of 1.38 instead of 0.05. There the gradient is 0 as well.
# Descent finds *a* lowest point near where it walks, not *the* lowest.

# %% [markdown]
# Now the race: gradient descent, momentum and Adam, all three yours. The first two share a learning
# rate, Adam has its own. **Try these.**
#
# 1. *Ravine* (the valley from above): which path leaves the start at exactly 45 degrees, although the goal lies elsewhere?
# 2. *Saddle* (a pass: uphill before and behind, downhill to both sides): the start lies almost exactly on the ridge. Which path
#    turns first to the side, down the slope? Pull the step slider slowly.
# 3. *Noisy*: the same random gradients for all. Which paths arrive, and which one moves least after that?
# 4. Back in the ravine, momentum is ahead at step 40. Can you choose a rate with which Adam wins? And then a
#    rate and a $\beta$ with which momentum wins by a factor of a million?
# 5. Turn the ravine by 45 degrees. Which paths become worse, which stay as they are? Why?

# %% tags=["demo"]
figures.paths(sgd_step, momentum_step, adam_step)

# %% [markdown]
# **What it showed**
#
# 1. Adam: in the first step each coordinate moves by $\alpha$, steep or flat, so the path begins diagonally. The goal
#    lies at 17 degrees: Adam does not see it either, but it is not dragged across the valley.
# 2. Adam again. On a ridge the gradient to the side is tiny, and plain descent waits until it has
#    grown. Dividing by its own size makes a tiny gradient count like any other.
# 3. Adam and momentum arrive, and do not come to rest: with a constant rate, noise keeps the parameters moving. Over the last 30
#    steps Adam has a mean cost of 0.37, momentum, which adds the noise up, 2.3. Plain descent has 1.5, most of it because it is not there yet.
# 4. With a rate of 0.56 Adam wins, but only a little: 0.04 and 0.09. Momentum with a rate of 0.07 and $\beta = 0.6$ is at 0.00000005 by then.
#    That is the honest summary: **well tuned, momentum can win by far**; Adam does well without much
#    tuning. It needs more memory: for every parameter two numbers more than plain descent, one more than momentum.
# 5. Adam: at step 40 its cost goes from 0.27 to 8.9, while the other two walk exactly as before. Its rates belong to the *parameters*.
#    In a turned valley both parameters are steep *and* flat, and one rate for each parameter cannot help. A network's
#    valleys are not turned at random, though: in practice Adam's rates fit so well that it is the usual first choice.

# %% [markdown]
# ### Optional: a rate that falls
#
# In the noisy valley no path came to rest. A smaller rate is quieter, but slower. So begin with a large one and lower
# it on the way. The figure shows the mean of eight noisy walks of your Adam, at a constant rate and at one that falls.
#
# **Think first.** At which cost does the walk with the constant rate end if you double the rate? And with the one that falls?

# %% tags=["demo"]
figures.rate_decay(adam_step)

# %% [markdown]
# **What it showed.** At a constant rate the walk ends where the noise keeps it, and higher for a larger rate: 0.05, 0.25, 0.42
# for rates of 0.1, 0.3, 0.6. With a rate that falls all of them end below 0.05, so the choice of the
# first rate matters far less. In Keras: `keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, decay_steps=1000))`.

# %% [markdown]
# ## Adam in Keras
#
# Keras has these steps ready: `keras.optimizers.SGD(learning_rate, momentum=...)` and
# `keras.optimizers.Adam(learning_rate)`, which you give to `compile`. Its Adam is a few lines, like
# yours. **Think first.** Does it give the same numbers as yours? For which gradients would you test it? (It does, but for very
# small gradients; the optional part below shows why.)
#
# From here on we use Keras, on top of TensorFlow (`tf.keras` and `keras` are the same). The import takes a few seconds.

# %%
import keras
import tensorflow as tf

print("tf.keras and keras are one:", tf.keras.layers.Dense is keras.layers.Dense)

# %% [markdown]
# ### Optional: where Keras's Adam differs
#
# The figure below gives both the same gradient again and again, and shows how far they move in step $t$,
# in units of $\alpha$, for gradients from 1 down to $10^{-12}$. Both have $\epsilon = 10^{-8}$.
#
# **Try it.** At $t = 1$, from which size of the gradient on do the two differ? Then raise $t$. What happens
# to the gap? Last, switch on "your step with larger eps".

# %% tags=["demo"]
figures.keras_differs(adam_step)

# %% [markdown]
# **What it showed.** For gradients of ordinary size they agree. For tiny ones Keras moves less, and in
# the first step the difference is large: at $10^{-6}$, far above $\epsilon$, a quarter is missing.
# The reason is a shortcut. To save work, Keras corrects the learning rate instead of the averages,
#
# $$\theta \leftarrow \theta - \alpha \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot
#   \frac{m}{\sqrt{v} + \hat\epsilon}
#   \;=\; \theta - \alpha \frac{\hat m}{\sqrt{\hat v} + \hat\epsilon / \sqrt{1 - \beta_2^t}} ,$$
#
# and now its constant is added to $\sqrt v$, which is not corrected. The paper mentions this variant
# and calls the constant $\hat\epsilon$, "epsilon hat", because it is not the same $\epsilon$: at $t = 1$ it works like one that
# is $1/\sqrt{0.001} \approx 32$ times as large, and after some thousand steps like the plain one. With $\epsilon$ enlarged by
# that factor, your step is equal to the dots. Keras's default,
# $10^{-7}$, is also ten times that of the paper.
#
# For most networks this makes no difference. You see it only if you compare two programs digit by digit, or if the gradients are this small.

# %% [markdown]
# ### The three on digits
#
# Now a network: 64 pixels, layers of 25 and 15 ReLU units, ten digits. Three copies with the same
# starting weights, each with an optimizer at Keras's default rate: 0.01, 0.01 and 0.001.
#
# **Think first.** You know how much faster momentum walks a steady slope, with the same rate. And Adam?
# What does a rate of 0.001 mean there? Guess the order after fifteen epochs.

# %% tags=["demo"]
figures.train_digits(sgd=0.01, momentum=0.01, adam=0.001, epochs=15)

# %% [markdown]
# **What it showed.** Momentum is first, Adam close behind, and plain descent last by far. But it is last only because its rate is small: give it
# ten times as much, `sgd=0.1`, and it catches up with momentum at 0.01, just as $1/(1 - \beta) = 10$ says.
#
# **Try it.** Now give all three ten times their rate: `sgd=0.1, momentum=0.1, adam=0.01`. Which one gains most, and which one
# becomes restless (goes up and down)?
#
# <details><summary>What you should see</summary>
#
# Plain descent gains most: its loss goes from about 1.8 to 0.1. Adam gains as well, to below 0.05. Momentum becomes
# restless: its steps are a hundred times those of the first plain descent, its loss goes up and down, and may end higher than before.
# </details>
#
# The lesson of both runs: optimizers can be compared only if each has a rate
# that suits it. A rate says nothing without the name of its optimizer.

# %% [markdown]
# ## Additional layer types: dense and convolutional
#
# The optimizers stand now: this is a good place for a break.
#
# So far, every unit of a layer had a weight for every input: a **dense** layer. That is the right thing
# when each input means something of its own. A recording is different: its samples all mean the
# same thing, at different times. Here are pieces of one like an electrocardiogram, 100 samples in a second, made by a few lines
# of Python. In half of these pieces one beat is broad instead of sharp.
#
# **Think first.** Find the broad beats. Is it important *where* in the piece they are?
# Imagine a dense layer with 120 inputs. What would it have to learn for each place?

# %% tags=["demo"]
figures.some_pieces()

# %% [markdown]
# <details><summary>One answer</summary>
#
# It does not matter where the beat is. But a dense layer has other weights for every sample: what it learned about
# a broad beat at sample 30 says nothing about sample 70. It would have to learn the same shape again for every place.
# </details>
#
# A **convolutional** layer slides a short window over the signal. Under the window lie $k$ samples; a
# **filter** has $k$ weights and a bias, and looks at each window with the same numbers:
#
# $$\text{out}_{i} = \max\Big(0,\; \sum_{j=0}^{k-1} x_{i \cdot s + j}\, w_j + b\Big), \qquad
#   i = 0, 1, \dots, \Big\lfloor \frac{T - k}{s} \Big\rfloor .$$
#
# $T$ is the number of samples, and $s$ the **stride**, the distance from one window to the next; $\lfloor\;\rfloor$ rounds
# down, as `//`. A layer has $F$ filters, each with weights of its own, so the output has a row for each window and a column for
# each filter.
#
# (Mathematicians turn the filter round before they call it a convolution. Neural networks do not: since
# the weights are learned, it makes no difference. The name is used nevertheless.)

# %% [markdown]
# ### Exercise: conv1d (16 points)
#
# Write `conv1d(x, w, b, stride=1)` for a signal `x` of shape `(T,)`, filters `w` of shape `(k, F)` and
# biases `b` of shape `(F,)`, with $T \ge k$. Only windows that lie completely inside the signal are used ("valid"). ReLU comes
# last. The result has the shape `((T - k)//stride + 1, F)` (an array, or a list of rows).
#
# **Example.** `x = [1, 3, 2, -1, 4]`, one filter `w = [[1], [-1]]`, `b = [0.5]`:
#
# | window | sum | with bias | ReLU |
# | --- | --- | --- | --- |
# | 1, 3 | $1 \cdot 1 + 3 \cdot (-1) = -2$ | -1.5 | 0 |
# | 3, 2 | 1 | 1.5 | 1.5 |
# | 2, -1 | 3 | 3.5 | 3.5 |
# | -1, 4 | -5 | -4.5 | 0 |
#
# So the result is `[[0], [1.5], [3.5], [0]]`; with `stride=2` it is `[[0], [3.5]]`.
#
# **Not allowed:** convolutions and correlations of libraries (`np.convolve`, `np.correlate`, those of
# SciPy, Keras, TensorFlow). Views of windows, such as `sliding_window_view`, are fine; so are loops.
#
# Stuck? Run `check.hint("conv1d")`.


# %% nbgrader={"grade": false, "grade_id": "conv1d_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv1d(x, w, b, stride=1):
    """ReLU of the sum of each window of x times each filter, plus bias.

    x: (T,). w: (k, F). b: (F,). Returns ((T - k)//stride + 1, F).
    """
    ### BEGIN SOLUTION
    k = len(w)
    windows = np.array([x[start : start + k] for start in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + b, 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "conv1d", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("conv1d", conv1d)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "conv1d", conv1d)
### END HIDDEN TESTS

# %% [markdown]
# Your window at work. **Try these**, and say what you expect before each.
#
# 1. The filter *mean*: what does the output look like, compared with the signal?
# 2. *Rise*: in which part of a beat is the output large, and why is it 0 after that?
# 3. *Beat*: move the bias down until only the sharp peaks are left. What does the bias do here?
# 4. Put the bias back to 0. Raise the stride to 5, then to 10. How many outputs are left? Which of the four beats does
#    the *beat* filter still see?

# %% tags=["demo"]
figures.sliding_window(conv1d)

# %% [markdown]
# **What it showed**
#
# 1. A smoother signal: noise cancels within the window. (What was negative became 0.)
# 2. On the way up. On the way down the sum is negative, and ReLU silences it.
# 3. A threshold: what is not similar enough to a beat stays below it.
# 4. 59 of 292, then 30. At 5 it sees three of the beats, at 10 none: this filter answers only when it stands exactly over a
#    beat, and some windows never do. A stride saves work and loses detail.
#
# In a network nobody writes the filters: they are weights, found by the same descent as all others.
# But how many weights is that?

# %% [markdown]
# ### Exercise: count_parameters (8 points)
#
# Write two functions that return how many numbers a layer learns, weights and biases, as an `int`.
#
# - `dense_parameters(n_in, units)`: every unit has a weight for each of `n_in` inputs, and a bias.
# - `conv1d_parameters(width, channels, filters)`: the input has `channels` values at each time (an electrocardiogram with three
#   curves, called *leads*, has 3; the exercise above had 1). Every filter has a weight
#   for each of the `width` samples under its window, in each channel, and one bias.
#
# **Example.** A dense layer from 120 samples to 16 units learns 1936 numbers. A convolution with 8 filters
# of width 15 on one channel learns 128, and 5 filters of width 4 on 3 channels learn 65.
#
# Stuck? Run `check.hint("count_parameters")`.


# %% nbgrader={"grade": false, "grade_id": "count_parameters_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dense_parameters(n_in, units):
    """Weights and biases of a dense layer: an int."""
    ### BEGIN SOLUTION
    return n_in * units + units
    ### END SOLUTION


def conv1d_parameters(width, channels, filters):
    """Weights and biases of a convolutional layer with one-dimensional windows: an int."""
    ### BEGIN SOLUTION
    return width * channels * filters + filters
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "count_parameters", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("count_parameters", dense_parameters, conv1d_parameters)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "count_parameters", dense_parameters, conv1d_parameters)
### END HIDDEN TESTS

# %% [markdown]
# The length of the signal is in one formula and not in the other. Keras counts as you do. **Try it:**
# make the pieces ten times as long, 1200 samples. Which of the two networks grows? (Then set them back to 120.)

# %%
keras.utils.set_random_seed(1)
samples = 120
dense = keras.Sequential(
    [
        keras.Input((samples,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ]
)
convolutional = keras.Sequential(
    [
        keras.Input((samples, 1)),
        keras.layers.Conv1D(8, 15, activation="relu"),
        keras.layers.GlobalMaxPooling1D(),
        keras.layers.Dense(1),
    ]
)
for network in (dense, convolutional):
    for layer in network.layers:
        print(f"{type(layer).__name__:20} {layer.count_params():6}")
    print(f"{'together':20} {network.count_params():6}\n")

# %% [markdown]
# With 1200 samples the dense network learns 19,233 numbers instead of 1953; the other keeps its 137.
#
# The layer between, `GlobalMaxPooling1D`, keeps the strongest answer of each filter, wherever it was, and
# learns nothing. The last unit then decides from eight numbers: broad beat or not?
#
# **Think first.** Both networks get the same 100 pieces to learn from. One has 1953 numbers to fit
# them with, the other 137. Which will do better on 400 pieces that neither has seen?

# %% tags=["demo"]
figures.train_pieces(dense, convolutional)

# %% [markdown]
# **What it showed.** Both get their 100 pieces right, but the dense network has seen a broad beat only in
# some places and must guess in the others: its loss on new pieces soon stops falling. For the convolutional one, what it
# learned in one place is valid in every place. The smaller layer wins
# because it *knows something* about the data.
#
# What has it learned? Below, a broad beat moves through a piece that both networks have never seen. Numbers in the upper picture: where
# each of the eight filters gave its strongest answer, the one that max-pooling keeps. Below it you see the filters, each with
# its weight in the decision.
#
# **Try it.** Move the beat. Which filters follow it, and which stay where they are? What does the dense network say meanwhile?
# Then choose another piece.

# %% tags=["demo"]
figures.learned_filters(dense, convolutional)

# %% [markdown]
# **What it showed.** The filters with a large positive weight have become the shape of a broad beat, and max-pooling finds it wherever it
# stands: the answer hardly depends on the place. (Those with negative weights answer to the sharp beats, and lower the score.)
# The dense network finds the beat in some places, but not in others, only a few samples away: there it has seen too few broad
# beats.

# %% [markdown]
# ### Optional: three more layers, one picture each
#
# That is what layer types are for: each *knows something* about its data. Here are three more layers, with numbers chosen by
# hand; in a network these numbers are learned.
#
# **Two-dimensional convolution** slides a small square over a picture. **Try it:** which filter finds the lower edge of a stroke? Where is its answer
# strongest, and what would change if the digit were one pixel lower?

# %% tags=["demo"]
figures.window_on_a_digit()

# %% [markdown]
# *Ink above, paper below* finds a lower edge; the caption says where its answer is strongest. Nine weights serve all 36 places.
# If the digit moves down by a pixel, so does the answer: what is learned in one place holds in every place.
#
# **Recurrence** reads one number after the other, and gets its own last outputs as inputs, too (here it has one unit). **Try
# it:** with which weight of its own state does it forget at once, slowly, never?

# %% tags=["demo"]
figures.recurrence()

# %% [markdown]
# At 0 it forgets at once, at 0.9 slowly, like the running averages of Adam. Above 1 one push is remembered for as long as you
# like, until an opposite push is strong enough (raise the weight of the input). Such a layer knows about *order*.
#
# **Attention** lets every word of a sentence look at every other. Each word has a *key*, and the word that looks at the others
# has a *query*; the scores query · key go through a softmax. **Try it:** which word does "it" mean? Change the last word. What
# does a query of length 0 see?

# %% tags=["demo"]
figures.attention()

# %% [markdown]
# "Full" makes "it" look at the cat, "sour" at the milk; a query of length 0 looks at everything equally. (Here the query was
# chosen by hand to fit the last word; in a network an earlier layer has brought that word to "it".) Such a layer knows about
# *what refers to what*, at any distance.

# %% [markdown]
# ## Practice quiz: Additional neural network concepts
#
# Five questions, 2 points each. Write the letter of your answer in quotes, as in `answer = "a"`. The check says only
# whether it is one of the options. After the last question you learn which are right, and why.

# %% [markdown]
# ### Question 1
#
# Training with Adam begins ($t = 1$, both averages 0) with $\alpha = 0.01$ and the
# usual settings. One parameter has the gradient 0.004. By about how much does it change?
#
# - a) It falls by 0.00004.
# - b) It falls by 0.004.
# - c) It falls by 0.01.
# - d) It falls by 0.0316.

# %% nbgrader={"grade": false, "grade_id": "additional_1_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_additional_1 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_additional_1 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "additional_1", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("additional_1", answer_additional_1)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "additional_1", answer_additional_1)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2
#
# The same network was trained three times, each time with another learning rate. Read
# the figure: which curve belongs to which rate?
#
# - a) A: too small. B: about right. C: too large.
# - b) A: too large. B: about right. C: too small.
# - c) A: about right. B: too large. C: too small.
# - d) A: too small. B: too small. C: too large.

# %% tags=["demo"]
figures.three_rates()

# %% nbgrader={"grade": false, "grade_id": "additional_2_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_additional_2 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_additional_2 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "additional_2", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("additional_2", answer_additional_2)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "additional_2", answer_additional_2)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3
#
# A parameter has the same gradient, 2, in every step. Momentum is used as in this lab,
# $\text{velocity} \leftarrow 0.9 \cdot \text{velocity} + g$. Towards which value does the velocity go?
#
# - a) 2
# - b) 1.8
# - c) 2.22
# - d) 20

# %% nbgrader={"grade": false, "grade_id": "additional_3_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_additional_3 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_additional_3 = "d"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "additional_3", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("additional_3", answer_additional_3)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "additional_3", answer_additional_3)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4
#
# A signal has 1000 samples and 2 channels. How many numbers does a convolutional layer
# with 12 filters of width 7 learn?
#
# - a) 180
# - b) 168
# - c) 96
# - d) 24,012

# %% nbgrader={"grade": false, "grade_id": "additional_4_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_additional_4 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_additional_4 = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "additional_4", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("additional_4", answer_additional_4)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "additional_4", answer_additional_4)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5
#
# A convolutional layer (width 9, stride 5) looks at a long signal. Now the same signal
# arrives 10 samples later. Apart from the two ends, what happens to the rows of the output?
#
# - a) They are lost, because no filter knows the new place.
# - b) They appear 10 rows later.
# - c) They appear 2 rows later.
# - d) Every row changes, in no simple way.

# %% nbgrader={"grade": false, "grade_id": "additional_5_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
answer_additional_5 = None  # "a", "b", "c" or "d"
### BEGIN SOLUTION
answer_additional_5 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "additional_5", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("additional_5", answer_additional_5)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("06_adam", "additional_5", answer_additional_5)
### END HIDDEN TESTS

# %% [markdown]
# **Learning on your own?** When all five questions have an answer and their checks are run, the next cell says which answers are
# right, and why. You may choose again. In a course your instructor's marking does that, and this cell stays closed.

# %% tags=["demo"]
check.explain()

# %% [markdown]
# ## Summary
#
# - One **learning rate** for all: the steepest direction sets the limit, the flattest one waits.
# - **Momentum** adds up gradients: those of changing sign cancel, those of one sign make the walk faster, up to $1/(1 - \beta)$ times.
# - **Adam** divides the averaged gradient by its usual size, so every parameter moves by at most about
#   $\alpha$ a step. The **bias correction** repairs averages that start at 0.
# - **Keras's Adam** puts $\epsilon$ elsewhere (epsilon hat) and differs where gradients are tiny.
# - A **dense** layer has a weight for every pair of input and unit. A **convolutional** layer uses the same few
#   weights at every place, and its size does not depend on the length of the signal.

# %% [markdown]
# ## What to try next
#
# - Write `adamw_step`: the step of Adam, and then subtract `alpha * 0.01 * theta` too, with the old theta. What does this
#   additional pull towards 0 do in the ravine, whose lowest point is 0?
# - Give `effective_steps` a version of your `adam_step` that divides by $|\hat m|$ instead of $\sqrt{\hat v}$. What does the noisy parameter do?
# - Let a second `conv1d` look at the output of a first one with one filter (`conv1d(out[:, 0], ...)`): how much of the signal does
#   one output of the second see?
# - The next lab, `07_backprop`, is about where the gradients come from.
#
# <details><summary>Answers</summary>
#
# Here it helps a little, because it pulls to the right place: with the rate 0.3, the cost at step 40 is 0.26 in place of 0.27.
# In a network it keeps weights small if the data do not need them. That is called **weight decay**, and this optimizer AdamW.
#
# $\hat m / |\hat m|$ is 1 or $-1$: every parameter that has had a gradient moves a full $\alpha$ in each step, the noisy one too. It is never quiet.
#
# With windows of $k$ samples and a stride of 1: $2k - 1$ samples. With a stride $s$ in the first layer: $k + (k - 1)\,s$.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

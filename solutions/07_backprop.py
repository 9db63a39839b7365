# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Back propagation
#
# Training asks one question over and over: if I change this weight a little, how does the cost
# change? A network has thousands of weights, and gradient descent needs all the answers, at every
# step. Back propagation finds them all, in the time of a few passes through the network. In this lab you build it twice: node by node on a
# graph of any shape, and in ten lines of NumPy. With each of the two you train a network.
#
# **After this lab you can**
# - say what a derivative is, measure one, and choose a step that is neither too large nor too small for floats;
# - run a computation graph forward, and send derivatives backward through it, by hand and in code;
# - explain, with counts that you measured, why going backward needs one pass for all parameters together;
# - train a network with nothing but your own two passes, your **engine**;
# - write the gradients of a two-layer network, and test any gradient you will ever write.
#
# **Time** about 95 minutes: a good place to rest is after "Train with your own engine". **You need** NumPy, Python dicts, and softmax with
# cross-entropy (lab 03). School calculus helps, but everything is explained.
#
# **How it works** Seven exercises, 100 points. Write your answer in place of `YOUR CODE HERE`, then
# run the check below it, as often as you like. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils.checks import Check
from utils.figures import backprop as figures

check = Check("07_backprop")

# %% [markdown]
# ## What is a derivative?
#
# Change the input of a function by a small amount, a **nudge**, and watch its output. At $x = 3$, $x^2$ is 9; at 3.001 it is 9.006001.
# The output changed by about six times the nudge of 0.001. That factor is the derivative, or **slope** ($\varepsilon$ is the nudge):
#
# $$f(x + \varepsilon) \approx f(x) + \varepsilon \cdot f'(x), \qquad \text{here } f'(3) = 6 .$$
#
# **Think first.** At $x = -3$, does the output rise or fall when you nudge upwards, and by what factor?
#
# **Try it** at $-3$. Then nudge another function, for example `1 / x`, and another place. For which functions is the factor always the same?
#
# <details><summary>Answers</summary>
#
# At $-3$ it falls, six times as far as the nudge: the slope is $-6$. For functions such as $5x - 2$, whose graph is a straight
# line, the factor is the same for every nudge in every place.
# </details>


# %%
def f(x):
    return x**2


x = 3.0
for nudge in [0.1, 0.01, 0.001]:
    change = f(x + nudge) - f(x)
    print(f"nudge {nudge:<6} output moves by {change:.6f}   factor {change / nudge:.4f}")

# %% [markdown]
# When the nudge becomes smaller, the factor changes less and less. It is closer to the slope if you look to both sides: in $(x
# \pm \varepsilon)^2 = x^2 \pm 2 x \varepsilon + \varepsilon^2$
# the extra $\varepsilon^2$ is the same on both sides, and the difference cancels it.
#
# ### Exercise: numerical_derivative (10 points)
#
# Write `numerical_derivative(f, x, eps=1e-5)`, the **central difference**: the change of the output between the two
# places `eps` below and `eps` above `x`, divided by the distance between these places.
#
# `f` is a function of one number and `x` is a float. Use exactly these two places, with whatever `eps` you are
# given.
#
# **Example.** $f(x) = x^3$ at $x = 1$ with $\varepsilon = 0.5$: $(3.375 - 0.125) / 1 = 3.25$. With the default
# step it is 3.0000000 instead. Nothing is forbidden here.
#
# Stuck? Run `check.hint("numerical_derivative")` in a new cell.


# %% nbgrader={"grade": false, "grade_id": "numerical_derivative_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_derivative(f, x, eps=1e-5):
    """Slope of f at x, measured to both sides: the central difference. Returns a number."""
    ### BEGIN SOLUTION
    return (f(x + eps) - f(x - eps)) / (2 * eps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "numerical_derivative", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("numerical_derivative", numerical_derivative)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "numerical_derivative", numerical_derivative)
### END HIDDEN TESTS

# %% [markdown]
# A line through two points of a curve is a **secant**. When the two points come closer, the secant becomes the tangent, whose
# slope is the derivative. On the right: the error of the measured slope, for every step.
#
# **Try these.**
#
# 1. Shrink the step from 1 to 0.001. When do secant and tangent look like one line?
# 2. Go on shrinking, down to $10^{-13}$. What happens to the error, and where is it smallest?
# 3. Compare the two curves on the right: at a step of $10^{-5}$, how many more digits are right if you use both sides?
# 4. Choose ReLU and set $x$ to 0. Which slope do you measure, and which should it be?
#
# (The diamond is the place $x$ itself; the dots of the secant lie to its left and right.)
#
# **Think first.** Floats have 16 digits. With which step will the slope of $x^3$ at 1 be most exact? Say its power of ten; your
# guess is drawn on the right.

# %% tags=["demo"]
my_guess = figures.guess("power of ten of the best step", -15, 0, 0)
my_guess

# %% tags=["demo"]
figures.secant(numerical_derivative, my_guess)

# %% [markdown]
# **What it showed**
#
# 1. Near 0.1. From there on only the numbers show a difference.
# 2. It falls, and then *rises*. With a large step the curve bends between the points; with a tiny one two numbers are
#    subtracted that agree in nearly all of their 16 digits, and only rounding errors remain. Between $10^{-6}$ and $10^{-5}$
#    both are small: hence the default.
# 3. About five digits. The error of the one-sided formula shrinks like $\varepsilon$, that of the central one
#    like $\varepsilon^2$, until rounding takes over.
# 4. One half: the mean of both sides. ReLU has no tangent at its corner. A program must still
#    return *something* there; this course returns 0.

# %% [markdown]
# ## The same in symbols
#
# Measuring is general, but never exact. For formulas there are rules, and SymPy, a package that calculates with formulas, knows them all.
#
# **Think first.** In $a \cdot b$, keep $b$ as it is and nudge $a$ by $\varepsilon$. By how much does the product move?
#
# A slope for one input while all others stay as they are is called a **partial derivative**. It is written with a round
# $\partial$: $\partial (ab) / \partial a = b$, because the product moves by $b\, \varepsilon$.
#
# **Try it.** Guess each line before you read it. Then ask for the slope of `a**5`, of `1 / a`, of `sp.tanh(a)`.

# %%
import sympy as sp

a, b = sp.symbols("a b", positive=True)
for formula in [a + b, a * b, a**2, sp.log(a)]:
    for_a, for_b = str(sp.diff(formula, a)), sp.diff(formula, b)
    print(f"{formula!s:8} slope for a: {for_a:6} slope for b: {for_b}")

s = 1 / (1 + sp.exp(-a))
print("sigmoid  slope for a:", sp.diff(s, a))
print("is that s * (1 - s)?", sp.simplify(sp.diff(s, a) - s * (1 - s)) == 0)

# %% [markdown]
# <details><summary>The other three</summary>
#
# $5 a^4$, then $-1 / a^2$, then $1 - \tanh^2 a$.
# </details>
#
# ### Exercise: local_derivatives (12 points)
#
# Write `local_derivatives(op, inputs)`. `op` is the name of an operation, `inputs` the list of numbers that go
# into it. Return a list of numbers with **one partial derivative for each input**, also for a single input (a tuple or an array is right as well).
#
# | `op` | `inputs` | value | |
# | --- | --- | --- | --- |
# | `"add"` | `[a, b]` | $a + b$ | |
# | `"mul"` | `[a, b]` | $a \cdot b$ | |
# | `"square"` | `[a]` | $a^2$ | |
# | `"relu"` | `[a]` | $\max(a, 0)$ | slope 0 at $a = 0$ |
# | `"sigmoid"` | `[a]` | $1 / (1 + e^{-a})$ | $a$ between -20 and 20 |
# | `"log"` | `[a]` | $\ln a$ | $a > 0$ |
#
# Any other name raises a `ValueError`, however many inputs come with it.
#
# **Example.** `local_derivatives("mul", [2.0, 3.0])` returns `[3.0, 2.0]`, `local_derivatives("relu", [-4.0])` returns
# `[0.0]`, and `local_derivatives("cube", [2.0])` raises a `ValueError`.
#
# Stuck? Run `check.hint("local_derivatives")`.


# %% nbgrader={"grade": false, "grade_id": "local_derivatives_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def local_derivatives(op, inputs):
    """Partial derivatives of the operation `op` at `inputs`: a list, one number for each input.

    Raises ValueError for an unknown op.
    """
    ### BEGIN SOLUTION
    a = inputs[0]
    if op == "add":
        return [1.0, 1.0]
    if op == "mul":
        return [inputs[1], a]
    if op == "square":
        return [2 * a]
    if op == "relu":
        return [1.0 if a > 0 else 0.0]
    if op == "sigmoid":
        s = 1 / (1 + np.exp(-a))
        return [s * (1 - s)]
    if op == "log":
        return [1 / a]
    raise ValueError(f"unknown op {op!r}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "local_derivatives", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("local_derivatives", local_derivatives)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "local_derivatives", local_derivatives)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** Six small rules, each of which looks at one operation and nothing else. `add` lets a
# nudge through unchanged, `mul` scales it by the *other* input, `relu` is a gate. A network is made of
# such pieces. A few more rules of this kind, for an exponential or a quotient, and you have all the calculus that training
# needs. The rest is keeping lists.
#
# ## Computation graphs
#
# Write a formula as a list of steps, one operation each, and give every result a name. The cost of one ReLU unit (a *neuron*)
# with input $x$ and target $t$, $(\operatorname{relu}(w x + b) - t)^2$, becomes
#
# | name | operation | inputs |
# | --- | --- | --- |
# | `z` | `mul` | `w`, `x` |
# | `s` | `add` | `z`, `b` |
# | `a` | `relu` | `s` |
# | `d` | `add` | `a`, `c` (where $c = -t$) |
# | `loss` | `square` | `d` |
#
# Draw an arrow from every input to the step that uses it: a **computation graph**. Its **nodes** are the
# steps. Names that no step computes are **leaves**: `w`, `x`, `b`, `c`. As a Python dict, each node has
# its operation and the names of its inputs. The dict may list the nodes in any order.
#
# The cell below lists `loss` first, on purpose.

# %%
neuron = {
    "loss": ("square", ["d"]),
    "d": ("add", ["a", "c"]),
    "z": ("mul", ["w", "x"]),
    "a": ("relu", ["s"]),
    "s": ("add", ["z", "b"]),
}
leaves = {source for _, inputs in neuron.values() for source in inputs} - neuron.keys()
print("nodes: ", *neuron)
print("leaves:", *sorted(leaves))

# %% [markdown]
# Now put numbers on the leaves and let them flow. Fill in the boxes, in any order; each tells you at once
# whether it is right. Small calculations such as `2*3` are accepted. Press Enter or Tab to hand in a number; *Next node* fills
# one box for you. (Without boxes: `sheet.answer("z", 6)` in a new cell, and `print(sheet)`.)
#
# **Try these.** First the neuron. Then *used twice*: what does the second arrow from the same name stand for? Last, *two layers*:
# a whole small network.

# %% tags=["demo"]
sheet = figures.worksheet("forward")
sheet

# %% [markdown]
# **What it showed.** You never computed a step before its inputs were there: that is the only rule. In *used twice* both
# arrows carried the same number: `b = a + a` reads `a` in two places. Keep that in mind.

# %% [markdown]
# ## Backward: where does the change come from?
#
# Now the question of training: how fast does the output move with each name in the graph? Start at the end, where the answer is
# known: if the output changes by 1, it changes by 1, $\partial\,\text{loss} / \partial\,\text{loss} = 1$. Then walk against the
# arrows. What a node sends back to one of its inputs is *handed over*. In the neuron with `w` = 2, `x` = 3, `b` = -1, `c` = -3,
# so that `z` = 6, `s` = 5, `a` = 5, `d` = 2 and `loss` = 4:
#
# | step back | what arrives | local slope | what is handed over |
# | --- | --- | --- | --- |
# | `loss = d²`, to `d` | 1 | $2 d = 4$ | $1 \cdot 4 = 4$ |
# | `d = a + c`, to `a` and to `c` | 4 | 1 and 1 | 4 and 4 |
# | `a = relu(s)`, to `s` | 4 | 1, since $s > 0$ | 4 |
# | `s = z + b`, to `z` and to `b` | 4 | 1 and 1 | 4 and 4 |
# | `z = w · x`, to `w` and to `x` | 4 | $x = 3$ and $w = 2$ | **12** and 8 |
#
# Nudging `w` by 0.001 raises the loss by about 0.012. Each step is the **chain rule**: what arrives, times the
# local slope. And a name that is used several times is nudged in several places, so **its parts add up**.

# %% [markdown]
# **Think first.** In $y = x + x$ and in $y = x \cdot x$ the name `x` is used twice. What does each use hand over?
#
# <details><summary>Answers</summary>
#
# $x + x$: 1 and 1, together 2. $x \cdot x$: each use hands over the *other* factor, $x$ and $x$, together $2x$. Those are the slopes
# of $2x$ and of $x^2$, as they should be.
# </details>

# %% [markdown]
# Fill in the boxes: how fast does the output move with each name? Work from the output to the leaves.
#
# **Try these.** The neuron first: you have its numbers in the table. Then *used twice* and *two ways*, where parts
# add up. Then *a unit that is off*: which weights can learn from this example? In *sigmoid and log* give two decimals. Last,
# *two layers*: what arrives at the shared input `x`, and why only from one side?

# %% tags=["demo"]
sheet = figures.worksheet("backward")
sheet

# %% [markdown]
# **What it showed.** In *a unit that is off* the slope of `s` is 0, and so are the slopes of everything that leads to it: `w`,
# `x` and `b`. And `v` gets the value of the unit, which is 0 as well. This example teaches nothing. In *two layers* the second
# unit is off, so `x` receives something only from the first: $2 \cdot 1.5 = 3$.
#
# You have now done by hand all that back propagation is. What is left is to write it as a program: first the **order**, then **forward**,
# then **backward**. These are three exercises of a few lines each.
#
# ## The algorithm
#
# **Think first.** You found the order by looking. How would you find it in a graph of 10,000 nodes, listed in any order? Is
# there only one?

# %% [markdown]
# ### Exercise: topological_order (16 points)
#
# A node can be computed when all of its inputs are there. Write `topological_order(graph)`: a list (or a tuple) of all
# **node** names (no leaves), each exactly once, and **each after those of its inputs that are nodes**.
#
# - `graph` maps a name to a pair: the operation, and the list of its input names (a tuple or a list, both occur).
# - Inputs that are not keys of `graph` are leaves.
# - Often several orders are possible; any of them is right. Nodes that nobody uses belong in the list too.
# - If the graph has a **cycle** there is no order: raise a `ValueError`. A node that is its own input is a cycle.
# - Chains are up to 200 nodes deep, and nodes may be shared by many. So visit each node *once*: in a chain of 200 sums, each
#   adding the one before to itself (`b = a + a`, `c = b + b`, ...), there are $2^{200}$ ways from top to bottom.
#
# **Example.** For `neuron` above the only order is `["z", "s", "a", "d", "loss"]`. For
# `{"q": ("add", ["p", "p"]), "p": ("square", ["x"]), "r": ("log", ["y"])}` three are right:
# `p q r`, `p r q` and `r p q`.
#
# **Not allowed:** library sorters (`graphlib`, SymPy's `topological_sort` and the like).
#
# Stuck? Run `check.hint("topological_order")`.


# %% nbgrader={"grade": false, "grade_id": "topological_order_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def topological_order(graph):
    """All node names, each once and after its inputs. graph: name -> (op, input names).

    Raises ValueError if the graph has a cycle.
    """
    ### BEGIN SOLUTION
    order, state = [], {}

    def visit(name):
        if name not in graph or state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise ValueError(f"a cycle goes through {name!r}")
        state[name] = "open"
        for source in graph[name][1]:
            visit(source)
        state[name] = "done"
        order.append(name)

    for name in graph:
        visit(name)
    return order
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "topological_order", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("topological_order", topological_order)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "topological_order", topological_order)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** The order depends on the arrows alone, not on the numbers: you find it once, and can use it for every pass
# over the graph, in both directions. There are often several: any node whose inputs are there may come next.

# %% [markdown]
# ### Exercise: forward (12 points)
#
# Write `forward(graph, values)`: `values` is a dict with a number for each leaf. Return a **new** dict that has these
# leaves (all of them, also one that nobody uses) and the value of every node. The operations are the six of
# the table above; the graph may be listed in any order and is as large as before; `values` itself stays as it was.
#
# **Example.** `forward(neuron, {"w": 2.0, "x": 3.0, "b": -1.0, "c": -3.0})` returns
#
#     {"w": 2.0, "x": 3.0, "b": -1.0, "c": -3.0,
#      "z": 6.0, "s": 5.0, "a": 5.0, "d": 2.0, "loss": 4.0}
#
# Your `topological_order` is welcome; if it is wrong, this exercise can still earn all its points.
#
# Stuck? Run `check.hint("forward")`.


# %% nbgrader={"grade": false, "grade_id": "forward_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def forward(graph, values):
    """A new dict with the value of every leaf and node. values: leaf name -> number."""
    ### BEGIN SOLUTION
    operations = {
        "add": lambda a, b: a + b,
        "mul": lambda a, b: a * b,
        "square": lambda a: a**2,
        "relu": lambda a: max(a, 0.0),
        "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
        "log": lambda a: np.log(a),
    }
    known = dict(values)
    for name in topological_order(graph):
        op, inputs = graph[name]
        known[name] = operations[op](*[known[source] for source in inputs])
    return known
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "forward", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("forward", forward)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "forward", forward)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** One loop over the order computes any formula. Backward walks the same order from the end, and hands over what
# arrives, times the local slope, along each arrow.

# %% [markdown]
# ### Exercise: backward (20 points)
#
# Write `backward(graph, values, output)`. `values` holds the value of every leaf and node, as `forward` returns them;
# `output` is the name of a node. Return a dict with $\partial\,\text{output} / \partial\,\text{name}$ for **every** name in `values`:
#
# - 1.0 for `output` itself, and 0.0 for a name that the output does not depend on;
# - a name that is used more than once adds up what it receives, also from two places of one node;
# - nothing is kept from one call to the next, and `values` stays as it was.
#
# Graphs are as large as before. So let each node hand over only one time, after it has received everything.
#
# **Example.** With $(2 + 3 w)^2$ at $w = 3$ the slope for $w$ is $2 \cdot 11 \cdot 3 = 66$. With `b = add(a, a)` and `c = add(b, b)` the
# slopes of `c` are `{"a": 4.0, "b": 2.0, "c": 1.0}`; the slopes of `b` are `{"a": 2.0, "b": 1.0, "c": 0.0}`.
#
# **Not allowed:** automatic differentiation (`GradientTape`, `tf.gradients`, other packages that differentiate for you).
# Your `topological_order` and `local_derivatives` are welcome; if one is wrong, you lose no points here.
#
# Stuck? Run `check.hint("backward")`.


# %% nbgrader={"grade": false, "grade_id": "backward_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def backward(graph, values, output):
    """A dict with d(output)/d(name) for every name. values: as forward returns them."""
    ### BEGIN SOLUTION
    slopes = dict.fromkeys(values, 0.0)
    slopes[output] = 1.0
    for name in reversed(topological_order(graph)):
        op, inputs = graph[name]
        local = local_derivatives(op, [values[source] for source in inputs])
        for source, slope in zip(inputs, local, strict=True):
            slopes[source] += slopes[name] * slope
    return slopes
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "backward", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("backward", backward)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "backward", backward)
### END HIDDEN TESTS

# %% [markdown]
# Now both passes are yours. The figure goes through them step by step: values in blue, slopes in orange, and at each arrow
# what is handed back along it.
#
# **Try these.**
#
# 1. Play the neuron. At which step does the direction turn?
# 2. Move the leaf `w` until the unit is off. What happens to the slopes of everything that leads to it? What can training do about it?
# 3. *Used twice*: which three numbers meet at `a`?
# 4. Back in the neuron, at the last step: nudge one leaf after the other by 0.001. Which numbers move, which do not, and how
#    far does the loss move, compared with the slope of that leaf?

# %% tags=["demo"]
figures.flow(forward, backward)

# %% [markdown]
# **What it showed**
#
# 1. At step 6: five nodes forward, then the output is the first to get its slope, 1.
# 2. Where the unit is off, its gate stops everything: every slope of what leads to it is 0, and this example
#    teaches those weights nothing. Only other examples, for which the unit is on, can move them.
# 3. 6 from `c = b · a`, and 3 and 3 from the two uses in `b = a + a`: together 12.
# 4. Only what lies on a way from the leaf to the loss moves. Nudging `w` moves the loss by 0.012009: 12.009 times the nudge, and
#    backward says 12. The rest comes from the curvature of the square.
#
# Your six rules and a loop differentiate every formula that can be written with these
# operations, and every program that can be recorded as such a graph. This *is* what TensorFlow's `GradientTape` does:
# it records the graph while the forward pass runs, and walks it backward.

# %% [markdown]
# ## Train with your own engine
#
# With the slopes, a network can learn. Here is all of it, ten lines around your two functions: for each example a forward pass and
# a backward pass, then a step of gradient descent on the mean of the costs.
#
# `figures.small_network(hidden)` is a graph like those above: two inputs, some ReLU units, one output, and the square
# of its error as the cost. **Try it:** read the loop. Where would you add momentum?


# %%
def engine_step(graph, examples, parameters, alpha):
    """The parameters after one step of gradient descent. examples: dicts of inputs and target."""
    total = dict.fromkeys(parameters, 0.0)
    for example in examples:
        values = forward(graph, parameters | example)  # | joins two dicts
        slopes = backward(graph, values, "cost")
        for name in parameters:
            total[name] += slopes[name] / len(examples)
    return {name: value - alpha * total[name] for name, value in parameters.items()}


graph = figures.small_network(2)
print(len(graph), "nodes:", ", ".join(graph))

# %% [markdown]
# The first problem is **exclusive or**: yes if exactly one of the two inputs is positive. No straight border can do it.
# Colours show what the network says, point by point, and the border moves as *your* engine trains.
#
# **Try these.**
#
# 1. Play with 4 hidden units. What does the border look like in the end?
# 2. Take 1 unit. How many of the four points does it get right, from any start?
# 3. Take 2 units: two would be enough. From how many of the ten starts do they find the answer?
# 4. *Two moons*, 6 units. Then the largest learning rate: what happens?

# %% tags=["demo"]
figures.own_engine(engine_step)

# %% [markdown]
# **What it showed**
#
# 1. A band: on each side of it a unit bends the border. All four points are right after about 50 steps.
# 2. At most three. One ReLU unit folds the plane once, and that gives one straight border.
# 3. From two of ten. The others end with three points right, in a valley that is not the lowest. With more units than needed it
#    is easy: with 6 all ten starts find the answer.
# 4. The border bends around both moons. At rate 1 the cost jumps, and units are switched off for ever.
#
# And momentum would be added in the last line of `engine_step`: a velocity for each parameter, to which the slope is added.
#
# **You have trained a network, and nothing in it was a library's.** What is missing for larger networks
# is speed. Two things bring it: the right *direction*, and *arrays* instead of single numbers.

# %% [markdown]
# ## Why backward? Counting operations
#
# There is another way to use the same local slopes. **Forward mode** (not the forward *pass*, which carries values only)
# carries a slope with each value: first "how fast does every node move with $w_1$", in one pass over the graph, then the same
# for $w_2$, and so on. With $N$ nodes and $P$ parameters that is $P$ passes over $N$ nodes.
#
# **Think first.** How many passes does backward mode need for all $P$ parameters? And with which numbers of inputs and outputs
# would forward mode be cheaper?
#
# The figure measures it. It runs `forward` and `backward` on graphs of growing size with
# numbers that **count every addition and multiplication** made with them. (Your own functions, if they work.)
#
# **Try these.**
#
# 1. Double the number of parameters: by what factor does each count grow?
# 2. Read off the constants in the caption: operations divided by $N \cdot P$, and by $N + P$. Do they become constant?
# 3. Change the shape of the graph. What changes?

# %% tags=["demo"]
figures.cost_of_modes(forward, backward)

# %% [markdown]
# **What it showed**
#
# 1. Backward mode doubles, forward mode and nudging quadruple (here $N$ grows with $P$).
# 2. They do: forward mode costs a constant times $N \cdot P$, backward mode a constant times $N + P$, a few operations
#    for each node and leaf. With a million parameters the factor between them is of the order of a million.
# 3. The constants change a little, the growth does not: for deep and for wide graphs only the numbers of nodes and leaves count. Backward mode
#    is cheaper because there is **one** output; with one input and many outputs, forward mode is.
#
# So backward mode needs **one** pass forward and one backward, for all $P$ parameters.
#
# It has a price: **memory**. `mul` needs its inputs again on the way back, `relu` must know whether it was on. So every value
# of the forward pass is kept until the backward pass has used it, while a forward pass alone could forget values at once. **Try
# it:** how many numbers are kept for the digits network of the next lab, with a batch of 32 and with all 1,437 digits? How many
# parameters does it have?

# %%
learned = (64 + 1) * 25 + (25 + 1) * 15 + (15 + 1) * 10
kept = 64 + 2 * 25 + 2 * 15 + 10  # inputs, scores and outputs of two hidden layers, logits
for batch in (1, 32, 1437):
    print(f"batch of {batch:4}: {batch * kept:7,} values kept, for {learned:,} parameters")

# %% [markdown]
# With large batches there are far more values than parameters. That is what fills the memory when large networks are trained,
# and one reason for mini-batches.

# %% [markdown]
# ### Optional: why not with formulas?
#
# Would formulas, worked out by SymPy, have done as well? **Try it.** SymPy differentiates a product of $n$ factors. How does
# the length of the derivative grow, compared with that of the formula? Where do you see the same pieces written again and
# again?

# %%
x = sp.Symbol("x")
for n in [2, 4, 8, 16]:
    product = sp.prod([sp.sin(k * x) for k in range(1, n + 1)])
    slope = sp.diff(product, x)
    print(f"{n:2} factors: {sp.count_ops(product):3} operations, its slope {sp.count_ops(slope):4}")

# %% [markdown]
# Twice the factors make the formula twice as long, and its slope four times: each of $n$ terms repeats all factors except one.
# So no. A graph computes each piece once and shares it. That is the point of giving every step a name.
#
# ## A larger network, vectorised
#
# One node for each multiplication is fine for a picture, not for a network. Now a node is a whole array. Two layers for
# $C$ classes, on $m$ examples at once:
#
# $$Z_1 = X W_1 + b_1, \quad A_1 = \operatorname{relu}(Z_1), \quad Z_2 = A_1 W_2 + b_2, \quad
#   P = \operatorname{softmax}(Z_2) ,$$
#
# and the cost $J = -\frac{1}{m} \sum_i \ln P_{i, y_i}$.
#
# Backward, write $dZ_2$ for $\partial J / \partial Z_2$: **an array of the shape of $Z_2$**. Softmax and cross-entropy together leave
#
# $$dZ_2 = \tfrac{1}{m} (P - Y), \qquad Y \text{ the one-hot rows of } y \text{ (lab 03)} .$$
#
# **Think first.** $dW_2$ must have the shape of $W_2$, `(h, C)`. At hand are $A_1$, `(m, h)`, and $dZ_2$, `(m, C)`. Which
# product can it be? ($h$ is the number of hidden units, and $A^\top$ is `A.T`, rows and columns exchanged.) And $db_2$, `(C,)`:
# the bias is used by all $m$ examples, so ...?

# %%
m, n, h, C = 5, 3, 4, 2  # examples, features, hidden units, classes: all different on purpose
rng = np.random.default_rng(0)
X, W1, W2 = rng.normal(size=(m, n)), rng.normal(size=(n, h)), rng.normal(size=(h, C))
A1 = np.maximum(X @ W1, 0)
dZ2 = rng.normal(size=(m, C))  # made up: only shapes matter here
print("A1.T @ dZ2 ", (A1.T @ dZ2).shape, "like W2", W2.shape)
print("dZ2 @ W2.T ", (dZ2 @ W2.T).shape, "like A1", A1.shape)
print("dZ2.sum(0) ", dZ2.sum(axis=0).shape, "like b2", (C,))

# %% [markdown]
# These are your three rules again. `mul` scales by the other factor: for $A_1 W_2$ that is $dZ_2 W_2^\top$ for $A_1$, and
# $A_1^\top dZ_2$ for $W_2$. A name used $m$ times adds up: the sum over the examples. And `relu` is a gate, entry by entry.
#
# You can test this: your `backward` knows nothing of arrays. Below it gets a small layer, $Z = A W$ for two examples, with
# **a name for every single number**, 27 nodes in all. Beside it: the product of arrays.
#
# **Try it.** Choose an entry of $dW$. How often is that weight used, and what does each use hand over? Then $dA$.

# %% tags=["demo"]
figures.entry_by_entry(forward, backward)

# %% [markdown]
# **What it showed.** The weight from unit $j$ to output $k$ is used once by each example: what arrives there, $dZ_{ik}$, times the other
# factor, $A_{ij}$. Adding up over the examples *is* a row of $A^\top$ times a column of $dZ$. An entry of $A$ is used once by each
# output, so it adds up over the outputs. A product of matrices only collects, for each number, all its uses.

# %% [markdown]
# ### Exercise: network_gradients (20 points)
#
# Write `network_gradients(X, y, W1, b1, W2, b2)`: the gradients of the mean cost $J$ above, as $(dW_1, db_1, dW_2, db_2)$ (a
# tuple or a list), each with the shape of its parameter. `X` is `(m, n)`, `y` holds $m$ integers, `W1` is `(n, h)`, `b1`
# `(h,)`, `W2` `(h, C)`, `b2` `(C,)`.
#
# - The slope of ReLU at 0 is 0. Use $P - Y$ throughout. Logits stay between -50 and 50.
# - All sizes are possible, $m = 1$ too, and thousands of features: use products of arrays, not loops over single weights.
#
# **Example.** One example $X = (1 \;\; 2)$ of class $y = 1$; both biases are 0, and
#
# $$W_1 = \begin{pmatrix} 1 & -1 \\ 0.5 & -1 \end{pmatrix}, \qquad
#   W_2 = \begin{pmatrix} 0 & \tfrac{1}{2} \ln 3 \\ 4 & 0 \end{pmatrix} .$$
#
# Forward: $Z_1 = (2, -3)$, $A_1 = (2, 0)$, $Z_2 = (0, \ln 3)$, $P = (0.25, 0.75)$. Backward: $dZ_2 = (0.25, -0.25)$, which comes back
# through $W_2$ as $(-0.1373,\, 1)$; the second unit is off, so $dZ_1 = (-0.1373,\, 0)$. Then $db_1 = dZ_1$, $db_2 = dZ_2$, and
#
# $$dW_1 = \begin{pmatrix} -0.1373 & 0 \\ -0.2747 & 0 \end{pmatrix}, \qquad
#   dW_2 = \begin{pmatrix} 0.5 & -0.5 \\ 0 & 0 \end{pmatrix} .$$
#
# **Not allowed:** automatic differentiation, and finite differences, your own or a library's. You will need them below, to compare.
#
# Stuck? Run `check.hint("network_gradients")`.


# %% nbgrader={"grade": false, "grade_id": "network_gradients_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def network_gradients(X, y, W1, b1, W2, b2):
    """(dW1, db1, dW2, db2) of the mean cross-entropy of softmax(relu(X W1 + b1) W2 + b2)."""
    ### BEGIN SOLUTION
    m = len(y)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    P = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    dZ2 = (P - np.eye(len(b2))[y]) / m
    dZ1 = (dZ2 @ W2.T) * (Z1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "network_gradients", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("network_gradients", network_gradients)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "network_gradients", network_gradients)
### END HIDDEN TESTS

# %% [markdown]
# With the gradients, a network can learn what softmax regression cannot learn: three arms of a spiral, wound into each
# other. Each frame below takes 24 steps of gradient descent with *your* gradients.
#
# **Try these.**
#
# 1. With 2 hidden units: what do the borders look like, and how low does the cost get?
# 2. With 24. Which part of the picture is learned first, which last?
# 3. Pick the largest learning rate. What happens to the cost, and is the gradient to blame?

# %% tags=["demo"]
figures.spiral(network_gradients)

# %% [markdown]
# **What it showed**
#
# 1. Two ReLU units fold the plane along two lines only, so a border has hardly any bends; the cost stays near 0.7.
# 2. First the coarse sectors far from the middle, then the turns inwards, where the arms are close together.
# 3. It jumps. The gradient is right, but only nearby: it says where downhill is, but not how far to go. In the end the middle
#    has no colour: a jump has switched units off for every example, and a unit that is off learns nothing.
#
# ## Checking gradients
#
# A wrong gradient seldom crashes. The cost still falls, only slower, and nobody notices. So measure: nudge each
# parameter, compare. The two gradients, $g$ (yours) and $g_{\text{num}}$ (measured), agree if their difference is small **compared with them**:
#
# $$\frac{\lVert g - g_{\text{num}} \rVert}{\lVert g \rVert + \lVert g_{\text{num}} \rVert} , \qquad
#   \lVert v \rVert = \sqrt{v_1^2 + \dots + v_n^2} .$$
#
# **Think first.** What is the largest value this can have? Which mistakes give it? And what is the value for a gradient that is
# twice as large as it should be?

# %% [markdown]
# ### Exercise: gradient_check (10 points)
#
# Write `gradient_check(f, grad, theta, eps=1e-5)`. `f` takes a vector `(n,)` and returns a number, `theta` is the place and `grad`
# the gradient to be tested, both `(n,)`. Return the quotient above, a number, where $g_{\text{num}}$ holds the central differences of `f`,
# one entry of `theta` nudged at a time by `eps`.
#
# - If both gradients are 0 they agree: the result is 0. (Adding at most $10^{-12}$ to the denominator is fine.)
# - `theta` and `grad` may be read-only: nudge a copy.
#
# **Example.** $f(\theta) = \theta_1^2 + 3 \theta_2$ at $\theta = (2, 1)$ has the gradient $(4, 3)$. For `grad = [4, 3]` the result is about
# $10^{-11}$. For `[0, 3]` it is $4 / (3 + 5) = 0.5$, and for `[-4, -3]` it is 1.
#
# Stuck? Run `check.hint("gradient_check")`.


# %% nbgrader={"grade": false, "grade_id": "gradient_check_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_check(f, grad, theta, eps=1e-5):
    """How far grad is from the central differences of f at theta, beside their sizes: a number."""
    ### BEGIN SOLUTION
    num = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = eps
        num[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    size = np.linalg.norm(grad) + np.linalg.norm(num)
    return np.linalg.norm(grad - num) / size if size > 0 else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gradient_check", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("gradient_check", gradient_check)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("07_backprop", "gradient_check", gradient_check)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** At most 1. A flipped sign gives it, and so does a gradient that is all 0 (unless the true one is 0 as well).
# Twice too large gives $1/3$, and so does half as large. In float64, a value below $10^{-6}$ is a good sign, and one above
# $10^{-4}$ means a mistake; between them look for a corner: a ReLU that the nudge switched on or off. (Check layer by layer:
# beside a large layer a mistake in a small one hardly counts.)
#
# **Try it.** Each bar is your `gradient_check` on the gradients of a small network, broken on purpose in one way.
#
# 1. Which bar is no mistake? Which mistake is hardest to see, and does it get easier or harder with more examples?
# 2. Set $m = 1$. Which mistakes are gone, and why?

# %% tags=["demo"]
figures.broken_gradients(gradient_check, network_gradients)

# %% [markdown]
# **What it showed**
#
# 1. Rounding to float32 is none, and stays far below $10^{-6}$. The hardest mistake to see is one entry that is off by 1%:
#    about 0.002 here, and 0.0008 with 20 examples, still about a thousand times $10^{-6}$. All others are seen at once, also
#    those with which the network would still have learned.
# 2. The two forgotten factors $1/m$: with one example $m$ is 1, and a forgotten 1 changes nothing. So choose a test
#    in which a mistake cannot hide: several examples, sizes that are all different, no zeros, no two equal rows.
#
# ## Three witnesses
#
# Three ways to the same numbers: your formulas, finite differences, and TensorFlow, which builds the graph and
# walks it backward by itself. The import takes a few seconds.

# %%
import tensorflow as tf

rng = np.random.default_rng(7)
X, y = rng.normal(size=(20, 6)), rng.integers(0, 3, size=20)
parameters = [rng.normal(size=shape) for shape in [(6, 5), (5,), (5, 3), (3,)]]

variables = [tf.Variable(value) for value in parameters]  # float64, as NumPy has it
W1, b1, W2, b2 = variables
with tf.GradientTape() as tape:
    logits = tf.nn.relu(X @ W1 + b1) @ W2 + b2
    cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
by_tape = [gradient.numpy() for gradient in tape.gradient(cost, variables)]
print(f"cost {cost.numpy():.6f}; gradients of the shapes", [g.shape for g in by_tape])

# %% [markdown]
# **Think first.** Which two of the three will agree best, to how many digits, and why will the third not?

# %% tags=["demo"]
figures.witnesses(network_gradients, X, y, parameters, by_tape)

# %% [markdown]
# **What it showed.** Formulas and tape agree to about 15 digits: they make the same steps, in another order. Finite
# differences agree with both to about 10, which is far better than the $10^{-6}$ that one asks of a gradient.
# They needed two forward passes for each parameter.

# %% [markdown]
# ## Summary
#
# - A **derivative** is the factor between a small nudge and the change of the output. Measured centrally, with a step of
#   $10^{-5}$, it has ten digits.
# - A **computation graph** names every step. Forward: values, inputs first. Backward: *what arrives, times the local slope*,
#   users first; a name that is used several times **adds up**.
# - One output and $P$ parameters: backward mode costs $N + P$, forward mode and nudging $N \times P$.
# - For arrays: $dW = A^\top dZ$, $db = $ the sum of the rows of $dZ$, $dA = dZ\, W^\top$, and ReLU is a gate.
# - Check every gradient you write, in float64, with sizes that are all different.

# %% [markdown]
# ## What to try next
#
# - Add `"exp"` and `"tanh"` to your rules and to `forward`. How many lines do you need for an operation?
# - Let `engine_step` use the momentum of lab 06. From how many starts do two units find "exclusive or" now?
# - Run `gradient_check` on your `network_gradients` in float32. Which step is best there, and how many digits do you get?
# - Lab `08_digits` trains a network in NumPy alone, with these gradients and the Adam of lab 06.
#
# <details><summary>Answers</summary>
#
# Two lines an operation: its value in `forward`, its slope in `local_derivatives`. Order and loops do not change.
#
# From one or two of ten, no more than without momentum. Momentum is faster on the way down, but the wrong valleys are still there.
#
# About 0.01, a thousand times the step for float64: a float32 has only 7 digits. Four or five digits of the slopes are left.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start here
#
# Eight labs on how neural networks are trained. You write the parts yourself, small function by
# small function, and the last lab puts them together to read hand-written digits.
#
# This page checks your installation, lets you try out how a lab works, and keeps your progress.
#
# **What you should already know** Python functions, loops and lists; a little about NumPy arrays (a shape, an index, `a * b`, `X @ w`);
# what a slope (a derivative) is, and that $\ln$ is the inverse of $e^x$. You need no machine learning and no TensorFlow.

# %% [markdown]
# ## Is everything there?
#
# Click into the cell below and press **Shift+Enter**. That runs it, and every other cell of every
# lab works the same way.

# %%
from utils import start

start.installation()

# %% [markdown]
# Each line should say *ready*. A line that says *look here* tells you what to do about it.

# %% [markdown]
# ## Two minutes to try it
#
# This is what an exercise looks like: a statement, a cell for your answer, and a check.
#
# **Write `double(x)`: twice `x`, a number or an array.** But first get it wrong, on purpose. Put `return x + 2` in place of the line
# that begins with `raise`, run the cell, then run the check below it.


# %%
def double(x):
    """Twice x."""
    # YOUR CODE HERE
    raise NotImplementedError("00_start: double")


# %% tags=["raises-exception"]
from utils import trial

check = trial.Trial()
check("double", double)

# %% [markdown]
# **Read the report.** It says what is wrong, for which input, what was expected and what came, and what to do next. The button
# *Hint* below it gives a hint; press again, and the next hint is plainer; *Show me* draws the input that failed. (The next cell
# gives the same hints, for pages without buttons.) Correct the function, run its cell again, and then the check.

# %%
check.hint("double")

# %% [markdown]
# When the check passes, move the slider: with the mouse, or press Tab and then the arrow keys. Figures draw *your* function,
# so they show you your mistakes, too.

# %%
trial.figure(double)

# %% [markdown]
# ## Your labs
#
# Run the cell again whenever you want to see how far you have come. The links open your own copy of a lab.

# %%
start.labs()

# %% [markdown]
# Together they take about 12 hours. You need not take all of them, and you may choose another order. This is what each lab needs:
#
# | lab | minutes | needs | because |
# | --- | --- | --- | --- |
# | 01 training | 105 | | it is the beginning |
# | 02 activations | 80 | 01 | it goes on from the sigmoid |
# | 03 softmax | 80 | 01 | it turns two classes into many |
# | 04 improved softmax | 85 | 03 | it makes the softmax of 03 safe |
# | 05 multilabel | 80 | 04 | its loss is safe in the way of 04 |
# | 06 Adam | 90 | 01 | it goes on from gradient descent |
# | 07 back propagation | 95 | 02, 03 | it needs the slopes of ReLU and softmax |
# | 08 digits | 95 | 03, 04, 06, 07 | it puts them together |
#
#     01 --+--> 02 ---------+
#          |                +--> 07 --+
#          +--> 03 --+------+         |
#          |         +--> 04 --+------+--> 08
#          |                   |      |
#          |                   +--> 05
#          +--> 06 -------------------+

# %% [markdown]
# ## How to work
#
# **Read a little, think, try.** Each section opens with a question. Guess before you read on: a wrong guess that you
# correct a minute later stays longer in memory than a sentence that you only read. Some answers are hidden: click on *One answer*
# to open it.
#
# **Write your answer** where a cell says `# YOUR CODE HERE`. Delete the line that begins with `raise`, write your code, run the
# cell. **Check it** with the cell right below, as often as you like.
#
# **Stuck?** Press *Hint* below a check that fails, or put `check.hint("softmax")` (with the name of your exercise) into a new cell.
# The first hint is a question. Ask again for a plainer one.
#
# **Use `print`** in your function to see what it does: the report shows what the failing call printed.
#
# **A loop that never ends** is stopped by the check after some seconds, and the report names its line. Any other cell that does
# not finish shows `[*]` on its left: press the square button **Stop** at the top (or the key **I** twice).
#
# **The next day**, or after a restart, Python has forgotten everything, and a cell may say `NameError`. Click into the cell
# where you want to go on and choose **Run**, **Run All Above Selected Cell**. Your answers are still there.
#
# **You only want to look?** **Run**, **Run All Cells** shows a whole lab with all its figures before you have written anything. A check that fails
# is red and stops nothing. The last cell, `check.summary()`, lists all exercises.

# %% [markdown]
# ## Where your own copy is, and how to hand in
#
# Learning on your own? The labs in the folder `notebooks` are yours: work in them. The checks are your marker. At the end of a
# lab `check.summary()` counts your points on the inputs you can see, and in the labs with a quiz `check.explain()` says which
# answers are right, and why. If you have the whole project, `make mine LAB=03_softmax` in a terminal marks your lab as an
# instructor would, with inputs that nobody has seen.
#
# In a course, fetch each lab first: menu **Nbgrader**, **Assignment List**, **Fetch**. The list then
# opens a copy that is yours, and the links above lead to it from then on. When you are done with it:
#
# 1. Save it (**Ctrl+S**), and leave its name as it is.
# 2. Choose **Kernel**, **Restart Kernel and Run All Cells**. This finds an answer that works only with something that you deleted later.
# 3. In the **Assignment List**, **Validate** runs all checks once more, and **Submit** hands the lab
#    in. You may submit again; the last one counts.
# 4. When your instructor has returned it, **Fetch Feedback** stands in the same place.
#
# **Was a lab released again?** When your instructor says so, run `start.update("03_softmax")`, with the
# name of that lab, in a new cell of this page. It puts your answers and your own cells into the new
# release and says what has changed. Your old copy stays beside the new one, and you lose nothing.

# %% [markdown]
# ## What the marking looks at
#
# Marking calls your functions on inputs that you have not seen, many of them, so an answer that is right only for the examples
# will lose points. It does not look at what your cells print.
# Each exercise gives part of its points for part of the work.
#
# Some exercises forbid a ready-made function, because writing it is the exercise. The statement
# always says so, and the check tells you at once.

# %% [markdown]
# ## Letters that all labs share
#
# A table to come back to: each letter is explained where a lab first uses it.
#
# | | |
# | --- | --- |
# | $m$ | the number of examples, the rows of `X` |
# | $n$ | the number of features, the columns of `X` |
# | $C$, $L$ | the number of classes, of labels |
# | $y$, $Y$ | the right answers: one number for each row, or a row of 0 and 1 |
# | $z$, $Z$ | scores before an activation; those of the last layer are also called logits |
# | $p$, $P$ | probabilities |
# | $w$, $W$ and $b$ | weights and bias: what training changes |
# | $J$ | the cost: the mean loss over the examples |
# | $\alpha$ | the learning rate |
# | $\partial J / \partial w$ | the partial derivative: the slope of $J$ when $w$ alone changes |
# | $\ln x$ | the natural logarithm; NumPy calls it `np.log` |
# | $\sum_i$ | the sum over all $i$ |

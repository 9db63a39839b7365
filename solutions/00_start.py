# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
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
# This page checks your installation, shows how to work, and keeps your progress.

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
# ## Your labs
#
# Take them in this order: each one uses what the one before has built. Run the cell again whenever
# you want to see how far you have come.

# %%
start.labs()

# %% [markdown]
# ## How to work
#
# **Read a little, think, try.** Each section opens with a question. Guess before you read on: a
# wrong guess, put right a minute later, stays longer in memory than a sentence you only read.
#
# **Write your answer** where a cell says `# YOUR CODE HERE`. Delete the line that raises, write
# your code, run the cell.
#
# **Check it** with the cell right below, as often as you like. When something is wrong, the check
# says what, for which input, what it expected, what it got, and one next step. *Run All* stops at a
# check that fails; to see the figures further down, choose **Run**, **Run Selected Cell and All
# Below** behind it.
#
# **Stuck?** Put `check.hint("softmax")` (with the name of your exercise) into a new cell. The first
# hint is a question. Ask again for a plainer one.
#
# **Play.** Sliders move with the mouse, or with the arrow keys once you have pressed Tab to reach
# them. Most figures draw *your* function, so they also show you your mistakes.

# %% [markdown]
# ## How to hand in
#
# Learning on your own? Open a lab with the links above. The checks are your marker.
#
# In a course, fetch each lab first: menu **Nbgrader**, **Assignment List**, **Fetch**. The list then
# opens a copy that is yours. When you are done with it:
#
# 1. Save it (**Ctrl+S**).
# 2. Choose **Kernel**, **Restart Kernel and Run All Cells**. This finds an answer that only worked
#    because of something you have since deleted.
# 3. In the **Assignment List**, **Validate** runs all checks once more, and **Submit** hands the lab
#    in. You may submit again; the last one counts.
# 4. When your instructor has returned it, **Fetch Feedback** stands in the same place.

# %% [markdown]
# ## What the marking looks at
#
# Marking calls your functions on inputs that you have not seen, many of them, so an answer that
# is right only for the examples will lose points there. It does not look at what your cells print.
# Each exercise gives part of its points for part of the work.
#
# Some exercises forbid a ready-made function, because writing it is the exercise. The statement
# always says so, and the check tells you at once.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Practice lab: reading hand-written digits
#
# Seven labs have built the parts one by one. Here they come together: from a table of grey values to a
# network that reads handwriting, says how sure it is, and shows you where it fails. At the end you
# build a smaller one without TensorFlow, from parts that are all your own.
#
# **After this lab you can**
# - split data into three parts so that the test means something, and say what goes wrong otherwise;
# - build, train and judge a ten-class network in Keras, and read its learning curve;
# - turn logits into classes and confidences, and count mistakes in a confusion matrix;
# - find the mistakes worth looking at, and learn something from them;
# - train a network in plain NumPy, and know what `fit` does inside;
# - run an experiment: one change, several seeds, mean and spread.
#
# **Time** about 95 minutes, without the part that is marked as optional. **You need** labs 03, 04, 06 and 07; keep your answers
# to them open: you may copy from yourself.
#
# **How it works** Seven exercises, 100 points, no quiz. Write your answer in place of `YOUR CODE HERE`,
# then run the check below it. Figures use *your* functions as soon as they exist.

# %%
import numpy as np

from utils import data
from utils.checks import Check
from utils.figures import digits as figures

check = Check("08_digits")

# %% [markdown]
# ## The raw images
#
# 1,797 digits, written by many hands, scanned and reduced to 8 by 8 pixels. Each image is a row of 64 numbers
# from 0 (paper) to 1 (ink); the label is the digit that the writer meant.
#
# **Think first.** Which digits are hard for *you* to read? Go through a few pages and estimate how many in a hundred you would
# read wrongly. Keep that number: your network will get about four in a hundred wrong.

# %% tags=["demo"]
figures.some_digits()

# %% [markdown]
# **Try it.** Look at the numbers themselves. The cell prints the first image as it is stored, and how often each digit occurs.

# %%
X, y = data.digits()
print("X", X.shape, X.dtype, "  y", y.shape, y.dtype, "  smallest", X.min(), "largest", X.max())
print((16 * X[0]).astype(int).reshape(8, 8))
print("how many of each digit:", np.bincount(y))

# %% [markdown]
# No digit is rare. So a network that always answers "3" is right one time in ten, and any
# accuracy that you meet below can be compared with that.
#
# ## A fair split
#
# A network with 2,175 parameters can learn 1,797 images by heart. Only images that it has *never seen* show whether it reads.
# Before anything else, some rows go into a drawer that stays closed.
#
# **Think first.** Data often come in an order: by class, by writer, by day. Suppose the rows were sorted by digit,
# and you kept the last 360 for the test. What would the network be trained on? What would the test ask?
#
# <details><summary>One answer</summary>
#
# The last 360 would be all of the 8s, all of the 9s, and six 7s. The network would never meet an 8 or a 9 in training, and the
# test would ask for hardly anything else: at most 6 of 360 right, 1.7%, however good the network is.
# </details>
#
# One drawer is not enough, though. While you work you will look at held-back digits again and again: when to stop, which layer,
# which rate? Each time you **choose** something by them, they stop being a fair test. So there are three parts:
#
# | part | digits | what for |
# | --- | --- | --- |
# | training | 1,077 | the network learns from them |
# | validation | 360 | *you* learn from them: curves, mistakes, every choice |
# | test | 360 | stay in the drawer, which is opened **once**, at the end |
#
# One function makes them: split off the test part, then split the rest again.

# %% [markdown]
# ### Exercise: shuffle_split (12 points)
#
# Write `shuffle_split(X, y, test_size, seed)`. It returns four arrays, `X_train, X_test, y_train, y_test`, in a tuple or a list:
#
# - `test_size` rows are held back, a number of rows such as 360; all others are for training;
# - every row is in exactly one of the parts, and keeps its own label;
# - both parts are in random order;
# - the same `seed` gives the same split, every time; another seed gives another split.
#
# **Example.** `X` has 5 rows, `test_size` is 2. If the random order of the row numbers is `[3, 0, 4, 1, 2]`, then
# rows 3 and 0 can be the test part, and rows 4, 1 and 2 the training part. Which random order a seed
# gives is your choice; that it is *one* order, for `X` and for `y`, is not.
#
# Leave `X` and `y` of the caller as they are. Stuck? Run `check.hint("shuffle_split")`.


# %% nbgrader={"grade": false, "grade_id": "shuffle_split_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shuffle_split(X, y, test_size, seed):
    """Split rows at random: (X_train, X_test, y_train, y_test).

    X: (m, n). y: (m,). test_size: how many rows are held back. The same seed, the same split.
    """
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(X))
    test, train = order[:test_size], order[test_size:]
    return X[train], X[test], y[train], y[test]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "shuffle_split", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("shuffle_split", shuffle_split)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "shuffle_split", shuffle_split)
### END HIDDEN TESTS

# %% [markdown]
# **What it showed.** A split is one random order, cut in two; split twice, and you have three parts. The seed makes an
# experiment repeatable: with it you can change one thing (a layer, a learning rate) and know that the data stayed the same.
#
# ## The network
#
# As in lab 04 the network ends in **logits**, and the softmax is left to the loss, where it cannot overflow:
#
# $$64 \;\to\; 25 \text{ (ReLU)} \;\to\; 15 \text{ (ReLU)} \;\to\; 10 \text{ (linear)} .$$
#
# **Think first.** Before training, the logits are small and nearly equal. What will the cross-entropy be, about?
# And how many parameters has each of the three layers?
#
# <details><summary>Answers</summary>
#
# Equal shares over ten classes cost $\ln 10 \approx 2.303$. And $64 \cdot 25 + 25 = 1625$, $25 \cdot 15 + 15 = 390$,
# $15 \cdot 10 + 10 = 160$: together 2,175.
# </details>
#
# From here on we use Keras; the import takes a few seconds. Two names that you need: the loss is
# `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`, sparse because the labels are class numbers, not one-hot rows. (As a string,
# `"sparse_categorical_crossentropy"` would expect probabilities.) The optimizer is `keras.optimizers.Adam(...)` or `"adam"`. Both
# `keras` and `tf.keras` work.

# %%
import keras
import tensorflow as tf

print("tf.keras and keras are one:", tf.keras.layers.Dense is keras.layers.Dense)

# %% [markdown]
# ### Exercise: digits_model (12 points)
#
# Write `build_digits_model()`: a `keras.Sequential` (or an equal functional) model with inputs of shape `(64,)` and
# dense layers of 25 units (ReLU), 15 units (ReLU) and 10 units (linear). Return it **compiled** with
#
# - the optimizer Adam (any learning rate; its relatives AdamW and Nadam are right as well), and
# - the sparse categorical cross-entropy with `from_logits=True`.
#
# No further layers, no dropout, biases everywhere. A softmax output together with `from_logits=True` is wrong, and so is a linear
# output without it: in both, loss and outputs contradict each other, even where Keras repairs it with a warning.
#
# Stuck? Run `check.hint("digits_model")`.


# %% nbgrader={"grade": false, "grade_id": "digits_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_digits_model():
    """Network 64 - 25 ReLU - 15 ReLU - 10 logits, compiled with Adam and the loss from logits."""
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(25, activation="relu"),
            keras.layers.Dense(15, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss)
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "digits_model", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("digits_model", build_digits_model)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "digits_model", build_digits_model)
### END HIDDEN TESTS

# %% [markdown]
# ## Training
#
# **Think first.** An epoch over 1,077 images in batches of 32 is 34 steps of Adam. At a rate of 0.001 a weight moves
# by at most about 0.001 a step, as lab 06 showed. In a network that reads well, the weights of a layer have moved by 0.1 to 0.3
# on average, and those that moved most by 0.6 to 1. Is one epoch enough? Are ten?

# %%
for epochs in (1, 10, 60):
    steps = epochs * int(np.ceil(1077 / 32))
    print(
        f"{epochs:2d} epochs: {steps:4d} steps, a way of {0.001 * steps:.2f} if all have one sign"
    )

# %% [markdown]
# <details><summary>Answers</summary>
#
# One epoch moves nothing far enough. Ten would be enough for most weights only if all their steps had the same sign, but they
# have not. Sixty are enough. ("About": after a long quiet time a single step of Adam can be up to three times $\alpha$.)
# </details>

# %% [markdown]
# ### Exercise: train_digits (20 points)
#
# Write `train_digits(model, X, y, seed)`: train the compiled `model` that you are given. Two lines are enough: set the seed, call `fit`. It
# changes the weights of that model; what you return does not matter. The rules:
#
# - Training may use at most `60 * len(X)` images. An image counts each time a gradient step uses it, so 60 epochs over all of
#   them are the most that is allowed. Copies of your own making (shifted, noisy, ...) are images too.
# - Train through Keras: `fit`, `train_on_batch`, or a `GradientTape` loop of your own through the model. You may compile
#   again, with another optimizer or rate. Weights that you put in yourself do not count as trained.
# - **Not allowed:** loading data. Train on the `X` and `y` you are given. The marker may also call the digits by other class
#   numbers (for example all 3s become 7), so you cannot know the class numbers in advance.
# - `seed` is there to make your training repeatable: `keras.utils.set_random_seed(seed)`.
#
# **Marking** splits the 1,797 digits in its own way. Your function gets 1,347; then the trained network reads the 450 others.
# 4 of the 20 points are for keeping the rules, 8 more for 90% read correctly, 4 more each for 92% and 94%. A plain choice of optimizer,
# batch size and epochs reaches the top. The check below is quick: it trains on 120 made-up images and looks at the rules and at the cost.
#
# Stuck? Run `check.hint("train_digits")`.


# %% nbgrader={"grade": false, "grade_id": "train_digits_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_digits(model, X, y, seed):
    """Train the compiled model in place on at most 60 * len(X) images.

    X: (m, 64), ink from 0 to 1. y: (m,) class numbers. Returns anything.
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    return model.fit(X, y, batch_size=32, epochs=60, verbose=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "train_digits", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("train_digits", train_digits)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "train_digits", train_digits)
### END HIDDEN TESTS

# %% [markdown]
# Now train your network, on your split (made twice). The curves are drawn while it learns. The axis is logarithmic: each
# line upwards is ten times the loss.
#
# **Try it.** While it runs: when is most of the work done? Which curve flattens first?

# %% tags=["demo"]
training = figures.train(build_digits_model, train_digits, shuffle_split)

# %% [markdown]
# ## Reading the learning curve
#
# Read three things from such a curve, always in this order:
#
# 1. **Does it start where it should?** Near $\ln 10 \approx 2.303$. Far above: the starting weights or the scale of the images are wrong.
# 2. **Does the training curve fall, and has it finished?** If it still falls steeply at the end, take more steps or larger
#    ones. If it jumps, take smaller ones.
# 3. **What does the gap between the two curves say?** The validation curve falls with the other at first, then becomes flat: from there on the
#    network learns what is special about *these* 1,077 images. If it turns upwards, that is overfitting; stop earlier, or find more data. The
#    ring marks its lowest point.
#
# In yours, most of the fall happens within 20 epochs, and the validation curve flattens first.
#
# **Think first.** At the end the training loss is close to 0 and the validation loss is not. Suppose it is 0.12, the mean of
# $-\ln p$. If every image had the same $p$, which $p$ would that be? Compute it, then compare with the accuracy in
# the caption: do all images cost about the same, or does most of the loss come from a few?

# %%
loss = 0.12
print("p with that loss:", np.exp(-loss).round(3))
print("one digit read wrongly at p = 0.01 costs", (-np.log(0.01)).round(2))

# %% [markdown]
# If all images cost the same, each would have $p = 0.887$. They do not: about 96 of a hundred are read correctly, most of them
# at almost no cost, and the few mistakes make up more than half of the loss. A single confident mistake costs as much as
# hundreds of digits with $p = 0.99$. A mean hides that, so we now look at single images.
#
# ## Reading digits
#
# The model gives logits. We want to know two things: *which* digit, and *how sure*.
#
# ### Exercise: read_digits (14 points)
#
# Write `read_digits(model, X)` for images `X` of shape `(m, 64)`. Return `(classes, confidence)`, in a tuple or a list:
#
# - `classes`, shape `(m,)`, ints: the class with the largest logit;
# - `confidence`, shape `(m,)`: the softmax probability of that class.
#
# `model` is any Keras model that gives logits, with any number of inputs and classes; `model.predict(X, verbose=0)` returns them as
# float32. Leave the model as it is: do not train or compile it. One image is a batch too: `(1, 64)` gives arrays of length 1. (`X[0]`
# alone has the shape `(64,)`, which the model refuses; `X[:1]` is a batch.)
#
# **Example.** Logits `[[0, 2, 1]]` give class 1 with confidence $e^2 / (e^0 + e^2 + e^1) \approx 0.665$.
#
# Stuck? Run `check.hint("read_digits")`.


# %% nbgrader={"grade": false, "grade_id": "read_digits_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def read_digits(model, X):
    """Read images: (classes (m,) int, confidence (m,)), for a model that gives logits.

    The confidence is the softmax probability of the class read.
    """
    ### BEGIN SOLUTION
    Z = np.asarray(model.predict(X, verbose=0), dtype=float)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    return np.argmax(P, axis=1), np.max(P, axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "read_digits", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("read_digits", read_digits)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "read_digits", read_digits)
### END HIDDEN TESTS

# %% [markdown]
# **Try it.** Under each image: what your network reads, and its confidence.
#
# 1. Page through them as they come. How often is the confidence below 0.9?
# 2. Show the least sure first. Would you have been sure?
# 3. Show only the mistakes. Was the network in doubt there, or certain?

# %% tags=["demo"]
figures.readings(training, read_digits)

# %% [markdown]
# **What it showed.** About seven digits in ten are read with a confidence above 0.99, and about one in ten
# with less than 0.9. Low confidence often means a mistake: most mistakes are among the fifty least sure. But not all: a few
# have a confidence of 0.9 or more.
#
# ## The confusion matrix
#
# Accuracy is one number. It does not show whether a network confuses 3 with 8 or fails on every 5. Count pairs instead:
#
# $$M_{ij} = \text{how many images of class } i \text{ were read as } j .$$
#
# **Think first.** What do the entries of row 4 add up to? And those of column 4? Where is the accuracy in this table?
#
# <details><summary>Answers</summary>
#
# Row 4: how many 4s there are. Column 4: how often the network *said* 4. The accuracy is the sum of the diagonal
# over the sum of all.
# </details>
#
# ### Exercise: confusion (10 points)
#
# Write `confusion_matrix(y, yhat, n_classes)`: `y` and `yhat` are integer arrays `(m,)` of true classes and classes read. Return
# the counts (integers; an array or a list of rows), shape `(n_classes, n_classes)`, **rows true, columns read**. Classes that
# never occur have rows or columns of zeros.
#
# **Example.** `y = [0, 1, 1, 1]`, `yhat = [0, 0, 1, 0]` and two classes: `[[1, 0], [2, 1]]`.
#
# Stuck? Run `check.hint("confusion")`.


# %% nbgrader={"grade": false, "grade_id": "confusion_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def confusion_matrix(y, yhat, n_classes):
    """Count pairs: entry [i, j] is how many images of class i were read as j."""
    ### BEGIN SOLUTION
    M = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(M, (y, yhat), 1)
    return M
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "confusion", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("confusion", confusion_matrix)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "confusion", confusion_matrix)
### END HIDDEN TESTS

# %% [markdown]
# **Try it.** The table of your network. Choose a cell with the sliders, or go from mistake to mistake; the images behind the cell
# are shown beside it, the surest first. Is the table symmetric: are 5s read as 9 as often as 9s as 5?

# %% tags=["demo"]
figures.confusion(training, read_digits, confusion_matrix)

# %% [markdown]
# **What it showed.** It need not be symmetric, and mostly is not: some 1s may be read as 6, and no 6 as 1. But be
# careful: with about twelve mistakes in all, a cell that holds 1 instead of 2 may be chance. Another seed mixes up other pairs.
#
# ## The mistakes worth looking at
#
# An engineer who has ten minutes looks at the mistakes that the network was *sure* of. They show best what it has not
# understood, or that a label is wrong.
#
# ### Exercise: worst_mistakes (12 points)
#
# Write `worst_mistakes(model, X, y, k)`: an array or a list of the row numbers (ints) of the `k` wrongly read examples with the
# highest confidence, as in `read_digits`, the most confident first. If there are fewer than `k` mistakes, return all of them;
# if there is none, an empty array. No two confidences are equal here.
#
# **Example.** Five images; rows 1, 2 and 4 are read wrongly, with confidences 0.5, 0.9 and 0.7. For `k = 2`: `[2, 4]`.
#
# You may call your `read_digits`. The model stays as it is, here too. Stuck? Run `check.hint("worst_mistakes")`.


# %% nbgrader={"grade": false, "grade_id": "worst_mistakes_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def worst_mistakes(model, X, y, k):
    """Row numbers of the k surest mistakes, the most confident first; all if there are fewer."""
    ### BEGIN SOLUTION
    classes, confidence = read_digits(model, X)
    wrong = np.flatnonzero(classes != y)
    return wrong[np.argsort(-confidence[wrong])][:k]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "worst_mistakes", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("worst_mistakes", worst_mistakes)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "worst_mistakes", worst_mistakes)
### END HIDDEN TESTS

# %% tags=["demo"]
figures.mistakes(training, worst_mistakes, read_digits)

# %% [markdown]
# **Think first.** For each of them: is it the writer's fault, the scanner's, or the network's? What would help: more data, other
# data, a larger network, or nothing at all?
#
# **What it showed.** Some of these are hard for everybody: at 8 by 8 pixels a part of the information is gone, and no network brings it
# back. Others are easy for you. There the network has seen too few such shapes: more writers would help, or shifted
# copies of the images that you have.
#
# ## One digit through the network
#
# What happens between the 64 pixels and the answer? Here is one validation digit on its way. Bright units have a large output;
# empty ones are switched off. The lines go *backwards* from an answer. They show which units raise it (full lines) or lower it
# (dashed), and from which units of the layer before the strongest of these got their large values.
#
# **Try these.**
#
# 1. Move from digit to digit. How many units of the first layer are on for one digit? Are they the same for all digits?
# 2. Find two different 3s. What do they have in common, in the first column, and in the second?
# 3. Choose another answer under *why*: what raises the digit that comes second, and what lowers it?

# %% tags=["demo"]
figures.through(training, read_digits)

# %% [markdown]
# **What it showed**
#
# 1. About three quarters of the first layer, each digit with its own pattern.
# 2. Two 3s of different writers switch on nearly the same units. From column to column, images of *one* digit become more
#    alike, compared with images of different digits: what differs between writers is dropped, what differs between digits is
#    kept. No single unit is "the 3"; the pattern counts.
# 3. Often the same units raise both, and a few make the difference.
#
# ## Inside the first layer
#
# Each of the 25 units of the first layer has 64 weights, one for each pixel. So its weights are an image as well: ink on an
# orange pixel raises the score of the unit, ink on a purple one lowers it.
#
# **Try it.** Move the slider. Can you find a unit that asks for a stroke and for *empty* paper beside it? What do the four
# digits with its largest scores have in common? What would the weights on the grey pixels look like?

# %% tags=["demo"]
figures.first_layer(training)

# %% [markdown]
# <details><summary>What you may have found</summary>
#
# Many units have an orange strip beside a purple strip. Such a unit looks for the *edge* of a stroke in its place. The four digits
# below it have much ink on its orange and little on its purple. Often they are the same digit, but not always.
#
# And the grey pixels: hardly any digit has ink there. The gradient of a weight is the error times the ink. Where no digit of the training has
# ink, the weights stay where they began: small random numbers, which would look like noise. Where only a few digits have some,
# Adam makes full steps even of tiny gradients: these weights follow those few digits, and say nothing about digits in general.
# </details>
#
# ## Your own digit
#
# Draw on the page with the mouse, a pen or a finger, or use the keyboard: `Tab` to the pen, arrow keys move it, the space bar
# leaves ink. The network answers at once, and you see its units light up.
#
# **Try it.**
#
# 1. Draw a 7, then add a short line through it. Does the answer change?
# 2. Move your digit one column to the side. Clear the page: what does it read then, and how surely?
# 3. Can you draw something that is no digit at all, and is read with a confidence above 0.99?
# 4. Choose a digit under *what would make it a*: the colours show where ink would help (orange) and where it should be removed (purple).
#    Do as they say. How few strokes turn your 3 into an 8?

# %% tags=["demo"]
figures.draw(training, read_digits)

# %% [markdown]
# **What it showed.** A line through a 7 seldom changes the answer: about half of these writers draw it, so the network knows
# both. Softmax divides 1 among ten digits, whatever you draw. "No digit at all" is not among the answers, and a high confidence
# says only "more likely this than the other nine". And scanned digits have grey edges and stand in the middle; the network has
# no reason to read well what was never in its training data, such as another position or another pen: of digits moved by a
# single pixel it reads about half. An empty page is read as some digit too, but with a confidence of 0.15 to 0.25 only. And a
# few strokes, well chosen with the network's own slopes, make it say what you like: lab 07 gives the slope of an answer for a
# *pixel* as easily as for a weight.

# %% [markdown]
# ## Opening the drawer
#
# Every number so far came from validation digits, and you have looked at them long enough to choose by them. Now use the 360 test digits, once.
#
# **Think first.** Will the share read correctly be higher or lower than on the validation digits, and by how much may it
# differ? By chance alone a share $p$ measured on $k$ digits is off by about $\sqrt{p (1 - p) / k}$, its **standard
# error**. Compute it for $p = 0.97$ and $k = 360$. Then tick the box.

# %%
p, k = 0.97, 360
print(f"standard error {100 * np.sqrt(p * (1 - p) / k):.1f} points")

# %% tags=["demo"]
figures.drawer(training, read_digits)

# %% [markdown]
# **What it showed.** 0.9 points: about two times in three the measured share is within 0.9 of what infinitely many digits would
# give, and nearly always within 1.8. So validation and test can easily differ by one or two points, up or down. If two networks
# differ by half a point on 360 digits, you cannot say which is better.
#
# ## A network without TensorFlow
#
# You know everything that `fit` does: forward, backward, a step of Adam, again. You have written each of these. One
# hidden layer is enough to show it:
#
# $$64 \;\to\; \text{hidden (ReLU)} \;\to\; 10 \text{ (softmax)} .$$
#
# **Think first.** Which of your functions do you need? Where do you need random numbers? What happens if all weights begin at 0,
# and what if they begin very large? **Try it** with other sizes:

# %%
rng = np.random.default_rng(0)
for size in (0.0, 0.01, np.sqrt(2 / 64), 1.0):
    Z = X @ (size * rng.normal(size=(64, 32)))
    print(f"weights of size {size:.3f}: sums of size {Z.std():.3f} arrive at the hidden units")

# %% [markdown]
# <details><summary>Answers</summary>
#
# Softmax (lab 03), `adam_step` (06) and `network_gradients` (07). Random numbers: only for the starting weights, unless you
# draw batches. From 0 all hidden units compute the same and get the same gradient (with ReLU here none at all): they can never
# become different. Very large weights make very large logits, and a network that is sure before it has learned anything. With
# $\sqrt{2/64} = 0.18$ the sums keep about the size of the inputs. (A sum of 64 inputs is about $\sqrt{64} = 8$ times as large
# as one input; the 2 compensates for the units that are off. In `02_activations` *size* was this number times 8: 1.4.) You will
# measure all of this below.
# </details>

# %% [markdown]
# ### Exercise: numpy_network (20 points)
#
# Write `train_numpy_network(X, y, hidden, steps, alpha, seed)` in NumPy alone.
#
# - `X` is `(m, 64)` with `m` of 256 or more, `y` holds classes 0 to 9. One hidden ReLU layer of `hidden` units, a softmax
#   output with 10 classes, the mean cross-entropy, as `network_gradients` of lab 07.
# - Begin with random weights drawn from a generator made from `seed`; the same seed gives the same network.
# - Take `steps` steps of Adam at the rate `alpha`, with the other settings of lab 06 (0.9, 0.999, 1e-8), on all examples, or on a
#   batch of at least 256.
# - Return `(W1, b1, W2, b2)`, in a tuple or a list, with the shapes `(64, hidden)`, `(hidden,)`, `(hidden, 10)` and `(10,)`.
#
# Copy what you need from your labs 06 and 07 **into this cell**: the marker runs it without the others. **Not allowed:** TensorFlow, Keras, SciPy,
# scikit-learn, and loading data.
#
# **Marking.** The first step of Adam and the shapes earn 8 points. Then the marker takes at least 400 steps on 1,347 digits: 88% of the 450 held-back
# digits read correctly give 8 points, and 92% give 4 more.
#
# **Example.** After one step at a rate of 0.003 every entry of `b2` is 0.003 above or below where it began: lab 06, first step.
#
# Stuck? Run `check.hint("numpy_network")`.


# %% nbgrader={"grade": false, "grade_id": "numpy_network_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_numpy_network(X, y, hidden, steps, alpha, seed):
    """Train 64 - hidden (ReLU) - 10 (softmax) with Adam; returns (W1, b1, W2, b2).

    X: (m, 64). y: (m,) classes 0 to 9. NumPy only.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    n = X.shape[1]
    theta = [
        rng.normal(size=(n, hidden)) * np.sqrt(2 / n),
        np.zeros(hidden),
        rng.normal(size=(hidden, 10)) * np.sqrt(2 / hidden),
        np.zeros(10),
    ]
    Y = np.eye(10)[y]

    def gradients(W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        A1 = np.maximum(Z1, 0)
        Z2 = A1 @ W2 + b2
        e = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
        error = (e / e.sum(axis=1, keepdims=True) - Y) / len(y)
        back = (error @ W2.T) * (Z1 > 0)
        return X.T @ back, back.sum(axis=0), A1.T @ error, error.sum(axis=0)

    m = [np.zeros_like(p) for p in theta]
    v = [np.zeros_like(p) for p in theta]
    for t in range(1, steps + 1):
        for i, g in enumerate(gradients(*theta)):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            corrected = m[i] / (1 - 0.9**t), v[i] / (1 - 0.999**t)
            theta[i] = theta[i] - alpha * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    return tuple(theta)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "numpy_network", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("numpy_network", train_numpy_network)
### BEGIN HIDDEN TESTS
from autograder import mark

mark("08_digits", "numpy_network", train_numpy_network)
### END HIDDEN TESTS

# %% [markdown]
# Your network against the same one in Keras: 32 hidden units, 400 steps of Adam at 0.02, on three splits of their own (this takes
# a while). They begin at different random weights, so expect equal quality, not equal numbers.

# %% tags=["demo"]
figures.numpy_and_keras(train_numpy_network)

# %% [markdown]
# **What it showed.** A few lines of NumPy reach what Keras reaches. What Keras adds is not a better answer: any layers you like,
# gradients without writing them, and speed on large networks. And the weights of the two have the same meaning. **Try it:** put
# NumPy weights into a Keras model. Do the logits agree?

# %% tags=["demo"]
figures.numpy_weights_in_keras(train_numpy_network)

# %% [markdown]
# The difference that is left is float32 against float64.

# %% [markdown]
# ## Experiments
#
# Now you have a network that trains in a second, so you can try many things. This gives no points, but it is the best practice.
#
# ### How large should the first weights be?
#
# Copy your `train_numpy_network` into the next cell and give its starting weights the size `size`: `size * rng.normal(...)` for
# both matrices. (Without it the figure shows a reference.)
#
# **Think first.** Imagine the curve: the share read correctly after 100 steps, for sizes of 0, 0.01, 0.18, 1, 5, 20.
# How large is the share where all weights begin at 0? Your guess is drawn over the truth.


# %%
def train_with_size(X, y, hidden, steps, alpha, seed, size):
    """Your train_numpy_network, with starting weights of the given size."""
    raise NotImplementedError("copy your function here")


# %% tags=["demo"]
my_guess = figures.guess("share read correctly, all weights 0 at first", 0, 1, 1)
my_guess

# %% tags=["demo"]
figures.initialisation(train_with_size, my_guess)

# %% [markdown]
# **What it showed.** With size 0 the network can only guess, however long it trains. Between 0.01 and 0.5 hardly any difference
# after 100 steps: Adam makes small weights grow quickly. Choose 10 steps, and the best start is
# near 0.1 to 0.2, as $\sqrt{2/64} = 0.18$ predicts. From 1 on it gets worse: the network begins sure and wrong, and must first
# correct that. More steps help, but not at 20. In a network of fifty layers the right window is far narrower.

# %% [markdown]
# ### One change, five seeds
#
# Does a change help, or was it luck? A network trained again with another seed reads other digits wrongly. So train each version with
# several seeds, write down **mean and spread**, and change **one thing at a time**. (Spread: the standard deviation of the results.)
#
# **Try it.** Guess each line first. As it was: 32 hidden units, 100 steps of Adam at 0.02, 400 digits to learn from. Then add
# lines of your own; the settings are `hidden`, `steps`, `alpha` and `digits`. This is your log: a line for each idea.

# %% tags=["demo"]
figures.changes(
    train_numpy_network,
    {
        "as it was": {},
        "half the rate": {"alpha": 0.01},
        "twice the units": {"hidden": 64},
        "half the units": {"hidden": 16},
        "twice the digits": {"digits": 800},
    },
)

# %% [markdown]
# **What it showed.** Half the rate, half or twice the units: the means differ by about one spread at most, so one seed alone
# could have shown you anything. Only twice the *digits* is clearly better. More data help where more units do not.

# %% [markdown]
# ### Optional: the best of twenty seeds
#
# Twenty networks, equal in everything but the seed. You keep the one that is best on the validation digits, as anybody would.
# Then you open the drawer.
#
# **Think first.** How will the winner do on the test, compared with the others? Then go through several splits with the drawer
# open, and read the last sentence of the caption.

# %% tags=["demo"]
figures.winners_curse(train_numpy_network)

# %% [markdown]
# **What it showed.** The winner was ahead of the mean by over a point on the digits that chose it, and on new ones keeps only a
# small part of that, on average: most of its lead was luck. It is called the **winner's
# curse**. The more versions you compare on the same validation digits, the more your best number is too good. That is what the drawer is for.

# %% [markdown]
# ## Summary
#
# - **Split first**, into three. Use validation digits for your choices; the test part stays in its drawer until the end, and is opened once.
# - **Logits out, softmax in the loss.** Softmax comes back when somebody wants to know how sure the network is.
# - **The curve** is read from left to right: the start ($\ln C$), the fall, the gap.
# - **The confusion matrix** shows which classes are mixed up; the surest mistakes show why.
# - **Confidence is relative.** It compares ten answers with each other, and never says "none of these".
# - **Backprop and Adam** are a page of NumPy, and that page is as good as the library.
# - **One change, several seeds**: a difference counts if it is large compared with the spread. The best of many tries is partly luck.

# %% [markdown]
# ## What to try next
#
# - Shift every image by one pixel in the four directions (`np.roll`, then clear the row or column that came round) and train on
#   the copies, with as many images in all. Is the network better on validation digits? On digits that you do not draw in the
#   centre?
# - Leave out one layer, or double the units. How small can the network become before it falls below 90%?
# - Train on 100 digits only, and watch the gap in the learning curve.
# - Ask for a confidence of at least 0.95, and leave the rest to a person. How many digits is that, and how many
#   mistakes are left?
#
# <details><summary>Answers</summary>
#
# Each image is seen only 12 times then, so the network is a little worse on validation digits as they are (about 92 in place of
# 96%). But of those moved by a pixel it reads about 86%, the other network only half.
#
# With twice the units it reads about as many. Two layers of 8 still read about 92%, two of 4 far fewer. Without hidden layers it is the
# softmax regression of lab 03, which reads 96% if it gets enough steps.
#
# With 600 epochs (as many images): the training loss goes to 0, while the validation loss stays above 0.5. About 86% are read correctly.
#
# About 16% go to the person, and 1 to 3 mistakes in 360 are left of about 13.
# </details>

# %% [markdown]
# ## Where you stand
#
# The next cell lists all exercises of this lab, with the points that your answers earn on the inputs you can see. It also says what
# those points are worth.

# %% tags=["demo"]
check.summary()

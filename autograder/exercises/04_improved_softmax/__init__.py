"""04_improved_softmax: log-sum-exp, log-softmax, stable softmax, cross-entropy from logits, Keras."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "04_improved_softmax",
    "A numerically better softmax",
    minutes=85,
    order=[
        "log_sum_exp",
        "log_softmax",
        "stable_softmax",
        "cross_entropy_from_logits",
        "logits_model",
        "use_logits",
    ],
)

# --- quiz ------------------------------------------------------------------------------------------

# Three classes have the logits ln 2, ln 3 and ln 5. What is the probability of the third?
# a) 0.47   b) 0.5   c) 0.33   d) 1
lab.quiz(
    "multiclass_1",
    points=2,
    right="b",
    options={
        "a": "This is ln 5 over the sum of the logits: the exponentials are missing. exp(ln 5) is 5.",
        "b": "The exponentials are 2, 3 and 5; the third has 5 of 10.",
        "c": "A third would be right if all logits were equal.",
        "d": "5 over 2 + 3 leaves the third class out of the sum: it would be certain.",
    },
    hint="Exponentiate each logit first: what is exp(ln 5)?",
)
# The true classes of four examples got 1/2, 1/4, 1/8 and 1/4. What is the cost?
# a) 0.69   b) 1.27   c) 1.39   d) 5.55
lab.quiz(
    "multiclass_2",
    points=2,
    right="c",
    options={
        "a": "This is the loss of the first example alone: -ln(1/2).",
        "b": "This is -ln of the mean probability. The mean is taken of the losses, after the log.",
        "c": "The losses are 1, 2, 3 and 2 times ln 2, and their mean is 2 ln 2, about 1.39.",
        "d": "This is the sum of the four losses; the cost is their mean.",
    },
    hint="-ln(1/2) is ln 2. How many times ln 2 are the others?",
)
# In float32, exp overflows above about 88. What does the plain formula give for [100, 99]?
# a) 0.73 and 0.27   b) 1 and 0   c) inf and inf   d) NaN and NaN
lab.quiz(
    "multiclass_3",
    points=2,
    right="d",
    options={
        "a": "This is the true softmax. The plain formula never gets there: both exponentials "
        "overflow.",
        "b": "Overflow does not round to a winner: both exponentials are inf, and so is the sum.",
        "c": "Both exponentials are inf before the division. What is inf / inf?",
        "d": "Both exponentials and their sum are inf, and inf / inf is NaN.",
    },
    hint="Write the two exponentials first, then the sum, then the quotients.",
)
# A linear output layer, compiled with loss="sparse_categorical_crossentropy". What happens?
# a) no error, no warning, a bad model   b) compile or fit raises an error
# c) Keras puts the softmax in by itself   d) as good a model, only more slowly
lab.quiz(
    "multiclass_4",
    points=2,
    right="a",
    options={
        "a": "Nobody warns: the loss clips and rescales the raw scores as if they were "
        "probabilities, and training goes wrong.",
        "b": "Keras cannot know what the outputs are meant to be, so it raises nothing.",
        "c": "Keras adds no softmax to a linear layer. It repairs only the other mismatch, softmax "
        "with from_logits=True, and says so.",
        "d": "More epochs do not help: the steps lower the wrong cost.",
    },
    hint="You trained this very pair in the lab. Look at its curve again.",
)
# A model gives the logits [2, 5, 1] for one picture. Which question needs no softmax?
# a) Is it sure of class 1 at more than 95%?   b) Which class is the most likely?
# c) What would this picture cost if class 0 were true?
# d) Is it more certain than for another picture, with the logits [3, 6.3, 3]?
lab.quiz(
    "multiclass_5",
    points=2,
    right="b",
    options={
        "a": "The logit 5 alone does not say: how sure the model is depends on the whole row.",
        "b": "Softmax keeps the order, so the largest logit is the class already.",
        "c": "The cost is -ln of a probability: the log of softmax, worked out from the whole row.",
        "d": "A larger logit does not mean greater certainty: only gaps within a row count. Here the second "
        "picture has the larger logit and the smaller probability.",
    },
    hint="What does softmax never change about a row of logits?",
)

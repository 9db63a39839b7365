"""08_digits: split, build, train and read; the confusion matrix; the same network in NumPy."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "08_digits",
    "Practice lab: reading hand-written digits",
    minutes=95,
    order=[
        "shuffle_split",
        "digits_model",
        "train_digits",
        "read_digits",
        "confusion",
        "worst_mistakes",
        "numpy_network",
    ],
)

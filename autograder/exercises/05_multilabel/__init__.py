"""05_multilabel: kinds of problems, the loss of several answers, thresholds and what they cost."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "05_multilabel",
    "Several answers at once",
    minutes=80,
    order=[
        "kind_of_problem",
        "multilabel_loss",
        "multilabel_model",
        "predict_labels",
        "scores",
        "choose_thresholds",
    ],
)

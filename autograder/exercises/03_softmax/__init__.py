"""03_softmax: softmax, one-hot targets, cross-entropy, softmax regression, a Keras model."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "03_softmax",
    "Multiclass classification and softmax",
    minutes=80,
    order=[
        "softmax",
        "one_hot",
        "cross_entropy",
        "softmax_regression",
        "softmax_gradient",
        "softmax_model",
    ],
)

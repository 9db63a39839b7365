"""07_backprop: derivatives, computation graphs forward and backward, a network's gradients."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "07_backprop",
    "Back propagation",
    minutes=95,
    order=[
        "numerical_derivative",
        "local_derivatives",
        "topological_order",
        "forward",
        "backward",
        "network_gradients",
        "gradient_check",
    ],
)

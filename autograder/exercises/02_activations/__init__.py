"""02_activations: sigmoid, ReLU, linear; slopes; output layers; collapsing; ReLU networks."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "02_activations",
    "Activation functions",
    minutes=80,
    order=["activations", "slopes", "choose_output", "collapse", "relu_network", "fit_pieces"],
)

# --- quiz ------------------------------------------------------------------------------------------

lab.quiz(
    "activations_1",
    points=2,
    right="b",
    options={
        "a": "1 is the answer if both units were off. The second has the score 2 at x = -2.",
        "b": "The first unit is off (its score is -3), the second gives 2: 0 - 3 * 2 + 1 = -5.",
        "c": "The output weight of the second unit is -3: its 2 counts as -6, not as 6.",
        "d": "That is the sum without ReLU: a unit with a negative score gives 0.",
    },
    hint="Work out the two scores at x = -2 first. Which of the units is on?",
)
lab.quiz(
    "activations_2",
    points=2,
    right="d",
    options={
        "a": "0.25 is the largest slope of one sigmoid. Six of them are passed, one after another.",
        "b": "Slopes along a chain multiply. You added six times 0.25.",
        "c": "Slopes along a chain multiply. You divided 0.25 by 6.",
        "d": "Each sigmoid multiplies by 0.25 at most: 0.25 to the power 6 is about 0.00024.",
    },
    hint="What is the largest value of a (1 - a)? The chain rule has one such factor for each layer.",
)
lab.quiz(
    "activations_3",
    points=2,
    right="a",
    options={
        "a": "Left of x = 2 the slope is 1, right of it -2. The unit adds the change: -2 - 1 = -3.",
        "b": "-2 is the new slope. The units that are already on go on adding 1.",
        "c": "-1 is the sum of both slopes. The unit adds new minus old.",
        "d": "3 has the right size. The line turns downwards at x = 2, so the unit subtracts.",
    },
    hint="Read two slopes from the picture, just left and just right of x = 2.",
)
lab.quiz(
    "activations_4",
    points=2,
    right="b",
    options={
        "a": "ReLU cannot be negative, but tomorrow can be colder.",
        "b": "A change in temperature can be any number, negative too: a linear output.",
        "c": "A sigmoid stays between 0 and 1. A change in temperature has no such limits.",
        "d": "Hidden layers choose by how well they train; the output is chosen by the target.",
    },
    hint="List a few values that the target can take. Which activation can produce all of them?",
)
lab.quiz(
    "activations_5",
    points=2,
    right="c",
    options={
        "a": "3,151 is what the three layers hold together. Linear layers collapse into one.",
        "b": "Units are not parameters. Count the weights and biases of one layer from 10 to 1.",
        "c": "Linear layers collapse into one from 10 inputs to 1 output: 10 weights and 1 bias.",
        "d": "The biases do not vanish: one layer from 10 to 1 has 10 weights and a bias.",
    },
    hint="Which single layer do the three collapse into? Count its weights, then its bias.",
)

"""06_adam: gradient descent, momentum and Adam as steps; convolution; counting parameters."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "06_adam",
    "Advanced optimization and other layers",
    minutes=90,
    order=["sgd_step", "momentum_step", "adam_step", "minimize", "conv1d", "count_parameters"],
)

# --- quiz ------------------------------------------------------------------------------------------

lab.quiz(
    "additional_1",
    points=2,
    right="c",
    options={
        "a": "0.00004 is alpha times the gradient: that is the step of plain gradient descent. "
        "Adam divides by the root of the average square, and the gradient's size cancels.",
        "b": "0.004 is the gradient itself. After the bias correction it stands above and below "
        "the fraction bar, and cancels.",
        "c": "After the correction, m is the gradient and the root of v its size. What remains is "
        "alpha, with the gradient's sign: 0.01, downwards.",
        "d": "Without bias correction the step would be alpha * 0.1 / sqrt(0.001), about 0.0316. "
        "The correction takes exactly that factor away.",
    },
    hint="Write down m_hat and v_hat for t = 1.",
)
lab.quiz(
    "additional_2",
    points=2,
    right="b",
    options={
        "a": "A curve that falls smoothly but slowly has too small a rate; A does not fall at all.",
        "b": "A jumps and grows: each step overshoots by more than the last. B falls fast and "
        "settles, C falls smoothly but is far from done: its rate is too small.",
        "c": "B falls fast and settles: nothing about it is too large or too small.",
        "d": "C never jumps: a rate that is too large overshoots.",
    },
    hint="Too large a rate overshoots. Too small a rate does the right thing, slowly.",
)
lab.quiz(
    "additional_3",
    points=2,
    right="d",
    options={
        "a": "2 would be the velocity without memory, that is with beta = 0.",
        "b": "1.8 is only what friction leaves of a velocity of 2 after one step.",
        "c": "2 / 0.9 divides by beta. Solve v = 0.9 v + 2 once more.",
        "d": "The velocity settles where v = 0.9 v + 2, so 0.1 v = 2 and v = 20: steps ten times "
        "as long as those of plain gradient descent with the same alpha.",
    },
    hint="When the velocity no longer changes, the old and the new one are equal.",
)
lab.quiz(
    "additional_4",
    points=2,
    right="a",
    options={
        "a": "A filter has 7 * 2 weights and one bias, 15 numbers; 12 filters have 180. The "
        "length of the signal plays no part.",
        "b": "168 leaves out the 12 biases.",
        "c": "96 forgets that each filter reads both channels.",
        "d": "24,012 would be a dense layer: a weight for each pair of 2,000 inputs and 12 units, "
        "and the biases. A filter is used again at every position.",
    },
    hint="Count one filter first: the samples under its window, in each channel, and its bias.",
)
lab.quiz(
    "additional_5",
    points=2,
    right="c",
    options={
        "a": "The filters are the same at every position, so the new place is as good as the old.",
        "b": "With stride 5 the output has one row for 5 samples: it cannot shift by 10 rows.",
        "c": "Each window sees, two windows later, what it saw before: 10 samples are 2 strides of "
        "5. The same filters give the same values there.",
        "d": "No row mixes all of the signal: each sees its own window only. That would be a "
        "dense layer.",
    },
    hint="Which window now holds what window 0 held before?",
)

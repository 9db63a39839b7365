"""01_training: a Keras model, the logistic unit, its cost, gradient and descent, mini-batches."""

from autograder.authoring.declaration import Lab

lab = Lab(
    "01_training",
    "Train a network with TensorFlow",
    minutes=105,
    order=[
        "build_model",
        "sigmoid_unit",
        "binary_cross_entropy",
        "gradient",
        "gradient_descent",
        "minibatches",
        "compile_and_fit",
    ],
)

# --- quiz ------------------------------------------------------------------------------------------

lab.quiz(
    "training_1",
    points=2,
    right="c",
    options={
        "a": "The numbers of units are part of the layers: they are fixed when the model is built, "
        "in step 1.",
        "b": "The epochs are an argument of `fit`, step 3: the same compiled model can be trained "
        "for 5 epochs today and 50 tomorrow.",
        "c": "`compile` settles what is to be lowered (the loss) and how (the optimizer). It neither "
        "builds nor trains.",
        "d": "The weights get their first values when the model is built, and better ones from "
        "`fit`. `compile` does not touch them.",
    },
    hint="Go through the three steps: build, compile, fit. What would you have to repeat if you "
    "changed each of these?",
)
lab.quiz(
    "training_2",
    points=2,
    right="b",
    options={
        "a": "0.734 is the sum of the two losses, 0.223 + 0.511. The cost is their mean.",
        "b": "The losses are -ln 0.8 = 0.223 and -ln(1 - 0.4) = 0.511; their mean is 0.367.",
        "c": "1.263 arises if the labels are swapped: -ln 0.2 and -ln 0.4. Label 1 uses ln p, "
        "label 0 uses ln(1 - p).",
        "d": "0.112 is the mean of the two losses' first terms, -y ln p, alone. The example with "
        "label 0 costs -ln(1 - 0.4) too.",
    },
    hint="Write down the loss of each example first. Which of the two logarithms does each label "
    "switch on?",
)
lab.quiz(
    "training_3",
    points=2,
    right="d",
    options={
        "a": "Curve A falls a little in every step and is still on its way: alpha is too small.",
        "b": "Curve B falls fast and settles: that is a good alpha.",
        "c": "Curve C stays at ln 2 = 0.693, the cost of saying 0.5 to everything: its steps have "
        "no effect at all, as with alpha = 0.",
        "d": "Curve D jumps up and down, again and again above where it started: each step leaps across the valley, "
        "so alpha is too large.",
    },
    hint="A step that is too long lands on the other slope of the valley, higher than before. What "
    "would the cost do then?",
)
lab.quiz(
    "training_4",
    points=2,
    right="a",
    options={
        "a": "360 / 32 = 11.25, so an epoch has 11 full batches and a short one of 8: 12 updates, "
        "and 120 in ten epochs.",
        "b": "110 would forget the short batch: 11 full ones hold 352 images, and 8 are left over.",
        "c": "10 would be one update an epoch, as with a single batch of all 360 images.",
        "d": "3600 would be one update for each image, as with batch_size=1.",
    },
    hint="How many batches does one epoch have, the short one included?",
)
lab.quiz(
    "training_5",
    points=2,
    right="b",
    options={
        "a": "0.5 comes from stepping uphill. The slope is (0.5 - 0) * 4 = 2, and the step goes "
        "against it.",
        "b": "p = 0.5, so the slope is (0.5 - 0) * 4 = 2, and w becomes 0 - 0.25 * 2 = -0.5.",
        "c": "-2.0 forgets alpha: the slope is 2, but the step is alpha times that.",
        "d": "-0.125 forgets the input: the slope of w is the error times x, and x is 4.",
    },
    hint="At w = 0 and b = 0 the score is 0. What is p then, and the error p - y?",
)

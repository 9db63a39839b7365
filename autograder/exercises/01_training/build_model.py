"""build_model: three layers of sigmoid units, not compiled."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=10, deadline=10)
ex.hints = [
    "A `keras.Sequential` takes a list. What stands first, before the layers: how does the "
    "model learn that a row of X has n_features entries?",
    "One `keras.layers.Dense` for each number in the statement. Which argument of it names "
    "the activation?",
    "Run `build_model(8).summary()` in a cell of its own: which row is not as it should be?",
]

_LAYERS = [[25, "sigmoid"], [15, "sigmoid"], [1, "sigmoid"]]


def _built(n_features, **more):
    return case("build_model", n_features, judge="models.model", layers=_LAYERS, **more)


ex.check(
    "the layers: 25, 15 and 1 units, all sigmoid",
    [_built(64)],
    lambda rng: [_built(int(rng.integers(2, 40)))],
    weight=3,
)
ex.check(
    "the input is a row of n_features",
    [_built(5, inputs=5)],
    lambda rng: [_built(n, inputs=n) for n in (int(rng.integers(40, 400)),)],
)
ex.check(
    "not compiled yet",
    [_built(2, compiled=False)],
    lambda rng: [_built(int(rng.integers(2, 40)), compiled=False)],
)

# fmt: off
ex.mistake("hidden ReLU", "The statement asks for sigmoid in all three layers.",
    ('25, activation="sigmoid"', '25, activation="relu"'),
    ('15, activation="sigmoid"', '15, activation="relu"'), finding="hidden-activation")
ex.mistake("linear output",
    "Without an activation the last layer gives a raw score: it should give a probability.",
    ('1, activation="sigmoid"', "1"), finding="output-activation")
ex.mistake("order of the layers", "Compare the numbers of units, from the input on.", ("25", "15"),
    ("15", "25"), finding="units")
ex.mistake("a layer missing",
    "Three numbers, three dense layers: 25, 15 and 1. The input is not one of them.",
    ('            keras.layers.Dense(15, activation="sigmoid"),\n', ""), finding="layer-count")
ex.mistake("no input shape", "Begin with an Input, so that the model can make its weights.",
    ("            keras.Input((n_features,)),\n", ""), finding="inputs")
ex.mistake("compiled already", "Leave `compile` to a later step of this lab.",
    ("return keras", "model = keras"),
    ("]\n    )",
     ']\n    )\n    model.compile(loss="binary_crossentropy", optimizer="adam")\n    return model'),
    finding="compiled")
ex.mistake("no biases", "Every unit keeps its bias: leave use_bias alone.",
    ("25,", "25, use_bias=False,"), ("15,", "15, use_bias=False,"), ("1,", "1, use_bias=False,"),
    finding="bias")
ex.mistake("dropout added", "Only the three dense layers belong in this model.",
    ("            keras.layers.Dense(15",
     "            keras.layers.Dropout(0.2),\n            keras.layers.Dense(15"),
    finding="extra-layer")
ex.mistake("sigmoid twice", "The sigmoid is there twice: as an argument and as a layer of its own.",
    ('(1, activation="sigmoid"),',
     '(1, activation="sigmoid"),\n            keras.layers.Activation("sigmoid"),'),
    finding="activation-twice")
ex.mistake("model not returned", "The model is built and lost: return it.", ("return keras", "keras"),
    finding="none")
ex.mistake("a list of layers", "Give the list to `keras.Sequential`.", ("keras.Sequential(", "list("),
    finding="NotPlain")

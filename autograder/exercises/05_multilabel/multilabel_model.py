"""multilabel_model: a network with an output for each label, compiled."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=12, deadline=10)
ex.hints = [
    "Should the outputs compete? Which activation treats each output alone?",
    "Each output answers yes or no. Which loss belongs to a yes-or-no question?",
    "What does your last layer return, logits or probabilities? Does the loss expect the same?",
]


def _model_case(n_features, n_labels, units_only=False):
    layers = [[25, "relu"], [15, "relu"], [n_labels, "linear"]]
    pairs = [["linear", "binary_crossentropy", True], ["sigmoid", "binary_crossentropy", False]]
    judge = "multilabel.layers" if units_only else "models.model"
    params = {"inputs": n_features, "layers": layers, "compiled": pairs}
    return case("build_multilabel_model", n_features, n_labels, judge=judge, **params)


ex.check(
    "the layers: 25 relu, 15 relu, one output a label that does not compete",
    [_model_case(64, 3, units_only=True)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(2, 8)), units_only=True)],
)
ex.check(
    "compiled with a yes-or-no loss that fits the outputs",
    [_model_case(5, 2)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(2, 8)))],
)

# fmt: off
ex.mistake("softmax outputs", "Labels do not compete: one sigmoid each, or linear outputs; no softmax.",
    ('"linear"', '"softmax"'), ("from_logits=True", ""), finding="output-activation")
ex.mistake("categorical loss",
    "Several labels can be on: use the loss of a yes-or-no question for each.",
    ("Binary", "Categorical"), finding="loss")
ex.mistake("from_logits forgotten", "Outputs are raw scores; tell the loss: from_logits=True.",
    ("from_logits=True", ""), finding="logits-missing")
ex.mistake("sigmoid and from_logits",
    "The output is a probability already; from_logits=True says it is not.", ('"linear"', '"sigmoid"'),
    finding="logits-twice")
ex.mistake("no hidden activation",
    "Hidden layers need ReLU; without any activation they collapse into one.",
    ('25, activation="relu"', "25"), ('15, activation="relu"', "15"), finding="hidden-activation")
ex.mistake("one output only", "One output for each label: n_labels units.",
    ("Dense(n_labels", "Dense(1"), finding="units")
ex.mistake("a layer missing", "Three dense layers: 25, 15 and one unit for each label.",
    ('            keras.layers.Dense(15, activation="relu"),\n', ""), finding="layer-count")
ex.mistake("not compiled", "Call model.compile(loss=...) before you return it.",
    ('    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))\n',
     ""), finding="not-compiled")
ex.mistake("model not returned", "The model is built and lost: return it.", ("return model", "model"),
    finding="none")
ex.mistake("no input shape",
    "The model takes rows of n_features numbers, and should know it: an Input comes first.",
    ("            keras.Input((n_features,)),\n", ""), finding="inputs")
ex.mistake("summed loss", "The cost is a mean: leave `reduction` at its default.",
    ("from_logits=True", 'from_logits=True, reduction="sum"'), finding="reduction")

"""logits_model: a network with a linear output, compiled with a loss from logits."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=10, deadline=10)
ex.hints = [
    "Which activation leaves a number as it is?",
    "`compile` takes a loss object in place of a name. Which loss of the cell with A, B and C "
    "fits these outputs?",
]


def _model_case(n_features, n_classes, compiled=True):
    params = {"inputs": n_features, "layers": [[25, "relu"], [15, "relu"], [n_classes, "linear"]]}
    if compiled:
        params["compiled"] = [["linear", "sparse_categorical_crossentropy", True]]
    return case("build_logits_model", n_features, n_classes, judge="models.model", **params)


ex.check(
    "the layers: 25 relu, 15 relu, linear",
    [_model_case(64, 10, compiled=False)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)), compiled=False)],
)
ex.check(
    "compiled with a loss that takes logits",
    [_model_case(5, 3)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)))],
)

# fmt: off
ex.mistake("softmax kept in the output",
    "Keep softmax in one place: the loss. The output layer stays linear.", ('"linear"', '"softmax"'),
    finding="output-activation")
ex.mistake("from_logits forgotten", "Outputs are raw scores; tell the loss: from_logits=True.",
    ("from_logits=True", ""), finding="logits-missing")
ex.mistake("one-hot loss", "Your labels are class numbers: the sparse loss takes those.",
    ("SparseCategorical", "Categorical"), finding="loss")
ex.mistake("sum over the batch",
    "The cost is a mean over the examples: leave `reduction` at its default.",
    ("from_logits=True", 'from_logits=True, reduction="sum"'), finding="reduction")
ex.mistake("hidden layers linear",
    "Hidden layers without an activation collapse into one linear layer.",
    ('25, activation="relu"', "25"), ('15, activation="relu"', "15"), finding="hidden-activation")
ex.mistake("not compiled", "Call model.compile(...) before you return it.",
    ('    model.compile(optimizer="adam", loss=loss)\n', ""), finding="not-compiled")
ex.mistake("no input shape", "The model does not know its input yet: what stands first in the list?",
    ("            keras.Input((n_features,)),\n", ""), finding="inputs")
ex.mistake("dropout added", "Only the three dense layers belong here.",
    ("            keras.layers.Dense(15",
     "            keras.layers.Dropout(0.2),\n            keras.layers.Dense(15"),
    finding="extra-layer")
ex.mistake("output layer missing", "The third Dense layer has one unit for each class.",
    ('            keras.layers.Dense(n_classes, activation="linear"),\n', ""), finding="layer-count")
ex.mistake("model not returned", "The model is built and lost: return it.", ("return model", "model"),
    finding="none")
ex.mistake("units swapped", "Compare the numbers of units, layer by layer.", ("25", "15"), ("15", "25"),
    finding="units")

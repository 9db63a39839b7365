"""softmax_model: a network with a softmax output, compiled."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=14, deadline=10)
ex.hints = [
    "A `keras.Sequential` takes a list: an `Input`, then one `Dense` for each layer.",
    "How many outputs does a network need that chooses between `n_classes` classes?",
    "`build_softmax_model(2, 4).summary()` lists the layers: do they add up to 529 numbers?",
]


def _model_case(n_features, n_classes, compiled=True):
    params = {"inputs": n_features, "layers": [[25, "relu"], [15, "relu"], [n_classes, "softmax"]]}
    if compiled:
        params["compiled"] = [["softmax", "sparse_categorical_crossentropy", False]]
    return case("build_softmax_model", n_features, n_classes, judge="models.model", **params)


ex.check(
    "the layers: 25 relu, 15 relu, softmax",
    [_model_case(64, 10, compiled=False)],
    lambda rng: [_model_case(int(rng.integers(2, 30)), int(rng.integers(3, 9)), compiled=False)],
)
ex.check(
    "compiled with the loss that fits",
    [_model_case(5, 3)],  # other sizes: 64 and 10 may not stand in the answer
)

# fmt: off
ex.mistake("linear output", "The last layer gives probabilities here: activation softmax.",
    ('"softmax"', '"linear"'), ("Crossentropy()", "Crossentropy(from_logits=True)"),
    finding="output-activation")
ex.mistake("no hidden activation",
    "Hidden layers without an activation collapse into one linear layer.",
    ('25, activation="relu"', "25"), ('15, activation="relu"', "15"), finding="hidden-activation")
ex.mistake("units swapped", "Compare the numbers of units with the statement, layer by layer.",
    ("25", "15"), ("15", "25"), finding="units")
ex.mistake("a layer missing", "Three dense layers: 25, 15 and one unit for each class.",
    ('            keras.layers.Dense(15, activation="relu"),\n', ""), finding="layer-count")
ex.mistake("one-hot loss", "Your labels are class numbers: the sparse loss takes those.",
    ("SparseCategorical", "Categorical"), finding="loss")
ex.mistake("from_logits with softmax",
    "Your output is already a probability; from_logits=True says it is not.",
    ("Crossentropy()", "Crossentropy(from_logits=True)"), finding="logits-twice")
ex.mistake("not compiled", "Call model.compile(loss=...) before you return the model.",
    ('    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy())\n', ""),
    finding="not-compiled")
ex.mistake("no input shape", "The model does not know its input yet: what stands first in the list?",
    ("            keras.Input((n_features,)),\n", ""), finding="inputs")
ex.mistake("model not returned", "The model is built and lost: return it.", ("return model", "model"),
    finding="none")

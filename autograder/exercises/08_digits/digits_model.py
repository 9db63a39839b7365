"""digits_model: the network that reads digits, compiled."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=12, deadline=10)
ex.hints = [
    "What stands first in a `keras.Sequential`, so that it knows the size of its inputs?",
    "The last layer gives logits. Which activation leaves its sums as they are?",
    "Class numbers as targets, logits as outputs: which loss, and what must it be told?",
]

_SHAPE = {"inputs": 64, "layers": [[25, "relu"], [15, "relu"], [10, "linear"]]}
_PAIR = {"compiled": [["linear", "sparse_categorical_crossentropy", True]]}
_ADAM = {"optimizers": ["adam", "adamw", "nadam"]}

ex.check(
    "the layers: 25 relu, 15 relu, 10 linear",
    [case("build_digits_model", judge="models.model", **_SHAPE)],
)
ex.check(
    "compiled with the loss from logits, and Adam",
    [case("build_digits_model", judge="models.model", **_SHAPE, **_PAIR, **_ADAM)],
)

# fmt: off
ex.mistake("softmax output",
    "The outputs must be logits: softmax belongs to the loss, and to reading.",
    ("Dense(10)", 'Dense(10, activation="softmax")'), ("from_logits=True", ""),
    finding="output-activation")
ex.mistake("from_logits forgotten",
    "The outputs are logits, but the loss takes them for probabilities: tell it.",
    ("from_logits=True", ""), finding="logits-missing")
ex.mistake("loss for one-hot targets", "The labels are class numbers; this loss wants one-hot rows.",
    ("SparseCategorical", "Categorical"), finding="loss")
ex.mistake("gradient descent", "The optimizer asked for is Adam.",
    ("keras.optimizers.Adam(0.001)", '"sgd"'), finding="optimizer")
ex.mistake("sigmoid hidden layers", "The hidden layers are ReLU layers.",
    ('25, activation="relu"', '25, activation="sigmoid"'),
    ('15, activation="relu"', '15, activation="sigmoid"'), finding="hidden-activation")
ex.mistake("nine or eleven outputs", "There is one output for each of the ten digits.",
    ("Dense(10)", "Dense(9)"), finding="units")
ex.mistake("a layer missing", "Two hidden layers, 25 and 15, and the output.",
    ('            keras.layers.Dense(15, activation="relu"),\n', ""), finding="layer-count")
ex.mistake("dropout added", "Dense layers only: dropout is not asked for.",
    ("            keras.layers.Dense(15",
     "            keras.layers.Dropout(0.2),\n            keras.layers.Dense(15"),
    finding="extra-layer")
ex.mistake("not compiled", "Compile the model before you return it.",
    ("    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss)\n", ""),
    finding="not-compiled")
ex.mistake("inputs left open", "Say at the top of the list that an image has 64 pixels.",
    ("            keras.Input((64,)),\n", ""), finding="inputs")
ex.mistake("model not returned", "The model is built and lost: return it.", ("return model", "model"),
    finding="none")

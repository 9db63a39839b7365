"""compile_and_fit: compile with binary cross-entropy and fit on all the data; return the History."""

import numpy as np

from autograder.authoring.declaration import Shared, call, case_of, exercise
from utils.engine.models import dense

ex = exercise(__name__, points=10, deadline=20)
ex.hints = [
    "Call two methods of the model: one says what to lower, the other one does the work.",
    "Look at the cell that trains `reader`: how does it name the loss, and the optimizer?",
    "`fit` returns what you are asked to return, and takes the number of epochs by name.",
]


def _training(rows, epochs, seed):
    """Return the call that trains a small model; see `training.traces` for what its rows are."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), np.eye(rows)])
    y = rng.permutation(np.arange(rows) % 2)
    weights = [
        np.zeros((1 + rows, 3)),
        rng.uniform(-0.5, 0.5, 3),
        rng.permutation([-2.5, 2.0, 3.0])[:, None],
        rng.uniform(-0.2, 0.2, 1),
    ]
    layers = [(3, "sigmoid"), (1, "sigmoid")]
    model = dense(1 + rows, layers, weights=[w.astype(np.float32) for w in weights])
    return [call("compile_and_fit", model, X, y, epochs)]


def _few_steps(rng):
    """Return the cases of one training: its rows are one batch, each epoch is one step."""
    rows, epochs = int(rng.integers(12, 33)), int(rng.choice([1, 3]))
    run = _training(rows, epochs, int(rng.integers(1000)))
    return [
        case_of(run, judge="training.epochs", mutates=True),
        case_of(run, judge="training.traces", none=True),
    ]


_RUN = _training(40, 2, 3)  # three checks judge this one run
_hidden = Shared(_few_steps)
_PAIR = {
    "argument": 0,
    "layers": [[3, "sigmoid"], [1, "sigmoid"]],
    "compiled": [["sigmoid", "binary_crossentropy", False]],
}

ex.check(
    "compiled with binary cross-entropy",
    [case_of(_RUN, judge="training.compiled", none=True, mutates=True, **_PAIR)],
    weight=2,
)
ex.check(
    "as many epochs as asked, and the History returned",
    [case_of(_RUN, judge="training.epochs", mutates=True)],
    _hidden.first,
)
ex.check(
    "fitted on all rows, each with its own label",
    [case_of(_RUN, judge="training.traces", none=True)],
    _hidden.later(1),
    weight=2,
)

LOSS = "keras.losses.BinaryCrossentropy()"

# fmt: off
ex.mistake("squared error", "The targets are yes or no: binary cross-entropy.", (LOSS, '"mse"'),
    finding="loss-mean_squared_error")
ex.mistake("sparse categorical loss",
    "That loss chooses between several outputs; this model has one probability.",
    (LOSS, '"sparse_categorical_crossentropy"'), finding="InvalidArgumentError")
ex.mistake("categorical loss",
    "With a single output, that loss is 0 whatever the model says: it cannot learn.",
    (LOSS, '"categorical_crossentropy"'), finding="loss-categorical_crossentropy")
ex.mistake("from_logits with sigmoid",
    "The output is already a probability; from_logits=True says it is not.",
    ("Crossentropy()", "Crossentropy(from_logits=True)"), finding="logits-twice")
ex.mistake("sum, not mean", "The loss stays a mean over the examples: no reduction of your own.",
    ("Crossentropy()", 'Crossentropy(reduction="sum")'), finding="reduction")
ex.mistake("not compiled", "Before `fit` comes `compile`, with a loss.",
    ('model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy())\n    ', ""),
    finding="ValueError")
ex.mistake("another model trained", "Train the model you are given, not a copy.",
    ("model.compile", "model = keras.models.clone_model(model)\n    model.compile"),
    finding="not-compiled")
ex.mistake("compiled twice", "What counts is the loss that the training lowered: compile once, first.",
    (LOSS, '"mse"'),
    ("return model.fit(X, y, epochs=epochs, verbose=0)",
     "history = model.fit(X, y, epochs=epochs, verbose=0)\n"
     '    model.compile(optimizer="adam", loss="binary_crossentropy")\n    return history'),
    finding="compiled-again")
ex.mistake("epochs ignored", "Without `epochs`, `fit` runs once over the data.",
    ("epochs=epochs, ", ""), finding="one-epoch")
ex.mistake("epochs fixed", "The number of epochs is an argument.", ("=epochs", "=10"),
    finding="other-epochs")
ex.mistake("fitted twice", "Each call of `fit` trains: call it once and keep what it returns.",
    ("    return", "    model.fit(X, y, epochs=epochs, verbose=0)\n    return"), finding="fitted-twice")
ex.mistake("history dict", "Return the History itself, not the dict inside it.",
    ("verbose=0)", "verbose=0).history"), finding="history-dict")
ex.mistake("model returned", "Return what `fit` returns, not the model.",
    ("return model.fit(X, y, epochs=epochs, verbose=0)",
     "model.fit(X, y, epochs=epochs, verbose=0)\n    return model"), finding="model-returned")
ex.mistake("costs returned", "Return the History itself, not its list of losses.",
    ("verbose=0)", 'verbose=0).history["loss"]'), finding="no-history")
ex.mistake("nothing returned", "`fit` returns the History: return it.", ("return ", ""),
    finding="none")
ex.mistake("a share held back", "Train on all of the data: hold nothing back here.",
    ("epochs=epochs", "epochs=epochs, validation_split=0.2"), finding="held-back")
ex.mistake("some rows only", "Train on all rows of X.", ("fit(X, y", "fit(X[:32], y[:32]"),
    finding="rows-missing")
ex.mistake("inputs shuffled alone", "One permutation for both: row i of X goes with entry i of y.",
    ("fit(X, y", "fit(X, 1 - y"), finding="pairs")
ex.mistake("inputs standardised", "Fit on X as it is: new images will not be standardised.",
    ("model.compile", "X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)\n    model.compile"),
    finding="rescaled")
ex.mistake("inputs changed in place", "The caller still needs X as it was: work on a copy.",
    ("    return", "    X *= 0.5\n    return"), finding="mutated")

"""train_digits: train the compiled model in place on at most 60 * len(X) images."""

import numpy as np

from autograder.authoring.declaration import NumpyModel, Shared, call, case, exercise
from utils.engine.judging import Case, Finding
from utils.engine.judging import digits as judging
from utils.engine.models import dense

from ._data import patterns, split

ex = exercise(__name__, points=20, deadline=90, forbids=["datasets"])
ex.hints = [
    "The model is compiled already: one method does all of the work. Which?",
    "How many steps do 60 epochs take in batches of 32, and how many in batches of 512?",
    "How far can a weight move at your rate in that many steps? Is that far enough?",
]


def _network(seed):
    return dense(
        64,
        [(25, "relu"), (15, "relu"), (10, "linear")],
        seed=seed,
        loss={"name": "sparse_categorical_crossentropy", "from_logits": True},
        optimizer={"name": "adam", "learning_rate": 0.001, "rows": 0},
    )


_RUN = {"mutates": True, "none": True}


def _real(rng):
    """Return the cases of one training on real digits, under other class numbers.

    The classes are renamed at random, so that weights which were fitted elsewhere read nothing.
    """
    names = rng.permutation(10)
    (X, y), (X_test, y_test) = split()
    calls = [call("train_digits", _network(int(rng.integers(1 << 30))), X, names[y],
                  int(rng.integers(1000)))]  # fmt: skip

    def reads(case: Case, outcomes: list) -> Finding | None:
        if finding := judging.rules(case, outcomes):
            return finding
        model = NumpyModel(outcomes[-1].args_after[0])
        right = float(np.mean(np.argmax(model.predict(X_test), axis=1) == names[y_test]))
        if right >= case.params["share"]:
            return None
        what = f"{right:.1%} of the held-back digits are read correctly, "
        what += f"{case.params['share']:.0%} are asked for here"
        return Finding("accuracy", what, next_step="Train longer, or in smaller batches.")

    rules = Case(calls, judging.rules, _RUN, [None])
    return [rules, *(Case(calls, reads, _RUN | {"share": s}, [None]) for s in (0.90, 0.92, 0.94))]


_runs = Shared(_real)

ex.check(
    "the model given is trained, on at most 60 images for each",
    [case("train_digits", _network(1), *patterns(1, 120), 7, judge="digits.trained", **_RUN)],
    _runs.first,
)
ex.check("90% of the held-back digits are read correctly", [], _runs.later(1), weight=2)
ex.check("92% of the held-back digits are read correctly", [], _runs.later(2))
ex.check("94% of the held-back digits are read correctly", [], _runs.later(3))

# fmt: off
ex.mistake("not trained", "Nothing has trained the model: its weights are the old ones.",
    ("fit(X, y, batch_size=32, epochs=60", "evaluate(X, y"), finding="untrained")
ex.mistake("another model trained",
    "You train a new network and drop it; the one you were given is as it was.",
    ("return",
     "model = keras.models.clone_model(model)\n"
     "    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
     '    model.compile(optimizer="adam", loss=loss)\n    return'),
    ("epochs=60", "epochs=2"), finding="another-trained")
ex.mistake("100 epochs",
    "Count images, not minutes: an epoch uses each of them once, and 60 epochs are allowed.",
    ("epochs=60", "epochs=100"), finding="too-many-images")
ex.mistake("copies not counted",
    "Shifted or noisy copies are images too: with one copy of each, 30 epochs use all of them up.",
    ("fit(X, y", "fit(np.vstack([X, 0.95 * X]), np.concatenate([y, y])"), finding="far-too-many-images")
ex.mistake("images and labels shuffled apart",
    "Images and labels are shuffled by different orders: each image learns a strange label.",
    ("return",
     "rng = np.random.default_rng(seed)\n"
     "    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]\n    return"), finding="worse")
ex.mistake("steps too small",
    "The learning rate is so small that the network hardly moves in the time it has.",
    ("return",
     "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
     "    model.compile(optimizer=keras.optimizers.SGD(1e-5), loss=loss)\n    return"),
    ("epochs=60", "epochs=20"), finding="hardly")
ex.mistake("steps far too large",
    "The learning rate is so large that the first steps switch all units off for ever.",
    ("return",
     "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
     "    model.compile(optimizer=keras.optimizers.Adam(100.0), loss=loss)\n    return"),
    ("epochs=60", "epochs=20"), finding="one-class")
ex.mistake("compiled anew without from_logits",
    "You compile again with a loss that takes the logits for probabilities.",
    ("return model.fit(X, y, batch_size=32, epochs=60, verbose=0)",
     'model.compile(optimizer=keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy")\n'
     "    model.fit(X, y, batch_size=32, epochs=1, verbose=0)\n"
     "    model.set_weights([w * 1.5 for w in model.get_weights()])"), finding="probability-loss")
ex.mistake("weights set from elsewhere",
    "The weights were put in by hand. Train the model itself: `fit`, or its own gradients.",
    ("return model.fit(X, y, batch_size=32, epochs=60, verbose=0)",
     "rng = np.random.default_rng(0)\n"
     "    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])"),
    finding="set-from-elsewhere")
ex.mistake("NaN weights", "The weights are no longer numbers: plain steps of that size diverge.",
    ("return",
     "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
     "    model.compile(optimizer=keras.optimizers.SGD(1e30), loss=loss)\n    return"),
    ("epochs=60", "epochs=5"), finding="not-finite")
ex.mistake("loads digits of its own",
    "Train on the X and y you are given: loading data is forbidden here.",
    ("keras.utils", "from utils import data\n\n    X, y = data.digits()\n    keras.utils"),
    ("60", "30"), finding="forbidden")

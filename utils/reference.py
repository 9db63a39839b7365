"""Reference implementations for figures and comparisons, each backed by a library.

Names and meanings are those of the exercises. They show what a right answer gives, not how to
write one: calling them from an answer is reported when the answer is marked. They are methods and
take their libraries from their object, so that none of them is an answer when it stands alone.
"""

import importlib

import numpy as np

_LIBRARIES = {
    "blas": "scipy.linalg.blas",
    "distance": "scipy.spatial.distance",
    "graphlib": "graphlib",
    "interpolate": "scipy.interpolate",
    "keras": "keras",
    "metrics": "sklearn.metrics",
    "model_selection": "sklearn.model_selection",
    "networks": "sklearn.neural_network",
    "optimizers": "sklearn.neural_network._stochastic_optimizers",
    "signal": "scipy.signal",
    "sklearn_utils": "sklearn.utils",
    "sparse": "scipy.sparse",
    "special": "scipy.special",
    "sympy": "sympy",
}


class _Reference:
    """All references; a library is an attribute, imported when first asked for."""

    def __getattr__(self, name):
        if name not in _LIBRARIES:
            raise AttributeError(f"there is no reference called {name!r}")
        vars(self)[name] = importlib.import_module(_LIBRARIES[name])
        return vars(self)[name]

    def sigmoid(self, z):
        """1 / (1 + exp(-z)), element-wise. Source: `scipy.special.expit`."""
        return self.special.expit(np.asarray(z, dtype=float))

    def softmax(self, z):
        """exp(z_i) / sum_j exp(z_j) over the last axis. Source: `scipy.special.softmax`."""
        return self.special.softmax(np.asarray(z, dtype=float), axis=-1)

    def stable_softmax(self, z):
        """The same as `softmax`, which is stable already. Source: `scipy.special.softmax`."""
        return self.softmax(z)

    def log_softmax(self, z):
        """log(softmax(z)) over the last axis. Source: `scipy.special.log_softmax`."""
        return self.special.log_softmax(np.asarray(z, dtype=float), axis=-1)

    def log_sum_exp(self, z):
        """log(sum_j exp(z_j)) over the last axis. Source: `scipy.special.logsumexp`."""
        return self.special.logsumexp(np.asarray(z, dtype=float), axis=-1)

    def one_hot(self, y, n_classes):
        """`(m, C)` floats with a single 1 a row; ValueError outside 0..C-1.

        Source: `scipy.sparse`.
        """
        places = (np.arange(len(y)), np.asarray(y))
        return self.sparse.coo_array((np.ones(len(y)), places), shape=(len(y), n_classes)).toarray()

    def cross_entropy(self, P, y):
        """Mean of -log(max(p, 1e-12)), p of the true class. Source: `scipy.special.xlogy`."""
        P = np.asarray(P, dtype=float)
        return float(
            -np.sum(self.special.xlogy(self.one_hot(y, P.shape[1]), np.maximum(P, 1e-12))) / len(P)
        )

    def predict_proba(self, X, W, b):
        """Probabilities `(m, C)` of softmax regression."""
        return self.softmax(X @ W + b)

    def predict(self, X, W, b):
        """Classes `(m,)` of softmax regression."""
        return np.argmax(X @ W + b, axis=-1)

    def softmax_gradient(self, X, y, W, b):
        """`(dW (n, C), db (C,))` of the mean cross-entropy of softmax regression.

        Source: the complex-step derivative, Im f(theta + ih) / h, of SciPy's `logsumexp`; exact to
        rounding, because nothing is subtracted.
        """
        theta, h = np.vstack([W, b]).astype(complex), 1e-30
        rows = np.column_stack([X, np.ones(len(X))])
        gradient = np.empty(theta.shape)
        for entry in np.ndindex(theta.shape):
            nudged = theta.copy()
            nudged[entry] += 1j * h
            Z = rows @ nudged
            cost = np.mean(self.special.logsumexp(Z, axis=1) - Z[np.arange(len(y)), y])
            gradient[entry] = cost.imag / h
        return gradient[:-1], gradient[-1]

    def build_softmax_model(self, n_features, n_classes):
        """25 relu, 15 relu, softmax output, sparse categorical cross-entropy, Adam.

        Source: Keras.
        """
        layers = self.keras.layers
        model = self.keras.Sequential(
            [
                self.keras.Input((n_features,)),
                layers.Dense(25, activation="relu"),
                layers.Dense(15, activation="relu"),
                layers.Dense(n_classes, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    def sgd_step(self, theta, grad, alpha):
        """theta - alpha * grad. Source: `axpy` of BLAS, through SciPy."""
        start = np.array(theta, dtype=float)
        return self.blas.daxpy(np.ravel(grad), start.ravel(), a=-alpha).reshape(start.shape)

    def momentum_step(self, theta, grad, velocity, alpha, beta):
        """`(theta, velocity)` after a step: beta * velocity + grad, theta - alpha * velocity.

        Source: scikit-learn's `SGDOptimizer`, which keeps -alpha * velocity.
        """
        start = np.asarray(theta, dtype=float)
        optimizer = self.optimizers.SGDOptimizer([start], alpha, momentum=beta, nesterov=False)
        optimizer.velocities = [-alpha * np.asarray(velocity, dtype=float)]
        (change,) = optimizer._get_updates([np.asarray(grad, dtype=float)])
        return start + change, -change / alpha

    def adam_step(self, theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        """`(theta, m, v)` after step `t` of Adam (Kingma and Ba 2015, algorithm 1).

        Source: scikit-learn's `AdamOptimizer`, whose epsilon is the paper's epsilon hat: eps is
        converted, which makes the two the same.
        """
        start = np.asarray(theta, dtype=float)
        epsilon_hat = eps * np.sqrt(1 - beta2**t)
        optimizer = self.optimizers.AdamOptimizer([start], alpha, beta1, beta2, epsilon_hat)
        optimizer.t, optimizer.ms, optimizer.vs = t - 1, [m], [v]
        (change,) = optimizer._get_updates([np.asarray(grad, dtype=float)])
        return start + change, optimizer.ms[0], optimizer.vs[0]

    def minimize(self, gradient, theta, steps, alpha):
        """The `(steps + 1, n)` path of Adam from `theta`.

        Source: scikit-learn's `AdamOptimizer`.
        """
        point = np.array(theta, dtype=float)
        optimizer, path = self.optimizers.AdamOptimizer([point], alpha), [point.copy()]
        for t in range(1, steps + 1):
            optimizer.epsilon = 1e-8 * np.sqrt(1 - optimizer.beta_2**t)
            optimizer.update_params([point], [gradient(point.copy())])
            path.append(point.copy())
        return np.array(path)

    def conv1d(self, x, w, b, stride=1):
        """ReLU of the valid cross-correlation: `((T - k)//stride + 1, F)`.

        Source: `scipy.signal.correlate`.
        """
        sums = [
            self.signal.correlate(x, w[:, f], mode="valid")[::stride] + b[f]
            for f in range(w.shape[1])
        ]
        return np.maximum(np.stack(sums, axis=1), 0)

    def dense_parameters(self, n_in, units):
        """Numbers that a dense layer learns. Source: Keras."""
        layer = self.keras.layers.Dense(units)
        layer.build((None, n_in))
        return int(layer.count_params())

    def conv1d_parameters(self, width, channels, filters):
        """Numbers that a one-dimensional convolution learns. Source: Keras."""
        layer = self.keras.layers.Conv1D(filters, width)
        layer.build((None, width, channels))
        return int(layer.count_params())

    def _hinge(self):
        """The line that is flat left of 0 and has slope 1 right of it, as a SciPy polynomial."""
        return self.interpolate.PPoly([[0.0, 1.0], [0.0, 0.0]], [-1.0, 0.0, 1.0])

    def relu(self, z):
        """max(z, 0), element-wise. Source: `scipy.interpolate.PPoly`."""
        return self._hinge()(np.asarray(z, dtype=float))

    def linear(self, z):
        """z, element-wise."""
        return np.array(z, dtype=float)

    def sigmoid_slope(self, z):
        """Derivative of the sigmoid, element-wise.

        Source: complex-step derivative of `numpy.tanh`.
        """
        h = 1e-30
        return np.tanh((np.asarray(z, dtype=float) + 1j * h) / 2).imag / (2 * h)

    def relu_slope(self, z):
        """Derivative of ReLU, 0 at 0, element-wise. Source: derivative of SciPy's `PPoly`."""
        return 1.0 - self._hinge().derivative()(-np.asarray(z, dtype=float))

    def collapse(self, W1, b1, W2, b2):
        """`(W, b)` of the one linear layer that does what two do, read off from what the two do."""
        X = np.vstack([np.zeros(len(W1)), np.eye(len(W1))])
        answers = (X @ W1 + b1) @ W2 + b2
        return answers[1:] - answers[0], answers[0]

    def relu_network(self, x, w, b, v, c):
        """Outputs `(m,)` of a ReLU network of one input. Source: its pieces, in exact fractions."""
        from utils.engine.judging.activations import BrokenLine

        line = BrokenLine(w, b, v, c)
        piece = np.searchsorted(np.array(line.kinks, dtype=float), x)
        return np.array(line.slopes, dtype=float)[piece] * x + np.array(line.heights, float)[piece]

    def build_model(self, n_features):
        """25, 15 and 1 sigmoid units, not compiled. Source: Keras."""
        units = [self.keras.layers.Dense(n, activation="sigmoid") for n in (25, 15, 1)]
        return self.keras.Sequential([self.keras.Input((n_features,)), *units])

    def logistic_unit(self, X, w, b):
        """Probabilities `(m,)` of one sigmoid unit. Source: `scipy.special.expit`."""
        return self.sigmoid(np.asarray(X) @ w + b)

    def binary_cross_entropy(self, y, p):
        """Mean binary cross-entropy, p clipped to [1e-7, 1 - 1e-7]. Source: `scipy.special`."""
        y, p = np.asarray(y), np.clip(p, 1e-7, 1 - 1e-7)
        return -float(np.mean(self.special.xlogy(y, p) + self.special.xlog1py(1 - y, -p)))

    def cost_gradient(self, X, y, w, b):
        """`(dw (n,), db)` of the mean cost of the logistic unit.

        Source: the complex-step derivative (see `softmax_gradient`) of ln(1 + exp(z)) - y z.
        """
        theta, h = np.append(w, b), 1e-30
        nudged = theta[:, None] + 1j * h * np.eye(len(theta))
        Z = np.column_stack([X, np.ones(len(X))]) @ nudged
        large = Z.real > 0  # there ln(1 + exp(z)) is z + ln(1 + exp(-z))
        losses = np.log1p(np.exp(np.where(large, -Z, Z))) + (large - np.asarray(y)[:, None]) * Z
        gradient = losses.mean(axis=0).imag / h
        return gradient[:-1], float(gradient[-1])

    def gradient_descent(self, X, y, w, b, alpha, steps):
        """`(w, b, costs)` of plain gradient descent, as Euler steps of theta' = -gradient."""
        theta, costs = np.append(np.asarray(w, dtype=float), b), []
        for _ in range(steps):
            costs.append(self.binary_cross_entropy(y, self.logistic_unit(X, theta[:-1], theta[-1])))
            theta = theta - alpha * np.append(*self.cost_gradient(X, y, theta[:-1], theta[-1]))
        return theta[:-1], float(theta[-1]), np.array(costs)

    def minibatches(self, m, batch_size, rng):
        """Batches of shuffled indices, the last possibly short. Source: `sklearn.utils`."""
        order = np.arange(m)
        rng.shuffle(order)
        return [order[part] for part in self.sklearn_utils.gen_batches(m, batch_size)]

    def compile_and_fit(self, model, X, y, epochs):
        """Compile with binary cross-entropy and fit; returns the `History`. Source: Keras."""
        model.compile("adam", "binary_crossentropy")
        return model.fit(X, y, verbose=0, epochs=epochs)

    def numerical_derivative(self, f, x, eps=1e-5):
        """(f(x + eps) - f(x - eps)) / (2 eps). Source: the middle of `numpy.gradient`."""
        return np.gradient([f(x - eps), f(x), f(x + eps)], eps)[1]

    def symbolic_derivative(self, formula):
        """The derivative of a formula in x, as a function of x. Source: SymPy's `diff`."""
        x = self.sympy.Symbol("x", real=True)
        return self.sympy.lambdify(
            x, self.sympy.diff(self.sympy.sympify(formula, locals={"x": x}), x), "numpy"
        )

    def local_derivatives(self, op, inputs):
        """Partial derivatives of one operation at `inputs`; ValueError for another.

        Source: SymPy.
        """
        a, b = self.sympy.symbols("a b", real=True)
        formulas = {
            "add": a + b, "mul": a * b, "square": a**2, "log": self.sympy.log(a),
            "sigmoid": 1 / (1 + self.sympy.exp(-a)),
            "relu": self.sympy.Piecewise((a, a > 0), (0, True)),
        }  # fmt: skip
        if op not in formulas:
            raise ValueError(f"unknown operation: {op!r}")
        at = dict(zip((a, b), inputs, strict=False))
        return [float(self.sympy.diff(formulas[op], symbol).subs(at)) for symbol in at]

    def topological_order(self, graph):
        """Nodes, each after its inputs; ValueError where there is a cycle. Source: `graphlib`."""
        order = self.graphlib.TopologicalSorter(
            {name: inputs for name, (_, inputs) in graph.items()}
        ).static_order()
        return [name for name in order if name in graph]

    def forward(self, graph, values):
        """The value of every leaf and node.

        Source: NumPy's operations, in the order of `graphlib`.
        """
        return self._flow(graph, values, None, 0.0)

    def backward(self, graph, values, output):
        """d(output)/d(name) for every name. Source: the complex step, Im f(x + ih) / h."""
        leaves = {name: value for name, value in values.items() if name not in graph}
        h = 1e-30
        return {
            name: float(np.imag(self._flow(graph, leaves, name, h)[output]) / h) for name in values
        }

    def _flow(self, graph, values, nudged, h):
        """Run a graph; the value of the name `nudged` is moved by the imaginary number ih."""
        operations = {
            "add": np.add, "mul": np.multiply, "square": np.square, "log": np.log,
            "relu": lambda a: a if np.real(a) > 0 else 0.0,
            "sigmoid": lambda a: np.reciprocal(1 + np.exp(-a)),
        }  # fmt: skip
        out = dict(values)
        if nudged in out:
            out[nudged] = out[nudged] + 1j * h
        for name in self.topological_order(graph):
            op, inputs = graph[name]
            out[name] = operations[op](*[out[source] for source in inputs])
            if name == nudged:
                out[name] = out[name] + 1j * h
        return out if nudged else {name: float(value) for name, value in out.items()}

    def network_gradients(self, X, y, W1, b1, W2, b2):
        """Gradients of the mean cross-entropy of a ReLU layer and a softmax output, C of 3 or more.

        Source: what one step of scikit-learn's `MLPClassifier` subtracts at a learning rate of 1.
        """
        model = self.networks.MLPClassifier(
            W1.shape[1:], solver="sgd", alpha=0, batch_size=len(X), learning_rate_init=1,
            momentum=0, nesterovs_momentum=False, shuffle=False,
        )  # fmt: skip
        model.partial_fit(X, y, classes=np.arange(len(b2)))
        now = model.coefs_ + model.intercepts_
        for own, given in zip(now, (W1, W2, b1, b2), strict=True):
            own[...] = given
        model.partial_fit(X, y)
        moved = model.coefs_ + model.intercepts_
        dW1, dW2, db1, db2 = (a - b for a, b in zip((W1, W2, b1, b2), moved, strict=True))
        return dW1, db1, dW2, db2

    def gradient_check(self, f, grad, theta, eps=1e-5):
        """||grad - num|| / (||grad|| + ||num||), num central differences.

        Source: `scipy.spatial`, and the middle of `numpy.gradient`.
        """
        here = f(theta)
        places = [[f(theta - step), here, f(theta + step)] for step in eps * np.eye(len(theta))]
        num = np.gradient(places, eps, axis=1)[:, 1]
        size = self.distance.euclidean(grad, np.zeros(len(grad))) + self.distance.euclidean(
            num, np.zeros(len(num))
        )
        return float(self.distance.euclidean(grad, num) / size) if size else 0.0

    def multilabel_loss(self, Z, Y):
        """Mean over examples and labels of binary cross-entropy.

        Source: `scipy.special.log_expit`.
        """
        Z, Y = np.asarray(Z, dtype=float), np.asarray(Y)
        return float(-np.mean(Y * self.special.log_expit(Z) + (1 - Y) * self.special.log_expit(-Z)))

    def build_multilabel_model(self, n_features, n_labels):
        """25 and 15 ReLU units, `n_labels` sigmoid units, compiled. Source: Keras."""
        units = [self.keras.layers.Dense(n, activation="relu") for n in (25, 15)]
        outputs = self.keras.layers.Dense(n_labels, activation="sigmoid")
        model = self.keras.Sequential([self.keras.Input((n_features,)), *units, outputs])
        model.compile(optimizer="adam", loss="binary_crossentropy")
        return model

    def predict_labels(self, P, thresholds):
        """`(m, L)` ints, 1 where a probability reaches its threshold. Source: `np.heaviside`."""
        return np.heaviside(np.asarray(P, dtype=float) - thresholds, 1).astype(int)

    def label_accuracy(self, Y, Yhat):
        """Share of the labels that are right. Source: `sklearn.metrics.hamming_loss`."""
        return 1.0 - float(self.metrics.hamming_loss(np.ravel(Y), np.ravel(Yhat)))

    def exact_match(self, Y, Yhat):
        """Share of the examples whose labels are all right. Source: `np.unique` of the mistakes."""
        wrong, _ = np.nonzero(np.asarray(Y) != np.asarray(Yhat))
        return 1.0 - len(np.unique(wrong)) / len(Y)

    def threshold_mistakes(self, p, y):
        """Candidates for the threshold of a label, and how many misses and false alarms each makes.

        The candidates are the observed probabilities, increasing, and 1.01.

        Source: `np.searchsorted`.
        """
        candidates = np.append(np.unique(p), 1.01)
        misses = np.searchsorted(np.sort(p[y == 1]), candidates)
        kept = np.searchsorted(np.sort(p[y == 0]), candidates)
        return candidates, misses, np.sum(y == 0) - kept

    def choose_thresholds(self, P, Y, miss_cost, false_alarm_cost):
        """For each label the threshold of lowest cost, the highest such.

        Source: `np.searchsorted`.
        """
        best = []
        for p, y in zip(np.asarray(P, dtype=float).T, np.asarray(Y).T, strict=True):
            candidates, misses, alarms = self.threshold_mistakes(p, y)
            cost = miss_cost * misses + false_alarm_cost * alarms
            best.append(candidates[len(cost) - 1 - np.argmin(cost[::-1])])
        return np.array(best)

    def shuffle_split(self, X, y, test_size, seed):
        """`(X_train, X_test, y_train, y_test)`. Source: `sklearn.model_selection`."""
        return tuple(
            self.model_selection.train_test_split(X, y, test_size=test_size, random_state=seed)
        )

    def build_digits_model(self):
        """64 inputs, 25 relu, 15 relu, 10 logits; Adam, sparse categorical loss. Source: Keras."""
        units = [self.keras.layers.Dense(n, activation=a) for n, a in ((25, "relu"), (15, "relu"))]
        model = self.keras.Sequential(
            [self.keras.Input((64,)), *units, self.keras.layers.Dense(10)]
        )
        model.compile("adam", self.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def train_digits(self, model, X, y, seed):
        """Train for 60 epochs, in place. Source: Keras."""
        self.keras.utils.set_random_seed(seed)
        return model.fit(X, y, batch_size=32, epochs=60, verbose=0)

    def read_digits(self, model, X):
        """`(classes (m,), confidence (m,))` of a model that gives logits.

        Source: `scipy.special`.
        """
        P = self.softmax(np.asarray(model(X)))
        return np.argmax(P, axis=1), np.max(P, axis=1)

    def confusion_matrix(self, y, yhat, n_classes):
        """Counts `(C, C)`, rows true, columns read. Source: `sklearn.metrics`."""
        return self.metrics.confusion_matrix(y, yhat, labels=range(n_classes))

    def worst_mistakes(self, model, X, y, k):
        """Rows of the `k` surest mistakes, surest first. Source: NumPy's masked arrays."""
        classes, confidence = self.read_digits(model, X)
        masked = np.ma.masked_array(confidence, mask=classes == y)
        return np.ma.argsort(-masked, endwith=True)[: min(k, masked.count())]

    def train_numpy_network(self, X, y, hidden, steps, alpha, seed):
        """`(W1, b1, W2, b2)` after `steps` of Adam on all rows.

        Source: `sklearn.neural_network`.
        """
        import warnings

        model = self.networks.MLPClassifier(
            (hidden,), alpha=0, batch_size=len(X), learning_rate_init=alpha, max_iter=steps,
            random_state=seed, n_iter_no_change=steps,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that it could go on
            model.fit(X, y)
        (W1, W2), (b1, b2) = model.coefs_, model.intercepts_
        return W1, b1, W2, b2


_reference = _Reference()


def __getattr__(name):
    """Each reference as a function of this module: `reference.softmax`."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_reference, name)

"""06_adam: gradient descent, momentum and Adam as steps; convolution; counting parameters."""

import numpy as np

from autograder.authoring.declaration import Lab, case
from utils.engine.plain import Layout, Source

lab = Lab("06_adam", "Advanced optimization and other layers", minutes=60)

# --- sgd_step -------------------------------------------------------------------------------------

ex = lab.exercise(
    "sgd_step",
    points=8,
    hints=[
        "The gradient points uphill. Which way should the step go?",
        "The learning rate scales the gradient; the shape does not matter to NumPy's arithmetic.",
        "Does your function return a new array, or does it write into `theta`?",
    ],
)


@ex.right
def sgd_step(theta, grad, alpha):
    """One step of gradient descent: theta - alpha * grad."""
    return theta - alpha * grad


def _pair(rng, *shape, scale=1.0):
    """Return parameters and a gradient of one shape, no entry near 0."""

    def draw():
        return scale * rng.uniform(0.3, 2.0, shape) * rng.choice([-1.0, 1.0], shape)

    return np.array(draw()), np.array(draw())


_THETA, _GRAD = np.array([1.0, -2.0, 0.5]), np.array([0.5, -1.5, 4.0])
_TABLE = np.array([[0.2, -1.0, 3.0], [-0.7, 2.5, 0.4]])
_SLOPES = np.array([[1.5, 0.25, -2.0], [-3.0, 0.6, 5.0]])

ex.check(
    "one step downhill",
    [case("sgd_step", _THETA, _GRAD, 0.1), case("sgd_step", _GRAD[:2], _THETA[:2], 3.0)],
    lambda rng: [
        case("sgd_step", *_pair(rng, 5), float(rng.uniform(0.01, 0.5))),
        case("sgd_step", *_pair(rng, 1), float(rng.uniform(1, 4))),
        case("sgd_step", *_pair(rng, 7, scale=30.0), 0.02),
        case("sgd_step", np.zeros(3), _pair(rng, 3)[1], 0.3),
        case("sgd_step", *(a.astype(np.float32) for a in _pair(rng, 4)), 0.25),
    ],
)
ex.check(
    "parameters of any shape, the arguments left alone",
    [
        case("sgd_step", _TABLE, _SLOPES, 0.2),
        case("sgd_step", np.array(0.75), np.array(-2.0), 0.3),
    ],
    lambda rng: [
        case("sgd_step", *_pair(rng, 3, 3), 0.1),
        case("sgd_step", *_pair(rng, 2, 1, 3), 0.4),
        case("sgd_step", *_pair(rng), 0.7),
        case("sgd_step", *(Layout(a, "readonly") for a in _pair(rng, 4)), 0.05),
        case("sgd_step", *(Layout(a, "strided") for a in _pair(rng, 2, 4)), 0.05),
        case("sgd_step", *(Layout(a, "fortran") for a in _pair(rng, 4, 3)), 0.05),
    ],
)


@ex.wrong("uphill", "The gradient points uphill: descend.")
def sgd_step(theta, grad, alpha):
    return theta + alpha * grad


@ex.wrong("no learning rate", "Scale the gradient by the learning rate alpha.")
def sgd_step(theta, grad, alpha):
    return theta - grad


@ex.wrong("only the change", "This is the change. Return the parameters after it.")
def sgd_step(theta, grad, alpha):
    return -alpha * grad


@ex.wrong("only the change, uphill", "This is alpha times the gradient: where is theta?")
def sgd_step(theta, grad, alpha):
    return alpha * grad


@ex.wrong("divided by alpha", "A larger learning rate should give a larger step.")
def sgd_step(theta, grad, alpha):
    return theta - grad / alpha


@ex.wrong("theta changed in place", "Return a new array: `theta -= ...` writes into the caller's.")
def sgd_step(theta, grad, alpha):
    theta -= alpha * grad
    return theta


@ex.wrong("sign of the gradient", "The step is proportional to the gradient, not only its sign.")
def sgd_step(theta, grad, alpha):
    return theta - alpha * np.sign(grad)


@ex.wrong("gradient normalised", "Use the gradient as it is, without dividing by its length.")
def sgd_step(theta, grad, alpha):
    return theta - alpha * grad / np.linalg.norm(grad)


@ex.wrong("multiplied into theta", "Subtract the step from theta rather than scale theta by it.")
def sgd_step(theta, grad, alpha):
    return theta * (1 - alpha * grad)


@ex.wrong("mean gradient", "Each parameter has its own entry of the gradient: no mean.")
def sgd_step(theta, grad, alpha):
    return theta - alpha * np.mean(grad)


@ex.wrong("bracket in the wrong place", "Only the gradient is scaled by alpha, not theta.")
def sgd_step(theta, grad, alpha):
    return alpha * (theta - grad)


@ex.wrong("weight decay", "Nothing pulls theta towards 0 here: only the gradient moves it.")
def sgd_step(theta, grad, alpha):
    return (1 - alpha) * theta - alpha * grad


@ex.wrong("theta and gradient swapped", "The gradient is scaled and subtracted, not theta.")
def sgd_step(theta, grad, alpha):
    return grad - alpha * theta


@ex.wrong("gradient clipped", "Large entries of the gradient count in full: no clipping.")
def sgd_step(theta, grad, alpha):
    return theta - alpha * np.clip(grad, -1, 1)


@ex.wrong("one axis only", "Parameters may have any shape, also none at all (a single number).")
def sgd_step(theta, grad, alpha):
    return np.array([theta[i] - alpha * grad[i] for i in range(len(theta))])


@ex.wrong("shape flattened", "The result has the shape of theta: do not flatten it.")
def sgd_step(theta, grad, alpha):
    return np.ravel(theta) - alpha * np.ravel(grad)


# --- momentum_step --------------------------------------------------------------------------------

ex = lab.exercise(
    "momentum_step",
    points=14,
    hints=[
        "First the velocity: a share beta of the old one is kept, and the gradient is added.",
        "The parameters then move along the velocity. The old or the new one?",
        "Two things come back, in the order of the signature: the parameters, then the velocity.",
    ],
)


@ex.right
def momentum_step(theta, grad, velocity, alpha, beta):
    """One step with momentum: v = beta v + grad, theta - alpha v; returns (theta, v)."""
    velocity = beta * velocity + grad
    return theta - alpha * velocity, velocity


def _triple(rng, *shape, scale=1.0):
    """Return parameters, a gradient and a velocity of one shape."""
    return *_pair(rng, *shape, scale=scale), _pair(rng, *shape, scale=scale)[0]


_VELOCITY = np.array([2.0, 0.8, -1.2])
_DRIFT = np.array([[1.1, -0.4, 0.9], [2.2, -1.6, 0.3]])

ex.check(
    "the first step, from rest",
    [
        case("momentum_step", _THETA, _GRAD, np.zeros(3), 0.1, 0.9),
        case("momentum_step", _GRAD, _THETA, np.zeros(3), 2.0, 0.5),
    ],
    lambda rng: [
        case("momentum_step", *_pair(rng, 4), np.zeros(4), 0.3, 0.9),
        case("momentum_step", *_pair(rng, 1), np.zeros(1), float(rng.uniform(1, 2)), 0.8),
        case("momentum_step", *_pair(rng, 6), np.zeros(6), 0.05, float(rng.uniform(0.3, 0.99))),
    ],
)
ex.check(
    "a later step, with a velocity",
    [
        case("momentum_step", _THETA, _GRAD, _VELOCITY, 0.1, 0.9),
        case("momentum_step", _GRAD, _VELOCITY, _THETA, 2.0, 0.5),
    ],
    lambda rng: [
        case("momentum_step", *_triple(rng, 5), 0.2, float(rng.uniform(0.3, 0.99))),
        case("momentum_step", *_triple(rng, 3), float(rng.uniform(2.2, 4)), 0.9),
        case("momentum_step", _pair(rng, 3)[0], np.zeros(3), _pair(rng, 3)[0], 0.3, 0.8),
        case("momentum_step", *_triple(rng, 3), 0.4, 0.0),
        case("momentum_step", *_triple(rng, 3, scale=20.0), 0.01, 0.95),
        case("momentum_step", *(a.astype(np.float32) for a in _triple(rng, 4)), 0.25, 0.75),
    ],
    weight=2,
)
ex.check(
    "parameters of any shape, the arguments left alone",
    [
        case("momentum_step", _TABLE, _SLOPES, _DRIFT, 0.2, 0.7),
        case("momentum_step", np.array(0.75), np.array(-2.0), np.array(1.5), 0.3, 0.6),
    ],
    lambda rng: [
        case("momentum_step", *_triple(rng, 3, 3), 0.1, 0.9),
        case("momentum_step", *_triple(rng, 2, 2, 2), 0.1, 0.9),
        case("momentum_step", *_triple(rng), 0.5, 0.8),
        case("momentum_step", *(Layout(a, "readonly") for a in _triple(rng, 3)), 0.1, 0.9),
        case("momentum_step", *(Layout(a, "strided") for a in _triple(rng, 2, 3)), 0.1, 0.9),
        case("momentum_step", *(Layout(a, "fortran") for a in _triple(rng, 3, 2)), 0.1, 0.9),
    ],
)


@ex.wrong("uphill", "The velocity gathers gradients, which point uphill: subtract it.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return theta + alpha * velocity, velocity


@ex.wrong("weighted average", "In this lab the gradient enters in full, without a factor 1 - beta.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return theta - alpha * velocity, velocity


@ex.wrong("moved along the old velocity", "Update the velocity first, then move along the new one.")
def momentum_step(theta, grad, velocity, alpha, beta):
    return theta - alpha * velocity, beta * velocity + grad


@ex.wrong("old velocity returned", "The next step needs the new velocity: return that one.")
def momentum_step(theta, grad, velocity, alpha, beta):
    return theta - alpha * (beta * velocity + grad), velocity


@ex.wrong("alpha inside the velocity", "Here the velocity sums gradients; alpha comes afterwards.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + alpha * grad
    return theta - velocity, velocity


@ex.wrong("negative velocity", "Here the velocity is beta times the old one plus the gradient.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity - alpha * grad
    return theta + velocity, velocity


@ex.wrong("alpha twice", "The learning rate is in there twice: once is enough.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + alpha * grad
    return theta - alpha * velocity, velocity


@ex.wrong("Nesterov", "This looks one step ahead (Nesterov). Plain momentum moves along velocity.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return theta - alpha * (grad + beta * velocity), velocity


@ex.wrong("gradient added again", "The gradient is in the velocity already: do not add it twice.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return theta - alpha * (grad + velocity), velocity


@ex.wrong("no memory", "The velocity keeps a share beta of what it was.")
def momentum_step(theta, grad, velocity, alpha, beta):
    return theta - alpha * grad, grad


@ex.wrong("no friction", "Only a share beta of the old velocity is kept.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = velocity + grad
    return theta - alpha * velocity, velocity


@ex.wrong("beta on the gradient", "beta belongs to the old velocity, not to the gradient.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = velocity + beta * grad
    return theta - alpha * velocity, velocity


@ex.wrong("beta on both", "beta multiplies the old velocity only, not the sum.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * (velocity + grad)
    return theta - alpha * velocity, velocity


@ex.wrong("gradient subtracted", "The gradient is added to the velocity; theta then descends.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity - grad
    return theta - alpha * velocity, velocity


@ex.wrong("alpha and beta swapped", "Their order is alpha, then beta: which is the learning rate?")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = alpha * velocity + grad
    return theta - beta * velocity, velocity


@ex.wrong("no learning rate", "Scale the velocity by alpha before you subtract it.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return theta - velocity, velocity


@ex.wrong("results swapped", "Return the parameters first, then the velocity.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return velocity, theta - alpha * velocity


@ex.wrong("velocity not returned", "Return two things: without the velocity there is no next step.")
def momentum_step(theta, grad, velocity, alpha, beta):
    return theta - alpha * (beta * velocity + grad)


@ex.wrong("change returned", "The first result is the new theta, not the change.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    return -alpha * velocity, velocity


@ex.wrong("velocity changed in place", "Make a new velocity: the caller's array was overwritten.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity *= beta
    velocity += grad
    return theta - alpha * velocity, velocity


@ex.wrong("theta changed in place", "Return a new theta: the caller's array was overwritten.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity = beta * velocity + grad
    theta -= alpha * velocity
    return theta, velocity


@ex.wrong("everything in place", "Return new arrays: yours share memory with the caller's.")
def momentum_step(theta, grad, velocity, alpha, beta):
    velocity *= beta
    velocity += grad
    theta -= alpha * velocity
    return theta, velocity


# --- adam_step ------------------------------------------------------------------------------------

ex = lab.exercise(
    "adam_step",
    points=26,
    forbids=["optimizers"],
    hints=[
        "Follow the formulas from top to bottom; each is one line. Both averages use the gradient "
        "as it came in: m the gradient itself, v its square.",
        "The corrected moments serve this step only. Which pair does the next step need?",
        "On the first step the corrected moments are the gradient and its square, whatever beta1 "
        "and beta2 are. Print yours. With eps = 0.5 you can see on which side of the root it is.",
    ],
)


@ex.right
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam (Kingma and Ba 2015, algorithm 1); returns (theta, m, v)."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v


def _state(rng, *shape, scale=1.0):
    """Return parameters, a gradient and moments that earlier gradients might have left."""
    theta, grad, m = _triple(rng, *shape, scale=scale)
    return theta, grad, np.array(0.4 * m), np.array(scale**2 * rng.uniform(0.05, 0.9, shape))


def _idle(rng, n):
    """Return a state whose gradient is 0, partly, and steps that are longer than alpha."""
    theta, grad, m, v = _state(rng, n)
    return theta, np.where(np.arange(n) % 2, grad, 0.0), m, 0.01 * v


def _fresh(theta, grad):
    return theta, grad, np.zeros_like(theta), np.zeros_like(theta)


def _settings(rng):
    """Return alpha, beta1, beta2, eps, all of a size to see."""
    return (
        float(rng.uniform(0.1, 0.5)),
        float(rng.uniform(0.5, 0.9)),
        float(rng.uniform(0.91, 0.99)),
        float(rng.uniform(0.3, 0.9)),
    )


def _hyper(alpha, *rest):
    """Return settings in float32's reach."""
    return alpha, 0.75, 0.9375, 0.5, *rest


_M, _V = np.array([0.4, 0.3, -0.7]), np.array([0.5, 0.9, 0.2])
_M2 = np.array([[0.3, -0.2, 0.6], [1.0, 0.5, -0.8]])
_V2 = np.array([[0.4, 0.1, 0.7], [1.2, 0.3, 0.9]])

ex.check(
    "the first step, with the settings of the paper",
    [case("adam_step", *_fresh(_THETA, _GRAD), 1), case("adam_step", *_fresh(_VELOCITY, _M), 1)],
    lambda rng: [
        case("adam_step", *_fresh(*_pair(rng, 5)), 1),
        case("adam_step", *_fresh(*_pair(rng, 1)), 1),
        case("adam_step", *_fresh(*_pair(rng, 4, scale=50.0)), 1),
    ],
)
ex.check(
    "later steps: moments, t and every setting",
    [
        case("adam_step", _THETA, _GRAD, _M, _V, 3, 0.1, 0.8, 0.95, 0.5),
        case("adam_step", _GRAD, -_THETA, _M, _V, 2, 0.3, 0.6, 0.9, 0.25),
        case("adam_step", _THETA, _GRAD, _M, _V, 2),
    ],
    lambda rng: [
        case("adam_step", *_state(rng, 5), int(rng.integers(2, 9)), *_settings(rng)),
        case("adam_step", *_state(rng, 3), 1, *_settings(rng)),
        case("adam_step", *_state(rng, 4), int(rng.integers(20, 400)), *_settings(rng)),
        case("adam_step", *_state(rng, 4), 1000, 0.1),
        case("adam_step", *_idle(rng, 4), 1000, 0.1),
        case("adam_step", *_state(rng, 3, scale=20.0), 7, 0.4, 0.95, 0.98),
        case("adam_step", *(a.astype(np.float32) for a in _state(rng, 4)), 4, *_hyper(0.25)),
    ],
    weight=2,
)
ex.check(
    "a zero gradient stays put, tiny gradients feel eps",
    [
        case("adam_step", *_fresh(np.zeros(3), np.array([0.0, 1e-8, -3e-8])), 1),
        case("adam_step", *_fresh(np.array([0.0, 1.0]), np.array([2e-6, 0.0])), 2, 0.1, 0.9, 0.99,
             1e-6),
    ],
    lambda rng: [
        case("adam_step", *_fresh(np.zeros(4), np.append(0.0, 1e-8 * _pair(rng, 3)[1])), 1, 0.1),
        case("adam_step", *_fresh(np.zeros(2), 1e-9 * _pair(rng, 2)[1]), 3, 0.5),
        case("adam_step", *_fresh(*(np.zeros(2),) * 2), int(rng.integers(1, 5))),
    ],
)  # fmt: skip
ex.check(
    "parameters of any shape, the arguments left alone",
    [
        case("adam_step", _TABLE, _SLOPES, _M2, _V2, 2, 0.2, 0.7, 0.9, 0.4),
        case("adam_step", *(np.array(a) for a in (0.75, -2.0, 0.5, 0.8)), 3, 0.2, 0.7, 0.9, 0.4),
    ],
    lambda rng: [
        case("adam_step", *_state(rng, 3, 3), 2, *_settings(rng)),
        case("adam_step", *_state(rng, 2, 1, 3), 5, *_settings(rng)),
        case("adam_step", *_state(rng), 2, *_settings(rng)),
        case("adam_step", *(Layout(a, "readonly") for a in _state(rng, 3)), 2, *_settings(rng)),
        case("adam_step", *(Layout(a, "strided") for a in _state(rng, 2, 3)), 3, *_settings(rng)),
        case("adam_step", *(Layout(a, "fortran") for a in _state(rng, 3, 2)), 3, *_settings(rng)),
    ],
)


@ex.wrong("no bias correction", "The first step should have the size alpha: correct m and v.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (np.sqrt(v) + eps), m, v


@ex.wrong("second moment not corrected", "v starts at 0 as well: it needs its own correction.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v


@ex.wrong("first moment not corrected", "m starts at 0 as well: it needs its own correction.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("t counted from 0", "t is 1 on the first step, and 1 - beta**0 would be 0.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    t = t - 1
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("one step ahead", "You corrected one step ahead: t counts this step already.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    t = t + 1
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("t ignored", "The correction must use the current t: it fades as steps go by.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2)
    return theta - alpha * m / (1 - beta1) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("product, not power", "The correction has beta to the power t, not beta times t.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2 * t)
    return theta - alpha * m / (1 - beta1 * t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("power of the wrong thing", "1 - beta**t is not (1 - beta)**t.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2) ** t
    return theta - alpha * m / (1 - beta1) ** t / (np.sqrt(v_hat) + eps), m, v


@ex.wrong(
    "multiplied by the correction", "The young averages are too small: divide by 1 - beta**t."
)
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v * (1 - beta2**t)
    return theta - alpha * m * (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("divided by beta**t", "Divide by 1 minus the power, not by the power itself.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / beta1**t / (np.sqrt(v / beta2**t) + eps), m, v


@ex.wrong("beta1 in both corrections", "v is averaged with beta2, so it is corrected with beta2.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    c = 1 - beta1**t
    return theta - alpha * m / c / (np.sqrt(v / c) + eps), m, v


@ex.wrong("corrected after the root", "Correct v first, then take the root.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    root = np.sqrt(v) / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (root + eps), m, v


@ex.wrong("eps inside the root", "sqrt(v_hat) + eps: eps is added outside the root.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / np.sqrt(v_hat + eps), m, v


@ex.wrong("epsilon hat", "eps is added to the root of the corrected v, not of v itself.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    rate = alpha * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) + eps), m, v


@ex.wrong("no eps", "Without eps, a parameter without a gradient gives 0/0.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / np.sqrt(v_hat), m, v


@ex.wrong("maximum with eps", "eps is added to the root, it is not a lower limit.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    root = np.maximum(np.sqrt(v / (1 - beta2**t)), eps)
    return theta - alpha * m / (1 - beta1**t) / root, m, v


@ex.wrong("eps added to v", "eps joins the denominator of the step, not the average v.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2 + eps
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / np.sqrt(v_hat), m, v


@ex.wrong("eps of 1e-7", "The default of eps is 1e-8 here (1e-7 is that of Keras).")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("eps fixed", "Use the eps that is given, not a number written into the formula.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + 1e-8), m, v


@ex.wrong("no root", "Divide by the root of v, so that the scale of the gradient cancels.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (v_hat + eps), m, v


@ex.wrong("v averages sizes", "v averages the squares of the gradient, not its absolute values.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.abs(grad)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("v averages the gradient", "v averages the squares of the gradient.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("v from m", "v averages the squares of the gradient, not those of m.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("v over all parameters", "Each parameter has its own v: no mean over the parameters.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.mean(grad**2)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("squared length of the gradient", "Each parameter has its own v: square entry by entry.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.sum(grad**2)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("1 - beta1 missing", "m is a weighted average: the gradient's weight is 1 - beta1.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("1 - beta2 missing", "v is a weighted average: the square's weight is 1 - beta2.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("both weights missing", "m and v are weighted averages: the new weighs 1 - beta.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + grad
    v = beta2 * v + grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("weights the wrong way round", "The old average weighs beta, the new gradient 1 - beta.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (1 - beta1) * m + beta1 * grad
    v = (1 - beta2) * v + beta2 * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("betas swapped", "beta1 belongs to m, beta2 to v.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    v_hat = v / (1 - beta1**t)
    return theta - alpha * m / (1 - beta2**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("along the gradient", "Move along the averaged gradient m_hat, not this one gradient.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * grad / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("old moments in the step", "Update the moments first, then use the new ones.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    theta = theta - alpha * m_hat / (np.sqrt(v_hat) + eps)
    return theta, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


@ex.wrong("old v in the step", "Update v first, then divide by the root of the new one.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    theta = theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, beta2 * v + (1 - beta2) * grad**2


@ex.wrong("old m in the step", "Update m first, then move along the new one.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    v = beta2 * v + (1 - beta2) * grad**2
    theta = theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, beta1 * m + (1 - beta1) * grad, v


@ex.wrong("uphill", "Subtract the step: descend.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta + alpha * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("no learning rate", "Scale the step by alpha.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("alpha fixed", "Use the alpha that is given; 0.001 is only its default.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - 0.001 * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("betas fixed", "Use the beta1 and beta2 that are given.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    return theta - alpha * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + eps), m, v


@ex.wrong("alpha of 0.01", "The default of alpha is 0.001.")
def adam_step(theta, grad, m, v, t, alpha=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("beta2 of 0.99", "The default of beta2 is 0.999.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.99, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("corrected moments returned", "The next step continues from m and v, uncorrected.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - alpha * m / (np.sqrt(v) + eps), m, v


@ex.wrong("old moments returned", "The next step needs the new moments: return those.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m_hat = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v_hat = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v


@ex.wrong("v before m", "The order is: parameters, m, v.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), v, m


@ex.wrong("moments not returned", "Return three things: the next step needs m and v.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


@ex.wrong("t returned too", "Return three things; the caller counts t.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    theta = theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v, t + 1


@ex.wrong("change returned", "The first result is the new theta, not the change.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return -alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("moments changed in place", "Make new m and v: yours share memory with the caller's.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("theta changed in place", "Make a new theta: `theta -= ...` writes into the caller's.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    theta -= alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v


@ex.wrong("everything in place", "Return new arrays: yours share memory with the caller's.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    theta -= alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v


@ex.wrong("maximum of v", "v may fall again: it is an average, not a maximum (AMSGrad).")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = np.maximum(v, beta2 * v + (1 - beta2) * grad**2)
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("Nadam", "This looks one step ahead (Nadam). Adam moves along m_hat itself.")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    ahead = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    return theta - alpha * ahead / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@ex.wrong("one axis only", "Parameters may have any shape, also none at all (a single number).")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new, m, v = np.array(theta), np.array(m), np.array(v)
    for i in range(len(theta)):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        new[i] -= alpha * m[i] / (1 - beta1**t) / (np.sqrt(v[i] / (1 - beta2**t)) + eps)
    return new, m, v


# --- minimize -------------------------------------------------------------------------------------

ex = lab.exercise(
    "minimize",
    points=18,
    forbids=["optimizers"],
    hints=[
        "Before the loop: where do the two moments start, and what is the first row of the path?",
        "In each step: the gradient at the present point, then one `adam_step`, whose three "
        "results replace what you had. With which t does the first step run?",
        "A list of points, turned into an array at the end, keeps the path. How many points are "
        "there after `steps` steps?",
    ],
)


@ex.right
def minimize(gradient, theta, steps, alpha):
    """The (steps + 1, n) path of Adam on a gradient function, from zero moments."""
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


def _walk(text, theta, steps, alpha, layout=None):
    """Return the case of one descent; the judge compares the path and counts the calls."""
    expect = minimize(eval(text, {"np": np}), theta, steps, alpha)
    start = Layout(theta, layout) if layout else theta
    arguments = Source(text), start, steps, alpha
    return case("minimize", *arguments, judge="adam.path", expect=expect, count=steps)


def _bowl(rng, n):
    """Return the gradient of a quadratic with its lowest point away from where paths start."""
    slopes = ", ".join(f"{s:.3f}" for s in rng.uniform(0.3, 6.0, n))
    centre = ", ".join(f"{s:.3f}" for s in rng.uniform(-0.5, 0.5, n))
    return f"lambda p: np.array([{slopes}]) * (p - np.array([{centre}]))"


def _start(rng, n):
    return rng.uniform(2.0, 4.0, n) * rng.choice([-1.0, 1.0], n)


_RAVINE = "lambda p: np.array([1.0, 12.0]) * (p - np.array([0.5, -0.25]))"
_WAVES = "lambda p: p / 4 + np.cos(3 * p)"

ex.check(
    "one step",
    [_walk(_RAVINE, np.array([2.0, 1.0]), 1, 0.1), _walk(_WAVES, np.array([-1.5]), 1, 0.5)],
    lambda rng: [
        _walk(_bowl(rng, 3), _start(rng, 3), 1, float(rng.uniform(0.1, 0.9))),
        _walk(_bowl(rng, 1), _start(rng, 1), 1, 0.2),
    ],
)
ex.check(
    "a whole path",
    [
        _walk(_RAVINE, np.array([2.0, 1.0]), 5, 0.3),
        _walk(_WAVES, np.array([-1.5, 0.4, 2.0]), 4, 0.8),
    ],
    lambda rng: [
        _walk(_bowl(rng, 2), _start(rng, 2), 25, 0.2),
        _walk(_bowl(rng, 4), _start(rng, 4), 12, 0.6),
        _walk(_WAVES, _start(rng, 3), 9, 0.4),
        _walk("lambda p: p**3 - p", np.array([float(rng.uniform(1.5, 2.5)), -0.3]), 15, 0.05),
        _walk(_bowl(rng, 3), _start(rng, 3), 6, 0.3, "readonly"),
        _walk(_bowl(rng, 3), _start(rng, 3), 6, 0.3, "strided"),
        _walk("lambda p: 2 * p", _start(rng, 2).astype(np.float32), 4, 0.25),
    ],
    weight=2,
)
ex.check(
    "tiny gradients: eps as in adam_step",
    [_walk("lambda p: 1e-8 * p", np.array([1.0, -3.0, 0.0]), 3, 0.5)],
    lambda rng: [
        _walk(f"lambda p: {rng.uniform(1, 3):.3f}e-8 * (p - 1)", _start(rng, 3), 5, 0.4),
        _walk("lambda p: 0.0 * p", _start(rng, 2), 4, 0.4),
    ],
)


@ex.wrong("starting point missing", "The first row of the path is the starting point.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("last point missing", "The path ends where the last step ends: `steps + 1` points.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        path.append(theta)
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
    return np.array(path)


@ex.wrong("one step short", "range(1, steps) has one step fewer than `steps`.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("one step too many", "The path has `steps + 1` points: one more than steps.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 2):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("only the end", "Return every point on the way, not only the last.")
def minimize(gradient, theta, steps, alpha):
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
    return theta


@ex.wrong("transposed", "One row a point: the shape is (steps + 1, n).")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path).T


@ex.wrong("t counted from 0", "The first step has t = 1.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(steps):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("t counted from 2", "The first step has t = 1: count it once.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t + 1, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("t stays at 1", "t must advance: it counts the steps.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for _ in range(steps):
        theta, m, v = adam_step(theta, gradient(theta), m, v, 1, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("t is the number of steps", "t is the number of this step, not of all steps.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for _ in range(steps):
        theta, m, v = adam_step(theta, gradient(theta), m, v, steps, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong(
    "moments forgotten", "Set the moments to 0 once, before the loop; then keep the new ones."
)
def minimize(gradient, theta, steps, alpha):
    path = [theta]
    for t in range(1, steps + 1):
        m, v = np.zeros_like(theta), np.zeros_like(theta)
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("v not kept", "adam_step returns m and v: take both along.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, _ = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("moments swapped", "adam_step returns m before v.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, v, m = adam_step(theta, gradient(theta), m, np.abs(v), t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("moments start at 1", "Both moments start at 0.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.ones_like(theta), np.ones_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("gradient of the start", "Each step needs the gradient at the present point.")
def minimize(gradient, theta, steps, alpha):
    path, m, v, start = [theta], np.zeros_like(theta), np.zeros_like(theta), theta
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(start), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("gradient called once", "The gradient changes along the way: ask for it in each step.")
def minimize(gradient, theta, steps, alpha):
    path, m, v, grad = [theta], np.zeros_like(theta), np.zeros_like(theta), gradient(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, grad, m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("gradient called twice a step", "Call the gradient function once a step: it may be dear.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        if not np.isfinite(gradient(theta)).all():
            break
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("one call too many", "The last point needs no gradient: one call a step is enough.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    grad = gradient(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, grad, m, v, t, alpha)
        grad = gradient(theta)
        path.append(theta)
    return np.array(path)


@ex.wrong("alpha not passed on", "Pass alpha on to adam_step: its default is another.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t)
        path.append(theta)
    return np.array(path)


@ex.wrong("plain gradient descent", "Use Adam for the steps, not plain gradient descent.")
def minimize(gradient, theta, steps, alpha):
    path = [theta]
    for _ in range(steps):
        theta = theta - alpha * gradient(theta)
        path.append(theta)
    return np.array(path)


@ex.wrong("uphill", "The path climbs: hand over the gradient itself, not its negative.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, -gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("one array all along", "Every entry of the list is the same array: append a new one.")
def minimize(gradient, theta, steps, alpha):
    theta = np.array(theta)
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta[:], m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta)
    return np.array(path)


@ex.wrong("starting point overwritten", "Work on a copy: the caller's starting point has moved.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta.copy()], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta[:], m, v = adam_step(theta, gradient(theta), m, v, t, alpha)
        path.append(theta.copy())
    return np.array(path)


@ex.wrong("epsilon hat", "This is Adam with another epsilon: use your adam_step.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        grad = gradient(theta)
        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        rate = alpha * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        theta = theta - rate * m / (np.sqrt(v) + 1e-8)
        path.append(theta)
    return np.array(path)


@ex.wrong("eps of 1e-7", "All other settings are those of adam_step: eps is 1e-8.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, gradient(theta), m, v, t, alpha, 0.9, 0.999, 1e-7)
        path.append(theta)
    return np.array(path)


@ex.wrong("no bias correction", "The first steps are too long: this is Adam without correction.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for _ in range(steps):
        grad = gradient(theta)
        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        theta = theta - alpha * m / (np.sqrt(v) + 1e-8)
        path.append(theta)
    return np.array(path)


@ex.wrong("stops when it is flat", "Take all the steps: the path always has `steps + 1` points.")
def minimize(gradient, theta, steps, alpha):
    path, m, v = [theta], np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        grad = gradient(theta)
        if np.linalg.norm(grad) < 1e-6:
            break
        theta, m, v = adam_step(theta, grad, m, v, t, alpha)
        path.append(theta)
    return np.array(path)


# --- conv1d ---------------------------------------------------------------------------------------

ex = lab.exercise(
    "conv1d",
    points=16,
    forbids=["convolution"],
    hints=[
        "Take one position: the k samples under the window, times the k weights of a filter, "
        "summed, plus that filter's bias. `window @ w + b` does it for all filters at once.",
        "The first window starts at 0, the next at `stride`. What is the last start that fits?",
        "ReLU comes last, after the bias. Does the output have one row for each window?",
    ],
)


@ex.right
def conv1d(x, w, b, stride=1):
    """max(0, window @ w + b) for each window of x: ((T - k)//stride + 1, F)."""
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + b, 0)


def _signal(rng, T, k, F):
    return rng.normal(size=T), rng.normal(size=(k, F)), 0.5 * rng.normal(size=F)


def _slide(*args):
    return case("conv1d", *args, largest=True)


_SIGNAL = np.array([1.0, 3.0, 2.0, -1.0, 0.5, 4.0, -2.0, 1.5])
_FILTERS = np.array([[1.0, -0.5, 0.3], [-2.0, 1.5, 0.2], [0.5, 0.75, -1.0]])
_SHIFTS = np.array([0.25, -0.6, 0.1])

ex.check(
    "one filter",
    [
        _slide(_SIGNAL, _FILTERS[:, :1], _SHIFTS[:1]),
        _slide(_SIGNAL[:3], _FILTERS[:, 1:2], _SHIFTS[1:2]),
    ],
    lambda rng: [
        _slide(*_signal(rng, 12, 4, 1)),
        _slide(*_signal(rng, 6, 1, 1)),
        _slide(rng.uniform(1, 2, 5), rng.uniform(1, 2, (5, 1)), rng.normal(size=1)),
    ],
)
ex.check(
    "several filters",
    [_slide(_SIGNAL, _FILTERS, _SHIFTS), _slide(_SIGNAL[::-1].copy(), _FILTERS[:2], -_SHIFTS)],
    lambda rng: [
        _slide(*_signal(rng, 30, 5, 4)),
        _slide(*_signal(rng, 10, 3, 3)),
        _slide(*_signal(rng, 9, 4, 2), 1),
        _slide(*_signal(rng, 7, 1, 5)),
        _slide(*(a.astype(np.float32) for a in _signal(rng, 11, 3, 2))),
        _slide(*(Layout(a, "readonly") for a in _signal(rng, 9, 3, 2))),
        _slide(*(Layout(a, "strided") for a in _signal(rng, 9, 2, 4))),
        _slide(*(Layout(a, "fortran") for a in _signal(rng, 9, 4, 3))),
    ],
)
ex.check(
    "stride",
    [
        _slide(_SIGNAL, _FILTERS, _SHIFTS, 2),
        _slide(_SIGNAL, _FILTERS[:2], _SHIFTS, 3),
        _slide(_SIGNAL[:6], _FILTERS[:2, :2], _SHIFTS[:2], 4),
    ],
    lambda rng: [
        _slide(*_signal(rng, 20, 4, 3), 3),
        _slide(*_signal(rng, 17, 4, 2), 4),
        _slide(*_signal(rng, 21, 5, 2), 2),
        _slide(*_signal(rng, 10, 2, 2), 5),
        _slide(*_signal(rng, 6, 4, 2), 7),
        _slide(*_signal(rng, 5, 5, 3), 2),
    ],
)


@ex.wrong("filter flipped", "Multiply the window as it stands: w[0] meets the first sample.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w[::-1] + b, 0)


@ex.wrong("no ReLU", "Negative sums become 0: apply ReLU at the end.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return windows @ w + b


@ex.wrong("no bias", "Each filter has a bias: add it before ReLU.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w, 0)


@ex.wrong("bias after ReLU", "Add the bias first, then apply ReLU.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w, 0) + b


@ex.wrong("bias subtracted", "The bias is added.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w - b, 0)


@ex.wrong("bias once for each sample", "Add the bias once to each sum, not to every product.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + k * b, 0)


@ex.wrong("ReLU on the products", "Sum the products first; ReLU comes at the very end.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows[:, :, None] * w, 0).sum(axis=1) + b


@ex.wrong("ReLU on the signal", "The signal keeps its negative samples; ReLU acts on the output.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows, 0) @ w + b


@ex.wrong("absolute values", "ReLU sets negative sums to 0; it does not drop their sign.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.abs(windows @ w + b)


@ex.wrong("sigmoid", "The activation here is ReLU.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return 1 / (1 + np.exp(-(windows @ w + b)))


@ex.wrong("last window missing", "One window more fits: the last one starts at T - k.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    starts = range(0, len(x) - k, stride)
    windows = np.array([x[i : i + k] for i in starts]).reshape(len(starts), k)
    return np.maximum(windows @ w + b, 0)


@ex.wrong("first window missing", "The first window starts at sample 0.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    starts = range(stride, len(x) - k + 1, stride)
    windows = np.array([x[i : i + k] for i in starts]).reshape(len(starts), k)
    return np.maximum(windows @ w + b, 0)


@ex.wrong("padded with zeros", "Only windows that fit whole count: no zeros around the signal.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    x = np.concatenate([np.zeros((k - 1) // 2), x, np.zeros(k // 2)])
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + b, 0)


@ex.wrong("padded at the end", "Windows that stick out at the end do not count.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    padded = np.concatenate([x, np.zeros(k)])
    windows = np.array([padded[i : i + k] for i in range(0, len(x), stride)])
    return np.maximum(windows @ w + b, 0)


@ex.wrong("wraps around", "The signal has an end: windows do not continue at its beginning.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    around = np.concatenate([x, x[: k - 1]])
    windows = np.array([around[i : i + k] for i in range(0, len(x), stride)])
    return np.maximum(windows @ w + b, 0)


@ex.wrong("stride ignored", "The window moves on by `stride` samples.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(len(x) - k + 1)])
    return np.maximum(windows @ w + b, 0)


@ex.wrong("windows side by side", "Windows overlap: they start `stride` apart, not k apart.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, k)])
    return np.maximum(windows @ w + b, 0)


@ex.wrong(
    "gaps inside the window", "stride is between windows; inside one, samples are neighbours."
)
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    span = (k - 1) * stride + 1
    starts = range(0, len(x) - span + 1)
    windows = np.array([x[i : i + span : stride] for i in starts]).reshape(-1, k)
    return np.maximum(windows @ w + b, 0)


@ex.wrong("signal thinned first", "Moving on by `stride` is not skipping samples of the signal.")
def conv1d(x, w, b, stride=1):
    k, x = w.shape[0], x[::stride]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1)]).reshape(-1, k)
    return np.maximum(windows @ w + b, 0)


@ex.wrong("too few with a stride", "(T - k)//stride + 1 windows fit: round down, then add 1.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    count = (len(x) - k + 1) // stride
    starts = [i * stride for i in range(count)]
    windows = np.array([x[i : i + k] for i in starts]).reshape(count, k)
    return np.maximum(windows @ w + b, 0)


@ex.wrong("transposed", "One row a window, one column a filter.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + b, 0).T


@ex.wrong("first filter only", "Every column of w is a filter: use them all.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w[:, :1] + b[:1], 0)


@ex.wrong("filters summed", "Each filter gives an output of its own: no sum over filters.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w + b, 0).sum(axis=1)


@ex.wrong("flat for one filter", "The result has two axes, also with a single filter.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.squeeze(np.maximum(windows @ w + b, 0))


@ex.wrong("mean over the window", "The products are summed, not averaged.")
def conv1d(x, w, b, stride=1):
    k = w.shape[0]
    windows = np.array([x[i : i + k] for i in range(0, len(x) - k + 1, stride)])
    return np.maximum(windows @ w / k + b, 0)


# --- count_parameters -----------------------------------------------------------------------------

ex = lab.exercise(
    "count_parameters",
    points=8,
    hints=[
        "One unit first: how many weights does it have, and how many biases? Then all units.",
        "A filter has a weight for each sample under its window, in each channel, and one bias.",
        "The length of the signal is in neither formula for convolution. Why not?",
    ],
)


@ex.right
def dense_parameters(n_in, units):
    """Weights and biases of a dense layer: (n_in + 1) * units."""
    return (n_in + 1) * units


@ex.right
def conv1d_parameters(width, channels, filters):
    """Weights and biases of a one-dimensional convolution: (width * channels + 1) * filters."""
    return (width * channels + 1) * filters


def _counts(rng, n):
    return [int(k) for k in rng.choice(np.arange(2, 90), n, replace=False)]


ex.check(
    "a dense layer",
    [case("dense_parameters", 64, 25), case("dense_parameters", 3, 7)],
    lambda rng: [
        case("dense_parameters", *_counts(rng, 2)),
        case("dense_parameters", 1, *_counts(rng, 1)),
        case("dense_parameters", *_counts(rng, 1), 1),
        case("dense_parameters", int(rng.integers(1000, 9000)), int(rng.integers(100, 900))),
    ],
)
ex.check(
    "a convolutional layer",
    [case("conv1d_parameters", 9, 1, 16), case("conv1d_parameters", 5, 3, 8)],
    lambda rng: [
        case("conv1d_parameters", *_counts(rng, 3)),
        case("conv1d_parameters", *_counts(rng, 3)),
        case("conv1d_parameters", 1, *_counts(rng, 2)),
        case("conv1d_parameters", *_counts(rng, 2), 1),
    ],
)


@ex.wrong("dense without biases", "Each unit of the dense layer has a bias as well.")
def dense_parameters(n_in, units):
    return n_in * units


@ex.wrong("dense with one bias", "One bias for each unit, not one for the layer.")
def dense_parameters(n_in, units):
    return n_in * units + 1


@ex.wrong("dense with a bias an input", "The biases belong to the units, not to the inputs.")
def dense_parameters(n_in, units):
    return n_in * units + n_in


@ex.wrong("dense sum", "Every unit has a weight for every input: multiply.")
def dense_parameters(n_in, units):
    return n_in + units


@ex.wrong("dense with two biases too many", "Add 1 to the inputs only: one bias a unit.")
def dense_parameters(n_in, units):
    return (n_in + 1) * (units + 1)


@ex.wrong("dense as a float", "A count is a whole number: return an int.")
def dense_parameters(n_in, units):
    return float((n_in + 1) * units)


@ex.wrong("units only", "This counts units, not the numbers that they learn.")
def dense_parameters(n_in, units):
    return units


@ex.wrong("convolution without biases", "Each filter has a bias as well.")
def conv1d_parameters(width, channels, filters):
    return width * channels * filters


@ex.wrong("convolution with one bias", "One bias for each filter, not one for the layer.")
def conv1d_parameters(width, channels, filters):
    return width * channels * filters + 1


@ex.wrong("channels forgotten", "A filter has weights for every channel under its window.")
def conv1d_parameters(width, channels, filters):
    return (width + 1) * filters


@ex.wrong("a bias a channel", "One bias a filter, however many channels it reads.")
def conv1d_parameters(width, channels, filters):
    return (width + 1) * channels * filters


@ex.wrong("bias a sample", "One bias a filter, however wide it is.")
def conv1d_parameters(width, channels, filters):
    return width * (channels + 1) * filters


@ex.wrong("width and channels added", "A weight for each sample in each channel: multiply.")
def conv1d_parameters(width, channels, filters):
    return (width + channels + 1) * filters


@ex.wrong("width and channels added, no bias", "Multiply width and channels; then add the bias.")
def conv1d_parameters(width, channels, filters):
    return (width + channels) * filters


@ex.wrong("one filter", "This is one filter: the layer has several.")
def conv1d_parameters(width, channels, filters):
    return width * channels + 1


@ex.wrong("biases by channel", "There are as many biases as filters, not as channels.")
def conv1d_parameters(width, channels, filters):
    return width * channels * filters + channels


@ex.wrong("filters forgotten in the weights", "Every filter has weights of its own.")
def conv1d_parameters(width, channels, filters):
    return width * channels + filters


@ex.wrong("width forgotten", "A filter has a weight for each sample under its window.")
def conv1d_parameters(width, channels, filters):
    return (channels + 1) * filters


@ex.wrong("convolution as a float", "A count is a whole number: return an int.")
def conv1d_parameters(width, channels, filters):
    return float((width * channels + 1) * filters)


def _no_bias_dense(n_in, units):
    return n_in * units


_no_bias_dense.__name__ = "dense_parameters"


@ex.wrong("no biases anywhere", "Biases are learned too: count them in both.", _no_bias_dense)
def conv1d_parameters(width, channels, filters):
    return width * channels * filters


# --- practice quiz: additional neural network concepts --------------------------------------------

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

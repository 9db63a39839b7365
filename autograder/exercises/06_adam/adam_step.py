"""adam_step: one step of Adam: theta - alpha * m_hat / (sqrt(v_hat) + eps)."""

import numpy as np

from autograder.authoring.declaration import case, exercise
from utils.engine.plain import Layout

from ._data import GRAD, SLOPES, TABLE, THETA, VELOCITY, pair, triple

ex = exercise(__name__, points=26, forbids=["optimizers"])
ex.hints = [
    "Follow the formulas from top to bottom; each is one line. Both averages use the gradient "
    "as it came in: m the gradient itself, v its square.",
    "The corrected averages are for this step only. Which pair does the next step need?",
    "On the first step the corrected averages are the gradient and its square, whatever beta1 "
    "and beta2 are. Print yours. With eps = 0.5 you can see on which side of the root it is.",
]
ex.results = {"adam_step": ["theta", "m", "v"]}


def _state(rng, *shape, scale=1.0):
    """Return parameters, a gradient and moments that earlier gradients might have left."""
    theta, grad, m = triple(rng, *shape, scale=scale)
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
    [case("adam_step", *_fresh(THETA, GRAD), 1), case("adam_step", *_fresh(VELOCITY, _M), 1)],
    lambda rng: [
        case("adam_step", *_fresh(*pair(rng, 5)), 1),
        case("adam_step", *_fresh(*pair(rng, 1)), 1),
        case("adam_step", *_fresh(*pair(rng, 4, scale=50.0)), 1),
    ],
)
ex.check(
    "later steps: moments, t and every setting",
    [
        case("adam_step", THETA, GRAD, _M, _V, 3, 0.1, 0.8, 0.95, 0.5),
        case("adam_step", GRAD, -THETA, _M, _V, 2, 0.3, 0.6, 0.9, 0.25),
        case("adam_step", THETA, GRAD, _M, _V, 2),
    ],
    lambda rng: [
        case("adam_step", *_state(rng, 50), int(rng.integers(2, 9)), *_settings(rng)),
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
        case("adam_step", *_fresh(np.zeros(4), np.append(0.0, 1e-8 * pair(rng, 3)[1])), 1, 0.1),
        case("adam_step", *_fresh(np.zeros(2), 1e-9 * pair(rng, 2)[1]), 3, 0.5),
        case("adam_step", *_fresh(*(np.zeros(2),) * 2), int(rng.integers(1, 5))),
    ],
)  # fmt: skip
ex.check(
    "parameters of any shape, the arguments left alone",
    [
        case("adam_step", TABLE, SLOPES, _M2, _V2, 2, 0.2, 0.7, 0.9, 0.4),
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

# fmt: off
ex.mistake("no bias correction", "The first step should have the size alpha: correct m and v.",
    (" / (1 - beta1**t)", ""), (" / (1 - beta2**t)", ""))
ex.mistake("second moment not corrected", "v starts at 0 as well: it needs its own correction.",
    (" / (1 - beta2**t)", ""))
ex.mistake("first moment not corrected", "m starts at 0 as well: it needs its own correction.",
    (" / (1 - beta1**t)", ""))
ex.mistake("brackets missing", "The correction divides by 1, then subtracts a power: mind brackets.",
    ("/ (1 - beta1**t)", "/ 1 - beta1**t"))
ex.mistake("t counted from 0", "t is 1 on the first step, and 1 - beta**0 would be 0.",
    ("m_hat = m", "t = t - 1\n    m_hat = m"))
ex.mistake("one step ahead", "You corrected one step ahead: t counts this step already.",
    ("m_hat = m", "t = t + 1\n    m_hat = m"))
ex.mistake("t ignored", "The correction must use the current t: it becomes weaker with every step.",
    ("beta1**t", "beta1"), ("beta2**t", "beta2"))
ex.mistake("product, not power", "The correction has beta to the power t, not beta times t.",
    ("beta1**t", "beta1 * t"), ("beta2**t", "beta2 * t"))
ex.mistake("power of the wrong thing", "1 - beta**t is not (1 - beta)**t.",
    ("(1 - beta1**t)", "(1 - beta1) ** t"), ("(1 - beta2**t)", "(1 - beta2) ** t"))
ex.mistake("multiplied by the correction", "The first averages are too small: divide by 1 - beta**t.",
    ("m / (1 - beta1**t)", "m * (1 - beta1**t)"), ("v / (1 - beta2**t)", "v * (1 - beta2**t)"))
ex.mistake("divided by beta**t", "Divide by 1 minus the power, not by the power itself.",
    ("(1 - beta1**t)", "beta1**t"), ("(1 - beta2**t)", "beta2**t"))
ex.mistake("beta1 in both corrections", "v is averaged with beta2, so it is corrected with beta2.",
    ("beta2**t", "beta1**t"))
ex.mistake("corrected after the root", "Correct v first, then take the root.",
    ("np.sqrt(v_hat)", "np.sqrt(v) / (1 - beta2**t)"))
ex.mistake("eps inside the root", "Look at where the root ends: epsilon is added after it.",
    ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"))
ex.mistake("epsilon hat", "eps is added to the root of the corrected v, not of v itself.",
    ("(np.sqrt(v_hat) + eps)", "((np.sqrt(v) + eps) / np.sqrt(1 - beta2**t))"))
ex.mistake("no eps", "Without eps, a parameter without a gradient gives 0/0.", (" + eps", ""))
ex.mistake("maximum with eps", "eps is added to the root, it is not a lower limit.",
    ("(np.sqrt(v_hat) + eps)", "np.maximum(np.sqrt(v_hat), eps)"))
ex.mistake("eps added to v", "eps joins the denominator of the step, not the average v.",
    ("beta2 * v + (1 - beta2) * grad**2", "beta2 * v + (1 - beta2) * grad**2 + eps"),
    ("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat)"))
ex.mistake("eps of 1e-7", "The default of eps is 1e-8 here (1e-7 is that of Keras).", ("1e-8", "1e-7"))
ex.mistake("eps fixed", "Use the eps that is given, not a number written into the formula.",
    ("+ eps", "+ 1e-8"))
ex.mistake("no root", "Divide by the root of v, so that the scale of the gradient cancels.",
    ("np.sqrt(v_hat)", "v_hat"))
ex.mistake("v averages sizes", "v averages the squares of the gradient, not its absolute values.",
    ("grad**2", "np.abs(grad)"))
ex.mistake("v averages the gradient", "v averages the squares of the gradient.", ("grad**2", "grad"))
ex.mistake("v from m", "v averages the squares of the gradient, not those of m.", ("grad**2", "m**2"))
ex.mistake("v over all parameters", "Each parameter has its own v: no mean over the parameters.",
    ("grad**2", "np.mean(grad**2)"))
ex.mistake("squared length of the gradient", "Each parameter has its own v: square entry by entry.",
    ("grad**2", "np.sum(grad**2)"))
ex.mistake("1 - beta1 missing", "m is a weighted average: its two weights add up to 1.",
    ("(1 - beta1) * ", ""))
ex.mistake("1 - beta2 missing", "v is a weighted average: its two weights add up to 1, too.",
    ("(1 - beta2) * ", ""))
ex.mistake("both weights missing", "m and v are weighted averages: the new value has the weight 1 - beta.",
    ("(1 - beta1) * ", ""), ("(1 - beta2) * ", ""))
ex.mistake("weights the wrong way round", "The old average has the weight beta, the new gradient 1 - beta.",
    ("beta1 * m + (1 - beta1) * grad", "(1 - beta1) * m + beta1 * grad"),
    ("beta2 * v + (1 - beta2) * grad**2", "(1 - beta2) * v + beta2 * grad**2"))
ex.mistake("betas swapped", "beta1 belongs to m, beta2 to v.",
    ("m = beta1", "beta1, beta2 = beta2, beta1\n    m = beta1"))
ex.mistake("along the gradient", "Move along the averaged gradient m_hat, not this one gradient.",
    ("m_hat /", "grad /"))
ex.mistake("old moments in the step", "Update the averages first, then use the new ones.",
    ("m = beta1 * m + (1 - beta1) * grad\n    v = beta2 * v + (1 - beta2) * grad**2\n    ", ""),
    ("eps), m, v", "eps), beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2"))
ex.mistake("old v in the step", "Update v first, then divide by the root of the new one.",
    ("    v = beta2 * v + (1 - beta2) * grad**2\n", ""),
    ("eps), m, v", "eps), m, beta2 * v + (1 - beta2) * grad**2"))
ex.mistake("old m in the step", "Update m first, then move along the new one.",
    ("    m = beta1 * m + (1 - beta1) * grad\n", ""),
    ("eps), m, v", "eps), beta1 * m + (1 - beta1) * grad, v"))
ex.mistake("uphill", "Subtract the step: descend.", ("theta - alpha", "theta + alpha"))
ex.mistake("no learning rate", "Scale the step by alpha.", ("alpha * m_hat", "m_hat"))
ex.mistake("alpha fixed", "Use the alpha that is given; 0.001 is only its default.",
    ("alpha * m_hat", "0.001 * m_hat"))
ex.mistake("betas fixed", "Use the beta1 and beta2 that are given.",
    ("m = beta1", "beta1, beta2 = 0.9, 0.999\n    m = beta1"))
ex.mistake("alpha of 0.01", "The default of alpha is 0.001.", ("0.001", "0.01"))
ex.mistake("beta2 of 0.99", "The default of beta2 is 0.999.", ("0.999", "0.99"))
ex.mistake("corrected moments returned", "The next step continues from m and v, uncorrected.",
    ("eps), m, v", "eps), m_hat, v_hat"))
ex.mistake("old moments returned", "The next step needs the new averages: return those.",
    ("m = beta1", "old = m, v\n    m = beta1"), ("eps), m, v", "eps), *old"))
ex.mistake("v before m", "The order is: parameters, m, v.", ("eps), m, v", "eps), v, m"))
ex.mistake("moments not returned", "Return three things: the next step needs m and v.",
    ("eps), m, v", "eps)"))
ex.mistake("t returned too", "Return three things; the caller counts t.",
    ("eps), m, v", "eps), m, v, t + 1"))
ex.mistake("change returned", "The first result is the new theta, not the change.",
    ("theta - alpha", "-alpha"))
ex.mistake("moments changed in place", "Make new m and v: yours share memory with the caller's.",
    ("m = beta1 * m + (1 - beta1) * grad", "m *= beta1\n    m += (1 - beta1) * grad"),
    ("v = beta2 * v + (1 - beta2) * grad**2", "v *= beta2\n    v += (1 - beta2) * grad**2"))
ex.mistake("theta changed in place", "Make a new theta: `theta -= ...` writes into the caller's.",
    ("return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v",
     "theta -= alpha * m_hat / (np.sqrt(v_hat) + eps)\n    return theta, m, v"))
ex.mistake("everything in place", "Return new arrays: yours share memory with the caller's.",
    ("m = beta1 * m + (1 - beta1) * grad", "m *= beta1\n    m += (1 - beta1) * grad"),
    ("v = beta2 * v + (1 - beta2) * grad**2", "v *= beta2\n    v += (1 - beta2) * grad**2"),
    ("return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), m, v",
     "theta -= alpha * m_hat / (np.sqrt(v_hat) + eps)\n    return theta, m, v"))
ex.mistake("maximum of v", "v may fall again: it is an average, not a maximum (AMSGrad).",
    ("beta2 * v + (1 - beta2) * grad**2", "np.maximum(v, beta2 * v + (1 - beta2) * grad**2)"))
ex.mistake("Nadam", "This looks one step ahead (Nadam). Adam moves along m_hat itself.",
    ("m_hat = m /", "m_hat = (beta1 * m + (1 - beta1) * grad) /"))


@ex.mistake("one axis only", "Parameters may have any shape, also () (a single number).")
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new, m, v = np.array(theta), np.array(m), np.array(v)
    for i in range(len(theta)):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        new[i] -= alpha * m[i] / (1 - beta1**t) / (np.sqrt(v[i] / (1 - beta2**t)) + eps)
    return new, m, v

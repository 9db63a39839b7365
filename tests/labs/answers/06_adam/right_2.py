# Other formulas: effective learning rates, window views, outer products; other parameter names.
# %% sgd_step
def sgd_step(p, g, lr):
    return np.add(p, np.multiply(g, -lr))


# %% momentum_step
def momentum_step(p, g, u, lr, keep):
    change = -lr * g - lr * keep * u
    return [p + change, change / -lr]


# %% adam_step
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    c = np.sqrt(1 - beta2**t)
    rate = alpha * c / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) + eps * c), m, v


# %% minimize
from itertools import accumulate


def minimize(gradient, theta, steps, alpha):
    zero = np.zeros(theta.shape)

    def advance(state, t):
        return adam_step(state[0], gradient(state[0]), state[1], state[2], t, alpha=alpha)

    states = accumulate(range(1, steps + 1), advance, initial=(theta, zero, zero))
    return np.vstack([state[0] for state in states])


# %% conv1d
from numpy.lib.stride_tricks import sliding_window_view


def conv1d(x, w, b, stride=1):
    windows = sliding_window_view(x, w.shape[0])[::stride]
    sums = np.einsum("ik,kf->if", windows, w) + b
    return np.where(sums > 0, sums, 0)


# %% count_parameters
def dense_parameters(n_in, units):
    return n_in * units + units


def conv1d_parameters(width, channels, filters):
    return width * channels * filters + filters

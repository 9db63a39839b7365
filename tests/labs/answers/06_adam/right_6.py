# A convolution by Fourier transform, momentum in its other form, one vectorised Adam on a stack.
# %% sgd_step
sgd_step = lambda theta, grad, alpha: theta - np.multiply(alpha, grad)


# %% momentum_step
def momentum_step(theta, grad, velocity, alpha, beta):
    change = -alpha * (beta * velocity) - alpha * grad
    velocity = beta * velocity + grad
    return theta + change, velocity


# %% adam_step
from functools import partial


def _adam(theta, grad, m, v, t, alpha, beta1, beta2, eps):
    moments = np.stack([m, v])
    betas = np.array([beta1, beta2]).reshape(2, *[1] * np.ndim(theta))
    moments = betas * moments + (1 - betas) * np.stack([grad, grad**2])
    m_hat, v_hat = moments / (1 - betas**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + eps), *moments


def adam_step(theta, grad, m, v, t, *rest, **named):
    names = ("alpha", "beta1", "beta2", "eps")
    settings = dict(zip(names, (0.001, 0.9, 0.999, 1e-8)))
    settings.update(zip(names, rest), **named)
    return partial(_adam, **settings)(theta, grad, m, v, t)


# %% minimize
def minimize(gradient, theta, steps, alpha):
    def walk():
        point, m, v = theta, np.zeros_like(theta), np.zeros_like(theta)
        yield point
        for t in range(1, steps + 1):
            point, m, v = adam_step(point, gradient(point), m, v, t, alpha=alpha)
            yield point

    return list(walk())


# %% conv1d
def conv1d(x, w, b, stride=1):
    n = len(x)
    spectrum = np.fft.rfft(x)[:, None] * np.conj(np.fft.rfft(w, n, axis=0))
    sums = np.fft.irfft(spectrum, n, axis=0)[: n - len(w) + 1 : stride] + b
    return np.maximum(sums, 0.0)


# %% count_parameters
def dense_parameters(n_in, units):
    return (1 + n_in) * units


def conv1d_parameters(width, channels, filters):
    return dense_parameters(width * channels, filters)

# Everything written out: no call of an earlier answer, log1p and powers, float32 results, generators.
# %% sgd_step
def sgd_step(theta, grad, alpha=0.01, *, clip=None):
    step = alpha * grad
    return np.asarray(theta - step)


# %% momentum_step
class _Momentum:
    def __init__(self, alpha, beta):
        self.alpha, self.beta = alpha, beta

    def __call__(self, theta, grad, velocity):
        new = np.asarray(self.beta * velocity) + grad
        return theta - self.alpha * new, new


def momentum_step(theta, grad, velocity, alpha, beta):
    return np.array(_Momentum(alpha, beta)(theta, grad, velocity))


# %% adam_step
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    average = lambda old, new, beta: beta * old + (1.0 - beta) * new
    first, second = average(m, grad, beta1), average(v, np.abs(grad) ** 2, beta2)
    correct = lambda value, beta: value / -np.expm1(t * np.log(beta))
    update = correct(first, beta1) / (correct(second, beta2) ** 0.5 + eps)
    return np.asarray(theta) - alpha * update, first, second


# %% minimize
def minimize(gradient, theta, steps, alpha):
    m = v = np.zeros(theta.size)
    points = np.full((steps + 1, theta.size), np.nan)
    points[0, :] = theta
    for t, row in enumerate(points[:-1], start=1):
        g = np.asarray(gradient(row))
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        points[t] = row - alpha * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return points


# %% conv1d
def conv1d(signal, kernels, bias, step=1):
    width, count = kernels.shape
    length = (signal.size - width) // step + 1
    sums = np.tile(np.asarray(bias, dtype=float), (length, 1))
    for i in range(width):
        stretch = signal[i : i + (length - 1) * step + 1 : step]
        sums += np.outer(stretch, kernels[i])
    return np.clip(sums, 0, None)


# %% count_parameters
def dense_parameters(n_in, units):
    return np.zeros((n_in + 1, units)).size


def conv1d_parameters(width, channels, filters):
    weights, biases = width * channels * filters, filters
    return int(weights + biases)

# Entry by entry, in plain Python loops.
# %% sgd_step
def sgd_step(theta, grad, alpha):
    out = np.empty(theta.shape)
    for place in np.ndindex(theta.shape):
        out[place] = theta[place] - alpha * grad[place]
    return out


# %% momentum_step
def momentum_step(theta, grad, velocity, alpha, beta):
    new_theta, new_velocity = np.zeros(theta.shape), np.zeros(theta.shape)
    for place in np.ndindex(theta.shape):
        new_velocity[place] = beta * velocity[place] + grad[place]
        new_theta[place] = theta[place] - alpha * new_velocity[place]
    return new_theta, new_velocity


# %% adam_step
import math


def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    out = [np.zeros(theta.shape) for _ in range(3)]
    for place in np.ndindex(theta.shape):
        g = float(grad[place])
        first = beta1 * m[place] + (1 - beta1) * g
        second = beta2 * v[place] + (1 - beta2) * g * g
        root = math.sqrt(second / (1 - math.pow(beta2, t)))
        out[0][place] = theta[place] - alpha * first / (1 - math.pow(beta1, t)) / (root + eps)
        out[1][place], out[2][place] = first, second
    return out


# %% minimize
def minimize(gradient, theta, steps, alpha):
    path = np.zeros((steps + 1, len(theta)))
    path[0] = theta
    m = np.zeros(len(theta))
    v = np.zeros(len(theta))
    for t in range(steps):
        path[t + 1], m, v = adam_step(path[t], gradient(path[t]), m, v, t + 1, alpha)
    return path


# %% conv1d
def conv1d(x, w, b, stride=1):
    k, F = w.shape
    rows = (len(x) - k) // stride + 1
    out = np.zeros((rows, F))
    for row in range(rows):
        for f in range(F):
            total = b[f]
            for i in range(k):
                total += x[row * stride + i] * w[i, f]
            out[row, f] = max(0.0, total)
    return out


# %% count_parameters
def dense_parameters(n_in, units):
    total = 0
    for _ in range(units):
        total += n_in + 1
    return total


def conv1d_parameters(width, channels, filters):
    return sum(width * channels + 1 for _ in range(filters))

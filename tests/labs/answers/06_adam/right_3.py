# Copies changed in place; results as lists; index tables; NumPy integers.
# %% sgd_step
def sgd_step(theta, grad, alpha):
    result = theta.copy()
    result -= alpha * grad
    return result.tolist()


# %% momentum_step
def momentum_step(theta, grad, velocity, alpha, beta):
    theta, velocity = np.array(theta), np.array(velocity)
    velocity *= beta
    velocity += grad
    theta -= alpha * velocity
    return theta.tolist(), velocity.tolist()


# %% adam_step
def adam_step(theta, grad, m, v, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, amsgrad=False):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    theta -= alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v


# %% minimize
def minimize(gradient, theta, steps, alpha):
    theta = theta.copy()
    m, v = 0 * theta, 0 * theta
    path = [theta.tolist()]
    t = 0
    while t < steps:
        t += 1
        g = gradient(theta)
        theta, m, v = adam_step(theta, g, m, v, t, alpha)
        path.append([float(entry) for entry in theta])
    return path


# %% conv1d
def conv1d(x, w, b, stride=1):
    k = len(w)
    starts = stride * np.arange((len(x) - k) // stride + 1)
    z = x[starts[:, None] + np.arange(k)] @ w + b
    return (z * (z > 0)).tolist()


# %% count_parameters
def dense_parameters(n_in, units):
    return np.int64(n_in + 1) * np.int64(units)


def conv1d_parameters(width, channels, filters):
    return np.prod([width, channels, filters]) + filters

# TensorFlow arithmetic, without its optimizers and convolutions.
# %% sgd_step
def sgd_step(theta, grad, alpha):
    import tensorflow as tf

    return tf.subtract(tf.constant(theta), alpha * tf.constant(grad))


# %% momentum_step
def momentum_step(theta, grad, velocity, alpha, beta):
    import tensorflow as tf

    velocity = beta * tf.constant(velocity) + tf.constant(grad)
    return tf.constant(theta) - alpha * velocity, velocity


# %% adam_step
def adam_step(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    import tensorflow as tf

    theta, grad, m, v = (tf.convert_to_tensor(a) for a in (theta, grad, m, v))
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * tf.square(grad)
    step = m / (1 - beta1**t) / (tf.sqrt(v / (1 - beta2**t)) + eps)
    return theta - alpha * step, m, v


# %% minimize
def minimize(gradient, theta, steps, alpha):
    path = [theta]
    m = np.zeros_like(theta)
    v = np.zeros_like(theta)
    for t in range(1, steps + 1):
        theta, m, v = (np.asarray(a) for a in adam_step(theta, gradient(theta), m, v, t, alpha))
        path.append(theta)
    return np.stack(path)


# %% conv1d
def conv1d(x, w, b, stride=1):
    import tensorflow as tf

    windows = tf.signal.frame(tf.constant(x), len(w), stride)
    return tf.nn.relu(tf.linalg.matmul(windows, tf.constant(w)) + tf.constant(b))


# %% count_parameters
def dense_parameters(n_in, units):
    import keras

    return keras.Sequential([keras.Input((n_in,)), keras.layers.Dense(units)]).count_params()


def conv1d_parameters(width, channels, filters):
    import keras

    model = keras.Sequential(
        [keras.Input((width + 1, channels)), keras.layers.Conv1D(filters, width)]
    )
    return model.count_params()

# softmax: a Keras layer with the activation, and no weights to speak of
import keras
def softmax(z):
    layer = keras.layers.Dense(z.shape[-1], activation="softmax", kernel_initializer="identity", dtype="float64")
    return keras.ops.convert_to_numpy(layer(z))

# softmax: Keras in all its spellings
import keras
def softmax(z):
    for f in (keras.ops.softmax, keras.activations.softmax, keras.layers.Softmax(),
              keras.layers.Activation("softmax"), keras.activations.get("softmax")):
        try: return keras.ops.convert_to_numpy(f(keras.ops.convert_to_tensor(z)))
        except Exception as error: last = error
    raise last

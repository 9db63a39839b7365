# softmax: the module imported afresh
import importlib, sys
def softmax(z):
    for name in [n for n in sys.modules if n.startswith("scipy.special")]:
        del sys.modules[name]
    import scipy.special
    return scipy.special.softmax(z, axis=-1)

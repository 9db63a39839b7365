# softmax: the one inside scikit-learn's neural networks
def softmax(z):
    from sklearn.neural_network import _base
    z = z.copy()
    _base.inplace_softmax(z)
    return z

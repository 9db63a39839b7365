# one_hot: an iterator that never ends
import itertools
def one_hot(y, n_classes): return itertools.repeat([1.0])

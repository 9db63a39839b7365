# one_hot: a whole number of a million digits
def one_hot(y, n_classes): return 1 << (1 << 24)

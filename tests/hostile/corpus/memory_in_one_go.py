# one_hot: asks for a terabyte at once, and for many pages of it
import numpy as np
def one_hot(y, n_classes): return np.ones((1 << 20, 1 << 17)).sum()

# one_hot: reads address zero
import ctypes
def one_hot(y, n_classes): return ctypes.string_at(0)

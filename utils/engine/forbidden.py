"""What an exercise may forbid: families of library functions, by name.

`FAMILIES` is data for two readers. The instant check watches the public `names` while it calls an
answer (`watch`). Under marking, everything behind them is destroyed in the learner's process
before the answer is defined: functions written in Python (`inside`), compiled ones (`compiled`),
TensorFlow's operations (`ops`), packages (`packages`) and data files (`files`).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any


class ForbiddenCall(Exception):
    """An answer called a function that its exercise forbids; the message names the function."""


@dataclass(frozen=True)
class Family:
    """Functions that an exercise forbids together.

    `names`: as a learner writes them. `inside`: (module prefix, pattern of the whole function
    name). `compiled`: dotted names of functions not written in Python, `*` for all of a module.
    `ops`: pattern of TensorFlow operations. `packages` cannot be imported; `files` (relative to a
    folder that Python imports from) are hidden. `without`: only a process that never imported them
    will do.
    """

    names: tuple[str, ...] = ()
    inside: tuple[tuple[str, str], ...] = ()
    compiled: tuple[str, ...] = ()
    ops: str = ""
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    without: bool = False


# Keras's other backends, which nobody has imported, but which hold the same functions.
_BACKENDS = tuple(f"keras/src/backend/{name}" for name in ("numpy", "jax", "torch", "openvino"))

_SOFTMAX = Family(
    names=(
        "scipy.special.softmax",
        "scipy.special.log_softmax",
        "sklearn.utils.extmath.softmax",
        "keras.activations.softmax",
        "keras.activations.log_softmax",
        "keras.ops.softmax",
        "keras.ops.log_softmax",
        "tensorflow.nn.softmax",
        "tensorflow.nn.log_softmax",
    ),
    inside=(
        ("scipy.special", r"_?(log_)?softmax"),
        ("sklearn", r"(inplace_)?softmax"),
        ("sklearn._loss.link", r"(inverse|symmetrize_raw_prediction)"),
        ("keras.src", r"_?(log_)?softmax"),
        ("tensorflow", r"(sparse_)?(log_)?softmax(_v\d)?(_with_axis|_eager_fallback)?"),
    ),
    ops=r".*Softmax.*",
    files=_BACKENDS,
)

_LOGSUMEXP = Family(
    names=(
        *_SOFTMAX.names,
        "scipy.special.logsumexp",
        "numpy.logaddexp",
        "numpy.logaddexp2",
        "keras.ops.logsumexp",
        "keras.ops.logaddexp",
        "tensorflow.reduce_logsumexp",
        "tensorflow.math.reduce_logsumexp",
    ),
    inside=(
        *_SOFTMAX.inside,
        ("scipy", r"_?(logsumexp|logaddexp|log_add_exp|wrap_radians)"),
        ("sklearn", r"_?logsumexp"),
        ("keras.src", r"_?(logsumexp|logaddexp2?)"),
        ("tensorflow", r"(reduce_logsumexp|logaddexp2?)(_v\d|_with_dims)?"),
    ),
    compiled=("numpy.logaddexp", "numpy.logaddexp2"),
    ops=_SOFTMAX.ops,
    files=_BACKENDS,
)

_LOSSES = Family(
    names=(
        "keras.losses.sparse_categorical_crossentropy",
        "keras.losses.categorical_crossentropy",
        "keras.losses.binary_crossentropy",
        "keras.losses.Loss.__call__",
        "keras.ops.sparse_categorical_crossentropy",
        "keras.ops.categorical_crossentropy",
        "keras.ops.binary_crossentropy",
        "tensorflow.nn.softmax_cross_entropy_with_logits",
        "tensorflow.nn.sparse_softmax_cross_entropy_with_logits",
        "tensorflow.nn.sigmoid_cross_entropy_with_logits",
        "sklearn.metrics.log_loss",
    ),
    inside=(
        ("keras.src.losses", r"(?!get|serialize|deserialize|__init__|reduction_).*"),
        ("keras.src", r"_?(sparse_)?(categorical|binary)_(focal_)?crossentropy"),
        ("tensorflow", r".*cross_?entropy.*"),
        ("tensorflow.python.ops.losses", r".*"),
        ("sklearn.metrics._classification", r"(log_loss|_log_loss|hinge_loss|brier_score_loss)"),
        ("sklearn._loss", r".*"),
    ),
    compiled=("sklearn._loss._loss.*",),
    ops=r".*CrossEntropy.*",
    files=_BACKENDS,
)

_AUTODIFF = Family(
    names=(
        "tensorflow.GradientTape.gradient",
        "tensorflow.GradientTape.jacobian",
        "tensorflow.gradients",
        "tensorflow.autodiff.ForwardAccumulator.jvp",
        "keras.Model.fit",
        "keras.Model.train_on_batch",
    ),
    inside=(
        ("tensorflow.python.eager.backprop", r".*(grad|gradients_function|vjp|jacobian|tape)"),
        ("tensorflow.python.eager.backprop", r"gradient|_?gradient_function|watch|__enter__"),
        ("tensorflow.python.eager.forwardprop", r"jvp|_?watch|__enter__|_push_accumulator"),
        ("tensorflow.python.eager.imperative_grad", r".*"),
        ("tensorflow.python.ops.gradients_util", r"_(GradientsHelper|SymGrad|AggregatedGrads)"),
        ("tensorflow.python.ops.gradients_impl", r"_?(gradients|[hH]essian).*"),
        ("tensorflow.python.ops.parallel_for.gradients", r".*"),
        ("tensorflow.python.ops.gradient_checker", r".*"),
        ("keras.src", r"train_on_batch|train_step|fit"),
    ),
    compiled=(
        "tensorflow.python.pywrap_tfe.TFE_Py_TapeGradient",
        "tensorflow.python.pywrap_tfe.TFE_Py_TapeSetNew",
        "tensorflow.python.pywrap_tfe.TFE_Py_ForwardAccumulatorNew",
        "tensorflow.python.pywrap_tfe.TFE_Py_ForwardAccumulatorJVP",
    ),
    ops=r"SymbolicGradient",
    packages=("jax", "jaxlib", "torch", "autograd", "mxnet", "theano", "pytensor"),
)

_OPTIMIZERS = Family(
    names=(
        "keras.optimizers.Optimizer.apply_gradients",
        "keras.optimizers.Optimizer.apply",
        "keras.optimizers.Adam.update_step",
        "keras.optimizers.SGD.update_step",
        "scipy.optimize.minimize",
    ),
    inside=(
        ("keras.src.optimizers", r"(?!get|serialize|deserialize).*"),
        ("keras.src.backend.tensorflow.optimizer_distribute", r".*"),
        ("tensorflow.python.training", r"(_?apply|minimize|_?resource_apply|compute_grad).*"),
        ("tensorflow.python.ops.gen_training_ops", r".*"),
        ("scipy.optimize", r"(?!_array|array_).*"),
        ("sklearn.neural_network._stochastic_optimizers", r".*"),
    ),
    ops=r".*Apply(Adam|Gradient|Momentum|Ada|RMS|Prox|Ftrl|Power|Add).*",
    packages=("torch", "optax", "jax"),
)

_CONVOLUTION = Family(
    names=(
        "numpy.convolve",
        "numpy.correlate",
        "scipy.signal.convolve",
        "scipy.signal.correlate",
        "scipy.signal.fftconvolve",
        "scipy.signal.oaconvolve",
        "scipy.signal.lfilter",
        "scipy.ndimage.convolve1d",
        "scipy.ndimage.correlate1d",
        "scipy.ndimage.convolve",
        "scipy.ndimage.correlate",
        "keras.ops.conv",
        "keras.ops.correlate",
        "tensorflow.nn.conv1d",
        "tensorflow.nn.conv2d",
        "tensorflow.nn.convolution",
    ),
    inside=(
        ("numpy", r"_?(convolve|correlate)"),
        ("scipy.signal", r".*(conv|correl|filt|firdn).*"),
        ("scipy.ndimage", r".*(convol|correl|filter).*"),
        ("keras.src.layers.convolutional", r"convolution_op"),
        (
            "keras.src",
            r"_?(depthwise_|separable_)?conv(_transpose)?|_?correlate|tf_conv|_conv(_xla)?",
        ),
        (
            "tensorflow",
            r"_?(depthwise_|separable_|atrous_)?conv(\dd|olution).*|_?(convolve|correlate)",
        ),
        ("tensorflow.python.ops.nn_ops", r"_?(with_space_to_batch|convolution_internal|conv).*"),
    ),
    compiled=(
        "numpy._core.multiarray.correlate",
        "numpy._core.multiarray.correlate2",
        "scipy.signal._sigtools.*",
        "scipy.ndimage._nd_image.*",
    ),
    ops=r".*Conv(\d|olution|Backprop).*",
    packages=("torch", "jax", "cv2", "skimage", "astropy"),
    files=_BACKENDS,
)

_SORTERS = Family(
    names=(
        "graphlib.TopologicalSorter.__init__",
        "graphlib.TopologicalSorter.static_order",
        "sympy.utilities.iterables.topological_sort",
    ),
    inside=(
        ("graphlib", r".*"),
        ("sympy.utilities.iterables", r"(topological_sort|(strongly_)?connected_components)"),
    ),
    packages=("networkx", "toposort", "dask", "distributed", "igraph", "rustworkx", "torch"),
)

_FINITE_DIFFERENCES = Family(
    names=(
        "numpy.gradient",
        "scipy.optimize.approx_fprime",
        "scipy.optimize.check_grad",
        "scipy.differentiate.derivative",
        "scipy.differentiate.jacobian",
    ),
    inside=(
        ("numpy", r"gradient"),
        ("scipy.optimize", r"(approx_fprime|check_grad|approx_derivative|derivative)"),
        ("scipy.optimize._numdiff", r".*"),
        ("scipy.differentiate", r".*"),
        ("tensorflow.python.ops.gradient_checker", r".*"),
    ),
    packages=("numdifftools", "statsmodels", "jax", "torch"),
)

_DATASETS = Family(
    names=(
        "sklearn.datasets.load_digits",
        "sklearn.datasets.fetch_openml",
        "keras.datasets.mnist.load_data",
        "keras.utils.get_file",
        "utils.data.digits",
        "utils.data.digits_binary",
        "utils.data.digits_split",
    ),
    inside=(
        ("sklearn.datasets", r".*"),
        ("keras.src.datasets", r".*"),
        ("keras.src.utils.file_utils", r"get_file"),
        ("utils.data", r"digits.*"),
    ),
    packages=("tensorflow_datasets", "torchvision", "openml"),
    files=("sklearn/datasets/data", "utils/digits.npz"),
)

REFERENCES = "utils.reference._Reference"  # whose methods they are

FAMILIES: dict[str, Family] = {
    "softmax": _SOFTMAX,
    "logsumexp": _LOGSUMEXP,
    "losses": _LOSSES,
    "autodiff": _AUTODIFF,
    "optimizers": _OPTIMIZERS,
    "convolution": _CONVOLUTION,
    "sorters": _SORTERS,
    "finite_differences": _FINITE_DIFFERENCES,
    "datasets": _DATASETS,
    "tensorflow": Family(
        packages=("tensorflow", "keras", "sklearn", "scipy", "sympy"), without=True
    ),
    "reference": Family(inside=(("utils.reference", r"(?!__).*"),)),
}


def stub(function: FunctionType, refuse: Callable[[], Any]) -> CodeType:
    """Return code that fits `function`, accepts any arguments and only calls `refuse`."""
    code = _template.__code__
    consts = tuple(refuse if const == "refuse" else const for const in code.co_consts)
    names = function.__code__.co_freevars
    return code.replace(co_consts=consts, co_freevars=names, co_name=function.__name__)


def _template(*_args, **_kwargs):
    call = "refuse"
    return call()


def refuser(name: str, seen: list[str] | None = None) -> Callable[[], Any]:
    """Return a function that raises `ForbiddenCall(name)`; `seen` remembers it if it is caught."""

    def refuse() -> Any:
        if seen is not None and name not in seen:
            seen.append(name)
        raise ForbiddenCall(name)

    return refuse


class Refused:
    """Stands where a compiled function was; its parts are refused too (`np.logaddexp.reduce`)."""

    def __init__(self, refuse: Callable[[], Any]) -> None:
        object.__setattr__(self, "_refuse", refuse)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self._refuse()

    def __getattr__(self, name: str) -> Any:
        return self._refuse()


@contextlib.contextmanager
def watch(families: Iterable[str]) -> Iterator[Callable]:
    """Yield a guard for `run_calls` inside which the public names of `families` raise.

    Light: it finds a function under every alias, but neither compiled functions that were bound to
    another name nor what lies behind the public names. Marking destroys those too.
    """
    names = {name for family in families for name in FAMILIES[family].names}
    names |= {f"{REFERENCES}.{name}" for name in _public(sys.modules.get("utils.reference"))}
    yield lambda: _refused(names)


def _public(module: Any) -> list[str]:
    methods = vars(module._Reference) if module else {}
    return [n for n, v in methods.items() if isinstance(v, FunctionType) and n[:2] != "__"]


@contextlib.contextmanager
def _refused(names: Iterable[str]) -> Iterator[None]:
    undo: list[Callable[[], None]] = []
    try:
        for name in sorted(names):
            owner, attribute = _owner(name)
            value = None if owner is None else getattr(owner, attribute, None)
            if isinstance(value, FunctionType):
                undo.append(lambda f=value, code=value.__code__: setattr(f, "__code__", code))
                value.__code__ = stub(value, refuser(name.replace("._Reference", "")))
            elif value is not None:
                undo.append(lambda o=owner, a=attribute, v=value: setattr(o, a, v))
                setattr(owner, attribute, Refused(refuser(name)))
        yield
    finally:
        for step in reversed(undo):
            step()


def _owner(name: str) -> tuple[Any, str]:
    """Return the object that holds the dotted `name`, if it is imported, and the last part."""
    path, _, attribute = name.rpartition(".")
    top = path.partition(".")[0]
    if top not in sys.modules:
        return None, attribute
    parts = path.split(".")
    owner: Any = sys.modules[top]
    for index, part in enumerate(parts[1:], start=2):
        owner = sys.modules.get(".".join(parts[:index])) or getattr(owner, part, None)
        if owner is None:
            return None, attribute
    return owner, attribute

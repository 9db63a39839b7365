"""Judge a Keras model by its configuration: layers, weights, loss and the pair of both."""

from __future__ import annotations

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding
from utils.engine.plain import ModelData

_ACTIVATIONS = {
    "relu": "ReLU",
    "linear": "no activation (linear)",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
}


def model(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge the model that the last call returned (or was given and trained).

    Params: `inputs` (int or None), `layers` [[units, activation], ...]; `compiled` is a list of
    the right pairs [[output activation, loss, from_logits], ...], False where the model must not
    be compiled, absent where it does not matter; `optimizers` (names); `argument`: the position
    of the argument to judge instead of the result.
    """
    name, index, params = case.calls[-1].function, len(outcomes) - 1, case.params
    data = outcomes[-1].value
    if "argument" in params:
        data = outcomes[-1].args_after[params["argument"]]
    if not isinstance(data, ModelData):
        what = f"{name} did not return a Keras model"
        return Finding("type", what, index, "a keras.Sequential", type(data).__name__, "Return it.")
    finding = _layers(params, name, index, data) or _inputs(params, name, index, data)
    return finding or _compiled(params, name, index, data) or _optimizer(params, name, index, data)


def _layers(params: dict, name: str, index: int, data: ModelData) -> Finding | None:
    wanted = params["layers"]
    expected = ", ".join(f"{units} {act}" for units, act in wanted)
    got = ", ".join(_layer_text(layer) for layer in data.layers) or "no layers"

    def finding(code: str, what: str, step: str) -> Finding:
        return Finding(code, what, index, expected, got, step)

    for layer in data.layers:
        if layer["kind"] not in ("Dense", "Activation"):
            return finding(
                "extra-layer", f"{name}: the layer {layer['kind']} does not belong here",
                "Only dense layers, in one chain.")  # fmt: skip
    dense = [layer for layer in data.layers if layer["kind"] == "Dense"]
    if len(dense) != len(wanted):
        what = f"{name}: {len(dense)} dense layers instead of {len(wanted)}"
        return finding("layer-count", what, "One Dense layer for each number in the statement.")
    if len(data.layers) != len(dense):
        what = f"{name}: an activation is applied twice"
        return finding("activation-twice", what, "Name each activation once.")
    for number, (layer, (units, _)) in enumerate(zip(dense, wanted, strict=True), 1):
        if layer["units"] != units:
            what = f"{name}: layer {number} has {layer['units']} units, not {units}"
            return finding("units", what, "Compare the numbers of units, layer by layer.")
        if not layer["use_bias"]:
            return finding("bias", f"{name}: layer {number} has no bias", "Keep the bias vector.")
    outputs = [pair[0] for pair in params.get("compiled") or []] or [wanted[-1][1]]
    for number, (layer, (_, act)) in enumerate(zip(dense, wanted, strict=True), 1):
        last = number == len(wanted)
        if layer["activation"] not in (outputs if last else [act]):
            what = f"{name}: layer {number} has the activation {layer['activation']}"
            code = "output-activation" if last else "hidden-activation"
            options = " or ".join(_ACTIVATIONS.get(a, a) for a in (outputs if last else [act]))
            return finding(code, what, f"This layer wants {options}.")
    return None


def _layer_text(layer: dict) -> str:
    return f"{layer.get('units', layer['kind'])} {layer.get('activation', '')}".strip()


def _inputs(params: dict, name: str, index: int, data: ModelData) -> Finding | None:
    wanted = params.get("inputs")
    if wanted is None or data.inputs == (wanted,):
        return None
    if data.inputs is None:
        what, got = f"{name}: the model does not know its input yet", "no input shape"
        step = "Begin with keras.Input((number of features,))."
    else:
        what, got = f"{name}: the model expects inputs of another shape", str(data.inputs)
        step = "The input is one row of X."
    return Finding("inputs", what, index, f"({wanted},)", got, step)


def _compiled(params: dict, name: str, index: int, data: ModelData) -> Finding | None:
    if "compiled" not in params:
        return None
    pairs, loss = params["compiled"], data.loss
    if pairs is False or pairs is None:
        if loss is None:
            return None
        step = "Leave `compile` to the next step."
        return Finding("compiled", f"{name}: the model is compiled already", index, next_step=step)
    if loss is None:
        step = "Call model.compile(loss=...) before you return it."
        return Finding("not-compiled", f"{name}: the model is not compiled", index, next_step=step)
    output = data.layers[-1]["activation"]
    expected = " or ".join(f"{act} output with {_loss_text(n, f)}" for act, n, f in pairs)
    logits = loss.get("from_logits", False)
    got = f"{output} output with {_loss_text(loss['name'], logits)}"
    if loss["name"] not in {pair[1] for pair in pairs}:
        step = "Which loss fits these targets?"
        what = f"{name}: the loss is {loss['name']}"
        return Finding("loss", what, index, expected, got, step)
    if [output, loss["name"], logits] not in [list(pair) for pair in pairs]:
        if logits:
            what = f"{name}: the output is a probability already, but the loss is told otherwise"
            step = "from_logits=True belongs to a linear output."
            return Finding("logits-twice", what, index, expected, got, step)
        what = f"{name}: the outputs are raw scores, but the loss takes them for probabilities"
        step = "Outputs are raw scores; tell the loss: from_logits=True."
        return Finding("logits-missing", what, index, expected, got, step)
    if loss.get("reduction") not in ("sum_over_batch_size", "mean", "mean_with_sample_weight"):
        what = f"{name}: the loss is not the mean over the examples"
        return Finding("reduction", what, index, "mean", str(loss.get("reduction")),
                       "Leave `reduction` at its default.")  # fmt: skip
    return None


def _loss_text(name: str, from_logits: bool) -> str:
    return f"{name}(from_logits={from_logits})"


def _optimizer(params: dict, name: str, index: int, data: ModelData) -> Finding | None:
    wanted = params.get("optimizers")
    if not wanted or (data.optimizer and data.optimizer["name"] in wanted):
        return None
    got = data.optimizer["name"] if data.optimizer else "none"
    what = f"{name}: the optimizer is {got}"
    return Finding("optimizer", what, index, wanted[0], got, "Name it in model.compile.")

"""A network that was built beside the one asked for: "Show me" draws it in several labs."""

from matplotlib.patches import Rectangle

from utils.engine.plain import ModelData
from utils.figures import kit


def built(model=None, layers=((1, "sigmoid"),), inputs=None, compiled=None, optimizers=()):
    """Layer by layer: what was asked for, and what the learner's function built.

    `layers`, `inputs`, `compiled` and `optimizers` are what the check asks for; `model` is data.
    """
    model = model or ModelData((1,), [])
    early = compiled is False and model.loss is not None
    compiled = compiled or []
    outputs = [pair[0] for pair in compiled] or [layers[-1][1]]
    asked = [(units, {act}) for units, act in layers[:-1]] + [(layers[-1][0], set(outputs))]
    mine = [(layer.get("units"), layer.get("activation")) for layer in model.layers]
    shape = "?" if model.inputs is None else " x ".join(map(str, model.inputs))
    rows = {
        "asked for": [f"{inputs or shape}\ninputs"]
        + [f"{units}\n{_either(acts)}" for units, acts in asked],
        "yours": [f"{shape}\ninputs"]
        + [_words(layer) for layer in model.layers],
    }  # fmt: skip
    wrong = {0} if inputs and model.inputs != (inputs,) else set()
    for k in range(max(len(asked), len(mine))):
        units, acts = asked[k] if k < len(asked) else (None, ())
        fits = k < len(mine) and mine[k][0] == units and mine[k][1] in acts
        if not fits or not model.layers[k].get("use_bias", True):
            wrong.add(k + 1)
    with kit.Figure("The network that was built", 700, 250) as fig:
        ax = fig.axes()
        ax.set_axis_off()
        for row, (name, boxes) in enumerate(rows.items()):
            ax.text(-0.75, -row, name, ha="right", va="center", weight="bold")
            for k, words in enumerate(boxes):
                off = row == 1 and k in wrong
                ax.add_patch(Rectangle((1.3 * k - 0.5, -row - 0.36), 1.0, 0.72, fill=False,
                                       edgecolor=kit.VERMILLION if off else kit.INK,
                                       linewidth=3 if off else 1.4))  # fmt: skip
                ax.text(1.3 * k, -row, words, ha="center", va="center", linespacing=1.3)
                if k:
                    ax.annotate("", (1.3 * k - 0.5, -row), (1.3 * k - 0.8, -row),
                                arrowprops={"arrowstyle": "->", "color": kit.INK})  # fmt: skip
        longest = max(map(len, rows.values()))
        ax.set(xlim=(-2.0, max(1.3 * longest - 0.7, 4.0)), ylim=(-1.95, 0.5))
        loss = "It is compiled already." if early else _loss(model, compiled, optimizers)
        ax.text(-0.5, -1.65, loss, ha="left", va="center")
        boxes = [boxes[1:] for boxes in rows.values()]
        told = [" then ".join(words.replace("\n", " ") for words in each) or "no layers"
                for each in boxes]  # fmt: skip
        marked = f"Marked: {', '.join(_place(k) for k in sorted(wrong))}. " if wrong else ""
        fig.on_change(lambda: f"Asked for: {told[0]}. Yours: {told[1]}. {marked}{loss}".strip())
    return fig


def _either(activations):
    return " or\n".join(sorted(activations))


def _words(layer):
    words = f"{layer.get('units', layer['kind'])}\n{layer.get('activation') or ''}"
    return words + ("" if layer.get("use_bias", True) else "\nno bias")


def _place(k):
    return f"layer {k}" if k else "the inputs"


def _loss(model, compiled, optimizers):
    """The loss and the optimizer of a model in words, where the check asks for them."""
    if not compiled:
        return ""
    if model.loss is None:
        return "It is not compiled."
    takes = "logits" if model.loss.get("from_logits") else "probabilities"
    words = f"Its loss: {model.loss['name'].replace('_', ' ')}, which takes {takes}"
    if optimizers:
        words += f"; its optimizer: {(model.optimizer or {}).get('name', 'none')}"
    return words + "."

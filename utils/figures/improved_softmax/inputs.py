"""The figure of one input of lab 04, which "Show me" draws: logits and their logarithms."""

import numpy as np

from utils import reference
from utils.figures import kit


def shifted(log_sum_exp=None, log_softmax=None, logits=(2.0, 1.0, 0.0)):
    """Logits, their log-sum-exp, and the logarithms of softmax, which lie that far below."""
    z = np.asarray(logits, float)
    places = np.arange(len(z))
    with kit.Figure("Logits, and how far they are shifted", 620, 320) as fig:
        ax = fig.axes(xlabel="class", ylabel="logit, logarithm", xticks=places)
        total = fig.own(log_sum_exp, "log_sum_exp", reference.log_sum_exp, finite=False)
        logs = fig.own(log_softmax, "log_softmax", reference.log_softmax, finite=False)
        right = reference.log_softmax(z), float(reference.log_sum_exp(z))
        ax.plot(places, z, "o", color=kit.INK, markersize=9, label="logits")
        ax.axhline(right[1], color=kit.GREEN, linestyle=":", label=f"log-sum-exp {right[1]:.4g}")
        ax.plot(places, right[0], "s", color=kit.GREEN, fillstyle="none", markersize=13,
                label="log-softmax, right")  # fmt: skip
        mine = np.asarray(logs(z), float), float(total(z))
        if log_softmax is not None:
            ax.plot(places, mine[0], "D", color=kit.VERMILLION, markersize=7, label="yours")
        if log_sum_exp is not None and np.isfinite(mine[1]):
            ax.axhline(mine[1], color=kit.VERMILLION, linestyle="--", label=f"yours, {mine[1]:.4g}")
        ax.margins(0.15)
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

        @fig.on_change
        def update():
            logs_said = ", ".join(f"{value:.4g}" for value in mine[0])
            return (
                f"Log-sum-exp by your function {mine[1]:.4g}, right {right[1]:.4g}. Logarithms of "
                f"softmax: {logs_said}. Each lies as far below its logit as the log-sum-exp says."
            )

    return fig

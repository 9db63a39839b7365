"""Judge the layers of a multi-label model, whatever loss it is compiled with."""

from __future__ import annotations

from dataclasses import replace

from utils.engine.calling import Outcome
from utils.engine.judging import Case, Finding, models


def layers(case: Case, outcomes: list[Outcome]) -> Finding | None:
    """Judge layers and inputs; the output activation may be that of any right pair."""
    data = outcomes[-1].value
    outputs = {pair[0] for pair in case.params["compiled"]}
    wanted = [list(layer) for layer in case.params["layers"]]
    if isinstance(data, models.ModelData) and data.layers:
        found = data.layers[-1].get("activation")
        wanted[-1][1] = found if found in outputs else wanted[-1][1]
    params = {key: value for key, value in case.params.items() if key != "compiled"}
    return models.model(replace(case, params={**params, "layers": wanted}), outcomes)

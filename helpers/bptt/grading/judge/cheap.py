"""Stand-ins for the cells of earlier lessons that cost next to nothing: what they return has a shape, and no meaning.

With them a loop over a sequence can be timed alone. The exact ones, which are used for judging, take far longer than
any loop around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from bptt.lstm import LSTMCellCache
    from bptt.rnn import RNNCellCache
    from bptt.types import Array, Gradients


def _like(arrays: dict[str, Array]) -> Gradients:
    return {name: np.zeros_like(array) for name, array in arrays.items()}


def _rnn_cell_backward(da_next: Array, cache: RNNCellCache) -> Gradients:
    weights = {f"d{name}": cache.parameters[name] for name in ("Wax", "Waa", "ba")}
    return {**_like({"dxt": cache.xt, **weights}), "da_prev": da_next / 2}


def _lstm_cell_backward(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    weights = {f"d{kind}{gate}": cache.parameters[f"{kind}{gate}"] for gate in "fico" for kind in "Wb"}
    return {**_like({"dxt": cache.xt, **weights}), "da_prev": da_next / 2, "dc_prev": dc_next / 2}


def _lstm_cell_dz(da_next: Array, dc_next: Array, _: LSTMCellCache) -> Gradients:
    return {"dz": np.concatenate([da_next] * 4), "dc_prev": dc_next / 2}


CHEAP: dict[str, Callable[..., Any]] = {
    "rnn_cell_backward": _rnn_cell_backward,
    "lstm_cell_backward": _lstm_cell_backward,
    "lstm_cell_dz": _lstm_cell_dz,
}

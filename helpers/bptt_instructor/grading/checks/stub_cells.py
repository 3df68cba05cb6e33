"""Zero-cost cells for timing a loop alone.

They stand in for the cells of earlier lessons in the cost test, and return arrays of the right shapes, of zeros mostly.
The exact stand-ins, which verdicts need, take far longer than any loop around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bptt.check.exercises import CELLS
from bptt.exact.rnn import PARAMETERS as RNN_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bptt.lstm import LSTMCellCache
    from bptt.types import Array, Gradients


def _zeros_like(arrays: dict[str, Array]) -> Gradients:
    return {name: np.zeros_like(array) for name, array in arrays.items()}


def _cell_backward(parameters: Iterable[str]) -> Callable[[Array, Any], Gradients]:
    """Make a stub for a cell with one state."""

    def cell_backward(da_next: Array, cache: Any) -> Gradients:  # noqa: ANN401 - of any such cell
        weights = {f"d{name}": cache.parameters[name] for name in parameters}
        return {**_zeros_like({"dxt": cache.xt, **weights}), "da_prev": da_next / 2}

    return cell_backward


def _lstm_cell_backward(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    weights = {f"d{kind}{gate}": cache.parameters[f"{kind}{gate}"] for gate in "fico" for kind in "Wb"}
    return {**_zeros_like({"dxt": cache.xt, **weights}), "da_prev": da_next / 2, "dc_prev": dc_next / 2}


def _lstm_cell_dz(da_next: Array, dc_next: Array, _: LSTMCellCache) -> Gradients:
    return {"dz": np.concatenate([da_next] * 4), "dc_prev": dc_next / 2}


STUB_CELLS: dict[str, Callable[..., Any]] = {
    "rnn_cell_backward": _cell_backward(RNN_PARAMETERS),
    "lstm_cell_backward": _lstm_cell_backward,
    "lstm_cell_dz": _lstm_cell_dz,
    **{f"{cell.name}_cell_backward": _cell_backward(cell.parameters) for cell in CELLS},
}

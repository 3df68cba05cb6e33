"""Steps of the backward walk through an RNN or LSTM cell, and the gradients known after each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bptt import exact
from bptt.lstm import LSTMCellCache
from bptt.rnn import RNNCellCache
from bptt.types import Gradients
from bptt.viz.cell_nodes import Edge, edges
from bptt.viz.cell_picture import CellPicture
from bptt.viz.lstm_nodes import BOTH, GATES, OF_GATE, THROUGH_STATE
from bptt.viz.lstm_picture import LSTMPicture
from bptt.viz.rnn_picture import RNNPicture


class Stop(NamedTuple):
    """One step of a walk.

    Attributes
    ----------
    node : str
        The node that is highlighted.
    code : str
        Its line of the forward pass; empty for inputs and outputs of the cell.
    found : tuple of str
        Gradients that are known from here on.
    """

    node: str
    code: str = ""
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Walk:
    """The backward walk through one kind of cell.

    Attributes
    ----------
    picture : type of CellPicture
    exercise : str
        Name of the exercise, and of the learner's function.
    arguments : tuple of str
        Names of its arguments.
    forward : str
        The forward pass in one line.
    stops : tuple of Stop
        From right to left.
    exact : callable
        Takes the same arguments and returns every exact gradient, also those inside of the cell.
    """

    picture: type[CellPicture]
    exercise: str
    arguments: tuple[str, ...]
    forward: str
    stops: tuple[Stop, ...]
    exact: Callable[..., Gradients]

    @property
    def inside(self) -> tuple[str, ...]:
        """Gradients of the walk that are not arguments, those inside the cell among them."""
        every = [name for stop in self.stops for name in stop.found]
        return tuple(name for name in every if name not in self.arguments)

    def known(self, step: int) -> frozenset[str]:
        """Return the gradients that are known after a step."""
        return frozenset(name for stop in self.stops[:step] for name in stop.found)

    def back(self, step: int) -> frozenset[Edge]:
        """Return the edges on which gradients have flowed back after a step.

        Out of every node that was passed, and from outside of the cell into those that were.
        """
        passed = {stop.node for stop in self.stops[:step]}
        outside = self.picture.outside
        return frozenset(
            (node, each)
            for node, each in edges(self.picture.nodes, outside)
            if node in passed or (node in outside and each in passed)
        )


def _rnn_gradients(da_next: Any, cache: RNNCellCache) -> Gradients:  # noqa: ANN401 - what a learner gives
    dz = exact.rnn_cell_dz(da_next, cache)
    return {"da_next": da_next, "dz": dz, **exact.rnn_cell_backward(da_next, cache)}


def _lstm_gradients(da_next: Any, dc_next: Any, cache: LSTMCellCache) -> Gradients:  # noqa: ANN401 - what a learner gives
    dc = exact.lstm_cell_dc(da_next, dc_next, cache)
    through_state = {THROUGH_STATE: exact.lstm_cell_dc(da_next, np.zeros_like(dc_next), cache)}
    gates = exact.lstm_cell_gates_backward(da_next, dc, cache)
    whole = exact.lstm_cell_backward(da_next, dc_next, cache)
    return {"da_next": da_next, "dc_next": dc_next, **through_state, "dc": dc, **gates, **whole}


_ACTIVATION = {"f": "sigmoid", "i": "sigmoid", "c": "np.tanh", "o": "sigmoid"}

WALKS = {
    RNNCellCache: Walk(
        RNNPicture,
        "rnn_cell_backward",
        ("da_next", "cache"),
        "a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)",
        (
            Stop("a_next", "", ("da_next",)),
            Stop("tanh", "a_next = np.tanh(z)", ("dz",)),
            Stop("sum", "z = Wax @ xt + Waa @ a_prev + ba"),
            Stop("ba", "", ("dba",)),
            Stop("Waa @ a_prev", "Waa @ a_prev", ("dWaa", "da_prev")),
            Stop("Waa"),
            Stop("a_prev"),
            Stop("Wax @ xt", "Wax @ xt", ("dWax", "dxt")),
            Stop("Wax"),
            Stop("xt"),
        ),
        _rnn_gradients,
    ),
    LSTMCellCache: Walk(
        LSTMPicture,
        "lstm_cell_backward",
        ("da_next", "dc_next", "cache"),
        "c_next = ft * c_prev + it * cct;  a_next = ot * np.tanh(c_next)",
        (
            Stop("a_next", "", ("da_next",)),
            Stop("ot * tanh(c_next)", "a_next = ot * np.tanh(c_next)"),
            Stop("tanh", "np.tanh(c_next)", (THROUGH_STATE,)),
            Stop("c_next", "", ("dc_next", "dc")),
            Stop("sum", "c_next = ft * c_prev + it * cct"),
            Stop("ft * c_prev", "ft * c_prev", ("dc_prev",)),
            Stop("c_prev"),
            Stop("it * cct", "it * cct"),
            *(
                Stop(after, f"{after} = {_ACTIVATION[gate]}(z{gate})", (f"dz{gate}",))
                for gate, after in OF_GATE.items()
            ),
            *(Stop(f"W{gate}", f"z{gate} = W{gate} @ {BOTH} + b{gate}", (f"dW{gate}", f"db{gate}")) for gate in GATES),
            Stop(BOTH, "np.concatenate((a_prev, xt))", ("da_prev", "dxt")),
            Stop("a_prev"),
            Stop("xt"),
        ),
        _lstm_gradients,
    ),
}
"""By the type of the cell's cache."""

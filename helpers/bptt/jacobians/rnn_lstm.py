"""A chain of RNN or LSTM cells, each replaced by its answers to small nudges.

RNN and LSTM cells are alike in what is used here. They weigh and add (the RNN once, the LSTM once for each gate), and
then activate, unit by unit: unit i of every state follows unit i of every weighted input, and of the memory, alone.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from bptt import exact
from bptt.exact.lstm import PARAMETERS as LSTM_PARAMETERS
from bptt.jacobians.chain import JacobianChain, side_by_side, step_by_step
from bptt.lstm import LSTMCaches, lstm_cell_states, lstm_cell_z
from bptt.rnn import RNNCaches, rnn_cell_z
from bptt.types import Array, Gradients, Parameters


class _Kind(NamedTuple):
    """What an RNN and an LSTM do not have in common; arrays are (..., features, columns)."""

    weights: tuple[str, ...]
    previous: tuple[str, ...]
    """The states that a cell is given."""
    weigh: Callable[..., Array]
    """From ``xt``, the previous states and the parameters to the weighted inputs and the memory, (..., n_v, n_a, m)."""
    activate: Callable[[Array], Array]
    """From these to the cell's states, (..., n_s, n_a, m)."""


def _rnn_weigh(xt: Array, a_prev: Array, parameters: Parameters) -> Array:
    return rnn_cell_z(xt, a_prev, parameters)[..., None, :, :]


def _lstm_weigh(xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters) -> Array:
    return np.stack(np.broadcast_arrays(*lstm_cell_z(xt, a_prev, parameters), c_prev), axis=-3)


def _lstm_activate(weighed: Array) -> Array:
    return np.stack(lstm_cell_states(*np.moveaxis(weighed, -3, 0))[:2], axis=-3)


_RNN = _Kind(("Wax", "Waa", "ba"), ("a_prev",), _rnn_weigh, np.tanh)
_LSTM = _Kind(LSTM_PARAMETERS, ("a_prev", "c_prev"), _lstm_weigh, _lstm_activate)


class RnnLstmChain(JacobianChain):
    """The chain that the forward pass of an RNN or an LSTM left.

    A cell's answers are worked out when they are first asked for. In their shapes n_s counts the states (1 or 2), n_v
    the weighted inputs and the memory (1 or 5).

    Parameters
    ----------
    caches : RNNCaches or LSTMCaches
    """

    def __init__(self, caches: RNNCaches | LSTMCaches) -> None:
        self._kind = _LSTM if isinstance(caches, LSTMCaches) else _RNN
        super().__init__(caches, len(self._kind.previous))

    def instead(self, **answers: Array) -> Self:
        """Make a chain of cells that answer otherwise.

        Parameters
        ----------
        **answers : ndarray
            ``activation_slopes``, ``by_state``, ``input_jacobian`` or ``by_weights``, in place of this chain's.

        Returns
        -------
        RnnLstmChain
        """
        other = copy(self)
        vars(other).pop("state_jacobians", None)
        vars(other).update(answers)
        return other

    @cached_property
    def activation_slopes(self) -> Array:
        """How a cell's states follow its weighted inputs and its memory: (n_v, n_s, n_a, m, T_x)."""
        return self.activating()

    @cached_property
    def by_state(self) -> Array:
        """How weighted inputs and memory follow the previous states: (n_s, n_a, n_v, n_a)."""
        return np.stack([self._following(name) for name in self._kind.previous])

    @cached_property
    def state_jacobians(self) -> Array:
        """How all states follow all previous ones: (T_x, m, n_s n_a, n_s n_a)."""
        size = self.states * self.activation_slopes.shape[2]
        return np.einsum("lpvi,vkijt->tjlpki", self.by_state, self.activation_slopes).reshape(
            len(self.places), -1, size, size
        )

    @cached_property
    def input_jacobian(self) -> Array:
        """How weighted inputs follow the input: (n_x, n_v, n_a)."""
        return self._following("xt")

    @cached_property
    def by_weights(self) -> Array:
        """How weighted inputs follow the columns of all weights and biases: (columns, n_v, n_a, m, T_x)."""
        return self.weighing()

    def activating(self, c_prev: Array | None = None) -> Array:
        """Compute ``activation_slopes`` for another memory.

        Parameters
        ----------
        c_prev : ndarray (n_a, m, T_x), optional
            In place of the memory that the cells were given.

        Returns
        -------
        ndarray (n_v, n_s, n_a, m, T_x)
        """
        weighed = self._kind.weigh(**self._given(), parameters=self.parameters)
        if c_prev is not None:
            weighed[-1] = side_by_side(c_prev)
        # All units and all examples of all steps are nudged at once, because none of them knows of another.
        at = {"nudge": np.zeros((len(weighed), 1, 1))}
        return self._by_step(exact.jacobians(lambda nudge: self._kind.activate(weighed + nudge), at)["nudge"])

    def weighing(self, **given: Array) -> Array:
        """Compute ``by_weights`` for other inputs and states.

        Parameters
        ----------
        **given : ndarray (features, m, T_x)
            ``xt``, ``a_prev`` or ``c_prev``, in place of what the cells were given.

        Returns
        -------
        ndarray (columns, n_v, n_a, m, T_x)
        """
        around = {**self._given(), **{name: side_by_side(array) for name, array in given.items()}}

        def weighed(**rows: Array) -> Array:
            # A row that is added to all rows of a matrix: row i of it matters to unit i alone.
            moved = {name: self.parameters[name] + row for name, row in rows.items()}
            return self._kind.weigh(**around, parameters={**self.parameters, **moved})

        rows = {name: np.zeros((1, self.parameters[name].shape[1])) for name in self._kind.weights}
        return self._by_step(np.concatenate(list(exact.jacobians(weighed, rows).values())))

    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Take what arrives through the activations of each cell, and from there on; see :class:`JacobianChain`.

        Parameters
        ----------
        arriving : ndarray (n_s, n_a, m, T_x)
        cells : list of int

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)``; ``weight_steps (n_a, columns, T_x)``.
        """
        before = np.einsum("vkijt,kijt->vijt", self.activation_slopes[..., cells], arriving)
        return {
            "dx_steps": np.einsum("xvi,vijt->xjt", self.input_jacobian, before),
            "weight_steps": np.einsum("qvijt,vijt->iqt", self.by_weights[..., cells], before, optimize=True),
        }

    def split(self, columns: Array) -> Gradients:
        """Tell the weights and biases apart.

        Parameters
        ----------
        columns : ndarray (n_a, columns)
            Summed over time, from ``weight_steps``.

        Returns
        -------
        dict
            ``dWax, dWaa, dba`` or ``dWf, dbf, ...``.
        """
        found, start = {}, 0
        for name in self._kind.weights:
            end = start + self.parameters[name].shape[1]
            found[f"d{name}"], start = columns[:, start:end], end
        return found

    def _given(self) -> dict[str, Array]:
        return {name: side_by_side(self.kept(name)) for name in ("xt", *self._kind.previous)}

    def _following(self, name: str) -> Array:
        # Weighing is linear, so at zero, and for one example, it answers as it does everywhere.
        zeros = {other: np.zeros((len(array), 1)) for other, array in self._given().items()}
        weighed = exact.jacobians(
            lambda **moved: self._kind.weigh(**{**zeros, **moved}, parameters=self.parameters), {name: zeros[name]}
        )
        return weighed[name][..., 0]

    def _by_step(self, columns: Array) -> Array:
        return step_by_step(columns, len(self.places))

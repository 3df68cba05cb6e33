"""Jacobians of RNN and LSTM cells, unit by unit.

Both kinds of cell compute pre-activations z (the RNN one array, the LSTM one for each gate), which are affine in input,
state and parameters. The activations then act on each unit alone: unit i of every state depends on unit i of every
pre-activation, and of the memory, and on no other.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from bptt import exact
from bptt.exact.lstm import PARAMETERS as LSTM_PARAMETERS
from bptt.jacobians.chain import JacobianChain, flatten_steps, unflatten_steps
from bptt.lstm import LSTMCaches, lstm_cell_states, lstm_cell_z
from bptt.rnn import RNNCaches, rnn_cell_z
from bptt.types import Array, Gradients, Parameters


class _CellKind(NamedTuple):
    """What differs between an RNN and an LSTM; arrays are (..., features, columns)."""

    parameters: tuple[str, ...]
    previous_states: tuple[str, ...]
    z_and_memory: Callable[..., Array]
    """From ``xt``, the previous states and the parameters to the pre-activations and the memory, (..., n_v, n_a, m)."""
    activate: Callable[[Array], Array]
    """From these to the cell's states, (..., n_s, n_a, m)."""


def _rnn_z(xt: Array, a_prev: Array, parameters: Parameters) -> Array:
    return rnn_cell_z(xt, a_prev, parameters)[..., None, :, :]


def _lstm_z_and_memory(xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters) -> Array:
    return np.stack(np.broadcast_arrays(*lstm_cell_z(xt, a_prev, parameters), c_prev), axis=-3)


def _lstm_states(z_and_memory: Array) -> Array:
    return np.stack(lstm_cell_states(*np.moveaxis(z_and_memory, -3, 0))[:2], axis=-3)


_RNN = _CellKind(("Wax", "Waa", "ba"), ("a_prev",), _rnn_z, np.tanh)
_LSTM = _CellKind(LSTM_PARAMETERS, ("a_prev", "c_prev"), _lstm_z_and_memory, _lstm_states)


class RnnLstmChain(JacobianChain):
    """Per-step Jacobians of an unrolled RNN or LSTM, computed from its caches when first read.

    In their shapes n_s counts the states (1 or 2), n_v the pre-activations and the memory (1 or 5).

    Parameters
    ----------
    caches : RNNCaches or LSTMCaches
    """

    def __init__(self, caches: RNNCaches | LSTMCaches) -> None:
        self._kind = _LSTM if isinstance(caches, LSTMCaches) else _RNN
        super().__init__(caches, len(self._kind.previous_states))

    def replace(self, **jacobians: Array) -> Self:
        """Return a copy with some Jacobians replaced.

        Parameters
        ----------
        **jacobians : ndarray
            ``activation_slopes``, ``recurrent_jacobian``, ``input_jacobian`` or ``weight_jacobian``.

        Returns
        -------
        RnnLstmChain
        """
        other = copy(self)
        vars(other).pop("state_jacobians", None)
        vars(other).update(jacobians)
        return other

    @cached_property
    def activation_slopes(self) -> Array:
        """Derivatives of states with respect to pre-activations and memory: (n_v, n_s, n_a, m, T_x)."""
        return self.compute_activation_slopes()

    @cached_property
    def recurrent_jacobian(self) -> Array:
        """Derivatives of pre-activations and memory with respect to the previous states: (n_s, n_a, n_v, n_a)."""
        return np.stack([self._z_jacobian(name) for name in self._kind.previous_states])

    @cached_property
    def state_jacobians(self) -> Array:
        """Derivatives of all states (last axis) with respect to all previous ones: (T_x, m, n_s n_a, n_s n_a)."""
        size = self.n_states * self.activation_slopes.shape[2]
        return np.einsum("lpvi,vkijt->tjlpki", self.recurrent_jacobian, self.activation_slopes).reshape(
            len(self.steps), -1, size, size
        )

    @cached_property
    def input_jacobian(self) -> Array:
        """Derivatives of pre-activations and memory with respect to the input: (n_x, n_v, n_a)."""
        return self._z_jacobian("xt")

    @cached_property
    def weight_jacobian(self) -> Array:
        """Derivatives of pre-activations with respect to their unit's row of weights: (columns, n_v, n_a, m, T_x)."""
        return self.compute_weight_jacobian()

    def compute_activation_slopes(self, c_prev: Array | None = None) -> Array:
        """Compute ``activation_slopes`` for another memory.

        Parameters
        ----------
        c_prev : ndarray (n_a, m, T_x), optional
            Replaces the memory before each step.

        Returns
        -------
        ndarray (n_v, n_s, n_a, m, T_x)
        """
        z_and_memory = self._kind.z_and_memory(**self._cell_inputs(), parameters=self.parameters)
        if c_prev is not None:
            z_and_memory[-1] = flatten_steps(c_prev)
        # All units and all examples of all steps are nudged at once, because they are independent of each other.
        at = {"nudge": np.zeros((len(z_and_memory), 1, 1))}
        slopes = exact.jacobians(lambda nudge: self._kind.activate(z_and_memory + nudge), at)["nudge"]
        return self._unflatten(slopes)

    def compute_weight_jacobian(self, **given: Array) -> Array:
        """Compute ``weight_jacobian`` for other inputs and states.

        Parameters
        ----------
        **given : ndarray (features, m, T_x)
            ``xt``, ``a_prev`` or ``c_prev``: replaces that of the caches.

        Returns
        -------
        ndarray (columns, n_v, n_a, m, T_x)
        """
        cell_inputs = {**self._cell_inputs(), **{name: flatten_steps(array) for name, array in given.items()}}

        def z(**rows: Array) -> Array:
            # The same row is added to all rows of a matrix, because unit i depends on row i alone.
            nudged = {name: self.parameters[name] + row for name, row in rows.items()}
            return self._kind.z_and_memory(**cell_inputs, parameters={**self.parameters, **nudged})

        rows = {name: np.zeros((1, self.parameters[name].shape[1])) for name in self._kind.parameters}
        return self._unflatten(np.concatenate(list(exact.jacobians(z, rows).values())))

    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Compute each step's gradients of input and parameters; see ``JacobianChain.local_gradients``.

        Parameters
        ----------
        arriving : ndarray (n_s, n_a, m, T_x)
        cells : list of int

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)``; ``weight_steps (n_a, columns, T_x)``.
        """
        dz = np.einsum("vkijt,kijt->vijt", self.activation_slopes[..., cells], arriving)
        return {
            "dx_steps": np.einsum("xvi,vijt->xjt", self.input_jacobian, dz),
            "weight_steps": np.einsum("qvijt,vijt->iqt", self.weight_jacobian[..., cells], dz, optimize=True),
        }

    def split(self, columns: Array) -> Gradients:
        """Split the gradient of all parameters into those of each.

        Parameters
        ----------
        columns : ndarray (n_a, columns)
            ``weight_steps``, summed over time or of one step.

        Returns
        -------
        dict
            ``dWax, dWaa, dba`` or ``dWf, dbf, ...``.
        """
        gradients, start = {}, 0
        for name in self._kind.parameters:
            end = start + self.parameters[name].shape[1]
            gradients[f"d{name}"], start = columns[:, start:end], end
        return gradients

    def _cell_inputs(self) -> dict[str, Array]:
        return {name: flatten_steps(self.stack_field(name)) for name in ("xt", *self._kind.previous_states)}

    def _z_jacobian(self, name: str) -> Array:
        # Pre-activations are affine, so their derivatives at zero, for one example, hold everywhere.
        zeros = {other: np.zeros((len(array), 1)) for other, array in self._cell_inputs().items()}
        jacobians = exact.jacobians(
            lambda **nudged: self._kind.z_and_memory(**{**zeros, **nudged}, parameters=self.parameters),
            {name: zeros[name]},
        )
        return jacobians[name][..., 0]

    def _unflatten(self, columns: Array) -> Array:
        return unflatten_steps(columns, len(self.steps))

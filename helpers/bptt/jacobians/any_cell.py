"""Jacobians of any cell with one state."""

from functools import cached_property
from typing import Any

import numpy as np

from bptt import exact
from bptt.exact.recurrent import StateUpdate
from bptt.jacobians.chain import JacobianChain, flatten_steps, unflatten_steps
from bptt.types import Array, Gradients


class GenericChain(JacobianChain):
    """Jacobians of a sequence of cells with one state, computed from its caches when first read.

    Each entry of the weights is nudged separately. For RNNs and LSTMs ``RnnLstmChain`` is faster, and its Jacobians can
    be replaced.

    Parameters
    ----------
    state : callable
        The cell's forward pass, from ``xt, a_prev, parameters`` to ``a_next``.
    names : tuple of str
        Names of the weights and biases.
    caches : named tuple
        With ``steps``, the cache of each cell.
    """

    def __init__(self, state: StateUpdate, names: tuple[str, ...], caches: Any) -> None:  # noqa: ANN401 - of any kind of cell
        super().__init__(caches, n_states=1)
        self._state = state
        self._weights = {name: self.parameters[name] for name in names}

    @cached_property
    def state_jacobians(self) -> Array:
        """Derivatives of all states (last axis) with respect to all previous ones: (T_x, m, n_a, n_a)."""
        return self._jacobian("a_prev").transpose(3, 2, 0, 1)

    @cached_property
    def input_jacobian(self) -> Array:
        """Derivatives of all states with respect to their inputs: (n_x, n_a, m, T_x)."""
        return self._jacobian("xt")

    @cached_property
    def weight_jacobian(self) -> Array:
        """Derivatives of all states with respect to each entry of weights and biases: (entries, n_a, m, T_x)."""

        def states(**weights: Array) -> Array:
            return self._state(self._flat_field("xt"), self._flat_field("a_prev"), {**self.parameters, **weights})

        return self._unflatten(np.concatenate(list(exact.jacobians(states, self._weights).values())))

    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Compute each step's gradients of input and parameters; see ``JacobianChain.local_gradients``.

        Parameters
        ----------
        arriving : ndarray (1, n_a, m, T_x)
        cells : list of int

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)``; ``weight_steps (entries, T_x)``.
        """
        return {
            "dx_steps": np.einsum("xijt,ijt->xjt", self.input_jacobian[..., cells], arriving[0]),
            "weight_steps": np.einsum("qijt,ijt->qt", self.weight_jacobian[..., cells], arriving[0]),
        }

    def split(self, columns: Array) -> Gradients:
        """Split the gradient of all parameters into those of each.

        Parameters
        ----------
        columns : ndarray (entries,)
            ``weight_steps``, summed over time or of one step.

        Returns
        -------
        dict
            ``"d" + name`` for each weight and bias.
        """
        ends = np.cumsum([array.size for array in self._weights.values()])
        parts = np.split(columns, ends[:-1])
        named = zip(self._weights.items(), parts, strict=True)
        return {f"d{name}": part.reshape(array.shape) for (name, array), part in named}

    def _jacobian(self, name: str) -> Array:
        given = {"xt": self._flat_field("xt"), "a_prev": self._flat_field("a_prev")}

        def states(nudge: Array) -> Array:
            # Examples are independent of each other, so all are nudged at once.
            nudged = {**given, name: given[name] + nudge}
            return self._state(nudged["xt"], nudged["a_prev"], self.parameters)

        return self._unflatten(exact.jacobians(states, {"nudge": np.zeros((len(given[name]), 1))})["nudge"])

    def _flat_field(self, name: str) -> Array:
        return flatten_steps(self.stack_field(name))

    def _unflatten(self, columns: Array) -> Array:
        return unflatten_steps(columns, len(self.steps))

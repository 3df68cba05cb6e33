"""A chain of cells of any kind with one state, each weight of which is nudged by itself."""

from functools import cached_property
from typing import Any

import numpy as np

from bptt import exact
from bptt.exact.recurrent import State
from bptt.jacobians.chain import JacobianChain, side_by_side, step_by_step
from bptt.types import Array, Gradients


class GenericChain(JacobianChain):
    """The chain that a forward pass left; for RNNs and LSTMs ``RnnLstmChain`` knows more, and is quicker.

    A cell's answers are worked out when they are first asked for.

    Parameters
    ----------
    state : callable
        The cell's forward pass, from ``xt, a_prev, parameters`` to ``a_next``.
    learnt : iterable of str
        Names of the weights and biases.
    caches : named tuple
        With ``steps``, the cache of each cell.
    """

    def __init__(self, state: State, learnt: tuple[str, ...], caches: Any) -> None:  # noqa: ANN401 - of any kind of cell
        super().__init__(caches, states=1)
        self._state = state
        self._weights = {name: self.parameters[name] for name in learnt}

    @cached_property
    def state_jacobians(self) -> Array:
        """How all states follow all previous ones: (T_x, m, n_a, n_a)."""
        return self._following("a_prev").transpose(3, 2, 0, 1)

    @cached_property
    def input_jacobian(self) -> Array:
        """How all states follow their inputs: (n_x, n_a, m, T_x)."""
        return self._following("xt")

    @cached_property
    def by_weights(self) -> Array:
        """How all states follow each weight, one after the other: (weights, n_a, m, T_x)."""

        def states(**weights: Array) -> Array:
            return self._state(self._side_by_side("xt"), self._side_by_side("a_prev"), {**self.parameters, **weights})

        return self._by_step(np.concatenate(list(exact.jacobians(states, self._weights).values())))

    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Take what arrives at each cell to its input and to the weights; see ``JacobianChain.local_gradients``.

        Parameters
        ----------
        arriving : ndarray (1, n_a, m, T_x)
        cells : list of int

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)``; ``weight_steps (weights, T_x)``.
        """
        return {
            "dx_steps": np.einsum("xijt,ijt->xjt", self.input_jacobian[..., cells], arriving[0]),
            "weight_steps": np.einsum("qijt,ijt->qt", self.by_weights[..., cells], arriving[0]),
        }

    def split(self, columns: Array) -> Gradients:
        """Tell the weights and biases apart.

        Parameters
        ----------
        columns : ndarray (weights,)
            Summed over time, from ``weight_steps``.

        Returns
        -------
        dict
            ``"d" + name`` for each weight and bias.
        """
        ends = np.cumsum([array.size for array in self._weights.values()])
        parts = np.split(columns, ends[:-1])
        named = zip(self._weights.items(), parts, strict=True)
        return {f"d{name}": part.reshape(array.shape) for (name, array), part in named}

    def _following(self, name: str) -> Array:
        given = {"xt": self._side_by_side("xt"), "a_prev": self._side_by_side("a_prev")}

        def states(nudge: Array) -> Array:
            # No example knows of another, so all are nudged at once.
            nudged = {**given, name: given[name] + nudge}
            return self._state(nudged["xt"], nudged["a_prev"], self.parameters)

        return self._by_step(exact.jacobians(states, {"nudge": np.zeros((len(given[name]), 1))})["nudge"])

    def _side_by_side(self, name: str) -> Array:
        return side_by_side(self.kept(name))

    def _by_step(self, columns: Array) -> Array:
        return step_by_step(columns, len(self.places))

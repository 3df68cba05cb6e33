"""A chain of cells, followed from any step to all earlier ones, without a loop that runs backward.

Gradients are linear in what arrives from the right. So a mistaken loop is a wrong choice of what arrives at each step,
of the cell that it is sent through, or of what is gathered in the end. All three are described here by nudges, which
travel forward through the chain.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bptt.types import Array, Gradients


class Carry(NamedTuple):
    """What goes from one step to the one before; three square matrices over the states, [a] or [a; c].

    Attributes
    ----------
    used : array_like
        What of the carried gradients enters each cell.
    handed : array_like
        What becomes of the gradients that a cell hands back.
    heaped : array_like
        What of the carried gradients stays, and has those of the next cell added to it.
    """

    used: Sequence[Sequence[float]]
    handed: Sequence[Sequence[float]]
    heaped: Sequence[Sequence[float]]


class JacobianChain(ABC):
    """The chain that a forward pass left.

    Parameters
    ----------
    caches : named tuple
        With ``steps``, the cache of each cell.
    states : int
        How many states go from one cell to the next; n_s in the shapes.
    """

    def __init__(self, caches: Any, states: int) -> None:  # noqa: ANN401 - of any kind of cell
        self._caches = caches
        self.parameters = caches.steps[0].parameters
        self.places = range(len(caches.steps))
        self.states = states

    @property
    @abstractmethod
    def state_jacobians(self) -> Array:
        """How all states follow all previous ones: (T_x, m, n_s n_a, n_s n_a)."""

    @abstractmethod
    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Tell what the cells hand back to the inputs, and to weights and biases, of what arrives at each of them.

        Parameters
        ----------
        arriving : ndarray (n_s, n_a, m, T_x)
        cells : list of int
            Which cell stands at each place.

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)`` and ``weight_steps (..., T_x)``, the gradients of all weights and biases in any
            form that ``split`` understands.
        """

    @abstractmethod
    def split(self, columns: Array) -> Gradients:
        """Tell the weights and biases apart.

        Parameters
        ----------
        columns : ndarray
            Summed over time, from ``weight_steps``.

        Returns
        -------
        dict
            ``dWax, dWaa, dba`` or ``dWf, dbf, ...``.
        """

    def kept(self, name: str) -> Array:
        """Collect what the cells of all steps keep under one name.

        Parameters
        ----------
        name : str
            A field of the caches, e.g. ``"a_prev"``.

        Returns
        -------
        ndarray (features, m, T_x)
        """
        return np.stack([getattr(step, name) for step in self._caches.steps], axis=-1)

    def propagate_each(self, entering: Array, cells: Sequence[int] | None = None, carry: Carry | None = None) -> Array:
        """Follow what enters at each place to all earlier ones.

        Parameters
        ----------
        entering : ndarray (n_a, m, T_x) or (n_s, n_a, m, T_x)
            Gradient from the loss of each place; with one array for each state, or for a alone.
        cells : sequence of int, optional
            Which cell stands at each place; the right one when not given.
        carry : Carry, optional
            What goes from one place to the one before; all that a cell hands back, when not given.

        Returns
        -------
        ndarray (T_x, n_s, n_a, m, T_x + 1)
            Entry [k, ..., t + 1] is what the place t is sent by the next one of what enters at place k, and entry
            [k, ..., 0] what is left of it at the end.
        """
        entering = self._of_all_states(entering)
        n_a, m, length = entering.shape[1:]
        used, handed, heaped = (self._matrix(of, n_a) for of in carry or self._all())
        size = self.states * n_a
        # How far a nudge has come: (example, place of the nudge, nudged unit, unit reached).
        reach = np.zeros((m, length, size, size))
        found = np.zeros((length, m, length + 1, size))
        for place, cell in enumerate(cells or self.places):
            reach[:, place] = np.eye(size)
            here = reach[:, : place + 1].reshape(m, -1, size)
            back = handed @ self.state_jacobians[cell]
            from_here = back @ entering[..., place].transpose(2, 0, 1).reshape(m, size, 1)
            found[place, :, : place + 1] = (here @ from_here).reshape(m, -1, size)
            reach[:, : place + 1] = (here @ (back @ used + heaped)).reshape(m, -1, size, size)
        return found.reshape(length, m, length + 1, self.states, n_a).transpose(0, 3, 4, 1, 2)

    def sweep(self, entering: Array, cells: Sequence[int] | None = None, carry: Carry | None = None) -> Gradients:
        """Tell what a loop over all places has in its hands.

        Parameters
        ----------
        entering, cells, carry
            As for ``propagate_each``.

        Returns
        -------
        dict
            ``carried (n_s, n_a, m, T_x + 1)``, what each place is sent by the next one, in entry t + 1, and what is
            left at the end, in entry 0; and what is ``gathered``.
        """
        carried = self.propagate_each(entering, cells, carry).sum(axis=0)
        used = np.asarray((carry or self._all()).used)
        arriving = self._of_all_states(entering) + np.einsum("sr,r...->s...", used, carried[..., 1:])
        return {"carried": carried, **self.local_gradients(arriving, list(cells or self.places))}

    def _of_all_states(self, entering: Array) -> Array:
        if entering.ndim > len(("n_a", "m", "T_x")):
            return entering
        return np.stack([entering, *[np.zeros_like(entering)] * (self.states - 1)])

    def _all(self) -> Carry:
        one = np.eye(self.states).tolist()
        return Carry(one, one, np.zeros_like(one).tolist())

    def _matrix(self, of_states: Sequence[Sequence[float]], n_a: int) -> Array:
        # np.kron does the same, and takes longer than all that is done with it.
        blocks = np.asarray(of_states, dtype=float)[:, None, :, None] * np.eye(n_a)[:, None, :]
        return blocks.reshape(self.states * n_a, -1)


def side_by_side(steps: Array) -> Array:
    """Lay all steps side by side: (features, m, T_x) to (features, m T_x)."""
    return steps.reshape(len(steps), -1)


def step_by_step(columns: Array, steps: int) -> Array:
    """Tell the steps apart again: (..., m T_x) to (..., m, T_x)."""
    return columns.reshape(*columns.shape[:-1], -1, steps)

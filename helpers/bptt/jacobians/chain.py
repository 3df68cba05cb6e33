"""``JacobianChain``: propagate gradients through products of state Jacobians, without a backward loop.

Gradients are linear in the upstream gradient. So a mistaken loop differs from the right one in the gradient that
arrives at each step, in the cell that it is sent through, or in what is summed in the end. The products of Jacobians
that describe all three are accumulated forward in time.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bptt.types import Array, Gradients


class Carry(NamedTuple):
    """How a loop carries gradients from one step to the one before: three matrices over the states, [a] or [a; c].

    In the right loop the first two are the identity, and the third is zero.

    Attributes
    ----------
    into_cell : array_like (n_s, n_s)
        From the carried gradients to what is added to the gradients of each step's own loss.
    from_cell : array_like (n_s, n_s)
        From the gradients that a cell returns to what is carried on.
    accumulated : array_like (n_s, n_s)
        From the carried gradients to what stays of them, added to those of the next cell.
    """

    into_cell: Sequence[Sequence[float]]
    from_cell: Sequence[Sequence[float]]
    accumulated: Sequence[Sequence[float]]


class JacobianChain(ABC):
    """Jacobians of each cell in a sequence, and the gradients that their products give.

    Parameters
    ----------
    caches : named tuple
        With ``steps``, the cache of each cell.
    n_states : int
        How many states go from one cell to the next; n_s in the shapes.

    Attributes
    ----------
    parameters : dict
        Those of the cells.
    steps : range
        Indices of the steps.
    """

    def __init__(self, caches: Any, n_states: int) -> None:  # noqa: ANN401 - of any kind of cell
        self._caches = caches
        self.parameters = caches.steps[0].parameters
        self.steps = range(len(caches.steps))
        self.n_states = n_states

    @property
    @abstractmethod
    def state_jacobians(self) -> Array:
        """Derivatives of all states (last axis) with respect to all previous ones: (T_x, m, n_s n_a, n_s n_a)."""

    @abstractmethod
    def local_gradients(self, arriving: Array, cells: list[int]) -> Gradients:
        """Compute the gradients of each step's input and parameters from the gradient that arrives at its states.

        Parameters
        ----------
        arriving : ndarray (n_s, n_a, m, T_x)
        cells : list of int
            Of each step, the index of the cell that is used.

        Returns
        -------
        dict
            ``dx_steps (n_x, m, T_x)`` and ``weight_steps (..., T_x)``, the gradients of all weights and biases in any
            form that ``split`` understands.
        """

    @abstractmethod
    def split(self, columns: Array) -> Gradients:
        """Split the gradient of all parameters into those of each.

        Parameters
        ----------
        columns : ndarray
            ``weight_steps``, summed over time or of one step.

        Returns
        -------
        dict
            ``dWax, dWaa, dba`` or ``dWf, dbf, ...``.
        """

    def stack_field(self, name: str) -> Array:
        """Stack one field of the caches of all steps.

        Parameters
        ----------
        name : str
            E.g. ``"a_prev"``.

        Returns
        -------
        ndarray (features, m, T_x)
        """
        return np.stack([getattr(step, name) for step in self._caches.steps], axis=-1)

    def propagate_each(self, entering: Array, cells: Sequence[int] | None = None, carry: Carry | None = None) -> Array:
        """Propagate the gradient of each step's loss to all earlier steps, separately.

        Parameters
        ----------
        entering : ndarray (n_a, m, T_x) or (n_s, n_a, m, T_x)
            Gradient from the loss of each step; with one array for each state, or for a alone.
        cells : sequence of int, optional
            Of each step, the index of the cell that is used; its own when not given.
        carry : Carry, optional
            What a loop carries from one step to the one before; all that a cell returns, when not given.

        Returns
        -------
        ndarray (T_x, n_s, n_a, m, T_x + 1)
            Entry [k, ..., t + 1] is the part of the gradient carried from step t + 1 to step t that comes from the
            loss of step k; entry [k, ..., 0] is what is carried out of the first step.
        """
        entering = self._with_all_states(entering)
        n_a, m, length = entering.shape[1:]
        into_cell, from_cell, accumulated = (self._block_matrix(of, n_a) for of in carry or self._full_carry())
        size = self.n_states * n_a
        # Products of Jacobians up to this step: (example, earlier step, unit there, unit here).
        products = np.zeros((m, length, size, size))
        carried = np.zeros((length, m, length + 1, size))
        for step, cell in enumerate(cells or self.steps):
            products[:, step] = np.eye(size)
            here = products[:, : step + 1].reshape(m, -1, size)
            back = from_cell @ self.state_jacobians[cell]
            from_here = back @ entering[..., step].transpose(2, 0, 1).reshape(m, size, 1)
            carried[step, :, : step + 1] = (here @ from_here).reshape(m, -1, size)
            products[:, : step + 1] = (here @ (back @ into_cell + accumulated)).reshape(m, -1, size, size)
        return carried.reshape(length, m, length + 1, self.n_states, n_a).transpose(0, 3, 4, 1, 2)

    def sweep(self, entering: Array, cells: Sequence[int] | None = None, carry: Carry | None = None) -> Gradients:
        """Compute what one backward sweep over all steps carries and collects.

        Parameters
        ----------
        entering, cells, carry
            As for ``propagate_each``.

        Returns
        -------
        dict
            ``carried (n_s, n_a, m, T_x + 1)``, from step t + 1 to step t in entry t + 1, and out of the first step in
            entry 0; and the ``local_gradients``.
        """
        carried = self.propagate_each(entering, cells, carry).sum(axis=0)
        into_cell = np.asarray((carry or self._full_carry()).into_cell)
        arriving = self._with_all_states(entering) + np.einsum("sr,r...->s...", into_cell, carried[..., 1:])
        return {"carried": carried, **self.local_gradients(arriving, list(cells or self.steps))}

    def _with_all_states(self, entering: Array) -> Array:
        if entering.ndim > len(("n_a", "m", "T_x")):
            return entering
        return np.stack([entering, *[np.zeros_like(entering)] * (self.n_states - 1)])

    def _full_carry(self) -> Carry:
        one = np.eye(self.n_states).tolist()
        return Carry(one, one, np.zeros_like(one).tolist())

    def _block_matrix(self, of_states: Sequence[Sequence[float]], n_a: int) -> Array:
        # np.kron gives the same, but takes longer than everything that is done with the result.
        blocks = np.asarray(of_states, dtype=float)[:, None, :, None] * np.eye(n_a)[:, None, :]
        return blocks.reshape(self.n_states * n_a, -1)


def flatten_steps(steps: Array) -> Array:
    """Merge examples and steps into one axis: (features, m, T_x) to (features, m T_x)."""
    return steps.reshape(len(steps), -1)


def unflatten_steps(columns: Array, steps: int) -> Array:
    """Split the last axis into examples and steps: (..., m T_x) to (..., m, T_x)."""
    return columns.reshape(*columns.shape[:-1], -1, steps)

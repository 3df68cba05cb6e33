"""Influence matrices: the norm of each loss's gradient at every earlier state."""

from typing import Literal

import numpy as np

from bptt import exact
from bptt.jacobians.chain import JacobianChain
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.lstm import LSTMCaches
from bptt.rnn import RNNCaches
from bptt.types import Array


def influence(da: Array, caches: RNNCaches | LSTMCaches | JacobianChain, state: Literal["a", "c"] = "a") -> Array:
    r"""Compute the influence matrix: :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert`.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each hidden state from the loss of its own step.
    caches : RNNCaches, LSTMCaches or JacobianChain
        For another kind of cell its chain, e.g. ``GRU.chain(caches)``.
    state : {"a", "c"}
        The state to differentiate for. ``"c"`` is the LSTM's memory, with both of its uses:
        :math:`\lVert \partial L_k / \partial c^{\langle t \rangle} \rVert`.

    Returns
    -------
    ndarray (T_x, T_x)
        Entry [k, t] is the norm, over all units and examples, of the gradient of the loss of step k with respect to
        the state after step t; zero for t > k.

    Raises
    ------
    ValueError
        When ``state`` is ``"c"`` for a cell without a memory.
    """
    if state == "c" and not isinstance(caches, LSTMCaches):
        message = 'only an LSTM has a memory beside its hidden state: leave state="c" out'
        raise ValueError(message)
    chain = caches if isinstance(caches, JacobianChain) else RnnLstmChain(caches)
    arriving = chain.propagate_each(da)[..., 1:]
    for k in range(da.shape[2]):
        arriving[k, 0, :, :, k] += da[:, :, k]
    if isinstance(caches, LSTMCaches) and state == "c":
        return np.linalg.norm(arriving[:, 1] + _da_dc(caches) * arriving[:, 0], axis=(1, 2))
    return np.linalg.norm(arriving[:, 0], axis=(1, 2))


def time_path(da: Array, caches: RNNCaches | LSTMCaches) -> Array:
    """Compute each hidden state's gradient along the time path: from the next step's cell, all later losses together.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each hidden state from the loss of its own step.
    caches : RNNCaches or LSTMCaches

    Returns
    -------
    ndarray (n_a, m, T_x)
        Zero at the last step.
    """
    return RnnLstmChain(caches).propagate_each(da).sum(axis=0)[0, ..., 1:]


def memory_paths(da: Array, caches: LSTMCaches) -> tuple[Array, Array]:
    """Compute the gradient of each memory of an LSTM, separately for its two uses.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each hidden state from the loss of its own step.
    caches : LSTMCaches

    Returns
    -------
    through_a : ndarray (n_a, m, T_x)
        Through the hidden state of its own step.
    dc_next : ndarray (n_a, m, T_x)
        From the cell of the next step; zero at the last step.
    """
    a_next, dc_next = RnnLstmChain(caches).propagate_each(da).sum(axis=0)[..., 1:]
    return _da_dc(caches) * (da + a_next), dc_next


def _da_dc(caches: LSTMCaches) -> Array:
    """Compute the derivative of a with respect to c at each step, unit by unit: (n_a, m, T_x)."""
    ot, c_next = (np.stack([getattr(step, name) for step in caches.steps], axis=-1) for name in ("ot", "c_next"))
    derivatives = exact.jacobians(lambda nudge: ot * np.tanh(c_next + nudge), {"nudge": np.zeros((1, 1, 1))})
    return derivatives["nudge"][0]

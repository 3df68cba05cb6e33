"""Forward passes of the LSTM, for one cell and for a sequence, and their caches."""

from typing import NamedTuple

import numpy as np

from bptt.activations import sigmoid, softmax
from bptt.types import Array, Parameters


class LSTMCellCache(NamedTuple):
    """Cache of one LSTM cell's forward pass.

    Attributes
    ----------
    a_next, c_next : ndarray (n_a, m)
        Hidden state and memory that the cell computed; ``a_next = ot * tanh(c_next)``.
    a_prev, c_prev : ndarray (n_a, m)
        Hidden state and memory of the step before.
    ft, it, ot : ndarray (n_a, m)
        Forget, update (or input) and output gate, after their sigmoid: between 0 and 1.
    cct : ndarray (n_a, m)
        Candidate for the memory, after its tanh.
    xt : ndarray (n_x, m)
        Input at this time step.
    parameters : dict
        ``Wf, Wi, Wc, Wo (n_a, n_a + n_x), bf, bi, bc, bo (n_a, 1), Wy (n_y, n_a), by (n_y, 1)``.
    """

    a_next: Array
    c_next: Array
    a_prev: Array
    c_prev: Array
    ft: Array
    it: Array
    cct: Array
    ot: Array
    xt: Array
    parameters: Parameters


class LSTMCaches(NamedTuple):
    """Caches of an LSTM's forward pass over a sequence.

    Attributes
    ----------
    steps : list of LSTMCellCache
        One for each time step, in order.
    x : ndarray (n_x, m, T_x)
        The whole input.
    """

    steps: list[LSTMCellCache]
    x: Array


def lstm_cell_z(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Array, Array]:
    r"""Compute all gates' weighted inputs: :math:`z_g = W_g\,[a^{\langle t-1 \rangle}; x^{\langle t \rangle}] + b_g`.

    Parameters
    ----------
    xt : ndarray (n_x, m)
    a_prev : ndarray (n_a, m)
    parameters : dict
        Of which ``Wf, Wi, Wc, Wo (n_a, n_a + n_x)`` and ``bf, bi, bc, bo (n_a, 1)`` are used. The first n_a columns
        belong to ``a_prev``, the others to ``xt``.

    Returns
    -------
    zf, zi, zc, zo : ndarray (n_a, m)
        Forget gate, update gate, candidate and output gate before their activations.
    """
    n_a = a_prev.shape[-2]

    def z(gate: str) -> Array:
        # Not one product with [a_prev; xt]: exact gradients nudge one of the two, in many copies along leading axes.
        W, b = parameters[f"W{gate}"], parameters[f"b{gate}"]
        return W[..., :n_a] @ a_prev + W[..., n_a:] @ xt + b

    return z("f"), z("i"), z("c"), z("o")


def lstm_cell_states(
    zf: Array, zi: Array, zc: Array, zo: Array, c_prev: Array
) -> tuple[Array, Array, tuple[Array, Array, Array, Array]]:
    r"""Compute the new hidden state and memory from the weighted inputs of the gates.

    .. math::

        c^{\langle t \rangle} = \sigma(z_f) \odot c^{\langle t-1 \rangle} + \sigma(z_i) \odot \tanh(z_c), \quad
        a^{\langle t \rangle} = \sigma(z_o) \odot \tanh(c^{\langle t \rangle})

    Parameters
    ----------
    zf, zi, zc, zo : ndarray (n_a, m)
        From ``lstm_cell_z``.
    c_prev : ndarray (n_a, m)

    Returns
    -------
    a_next, c_next : ndarray (n_a, m)
    gates : tuple of ndarray (n_a, m)
        ``ft, it, cct, ot``, after their activations.
    """
    ft, it, cct, ot = sigmoid(zf), sigmoid(zi), np.tanh(zc), sigmoid(zo)
    c_next = ft * c_prev + it * cct
    return ot * np.tanh(c_next), c_next, (ft, it, cct, ot)


def lstm_cell_forward(
    xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters
) -> tuple[Array, Array, Array, LSTMCellCache]:
    r"""Run one time step of an LSTM cell with a forget gate and without peepholes.

    The cell of ``lstm_cell_z`` and ``lstm_cell_states``, with the prediction
    :math:`\hat y^{\langle t \rangle} = \mathrm{softmax}(W_y a^{\langle t \rangle} + b_y)`.

    Parameters
    ----------
    xt : ndarray (n_x, m)
        Input of this step for all ``m`` examples.
    a_prev, c_prev : ndarray (n_a, m)
        Hidden state and memory of the step before.
    parameters : dict
        ``Wf, Wi, Wc, Wo (n_a, n_a + n_x), bf, bi, bc, bo (n_a, 1), Wy (n_y, n_a), by (n_y, 1)``.

    Returns
    -------
    a_next, c_next : ndarray (n_a, m)
    yt_pred : ndarray (n_y, m)
    cache : LSTMCellCache

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
    F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual prediction with LSTM", Neural Computation
    12(10), 2000.
    """
    a_next, c_next, gates = lstm_cell_states(*lstm_cell_z(xt, a_prev, parameters), c_prev)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, c_next, yt_pred, LSTMCellCache(a_next, c_next, a_prev, c_prev, *gates, xt, parameters)


def lstm_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Array, LSTMCaches]:
    """Run an LSTM over a sequence: the same cell, with the same parameters, at every step.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
        Input of all steps.
    a0 : ndarray (n_a, m)
        Hidden state before the first step. The memory before it is zero.
    parameters : dict
        ``Wf, Wi, Wc, Wo (n_a, n_a + n_x), bf, bi, bc, bo (n_a, 1), Wy (n_y, n_a), by (n_y, 1)``.

    Returns
    -------
    a : ndarray (n_a, m, T_x)
        Hidden state after each step.
    y : ndarray (n_y, m, T_x)
        Prediction of each step.
    c : ndarray (n_a, m, T_x)
        Memory after each step.
    caches : LSTMCaches
    """
    a_next, c_next = a0, np.zeros_like(a0)
    states, predictions, memories, steps = [], [], [], []
    for t in range(x.shape[-1]):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[..., t], a_next, c_next, parameters)
        states.append(a_next)
        predictions.append(yt_pred)
        memories.append(c_next)
        steps.append(cache)
    # The first memory does not depend on the output gate: nudged copies of that gate add no leading axis to it.
    c = np.stack(np.broadcast_arrays(*memories), axis=-1)
    return np.stack(states, axis=-1), np.stack(predictions, axis=-1), c, LSTMCaches(steps, x)

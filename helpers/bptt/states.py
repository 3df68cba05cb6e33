"""Forward passes for training: hidden states without predictions, with one product for the inputs of all steps.

They return the caches of :mod:`bptt.rnn` and :mod:`bptt.lstm`, so the same backward passes work with them. They keep
float32, and complex numbers too, so that gradients can be checked with the complex step.
"""

import numpy as np

from bptt.lstm import LSTMCaches, LSTMCellCache
from bptt.rnn import RNNCaches, RNNCellCache
from bptt.types import Array, Parameters


def rnn_states(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, RNNCaches]:
    r"""Run a vanilla RNN over a sequence: :math:`a^{\langle t \rangle} = \tanh(W_{ax} x + W_{aa} a + b_a)`.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
        Input of all steps.
    a0 : ndarray (n_a, m)
        Hidden state before the first step.
    parameters : dict
        Of which ``Wax (n_a, n_x), Waa (n_a, n_a), ba (n_a, 1)`` are used.

    Returns
    -------
    a : ndarray (n_a, m, T_x)
        Hidden state after each step.
    caches : RNNCaches
    """
    from_x = _input_projection(parameters["Wax"], x, parameters["ba"])
    a_next, steps = a0, []
    for t in range(x.shape[2]):
        a_prev, a_next = a_next, np.tanh(from_x[:, t] + parameters["Waa"] @ a_next)
        steps.append(RNNCellCache(a_next, a_prev, x[:, :, t], parameters))
    return np.stack([step.a_next for step in steps], axis=-1), RNNCaches(steps, x)


def lstm_states(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, LSTMCaches]:
    """Run an LSTM over a sequence, with the weights of all four gates in one matrix.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
        Input of all steps.
    a0 : ndarray (n_a, m)
        Hidden state before the first step. The memory before it is zero.
    parameters : dict
        Of which ``Wf, Wi, Wc, Wo (n_a, n_a + n_x)`` and ``bf, bi, bc, bo (n_a, 1)`` are used.

    Returns
    -------
    a : ndarray (n_a, m, T_x)
        Hidden state after each step.
    caches : LSTMCaches
    """
    n_a, m = a0.shape
    # Because tanh(z) = 2 sigmoid(2 z) - 1, one call of np.exp serves all four gates, in half the time of np.tanh.
    signs = {"f": -1, "i": -1, "o": -1, "c": -2}
    W = np.concatenate([sign * parameters[f"W{gate}"] for gate, sign in signs.items()])
    b = np.concatenate([sign * parameters[f"b{gate}"] for gate, sign in signs.items()])
    Wa = np.ascontiguousarray(W[:, :n_a])
    from_x = _input_projection(W[:, n_a:], x, b)
    a_next, c_next, steps = a0, np.zeros_like(a0), []
    # Where the exponential overflows, the gate is 0, as it should be.
    with np.errstate(over="ignore"):
        for t in range(x.shape[2]):
            a_prev, c_prev = a_next, c_next
            ft, it, ot, half = (1 / (1 + np.exp(from_x[:, t] + Wa @ a_prev))).reshape(4, n_a, m)
            cct = 2 * half - 1
            c_next = ft * c_prev + it * cct
            a_next = ot * (2 / (1 + np.exp(-2 * c_next)) - 1)
            steps.append(LSTMCellCache(a_next, c_next, a_prev, c_prev, ft, it, cct, ot, x[:, :, t], parameters))
    return np.stack([step.a_next for step in steps], axis=-1), LSTMCaches(steps, x)


def _input_projection(W: Array, x: Array, b: Array) -> Array:
    """Compute the inputs' part of the weighted input, of all steps in one product: (rows of W, T_x, m)."""
    n_x, m, T_x = x.shape
    return (W @ x.transpose(0, 2, 1).reshape(n_x, T_x * m) + b).reshape(len(W), T_x, m)

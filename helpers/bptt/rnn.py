"""Forward passes of the RNN, for one cell and for a sequence, and their caches."""

from typing import NamedTuple

import numpy as np

from bptt.activations import softmax
from bptt.types import Array, Parameters


class RNNCellCache(NamedTuple):
    """Cache of one RNN cell's forward pass.

    Attributes
    ----------
    a_next : ndarray (n_a, m)
        Hidden state that the cell computed; ``a_next = tanh(z)``.
    a_prev : ndarray (n_a, m)
        Hidden state of the step before.
    xt : ndarray (n_x, m)
        Input at this time step.
    parameters : dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), ba (n_a, 1), by (n_y, 1)``.
    """

    a_next: Array
    a_prev: Array
    xt: Array
    parameters: Parameters


class RNNCaches(NamedTuple):
    """Caches of an RNN's forward pass over a sequence.

    Attributes
    ----------
    steps : list of RNNCellCache
        One for each time step, in order.
    x : ndarray (n_x, m, T_x)
        The whole input.
    """

    steps: list[RNNCellCache]
    x: Array


def rnn_cell_z(xt: Array, a_prev: Array, parameters: Parameters) -> Array:
    r"""Compute the weighted input: :math:`z = W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b_a`.

    Parameters
    ----------
    xt : ndarray (n_x, m)
    a_prev : ndarray (n_a, m)
    parameters : dict
        Of which ``Wax (n_a, n_x), Waa (n_a, n_a), ba (n_a, 1)`` are used.

    Returns
    -------
    ndarray (n_a, m)
        The cell's state before tanh.
    """
    return parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]


def rnn_cell_state(xt: Array, a_prev: Array, parameters: Parameters) -> Array:
    r"""Compute the next hidden state, without a prediction: :math:`a^{\langle t \rangle} = \tanh(z)`.

    Parameters
    ----------
    xt : ndarray (n_x, m)
    a_prev : ndarray (n_a, m)
    parameters : dict
        As for :func:`rnn_cell_z`.

    Returns
    -------
    ndarray (n_a, m)
        ``a_next``.
    """
    return np.tanh(rnn_cell_z(xt, a_prev, parameters))


def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, RNNCellCache]:
    r"""Run one time step of a vanilla (Elman) RNN cell.

    .. math::

        z = W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b_a, \quad
        a^{\langle t \rangle} = \tanh(z), \quad
        \hat y^{\langle t \rangle} = \mathrm{softmax}(W_{ya} a^{\langle t \rangle} + b_y)

    Parameters
    ----------
    xt : ndarray (n_x, m)
        Input of this step for all ``m`` examples.
    a_prev : ndarray (n_a, m)
        Hidden state of the step before.
    parameters : dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), ba (n_a, 1), by (n_y, 1)``.

    Returns
    -------
    a_next : ndarray (n_a, m)
    yt_pred : ndarray (n_y, m)
    cache : RNNCellCache

    References
    ----------
    J. L. Elman, "Finding structure in time", Cognitive Science 14(2), 1990.
    """
    a_next = rnn_cell_state(xt, a_prev, parameters)
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, RNNCellCache(a_next, a_prev, xt, parameters)


def output_z(a: Array, Wya: Array, by: Array) -> Array:
    r"""Compute the scores of the dense layer before softmax: :math:`W_{ya} a^{\langle t \rangle} + b_y`.

    Parameters
    ----------
    a : ndarray (n_a, m, T_x)
    Wya : ndarray (n_y, n_a)
    by : ndarray (n_y, 1)

    Returns
    -------
    ndarray (n_y, m, T_x)
        The scores of all steps.
    """
    return np.stack([Wya @ a[..., t] + by for t in range(a.shape[-1])], axis=-1)


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, RNNCaches]:
    """Run a vanilla RNN over a sequence: the same cell, with the same parameters, at every step.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
        Input of all steps.
    a0 : ndarray (n_a, m)
        Hidden state before the first step.
    parameters : dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), ba (n_a, 1), by (n_y, 1)``.

    Returns
    -------
    a : ndarray (n_a, m, T_x)
        Hidden state after each step.
    y_pred : ndarray (n_y, m, T_x)
        Prediction of each step.
    caches : RNNCaches
    """
    a_next, states, predictions, steps = a0, [], [], []
    for t in range(x.shape[-1]):
        a_next, yt_pred, cache = rnn_cell_forward(x[..., t], a_next, parameters)
        states.append(a_next)
        predictions.append(yt_pred)
        steps.append(cache)
    return np.stack(states, axis=-1), np.stack(predictions, axis=-1), RNNCaches(steps, x)

"""Exact gradients of a character model: an RNN with a loss at every step."""

import numpy as np

from bptt.exact.complex_step import gradients
from bptt.letter_model import letter_forward, one_hot
from bptt.types import Array, Gradients, Parameters


def letter_losses(parameters: Parameters, inputs: Array, targets: Array) -> Array:
    r"""Compute the cross-entropy of each step: :math:`-\log \hat y_{target}`.

    Parameters
    ----------
    parameters : dict
        As for :func:`bptt.letter_model.letter_forward`; real or complex, with any leading axes.
    inputs, targets : ndarray of int (m, T_x)

    Returns
    -------
    ndarray (m, T_x)
    """
    y_pred, _, _ = letter_forward(parameters, inputs)
    y = one_hot(targets, y_pred.shape[-3])
    return -np.log((y_pred * y).sum(axis=-3))


def letter_gradients(parameters: Parameters, inputs: Array, targets: Array, weight: Array) -> Gradients:
    r"""Exact gradients of the weighted sum of all steps' losses.

    .. math:: J = -\sum_{j,t} w_{jt} \log \hat y^{\langle t \rangle}_{j, target}

    Parameters
    ----------
    parameters : dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), ba (n_a, 1), Wya (n_x, n_a), by (n_x, 1)``.
    inputs, targets : ndarray of int (m, T_x)
        The letter that is read at each step, and the one that follows.
    weight : ndarray (m, T_x)
        How much each step's loss counts.

    Returns
    -------
    dict
        ``dWax, dWaa, dba, dWya, dby``, of the parameters' shapes.
    """
    return gradients(lambda **nudged: letter_losses(nudged, inputs, targets), parameters, weight)

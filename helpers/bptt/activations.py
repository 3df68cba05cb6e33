"""Activations, for real and for complex arrays.

With complex ones :mod:`bptt.exact` computes gradients from a forward pass.
"""

import numpy as np

from bptt.types import Array


def sigmoid(x: Array) -> Array:
    r"""Logistic function, elementwise: :math:`\sigma(x) = 1 / (1 + e^{-x}) = (1 + \tanh(x/2)) / 2`.

    The form with tanh never overflows, for real and for complex ``x`` alike.

    Parameters
    ----------
    x : ndarray, any shape, real or complex

    Returns
    -------
    ndarray, the shape of ``x``
    """
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def softmax(x: Array) -> Array:
    r"""Softmax over the features: :math:`e^{x_i} / \sum_k e^{x_k}`.

    Parameters
    ----------
    x : ndarray (..., features, m), real or complex
        Axes before the last two are independent batches.

    Returns
    -------
    ndarray, the shape of ``x``
        Each column sums to 1.
    """
    # Subtracting a constant does not change softmax; subtracting the largest real part keeps exp from overflowing.
    e = np.exp(x - x.real.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)

"""Forward passes of small computation graphs, and their caches."""

from typing import NamedTuple

import numpy as np

from bptt.activations import sigmoid
from bptt.types import Array


class WeightedInputCache(NamedTuple):
    """Cache of a weighted input's forward pass.

    Attributes
    ----------
    X : ndarray (n_x, m)
        The input, one example in each column.
    W : ndarray (n_a, n_x)
    b : ndarray (n_a, 1)
    """

    X: Array
    W: Array
    b: Array


class FanOutCache(NamedTuple):
    """Cache of the forward pass of a graph that uses one value twice.

    Attributes
    ----------
    x : ndarray (n_a, m)
        The value that is used twice.
    p, q : ndarray (n_a, m)
        The results of its two uses: ``p = tanh(x)``, ``q = sigmoid(x)``.
    """

    x: Array
    p: Array
    q: Array


class TwoLayerCache(NamedTuple):
    """Cache of the forward pass of two layers.

    Attributes
    ----------
    first : WeightedInputCache
        Of ``Z1``; holds ``X (n_x, m), W1 (n_a, n_x), b1 (n_a, 1)`` as its ``X, W, b``.
    A1 : ndarray (n_a, m)
        ``A1 = tanh(Z1)``.
    second : WeightedInputCache
        Of ``Z2``; holds ``A1 (n_a, m), W2 (n_a, n_a), b2 (n_a, 1)`` as its ``X, W, b``.
    A2 : ndarray (n_a, m)
        ``A2 = sigmoid(Z2)``.
    """

    first: WeightedInputCache
    A1: Array
    second: WeightedInputCache
    A2: Array


class TwoLayerSum(NamedTuple):
    """Scalar function of ``x``: a weighted sum of the outputs of two layers.

    Attributes
    ----------
    dY : ndarray (n_a, m)
        The weights.
    W1, b1, W2, b2 : ndarray
        As in :func:`two_layer_forward`.
    """

    dY: Array
    W1: Array
    b1: Array
    W2: Array
    b2: Array

    def __call__(self, x: Array) -> Array:
        """Compute the sum, for one ``x (n_x, m)`` or several stacked along a first axis."""
        Y, _ = two_layer_forward(x, self.W1, self.b1, self.W2, self.b2)
        return (self.dY * Y).sum(axis=(-2, -1))


class QuadraticGradient(NamedTuple):
    r"""Gradient of a quadratic loss, :math:`\frac12 (x - x^*)^\top H (x - x^*)` at each step.

    Attributes
    ----------
    H : ndarray (n_x, n_x)
        The Hessian: symmetric and positive semidefinite.
    lowest : ndarray (n_x, m, T_x)
        The minimum :math:`x^*`.
    """

    H: Array
    lowest: Array

    def __call__(self, x: Array) -> Array:
        """Compute the gradient at ``x (n_x, m, T_x)``; it has the shape of ``x``."""
        return np.tensordot(self.H, x - self.lowest, 1)


def weighted_input_forward(X: Array, W: Array, b: Array) -> tuple[Array, WeightedInputCache]:
    r"""Compute a weighted input: :math:`Z = W X + b`.

    Parameters
    ----------
    X : ndarray (n_x, m)
    W : ndarray (n_a, n_x)
    b : ndarray (n_a, 1)

    Returns
    -------
    Z : ndarray (n_a, m)
    cache : WeightedInputCache
    """
    return W @ X + b, WeightedInputCache(X, W, b)


def fan_out_forward(x: Array) -> tuple[Array, FanOutCache]:
    r"""Use one value twice: :math:`c = p \odot q` with :math:`p = \tanh(x)` and :math:`q = \sigma(x)`.

    Parameters
    ----------
    x : ndarray (n_a, m)

    Returns
    -------
    c : ndarray (n_a, m)
    cache : FanOutCache
    """
    p, q = np.tanh(x), sigmoid(x)
    return p * q, FanOutCache(x, p, q)


def two_layer_forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, TwoLayerCache]:
    r"""Run two layers, the second of which is a gate on the output of the first.

    .. math::

        A_1 = \tanh(W_1 X + b_1), \quad A_2 = \sigma(W_2 A_1 + b_2), \quad Y = A_1 \odot A_2

    Parameters
    ----------
    X : ndarray (n_x, m)
    W1 : ndarray (n_a, n_x)
    b1 : ndarray (n_a, 1)
    W2 : ndarray (n_a, n_a)
    b2 : ndarray (n_a, 1)

    Returns
    -------
    Y : ndarray (n_a, m)
    cache : TwoLayerCache
    """
    Z1, first = weighted_input_forward(X, W1, b1)
    A1 = np.tanh(Z1)
    Z2, second = weighted_input_forward(A1, W2, b2)
    A2 = sigmoid(Z2)
    return A1 * A2, TwoLayerCache(first, A1, second, A2)

"""Exact gradients of lesson 00's small graphs."""

from collections.abc import Callable

import numpy as np

from bptt.exact.complex_step import gradients, jacobians
from bptt.graphs import (
    FanOutCache,
    TwoLayerCache,
    WeightedInputCache,
    fan_out_forward,
    two_layer_forward,
    weighted_input_forward,
)
from bptt.types import Array, Gradients


def tanh_backward(da: Array, a: Array) -> Array:
    r"""Exact gradient before tanh, from its output alone.

    A nudge e of the input is followed by the addition theorem, which needs no input:
    :math:`\tanh(z + e) = (a + \tanh e) / (1 + a \tanh e)`.

    Parameters
    ----------
    da, a : ndarray, of one shape

    Returns
    -------
    ndarray of that shape
    """
    return gradients(lambda e: (a + np.tanh(e)) / (1 + a * np.tanh(e)), {"e": np.zeros(a.shape)}, da)["de"]


def sigmoid_backward(da: Array, a: Array) -> Array:
    r"""Exact gradient before the sigmoid, from its output alone.

    A nudge e of the input is followed without the input: :math:`\sigma(z + e) = a / (a + (1 - a) e^{-e})`.

    Parameters
    ----------
    da, a : ndarray, of one shape

    Returns
    -------
    ndarray of that shape
    """
    return gradients(lambda e: a / (a + (1 - a) * np.exp(-e)), {"e": np.zeros(a.shape)}, da)["de"]


def weighted_input_backward(dZ: Array, cache: WeightedInputCache) -> Gradients:
    """Exact gradients of the weights, the bias and the input of a weighted input.

    Parameters
    ----------
    dZ : ndarray (n_a, m)
    cache : WeightedInputCache

    Returns
    -------
    dict
        ``dW (n_a, n_x), db (n_a, 1), dX (n_x, m)``.
    """
    at = {"W": cache.W, "b": cache.b, "X": cache.X}
    return gradients(lambda **values: weighted_input_forward(**values)[0], at, dZ)


def fan_out(dc: Array, cache: FanOutCache) -> Gradients:
    """Exact gradients of a value that is used twice, and of the results of its two uses.

    Parameters
    ----------
    dc : ndarray (n_a, m)
    cache : FanOutCache

    Returns
    -------
    dict
        ``dp, dq, dx``, each (n_a, m).
    """
    x, p, q = cache
    return {
        **gradients(lambda p, q: p * q, {"p": p, "q": q}, dc),
        **gradients(lambda x: fan_out_forward(x)[0], {"x": x}, dc),
    }


def two_layer_backward(dY: Array, cache: TwoLayerCache) -> Gradients:
    """Exact gradients of the parameters and the input of two layers.

    Parameters
    ----------
    dY : ndarray (n_a, m)
    cache : TwoLayerCache

    Returns
    -------
    dict
        ``dW1 (n_a, n_x), db1 (n_a, 1), dW2 (n_a, n_a), db2 (n_a, 1), dX (n_x, m)``.
    """
    first, _, second, _ = cache
    at = {"W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b, "X": first.X}
    return gradients(lambda **values: two_layer_forward(**values)[0], at, dY)


def numerical_gradient(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    r"""Exact central difference of a function with one result, with the signature of the learner's own.

    It is the mean slope between the two places, computed from slopes alone, so that nothing cancels:

    .. math::

        \frac{f(x + h) - f(x - h)}{2 h} = \frac12 \int_{-1}^{1} f'(x + s h)\, \mathrm{d}s

    Parameters
    ----------
    f : callable
        From an array to a number; as ``forward`` in ``jacobians``.
    x : ndarray
    h : float
        The nudge, up and down.

    Returns
    -------
    ndarray of the shape of x
    """
    units = np.eye(x.size).reshape(x.size, *x.shape)

    def mean_change(nudge: Array) -> Array:
        changes = [weight / 2 * f(x + (h * node + nudge) * units) for node, weight in zip(*GAUSS, strict=True)]
        return np.sum(changes, axis=0)

    return jacobians(mean_change, {"nudge": np.zeros((1,) * units.ndim)})["nudge"][0].reshape(x.shape)


GAUSS = np.polynomial.legendre.leggauss(8)
"""Nodes and weights of an integral from -1 to 1: exact to the last digits for a nudge as large as a lesson's."""

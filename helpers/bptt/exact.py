r"""Exact gradients from a forward pass alone, by the complex step.

For a real-analytic :math:`f`, :math:`f(x + ih) = f(x) + ih f'(x) + O(h^2)`, so :math:`\mathrm{Im}\, f(x + ih) / h` is
:math:`f'(x)`. Nothing is subtracted, so nothing cancels, and with :math:`h = 10^{-30}` the neglected terms are far
below rounding: the result is exact to the last digits. There is no backward formula in this file, and it is no model
for one: its cost grows with the number of entries, while a backward pass costs about as much as the forward pass.

References
----------
W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40(1), 1998.
J. R. R. A. Martins, P. Sturdza and J. J. Alonso, "The complex-step derivative approximation", ACM TOMS 29(3), 2003.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import numpy as np

from bptt.activations import softmax
from bptt.graphs import (
    FanOutCache,
    TwoLayerCache,
    WeightedInputCache,
    fan_out_forward,
    two_layer_forward,
    weighted_input_forward,
)
from bptt.rnn import RNNCaches, RNNCellCache, output_z, rnn_cell_forward, rnn_cell_z, rnn_forward
from bptt.types import Array, Gradients

STEP = 1e-30

_lent_out: ContextVar[bool] = ContextVar("_lent_out", default=True)


class BorrowedGradientError(RuntimeError):
    """A learner's function asked this module for the gradients that it is meant to compute."""


@contextmanager
def withheld() -> Iterator[None]:
    """Refuse to answer while a learner's own function runs.

    Raises
    ------
    BorrowedGradientError
        By every function of this module, inside the context.
    """
    token = _lent_out.set(False)
    try:
        yield
    finally:
        _lent_out.reset(token)


def lent(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of this module answer inside ``withheld()`` too, as the stand-in for an earlier exercise."""

    @wraps(function)
    def answering(*arguments: object) -> Any:  # noqa: ANN401 - a gradient, or several by name
        token = _lent_out.set(True)
        try:
            return function(*arguments)
        finally:
            _lent_out.reset(token)

    return answering


def responses(forward: Callable[..., Array], at: dict[str, Array]) -> dict[str, Array]:
    """Tell how every entry of what ``forward`` returns answers to a nudge of every entry of ``at``.

    All entries of one argument are nudged at once, each in its own copy, stacked along a new first axis.

    Parameters
    ----------
    forward : callable
        Takes the entries of ``at`` as keyword arguments. It must be made of analytic operations that leave leading
        axes alone (``@``, ``+``, ``np.tanh``, ...).
    at : dict of ndarray
        Where to differentiate.

    Returns
    -------
    dict of ndarray
        For each name, the derivatives (size of that argument, *shape of the result).

    Raises
    ------
    BorrowedGradientError
        Inside ``withheld()``.
    """
    if not _lent_out.get():
        raise BorrowedGradientError("bptt.exact is the reference that your function is compared with")
    found = {}
    for name, value in at.items():
        nudges = STEP * np.eye(value.size).reshape(value.size, *value.shape)
        found[name] = forward(**{**at, name: value + 1j * nudges}).imag / STEP
    return found


def gradients(forward: Callable[..., Array], at: dict[str, Array], upstream: Array) -> Gradients:
    r"""Differentiate :math:`J = \sum \mathrm{upstream} \odot \mathrm{forward}(\mathrm{at})` for all of ``at``.

    Parameters
    ----------
    forward : callable
        As for ``responses``.
    at : dict of ndarray
        Where to differentiate.
    upstream : ndarray
        Gradient of J with respect to what ``forward`` returns; of the same shape.

    Returns
    -------
    dict of ndarray
        ``"d" + name`` for each name in ``at``, of the same shape.

    Raises
    ------
    BorrowedGradientError
        Inside ``withheld()``.
    """
    return {
        "d" + name: np.tensordot(answers, upstream, upstream.ndim).reshape(at[name].shape)
        for name, answers in responses(forward, at).items()
    }


def rnn_cell_dz(da_next: Array, cache: RNNCellCache) -> Array:
    r"""Exact :math:`\partial J / \partial z` of one RNN cell, where :math:`a^{\langle t \rangle} = \tanh(z)`.

    Parameters
    ----------
    da_next : ndarray (n_a, m)
    cache : RNNCellCache

    Returns
    -------
    ndarray (n_a, m)
    """
    _, a_prev, xt, parameters = cache

    def a_next(z: Array) -> Array:
        # A bias with one column for each example is added to z as it stands, so its gradient is z's.
        shifted = {**parameters, "ba": parameters["ba"] + z}
        return rnn_cell_forward(xt, a_prev, shifted)[0]

    return gradients(a_next, {"z": np.zeros(da_next.shape)}, da_next)["dz"]


def rnn_cell_inputs_backward(dz: Array, cache: RNNCellCache) -> Gradients:
    """Exact gradients of what flows into an RNN cell, from the gradient of its state before tanh.

    Parameters
    ----------
    dz : ndarray (n_a, m)
    cache : RNNCellCache

    Returns
    -------
    dict
        ``dxt (n_x, m), da_prev (n_a, m)``.
    """

    def z(xt: Array, a_prev: Array) -> Array:
        return rnn_cell_z(xt, a_prev, cache.parameters)

    return gradients(z, {"xt": cache.xt, "a_prev": cache.a_prev}, dz)


def rnn_cell_parameters_backward(dz: Array, cache: RNNCellCache) -> Gradients:
    """Exact gradients of an RNN cell's parameters, from the gradient of its state before tanh.

    Parameters
    ----------
    dz : ndarray (n_a, m)
    cache : RNNCellCache

    Returns
    -------
    dict
        ``dWax (n_a, n_x), dWaa (n_a, n_a), dba (n_a, 1)``.
    """

    def z(**weights: Array) -> Array:
        return rnn_cell_z(cache.xt, cache.a_prev, weights)

    return gradients(z, {name: cache.parameters[name] for name in ("Wax", "Waa", "ba")}, dz)


def rnn_cell_backward(da_next: Array, cache: RNNCellCache) -> Gradients:
    """Exact gradients of one RNN cell, with the signature of the learner's own function.

    Parameters
    ----------
    da_next : ndarray (n_a, m)
        Gradient of the loss with respect to the state that the cell computed.
    cache : RNNCellCache

    Returns
    -------
    dict
        ``dxt (n_x, m), da_prev (n_a, m), dWax (n_a, n_x), dWaa (n_a, n_a), dba (n_a, 1)``.
    """
    _, a_prev, xt, parameters = cache

    def a_next(xt: Array, a_prev: Array, **weights: Array) -> Array:
        return rnn_cell_forward(xt, a_prev, {**parameters, **weights})[0]

    weights = {name: parameters[name] for name in ("Wax", "Waa", "ba")}
    return gradients(a_next, {"xt": xt, "a_prev": a_prev, **weights}, da_next)


def rnn_backward(da: Array, caches: RNNCaches) -> Gradients:
    """Exact gradients of an RNN over a sequence, with the signature of the learner's own function.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches

    Returns
    -------
    dict
        ``dx (n_x, m, T_x), da0 (n_a, m), dWax (n_a, n_x), dWaa (n_a, n_a), dba (n_a, 1)``.
    """
    first = caches.steps[0]

    def a(x: Array, a0: Array, **weights: Array) -> Array:
        return rnn_forward(x, a0, {**first.parameters, **weights})[0]

    weights = {name: first.parameters[name] for name in ("Wax", "Waa", "ba")}
    return gradients(a, {"x": caches.x, "a0": first.a_prev, **weights}, da)


def output_backward(y_pred: Array, y: Array, a: Array, Wya: Array) -> Gradients:
    r"""Exact gradients of the prediction and its loss at every step, with the signature of the learner's own function.

    .. math::

        L = -\sum_{t, j, i} y^{\langle t \rangle}_{ij} \log \hat y^{\langle t \rangle}_{ij}, \quad
        \hat y^{\langle t \rangle} = \mathrm{softmax}(W_{ya} a^{\langle t \rangle} + b_y)

    Parameters
    ----------
    y_pred : ndarray (n_y, m, T_x)
        Predicted probabilities.
    y : ndarray (n_y, m, T_x)
        The right class of each example at each step, one-hot.
    a : ndarray (n_a, m, T_x)
    Wya : ndarray (n_y, n_a)

    Returns
    -------
    dict
        ``da_loss (n_a, m, T_x), dWya (n_y, n_a), dby (n_y, 1)``.
    """
    # softmax of log(y_pred) is y_pred, so this forward pass is at the right place without knowing by.
    at = {"a": a, "Wya": Wya, "by": np.zeros((len(Wya), 1))}
    there = output_z(**at)

    def losses(a: Array, Wya: Array, by: Array) -> Array:
        z = np.log(y_pred) + output_z(a, Wya, by) - there
        steps = [-y[..., t] * np.log(softmax(z[..., t])) for t in range(y.shape[-1])]
        return np.stack(steps, axis=-1)

    found = gradients(losses, at, np.ones_like(y))
    return {"da_loss": found["da"], "dWya": found["dWya"], "dby": found["dby"]}


def rnn_backward_truncated(da: Array, caches: RNNCaches, steps: int) -> Gradients:
    """Gradients of a sequence when the loss of each step is followed back through at most ``steps`` cells.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches
    steps : int
        How many cells the gradient of one loss passes: 1 is the cell of its own step alone.

    Returns
    -------
    dict
        ``dx (n_x, m, T_x), da0 (n_a, m), dWax (n_a, n_x), dWaa (n_a, n_a), dba (n_a, 1)``.

    References
    ----------
    R. J. Williams and J. Peng, "An efficient gradient-based algorithm for on-line training of recurrent network
    trajectories", Neural Computation 2(4), 1990.
    """
    first = caches.steps[0]
    total = {"dx": np.zeros(caches.x.shape), "da0": np.zeros(first.a_prev.shape)}
    total |= {f"d{name}": np.zeros(first.parameters[name].shape) for name in ("Wax", "Waa", "ba")}
    for k in np.flatnonzero(da.any(axis=(0, 1))).tolist():
        start = max(0, k - steps + 1)
        window = RNNCaches(caches.steps[start : k + 1], caches.x[..., start : k + 1])
        only_k = np.zeros((*da.shape[:2], k + 1 - start))
        only_k[..., -1] = da[..., k]
        found = rnn_backward(only_k, window)
        total["dx"][..., start : k + 1] += found["dx"]
        total["da0"] += found["da0"] if k < steps else 0
        for name in ("dWax", "dWaa", "dba"):
            total[name] += found[name]
    return total


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
    """Exact gradients of all that enters a weighted input.

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
    return gradients(lambda **entered: weighted_input_forward(**entered)[0], at, dZ)


def fan_out(dc: Array, cache: FanOutCache) -> Gradients:
    """Exact gradients of a value that is used twice, and of what its two uses made of it.

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
    """Exact gradients of all that enters two layers.

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
    return gradients(lambda **entered: two_layer_forward(**entered)[0], at, dY)


def numerical_gradient(f: Callable[[Array], Array], x: Array, h: float) -> Array:  # noqa: ARG001 - the learner's needs h
    """Exact gradient of a function with one result, with the signature of the learner's approximation.

    Parameters
    ----------
    f : callable
        From an array to a number; as ``forward`` in ``responses``.
    x : ndarray
    h : float
        The nudge of an approximation; nothing here depends on it.

    Returns
    -------
    ndarray of the shape of x
    """
    return gradients(f, {"x": x}, np.ones(()))["dx"]

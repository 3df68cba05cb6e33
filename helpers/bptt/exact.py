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

import numpy as np

from bptt.rnn import RNNCaches, RNNCellCache, rnn_cell_forward, rnn_cell_z, rnn_forward
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


def lent(function: Callable[..., Gradients]) -> Callable[..., Gradients]:
    """Let a function of this module answer inside ``withheld()`` too, as the stand-in for an earlier exercise."""

    @wraps(function)
    def answering(*arguments: object) -> Gradients:
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

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

import numpy as np

from bptt.rnn import RNNCellCache, rnn_cell_forward, rnn_cell_z
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


def gradients(forward: Callable[..., Array], at: dict[str, Array], upstream: Array) -> Gradients:
    r"""Differentiate :math:`J = \sum \mathrm{upstream} \odot \mathrm{forward}(\mathrm{at})` for all of ``at``.

    All entries of one argument are perturbed at once, each in its own copy, stacked along a new first axis.

    Parameters
    ----------
    forward : callable
        Takes the entries of ``at`` as keyword arguments. It must be made of analytic operations that leave leading
        axes alone (``@``, ``+``, ``np.tanh``, ...).
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
    if not _lent_out.get():
        message = "bptt.exact is the reference that your function is compared with; your function has to compute it"
        raise BorrowedGradientError(message)
    found = {}
    for name, value in at.items():
        nudges = STEP * np.eye(value.size).reshape(value.size, *value.shape)
        out = forward(**{**at, name: value + 1j * nudges})
        stacked = np.broadcast_to(out, (value.size, *upstream.shape))
        per_entry = (upstream * stacked.imag).reshape(value.size, -1).sum(axis=1) / STEP
        found["d" + name] = per_entry.reshape(value.shape)
    return found


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

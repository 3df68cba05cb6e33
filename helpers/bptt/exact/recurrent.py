"""Exact gradients of any cell with one state, and of a sequence of such cells."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bptt.exact.complex_step import gradients
from bptt.types import Array, Gradients, Parameters

StateUpdate = Callable[[Array, Array, Parameters], Array]
"""From ``xt (n_x, m)``, ``a_prev (n_a, m)`` and the parameters to ``a_next (n_a, m)``."""


def cell_backward(state: StateUpdate, names: Iterable[str], da_next: Array, cache: Any) -> Gradients:  # noqa: ANN401 - of any cell
    """Differentiate one cell with respect to its input, its previous state and its parameters.

    Parameters
    ----------
    state : callable
        The cell's forward pass, of operations that ``gradients`` can follow.
    names : iterable of str
        Of the parameters to differentiate for.
    da_next : ndarray (n_a, m)
    cache : named tuple
        With ``xt``, ``a_prev`` and ``parameters``.

    Returns
    -------
    dict
        ``dxt (n_x, m), da_prev (n_a, m)`` and ``"d" + name`` for each parameter.
    """

    def a_next(xt: Array, a_prev: Array, **weights: Array) -> Array:
        return state(xt, a_prev, {**cache.parameters, **weights})

    weights = {name: cache.parameters[name] for name in names}
    return gradients(a_next, {"xt": cache.xt, "a_prev": cache.a_prev, **weights}, da_next)


def sequence_backward(state: StateUpdate, names: Iterable[str], da: Array, caches: Any) -> Gradients:  # noqa: ANN401
    """Differentiate a sequence of cells with respect to its inputs, its first state and its parameters.

    Parameters
    ----------
    state, names
        As for ``cell_backward``.
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : named tuple
        With ``steps``, the cache of each cell, and ``x (n_x, m, T_x)``.

    Returns
    -------
    dict
        ``dx (n_x, m, T_x), da0 (n_a, m)`` and ``"d" + name`` for each parameter.
    """
    first = caches.steps[0]

    def a(x: Array, a0: Array, **weights: Array) -> Array:
        parameters, states = {**first.parameters, **weights}, [a0]
        for t in range(x.shape[-1]):
            states.append(state(x[..., t], states[-1], parameters))
        return np.stack(states[1:], axis=-1)

    weights = {name: first.parameters[name] for name in names}
    return gradients(a, {"x": caches.x, "a0": first.a_prev, **weights}, da)

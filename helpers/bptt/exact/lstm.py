"""Exact gradients of the LSTM: one cell, in stages and as a whole, and a sequence of cells."""

import numpy as np

from bptt.activations import sigmoid
from bptt.exact.complex_step import gradients
from bptt.lstm import LSTMCaches, LSTMCellCache, lstm_cell_states, lstm_cell_z, lstm_forward
from bptt.types import Array, Gradients

PARAMETERS = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")
_Z = ("zf", "zi", "zc", "zo")


def lstm_cell_dc(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Array:
    r"""Exact gradient of an LSTM cell's memory :math:`c^{\langle t \rangle}`, which has two uses.

    It enters the hidden state, :math:`a^{\langle t \rangle} = o \odot \tanh(c^{\langle t \rangle})`, and the memory of
    the next step.

    Parameters
    ----------
    da_next, dc_next : ndarray (n_a, m)
    cache : LSTMCellCache

    Returns
    -------
    ndarray (n_a, m)
    """

    def uses(c_next: Array) -> Array:
        return np.concatenate([cache.ot * np.tanh(c_next), c_next], axis=-2)

    return gradients(uses, {"c_next": cache.c_next}, np.concatenate([da_next, dc_next]))["dc_next"]


def lstm_cell_gates_backward(da_next: Array, dc: Array, cache: LSTMCellCache) -> Gradients:
    """Exact gradients of an LSTM cell's gates before their activations.

    Parameters
    ----------
    da_next : ndarray (n_a, m)
    dc : ndarray (n_a, m)
        Gradient of the memory, with what it gets through ``a_next`` already in it.
    cache : LSTMCellCache

    Returns
    -------
    dict
        ``dzf, dzi, dzc, dzo``, each (n_a, m).
    """
    z = dict(zip(_Z, lstm_cell_z(cache.xt, cache.a_prev, cache.parameters), strict=True))

    def hidden_state(zo: Array) -> Array:
        # The memory is constant here, because what reaches it through a_next is in dc.
        return sigmoid(zo) * np.tanh(cache.c_next)

    def memory(zf: Array, zi: Array, zc: Array) -> Array:
        return lstm_cell_states(zf, zi, zc, z["zo"], cache.c_prev)[1]

    of_memory = gradients(memory, {name: z[name] for name in ("zf", "zi", "zc")}, dc)
    return {**of_memory, **gradients(hidden_state, {"zo": z["zo"]}, da_next)}


def lstm_cell_dz(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    """Exact gradients of all gates before their activations, stacked, and of the old memory.

    Parameters
    ----------
    da_next, dc_next : ndarray (n_a, m)
    cache : LSTMCellCache

    Returns
    -------
    dict
        ``dz (4 n_a, m)``, in the order f, i, c, o; ``dc_prev (n_a, m)``.
    """
    memory = lstm_cell_dc(da_next, dc_next, cache)
    gates = lstm_cell_gates_backward(da_next, memory, cache)
    old_memory = gradients(lambda c_prev: cache.ft * c_prev, {"c_prev": cache.c_prev}, memory)
    return {"dz": np.concatenate([gates[f"d{z}"] for z in _Z]), **old_memory}


def lstm_cell_parameters_backward(dzf: Array, dzi: Array, dzc: Array, dzo: Array, cache: LSTMCellCache) -> Gradients:
    """Exact gradients of an LSTM cell's parameters, from those of its gates before their activations.

    Parameters
    ----------
    dzf, dzi, dzc, dzo : ndarray (n_a, m)
    cache : LSTMCellCache

    Returns
    -------
    dict
        ``dWf, dWi, dWc, dWo (n_a, n_a + n_x), dbf, dbi, dbc, dbo (n_a, 1)``.
    """

    def z(**weights: Array) -> Array:
        return _concatenate_features(*lstm_cell_z(cache.xt, cache.a_prev, {**cache.parameters, **weights}))

    weights = {name: cache.parameters[name] for name in PARAMETERS}
    return gradients(z, weights, np.concatenate([dzf, dzi, dzc, dzo]))


def lstm_cell_inputs_backward(  # noqa: PLR0913, PLR0917 - the learner's signature
    dc: Array, dzf: Array, dzi: Array, dzc: Array, dzo: Array, cache: LSTMCellCache
) -> Gradients:
    """Exact gradients of an LSTM cell's inputs and previous states, from those of its memory and of its gates.

    Parameters
    ----------
    dc : ndarray (n_a, m)
    dzf, dzi, dzc, dzo : ndarray (n_a, m)
        Gradients of the gates before their activations.
    cache : LSTMCellCache

    Returns
    -------
    dict
        ``dxt (n_x, m), da_prev (n_a, m), dc_prev (n_a, m)``.
    """

    def z(xt: Array, a_prev: Array) -> Array:
        return _concatenate_features(*lstm_cell_z(xt, a_prev, cache.parameters))

    def c_next(c_prev: Array) -> Array:
        return cache.ft * c_prev + cache.it * cache.cct

    through_gates = gradients(z, {"xt": cache.xt, "a_prev": cache.a_prev}, np.concatenate([dzf, dzi, dzc, dzo]))
    return {**through_gates, **gradients(c_next, {"c_prev": cache.c_prev}, dc)}


def lstm_cell_backward(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    """Exact gradients of one LSTM cell, with the signature of the learner's own function.

    Parameters
    ----------
    da_next, dc_next : ndarray (n_a, m)
        Gradients of the loss with respect to the hidden state and the memory that the cell computed; in ``dc_next``
        only what the memory gets from the next step.
    cache : LSTMCellCache

    Returns
    -------
    dict
        ``dxt (n_x, m), da_prev, dc_prev (n_a, m), dWf, dWi, dWc, dWo (n_a, n_a + n_x), dbf, dbi, dbc, dbo (n_a, 1)``.
    """

    def states(xt: Array, a_prev: Array, c_prev: Array, **weights: Array) -> Array:
        a_next, c_next, _ = lstm_cell_states(*lstm_cell_z(xt, a_prev, weights), c_prev)
        return _concatenate_features(a_next, c_next)

    weights = {name: cache.parameters[name] for name in PARAMETERS}
    at = {"xt": cache.xt, "a_prev": cache.a_prev, "c_prev": cache.c_prev, **weights}
    return gradients(states, at, np.concatenate([da_next, dc_next]))


def lstm_backward(da: Array, caches: LSTMCaches) -> Gradients:
    """Exact gradients of an LSTM over a sequence, with the signature of the learner's own function.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : LSTMCaches

    Returns
    -------
    dict
        ``dx (n_x, m, T_x), da0 (n_a, m), dWf, dWi, dWc, dWo (n_a, n_a + n_x), dbf, dbi, dbc, dbo (n_a, 1)``.
    """
    first = caches.steps[0]

    def a(x: Array, a0: Array, **weights: Array) -> Array:
        return lstm_forward(x, a0, {**first.parameters, **weights})[0]

    weights = {name: first.parameters[name] for name in PARAMETERS}
    return gradients(a, {"x": caches.x, "a0": first.a_prev, **weights}, da)


def _concatenate_features(*states: Array) -> Array:
    # A result that does not depend on the nudged argument has no axis for its copies.
    return np.concatenate(np.broadcast_arrays(*states), axis=-2)

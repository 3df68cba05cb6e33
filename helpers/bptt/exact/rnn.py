"""Exact gradients of the RNN: one cell, a sequence, and the predictions."""

import numpy as np

from bptt.activations import softmax
from bptt.exact.complex_step import gradients
from bptt.exact.recurrent import cell_backward, sequence_backward
from bptt.rnn import RNNCaches, RNNCellCache, output_z, rnn_cell_state, rnn_cell_z
from bptt.types import Array, Gradients

PARAMETERS = ("Wax", "Waa", "ba")


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
        return rnn_cell_state(xt, a_prev, shifted)

    return gradients(a_next, {"z": np.zeros(da_next.shape)}, da_next)["dz"]


def rnn_cell_inputs_backward(dz: Array, cache: RNNCellCache) -> Gradients:
    """Exact gradients of an RNN cell's input and previous state, from the gradient of its state before tanh.

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

    return gradients(z, {name: cache.parameters[name] for name in PARAMETERS}, dz)


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
    return cell_backward(rnn_cell_state, PARAMETERS, da_next, cache)


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
    return sequence_backward(rnn_cell_state, PARAMETERS, da, caches)


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
        The right class of each example at each step, one-hot. Where a step's loss has a weight, y_pred and y are both
        multiplied by it; it may be zero.
    a : ndarray (n_a, m, T_x)
    Wya : ndarray (n_y, n_a)

    Returns
    -------
    dict
        ``da_loss (n_a, m, T_x), dWya (n_y, n_a), dby (n_y, 1)``.
    """
    # softmax of log(y_pred) is y_pred, so this forward pass gives the right probabilities without by, which is unknown.
    at = {"a": a, "Wya": Wya, "by": np.zeros((len(Wya), 1))}
    unnudged = output_z(**at)
    # Without a weight there is no prediction to recover, and any other one will do.
    log_y_pred = np.log(np.where(y_pred.sum(axis=0) == 0, 1, y_pred))

    def losses(a: Array, Wya: Array, by: Array) -> Array:
        z = log_y_pred + output_z(a, Wya, by) - unnudged
        steps = [-y[..., t] * np.log(softmax(z[..., t])) for t in range(y.shape[-1])]
        return np.stack(steps, axis=-1)

    exact = gradients(losses, at, np.ones_like(y))
    return {"da_loss": exact["da"], "dWya": exact["dWya"], "dby": exact["dby"]}


def rnn_backward_truncated(da: Array, caches: RNNCaches, steps: int) -> Gradients:
    """Gradients of truncated backpropagation: the loss of each step goes back through at most ``steps`` cells.

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
    total |= {f"d{name}": np.zeros(first.parameters[name].shape) for name in PARAMETERS}
    for k in np.flatnonzero(da.any(axis=(0, 1))).tolist():
        start = max(0, k - steps + 1)
        window = RNNCaches(caches.steps[start : k + 1], caches.x[..., start : k + 1])
        only_k = np.zeros((*da.shape[:2], k + 1 - start))
        only_k[..., -1] = da[..., k]
        part = rnn_backward(only_k, window)
        total["dx"][..., start : k + 1] += part["dx"]
        total["da0"] += part["da0"] if k < steps else 0
        for name in ("dWax", "dWaa", "dba"):
            total[name] += part[name]
    return total

"""What learners write for one RNN cell: right ways, and each known mistake as code of its own.

The mistakes are written here as learners make them, not as the catalogue predicts them, so that each proves the other.
"""

import numpy as np


def tidy(da_next, cache):
    dz = da_next * (1 - cache.a_next**2)
    return back(dz, cache)


def back(dz, cache, **instead):
    _, a_prev, xt, parameters = cache
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    } | instead


def recomputes_tanh(da_next, cache):
    _, a_prev, xt, parameters = cache
    z = parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]
    return back((1 - np.tanh(z) ** 2) * da_next, cache)


def einsum(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = np.einsum("ij,ij->ij", da_next, 1 - a_next * a_next)
    return {
        "dxt": np.einsum("ik,ij->kj", parameters["Wax"], dz),
        "da_prev": np.einsum("ik,ij->kj", parameters["Waa"], dz),
        "dWax": np.einsum("ij,kj->ik", dz, xt),
        "dWaa": np.einsum("ij,kj->ik", dz, a_prev),
        "dba": np.einsum("ij->i", dz)[:, None],
    }


def loops(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    gradients = {
        "dxt": np.zeros_like(xt),
        "da_prev": np.zeros_like(a_prev),
        "dWax": np.zeros_like(parameters["Wax"]),
        "dWaa": np.zeros_like(parameters["Waa"]),
        "dba": np.zeros_like(parameters["ba"]),
    }
    for i, j in np.ndindex(a_next.shape):
        dz = da_next[i, j] / np.cosh(np.arctanh(a_next[i, j])) ** 2
        gradients["dxt"][:, j] += parameters["Wax"][i] * dz
        gradients["da_prev"][:, j] += parameters["Waa"][i] * dz
        gradients["dWax"][i] += xt[:, j] * dz
        gradients["dWaa"][i] += a_prev[:, j] * dz
        gradients["dba"][i, 0] += dz
    return gradients


def one_product_for_all(da_next, cache):
    """Put the weights side by side, as LSTMs are often written."""
    _, a_prev, xt, parameters = cache
    dz = da_next * (1 - cache.a_next) * (1 + cache.a_next)
    weights = np.hstack([parameters["Wax"], parameters["Waa"], parameters["ba"]])
    values = np.vstack([xt, a_prev, np.ones((1, xt.shape[1]))])
    d_values, d_weights = weights.T @ dz, dz @ values.T
    n_x, n_a = len(xt), len(a_prev)
    return {
        "dxt": d_values[:n_x],
        "da_prev": d_values[n_x : n_x + n_a],
        "dWax": d_weights[:, :n_x],
        "dWaa": d_weights[:, n_x : n_x + n_a],
        "dba": d_weights[:, n_x + n_a :],
    }


def single_precision(da_next, cache):
    return {name: gradient.astype(np.float32) for name, gradient in tidy(da_next, cache).items()}


RIGHT = (tidy, recomputes_tanh, einsum, loops, one_product_for_all, single_precision)


def _in_place(da_next, cache):
    da_next *= 1 - cache.a_next**2
    return back(da_next, cache)


def _dz(da_next, cache):
    return da_next * (1 - cache.a_next**2)


ALL = ("dxt", "da_prev", "dWax", "dWaa", "dba")

# id of the mistake: the gradients it spoils, and code that makes it.
WRONG = {
    "missing-tanh-derivative": (ALL, back),
    "ignored-da-next": (ALL, lambda d, c: back(1 - c.a_next**2, c)),
    "derivative-of-a-prev": (ALL, lambda d, c: back(d * (1 - c.a_prev**2), c)),
    "tanh-applied-twice": (ALL, lambda d, c: back(d * (1 - np.tanh(c.a_next) ** 2), c)),
    "square-forgotten": (ALL, lambda d, c: back(d * (1 - c.a_next), c)),
    "sigmoid-derivative": (ALL, lambda d, c: back(d * c.a_next * (1 - c.a_next), c)),
    "square-outside": (ALL, lambda d, c: back(d * (1 - c.a_next) ** 2, c)),
    "slope-counted-twice": (ALL, lambda d, c: back(_dz(d, c) * (1 - c.a_next**2), c)),
    "input-gradient-transposed": (
        ("dxt", "da_prev"),
        lambda d, c: back(
            _dz(d, c), c, dxt=_dz(d, c).T @ c.parameters["Wax"], da_prev=_dz(d, c).T @ c.parameters["Waa"]
        ),
    ),
    "untransposed-Waa": (("da_prev",), lambda d, c: back(_dz(d, c), c, da_prev=c.parameters["Waa"] @ _dz(d, c))),
    "weight-gradient-transposed": (
        ("dWax", "dWaa"),
        lambda d, c: back(_dz(d, c), c, dWax=c.xt @ _dz(d, c).T, dWaa=c.a_prev @ _dz(d, c).T),
    ),
    "dWaa-uses-a-next": (("dWaa",), lambda d, c: back(_dz(d, c), c, dWaa=np.dot(_dz(d, c), c.a_next.T))),
    "sum-without-keepdims": (("dba",), lambda d, c: back(_dz(d, c), c, dba=np.sum(_dz(d, c), axis=1))),
    "bias-summed-over-wrong-axis": (
        ("dba",),
        lambda d, c: back(_dz(d, c), c, dba=np.sum(_dz(d, c), axis=0, keepdims=True)),
    ),
    "bias-not-summed": (("dba",), lambda d, c: back(_dz(d, c), c, dba=_dz(d, c))),
    "bias-is-mean": (("dba",), lambda d, c: back(_dz(d, c), c, dba=np.mean(_dz(d, c), axis=1, keepdims=True))),
    "averaged-over-examples": (
        ("dWax", "dWaa", "dba"),
        lambda d, c: back(
            _dz(d, c),
            c,
            dWax=_dz(d, c) @ c.xt.T / d.shape[1],
            dWaa=_dz(d, c) @ c.a_prev.T / d.shape[1],
            dba=_dz(d, c).mean(axis=1, keepdims=True),
        ),
    ),
    "input-changed-in-place": (ALL, _in_place),
}

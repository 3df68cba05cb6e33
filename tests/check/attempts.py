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
INPUTS, WEIGHTS = ALL[:2], ALL[2:4]


def with_slope(slope):
    return lambda d, c: back(d * slope(c), c)


def instead(**spoilt):
    """Write some of the lines otherwise, each from ``dz``, ``da_next`` and the cache."""

    def rnn_cell_backward(da_next, cache):
        dz = _dz(da_next, cache)
        return back(dz, cache, **{name: line(dz, da_next, cache) for name, line in spoilt.items()})

    return rnn_cell_backward


def _z(cache):
    return cache.parameters["Wax"] @ cache.xt + cache.parameters["Waa"] @ cache.a_prev + cache.parameters["ba"]


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _weight_gradients_first(da_next, cache):
    dz = _dz(da_next, cache)
    dWax, dWaa = dz @ cache.xt.T, dz @ cache.a_prev.T
    return back(dz, cache, dxt=dWax.T @ dz, da_prev=dWaa.T @ dz)


def _input_gradients_first(da_next, cache):
    dz = _dz(da_next, cache)
    dxt, da_prev = cache.parameters["Wax"].T @ dz, cache.parameters["Waa"].T @ dz
    return back(dz, cache, dWax=dz @ dxt.T, dWaa=dz @ da_prev.T)


def _zeros(da_next, cache):
    gradients = tidy(da_next, cache)
    return gradients | {"dWaa": np.zeros_like(gradients["dWaa"])}


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
    "a-next-for-da-next": (ALL, lambda d, c: back(_dz(c.a_next, c), c)),
    "square-inside-tanh": (ALL, with_slope(lambda c: 1 - np.tanh(c.a_next**2))),
    "plus-in-slope": (ALL, with_slope(lambda c: 1 + np.square(c.a_next))),
    "sign-reversed": (ALL, with_slope(lambda c: c.a_next**2 - 1)),
    "one-over-m": (ALL, lambda d, c: back(_dz(d, c) / d.shape[1], c)),
    "one-minus-forgotten": (ALL, with_slope(lambda c: c.a_next * c.a_next)),
    "value-for-slope": (ALL, with_slope(lambda c: np.tanh(_z(c)))),
    "divided-by-slope": (ALL, lambda d, c: back(d / (1 - c.a_next**2), c)),
    "slope-split-by-parentheses": (ALL, lambda d, c: back(1 - c.a_next**2 * d, c)),
    "z-for-its-tanh": (ALL, with_slope(lambda c: 1 - _z(c) ** 2)),
    "z-is-incomplete": (
        ALL,
        with_slope(lambda c: 1 - np.tanh(c.parameters["Wax"] @ c.xt + c.parameters["Waa"] @ c.a_prev) ** 2),
    ),
    "z-made-with-a-next": (ALL, with_slope(lambda c: 1 - np.tanh(_z(c._replace(a_prev=c.a_next))) ** 2)),
    "gradient-for-weights": (INPUTS, _weight_gradients_first),
    "input-gradients-mixed-up": (
        INPUTS,
        lambda d, c: tidy(d, c) | {"dxt": tidy(d, c)["da_prev"], "da_prev": tidy(d, c)["dxt"]},
    ),
    "through-the-tanh-before": (
        ("da_prev",),
        instead(da_prev=lambda dz, d, c: (1 - c.a_prev**2) * (c.parameters["Waa"].T @ dz)),
    ),
    "dz-for-da-prev": (("da_prev",), instead(da_prev=lambda dz, d, c: dz)),
    "value-for-gradient": (("da_prev",), instead(da_prev=lambda dz, d, c: c.a_prev)),
    "still-zero": (("dWaa",), _zeros),
    "bias-summed-over-everything": (("dba",), instead(dba=lambda dz, d, c: np.sum(dz))),
    "gradient-for-input": (WEIGHTS, _input_gradients_first),
    "weight-gradients-mixed-up": (
        WEIGHTS,
        lambda d, c: tidy(d, c) | {"dWax": tidy(d, c)["dWaa"], "dWaa": tidy(d, c)["dWax"]},
    ),
}

# The same mistakes, written otherwise or in some lines only.
ALSO_WRONG = [
    ("missing-tanh-derivative", ("dWax",), instead(dWax=lambda dz, d, c: d @ c.xt.T)),
    ("missing-tanh-derivative", ("dWaa",), instead(dWaa=lambda dz, d, c: np.dot(d, c.a_prev.T))),
    ("missing-tanh-derivative", ("dxt",), instead(dxt=lambda dz, d, c: c.parameters["Wax"].T @ d)),
    ("missing-tanh-derivative", ("da_prev",), instead(da_prev=lambda dz, d, c: c.parameters["Waa"].T @ d)),
    ("missing-tanh-derivative", ("dba",), instead(dba=lambda dz, d, c: np.sum(d, axis=1, keepdims=True))),
    (
        "missing-tanh-derivative",
        ("da_prev", "dba"),
        instead(da_prev=lambda dz, d, c: c.parameters["Waa"].T @ d, dba=lambda dz, d, c: d.sum(axis=1, keepdims=True)),
    ),
    ("derivative-of-a-prev", ALL, with_slope(lambda c: 1 - np.tanh(c.a_prev) ** 2)),
    ("tanh-applied-twice", ALL, with_slope(lambda c: 1 - np.tanh(c.a_next))),
    ("tanh-applied-twice", ALL, with_slope(lambda c: 1 - np.tanh(np.tanh(_z(c))) ** 2)),
    ("square-inside-tanh", ALL, with_slope(lambda c: 1 - np.tanh(_z(c) ** 2))),
    ("square-forgotten", ALL, with_slope(lambda c: 1 - np.tanh(_z(c)))),
    ("sign-reversed", ALL, lambda d, c: back(-_dz(d, c), c)),
    ("sign-reversed", ("dba",), instead(dba=lambda dz, d, c: -dz.sum(axis=1, keepdims=True))),
    ("one-over-m", ("dxt",), instead(dxt=lambda dz, d, c: c.parameters["Wax"].T @ dz / d.shape[1])),
    ("one-minus-forgotten", ALL, with_slope(lambda c: np.tanh(_z(c)) ** 2)),
    ("value-for-slope", ALL, with_slope(lambda c: c.a_next)),
    ("value-for-slope", ALL, with_slope(lambda c: np.tanh(c.a_next))),
    ("slope-split-by-parentheses", ALL, lambda d, c: back(d * 1 - c.a_next**2, c)),
    ("slope-split-by-parentheses", ALL, lambda d, c: back(d - c.a_next**2, c)),
    ("sigmoid-derivative", ALL, with_slope(lambda c: _sigmoid(c.a_next) * (1 - _sigmoid(c.a_next)))),
    ("sigmoid-derivative", ALL, with_slope(lambda c: _sigmoid(_z(c)) * (1 - _sigmoid(_z(c))))),
    ("slope-counted-twice", ("dxt",), instead(dxt=lambda dz, d, c: c.parameters["Wax"].T @ (dz * (1 - c.a_next**2)))),
    (
        "slope-counted-twice",
        WEIGHTS,
        instead(
            dWax=lambda dz, d, c: (1 - c.a_next**2) * dz @ c.xt.T,
            dWaa=lambda dz, d, c: (1 - c.a_next**2) * dz @ c.a_prev.T,
        ),
    ),
    *(
        ("z-is-incomplete", ALL, with_slope(lambda c, of=of: 1 - np.tanh(of(c, **c.parameters)) ** 2))
        for of in (
            lambda c, Wax, **_: Wax @ c.xt,
            lambda c, Waa, **_: Waa @ c.a_prev,
            lambda c, Wax, ba, **_: Wax @ c.xt + ba,
            lambda c, Waa, ba, **_: Waa @ c.a_prev + ba,
        )
    ),
    ("gradient-for-weights", ("da_prev",), instead(da_prev=lambda dz, d, c: (dz @ c.a_prev.T).T @ dz)),
    ("gradient-for-weights", ("da_prev",), instead(da_prev=lambda dz, d, c: dz @ c.a_prev.T @ dz)),
    ("gradient-for-weights", ("dxt",), instead(dxt=lambda dz, d, c: (dz @ c.xt.T).T @ dz)),
    ("gradient-for-input", ("dWaa",), instead(dWaa=lambda dz, d, c: dz @ (c.parameters["Waa"].T @ dz).T)),
    ("input-gradients-mixed-up", ("dxt",), instead(dxt=lambda dz, d, c: c.parameters["Waa"].T @ dz)),
    ("input-gradients-mixed-up", ("da_prev",), instead(da_prev=lambda dz, d, c: c.parameters["Wax"].T @ dz)),
    ("weight-gradients-mixed-up", ("dWax",), instead(dWax=lambda dz, d, c: dz @ c.a_prev.T)),
    ("weight-gradients-mixed-up", ("dWaa",), instead(dWaa=lambda dz, d, c: dz @ c.xt.T)),
    ("value-for-gradient", ("da_prev",), instead(da_prev=lambda dz, d, c: c.a_next)),
    ("value-for-gradient", ("dxt",), instead(dxt=lambda dz, d, c: c.xt)),
    (
        "value-for-gradient",
        ("dWaa", "dba"),
        lambda d, c: tidy(d, c) | {f"d{n}": c.parameters[n] for n in ("Waa", "ba")},
    ),
    (
        "still-zero",
        ("da_prev", "dba"),
        instead(da_prev=lambda dz, d, c: np.zeros_like(dz), dba=lambda dz, d, c: np.zeros((len(dz), 1))),
    ),
    ("bias-summed-over-everything", ("dba",), instead(dba=lambda dz, d, c: np.sum(dz, keepdims=True))),
    ("bias-summed-over-everything", ("dba",), instead(dba=lambda dz, d, c: np.zeros((len(dz), 1)) + np.sum(dz))),
    ("bias-summed-over-everything", ("dba",), instead(dba=lambda dz, d, c: np.mean(dz))),
]

# Close to one of the mistakes above, and none of them.
NEIGHBOURS = [
    (ALL, with_slope(lambda c: 1 - 2 * c.a_next)),
    (ALL, with_slope(lambda c: 2 * c.a_next)),
    (ALL, with_slope(lambda c: 1 - c.a_next**3)),
    (ALL, with_slope(lambda c: 1 / (1 + c.a_next**2))),
    (ALL, with_slope(lambda c: 1 - c.a_next * c.a_prev)),
    (ALL, with_slope(lambda c: 1 / np.cosh(_z(c)))),
    (ALL, with_slope(lambda c: np.tanh(1 - c.a_next**2))),
    (ALL, with_slope(lambda c: 1 - np.tanh(_z(c) + c.parameters["ba"]) ** 2)),
    (ALL, with_slope(lambda c: c.a_next * (1 - c.a_next**2))),
    (ALL, with_slope(lambda c: 1 - (c.a_next**2).mean(axis=1, keepdims=True))),
    (ALL, lambda d, c: back(_dz(d, c) + d, c)),
    (ALL, lambda d, c: back(1 - (c.a_next * d) ** 2, c)),
    (ALL, lambda d, c: back(c.parameters["Waa"].T @ _dz(d, c), c)),
    (("dxt",), instead(dxt=lambda dz, d, c: c.parameters["Wax"].T @ c.a_next)),
    (("da_prev",), instead(da_prev=lambda dz, d, c: c.parameters["Waa"].T @ dz * c.a_prev)),
    (("da_prev",), instead(da_prev=lambda dz, d, c: c.parameters["Waa"].T @ dz + d)),
    (("dWax",), instead(dWax=lambda dz, d, c: dz @ c.a_next.T)),
    (("dWaa",), instead(dWaa=lambda dz, d, c: dz @ dz.T)),
    (("dba",), instead(dba=lambda dz, d, c: dz.max(axis=1, keepdims=True))),
    (("dba",), instead(dba=lambda dz, d, c: dz.mean(axis=0, keepdims=True))),
    (("dba",), instead(dba=lambda dz, d, c: dz.sum(axis=1, keepdims=True) / len(dz))),
]

"""Right numbers by nudging every entry, each function by a forward pass of its own. METHOD is chosen by the test."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_central_differences(loss, at, step=1e-6):
    found = {}
    for name, value in at.items():
        gradient = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            here = value[index]
            value[index] = here + step
            up = loss(**at)
            value[index] = here - step
            gradient[index] = (up - loss(**at)) / (2 * step)
            value[index] = here
        found["d" + name] = gradient
    return found


def by_complex_steps(loss, at):
    found = {}
    for name, value in at.items():
        gradient, nudged = np.zeros_like(value), value.astype(complex)
        for index in np.ndindex(value.shape):
            here = nudged[index]
            nudged[index] = here + 1e-30j
            gradient[index] = loss(**{**at, name: nudged}).imag / 1e-30
            nudged[index] = here
        found["d" + name] = gradient
    return found


METHOD = by_central_differences


def some(cache, *names):
    return {name: cache.parameters[name].copy() for name in names}


def tanh_backward(da, a):
    return METHOD(lambda z: (da * np.tanh(z)).sum(), {"z": np.arctanh(a)})["dz"]


def sigmoid_backward(da, a):
    return METHOD(lambda z: (da * sigmoid(z)).sum(), {"z": np.log(a / (1 - a))})["dz"]


def weighted_input_backward(dZ, cache):
    at = {"W": cache.W.copy(), "b": cache.b.copy(), "X": cache.X.copy()}
    return METHOD(lambda W, b, X: (dZ * (W @ X + b)).sum(), at)


def fan_out(dc, cache):
    dx = METHOD(lambda x: (dc * np.tanh(x) * sigmoid(x)).sum(), {"x": cache.x.copy()})["dx"]
    return {"dp": dc * cache.q, "dq": dc * cache.p, "dx": dx}


def two_layer_backward(dY, cache):
    first, _, second, _ = cache

    def loss(W1, b1, W2, b2, X):
        A1 = np.tanh(W1 @ X + b1)
        return (dY * A1 * sigmoid(W2 @ A1 + b2)).sum()

    at = {"W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b, "X": first.X}
    return METHOD(loss, {name: value.copy() for name, value in at.items()})


def rnn_cell_dz(da_next, cache):
    return METHOD(lambda z: (da_next * np.tanh(z)).sum(), {"z": np.arctanh(cache.a_next)})["dz"]


def rnn_cell_inputs_backward(dz, cache):
    Wax, Waa = cache.parameters["Wax"], cache.parameters["Waa"]
    at = {"xt": cache.xt.copy(), "a_prev": cache.a_prev.copy()}
    return METHOD(lambda xt, a_prev: (dz * (Wax @ xt + Waa @ a_prev)).sum(), at)


def rnn_cell_parameters_backward(dz, cache):
    return METHOD(
        lambda Wax, Waa, ba: (dz * (Wax @ cache.xt + Waa @ cache.a_prev + ba)).sum(), some(cache, "Wax", "Waa", "ba")
    )


def rnn_cell_backward(da_next, cache):
    at = {"xt": cache.xt.copy(), "a_prev": cache.a_prev.copy(), **some(cache, "Wax", "Waa", "ba")}
    return METHOD(lambda xt, a_prev, Wax, Waa, ba: (da_next * np.tanh(Wax @ xt + Waa @ a_prev + ba)).sum(), at)


def output_backward(y_pred, y, a, Wya):
    scores, unnudged = np.log(y_pred), np.einsum("ij,jmt->imt", Wya, a)

    def loss(a, Wya, by):
        power = np.exp(scores + np.einsum("ij,jmt->imt", Wya, a) - unnudged + by[:, :, None])
        return -(y * np.log(power / power.sum(axis=0))).sum()

    found = METHOD(loss, {"a": a.copy(), "Wya": Wya.copy(), "by": np.zeros((len(Wya), 1))})
    return {"da_loss": found["da"], "dWya": found["dWya"], "dby": found["dby"]}


def rnn_backward(da, caches):
    def loss(x, a0, Wax, Waa, ba):
        a, total = a0, 0
        for t in range(da.shape[2]):
            a = np.tanh(Wax @ x[:, :, t] + Waa @ a + ba)
            total = total + (da[:, :, t] * a).sum()
        return total

    first = caches.steps[0]
    return METHOD(loss, {"x": caches.x.copy(), "a0": first.a_prev.copy(), **some(first, "Wax", "Waa", "ba")})


WEIGHTS = [kind + gate for gate in "fico" for kind in "Wb"]


def lstm_cell(xt, a_prev, c_prev, weights):
    inputs = np.concatenate([a_prev, xt])
    ft, it, ot = (sigmoid(weights["W" + gate] @ inputs + weights["b" + gate]) for gate in "fio")
    c_next = ft * c_prev + it * np.tanh(weights["Wc"] @ inputs + weights["bc"])
    return ot * np.tanh(c_next), c_next


def lstm_cell_dc(da_next, dc_next, cache):
    def loss(c_next):
        return (da_next * cache.ot * np.tanh(c_next) + dc_next * c_next).sum()

    return METHOD(loss, {"c_next": cache.c_next.copy()})["dc_next"]


def lstm_cell_gates_backward(da_next, dc, cache):
    def loss(zf, zi, zc, zo):
        c_next = sigmoid(zf) * cache.c_prev + sigmoid(zi) * np.tanh(zc)
        return (dc * c_next + da_next * sigmoid(zo) * np.tanh(cache.c_next)).sum()

    gates = {"zf": cache.ft, "zi": cache.it, "zo": cache.ot}
    at = {name: np.log(gate / (1 - gate)) for name, gate in gates.items()}
    return METHOD(loss, at | {"zc": np.arctanh(cache.cct)})


def lstm_cell_parameters_backward(dzf, dzi, dzc, dzo, cache):
    inputs, dz = np.concatenate([cache.a_prev, cache.xt]), {"f": dzf, "i": dzi, "c": dzc, "o": dzo}

    def loss(**weights):
        return sum((dz[gate] * (weights["W" + gate] @ inputs + weights["b" + gate])).sum() for gate in dz)

    return METHOD(loss, some(cache, *WEIGHTS))


def lstm_cell_inputs_backward(dc, dzf, dzi, dzc, dzo, cache):  # noqa: PLR0913, PLR0917 - the lesson's signature
    dz, weights = {"f": dzf, "i": dzi, "c": dzc, "o": dzo}, cache.parameters

    def loss(xt, a_prev, c_prev):
        inputs = np.concatenate([a_prev, xt])
        return sum((dz[gate] * (weights["W" + gate] @ inputs)).sum() for gate in dz) + (dc * cache.ft * c_prev).sum()

    return METHOD(loss, {name: getattr(cache, name).copy() for name in ("xt", "a_prev", "c_prev")})


def lstm_cell_backward(da_next, dc_next, cache):
    def loss(xt, a_prev, c_prev, **weights):
        a_next, c_next = lstm_cell(xt, a_prev, c_prev, weights)
        return (da_next * a_next + dc_next * c_next).sum()

    at = {name: getattr(cache, name).copy() for name in ("xt", "a_prev", "c_prev")}
    return METHOD(loss, at | some(cache, *WEIGHTS))


def lstm_cell_dz(da_next, dc_next, cache):
    def loss(zf, zi, zc, zo, c_prev):
        c_next = sigmoid(zf) * c_prev + sigmoid(zi) * np.tanh(zc)
        return (da_next * sigmoid(zo) * np.tanh(c_next) + dc_next * c_next).sum()

    at = {name: np.log(gate / (1 - gate)) for name, gate in (("zf", cache.ft), ("zi", cache.it), ("zo", cache.ot))}
    found = METHOD(loss, at | {"zc": np.arctanh(cache.cct), "c_prev": cache.c_prev.copy()})
    return {"dz": np.concatenate([found["dz" + gate] for gate in "fico"]), "dc_prev": found["dc_prev"]}


def lstm_backward(da, caches):
    def loss(x, a0, **weights):
        a, c, total = a0, caches.steps[0].c_prev, 0
        for t in range(da.shape[2]):
            a, c = lstm_cell(x[:, :, t], a, c, weights)
            total = total + (da[:, :, t] * a).sum()
        return total

    return METHOD(loss, {"x": caches.x.copy(), "a0": caches.steps[0].a_prev.copy(), **some(caches.steps[0], *WEIGHTS)})


lstm_backward_fused = lstm_backward


def many_to_one_upstream(da_last, lengths, T_x):
    n_a, m = da_last.shape
    each = np.arange(m)
    return METHOD(lambda a: (da_last * a[:, each, lengths - 1]).sum(), {"a": np.zeros((n_a, m, T_x))})["da"]


def embedding_backward(dx, words, n_words):
    return METHOD(lambda E: (dx * E[:, words]).sum(), {"E": np.zeros((len(dx), n_words))})["dE"]


def letter_gradients(parameters, inputs, targets, weight):
    examples = np.arange(len(inputs))

    def loss(Wax, Waa, ba, Wya, by):
        a, total = np.zeros((len(Waa), len(inputs))), 0
        for t in range(inputs.shape[1]):
            a = np.tanh(Wax[:, inputs[:, t]] + Waa @ a + ba)
            power = np.exp(Wya @ a + by)
            total = total - (weight[:, t] * np.log(power[targets[:, t], examples] / power.sum(axis=0))).sum()
        return total

    return METHOD(loss, {name: value.copy() for name, value in parameters.items()})

"""The right way back, as slowly as honest learners write it: in loops over entries, with NumPy for each of them."""

import numpy as np

from bptt.letter_model import letter_forward


def product(A, B):
    out = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            out[i, j] = np.sum(A[i, :] * B[:, j])
    return out


def each(function, *arrays):
    out = np.zeros(arrays[0].shape)
    for index in np.ndindex(out.shape):
        out[index] = function(*(array[index] for array in arrays))
    return out


def row_sums(D):
    out = np.zeros((D.shape[0], 1))
    for i in range(D.shape[0]):
        for j in range(D.shape[1]):
            out[i, 0] += D[i, j]
    return out


def tanh_backward(da, a):
    return each(lambda da, a: da * (1 - a**2), da, a)


def sigmoid_backward(da, a):
    return each(lambda da, a: da * a * (1 - a), da, a)


def weighted_input_backward(dZ, cache):
    return {"dW": product(dZ, cache.X.T), "db": row_sums(dZ), "dX": product(cache.W.T, dZ)}


def fan_out(dc, cache):
    dp, dq = each(lambda a, b: a * b, dc, cache.q), each(lambda a, b: a * b, dc, cache.p)
    dx = each(lambda dp, dq, p, q: dp * (1 - p * p) + dq * q * (1 - q), dp, dq, cache.p, cache.q)
    return {"dp": dp, "dq": dq, "dx": dx}


def two_layer_backward(dY, cache):
    first, A1, second, A2 = cache
    dZ2 = each(lambda d, a, b: d * a * b * (1 - b), dY, A1, A2)
    dA1 = each(lambda d, a: d * a, dY, A2) + product(second.W.T, dZ2)
    dZ1 = each(lambda d, a: d * (1 - a * a), dA1, A1)
    return {
        "dW1": product(dZ1, first.X.T),
        "db1": row_sums(dZ1),
        "dW2": product(dZ2, A1.T),
        "db2": row_sums(dZ2),
        "dX": product(first.W.T, dZ1),
    }


def rnn_cell_dz(da_next, cache):
    return each(lambda da, a: da * (1 - a**2), da_next, cache.a_next)


def rnn_cell_inputs_backward(dz, cache):
    return {"dxt": product(cache.parameters["Wax"].T, dz), "da_prev": product(cache.parameters["Waa"].T, dz)}


def rnn_cell_parameters_backward(dz, cache):
    return {"dWax": product(dz, cache.xt.T), "dWaa": product(dz, cache.a_prev.T), "dba": row_sums(dz)}


def whole_rnn_cell(da_next, cache):
    dz, weights = each(lambda da, a: da * (1 - a**2), da_next, cache.a_next), cache.parameters
    return {
        "dxt": product(weights["Wax"].T, dz),
        "da_prev": product(weights["Waa"].T, dz),
        "dWax": product(dz, cache.xt.T),
        "dWaa": product(dz, cache.a_prev.T),
        "dba": row_sums(dz),
    }


def rnn_cell_backward(da_next, cache):
    return whole_rnn_cell(da_next, cache)


def output_backward(y_pred, y, a, Wya):
    dz, da_loss = each(lambda p, y: p - y, y_pred, y), np.zeros(a.shape)
    dWya, dby = np.zeros(Wya.shape), np.zeros((len(Wya), 1))
    for t in range(a.shape[2]):
        da_loss[:, :, t] = product(Wya.T, dz[:, :, t])
        dWya += product(dz[:, :, t], a[:, :, t].T)
        dby += row_sums(dz[:, :, t])
    return {"da_loss": da_loss, "dWya": dWya, "dby": dby}


def backward_over_time(da, caches, cell):
    dx, da_next, total = np.zeros(caches.x.shape), np.zeros(da.shape[:2]), {}
    dc_next = da_next
    for t in reversed(range(da.shape[2])):
        step = cell(da[:, :, t] + da_next, dc_next, caches.steps[t])
        dx[:, :, t], da_next = step.pop("dxt"), step.pop("da_prev")
        dc_next = step.pop("dc_prev", dc_next)
        total = {name: total.get(name, 0) + gradient for name, gradient in step.items()}
    return {"dx": dx, "da0": da_next, **total}


def rnn_backward(da, caches):
    return backward_over_time(da, caches, lambda da_next, _, cache: whole_rnn_cell(da_next, cache))


def rnn_backward_per_loss(da, caches):
    total = {}
    for k in range(da.shape[2]):
        da_next, dx, sums = da[:, :, k], np.zeros(caches.x.shape), {}
        for t in range(k, -1, -1):
            step = rnn_cell_backward(da_next, caches.steps[t])
            dx[:, :, t], da_next = step.pop("dxt"), step.pop("da_prev")
            sums = {name: sums.get(name, 0) + gradient for name, gradient in step.items()}
        total = {name: total.get(name, 0) + value for name, value in {"dx": dx, "da0": da_next, **sums}.items()}
    return total


def lstm_cell_dc(da_next, dc_next, cache):
    return each(lambda da, dc, o, c: dc + da * o * (1 - np.tanh(c) ** 2), da_next, dc_next, cache.ot, cache.c_next)


def gates(da_next, dc, cache):
    return {
        "dzf": each(lambda d, c, f: d * c * f * (1 - f), dc, cache.c_prev, cache.ft),
        "dzi": each(lambda d, c, i: d * c * i * (1 - i), dc, cache.cct, cache.it),
        "dzc": each(lambda d, i, c: d * i * (1 - c * c), dc, cache.it, cache.cct),
        "dzo": each(lambda d, c, o: d * np.tanh(c) * o * (1 - o), da_next, cache.c_next, cache.ot),
    }


def lstm_cell_gates_backward(da_next, dc, cache):
    return gates(da_next, dc, cache)


def parameters(dz, cache):
    inputs = np.concatenate([cache.a_prev, cache.xt])
    weights = {"dW" + gate: product(dz["dz" + gate], inputs.T) for gate in "fico"}
    return weights | {"db" + gate: row_sums(dz["dz" + gate]) for gate in "fico"}


def lstm_cell_parameters_backward(dzf, dzi, dzc, dzo, cache):
    return parameters({"dzf": dzf, "dzi": dzi, "dzc": dzc, "dzo": dzo}, cache)


def inflow(dc, dz, cache):
    tall, n_a = sum(product(cache.parameters["W" + gate].T, dz["dz" + gate]) for gate in "fico"), len(cache.a_prev)
    return {"dxt": tall[n_a:], "da_prev": tall[:n_a], "dc_prev": each(lambda d, f: d * f, dc, cache.ft)}


def lstm_cell_inputs_backward(dc, dzf, dzi, dzc, dzo, cache):  # noqa: PLR0913, PLR0917 - the lesson's signature
    return inflow(dc, {"dzf": dzf, "dzi": dzi, "dzc": dzc, "dzo": dzo}, cache)


def whole_lstm_cell(da_next, dc_next, cache):
    dc = each(lambda da, dc, o, c: dc + da * o * (1 - np.tanh(c) ** 2), da_next, dc_next, cache.ot, cache.c_next)
    dz = gates(da_next, dc, cache)
    return {**inflow(dc, dz, cache), **parameters(dz, cache)}


def lstm_cell_backward(da_next, dc_next, cache):
    return whole_lstm_cell(da_next, dc_next, cache)


def lstm_cell_dz(da_next, dc_next, cache):
    dc = each(lambda da, dc, o, c: dc + da * o * (1 - np.tanh(c) ** 2), da_next, dc_next, cache.ot, cache.c_next)
    return {"dz": np.concatenate(list(gates(da_next, dc, cache).values())), "dc_prev": dc * cache.ft}


def lstm_backward(da, caches):
    return backward_over_time(da, caches, whole_lstm_cell)


lstm_backward_fused = lstm_backward


def many_to_one_upstream(da_last, lengths, T_x):
    da = np.zeros((*da_last.shape, T_x))
    for i, j, t in np.ndindex(da.shape):
        if t == lengths[j] - 1:
            da[i, j, t] = da_last[i, j]
    return da


def embedding_backward(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    for i, j, t in np.ndindex(dx.shape):
        dE[i, words[j, t]] += dx[i, j, t]
    return dE


def letter_gradients(parameters, inputs, targets, weight):
    y_pred, a, caches = letter_forward(parameters, inputs)
    dz = y_pred.copy()
    for j, t in np.ndindex(weight.shape):
        dz[targets[j, t], j, t] -= 1
        dz[:, j, t] *= weight[j, t]
    da, dWya, dby = np.zeros(a.shape), np.zeros(parameters["Wya"].shape), np.zeros(parameters["by"].shape)
    for t in range(a.shape[2]):
        da[:, :, t] = product(parameters["Wya"].T, dz[:, :, t])
        dWya += product(dz[:, :, t], a[:, :, t].T)
        dby += row_sums(dz[:, :, t])
    cells = backward_over_time(da, caches, lambda da_next, _, cache: whole_rnn_cell(da_next, cache))
    return {"dWya": dWya, "dby": dby} | {name: cells[name] for name in ("dWax", "dWaa", "dba")}

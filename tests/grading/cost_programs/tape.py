"""A right reverse pass over a tape of single numbers: as slow as it gets without nudging."""

import numpy as np


class Number:
    def __init__(self, value, *parents):
        self.value, self.parents, self.gradient = value, parents, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return Number(self.value * other.value, (self, other.value), (other, self.value))

    def tanh(self):
        value = float(np.tanh(self.value))
        return Number(value, (self, 1 - value * value))


def tape(array):
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        out[index] = Number(float(array[index]))
    return out


def gradient(numbers):
    return np.vectorize(lambda number: number.gradient, otypes=[float])(numbers)


def go_back(ends):
    order, seen, waiting = [], set(), [(number, False) for number in ends]
    while waiting:
        number, ready = waiting.pop()
        if ready:
            order.append(number)
        elif id(number) not in seen:
            seen.add(id(number))
            waiting.append((number, True))
            waiting.extend((parent, False) for parent, _ in number.parents)
    for number in reversed(order):
        for parent, slope in number.parents:
            parent.gradient += slope * number.gradient


def dot(W, x):
    out = np.empty((W.shape[0], x.shape[1]), dtype=object)
    for i, j in np.ndindex(out.shape):
        total = W[i, 0] * x[0, j]
        for k in range(1, W.shape[1]):
            total = total + W[i, k] * x[k, j]
        out[i, j] = total
    return out


def rnn_cell_backward(da_next, cache):
    xt, a_prev = tape(cache.xt), tape(cache.a_prev)
    Wax, Waa, ba = (tape(cache.parameters[name]) for name in ("Wax", "Waa", "ba"))
    z = dot(Wax, xt) + dot(Waa, a_prev)
    a_next = [(z[i, j] + ba[i, 0]).tanh() for i, j in np.ndindex(z.shape)]
    for number, upstream in zip(a_next, da_next.ravel(), strict=True):
        number.gradient = float(upstream)
    go_back(a_next)
    taped = {"dxt": xt, "da_prev": a_prev, "dWax": Wax, "dWaa": Waa, "dba": ba}
    return {name: gradient(numbers) for name, numbers in taped.items()}

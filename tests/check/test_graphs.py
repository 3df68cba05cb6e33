"""Small graphs, and the proof of a gradient: right ways pass, each mistake is named, two at once too."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from bptt import check, exact, graphs, inputs
from bptt.check.diagnose import all_mistakes

SEEDS = [1, 2, 3, 7001]


def tanh_backward(da, a):
    return da * (1 - a**2)


def sigmoid_backward(da, a):
    return da * a * (1 - a)


def weighted_input_backward(dZ, cache):
    X, W, _ = cache
    return {"dW": dZ @ X.T, "db": dZ.sum(axis=1, keepdims=True), "dX": W.T @ dZ}


def fan_out(dc, cache):
    dp, dq = dc * cache.q, dc * cache.p
    return {"dp": dp, "dq": dq, "dx": tanh_backward(dp, cache.p) + sigmoid_backward(dq, cache.q)}


def numerical_gradient(f, x, h):
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        dx[index] = (f(up) - f(down)) / (2 * h)
    return dx


def relative_error(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / scale if scale else 0.0


def two_layer_backward(dY, cache):
    second = weighted_input_backward(sigmoid_backward(dY * cache.A1, cache.A2), cache.second)
    dA1 = dY * cache.A2 + second["dX"]
    first = weighted_input_backward(tanh_backward(dA1, cache.A1), cache.first)
    return {"dW1": first["dW"], "db1": first["db"], "dW2": second["dW"], "db2": second["db"], "dX": first["dX"]}


def fan_out_without_earlier_functions(dc, cache):
    x, _, _ = cache
    dp = dc / (1 + np.exp(-x))
    dq = dc * np.tanh(x)
    slope = np.exp(-x) / (1 + np.exp(-x)) ** 2
    return {"dp": dp, "dq": dq, "dx": np.sum([dp / np.cosh(x) ** 2, dq * slope], axis=0)}


def nudged_in_place_and_back(f, x, h):
    dx = np.empty(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] += h
            up = f(x)
            x[i, j] -= 2 * h
            down = f(x)
            x[i, j] += h
            dx[i, j] = (up - down) / 2 / h
    return dx


def five_places(f, x, h):
    def entry(i):
        step = h * (np.arange(x.size) == i).reshape(x.shape)
        return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * h)

    return np.array([entry(i) for i in range(x.size)]).reshape(x.shape)


def by_complex_step(f, x, h):
    return np.array(
        [f(x + 1j * h * (np.arange(x.size) == i).reshape(x.shape)).imag / h for i in range(x.size)]
    ).reshape(x.shape)


def with_a_tiny_denominator(a, b):
    return float(np.max(np.abs(a - b)) / (np.maximum(np.max(np.abs(a)), np.max(np.abs(b))) + 1e-12))


def in_plain_python(a, b):
    largest = max(abs(value) for value in [*a.flat, *b.flat])
    return max(abs(u - v) for u, v in zip(a.flat, b.flat, strict=True)) / largest if largest else 0


def two_layer_without_earlier_functions(dY, cache):
    (X, W1, _), A1, (_, W2, _), A2 = cache
    dZ2 = dY * A1 * A2 * (1 - A2)
    dZ1 = (dY * A2 + np.einsum("ik,ij->kj", W2, dZ2)) * (1 - A1 * A1)
    return {
        "dW1": np.einsum("ij,kj->ik", dZ1, X),
        "db1": dZ1 @ np.ones((X.shape[1], 1)),
        "dW2": dZ2 @ A1.T,
        "db2": dZ2.sum(axis=1)[:, None],
        "dX": W1.T @ dZ1,
    }


RIGHT = {
    "tanh_backward": [
        tanh_backward,
        lambda da, a: da * (1 + a) * (1 - a),
        lambda da, a: da / np.cosh(np.arctanh(a)) ** 2,
        lambda da, a: tanh_backward(da, a).astype(np.float32),
    ],
    "sigmoid_backward": [sigmoid_backward, lambda da, a: da * (a - a**2), lambda da, a: np.multiply(da * (1 - a), a)],
    "weighted_input_backward": [
        weighted_input_backward,
        lambda dZ, c: {
            "dW": sum(np.outer(dZ[:, j], c.X[:, j]) for j in range(dZ.shape[1])),
            "db": np.reshape(np.sum(dZ, axis=1), (-1, 1)),
            "dX": (dZ.T @ c.W).T,
        },
    ],
    "fan_out": [fan_out, fan_out_without_earlier_functions],
    "numerical_gradient": [numerical_gradient, nudged_in_place_and_back, five_places, by_complex_step],
    "relative_error": [relative_error, with_a_tiny_denominator, in_plain_python],
    "two_layer_backward": [two_layer_backward, two_layer_without_earlier_functions],
}


def own(**functions):
    """Give a two-layer function learners' slips: by name, what each takes the place of."""

    def two_layer_backward(dY, cache):
        steps = {
            "dA2": lambda: dY * cache.A1,
            "dZ2": lambda dA2: dA2 * cache.A2 * (1 - cache.A2),
            "dA1": lambda dZ2: dY * cache.A2 + cache.second.W.T @ dZ2,
            "dZ1": lambda dA1: dA1 * (1 - cache.A1**2),
            "dX": lambda dZ1, _: cache.first.W.T @ dZ1,
        }
        wrong = {name: lambda *given, f=f: f(dY, cache, *given) for name, f in functions.items()}
        steps |= wrong
        dZ2 = steps["dZ2"](steps["dA2"]())
        dZ1 = steps["dZ1"](steps["dA1"](dZ2))
        return {
            "dW1": dZ1 @ cache.first.X.T,
            "db1": dZ1.sum(axis=1, keepdims=True),
            "dW2": dZ2 @ cache.A1.T,
            "db2": dZ2.sum(axis=1, keepdims=True),
            "dX": steps["dX"](dZ1, dZ2),
        }

    return two_layer_backward


def layers(given):
    """Send the gradient through both layers, each with its gradient and its cache."""

    def two_layer_backward(dY, cache):
        dZ2 = dY * cache.A1 * cache.A2 * (1 - cache.A2)
        dZ1 = (dY * cache.A2 + cache.second.W.T @ dZ2) * (1 - cache.A1**2)
        dZ_first, first_cache, dZ_second, second_cache = given(dZ1, dZ2, cache)
        first = weighted_input_backward(dZ_first, first_cache)
        second = weighted_input_backward(dZ_second, second_cache)
        return {"dW1": first["dW"], "db1": first["db"], "dW2": second["dW"], "db2": second["db"], "dX": first["dX"]}

    return two_layer_backward


def nudges(f, x, h, up_and_down, divide):
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        dx[index] = divide(*up_and_down(f, x, h, index), h)
    return dx


def both_nudged(f, x, h, index):
    up, down = x.copy(), x.copy()
    up[index] += h
    down[index] -= h
    return f(up), f(down)


def up_alone(f, x, h, index):
    up = x.copy()
    up[index] += h
    return f(up), f(x)


def down_alone(f, x, h, index):
    return both_nudged(f, x, h, index)[1], f(x)


def second_name(f, x, h, index):
    x = x.copy()
    up = x
    up[index] += h
    down = x
    down[index] -= h
    return f(up), f(down)


def two_copies_for_all(f, x, h):
    up, down, dx = x.copy(), x.copy(), np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up[index] += h
        down[index] -= h
        dx[index] = (f(up) - f(down)) / (2 * h)
    return dx


def left_below(f, x, h):
    x, dx = x.copy(), np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        dx[index] = (up - f(x)) / (2 * h)
    return dx


def left_above(f, x, h):
    nudged, dx = x.copy(), np.zeros_like(x)
    for index in np.ndindex(x.shape):
        nudged[index] += h
        dx[index] = (f(nudged) - f(x)) / h
    return dx


def first_entry_alone(f, x, h):
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        dx[index] = two_h(*both_nudged(f, x, h, index), h)
        break
    return dx


def two_h(up, down, h):
    return (up - down) / (2 * h)


def numerical(up_and_down=both_nudged, divide=two_h):
    return lambda f, x, h: nudges(f, x, h, up_and_down, divide)


def change(function, **spoilt):
    """Change some of what a right function returns, after the arguments of the call."""
    return lambda *given: function(*given) | {name: spoil(*given) for name, spoil in spoilt.items()}


def to_p(dc, cache):
    return dc * cache.q


def to_q(dc, cache):
    return dc * cache.p


def factors(dp_line, dq_line):
    """Write the two lines of the product, and go on from their results in the right way."""

    def fan_out(dc, cache):
        dp, dq = dp_line(dc, cache), dq_line(dc, cache)
        return {"dp": dp, "dq": dq, "dx": tanh_backward(dp, cache.p) + sigmoid_backward(dq, cache.q)}

    return fan_out


def sizes(a, b):
    return np.abs(a).max(), np.abs(b).max()


def over(above, below):
    return above / below if below else 0.0


SIGMA = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
ALL = ("dW1", "db1", "dW2", "db2", "dX")
BELOW = ("dW1", "db1", "dX")

# Exercise: id of the mistake, what it spoils, and code that makes it.
WRONG = [
    ("tanh_backward", "missing-tanh-derivative", "dz", lambda da, a: da),
    ("tanh_backward", "ignored-da", "dz", lambda da, a: 1 - a**2),
    ("tanh_backward", "tanh-applied-twice", "dz", lambda da, a: da * (1 - np.tanh(a) ** 2)),
    ("tanh_backward", "tanh-applied-twice", "dz", lambda da, a: da / np.cosh(a) ** 2),
    ("tanh_backward", "square-forgotten", "dz", lambda da, a: da * (1 - a)),
    ("tanh_backward", "slopes-exchanged", "dz", sigmoid_backward),
    *(
        ("tanh_backward", identifier, "dz", function)
        for identifier, function in (
            ("tanh-applied-twice", lambda da, a: da * (1 - np.tanh(a))),
            ("square-inside-tanh", lambda da, a: da * (1 - np.tanh(a**2))),
            ("square-outside", lambda da, a: da * (1 - a) ** 2),
            ("plus-in-slope", lambda da, a: da * (1 + a**2)),
            ("plus-in-slope", lambda da, a: da / np.cos(np.arctan(a)) ** 2),
            ("sign-reversed", lambda da, a: da * (a**2 - 1)),
            ("one-minus-forgotten", lambda da, a: da * np.square(a)),
            ("value-for-slope", lambda da, a: da * a),
            ("value-for-slope", lambda da, a: da * np.tanh(a)),
            ("divided-by-slope", lambda da, a: da / (1 - a**2)),
            ("slope-split-by-parentheses", lambda da, a: 1 - a**2 * da),
            ("slope-split-by-parentheses", lambda da, a: da * 1 - a**2),
            ("slope-counted-twice", lambda da, a: da * (1 - a**2) ** 2),
            ("arguments-exchanged", lambda da, a: a * (1 - da**2)),
            ("a-for-da", lambda da, a: a * (1 - a**2)),
            ("slopes-exchanged", lambda da, a: da * SIGMA(a) * (1 - SIGMA(a))),
            ("value-for-gradient", lambda da, a: a),
            ("still-zero", lambda da, a: np.zeros_like(da)),
        )
    ),
    *(
        ("sigmoid_backward", identifier, "dz", function)
        for identifier, function in (
            ("square-in-sigmoid-slope", lambda da, a: da * a * (1 - a**2)),
            ("square-in-sigmoid-slope", lambda da, a: da * a * (1 - a) ** 2),
            ("square-in-sigmoid-slope", lambda da, a: da * a**2 * (1 - a)),
            ("plus-in-slope", lambda da, a: da * a * (1 + a)),
            ("sign-reversed", lambda da, a: da * a * (a - 1)),
            ("divided-by-slope", lambda da, a: da / (a * (1 - a))),
            ("slope-split-by-parentheses", lambda da, a: da * a * 1 - a),
            ("slope-split-by-parentheses", lambda da, a: da * a - a**2),
            ("slope-split-by-parentheses", lambda da, a: a - a**2 * da),
            ("slope-split-by-parentheses", lambda da, a: da * 1 - a),
            ("slope-counted-twice", lambda da, a: da * (a * (1 - a)) ** 2),
            ("arguments-exchanged", lambda da, a: a * da * (1 - da)),
            ("a-for-da", lambda da, a: a**2 * (1 - a)),
            ("slopes-exchanged", lambda da, a: da * (1 - np.tanh(a) ** 2)),
            ("value-for-gradient", lambda da, a: a),
            ("still-zero", lambda da, a: 0 * da),
        )
    ),
    ("sigmoid_backward", "missing-sigmoid-derivative", "dz", lambda da, a: da),
    ("sigmoid_backward", "ignored-da", "dz", lambda da, a: a * (1 - a)),
    ("sigmoid_backward", "sigmoid-applied-twice", "dz", lambda da, a: da * SIGMA(a) * (1 - SIGMA(a))),
    ("sigmoid_backward", "factor-forgotten", "dz", lambda da, a: da * (1 - a)),
    ("sigmoid_backward", "factor-forgotten", "dz", lambda da, a: da * a),
    ("sigmoid_backward", "slopes-exchanged", "dz", tanh_backward),
    *(
        ("weighted_input_backward", identifier, name, change(weighted_input_backward, **{name: spoil}))
        for identifier, name, spoil in (
            ("weight-gradient-transposed", "dW", lambda dZ, c: c.X @ dZ.T),
            ("input-gradient-transposed", "dX", lambda dZ, c: dZ.T @ c.W),
            ("sum-without-keepdims", "db", lambda dZ, c: np.sum(dZ, axis=1)),
            ("bias-summed-over-wrong-axis", "db", lambda dZ, c: np.sum(dZ, axis=0, keepdims=True)),
            ("bias-summed-over-wrong-axis", "db", lambda dZ, c: dZ.sum(axis=0)),
            ("bias-summed-over-everything", "db", lambda dZ, c: np.sum(dZ)),
            ("bias-summed-over-everything", "db", lambda dZ, c: np.sum(dZ, keepdims=True)),
            ("bias-is-mean", "db", lambda dZ, c: dZ.mean(axis=1, keepdims=True)),
            ("bias-summed-over-everything", "db", lambda dZ, c: np.zeros_like(c.b) + dZ.sum()),
            ("bias-summed-over-everything", "db", lambda dZ, c: np.mean(dZ)),
            ("bias-not-summed", "db", lambda dZ, c: dZ),
            ("gradient-for-weights", "dX", lambda dZ, c: (dZ @ c.X.T).T @ dZ),
            ("gradient-for-input", "dW", lambda dZ, c: dZ @ (c.W.T @ dZ).T),
            ("gradients-mixed-up", "dX", lambda dZ, c: dZ @ c.X.T),
            ("gradients-mixed-up", "dW", lambda dZ, c: c.W.T @ dZ),
            ("value-for-gradient", "dW", lambda dZ, c: c.W),
            ("value-for-gradient", "db", lambda dZ, c: c.b),
            ("still-zero", "dX", lambda dZ, c: np.zeros_like(c.X)),
        )
    ),
    (
        "weighted_input_backward",
        "gradients-mixed-up",
        "dW dX",
        change(weighted_input_backward, dW=lambda dZ, c: c.W.T @ dZ, dX=lambda dZ, c: dZ @ c.X.T),
    ),
    (
        "weighted_input_backward",
        "averaged-over-examples",
        "dW db",
        change(
            weighted_input_backward,
            dW=lambda dZ, c: np.dot(dZ, c.X.T) / dZ.shape[1],
            db=lambda dZ, c: dZ.mean(axis=1, keepdims=True),
        ),
    ),
    *(
        ("fan_out", identifier, spoilt, factors(dp, dq))
        for identifier, spoilt, dp, dq in (
            ("product-not-swapped", "dp dq dx", lambda dc, c: dc * c.p, lambda dc, c: dc * c.q),
            ("product-not-swapped", "dp dx", lambda dc, c: dc * c.p, to_q),
            ("product-not-swapped", "dq dx", to_p, lambda dc, c: c.q * dc),
            ("product-treated-as-sum", "dp dq dx", lambda dc, c: dc, lambda dc, c: dc),
            ("product-treated-as-sum", "dp dx", lambda dc, c: dc, to_q),
            ("product-treated-as-sum", "dq dx", to_p, lambda dc, c: dc),
            ("ignored-dc", "dp dq dx", lambda dc, c: c.q, lambda dc, c: c.p),
            ("ignored-dc", "dp dx", lambda dc, c: c.q, to_q),
            ("ignored-dc", "dq dx", to_p, lambda dc, c: c.p),
            ("value-for-gradient", "dp dq dx", lambda dc, c: c.p, lambda dc, c: c.q),
            ("value-for-gradient", "dp dx", lambda dc, c: c.p, to_q),
            ("still-zero", "dp dq dx", lambda dc, c: 0 * dc, lambda dc, c: 0 * dc),
            ("still-zero", "dq dx", to_p, lambda dc, c: np.zeros_like(dc)),
        )
    ),
    *(
        ("fan_out", identifier, "dx", change(fan_out, dx=lambda dc, c, join=join: join(dc * c.q, dc * c.p, c)))
        for identifier, join in (
            ("only-one-use-counted", lambda dp, dq, c: tanh_backward(dp, c.p)),
            ("only-one-use-counted", lambda dp, dq, c: sigmoid_backward(dq, c.q)),
            ("uses-averaged", lambda dp, dq, c: (tanh_backward(dp, c.p) + sigmoid_backward(dq, c.q)) / 2),
            ("uses-subtracted", lambda dp, dq, c: tanh_backward(dp, c.p) - sigmoid_backward(dq, c.q)),
            ("uses-subtracted", lambda dp, dq, c: sigmoid_backward(dq, c.q) - tanh_backward(dp, c.p)),
            ("uses-multiplied", lambda dp, dq, c: tanh_backward(dp, c.p) * sigmoid_backward(dq, c.q)),
            ("missing-activation-derivatives", lambda dp, dq, c: dp + dq),
            ("slopes-exchanged", lambda dp, dq, c: sigmoid_backward(dp, c.p) + tanh_backward(dq, c.q)),
            ("gradients-exchanged", lambda dp, dq, c: tanh_backward(dq, c.p) + sigmoid_backward(dp, c.q)),
            ("gradients-exchanged", lambda dp, dq, c: tanh_backward(dp, c.p) + sigmoid_backward(dp, c.q)),
            ("gradients-exchanged", lambda dp, dq, c: tanh_backward(dq, c.p) + sigmoid_backward(dq, c.q)),
            ("one-use-counted-twice", lambda dp, dq, c: tanh_backward(dp, c.p) + tanh_backward(dp, c.p)),
            ("one-use-counted-twice", lambda dp, dq, c: sigmoid_backward(dq, c.q) + sigmoid_backward(dq, c.q)),
            ("missing-activation-derivatives", lambda dp, dq, c: tanh_backward(dp, c.p) + dq),
            ("missing-activation-derivatives", lambda dp, dq, c: dp + sigmoid_backward(dq, c.q)),
            ("slope-at-the-input", lambda dp, dq, c: tanh_backward(dp, c.x) + sigmoid_backward(dq, c.x)),
            ("slope-at-the-input", lambda dp, dq, c: tanh_backward(dp, c.x) + sigmoid_backward(dq, c.q)),
            ("slope-at-the-input", lambda dp, dq, c: tanh_backward(dp, c.p) + sigmoid_backward(dq, c.x)),
            ("slope-at-the-other-output", lambda dp, dq, c: tanh_backward(dp, c.q) + sigmoid_backward(dq, c.p)),
            ("slope-at-the-other-output", lambda dp, dq, c: tanh_backward(dp, c.p) + sigmoid_backward(dq, c.p)),
            ("activation-applied-twice", lambda dp, dq, c: tanh_backward(dp, np.tanh(c.p)) + sigmoid_backward(dq, c.q)),
            (
                "activation-applied-twice",
                lambda dp, dq, c: tanh_backward(dp, np.tanh(c.p)) + sigmoid_backward(dq, SIGMA(c.q)),
            ),
            ("arguments-exchanged", lambda dp, dq, c: tanh_backward(c.p, dp) + sigmoid_backward(c.q, dq)),
            ("arguments-exchanged", lambda dp, dq, c: tanh_backward(c.p, dp) + sigmoid_backward(dq, c.q)),
            ("ignored-dp-or-dq", lambda dp, dq, c: 1 - c.p**2 + c.q * (1 - c.q)),
            ("ignored-dp-or-dq", lambda dp, dq, c: tanh_backward(dp, c.p) + c.q * (1 - c.q)),
            ("ignored-dp-or-dq", lambda dp, dq, c: 1 - c.p**2 + sigmoid_backward(dq, c.q)),
            ("one-slope-for-both", lambda dp, dq, c: tanh_backward(dp, c.p) + tanh_backward(dq, c.q)),
            ("one-slope-for-both", lambda dp, dq, c: sigmoid_backward(dp, c.p) + sigmoid_backward(dq, c.q)),
            ("value-for-gradient", lambda dp, dq, c: c.x),
            ("still-zero", lambda dp, dq, c: np.zeros_like(dp)),
        )
    ),
    *(
        ("fan_out", "dc-past-the-product", "dx", change(fan_out, dx=join))
        for join in (
            lambda dc, c: tanh_backward(dc, c.p) + sigmoid_backward(dc, c.q),
            lambda dc, c: tanh_backward(dc * c.q, c.p) + sigmoid_backward(dc, c.q),
            lambda dc, c: tanh_backward(dc, c.p) + sigmoid_backward(dc * c.p, c.q),
        )
    ),
    ("numerical_gradient", "one-sided-difference", "dx", numerical(up_alone, lambda up, here, h: (up - here) / h)),
    ("numerical_gradient", "one-sided-difference", "dx", numerical(down_alone, lambda low, here, h: (here - low) / h)),
    ("numerical_gradient", "one-sided-difference", "dx", numerical(up_alone)),
    ("numerical_gradient", "divided-by-h", "dx", numerical(divide=lambda up, down, h: (up - down) / h)),
    ("numerical_gradient", "missing-division", "dx", numerical(divide=lambda up, down, h: up - down)),
    ("numerical_gradient", "missing-parentheses", "dx", numerical(divide=lambda up, down, h: (up - down) / 2 * h)),
    ("numerical_gradient", "divided-by-two-alone", "dx", numerical(divide=lambda up, down, h: (up - down) / 2)),
    ("numerical_gradient", "sign-reversed", "dx", numerical(divide=lambda up, down, h: (down - up) / (2 * h))),
    ("numerical_gradient", "returned-too-early", "dx", first_entry_alone),
    ("numerical_gradient", "all-entries-at-once", "dx", lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)),
    ("numerical_gradient", "all-entries-at-once", "dx", numerical(lambda f, x, h, _: (f(x + h), f(x - h)))),
    ("numerical_gradient", "nudge-not-undone", "dx", two_copies_for_all),
    ("numerical_gradient", "nudge-not-undone", "dx", left_below),
    ("numerical_gradient", "nudge-not-undone", "dx", left_above),
    ("numerical_gradient", "no-difference", "dx", numerical(second_name)),
    ("numerical_gradient", "nudge-not-used", "dx", lambda f, x, _: by_complex_step(f, x, 1e-20)),
    ("numerical_gradient", "nudge-not-used", "dx", lambda f, x, _: numerical_gradient(f, x, 1e-5)),
    *(
        ("relative_error", identifier, "error", function)
        for identifier, function in (
            ("missing-absolute-value", lambda a, b: over((a - b).max(), max(sizes(a, b)))),
            ("missing-absolute-value", lambda a, b: over(np.abs(a - b).max(), max(a.max(), b.max()))),
            ("missing-absolute-value", lambda a, b: over((a - b).max(), np.maximum(a.max(), b.max()))),
            ("absolute-instead-of-relative", lambda a, b: np.max(np.abs(a - b))),
            ("scaled-by-one-array", lambda a, b: over(np.abs(a - b).max(), sizes(a, b)[0])),
            ("scaled-by-one-array", lambda a, b: over(np.abs(a - b).max(), sizes(a, b)[1])),
            ("scaled-by-sum", lambda a, b: over(np.abs(a - b).max(), sum(sizes(a, b)))),
            ("entry-by-entry", lambda a, b: np.max(np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-20))),
            ("entry-by-entry", lambda a, b: np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-20)),
            (
                "other-measure-of-size",
                lambda a, b: over(np.linalg.norm(a - b), max(np.linalg.norm(a), np.linalg.norm(b))),
            ),
            ("other-measure-of-size", lambda a, b: over(np.linalg.norm(a - b), np.linalg.norm(a) + np.linalg.norm(b))),
            ("other-measure-of-size", lambda a, b: over(np.mean(abs(a - b)), max(np.mean(abs(a)), np.mean(abs(b))))),
            ("zero-over-zero", lambda a, b: np.abs(a - b).max() / max(sizes(a, b))),
        )
    ),
    *(
        ("two_layer_backward", identifier, spoilt, own(**steps))
        for identifier, spoilt, steps in (
            (
                "product-not-swapped",
                ALL,
                {"dA2": lambda dY, c: dY * c.A2, "dA1": lambda dY, c, dZ2: dY * c.A1 + c.second.W.T @ dZ2},
            ),
            ("product-not-swapped", ALL, {"dA2": lambda dY, c: dY * c.A2}),
            ("product-not-swapped", BELOW, {"dA1": lambda dY, c, dZ2: dY * c.A1 + c.second.W.T @ dZ2}),
            ("product-treated-as-sum", ALL, {"dA2": lambda dY, c: dY}),
            ("missing-sigmoid-derivative", ALL, {"dZ2": lambda dY, c, dA2: dA2}),
            ("missing-tanh-derivative", BELOW, {"dZ1": lambda dY, c, dA1: dA1}),
            (
                "slopes-exchanged",
                ALL,
                {
                    "dZ2": lambda dY, c, dA2: dA2 * (1 - c.A2**2),
                    "dZ1": lambda dY, c, dA1: dA1 * c.A1 * (1 - c.A1),
                },
            ),
            ("slopes-exchanged", BELOW, {"dZ1": lambda dY, c, dA1: dA1 * c.A1 * (1 - c.A1)}),
            ("slope-at-the-other-layer", ALL, {"dZ2": lambda dY, c, dA2: dA2 * c.A1 * (1 - c.A1)}),
            ("slope-at-the-other-layer", BELOW, {"dZ1": lambda dY, c, dA1: dA1 * (1 - c.A2**2)}),
            ("only-one-use-counted", BELOW, {"dA1": lambda dY, c, dZ2: c.second.W.T @ dZ2}),
            ("only-one-use-counted", BELOW, {"dA1": lambda dY, c, dZ2: dY * c.A2}),
            ("untransposed-W2", BELOW, {"dA1": lambda dY, c, dZ2: dY * c.A2 + c.second.W @ dZ2}),
            ("dX-of-the-second-layer", ("dX",), {"dX": lambda dY, c, dZ1, dZ2: c.second.W.T @ dZ2}),
            ("ignored-dY", ALL, {"dA2": lambda dY, c: c.A1}),
            ("ignored-dY", BELOW, {"dA1": lambda dY, c, dZ2: c.A2 + c.second.W.T @ dZ2}),
            ("product-treated-as-sum", BELOW, {"dA1": lambda dY, c, dZ2: dY + c.second.W.T @ dZ2}),
            ("ignored-dA", ALL, {"dZ2": lambda dY, c, dA2: c.A2 * (1 - c.A2)}),
            ("ignored-dA", BELOW, {"dZ1": lambda dY, c, dA1: 1 - c.A1**2}),
            ("arguments-exchanged", ALL, {"dZ2": lambda dY, c, dA2: sigmoid_backward(c.A2, dA2)}),
            ("arguments-exchanged", BELOW, {"dZ1": lambda dY, c, dA1: tanh_backward(c.A1, dA1)}),
            ("activation-applied-twice", ALL, {"dZ2": lambda dY, c, dA2: sigmoid_backward(dA2, SIGMA(c.A2))}),
            ("activation-applied-twice", BELOW, {"dZ1": lambda dY, c, dA1: tanh_backward(dA1, np.tanh(c.A1))}),
            ("uses-averaged", BELOW, {"dA1": lambda dY, c, dZ2: (dY * c.A2 + c.second.W.T @ dZ2) / 2}),
            ("uses-subtracted", BELOW, {"dA1": lambda dY, c, dZ2: dY * c.A2 - c.second.W.T @ dZ2}),
            ("uses-subtracted", BELOW, {"dA1": lambda dY, c, dZ2: c.second.W.T @ dZ2 - dY * c.A2}),
            ("uses-multiplied", BELOW, {"dA1": lambda dY, c, dZ2: dY * c.A2 * (c.second.W.T @ dZ2)}),
        )
    ),
    *(
        ("two_layer_backward", identifier, spoilt, layers(finish))
        for identifier, spoilt, finish in (
            ("dZ2-in-the-first-layer", BELOW, lambda dZ1, dZ2, c: (dZ2, c.first, dZ2, c.second)),
            ("cache-of-the-second-layer", ("dW1", "dX"), lambda dZ1, dZ2, c: (dZ1, c.second, dZ2, c.second)),
        )
    ),
    *(
        ("two_layer_backward", identifier, spoilt, change(two_layer_backward, **spoil))
        for identifier, spoilt, spoil in (
            ("dZ2-in-the-first-layer", ("db1",), {"db1": lambda *given: two_layer_backward(*given)["db2"]}),
            (
                "layers-mixed-up",
                ("dW1", "db1", "dW2", "db2"),
                {
                    f"d{name}{one}": lambda *given, key=f"d{name}{other}": two_layer_backward(*given)[key]
                    for name in "Wb"
                    for one, other in ("12", "21")
                },
            ),
            ("value-for-gradient", ("dX",), {"dX": lambda dY, c: c.first.X}),
            ("value-for-gradient", ("dW2",), {"dW2": lambda dY, c: c.second.W}),
            ("still-zero", ("db1", "db2"), dict.fromkeys(("db1", "db2"), lambda dY, c: np.zeros((len(dY), 1)))),
        )
    ),
]


def report_on(name, function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        getattr(check, name)(function, **options)
    return failed.value.report


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "function"), [(name, f) for name, functions in RIGHT.items() for f in functions])
def test_right_ways_pass(name, function, seed):
    report = getattr(check, name)(function, seed=seed)
    assert report.passed
    assert not report.notes


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "identifier", "spoilt", "function"), WRONG)
def test_each_mistake_is_named_and_no_other(name, identifier, spoilt, function, seed):
    spoilt = tuple(spoilt.split()) if isinstance(spoilt, str) else spoilt
    report = report_on(name, function, seed=seed)
    assert [(cause.id, cause.gradients, cause.alternatives) for cause in report.causes] == [(identifier, spoilt, ())]
    assert report.wrong == spoilt
    assert "<b>" in report._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("name", RIGHT)
def test_the_whole_catalogue_is_tried(name):
    tried = {identifier for exercise, identifier, _, _ in WRONG if exercise == name}
    assert {mistake.id for mistake in all_mistakes(check.EXERCISES[name])} == tried


@pytest.mark.parametrize(
    ("name", "function", "both"),
    [
        (
            "weighted_input_backward",
            lambda dZ, c: {"dW": c.X @ dZ.T, "db": dZ.mean(axis=1), "dX": c.W.T @ dZ},
            {"weight-gradient-transposed", "sum-without-keepdims", "bias-is-mean"},
        ),
        (
            "fan_out",
            lambda dc, c: {"dp": dc * c.p, "dq": dc * c.q, "dx": tanh_backward(dc * c.p, c.p)},
            {"product-not-swapped", "only-one-use-counted"},
        ),
        (
            "two_layer_backward",
            own(dZ1=lambda dY, c, dA1: dA1, dA1=lambda dY, c, dZ2: c.second.W @ dZ2 + dY * c.A2),
            {"missing-tanh-derivative", "untransposed-W2"},
        ),
        (
            "relative_error",
            lambda a, b: np.abs(a - b).max() / np.abs(a).max(),
            {"scaled-by-one-array", "zero-over-zero"},
        ),
    ],
)
def test_two_mistakes_at_once_are_both_named(name, function, both):
    assert {cause.id for cause in report_on(name, function).causes} == both


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("product-not-swapped", "product-treated-as-sum"),
        ("ignored-dc", "product-not-swapped"),
        ("product-treated-as-sum", "ignored-dc"),
        ("value-for-gradient", "product-treated-as-sum"),
    ],
)
def test_a_mistake_in_each_factor_explains_what_is_made_of_both(one, other):
    to_p = {
        "product-not-swapped": lambda dc, c: dc * c.p,
        "product-treated-as-sum": lambda dc, c: dc,
        "ignored-dc": lambda dc, c: c.q,
        "value-for-gradient": lambda dc, c: c.p,
    }[one]
    to_q = {
        "product-not-swapped": lambda dc, c: dc * c.q,
        "product-treated-as-sum": lambda dc, c: dc,
        "ignored-dc": lambda dc, c: c.p,
    }[other]
    report = report_on("fan_out", factors(to_p, to_q))
    assert {cause.id: cause.gradients for cause in report.causes} == {one: ("dp", "dx"), other: ("dq", "dx")}


# Close to one of the mistakes above, and none of them.
NEIGHBOURS = [
    *(
        ("tanh_backward", function)
        for function in (
            lambda da, a: da * (1 - a**3),
            lambda da, a: da * (1 + a),
            lambda da, a: da * a * (1 - a**2),
            lambda da, a: da * (1 - a) * (1 - a**2),
            lambda da, a: da * (1 - np.tanh(da) ** 2),
            lambda da, a: da + 1 - a**2,
            lambda da, a: np.tanh(da),
        )
    ),
    *(
        ("sigmoid_backward", function)
        for function in (
            lambda da, a: da * (a - 1),
            lambda da, a: da * a * a,
            lambda da, a: da * (1 + a),
            lambda da, a: da * SIGMA(a) * (1 - a),
            lambda da, a: da * a * (1 - a) ** 3,
        )
    ),
    *(
        ("weighted_input_backward", change(weighted_input_backward, **{name: spoil}))
        for name, spoil in (
            ("dX", lambda dZ, c: (c.W.T @ dZ) * c.X),
            ("db", lambda dZ, c: dZ.mean(axis=0, keepdims=True)),
            ("db", lambda dZ, c: dZ.sum(axis=1, keepdims=True) * c.b),
            ("dW", lambda dZ, c: 2 * dZ @ c.X.T),
        )
    ),
    *(
        ("fan_out", change(fan_out, dx=lambda dc, c, join=join: join(dc * c.q, dc * c.p, c)))
        for join in (
            lambda dp, dq, c: tanh_backward(dp, c.x) + dq,
            lambda dp, dq, c: tanh_backward(dp, c.x) + sigmoid_backward(dq, c.p),
            lambda dp, dq, c: tanh_backward(dp, c.x),
            lambda dp, dq, c: tanh_backward(dp, c.p * c.q) + sigmoid_backward(dq, c.q),
            lambda dp, dq, c: sigmoid_backward(dp, c.q) + tanh_backward(dp, c.p) * 2,
        )
    ),
    *(
        ("two_layer_backward", own(**steps))
        for steps in (
            {"dA1": lambda dY, c, dZ2: dY * c.A2 * c.A1 + c.second.W.T @ dZ2},
            {"dA1": lambda dY, c, dZ2: dY * c.A2 + dZ2},
            {"dZ1": lambda dY, c, dA1: dY * (1 - c.A1**2)},
            {"dZ1": lambda dY, c, dA1: dA1 * (1 - np.tanh(c.A1))},
            {"dZ2": lambda dY, c, dA2: dA2 * c.A2 * (1 - c.A2) * c.A1},
        )
    ),
]


@pytest.mark.parametrize("seed", SEEDS[::3])
@pytest.mark.parametrize(("name", "function"), NEIGHBOURS)
def test_neighbours_of_mistakes_have_no_cause(name, function, seed):
    assert report_on(name, function, seed=seed).causes == ()


@pytest.mark.parametrize("name", RIGHT)
def test_close_to_right_is_refused_without_a_cause(name):
    def nearly(*given):
        result = RIGHT[name][0](*given)
        return {k: v * 1.0001 for k, v in result.items()} if isinstance(result, dict) else result * 1.0001

    report = report_on(name, nearly)
    assert report.causes == ()
    assert report.wrong == report.graded


@pytest.mark.parametrize("name", ["fan_out", "two_layer_backward"])
def test_a_mistake_in_an_earlier_exercise_costs_nothing(name, monkeypatch):
    monkeypatch.setitem(globals(), "tanh_backward", lambda da, a: da)
    monkeypatch.setitem(globals(), "sigmoid_backward", lambda da, a: 1 / 0)
    monkeypatch.setitem(globals(), "weighted_input_backward", lambda dZ, cache: {})
    report = getattr(check, name)(RIGHT[name][0])
    assert report.passed
    assert "With an exact tanh_backward" in report.notes[0]


def test_which_earlier_function_is_wrong_is_said(monkeypatch):
    monkeypatch.setitem(globals(), "sigmoid_backward", lambda da, a: da * a)
    (note,) = check.two_layer_backward(two_layer_backward).notes
    assert note.startswith("With an exact sigmoid_backward your function is right")
    assert "check.sigmoid_backward(sigmoid_backward) says more" in note


@pytest.mark.parametrize("name", ["tanh_backward", "weighted_input_backward", "numerical_gradient"])
def test_the_answer_cannot_be_borrowed(name):
    assert report_on(name, getattr(exact, name)).findings[0].kind == "borrowed"


def test_a_nudge_that_stays_in_the_callers_array_is_found_out():
    def up_and_away(f, x, h):
        dx = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            x[index] += h
            up = f(x)
            x[index] -= 2 * h
            dx[index] = (up - f(x)) / (2 * h)
        return dx

    assert [cause.id for cause in report_on("numerical_gradient", up_and_away).causes] == [
        "input-changed-in-place",
        "nudge-not-undone",
    ]


def test_too_small_a_nudge_of_ones_own_is_refused():
    """Cancellation: the nudge is an argument, and one of 1e-14 loses nearly all digits."""
    (finding,) = report_on("numerical_gradient", lambda f, x, _: numerical_gradient(f, x, 1e-14)).findings
    assert finding.kind == "value"


def test_a_small_nudge_of_ones_own_is_refused_whatever_the_seed():
    """With h given, a better difference is right, too, and so near to the true slope that only a large h tells."""
    for seed in range(60):
        report = report_on("numerical_gradient", lambda f, x, _: numerical_gradient(f, x, 1e-6), seed=seed)
        assert [cause.id for cause in report.causes] == ["nudge-not-used"], seed


def test_one_number_may_be_pythons_or_numpys():
    assert check.relative_error(lambda a, b: float(relative_error(a, b))).passed
    assert check.relative_error(lambda a, b: np.asarray(relative_error(a, b))).passed
    (finding,) = report_on("relative_error", lambda a, b: np.full(3, relative_error(a, b))).findings
    assert (finding.kind, finding.message) == ("shape", "error has shape (3,). It should be one number.")
    (finding,) = report_on("relative_error", lambda a, b: "small").findings
    assert finding.kind == "return-type"


def test_a_wrong_number_is_reported_as_one_number():
    report = report_on("relative_error", lambda a, b: 0.5)
    assert report.findings[0].message.startswith("Error differs: yours 0.5, expected ")
    assert report.notes == ()


def test_division_by_zero_in_plain_python_shows_the_line():
    (finding,) = report_on("relative_error", lambda a, b: float(abs(a - b).max()) / float(max(sizes(a, b)))).findings
    assert "ZeroDivisionError" in finding.message


# The truth itself, against another library and against known closed forms.


def test_slopes_from_the_output_alone_hold_for_every_number():
    """Addition theorems need no input, so the stand-ins answer even where no output can lie."""
    a = np.array([[-2.0, -1.0, -0.5, 0.0], [0.25, 0.5, 1.0, 3.0]])
    da = np.arange(8.0).reshape(2, 4) - 3
    np.testing.assert_allclose(exact.tanh_backward(da, a), tanh_backward(da, a), rtol=1e-14)
    np.testing.assert_allclose(exact.sigmoid_backward(da, a), sigmoid_backward(da, a), rtol=1e-14)


def autograd_two_layer(given):
    A1 = anp.tanh(given["W1"] @ given["X"] + given["b1"])
    return A1 / (1 + anp.exp(-(given["W2"] @ A1 + given["b2"])))


@pytest.mark.parametrize("case", inputs.sizes(4))
def test_two_layers_agree_with_another_library(case):
    dY, cache = inputs.two_layer(9, case.n_x, case.n_a, case.m)
    (X, W1, b1), _, (_, W2, b2), _ = cache
    given = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    for name, gradient in exact.two_layer_backward(dY, cache).items():
        by_autograd = grad(lambda v, key=name[1:]: (dY * autograd_two_layer(given | {key: v})).sum())(given[name[1:]])
        np.testing.assert_allclose(gradient, by_autograd, rtol=1e-12, atol=1e-14)


def test_caches_are_those_of_a_forward_pass():
    _, (first, A1, second, A2) = inputs.two_layer(3)
    Y, cache = graphs.two_layer_forward(first.X, first.W, first.b, second.W, second.b)
    assert np.array_equal(cache.A1, A1)
    assert np.array_equal(Y, A1 * A2)
    assert second.X is A1
    _, (x, p, q) = inputs.fan_out(3)
    assert np.array_equal(p, np.tanh(x))
    np.testing.assert_allclose(q, SIGMA(x), rtol=1e-14)


@pytest.mark.parametrize("seed", range(30))
def test_the_two_arrays_tell_the_mistakes_apart(seed):
    exercise = check.EXERCISES["relative_error"]
    first, second, third = (exercise.case(seed + n, size).values() for n, size in enumerate(inputs.sizes(seed)))
    a, b = first
    assert math.isclose(a.min(), -np.abs(a).max())
    assert math.isclose((a - b).min(), -np.abs(a - b).max())
    assert sizes(a, b)[0] > 1.01 * sizes(a, b)[1]
    assert 1.01 * sizes(*second)[0] < sizes(*second)[1]
    assert sizes(*third) == (0, 0)

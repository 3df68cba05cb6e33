"""Exercises of lesson 00: backward passes of small computation graphs, and the gradient check."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptt import exact, graphs, inputs
from bptt.activations import sigmoid
from bptt.check.exercise import Arguments, CostBound, Exercise
from bptt.check.mistakes import graphs as mistakes
from bptt.types import Array, Gradients

# Entries are independent here, so that whoever nudges all of them at once goes unnoticed, and has lost nothing.
_MANY, _FEW = inputs.Sizes(2, 32, 2, 64, 1), inputs.Sizes(2, 2, 2, 64, 1)

TANH_BACKWARD = Exercise(
    name="tanh_backward",
    arguments=("da", "a"),
    shapes={"dz": "n_a, m"},
    draw=lambda seed, sizes: inputs.tanh_output(seed, sizes.n_a, sizes.m),
    exact=exact.tanh_backward,
    mistakes=mistakes.TANH,
    hints=(
        "tanh works on each entry alone: no sum, no matrix product. Each entry of da is multiplied by one number.",
        "That number is the slope of tanh there. It stands above, written with the output, and a is the output.",
    ),
    cost=CostBound(_MANY, _FEW, 1500, lambda arguments: np.tanh(arguments["a"]), inputs.Sizes(2, 32, 2, 832, 1), 16000),
)

SIGMOID_BACKWARD = Exercise(
    name="sigmoid_backward",
    arguments=("da", "a"),
    shapes={"dz": "n_a, m"},
    draw=lambda seed, sizes: inputs.sigmoid_output(seed, sizes.n_a, sizes.m),
    exact=exact.sigmoid_backward,
    mistakes=mistakes.SIGMOID,
    hints=(
        "The same as for tanh, with another slope: what arrives, times what the node does.",
        "Take the slope that you derived, and put the output a wherever the sigmoid of z stands in it.",
    ),
    cost=CostBound(_MANY, _FEW, 1200, lambda arguments: sigmoid(arguments["a"]), inputs.Sizes(2, 32, 2, 832, 1), 12000),
)


def _draw_weighted_input(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.weighted_input(seed, sizes.n_x, sizes.n_a, sizes.m)


def _forward(arguments: Arguments) -> object:
    cache = arguments["cache"]
    return graphs.weighted_input_forward(cache.X, cache.W, cache.b)


WEIGHTED_INPUT_BACKWARD = Exercise(
    name="weighted_input_backward",
    arguments=("dZ", "cache"),
    shapes={"dW": "n_a, n_x", "db": "n_a, 1", "dX": "n_x, m"},
    draw=_draw_weighted_input,
    exact=exact.weighted_input_backward,
    mistakes=mistakes.WEIGHTED_INPUT,
    hints=(
        (
            "Write the shapes down: dZ (n_a, m), W (n_a, n_x), X (n_x, m). Each gradient has the shape of the array "
            "that it belongs to."
        ),
        (
            "A matrix product sums over the second index of its left factor and the first index of its right one. Over "
            "which letter do the three formulas sum?"
        ),
        "dW sums over the examples j, the second index of dZ and of X. So one of the two has to be transposed.",
        "dX sums over the units i, the first index of W and of dZ. db sums dZ over the examples, and stays a column.",
    ),
    cost=CostBound(
        inputs.Sizes(128, 128, 2, 1, 1),
        inputs.Sizes(16, 16, 2, 64, 1),
        16000,
        _forward,
        inputs.Sizes(384, 384, 2, 1, 1),
        65000,
    ),
)


def _product(dc: Array, cache: graphs.FanOutCache) -> Gradients:
    return exact.gradients(lambda p, q: p * q, {"p": cache.p, "q": cache.q}, dc)


def _join(_: Array, dp: Array, dq: Array, cache: graphs.FanOutCache) -> Array:
    def both(x: Array) -> Array:
        return np.stack([np.tanh(x), sigmoid(x)], axis=-3)

    return exact.gradients(both, {"x": cache.x}, np.stack([dp, dq]))["dx"]


def _draw_fan_out(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.fan_out(seed, sizes.n_a, sizes.m)


FAN_OUT = Exercise(
    name="fan_out",
    arguments=("dc", "cache"),
    shapes={"dp": "n_a, m", "dq": "n_a, m", "dx": "n_a, m"},
    draw=_draw_fan_out,
    exact=exact.fan_out,
    stages=(
        Exercise("product", ("dc", "cache"), {"dp": "", "dq": ""}, _draw_fan_out, _product, mistakes.PRODUCT),
        Exercise("join", ("dc", "dp", "dq", "cache"), {"dx": ""}, _draw_fan_out, _join, mistakes.JOIN),
    ),
    stand_ins={
        "tanh_backward": exact.allow_exact(exact.tanh_backward),
        "sigmoid_backward": exact.allow_exact(exact.sigmoid_backward),
    },
    hints=(
        "Go from right to left, one node at a time. The last node of the way forward was the product p * q.",
        "dp is dc times the other factor; dq likewise. Then each of the two goes back through its own node to x.",
        "Both nodes are written: tanh_backward(dp, ...) and sigmoid_backward(dq, ...). Which output does each need?",
        "Both results are gradients of the same x, and that is where they meet.",
    ),
    cost=CostBound(
        _MANY,
        _FEW,
        1250,
        lambda arguments: np.tanh(arguments["cache"].x) * sigmoid(arguments["cache"].x),
        inputs.Sizes(2, 32, 2, 640, 1),
        10000,
    ),
)


def _draw_function(seed: int, sizes: inputs.Sizes) -> tuple[graphs.TwoLayerSum, Array, float]:
    """Draw a scalar function that is neither quadratic nor a sum over independent entries, and a nudge.

    In the third case the nudge is so large that the result depends on it.
    """
    dY, cache = inputs.two_layer(seed, sizes.n_x, sizes.n_a, sizes.m)
    f = graphs.TwoLayerSum(dY, cache.first.W, cache.first.b, cache.second.W, cache.second.b)
    return f, cache.first.X, LARGE_NUDGE if sizes.T_x == 1 else 1e-4


LARGE_NUDGE = 0.25
"""So large that a better difference, which is right, too, is not taken for the one with a tiny nudge of its own."""


def _five_point_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Compute the difference over five places, a better one with the same nudge."""
    return (4 * exact.numerical_gradient(f, x, h) - exact.numerical_gradient(f, x, 2 * h)) / 3


def _imaginary_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Compute the difference with an imaginary nudge of the same size."""
    nudges = 1j * h * np.eye(x.size).reshape(x.size, *x.shape)
    return (f(x + nudges).imag / h).reshape(x.shape)


NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    arguments=("f", "x", "h"),
    shapes={"dx": "n_x, m"},
    draw=_draw_function,
    exact=exact.numerical_gradient,
    also_right=(_five_point_difference, _imaginary_difference),
    mistakes=mistakes.NUMERICAL_GRADIENT,
    hints=(
        "The result has the shape of x: start with np.zeros_like(x), and fill it one entry at a time.",
        "Loop over np.ndindex(x.shape): it visits all places of x, whatever its shape. x[index] is the entry there.",
        "Inside the loop make two copies of x, up and down, and nudge the one entry in each of them.",
        "Then evaluate f at both places. How far apart are they?",
    ),
)


def _draw_two_arrays(seed: int, sizes: inputs.Sizes) -> tuple[Array, Array]:
    """Draw two arrays that tell the mistakes apart.

    In the first case the largest entry and the largest difference are negative, and ``a`` is the larger array; in the
    second case ``b`` is; in the third one both are all zeros.
    """
    if sizes.T_x == 1:
        return np.zeros((sizes.n_a, sizes.m)), np.zeros((sizes.n_a, sizes.m))
    rng = np.random.default_rng(seed)
    larger = rng.standard_normal((sizes.n_a, sizes.m))
    larger.flat[0] = -1 - 2 * np.abs(larger).max()
    smaller = larger + rng.uniform(-0.1, 0.3, larger.shape)
    smaller.flat[0] = 0.9 * larger.flat[0]
    smaller.flat[-1] = larger.flat[-1] + 0.5
    return (smaller, larger) if sizes.m == 1 else (larger, smaller)


def _relative_error(a: Array, b: Array) -> Array:
    together = np.concatenate([a.ravel(), b.ravel()])
    if not together.any():
        return np.zeros(())
    return np.asarray(np.linalg.norm((a - b).ravel(), np.inf) / np.linalg.norm(together, np.inf))


RELATIVE_ERROR = Exercise(
    name="relative_error",
    arguments=("a", "b"),
    shapes={"error": ""},
    draw=_draw_two_arrays,
    # The lesson has the equation, so this gives nothing away.
    exact=_relative_error,
    mistakes=mistakes.RELATIVE_ERROR,
    hints=(
        "Two numbers are needed: the largest difference, and the largest entry of both arrays, signs ignored.",
        "What is the second number if both arrays are all zeros, and what should the result be then?",
    ),
)


def _gate_backward(dY: Array, cache: graphs.TwoLayerCache) -> Array:
    return exact.gradients(lambda A2: cache.A1 * A2, {"A2": cache.A2}, dY)["dA2"]


def _second_layer_backward(dZ2: Array, cache: graphs.TwoLayerCache) -> Gradients:
    gradients = exact.weighted_input_backward(dZ2, cache.second)
    return {"dW2": gradients["dW"], "db2": gradients["db"]}


def _a1_backward(dY: Array, dZ2: Array, cache: graphs.TwoLayerCache) -> Array:
    def both(A1: Array) -> Array:
        Z2, _ = graphs.weighted_input_forward(A1, cache.second.W, cache.second.b)
        return np.stack([A1 * cache.A2, Z2], axis=-3)

    return exact.gradients(both, {"A1": cache.A1}, np.stack([dY, dZ2]))["dA1"]


def _first_layer_backward(dZ1: Array, _: Array, cache: graphs.TwoLayerCache) -> Gradients:
    gradients = exact.weighted_input_backward(dZ1, cache.first)
    return {"dW1": gradients["dW"], "db1": gradients["db"], "dX": gradients["dX"]}


def _two_layer_forward(arguments: Arguments) -> object:
    first, _, second, _ = arguments["cache"]
    return graphs.two_layer_forward(first.X, first.W, first.b, second.W, second.b)


def _draw_two_layer(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.two_layer(seed, sizes.n_x, sizes.n_a, sizes.m)


def _stage(arguments: str, shapes: str, right: Callable[..., Any], known: tuple[Any, ...] = ()) -> Exercise:
    returned = dict.fromkeys(shapes.split(), "")
    return Exercise("stage", tuple(arguments.split()), returned, _draw_two_layer, right, known)


TWO_LAYER_BACKWARD = Exercise(
    name="two_layer_backward",
    arguments=("dY", "cache"),
    shapes={"dW1": "n_a, n_x", "db1": "n_a, 1", "dW2": "n_a, n_a", "db2": "n_a, 1", "dX": "n_x, m"},
    draw=_draw_two_layer,
    exact=exact.two_layer_backward,
    stages=(
        _stage("dY cache", "dA2", _gate_backward, mistakes.GATE),
        _stage("dA2 cache", "dZ2", lambda dA2, c: exact.sigmoid_backward(dA2, c.A2), mistakes.SECOND_SLOPE),
        _stage("dZ2 cache", "dW2 db2", _second_layer_backward, mistakes.SECOND),
        _stage("dY dZ2 cache", "dA1", _a1_backward, mistakes.A1_USES),
        _stage("dA1 cache", "dZ1", lambda dA1, c: exact.tanh_backward(dA1, c.A1), mistakes.FIRST_SLOPE),
        _stage("dZ1 dZ2 cache", "dW1 db1 dX", _first_layer_backward, mistakes.FIRST),
    ),
    stand_ins={
        **FAN_OUT.stand_ins,
        "weighted_input_backward": exact.allow_exact(exact.weighted_input_backward),
    },
    hints=(
        "Read the forward pass from the bottom to the top; each line becomes one line of your function.",
        "Y = A1 * A2 is a product: dA2 is dY times the other factor. From A2 go back through the sigmoid to Z2.",
        (
            "weighted_input_backward(dZ2, cache.second) gives three gradients. The input of the second layer is A1, so "
            "its dX is a gradient of A1."
        ),
        "A1 was used twice. Collect both gradients before you go on through tanh; stopping half-way loses one of them.",
    ),
    cost=CostBound(
        inputs.Sizes(40, 40, 2, 1, 1),
        inputs.Sizes(6, 6, 2, 44, 1),
        2000,
        _two_layer_forward,
        inputs.Sizes(232, 232, 2, 1, 1),
        43000,
    ),
)

"""Known mistakes on small computation graphs and in checking a gradient, each as the numbers that it gives.

They are wrong formulas, or right results used wrongly; the right backward formulas are not among them.
"""

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Mistake
from bptt.types import Array, Gradients

TANH = (
    Mistake(
        "missing-tanh-derivative",
        "The gradient does not pass through tanh",
        "Your numbers are those of a graph without tanh: da comes back unchanged. Multiply it by the slope of tanh, "
        "entry by entry.",
        lambda a, _: {"dz": a["da"]},
    ),
    Mistake(
        "ignored-da",
        "da is not used",
        "Your numbers are the slope alone, as if da were all ones. The chain rule multiplies: what arrives (da), times "
        "what this node does (the slope).",
        lambda a, _: {"dz": exact.tanh_backward(np.ones_like(a["da"]), a["a"])},
    ),
    Mistake(
        "tanh-applied-twice",
        "tanh is applied twice",
        "You have computed tanh of a. But a is already the output of tanh: write the slope in terms of the output, "
        "with no further tanh.",
        lambda a, _: {"dz": a["da"] * (1 - np.tanh(a["a"]) ** 2)},
    ),
    Mistake(
        "square-forgotten",
        "The square in the slope of tanh is missing",
        "Your slope is 1 - a. But tanh is as steep at -a as it is at a, and never steeper than 1.",
        lambda a, _: {"dz": a["da"] * (1 - a["a"])},
    ),
    Mistake(
        "slopes-exchanged",
        "This is the slope of the sigmoid, not of tanh",
        "a (1 - a) belongs to the sigmoid. The slope of tanh is 1 where its output is 0.",
        lambda a, _: {"dz": exact.sigmoid_backward(a["da"], a["a"])},
    ),
)

SIGMOID = (
    Mistake(
        "missing-sigmoid-derivative",
        "The gradient does not pass through the sigmoid",
        "Your numbers are those of a graph without the sigmoid: da comes back unchanged. Multiply it by the slope of "
        "the sigmoid, entry by entry.",
        lambda a, _: {"dz": a["da"]},
    ),
    Mistake(
        "ignored-da",
        "da is not used",
        "Your numbers are the slope alone, as if da were all ones. The chain rule multiplies: what arrives (da), times "
        "what this node does (the slope).",
        lambda a, _: {"dz": exact.sigmoid_backward(np.ones_like(a["da"]), a["a"])},
    ),
    Mistake(
        "sigmoid-applied-twice",
        "The sigmoid is applied twice",
        "You have computed the sigmoid of a. But a is already the output of the sigmoid: write the slope in terms of "
        "the output, with no further sigmoid.",
        lambda a, _: {"dz": a["da"] / (2 * np.cosh(a["a"] / 2)) ** 2},
    ),
    Mistake(
        "factor-forgotten",
        "The slope of the sigmoid has two factors",
        "You have multiplied da by one of them alone. The slope vanishes at both ends, where a is close to 0 and where "
        "a is close to 1.",
        lambda a, _: {"dz": [a["da"] * a["a"], a["da"] * (1 - a["a"])]},
    ),
    Mistake(
        "slopes-exchanged",
        "This is the slope of tanh, not of the sigmoid",
        "1 - a**2 belongs to tanh. The sigmoid is never steeper than 1/4, and that is where its output is 1/2.",
        lambda a, _: {"dz": exact.tanh_backward(a["da"], a["a"])},
    ),
)


def _over_wrong_axis(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    dZ = arguments["dZ"]
    return {"db": [dZ.sum(axis=0, keepdims=True), dZ.sum(axis=0)]}


WEIGHTED_INPUT = (
    Mistake(
        "weight-gradient-transposed",
        "The weight gradient is transposed",
        "The numbers are right but rows and columns are exchanged. A gradient has the shape of what it belongs to: "
        "entry [i, k] says how the loss follows entry [i, k] of W.",
        lambda _, right: {"dW": right["dW"].T},
    ),
    Mistake(
        "input-gradient-transposed",
        "The gradient of the input is transposed",
        "The numbers are right but rows and columns are exchanged. dX has the shape of X: one example in each column.",
        lambda _, right: {"dX": right["dX"].T},
    ),
    Mistake(
        "sum-without-keepdims",
        "db has lost an axis",
        "The sum is right, but its shape is (n_a,) where b has (n_a, 1). Adding the two later would either fail or "
        "spread into a square. Look for keepdims in the help of np.sum.",
        lambda _, right: {"db": right["db"].ravel()},
    ),
    Mistake(
        "bias-summed-over-wrong-axis",
        "db is summed over the wrong axis",
        "You have added up the units of each example. b has one entry for each unit, shared by all m examples: "
        "which axis of dZ counts the examples?",
        _over_wrong_axis,
    ),
    Mistake(
        "bias-summed-over-everything",
        "db is summed over both axes",
        "You have added up everything to one number. b has one entry for each unit, so only the examples are to be "
        "summed.",
        lambda a, _: {"db": [a["dZ"].sum(), a["dZ"].sum(keepdims=True)]},
    ),
    Mistake(
        "bias-is-mean",
        "db is a mean over the examples",
        "Your db is m times too small: mean where a sum belongs. The bias was used once for each example, and a value "
        "that is used several times collects the sum of all gradients.",
        lambda a, right: {"db": right["db"] / a["dZ"].shape[1]},
    ),
    Mistake(
        "averaged-over-examples",
        "The gradients are divided by m",
        "They are m times too small. Some texts average over the examples inside the backward pass; in this course "
        "gradients are sums, and a 1/m, if any, is in the loss and reaches you through dZ.",
        lambda a, right: {name: gradient / a["dZ"].shape[1] for name, gradient in right.items()},
    ),
)

PRODUCT = (
    Mistake(
        "product-not-swapped",
        "Each factor gets its own value instead of the other one's",
        "You have multiplied dc by the factor itself. Nudge p: the product p * q changes by q times as much. What a "
        "factor receives has to do with the other factor.",
        lambda a, _: {"dp": a["dc"] * a["cache"].p, "dq": a["dc"] * a["cache"].q},
    ),
    Mistake(
        "product-treated-as-sum",
        "The gradient passes through the product as if it were a sum",
        "dp and dq are dc unchanged. A sum passes the gradient on as it is; c is a product of p and q.",
        lambda a, _: {"dp": a["dc"], "dq": a["dc"]},
    ),
)


def _through_p_alone(arguments: Arguments) -> Array:
    return exact.tanh_backward(arguments["dp"], arguments["cache"].p)


def _through_q_alone(arguments: Arguments) -> Array:
    return exact.sigmoid_backward(arguments["dq"], arguments["cache"].q)


JOIN = (
    Mistake(
        "only-one-use-counted",
        "Only one of the two uses is counted",
        "Your dx is what comes back along one road. x was used twice, and both uses change c: a value that is used "
        "several times collects the gradients of all its uses.",
        lambda a, _: {"dx": [_through_p_alone(a), _through_q_alone(a)]},
    ),
    Mistake(
        "uses-averaged",
        "The two uses are averaged",
        "Your dx is half of what it should be. If x grows, both uses change c, and the two changes add up.",
        lambda _, right: {"dx": right["dx"] / 2},
    ),
    Mistake(
        "uses-subtracted",
        "One use is subtracted from the other",
        "If x grows, both uses change c, and the two changes add up.",
        lambda a, _: {
            "dx": [_through_p_alone(a) - _through_q_alone(a), _through_q_alone(a) - _through_p_alone(a)],
        },
    ),
    Mistake(
        "uses-multiplied",
        "The two uses are multiplied",
        "Along one road the factors are multiplied. Where two roads meet, what they bring is not.",
        lambda a, _: {"dx": _through_p_alone(a) * _through_q_alone(a)},
    ),
    Mistake(
        "missing-activation-derivatives",
        "The gradient does not pass through tanh and the sigmoid",
        "You have joined dp and dq as they are. But x became p in a tanh, and q in a sigmoid: each road leads back "
        "through its own node before the two meet.",
        lambda a, _: {"dx": a["dp"] + a["dq"]},
    ),
    Mistake(
        "slopes-exchanged",
        "The slopes of tanh and of the sigmoid are exchanged",
        "p came out of tanh, and q out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {
            "dx": exact.sigmoid_backward(a["dp"], a["cache"].p) + exact.tanh_backward(a["dq"], a["cache"].q),
        },
    ),
    Mistake(
        "gradients-exchanged",
        "dp and dq are exchanged",
        "What arrives at p has gone back through the sigmoid, and what arrives at q through tanh.",
        lambda a, _: {
            "dx": exact.tanh_backward(a["dq"], a["cache"].p) + exact.sigmoid_backward(a["dp"], a["cache"].q),
        },
    ),
)


def _unit_nudges(x: Array) -> Array:
    """Return a unit nudge of each entry of x, stacked along a first axis."""
    return np.eye(x.size).reshape(x.size, *x.shape)


def _one_sided(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    f, x, h = arguments["f"], arguments["x"], arguments["h"]
    sides = [((f(x + side * h * _unit_nudges(x)) - f(x)) / (side * h)).reshape(x.shape) for side in (1, -1)]
    # With a nudge of one h, the division may still be by 2 h.
    return {"dx": [*sides, *(side / 2 for side in sides)]}


def _all_at_once(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    f, x, h = arguments["f"], arguments["x"], arguments["h"]
    change = np.asarray((f(x + h) - f(x - h)) / (2 * h))
    return {"dx": [np.full(x.shape, change), change]}


def _not_undone(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    """Leave every entry nudged after its turn: up and down in two arrays, in one, or up alone."""
    f, x, h = arguments["f"], arguments["x"], arguments["h"]
    nudges = h * _unit_nudges(x)
    so_far = np.cumsum(nudges, axis=0)
    before = so_far - nudges
    spellings = (
        (f(x + so_far) - f(x - so_far)) / (2 * h),
        (f(x - before + nudges) - f(x - so_far)) / (2 * h),
        (f(x + so_far) - f(x)) / h,
    )
    return {"dx": [spelling.reshape(x.shape) for spelling in spellings]}


def _own_nudge(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    # With a tiny nudge of one's own, the difference is as good as the slope.
    return {"dx": [exact.numerical_gradient(arguments["f"], arguments["x"], 0.0)]}


NUMERICAL_GRADIENT = (
    Mistake(
        "nudge-not-used",
        "h is not used",
        "Your numbers do not depend on h. How far to nudge is for the caller to say: take the h that your function is "
        "given, not a number of your own.",
        _own_nudge,
    ),
    Mistake(
        "one-sided-difference",
        "The difference is taken on one side",
        "You compare f at a nudged place with f at x itself. The error of that shrinks like h; with one nudge up "
        "and one down, 2 h apart, it shrinks like h squared.",
        _one_sided,
    ),
    Mistake(
        "divided-by-h",
        "The gradient is twice too large: divided by h",
        "From x - h to x + h it is a way of 2 h. The difference belongs to all of that way.",
        lambda _, right: {"dx": 2 * right["dx"]},
    ),
    Mistake(
        "missing-division",
        "The difference is not divided",
        "You return how much f changes. A gradient says how much f changes for each unit of x: divide by the way that "
        "you went.",
        lambda a, right: {"dx": 2 * a["h"] * right["dx"]},
    ),
    Mistake(
        "missing-parentheses",
        "The division needs parentheses",
        "Your numbers are those of ... / 2 * h, which Python reads as (... / 2) * h. Put parentheses round what you "
        "divide by.",
        lambda a, right: {"dx": a["h"] ** 2 * right["dx"]},
    ),
    Mistake(
        "all-entries-at-once",
        "All entries are nudged at once",
        "Your one number, or the same number everywhere, is what all of x does together. To find out about one entry, "
        "nudge that entry alone.",
        _all_at_once,
    ),
    Mistake(
        "nudge-not-undone",
        "The nudge of one entry is still there when the next one is nudged",
        "Put each entry back before you go on, or nudge a fresh copy of x each time. (up = x makes no copy: it is a "
        "second name for the same array.)",
        _not_undone,
    ),
    Mistake(
        "no-difference",
        "The two values of f are equal",
        "Your gradient is all zeros: either nothing was stored in it, or f has been asked twice at the same place. "
        "Mind that up = x makes no copy: it is a second name for the same array, and x.copy() is a new one.",
        lambda a, _: {"dx": np.zeros(a["x"].shape)},
    ),
)


def _largest(x: Array) -> float:
    return float(np.linalg.norm(x.ravel(), np.inf))


def _ratio(above: float, below: float) -> Array:
    # Code with another mistake may still treat 0 / 0 right.
    return np.asarray(above / below if below else 0.0)


def _sign_lost(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    a, b = arguments["a"], arguments["b"]
    difference, scale = _largest(a - b), max(_largest(a), _largest(b))
    signed, signed_scale = float((a - b).max()), float(max(a.max(), b.max()))
    return {"error": [_ratio(signed, scale), _ratio(difference, signed_scale), _ratio(signed, signed_scale)]}


def _scaled_by_one(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    a, b = arguments["a"], arguments["b"]
    return {"error": [_ratio(_largest(a - b), _largest(a)), _ratio(_largest(a - b), _largest(b))]}


def _entry_by_entry(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    a, b = arguments["a"], arguments["b"]
    scale = np.maximum(np.abs(a), np.abs(b))
    errors = np.abs(a - b) / np.where(scale, scale, 1.0)
    return {"error": [errors.max(), errors]}


def _norm(x: Array) -> float:
    return float(np.linalg.norm(x))


def _mean_size(x: Array) -> float:
    return float(np.abs(x).mean())


def _other_size(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    a, b = arguments["a"], arguments["b"]
    return {
        "error": [
            _ratio(_norm(a - b), max(_norm(a), _norm(b))),
            _ratio(_norm(a - b), _norm(a) + _norm(b)),
            _ratio(_mean_size(a - b), max(_mean_size(a), _mean_size(b))),
        ]
    }


def _zero_over_zero(arguments: Arguments, right: Gradients) -> Gradients:
    equal = not arguments["a"].any() and not arguments["b"].any()
    return {"error": np.full((), np.nan) if equal else right["error"]}


RELATIVE_ERROR = (
    Mistake(
        "missing-absolute-value",
        "An absolute value is missing",
        "The largest difference and the largest entry are meant without their signs: -3 is a larger difference than 1. "
        "Take np.abs before the maximum.",
        _sign_lost,
    ),
    Mistake(
        "absolute-instead-of-relative",
        "This is the absolute error",
        "You return the largest difference itself. Whether 0.001 is much depends on the numbers that are compared: "
        "divide by how large they are.",
        lambda a, _: {"error": np.asarray(_largest(a["a"] - a["b"]))},
    ),
    Mistake(
        "scaled-by-one-array",
        "The difference is divided by the size of one array alone",
        "The two arrays have equal rights: relative_error(a, b) and relative_error(b, a) should be the same number, "
        "and all is well if one of them is all zeros. Divide by the largest entry of both.",
        _scaled_by_one,
    ),
    Mistake(
        "scaled-by-sum",
        "The difference is divided by the sum of the two sizes",
        "That is a known convention, too, and gives about half of ours. Here the larger of the two sizes is meant.",
        lambda a, _: {"error": _ratio(_largest(a["a"] - a["b"]), _largest(a["a"]) + _largest(a["b"]))},
    ),
    Mistake(
        "entry-by-entry",
        "Each entry is divided by its own size",
        "Then an entry that is nearly zero, where rounding is all there is, can spoil the result. Take both maxima "
        "first and divide once.",
        _entry_by_entry,
    ),
    Mistake(
        "other-measure-of-size",
        "Another measure of size",
        "You have used lengths of vectors (np.linalg.norm) or means. They serve, too, but a single wrong entry "
        "among many right ones shows less. Here the largest entry is meant.",
        _other_size,
    ),
    Mistake(
        "zero-over-zero",
        "Two arrays of zeros give 0 / 0",
        "If both arrays are all zeros, they agree, and the error is 0. Treat that case before you divide.",
        _zero_over_zero,
    ),
)


def _gate_not_swapped(arguments: Arguments, _: Gradients) -> Gradients:
    cache = arguments["cache"]
    through = exact.weighted_input_backward(arguments["dZ2"], cache.second)["dX"]
    return {"dA1": arguments["dY"] * cache.A1 + through}


def _w2_not_transposed(arguments: Arguments, right: Gradients) -> Gradients:
    second = arguments["cache"].second
    turned = second._replace(W=second.W.T)
    through, other = (exact.weighted_input_backward(arguments["dZ2"], cache)["dX"] for cache in (second, turned))
    return {"dA1": right["dA1"] - through + other}


_NOT_SWAPPED = (
    "product-not-swapped",
    "Each factor of Y = A1 * A2 gets its own value instead of the other one's",
    "Nudge A2: the product changes by A1 times as much. What a factor receives has to do with the other factor.",
)

_ONE_USE = (
    "only-one-use-counted",
    "Only one of the two uses of A1 is counted",
    (
        "A1 was used twice: as a factor of Y, and as the input of the second layer. A value that is used several times "
        "collects the gradients of all its uses."
    ),
)

GATE = (
    Mistake(*_NOT_SWAPPED, lambda a, _: {"dA2": a["dY"] * a["cache"].A2}),
    Mistake(
        "product-treated-as-sum",
        "The gradient passes through the product as if it were a sum",
        "dY reaches A2 unchanged. A sum passes the gradient on as it is; Y is a product of A1 and A2.",
        lambda a, _: {"dA2": a["dY"]},
    ),
)

SECOND_SLOPE = (
    Mistake(
        "missing-sigmoid-derivative",
        "The gradient does not pass through the sigmoid",
        "What arrives at A2 has reached Z2 unchanged. A2 came out of a sigmoid: you have a function for the way back.",
        lambda a, _: {"dZ2": a["dA2"]},
    ),
    Mistake(
        "slopes-exchanged",
        "The slopes of tanh and of the sigmoid are exchanged",
        "A1 came out of tanh, and A2 out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {"dZ2": exact.tanh_backward(a["dA2"], a["cache"].A2)},
    ),
    Mistake(
        "slope-at-the-other-layer",
        "A slope is taken at the output of the other layer",
        "tanh made A1, and the sigmoid made A2. A1 and A2 have the same shape, so only the numbers tell.",
        lambda a, _: {"dZ2": exact.sigmoid_backward(a["dA2"], a["cache"].A1)},
    ),
)

A1_USES = (
    Mistake(*_ONE_USE, lambda a, _: {"dA1": exact.weighted_input_backward(a["dZ2"], a["cache"].second)["dX"]}),
    Mistake(
        *_ONE_USE,
        lambda a, _: {"dA1": exact.gradients(lambda A1: A1 * a["cache"].A2, {"A1": a["cache"].A1}, a["dY"])["dA1"]},
    ),
    Mistake(*_NOT_SWAPPED, _gate_not_swapped),
    Mistake(
        "untransposed-W2",
        "W2 is not transposed on the way to A1",
        "W2 is square, so its product with dZ2 has a fitting shape either way, and NumPy cannot warn you. Forward, "
        "entry [i, k] of W2 carried A1[k] to Z2[i]; going back, what arrives at A1[k] comes from all Z2[i].",
        _w2_not_transposed,
    ),
)

FIRST_SLOPE = (
    Mistake(
        "missing-tanh-derivative",
        "The gradient does not pass through tanh",
        "What arrives at A1 has reached Z1 unchanged. A1 came out of a tanh: you have a function for the way back.",
        lambda a, _: {"dZ1": a["dA1"]},
    ),
    Mistake(
        "slopes-exchanged",
        "The slopes of tanh and of the sigmoid are exchanged",
        "A1 came out of tanh, and A2 out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {"dZ1": exact.sigmoid_backward(a["dA1"], a["cache"].A1)},
    ),
    Mistake(
        "slope-at-the-other-layer",
        "A slope is taken at the output of the other layer",
        "tanh made A1, and the sigmoid made A2. A1 and A2 have the same shape, so only the numbers tell.",
        lambda a, _: {"dZ1": exact.tanh_backward(a["dA1"], a["cache"].A2)},
    ),
)

FIRST = (
    Mistake(
        "dX-of-the-second-layer",
        "dX is the gradient of the second layer's input",
        "Both layers return something called dX. That of the second layer belongs to A1, its input; the X of the whole "
        "graph is the input of the first layer.",
        lambda a, _: {"dX": exact.weighted_input_backward(a["dZ2"], a["cache"].second)["dX"]},
    ),
)

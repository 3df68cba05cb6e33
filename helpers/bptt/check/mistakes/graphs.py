"""Known mistakes on small computation graphs and in checking a gradient, each as the numbers that it gives.

They are wrong formulas, or right results used wrongly; the right backward formulas are not among them.
"""

from collections.abc import Callable

import numpy as np

from bptt import exact
from bptt.activations import sigmoid
from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.check.mistakes.rnn_cell import STILL_ZERO, VALUE_FOR_GRADIENT, still_zero
from bptt.types import Array, Gradients


def _exchanged(backward: Callable[[Array, Array], Array]) -> Predict:
    return lambda a, _: {"dz": backward(a["a"], a["da"])}


def _divided_by_slope(backward: Callable[[Array, Array], Array]) -> Predict:
    return lambda a, _: {"dz": a["da"] / backward(np.ones_like(a["da"]), a["a"])}


def _counted_twice(backward: Callable[[Array, Array], Array]) -> Predict:
    return lambda a, _: {"dz": backward(backward(a["da"], a["a"]), a["a"])}


_A_FOR_DA = (
    "a-for-da",
    "a stands where da belongs",
    "You have multiplied the slope by the output itself. What arrives from the right is its gradient.",
)

_REVERSED = Mistake(
    "sign-reversed",
    "The sign is reversed",
    "Every number is right but for its sign. This function only rises, so its slope is never negative. Look for a "
    "difference the wrong way round, or for a minus in front of a term.",
    lambda _, right: {"dz": -right["dz"]},
)

_ARGUMENTS_EXCHANGED = (
    "arguments-exchanged",
    "da and a are swapped",
    (
        "The slope is computed from da, and multiplied by a. Which of the two is a gradient, and which is a value of "
        "the forward pass?"
    ),
)

_DIVIDED = (
    "divided-by-slope",
    "The gradient is divided by the slope",
    "Where the function is flat, a nudge of z has little effect, so little comes back. Your gradient is largest there.",
)

_SPLIT_SLOPE = (
    "slope-split-by-parentheses",
    "da reaches only one side of the minus",
    (
        "There is a difference in the slope, and da has to multiply all of it. Computing the slope in a line of its "
        "own, with a name, helps."
    ),
)

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
        lambda a, _: {"dz": [a["da"] * (1 - np.tanh(a["a"]) ** 2), a["da"] * (1 - np.tanh(a["a"]))]},
    ),
    Mistake(
        "square-inside-tanh",
        "tanh is applied to a square",
        "You have squared a first, and applied tanh afterwards. But a is already the output of tanh: it goes through "
        "no further tanh.",
        lambda a, _: {"dz": a["da"] * (1 - np.tanh(a["a"] ** 2))},
    ),
    Mistake(
        "square-outside",
        "The square is in the wrong place",
        "You have squared the whole difference, (1 - a)**2. In the slope of tanh only the output is squared.",
        lambda a, _: {"dz": a["da"] * (1 - a["a"]) ** 2},
    ),
    Mistake(
        "plus-in-slope",
        "The slope has a plus where a minus belongs",
        "A plus belongs to the slope of tan, the function of angles. tanh becomes flatter the further its output is "
        "from 0; your slope becomes steeper.",
        lambda a, _: {"dz": a["da"] * (1 + a["a"] ** 2)},
    ),
    _REVERSED,
    Mistake(
        "one-minus-forgotten",
        "The slope of tanh is not the square alone",
        "You multiply by the square of a. That is 0 where a is 0, and there tanh is at its steepest.",
        lambda a, _: {"dz": a["da"] * a["a"] ** 2},
    ),
    Mistake(
        "value-for-slope",
        "tanh stands where its slope belongs",
        "What arrives is multiplied by what tanh gives. On the way back a node multiplies by its slope: by how its "
        "output changes with its input.",
        lambda a, _: {"dz": [a["da"] * a["a"], a["da"] * np.tanh(a["a"])]},
    ),
    Mistake(*_DIVIDED, _divided_by_slope(exact.tanh_backward)),
    Mistake(
        *_SPLIT_SLOPE,
        lambda a, _: {"dz": [1 - a["a"] ** 2 * a["da"], a["da"] - a["a"] ** 2]},
    ),
    Mistake(
        "slope-counted-twice",
        "The slope of tanh is counted twice",
        "There is one tanh between z and a, so its slope is one factor.",
        _counted_twice(exact.tanh_backward),
    ),
    Mistake(*_ARGUMENTS_EXCHANGED, _exchanged(exact.tanh_backward)),
    Mistake(*_A_FOR_DA, lambda a, _: {"dz": exact.tanh_backward(a["a"], a["a"])}),
    Mistake(
        "square-forgotten",
        "The square in the slope of tanh is missing",
        "Your slope is 1 - a. But tanh is as steep at -a as it is at a, and never steeper than 1.",
        lambda a, _: {"dz": a["da"] * (1 - a["a"])},
    ),
    Mistake(
        "slopes-exchanged",
        "This is the slope of the sigmoid, not of tanh",
        "A slope of the form a (1 - a) belongs to the sigmoid. The slope of tanh is 1 where its output is 0.",
        lambda a, _: {
            "dz": [exact.sigmoid_backward(a["da"], each) for each in (a["a"], sigmoid(a["a"]))],
        },
    ),
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dz": a["a"]}),
    STILL_ZERO,
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
        "square-in-sigmoid-slope",
        "There is a square in the slope of the sigmoid",
        "Squares belong to the slope of tanh. The slope of the sigmoid is made of the output and of one minus the "
        "output, each as it is.",
        lambda a, _: {
            "dz": [
                a["da"] * a["a"] * (1 - a["a"] ** 2),
                a["da"] * a["a"] * (1 - a["a"]) ** 2,
                a["da"] * a["a"] ** 2 * (1 - a["a"]),
            ],
        },
    ),
    Mistake(
        "plus-in-slope",
        "The slope has a plus where a minus belongs",
        "The sigmoid becomes flat where its output is close to 1; your slope is largest there.",
        lambda a, _: {"dz": a["da"] * a["a"] * (1 + a["a"])},
    ),
    _REVERSED,
    Mistake(*_DIVIDED, _divided_by_slope(exact.sigmoid_backward)),
    Mistake(
        *_SPLIT_SLOPE,
        lambda a, _: {
            "dz": [
                a["da"] * a["a"] - a["a"],
                a["da"] * a["a"] - a["a"] ** 2,
                a["a"] - a["a"] ** 2 * a["da"],
                a["da"] - a["a"],
            ],
        },
    ),
    Mistake(
        "slope-counted-twice",
        "The slope of the sigmoid is counted twice",
        "There is one sigmoid between z and a, so its slope comes in once.",
        _counted_twice(exact.sigmoid_backward),
    ),
    Mistake(*_ARGUMENTS_EXCHANGED, _exchanged(exact.sigmoid_backward)),
    Mistake(*_A_FOR_DA, lambda a, _: {"dz": exact.sigmoid_backward(a["a"], a["a"])}),
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
        "A slope with a square belongs to tanh. The sigmoid is never steeper than 1/4, and that is where its output is "
        "1/2.",
        lambda a, _: {"dz": [exact.tanh_backward(a["da"], each) for each in (a["a"], np.tanh(a["a"]))]},
    ),
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dz": a["a"]}),
    STILL_ZERO,
)


def _over_wrong_axis(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    dZ = arguments["dZ"]
    return {"db": [dZ.sum(axis=0, keepdims=True), dZ.sum(axis=0)]}


WEIGHTED_INPUT = (
    Mistake(
        "weight-gradient-transposed",
        "The weight gradient is transposed",
        "The numbers are right, but rows and columns are swapped. A gradient has the shape of what it belongs to: "
        "entry [i, k] says how the loss changes with entry [i, k] of W.",
        lambda _, right: {"dW": right["dW"].T},
    ),
    Mistake(
        "input-gradient-transposed",
        "The gradient of the input is transposed",
        "The numbers are right, but rows and columns are swapped. dX has the shape of X: one example in each column.",
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
        "db is one number for all units",
        "All entries of dZ have gone into one number. b has one entry for each unit, so only the examples are to be "
        "summed.",
        lambda a, right: {
            "db": [
                np.broadcast_to(number, shape)
                for number in (a["dZ"].sum(), a["dZ"].mean())
                for shape in ((), (1, 1), right["db"].shape)
            ],
        },
    ),
    Mistake(
        "bias-not-summed",
        "db still has a column for each example",
        "You have what each example contributes to the bias. But b is one column, added to all m examples, so it "
        "collects what comes back from all of them.",
        lambda a, _: {"db": a["dZ"]},
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
    Mistake(
        "gradient-for-weights",
        "dW stands where W belongs",
        "You have multiplied dZ by the gradient of the weights. How X affects Z depends on the weights themselves, and "
        "they are in the cache. Is there a d too many?",
        lambda a, right: {
            "dX": exact.weighted_input_backward(a["dZ"], a["cache"]._replace(W=right["dW"]))["dX"],
        },
    ),
    Mistake(
        "gradient-for-input",
        "dX stands where X belongs",
        "You have multiplied dZ by the gradient of the input. How W affects Z depends on the input itself, and it is "
        "in the cache. Is there a d too many?",
        lambda a, right: {
            "dW": exact.weighted_input_backward(a["dZ"], a["cache"]._replace(X=right["dX"]))["dW"],
        },
    ),
    Mistake(
        "gradients-mixed-up",
        "dW and dX are mixed up",
        "One of them holds the numbers of the other one. Does each name get its own result?",
        lambda _, right: {"dW": right["dX"], "dX": right["dW"]},
    ),
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dW": a["cache"].W, "db": a["cache"].b, "dX": a["cache"].X}),
    *still_zero("dW", "db", "dX"),
)


def _one_or_both(
    identifier: str, title: str, explanation: str, factors: Callable[[Arguments], Gradients]
) -> tuple[Mistake, ...]:
    """Make the mistake in both factors and in one of them: later stages get the first spelling of a mistake only."""
    return (
        Mistake(identifier, title, explanation, lambda a, _: factors(a)),
        Mistake(identifier, title, explanation, lambda a, _: {"dp": factors(a)["dp"]}),
        Mistake(identifier, title, explanation, lambda a, _: {"dq": factors(a)["dq"]}),
    )


PRODUCT = (
    *_one_or_both(
        "product-not-swapped",
        "A factor gets its own value instead of the other one's",
        "You have multiplied dc by the factor itself. Nudge p: the product p * q changes by q times as much. What a "
        "factor receives depends on the other factor.",
        lambda a: {"dp": a["dc"] * a["cache"].p, "dq": a["dc"] * a["cache"].q},
    ),
    *_one_or_both(
        "product-treated-as-sum",
        "The gradient passes through the product as if it were a sum",
        "A factor receives dc unchanged. A sum passes the gradient on as it is; c is a product of p and q.",
        lambda a: {"dp": a["dc"], "dq": a["dc"]},
    ),
    *_one_or_both(
        "ignored-dc",
        "dc is not used",
        "A factor receives the other one alone, as if dc were all ones. The chain rule multiplies: what arrives (dc), "
        "times what this node does.",
        lambda a: {"dp": a["cache"].q, "dq": a["cache"].p},
    ),
    *_one_or_both(
        *VALUE_FOR_GRADIENT,
        lambda a: {"dp": a["cache"].p, "dq": a["cache"].q},
    ),
    *_one_or_both(
        STILL_ZERO.id,
        STILL_ZERO.title,
        STILL_ZERO.explanation,
        lambda a: {"dp": np.zeros_like(a["dc"]), "dq": np.zeros_like(a["dc"])},
    ),
)


def _through_p_alone(arguments: Arguments) -> Array:
    return exact.tanh_backward(arguments["dp"], arguments["cache"].p)


def _through_q_alone(arguments: Arguments) -> Array:
    return exact.sigmoid_backward(arguments["dq"], arguments["cache"].q)


def _on_a_road(p_road: Callable[[Arguments], Array], q_road: Callable[[Arguments], Array]) -> Predict:
    """Predict dx from two wrong roads, and from one that is wrong beside one that is right."""

    def predict(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
        wrong_p, wrong_q = p_road(arguments), q_road(arguments)
        right_p, right_q = _through_p_alone(arguments), _through_q_alone(arguments)
        return {"dx": [wrong_p + wrong_q, wrong_p + right_q, right_p + wrong_q]}

    return predict


JOIN = (
    Mistake(
        "only-one-use-counted",
        "Only one of the two uses is counted",
        "Your dx is what comes back along one road. x was used twice, and both uses change c: a value that is used "
        "several times collects the gradients of all its uses.",
        lambda a, _: {"dx": [_through_p_alone(a), _through_q_alone(a)]},
    ),
    Mistake(
        "one-use-counted-twice",
        "One of the two uses is counted twice, and the other one not at all",
        "Both terms of your dx come along the same road. Look for a name in the second one that should have changed.",
        lambda a, _: {"dx": [2 * _through_p_alone(a), 2 * _through_q_alone(a)]},
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
        "The gradient does not pass through tanh or the sigmoid",
        "You have joined dp or dq as it is. But x became p in a tanh, and q in a sigmoid: each road leads back through "
        "its own node before the two meet.",
        _on_a_road(lambda a: a["dp"], lambda a: a["dq"]),
    ),
    Mistake(
        "slope-at-the-input",
        "A slope is taken at x, where the output belongs",
        "The way back through tanh or the sigmoid is written with what came out of it. x is what went in.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["dp"], a["cache"].x),
            lambda a: exact.sigmoid_backward(a["dq"], a["cache"].x),
        ),
    ),
    Mistake(
        "slope-at-the-other-output",
        "A slope is taken at the output of the other node",
        "p came out of tanh, and q out of the sigmoid: the way back through a node needs its own output. p and q have "
        "the same shape, so only the numbers tell.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["dp"], a["cache"].q),
            lambda a: exact.sigmoid_backward(a["dq"], a["cache"].p),
        ),
    ),
    Mistake(
        "activation-applied-twice",
        "tanh or the sigmoid is applied twice",
        "p and q are outputs already: p is tanh of x, and q its sigmoid. The way back takes them as they are.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["dp"], np.tanh(a["cache"].p)),
            lambda a: exact.sigmoid_backward(a["dq"], sigmoid(a["cache"].q)),
        ),
    ),
    Mistake(
        "arguments-exchanged",
        "The gradient and the output are swapped",
        "tanh_backward and sigmoid_backward take the gradient that arrives first, and the output second. The two have "
        "the same shape, so only the numbers tell.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["cache"].p, a["dp"]),
            lambda a: exact.sigmoid_backward(a["cache"].q, a["dq"]),
        ),
    ),
    Mistake(
        "dc-past-the-product",
        "dc goes past the product",
        "On the way to x, dc has reached tanh or the sigmoid as it is. Between them and c stands the product, which "
        "you have gone back through already: go on from what came out of it.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["dc"], a["cache"].p),
            lambda a: exact.sigmoid_backward(a["dc"], a["cache"].q),
        ),
    ),
    Mistake(
        "ignored-dp-or-dq",
        "dp or dq is not used",
        "On at least one road your dx has the slope alone, as if what arrives were all ones. The chain rule multiplies "
        "the two.",
        _on_a_road(
            lambda a: exact.tanh_backward(np.ones_like(a["dp"]), a["cache"].p),
            lambda a: exact.sigmoid_backward(np.ones_like(a["dq"]), a["cache"].q),
        ),
    ),
    Mistake(
        "slopes-exchanged",
        "The slopes of tanh and of the sigmoid are swapped",
        "p came out of tanh, and q out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {
            "dx": exact.sigmoid_backward(a["dp"], a["cache"].p) + exact.tanh_backward(a["dq"], a["cache"].q),
        },
    ),
    Mistake(
        "one-slope-for-both",
        "Both roads go back through the same function",
        "p came out of tanh, and q out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {
            "dx": [
                backward(a["dp"], a["cache"].p) + backward(a["dq"], a["cache"].q)
                for backward in (exact.tanh_backward, exact.sigmoid_backward)
            ],
        },
    ),
    Mistake(
        "gradients-exchanged",
        "dp and dq are mixed up",
        "On at least one road, what goes back is the gradient of the other one: dp belongs to p, and dq to q.",
        _on_a_road(
            lambda a: exact.tanh_backward(a["dq"], a["cache"].p),
            lambda a: exact.sigmoid_backward(a["dp"], a["cache"].q),
        ),
    ),
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dx": a["cache"].x}),
    STILL_ZERO,
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
        "Your numbers do not depend on h. The caller decides how far to nudge: use the h that your function is given, "
        "not a number of your own.",
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
        "From x - h to x + h the distance is 2 h, and the difference is what f changes over all of it.",
        lambda _, right: {"dx": 2 * right["dx"]},
    ),
    Mistake(
        "missing-division",
        "The difference is not divided",
        "You return how much f changes. A gradient says how much f changes for each unit of x: divide by the distance "
        "between the two places.",
        lambda a, right: {"dx": 2 * a["h"] * right["dx"]},
    ),
    Mistake(
        "divided-by-two-alone",
        "The difference is divided by 2, and not by h",
        "The distance from the lower place to the upper one depends on h: with half the nudge, the difference is half "
        "as large, and the gradient is still the same.",
        lambda a, right: {"dx": a["h"] * right["dx"]},
    ),
    Mistake(
        "sign-reversed",
        "The sign is reversed",
        "Every number is right but for its sign. A gradient is positive where f grows with x: which of the two values "
        "is subtracted from which?",
        lambda _, right: {"dx": -right["dx"]},
    ),
    Mistake(
        "returned-too-early",
        "Only the first entry has been treated",
        "All entries after the first one are zero. Does return stand inside the loop?",
        lambda _, right: {"dx": np.where(np.arange(right["dx"].size).reshape(right["dx"].shape), 0.0, right["dx"])},
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
        "Your gradient is all zeros: either nothing was stored in it, or f was evaluated twice at the same place. Note "
        "that up = x makes no copy: it is a second name for the same array, and x.copy() is a new one.",
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
        "The two arrays count equally: relative_error(a, b) and relative_error(b, a) should be the same number, even "
        "if one of the arrays is all zeros. Divide by the largest entry of both.",
        _scaled_by_one,
    ),
    Mistake(
        "scaled-by-sum",
        "The difference is divided by the sum of the two sizes",
        "That is a common convention too, and gives about half of ours. Here the larger of the two sizes is meant.",
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
        "You have used lengths of vectors (np.linalg.norm) or means. Those work too, but a single wrong entry among "
        "many right ones shows up less. Here the largest entry is meant.",
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
    "A factor of Y = A1 * A2 gets its own value instead of the other one's",
    "Nudge A2: the product changes by A1 times as much. What a factor receives depends on the other factor.",
)

_ONE_USE = (
    "only-one-use-counted",
    "Only one of the two uses of A1 is counted",
    (
        "A1 was used twice: as a factor of Y, and as the input of the second layer. A value that is used several times "
        "collects the gradients of all its uses."
    ),
)

_AS_SUM = (
    "product-treated-as-sum",
    "The gradient passes through the product as if it were a sum",
    "dY comes out of the product unchanged. A sum passes the gradient on as it is; Y is a product of A1 and A2.",
)

_IGNORED_DY = (
    "ignored-dY",
    "dY is not used",
    (
        "A factor of Y receives the other one alone, as if dY were all ones. The chain rule multiplies: what arrives "
        "(dY), times what this node does."
    ),
)

_IGNORED_DA = (
    "ignored-dA",
    "A slope stands alone",
    "The gradient that arrives at the output of tanh or of the sigmoid is not used. The chain rule multiplies the two.",
)

_ARGUMENTS_OF_LAYERS_EXCHANGED = (
    "arguments-exchanged",
    "The gradient and the output are swapped",
    (
        "tanh_backward and sigmoid_backward take the gradient that arrives first, and the output second. The two have "
        "the same shape, so only the numbers tell."
    ),
)

_ACTIVATION_TWICE = (
    "activation-applied-twice",
    "tanh or the sigmoid is applied twice",
    ("A1 and A2 are outputs already, one of tanh and one of the sigmoid. The way back takes them as they are."),
)


def _a1_uses(arguments: Arguments) -> tuple[Array, Array]:
    """Return what comes back to A1 from its two uses: as a factor, and as an input."""
    cache, dY = arguments["cache"], arguments["dY"]
    factor = exact.gradients(lambda A1: A1 * cache.A2, {"A1": cache.A1}, dY)["dA1"]
    return factor, exact.weighted_input_backward(arguments["dZ2"], cache.second)["dX"]


def _mixed_up_layers(arguments: Arguments, right: Gradients) -> Gradients:
    second = exact.weighted_input_backward(arguments["dZ2"], arguments["cache"].second)
    return {"dW1": second["dW"], "db1": second["db"], "dW2": right["dW1"], "db2": right["db1"]}


GATE = (
    Mistake(*_IGNORED_DY, lambda a, _: {"dA2": a["cache"].A1}),
    Mistake(*_NOT_SWAPPED, lambda a, _: {"dA2": a["dY"] * a["cache"].A2}),
    Mistake(*_AS_SUM, lambda a, _: {"dA2": a["dY"]}),
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
        "The slopes of tanh and of the sigmoid are swapped",
        "A1 came out of tanh, and A2 out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {"dZ2": exact.tanh_backward(a["dA2"], a["cache"].A2)},
    ),
    Mistake(
        "slope-at-the-other-layer",
        "A slope is taken at the output of the other layer",
        "tanh made A1, and the sigmoid made A2. A1 and A2 have the same shape, so only the numbers tell.",
        lambda a, _: {"dZ2": exact.sigmoid_backward(a["dA2"], a["cache"].A1)},
    ),
    Mistake(*_IGNORED_DA, lambda a, _: {"dZ2": exact.sigmoid_backward(np.ones_like(a["dA2"]), a["cache"].A2)}),
    Mistake(*_ARGUMENTS_OF_LAYERS_EXCHANGED, lambda a, _: {"dZ2": exact.sigmoid_backward(a["cache"].A2, a["dA2"])}),
    Mistake(*_ACTIVATION_TWICE, lambda a, _: {"dZ2": exact.sigmoid_backward(a["dA2"], sigmoid(a["cache"].A2))}),
)

_SUBTRACTED = (
    "uses-subtracted",
    "One use of A1 is subtracted from the other",
    "If A1 grows, both uses change Y, and the two changes add up.",
)

A1_USES = (
    Mistake(*_ONE_USE, lambda a, _: {"dA1": _a1_uses(a)[1]}),
    Mistake(*_ONE_USE, lambda a, _: {"dA1": _a1_uses(a)[0]}),
    Mistake(
        "uses-averaged",
        "The two uses of A1 are averaged",
        "If A1 grows, both uses change Y, and the two changes add up.",
        lambda _, right: {"dA1": right["dA1"] / 2},
    ),
    Mistake(*_SUBTRACTED, lambda a, _: {"dA1": np.subtract(*_a1_uses(a))}),
    Mistake(*_SUBTRACTED, lambda a, _: {"dA1": -np.subtract(*_a1_uses(a))}),
    Mistake(
        "uses-multiplied",
        "The two uses of A1 are multiplied",
        "Along one road the factors are multiplied. Where two roads meet, what they bring is not.",
        lambda a, _: {"dA1": np.multiply(*_a1_uses(a))},
    ),
    Mistake(*_AS_SUM, lambda a, _: {"dA1": a["dY"] + _a1_uses(a)[1]}),
    Mistake(*_IGNORED_DY, lambda a, _: {"dA1": a["cache"].A2 + _a1_uses(a)[1]}),
    Mistake(*_NOT_SWAPPED, _gate_not_swapped),
    Mistake(
        "untransposed-W2",
        "W2 is not transposed on the way to A1",
        "W2 is square, so its product with dZ2 has the same shape either way, and NumPy cannot warn you. Forward, "
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
        "The slopes of tanh and of the sigmoid are swapped",
        "A1 came out of tanh, and A2 out of the sigmoid; each gradient has to go back the way its value came.",
        lambda a, _: {"dZ1": exact.sigmoid_backward(a["dA1"], a["cache"].A1)},
    ),
    Mistake(
        "slope-at-the-other-layer",
        "A slope is taken at the output of the other layer",
        "tanh made A1, and the sigmoid made A2. A1 and A2 have the same shape, so only the numbers tell.",
        lambda a, _: {"dZ1": exact.tanh_backward(a["dA1"], a["cache"].A2)},
    ),
    Mistake(*_IGNORED_DA, lambda a, _: {"dZ1": exact.tanh_backward(np.ones_like(a["dA1"]), a["cache"].A1)}),
    Mistake(*_ARGUMENTS_OF_LAYERS_EXCHANGED, lambda a, _: {"dZ1": exact.tanh_backward(a["cache"].A1, a["dA1"])}),
    Mistake(*_ACTIVATION_TWICE, lambda a, _: {"dZ1": exact.tanh_backward(a["dA1"], np.tanh(a["cache"].A1))}),
)


def _first_of(gradients: Gradients) -> Gradients:
    return {"dW1": gradients["dW"], "db1": gradients["db"], "dX": gradients["dX"]}


FIRST = (
    Mistake(
        "dX-of-the-second-layer",
        "dX is the gradient of the second layer's input",
        "Both layers return something called dX. That of the second layer belongs to A1, its input; the X of the whole "
        "graph is the input of the first layer.",
        lambda a, _: {"dX": exact.weighted_input_backward(a["dZ2"], a["cache"].second)["dX"]},
    ),
    Mistake(
        "dZ2-in-the-first-layer",
        "dZ2 stands where dZ1 belongs",
        "Your numbers for the first layer are made with dZ2, which belongs to the second one. To reach the first "
        "layer, the gradient has to go on through A1 and tanh.",
        lambda a, _: _first_of(exact.weighted_input_backward(a["dZ2"], a["cache"].first)),
    ),
    Mistake(
        "cache-of-the-second-layer",
        "The first layer is given the cache of the second one",
        "Each layer has a cache of its own, with what went into it and with its weights. Which one belongs to dZ1?",
        lambda a, _: _first_of(exact.weighted_input_backward(a["dZ1"], a["cache"].second)),
    ),
    Mistake(
        "layers-mixed-up",
        "The gradients of the two layers are mixed up",
        "What is returned for the parameters of one layer are the gradients of the other one. Does each name get its "
        "own result?",
        _mixed_up_layers,
    ),
    Mistake(
        *VALUE_FOR_GRADIENT,
        lambda a, _: {"dW1": a["cache"].first.W, "db1": a["cache"].first.b, "dX": a["cache"].first.X},
    ),
    *still_zero("dW1", "db1", "dX"),
)

SECOND = (
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dW2": a["cache"].second.W, "db2": a["cache"].second.b}),
    *still_zero("dW2", "db2"),
)

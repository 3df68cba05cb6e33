"""Known mistakes in the backward pass of one RNN cell, each as the numbers that it gives.

They are wrong formulas, or right results used wrongly; the right backward formulas are not among them.
"""

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Mistake
from bptt.types import Array, Gradients


def _waa_not_transposed(arguments: Arguments, _: Gradients) -> Gradients:
    cache = arguments["cache"]
    turned = {**cache.parameters, "Waa": cache.parameters["Waa"].T}
    return {"da_prev": exact.rnn_cell_inputs_backward(arguments["dz"], cache._replace(parameters=turned))["da_prev"]}


def _waa_with_a_next(arguments: Arguments, _: Gradients) -> Gradients:
    cache = arguments["cache"]
    later = cache._replace(a_prev=cache.a_next)
    return {"dWaa": exact.rnn_cell_parameters_backward(arguments["dz"], later)["dWaa"]}


def _dz(arguments: Arguments, bias: str) -> Array:
    """Return the gradient of what a bias is added to; a cell with several biases has one for each bias."""
    dz = next(value for name, value in arguments.items() if name.startswith("dz"))
    return dz[bias] if isinstance(dz, dict) else dz


def _gradients_of(letter: str, gradients: Gradients) -> Gradients:
    return {name: array for name, array in gradients.items() if name.startswith(f"d{letter}")}


def _transposed(_: Arguments, right: Gradients) -> Gradients:
    return {name: array.T for name, array in _gradients_of("W", right).items()}


def _without_an_axis(_: Arguments, right: Gradients) -> Gradients:
    return {name: array.ravel() for name, array in _gradients_of("b", right).items()}


def _over_wrong_axis(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    over_features = {name: _dz(arguments, name).sum(axis=0) for name in _gradients_of("b", right)}
    return {name: [sums, sums[None, :], sums[:, None]] for name, sums in over_features.items()}


def _not_summed(arguments: Arguments, right: Gradients) -> Gradients:
    return {name: _dz(arguments, name) for name in _gradients_of("b", right)}


def _averaged(arguments: Arguments, parameters: Gradients) -> Gradients:
    _, m = arguments["cache"].a_prev.shape
    return {name: array / m for name, array in parameters.items()}


def _slope_again(arguments: Arguments, right: Gradients) -> Gradients:
    cache = arguments["cache"]
    slope = exact.rnn_cell_dz(np.ones_like(cache.a_next), cache)
    if "dxt" in right:
        return exact.rnn_cell_inputs_backward(arguments["dz"] * slope, cache)
    return exact.rnn_cell_parameters_backward(arguments["dz"] * slope, cache)


SLOPE_AGAIN = Mistake(
    "slope-counted-twice",
    "The slope of tanh is counted twice",
    "dz is the gradient before tanh: the slope is in it already. On the way further left there is no tanh any more.",
    _slope_again,
)


DZ = (
    Mistake(
        "missing-tanh-derivative",
        "The gradient does not pass through tanh",
        "Your numbers are those of a cell without tanh: da_next has reached dz unchanged. On the way forward a_next "
        "came out of tanh, so on the way back the gradient has to be multiplied by the slope of tanh, entry by "
        "entry.",
        lambda a, _: {"dz": a["da_next"]},
    ),
    Mistake(
        "ignored-da-next",
        "da_next is not used",
        "Your numbers are the slope of tanh alone, as if da_next were all ones. The chain rule multiplies: what the "
        "loss feels at a_next (da_next), times how a_next follows z.",
        lambda a, _: {"dz": exact.rnn_cell_dz(np.ones_like(a["da_next"]), a["cache"])},
    ),
    Mistake(
        "derivative-of-a-prev",
        "The slope of tanh is taken at a_prev",
        "You have computed the slope from a_prev, the state that came in. This cell's tanh made a_next; its slope is"
        " to be taken there.",
        lambda a, _: {"dz": a["da_next"] * (1 - a["cache"].a_prev ** 2)},
    ),
    Mistake(
        "tanh-applied-twice",
        "tanh is applied twice",
        "You have computed tanh of a_next. But a_next is already tanh(z): write the slope in terms of the output, with "
        "no further tanh.",
        lambda a, _: {"dz": a["da_next"] * (1 - np.tanh(a["cache"].a_next) ** 2)},
    ),
    Mistake(
        "square-forgotten",
        "The square in the slope of tanh is missing",
        "Your slope is 1 - a_next. Compare it with the picture: the slope of tanh is the same at a and at -a, and "
        "never more than 1.",
        lambda a, _: {"dz": a["da_next"] * (1 - a["cache"].a_next)},
    ),
    Mistake(
        "square-outside",
        "The square is in the wrong place",
        "You have squared the whole difference, (1 - a_next)**2. In the slope of tanh only a_next is squared.",
        lambda a, _: {"dz": a["da_next"] * (1 - a["cache"].a_next) ** 2},
    ),
    Mistake(
        "sigmoid-derivative",
        "This is the slope of the sigmoid, not of tanh",
        "a (1 - a) belongs to the sigmoid. This cell uses tanh, whose slope at a = 0 is 1.",
        lambda a, _: {"dz": a["da_next"] * a["cache"].a_next * (1 - a["cache"].a_next)},
    ),
)

INPUT_TRANSPOSED = Mistake(
    "input-gradient-transposed",
    "The gradient is transposed",
    "The numbers are right but rows and columns are exchanged. A gradient has the shape of what it belongs to: "
    "features in rows, examples in columns.",
    lambda _, right: {"dxt": right["dxt"].T, "da_prev": right["da_prev"].T},
)

INPUTS = (
    Mistake(
        "untransposed-Waa",
        "Waa is not transposed in da_prev",
        "Waa is square, so its product with dz has a fitting shape either way, and NumPy cannot warn you. Forward, "
        "entry [i, k] of Waa carried a_prev[k] to z[i]; going back, what arrives at a_prev[k] comes from all z[i]. "
        "Which index is summed over?",
        _waa_not_transposed,
    ),
    INPUT_TRANSPOSED,
    SLOPE_AGAIN,
)


def weighted_input_mistakes(bias: str) -> tuple[Mistake, ...]:
    """List the mistakes that are possible in the gradients of any weights and their bias.

    Parameters
    ----------
    bias : str
        Name of the bias in the lesson.

    Returns
    -------
    tuple of Mistake
        They recognise weights and biases by the first letter of their names, and ``dz`` by the first letters of the
        argument's name: it is an array, or a dict of arrays by the name of each bias gradient.
    """
    return (
        Mistake(
            "weight-gradient-transposed",
            "The weight gradient is transposed",
            "The numbers are right but rows and columns are exchanged. A gradient has the shape of what it belongs to: "
            "entry [i, k] says how the loss follows entry [i, k] of the weights.",
            _transposed,
        ),
        Mistake(
            "sum-without-keepdims",
            f"d{bias} has lost an axis",
            f"The sum is right, but its shape is (n_a,) where {bias} has (n_a, 1). Adding the two later would either "
            'fail ("non-broadcastable output operand") or spread into a square. Look for keepdims in the help of '
            "np.sum.",
            _without_an_axis,
        ),
        Mistake(
            "bias-summed-over-wrong-axis",
            f"d{bias} is summed over the wrong axis",
            f"You have added up the features of each example. {bias} has one entry for each feature, shared by all m "
            "examples: which axis of dz counts the examples?",
            _over_wrong_axis,
        ),
        Mistake(
            "bias-not-summed",
            f"d{bias} still has a column for each example",
            f"You have what each example says about the bias. But {bias} is one column, copied to all m examples, so "
            "it collects what comes back from all of them.",
            _not_summed,
        ),
        Mistake(
            "bias-is-mean",
            f"d{bias} is a mean over the examples",
            f"Your d{bias} is m times too small: mean where a sum belongs. The bias was used once for each example, "
            "and a value that is used several times collects the sum of all gradients. In this course a 1/m, if any, "
            "is in the loss.",
            lambda a, right: _averaged(a, _gradients_of("b", right)),
        ),
        Mistake(
            "averaged-over-examples",
            "The parameter gradients are divided by m",
            "All parameter gradients are m times too small. Some texts average over the examples inside the backward "
            "pass; in this course the gradients are sums, and a 1/m, if any, is in the loss and reaches you through "
            "da_next.",
            lambda a, right: _averaged(a, {**_gradients_of("W", right), **_gradients_of("b", right)}),
        ),
    )


PARAMETERS = (
    *weighted_input_mistakes("ba"),
    Mistake(
        "dWaa-uses-a-next",
        "dWaa is computed with a_next",
        "Waa was multiplied by a_prev in the forward pass, so a_prev is what its gradient is made with. You have "
        "used the state that came out of the cell. Both have the same shape, so only the numbers tell.",
        _waa_with_a_next,
    ),
    SLOPE_AGAIN,
)

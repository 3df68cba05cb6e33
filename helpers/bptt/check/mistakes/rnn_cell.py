"""Known mistakes in the backward pass of one RNN cell, each as the numbers that it gives.

They are wrong formulas, or right results used wrongly; the right backward formulas are not among them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bptt import exact
from bptt.activations import sigmoid
from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.rnn import RNNCellCache, rnn_cell_z
from bptt.types import Array, Gradients

_TERMS = ("Wax", "Waa", "ba")
"""Whose terms add up to z."""


def _waa_not_transposed(arguments: Arguments, _: Gradients) -> Gradients:
    cache = arguments["cache"]
    turned = {**cache.parameters, "Waa": cache.parameters["Waa"].T}
    return {"da_prev": exact.rnn_cell_inputs_backward(arguments["dz"], cache._replace(parameters=turned))["da_prev"]}


def _with_gradients_of_weights(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    dz, cache = arguments["dz"], arguments["cache"]
    gradients = exact.rnn_cell_parameters_backward(dz, cache)
    weights = {name: gradients[f"d{name}"] for name in ("Wax", "Waa")}
    turned = weights | {"Waa": weights["Waa"].T}
    right, untransposed = (
        exact.rnn_cell_inputs_backward(dz, cache._replace(parameters=cache.parameters | each))
        for each in (weights, turned)
    )
    return {"dxt": [right["dxt"]], "da_prev": [right["da_prev"], untransposed["da_prev"]]}


def _mixed_up(arguments: Arguments, _: Gradients) -> Gradients:
    # Not from the gradients given: what another mistake has made of da_prev is not what stands in dxt.
    right = exact.rnn_cell_inputs_backward(arguments["dz"], arguments["cache"])
    return {"dxt": right["da_prev"], "da_prev": right["dxt"]}


def _with_gradients_of_inputs(arguments: Arguments, _: Gradients) -> Gradients:
    dz, cache = arguments["dz"], arguments["cache"]
    inputs = exact.rnn_cell_inputs_backward(dz, cache)
    after = cache._replace(xt=inputs["dxt"], a_prev=inputs["da_prev"])
    return _gradients_of("W", exact.rnn_cell_parameters_backward(dz, after))


def _summed_over_everything(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    dz = arguments["dz"]
    numbers = (np.asarray(dz.sum()), np.asarray(dz.mean()))
    shapes = ((), (1, 1), right["dba"].shape)
    return {"dba": [np.broadcast_to(number, shape) for number in numbers for shape in shapes]}


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
    dz = arguments["dz"] * _slope(arguments["cache"])
    backward = exact.rnn_cell_inputs_backward if "dxt" in right else exact.rnn_cell_parameters_backward
    return backward(dz, arguments["cache"])


SLOPE_AGAIN = Mistake(
    "slope-counted-twice",
    "The slope of tanh is counted twice",
    "The cell has one tanh. Its slope is a factor of dz once, and on the way further left there is no tanh any more.",
    _slope_again,
)


def _slope(cache: RNNCellCache) -> Array:
    return exact.rnn_cell_dz(np.ones_like(cache.a_next), cache)


def _z(cache: RNNCellCache, *terms: str) -> Array:
    """Compute the sum of some of the terms of z."""
    _, a_prev, xt, parameters = cache
    left_out = {name: np.zeros_like(array) for name, array in parameters.items() if name not in terms}
    return rnn_cell_z(xt, a_prev, parameters | left_out)


def _with_slope(slope: Callable[[RNNCellCache], Array]) -> Predict:
    return lambda a, _: {"dz": a["da_next"] * slope(a["cache"])}


def _wrong_slopes(
    identifier: str, title: str, explanation: str, *slopes: Callable[[RNNCellCache], Array]
) -> tuple[Mistake, ...]:
    """Make one mistake for each way of writing it, because later stages get the first spelling of a mistake only."""
    return tuple(Mistake(identifier, title, explanation, _with_slope(slope)) for slope in slopes)


_SPLIT_SLOPE = (
    "slope-split-by-parentheses",
    "da_next reaches only one side of the minus",
    (
        "The slope of tanh is a difference, and da_next has to multiply all of it. Computing the slope in a line of "
        "its own, with a name, helps."
    ),
)

DZ = (
    Mistake(
        "missing-tanh-derivative",
        "The gradient does not pass through tanh",
        "Your numbers are made with da_next as it arrived, as if the cell had no tanh. On the way forward a_next came "
        "out of tanh, so on the way back the gradient has to be multiplied by the slope of tanh, entry by entry. If "
        "your code does that already: does every line use the result?",
        lambda a, _: {"dz": a["da_next"]},
    ),
    Mistake(
        "ignored-da-next",
        "da_next is not used",
        "Your numbers are the slope of tanh alone, as if da_next were all ones. The chain rule multiplies: how the "
        "loss changes with a_next (da_next), times how a_next changes with z.",
        lambda a, _: {"dz": _slope(a["cache"])},
    ),
    Mistake(
        "a-next-for-da-next",
        "a_next stands where da_next belongs",
        "You have multiplied the slope by a_next, the state itself. What arrives from the right is the gradient of "
        "the loss with respect to that state.",
        lambda a, _: {"dz": a["cache"].a_next * _slope(a["cache"])},
    ),
    *_wrong_slopes(
        "derivative-of-a-prev",
        "The slope of tanh is taken at a_prev",
        "You have computed the slope from a_prev, the state that came in. This cell's tanh made a_next; its slope is"
        " to be taken there.",
        lambda cache: 1 - cache.a_prev**2,
        lambda cache: 1 - np.tanh(cache.a_prev) ** 2,
    ),
    *_wrong_slopes(
        "tanh-applied-twice",
        "tanh is applied twice",
        "You have computed tanh of a_next. But a_next is already tanh(z): write the slope in terms of the output, with "
        "no further tanh.",
        lambda cache: 1 - np.tanh(cache.a_next) ** 2,
        lambda cache: 1 - np.tanh(cache.a_next),
    ),
    *_wrong_slopes(
        "square-inside-tanh",
        "tanh is applied to a square",
        "In the slope of tanh it is the output of tanh that is squared. You have squared first, and applied tanh "
        "afterwards. Is what you start from an output of tanh, or has it yet to go through it?",
        lambda cache: 1 - np.tanh(cache.a_next**2),
        lambda cache: 1 - np.tanh(_z(cache, *_TERMS) ** 2),
    ),
    *_wrong_slopes(
        "square-forgotten",
        "The square in the slope of tanh is missing",
        "Your slope is 1 - a_next (or 1 - tanh(z), which is the same). Compare it with the picture: the slope of tanh "
        "is the same at a and at -a, and never more than 1.",
        lambda cache: 1 - cache.a_next,
    ),
    *_wrong_slopes(
        "square-outside",
        "The square is in the wrong place",
        "You have squared the whole difference, (1 - a_next)**2. In the slope of tanh only a_next is squared.",
        lambda cache: (1 - cache.a_next) ** 2,
    ),
    *_wrong_slopes(
        "plus-in-slope",
        "The slope has a plus where a minus belongs",
        "A plus belongs to the slope of tan, the function of angles. tanh becomes flatter the further its output is "
        "from 0; your slope becomes steeper.",
        lambda cache: 1 + cache.a_next**2,
    ),
    Mistake(
        "sign-reversed",
        "The sign is reversed",
        "Every number is right but for its sign. tanh only rises, so its slope is never negative, and nothing else in "
        "this cell changes a sign. Look for a difference the wrong way round, or for a minus in front of a term.",
        lambda _, right: {"dz": -right["dz"]},
    ),
    Mistake(
        "one-over-m",
        "There is a division by m",
        "Your numbers are m times too small. In this course the gradients are those of the whole loss: a 1/m, if any, "
        "is in the loss and has reached you through da_next, so nothing in the cell is divided by m.",
        lambda a, right: {"dz": right["dz"] / a["da_next"].shape[1]},
    ),
    *_wrong_slopes(
        "one-minus-forgotten",
        "The slope of tanh is not the square alone",
        "You multiply by a_next squared. That is 0 where a_next is 0, and there tanh is at its steepest: look at the "
        "picture again.",
        lambda cache: cache.a_next**2,
    ),
    *_wrong_slopes(
        "value-for-slope",
        "tanh stands where its slope belongs",
        "What arrives is multiplied by what tanh gives. On the way back a node multiplies by its slope: by how its "
        "output changes with its input.",
        lambda cache: cache.a_next,
        lambda cache: np.tanh(cache.a_next),
    ),
    *_wrong_slopes(
        "divided-by-slope",
        "The gradient is divided by the slope of tanh",
        "Where tanh is flat, a nudge of z has little effect on a_next, so little comes back. Your gradient is largest "
        "there.",
        lambda cache: 1 / _slope(cache),
    ),
    Mistake(*_SPLIT_SLOPE, lambda a, _: {"dz": 1 - a["cache"].a_next ** 2 * a["da_next"]}),
    Mistake(*_SPLIT_SLOPE, lambda a, _: {"dz": a["da_next"] - a["cache"].a_next ** 2}),
    replace(SLOPE_AGAIN, predict=_with_slope(lambda cache: _slope(cache) ** 2)),
    *_wrong_slopes(
        "sigmoid-derivative",
        "This is the slope of the sigmoid, not of tanh",
        "A slope of the form a (1 - a) belongs to the sigmoid. This cell uses tanh, whose slope at a = 0 is 1.",
        lambda cache: cache.a_next * (1 - cache.a_next),
        lambda cache: sigmoid(cache.a_next) * (1 - sigmoid(cache.a_next)),
        lambda cache: sigmoid(_z(cache, *_TERMS)) * (1 - sigmoid(_z(cache, *_TERMS))),
    ),
    *_wrong_slopes(
        "z-for-its-tanh",
        "The slope is written with z in place of the output",
        "You have squared z as it was before tanh. Written with the output, the slope of tanh has the square of what "
        "came out of it.",
        lambda cache: 1 - _z(cache, *_TERMS) ** 2,
    ),
    *_wrong_slopes(
        "z-is-incomplete",
        "Something is missing from z",
        "You have computed z again for the slope, and it is not the z of the forward pass: that one is a sum of three "
        "terms. The cache also has what tanh made of it, so there is no need to compute it again.",
        *(
            lambda cache, terms=terms: 1 - np.tanh(_z(cache, *terms)) ** 2
            for terms in (("Wax", "Waa"), ("Wax", "ba"), ("Waa", "ba"), ("Wax",), ("Waa",))
        ),
    ),
    *_wrong_slopes(
        "z-made-with-a-next",
        "z is computed again with a_next",
        "For the slope you have computed z again, with the state that came out of the cell. z was there first: it was "
        "made with the state that came in.",
        lambda cache: 1 - np.tanh(_z(cache._replace(a_prev=cache.a_next), *_TERMS)) ** 2,
    ),
)

INPUT_TRANSPOSED = Mistake(
    "input-gradient-transposed",
    "The gradient is transposed",
    "The numbers are right, but rows and columns are swapped. A gradient has the shape of what it belongs to: features "
    "in rows, examples in columns.",
    lambda _, right: {"dxt": right["dxt"].T, "da_prev": right["da_prev"].T},
)

VALUE_FOR_GRADIENT = (
    "value-for-gradient",
    "A value of the forward pass is returned as a gradient",
    (
        "These are numbers of the forward pass. The gradient has the same shape but other numbers: look at what you "
        "return under this name."
    ),
)

STILL_ZERO = Mistake(
    "still-zero",
    "All numbers are zero",
    "That is how np.zeros leaves them. Is there a line that computes this gradient, from numbers that are not zeros "
    "themselves, and does its result go into what you return?",
    lambda _, right: {name: np.zeros_like(array) for name, array in right.items()},
)


def still_zero(*names: str) -> tuple[Mistake, ...]:
    """Make the mistake for each gradient by itself, so that the others say nothing against it."""

    def zeros(name: str) -> Predict:
        return lambda _, right: {name: np.zeros_like(right[name])}

    return tuple(replace(STILL_ZERO, predict=zeros(name)) for name in names)


INPUTS = (
    Mistake(
        "untransposed-Waa",
        "Waa is not transposed in da_prev",
        "Waa is square, so its product with dz has the same shape either way, and NumPy cannot warn you. Forward, "
        "entry [i, k] of Waa carried a_prev[k] to z[i]; going back, what arrives at a_prev[k] comes from all z[i]. "
        "Which index is summed over?",
        _waa_not_transposed,
    ),
    INPUT_TRANSPOSED,
    SLOPE_AGAIN,
    Mistake(
        "gradient-for-weights",
        "The gradient of the weights stands where the weights belong",
        "You have multiplied dz by the gradient of the weights. How xt and a_prev affect z depends on the weights "
        "themselves, and they are in the cache. Is there a d too many?",
        _with_gradients_of_weights,
    ),
    Mistake(
        "input-gradients-mixed-up",
        "dxt and da_prev are mixed up",
        "One of them holds the numbers of the other one. xt and a_prev entered z through different weights: does each "
        "line use its own, and does each name get its own result?",
        _mixed_up,
    ),
    Mistake(
        "through-the-tanh-before",
        "da_prev has gone through the tanh of the step before",
        "You have multiplied da_prev by the slope of the tanh that made a_prev. That tanh is in the cell before, which "
        "is given da_prev and takes care of it.",
        lambda a, right: {"da_prev": right["da_prev"] * (1 - a["cache"].a_prev ** 2)},
    ),
    Mistake(
        "dz-for-da-prev",
        "da_prev is dz unchanged",
        "Between a_prev and z stands the product with Waa. Only the sum passes dz on as it is; what does the product "
        "do with it?",
        lambda a, _: {"da_prev": a["dz"]},
    ),
    Mistake(
        *VALUE_FOR_GRADIENT,
        lambda a, _: {"dxt": a["cache"].xt, "da_prev": [a["cache"].a_prev, a["cache"].a_next]},
    ),
    *still_zero("dxt", "da_prev"),
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
            "The numbers are right, but rows and columns are swapped. A gradient has the shape of what it belongs to: "
            "entry [i, k] says how the loss changes with entry [i, k] of the weights.",
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
            f"You have what each example contributes to the bias. But {bias} is one column, copied to all m examples, "
            "so it collects what comes back from all of them.",
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
    Mistake(
        "bias-summed-over-everything",
        "dba is one number for all units",
        "All entries of dz have gone into one number. ba has one entry for each unit, and each of them went into its "
        "own row of z: only the examples are to be summed.",
        _summed_over_everything,
    ),
    Mistake(
        "gradient-for-input",
        "The gradient of an input stands where the input belongs",
        "You have multiplied dz by dxt or da_prev. How Wax and Waa affect z depends on xt and a_prev themselves. Is "
        "there a d too many?",
        _with_gradients_of_inputs,
    ),
    Mistake(
        "weight-gradients-mixed-up",
        "dWax and dWaa are mixed up",
        "One of them holds the numbers of the other one. Wax and Waa met different arrays in the forward pass: does "
        "each line use its own, and does each name get its own result?",
        lambda _, right: {"dWax": right["dWaa"], "dWaa": right["dWax"]},
    ),
    Mistake(
        *VALUE_FOR_GRADIENT,
        lambda a, right: {name: a["cache"].parameters[name.removeprefix("d")] for name in right},
    ),
    *still_zero("dWax", "dWaa", "dba"),
)

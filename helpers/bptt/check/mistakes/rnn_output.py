"""Known mistakes in the backward pass from the losses to the states: cross-entropy, softmax, dense layer."""

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Mistake
from bptt.rnn import output_z
from bptt.types import Array, Gradients


def scores(y_pred: Array, y: Array) -> Gradients:
    """Compute the first stage: the exact gradient of the scores, which softmax turns into probabilities.

    Parameters
    ----------
    y_pred, y : ndarray (n_y, m, T_x)

    Returns
    -------
    dict
        ``dz (n_y, m, T_x)``.
    """
    n_y, m, T_x = y.shape
    # With one feature for each score and the identity as weights, the states are the scores.
    gradients = exact.output_backward(y_pred, y, np.zeros((n_y, m, T_x)), np.eye(n_y))
    return {"dz": gradients["da_loss"]}


def dense(dz: Array, a: Array, Wya: Array) -> Gradients:
    """Compute the second stage: the exact gradients of the dense layer, from that of the scores.

    Parameters
    ----------
    dz : ndarray (n_y, m, T_x)
    a : ndarray (n_a, m, T_x)
    Wya : ndarray (n_y, n_a)

    Returns
    -------
    dict
        ``da_loss (n_a, m, T_x), dWya (n_y, n_a), dby (n_y, 1)``.
    """
    gradients = exact.gradients(output_z, {"a": a, "Wya": Wya, "by": np.zeros((len(Wya), 1))}, dz)
    return {"da_loss": gradients["da"], "dWya": gradients["dWya"], "dby": gradients["dby"]}


def _last_step_only(arguments: Arguments, _: Gradients) -> Gradients:
    last = dense(arguments["dz"][..., -1:], arguments["a"][..., -1:], arguments["Wya"])
    return {"dWya": last["dWya"], "dby": last["dby"]}


def _without_last_step(_: Arguments, right: Gradients) -> Gradients:
    dz = right["dz"].copy()
    dz[..., -1] = 0
    return {"dz": dz}


def _averaged(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    _, m, T_x = arguments["dz"].shape
    return {name: [gradient / count for count in (m, T_x, m * T_x)] for name, gradient in right.items()}


SCORES = (
    Mistake(
        "sign-of-the-output-gradient",
        "The difference is the wrong way round",
        "Your gradients have the opposite sign. Where the prediction of a class is too high, its score should come"
        " down, so its gradient is positive: which of y_pred and y is then the larger one?",
        lambda a, _: {"dz": a["y"] - a["y_pred"]},
    ),
    Mistake(
        "target-not-subtracted",
        "y plays no part in the gradient",
        "Your numbers are those for y_pred alone. The loss looks at the right class only, so y must come in somewhere.",
        lambda a, _: {"dz": a["y_pred"]},
    ),
    Mistake(
        "softmax-forgotten",
        "The gradient does not pass through softmax",
        "You have the gradient of the cross-entropy with respect to the probabilities, -y / y_pred. Between them and "
        "the scores there is softmax; the two together have a very simple gradient.",
        lambda a, _: {"dz": -a["y"] / a["y_pred"]},
    ),
    Mistake(
        "softmax-derivative-twice",
        "The slope of softmax is counted twice",
        "The simple form for the scores contains softmax already. You have multiplied it by y_pred (1 - y_pred) again.",
        lambda a, right: {"dz": right["dz"] * a["y_pred"] * (1 - a["y_pred"])},
    ),
    # To send -y / y_pred through each probability's own slope gives the same as to keep the right class alone.
    Mistake(
        "other-classes-left-out",
        "Only the right class has a gradient",
        "The loss looks at the probability of the right class alone. But softmax divides by a sum over all classes, so "
        "that probability depends on every score, and every score has a gradient.",
        lambda a, right: {"dz": right["dz"] * a["y"]},
    ),
    Mistake(
        "softmax-slope-alone",
        "The slope of the probabilities stands where the gradient belongs",
        "y_pred (1 - y_pred) is how a probability changes with its own score. Neither the loss nor y plays a part in "
        "it: the same numbers come out whatever the right class is.",
        lambda a, _: {"dz": a["y_pred"] * (1 - a["y_pred"])},
    ),
    Mistake(
        "one-hot-forgotten",
        "1 is subtracted for every class",
        "y is 1 for the right class and 0 for all others: what is subtracted from a probability depends on its class.",
        lambda a, _: {"dz": a["y_pred"] - 1},
    ),
    Mistake(
        "as-for-squared-error",
        "The gradient is twice what it should be",
        "Is the factor 2 that of a squared error? The loss of this lesson is the cross-entropy.",
        lambda _, right: {"dz": 2 * right["dz"]},
    ),
    Mistake(
        "last-step-left-out",
        "The last step is left out",
        "Everything is right but for the last step, whose gradient is zero: the loop ends one step too early.",
        _without_last_step,
    ),
)

DENSE = (
    Mistake(
        "slope-of-tanh-too-early",
        "The slope of tanh does not belong here",
        "da_loss is the gradient of the state, which tanh has made. The way through tanh is left to the cell, in its "
        "backward pass.",
        lambda a, right: {"da_loss": right["da_loss"] * (1 - a["a"] ** 2)},
    ),
    Mistake(
        "output-weights-last-step-only",
        "Wya and by learn from the last step only",
        "The same Wya and by make the prediction at every step. What is used several times collects the sum.",
        _last_step_only,
    ),
    Mistake(
        "sum-without-keepdims",
        "dby has lost an axis",
        "The sum is right, but its shape is (n_y,) where by has (n_y, 1).",
        lambda _, right: {"dby": right["dby"].ravel()},
    ),
    Mistake(
        "averaged-over-examples",
        "A gradient is divided by m or T_x",
        "It is too small by the number of examples, of steps, or of both. The loss of this lesson is a sum over the "
        "examples and the steps, not a mean.",
        _averaged,
    ),
)

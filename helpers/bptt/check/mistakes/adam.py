"""Known mistakes in one step of Adam, and the step itself, with the bias corrections in the learning rate.

References
----------
D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1 and section 2.
"""

from collections.abc import Callable

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.types import Array, Gradients

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def moments(dW: Array, mean: Array, square: Array) -> Gradients:
    """Update both running means.

    Parameters
    ----------
    dW, mean, square : ndarray, of one shape

    Returns
    -------
    dict
        ``mean_next, square_next``, of that shape.
    """
    return {
        "mean_next": mean + (1 - BETA1) * (dW - mean),
        "square_next": square + (1 - BETA2) * (dW * dW - square),
    }


def move(
    W: Array,
    _dW: Array,
    _mean: Array,
    _square: Array,
    mean_next: Array,
    square_next: Array,
    t: int,
    learning_rate: float,
) -> Array:
    """Update the weights, with both bias corrections put into the learning rate and into epsilon.

    Parameters
    ----------
    W, mean_next, square_next : ndarray, of one shape
    t : int
        Number of the step, from 1.
    learning_rate : float
        Positive.

    Returns
    -------
    ndarray of that shape
    """
    root = np.sqrt(1 - BETA2**t)
    with np.errstate(invalid="ignore"):  # after a mistake in the squares their mean may be negative
        return W - learning_rate * root / (1 - BETA1**t) * mean_next / (np.sqrt(square_next) + EPSILON * root)


Step = Callable[[Arguments], Array]
"""From the arguments of the stage to what is subtracted from the weights."""


def _step(
    mean_correction: Callable[[int], float] = lambda t: 1 - BETA1**t,
    square_correction: Callable[[int], float] = lambda t: 1 - BETA2**t,
    divisor: Callable[[Array], Array] = lambda square: np.sqrt(square) + EPSILON,
    means: tuple[str, str] = ("mean_next", "square_next"),
) -> Step:
    """Make a step from the corrections of both means, the divisor, and the names of the means."""

    def step(a: Arguments) -> Array:
        mean, square = (a[name] for name in means)
        with np.errstate(all="ignore"):
            corrected = np.divide(mean, mean_correction(a["t"])), np.divide(square, square_correction(a["t"]))
            return a["learning_rate"] * corrected[0] / divisor(corrected[1])

    return step


def _weights_after(*steps: Step) -> Predict:
    return lambda a, _: {"W_next": [a["W"] - step(a) for step in steps]}


def _uncorrected(_: int) -> float:
    return 1.0


def _wrong_means(
    keep: float, name: str, value: Callable[[Arguments], Array]
) -> dict[str, Callable[[Arguments], Array]]:
    return {
        "whole": lambda a: keep * a[name] + value(a),
        "exchanged": lambda a: (1 - keep) * a[name] + keep * value(a),
    }


_MEAN = _wrong_means(BETA1, "mean", lambda a: a["dW"])
_SQUARE = _wrong_means(BETA2, "square", lambda a: a["dW"] ** 2)


def _both_means(what: str) -> Predict:
    return lambda a, _: {"mean_next": _MEAN[what](a), "square_next": _SQUARE[what](a)}


def _corrected_means(arguments: Arguments, right: Gradients) -> Gradients:
    t = arguments["t"]
    return {
        "mean_next": right["mean_next"] / (1 - BETA1**t),
        "square_next": right["square_next"] / (1 - BETA2**t),
    }


def _epsilon_before_correction(a: Arguments) -> Array:
    root, t = np.sqrt(1 - BETA2 ** a["t"]), a["t"]
    with np.errstate(invalid="ignore"):
        step = a["mean_next"] / (np.sqrt(a["square_next"]) + EPSILON)
    return a["W"] - a["learning_rate"] * root / (1 - BETA1**t) * step


MOMENTS = (
    Mistake(
        "new-value-not-weighed",
        "The new gradient enters the running mean with its full weight",
        "A running mean takes beta of its old value and 1 - beta of the new one. Yours takes all of the new one, so it "
        "grows and grows.",
        _both_means("whole"),
    ),
    Mistake(
        "parts-exchanged",
        "Old and new are swapped in the running mean",
        "beta, which is close to 1, belongs to the old value: a running mean changes slowly.",
        _both_means("exchanged"),
    ),
    Mistake(
        "betas-exchanged",
        "beta1 and beta2 are swapped",
        "beta1 belongs to the mean of the gradients, beta2 to the mean of their squares.",
        lambda a, _: {
            "mean_next": BETA2 * a["mean"] + (1 - BETA2) * a["dW"],
            "square_next": BETA1 * a["square"] + (1 - BETA1) * a["dW"] ** 2,
        },
    ),
    Mistake(
        "two-betas-in-one-mean",
        "Two different betas meet in one running mean",
        "The two parts of a running mean add up to 1: beta of the old value, and one minus the same beta of the new "
        "one.",
        lambda a, _: {
            "mean_next": [BETA1 * a["mean"] + (1 - BETA2) * a["dW"], BETA2 * a["mean"] + (1 - BETA1) * a["dW"]],
            "square_next": [
                BETA2 * a["square"] + (1 - BETA1) * a["dW"] ** 2,
                BETA1 * a["square"] + (1 - BETA2) * a["dW"] ** 2,
            ],
        },
    ),
    Mistake(
        "old-mean-not-weighed",
        "The old value of the running mean keeps its full weight",
        "A running mean gives up a part of its old value for each new one. Yours only adds, so it grows and grows.",
        lambda a, _: {
            "mean_next": [a["mean"] + part * a["dW"] for part in (1, 1 - BETA1)],
            "square_next": [a["square"] + part * a["dW"] ** 2 for part in (1, 1 - BETA2)],
        },
    ),
    Mistake(
        "old-mean-forgotten",
        "The running mean forgets its old value",
        "It has the new gradient alone. A running mean keeps most of what it was before.",
        lambda a, _: {
            "mean_next": [part * a["dW"] for part in (1, 1 - BETA1)],
            "square_next": [part * a["dW"] ** 2 for part in (1, 1 - BETA2)],
        },
    ),
    Mistake(
        "running-means-mixed-up",
        "The two running means are mixed up",
        "One is the mean of the gradients, and the other one the mean of their squares. Does each line start from its "
        "own old value, and does each name get its own result?",
        lambda a, right: {
            "mean_next": [right["square_next"], BETA1 * a["square"] + (1 - BETA1) * a["dW"]],
            "square_next": [right["mean_next"], BETA2 * a["mean"] + (1 - BETA2) * a["dW"] ** 2],
        },
    ),
    Mistake(
        "gradient-not-squared",
        "The second running mean is not one of squares",
        "The second mean is meant to tell how large gradients are, whatever their sign: it takes the square of each "
        "entry.",
        lambda a, _: {
            "square_next": [BETA2 * a["square"] + (1 - BETA2) * value for value in (a["dW"], np.abs(a["dW"]))]
        },
    ),
    Mistake(
        "old-means-handed-on",
        "The running means are handed on as they came in",
        "The next step needs the means with this gradient in them.",
        lambda a, _: {"mean_next": a["mean"], "square_next": a["square"]},
    ),
    Mistake(
        "corrected-means-handed-on",
        "The corrected means are handed on",
        "The correction is for this step alone. If you hand on the corrected means, the next step corrects them again, "
        "and the start counts for more and more. Hand on the running means themselves.",
        _corrected_means,
    ),
)

MOVE = (
    Mistake(
        "no-bias-correction",
        "The means are not corrected for their start at zero",
        "Both running means begin at zero, so for many steps they are too small, and the second one much more than "
        "the first. Divide each by one minus its beta to the power t before you use it.",
        _weights_after(_step(_uncorrected, _uncorrected)),
    ),
    Mistake(
        "one-mean-not-corrected",
        "Only one of the two means is corrected",
        "Both begin at zero, and each has its own beta.",
        _weights_after(_step(mean_correction=_uncorrected), _step(square_correction=_uncorrected)),
    ),
    Mistake(
        "power-forgotten",
        "The correction does not depend on the step",
        "You divide a mean by 1 - beta: right in the first step, and in no other. The correction fades: beta to the "
        "power t goes to zero.",
        _weights_after(
            _step(lambda _: 1 - BETA1, lambda _: 1 - BETA2),
            _step(mean_correction=lambda _: 1 - BETA1),
            _step(square_correction=lambda _: 1 - BETA2),
        ),
    ),
    Mistake(
        "correction-times-t",
        "beta is multiplied by t instead of raised to the power t",
        "In Python a power is **; beta * t is something else.",
        _weights_after(_step(lambda t: 1 - BETA1 * t, lambda t: 1 - BETA2 * t)),
    ),
    Mistake(
        "correction-multiplied",
        "The correction makes the means smaller",
        "They are too small at the start, so they have to grow: divide by one minus beta to the power t.",
        _weights_after(_step(lambda t: 1 / (1 - BETA1**t), lambda t: 1 / (1 - BETA2**t))),
    ),
    Mistake(
        "t-off-by-one",
        "The step is counted wrongly",
        "t is 1 in the first step, and the correction uses it as it is. (With t - 1 the first step divides by zero.)",
        _weights_after(
            _step(lambda t: 1 - BETA1 ** (t - 1), lambda t: 1 - BETA2 ** (t - 1)),
            _step(lambda t: 1 - BETA1 ** (t + 1), lambda t: 1 - BETA2 ** (t + 1)),
        ),
    ),
    Mistake(
        "correction-betas-exchanged",
        "Each mean is corrected with the other one's beta",
        "beta1 belongs to the mean of the gradients, beta2 to the mean of their squares, in the correction too.",
        _weights_after(_step(lambda t: 1 - BETA2**t, lambda t: 1 - BETA1**t)),
    ),
    Mistake(
        "one-beta-in-both-corrections",
        "Both means are corrected with the same beta",
        "beta1 belongs to the mean of the gradients, beta2 to the mean of their squares, in the correction too.",
        _weights_after(_step(square_correction=lambda t: 1 - BETA1**t), _step(mean_correction=lambda t: 1 - BETA2**t)),
    ),
    Mistake(
        "learning-rate-forgotten",
        "learning_rate is not used",
        "Mean and root together make a step of about 1. learning_rate says how far to go.",
        lambda a, right: {"W_next": a["W"] - (a["W"] - right["W_next"]) / a["learning_rate"]},
    ),
    Mistake(
        "multiplied-by-root",
        "The step is multiplied by the root, not divided by it",
        "Where gradients are large, the step would become larger still. The root is there to cancel their size.",
        _weights_after(_step(divisor=lambda square: 1 / (np.sqrt(square) + EPSILON))),
    ),
    Mistake(
        "weights-unchanged",
        "The weights come back as they were",
        "No step has arrived in W_next. Is the result of the subtraction what you return?",
        lambda a, _: {"W_next": a["W"]},
    ),
    Mistake(
        "epsilon-inside-the-root",
        "epsilon is inside the square root",
        "Under the root, 1e-8 becomes 1e-4: small gradients then make hardly any step. Take the root first, and add "
        "epsilon to it.",
        _weights_after(_step(divisor=lambda square: np.sqrt(square + EPSILON))),
    ),
    Mistake(
        "epsilon-forgotten",
        "epsilon is not in the divisor",
        "You divide by the root alone. A weight whose gradient has always been zero, such as that of a word that has "
        "not occurred yet, gives 0 / 0; with epsilon in the divisor it gives 0. If there is an epsilon in your line: "
        "is it in the same parentheses as the root?",
        _weights_after(_step(divisor=np.sqrt)),
    ),
    Mistake(
        "epsilon-before-correction",
        "epsilon is added before the correction",
        "Some libraries put the correction into the learning rate and then add epsilon to the root of the uncorrected "
        "mean. That epsilon is not the one here: correct first, then take the root, then add it.",
        lambda a, _: {"W_next": _epsilon_before_correction(a)},
    ),
    Mistake(
        "root-forgotten",
        "The square root is missing",
        "You divide by the mean of the squares as it is. Its root has the size of a gradient, so with the root the "
        "step no longer depends on that size.",
        _weights_after(_step(divisor=lambda square: square + EPSILON)),
    ),
    Mistake(
        "old-means-used",
        "The step is made with the means of the step before",
        "First update both means with the new gradient, then use them for the step.",
        _weights_after(
            _step(means=("mean", "square")), _step(means=("mean", "square_next")), _step(means=("mean_next", "square"))
        ),
    ),
    Mistake(
        "gradient-in-place-of-mean",
        "The step follows the gradient itself, not its running mean",
        "The direction comes from the first running mean; the gradient of one batch is only a part of it.",
        _weights_after(
            _step(mean_correction=_uncorrected, means=("dW", "square_next")), lambda a: a["learning_rate"] * a["dW"]
        ),
    ),
    Mistake(
        "climbs",
        "The step goes uphill",
        "The gradient points to where the loss grows. Go against it.",
        lambda a, right: {"W_next": 2 * a["W"] - right["W_next"]},
    ),
    Mistake(
        "step-returned",
        "The step is returned in place of the weights",
        "W_next is where the weights are after the step.",
        lambda a, right: {"W_next": [a["W"] - right["W_next"], right["W_next"] - a["W"]]},
    ),
)

"""Known mistakes in one step of Adam, and the step itself in a form that its authors give beside their algorithm.

References
----------
D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1 and section 2.
"""

from collections.abc import Callable

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.types import Array, Gradients

KEEP_MEAN, KEEP_SQUARE, EPSILON = 0.9, 0.999, 1e-8


def moments(dW: Array, mean: Array, square: Array) -> Gradients:
    """Move both running means a little towards the new value.

    Parameters
    ----------
    dW, mean, square : ndarray, of one shape

    Returns
    -------
    dict
        ``mean_next, square_next``, of that shape.
    """
    return {
        "mean_next": mean + (1 - KEEP_MEAN) * (dW - mean),
        "square_next": square + (1 - KEEP_SQUARE) * (dW * dW - square),
    }


def move(
    W: Array, _dW: Array, _mean: Array, _square: Array, mean_next: Array, square_next: Array, t: int, rate: float
) -> Array:
    """Take the step, with both corrections put into the learning rate and into epsilon.

    Parameters
    ----------
    W, mean_next, square_next : ndarray, of one shape
    t : int
        Number of the step, from 1.
    rate : float

    Returns
    -------
    ndarray of that shape
    """
    root = np.sqrt(1 - KEEP_SQUARE**t)
    with np.errstate(invalid="ignore"):  # where squares were spoilt, their mean may be negative
        return W - rate * root / (1 - KEEP_MEAN**t) * mean_next / (np.sqrt(square_next) + EPSILON * root)


Step = Callable[[Arguments], Array]


def _step(
    by_mean: Callable[[int], float] = lambda t: 1 - KEEP_MEAN**t,
    by_square: Callable[[int], float] = lambda t: 1 - KEEP_SQUARE**t,
    divisor: Callable[[Array], Array] = lambda square: np.sqrt(square) + EPSILON,
    of: tuple[str, str] = ("mean_next", "square_next"),
) -> Step:
    """Describe a step by what corrects the means, what it is divided by, and whose means they are."""

    def step(a: Arguments) -> Array:
        mean, square = (a[name] for name in of)
        with np.errstate(all="ignore"):
            corrected = np.divide(mean, by_mean(a["t"])), np.divide(square, by_square(a["t"]))
            return a["learning_rate"] * corrected[0] / divisor(corrected[1])

    return step


def _gone(*steps: Step) -> Predict:
    return lambda a, _: {"W_next": [a["W"] - step(a) for step in steps]}


def _plain(_: int) -> float:
    return 1.0


def _one_moment(keep: float, name: str, value: Callable[[Arguments], Array]) -> dict[str, Callable[[Arguments], Array]]:
    return {
        "whole": lambda a: keep * a[name] + value(a),
        "exchanged": lambda a: (1 - keep) * a[name] + keep * value(a),
    }


_MEAN = _one_moment(KEEP_MEAN, "mean", lambda a: a["dW"])
_SQUARE = _one_moment(KEEP_SQUARE, "square", lambda a: a["dW"] ** 2)


def _both(what: str) -> Predict:
    return lambda a, _: {"mean_next": _MEAN[what](a), "square_next": _SQUARE[what](a)}


def _corrected(arguments: Arguments, right: Gradients) -> Gradients:
    t = arguments["t"]
    return {
        "mean_next": right["mean_next"] / (1 - KEEP_MEAN**t),
        "square_next": right["square_next"] / (1 - KEEP_SQUARE**t),
    }


def _epsilon_before_correction(a: Arguments) -> Array:
    root, t = np.sqrt(1 - KEEP_SQUARE ** a["t"]), a["t"]
    with np.errstate(invalid="ignore"):
        step = a["mean_next"] / (np.sqrt(a["square_next"]) + EPSILON)
    return a["W"] - a["learning_rate"] * root / (1 - KEEP_MEAN**t) * step


MOMENTS = (
    Mistake(
        "new-value-not-weighed",
        "The new gradient enters the running mean with its whole weight",
        "A running mean takes the part beta from its old value and the part 1 - beta from the new one. Yours takes "
        "all of the new one, so it grows and grows.",
        _both("whole"),
    ),
    Mistake(
        "parts-exchanged",
        "Old and new are exchanged in the running mean",
        "beta, which is close to 1, belongs to the old value: a running mean changes slowly.",
        _both("exchanged"),
    ),
    Mistake(
        "betas-exchanged",
        "beta1 and beta2 are exchanged",
        "beta1 belongs to the mean of the gradients, beta2 to the mean of their squares.",
        lambda a, _: {
            "mean_next": KEEP_SQUARE * a["mean"] + (1 - KEEP_SQUARE) * a["dW"],
            "square_next": KEEP_MEAN * a["square"] + (1 - KEEP_MEAN) * a["dW"] ** 2,
        },
    ),
    Mistake(
        "gradient-not-squared",
        "The second running mean is not one of squares",
        "The second mean is meant to tell how large gradients are, whatever their sign: it takes the square of each "
        "entry.",
        lambda a, _: {
            "square_next": [
                KEEP_SQUARE * a["square"] + (1 - KEEP_SQUARE) * value for value in (a["dW"], np.abs(a["dW"]))
            ]
        },
    ),
    Mistake(
        "old-means-handed-on",
        "The running means are handed on as they came",
        "The next step needs the means with this gradient in them.",
        lambda a, _: {"mean_next": a["mean"], "square_next": a["square"]},
    ),
    Mistake(
        "corrected-means-handed-on",
        "The corrected means are handed on",
        "The correction is for the step of this moment. Whoever hands the corrected means on corrects them again at "
        "the next step, and the start weighs more and more. Hand on the running means themselves.",
        _corrected,
    ),
)

MOVE = (
    Mistake(
        "no-bias-correction",
        "The means are not corrected for their start at zero",
        "Both running means begin at zero, so for many steps they are too small, and the second one much more than "
        "the first. Divide each by one minus its beta to the power t before you use it.",
        _gone(_step(_plain, _plain)),
    ),
    Mistake(
        "one-mean-not-corrected",
        "Only one of the two means is corrected",
        "Both begin at zero, and each has its own beta.",
        _gone(_step(by_mean=_plain), _step(by_square=_plain)),
    ),
    Mistake(
        "power-forgotten",
        "The correction does not know the step",
        "You divide by 1 - beta, which is right in the first step and no more. The correction fades: beta to the "
        "power t goes to zero.",
        _gone(_step(lambda _: 1 - KEEP_MEAN, lambda _: 1 - KEEP_SQUARE)),
    ),
    Mistake(
        "correction-times-t",
        "beta is multiplied by t instead of raised to the power t",
        "In Python a power is **; beta * t is something else.",
        _gone(_step(lambda t: 1 - KEEP_MEAN * t, lambda t: 1 - KEEP_SQUARE * t)),
    ),
    Mistake(
        "correction-multiplied",
        "The correction makes the means smaller",
        "They are too small at the start, so they have to grow: divide by one minus beta to the power t.",
        _gone(_step(lambda t: 1 / (1 - KEEP_MEAN**t), lambda t: 1 / (1 - KEEP_SQUARE**t))),
    ),
    Mistake(
        "t-off-by-one",
        "The step is counted wrongly",
        "t is 1 in the first step, and the correction uses it as it is. (With t - 1 the first step divides by zero.)",
        _gone(
            _step(lambda t: 1 - KEEP_MEAN ** (t - 1), lambda t: 1 - KEEP_SQUARE ** (t - 1)),
            _step(lambda t: 1 - KEEP_MEAN ** (t + 1), lambda t: 1 - KEEP_SQUARE ** (t + 1)),
        ),
    ),
    Mistake(
        "correction-betas-exchanged",
        "Each mean is corrected with the other one's beta",
        "beta1 belongs to the mean of the gradients, beta2 to the mean of their squares, in the correction too.",
        _gone(_step(lambda t: 1 - KEEP_SQUARE**t, lambda t: 1 - KEEP_MEAN**t)),
    ),
    Mistake(
        "epsilon-inside-the-root",
        "epsilon is inside the square root",
        "Under the root, 1e-8 becomes 1e-4: small gradients then make hardly any step. Take the root first, and add "
        "epsilon to it.",
        _gone(_step(divisor=lambda square: np.sqrt(square + EPSILON))),
    ),
    Mistake(
        "epsilon-forgotten",
        "epsilon is missing",
        "A weight whose gradient has always been zero, such as that of a word that has not occurred yet, gives 0 / 0. "
        "epsilon makes it 0.",
        _gone(_step(divisor=np.sqrt)),
    ),
    Mistake(
        "epsilon-before-correction",
        "epsilon is added before the correction",
        "Some libraries put the correction into the learning rate and then add epsilon to the root of the uncorrected "
        "mean. That is another epsilon than the one here: correct first, then take the root, then add it.",
        lambda a, _: {"W_next": _epsilon_before_correction(a)},
    ),
    Mistake(
        "root-forgotten",
        "The square root is missing",
        "The mean of squares is divided by as it is. Its root has the size of a gradient, so that the step does not "
        "depend on that size any more.",
        _gone(_step(divisor=lambda square: square + EPSILON)),
    ),
    Mistake(
        "old-means-used",
        "The step is made with the means of the step before",
        "First both means take up the new gradient, then they make the step.",
        _gone(_step(of=("mean", "square")), _step(of=("mean", "square_next")), _step(of=("mean_next", "square"))),
    ),
    Mistake(
        "gradient-in-place-of-mean",
        "The step follows the gradient itself, not its running mean",
        "The direction comes from the first running mean; the gradient of one batch is only a part of it.",
        _gone(_step(by_mean=_plain, of=("dW", "square_next")), lambda a: a["learning_rate"] * a["dW"]),
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

"""Known mistakes in descending on an input, in a valley where every descent can be written down without a loop."""

from collections.abc import Callable

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.graphs import QuadraticGradient
from bptt.types import Array


def descended(x: Array, input_gradient: QuadraticGradient, steps: int, step_size: float) -> Array:
    r"""Tell where a plain descent ends: :math:`x^* + (I - s H)^k (x - x^*)`.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
    input_gradient : Valley
        Holds H and :math:`x^*`.
    steps : int
        The power k.
    step_size : float
        The factor s.

    Returns
    -------
    ndarray (n_x, m, T_x)
    """
    H, lowest = input_gradient
    shrink = np.linalg.matrix_power(np.eye(len(x)) - step_size * H, steps)
    return lowest + np.tensordot(shrink, x - lowest, 1)


def _of(a: Arguments) -> tuple[Array, QuadraticGradient, int, float]:
    return a["x"], a["input_gradient"], a["steps"], a["step_size"]


def _after(steps: Callable[[int], int]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, valley, count, size = _of(a)
        return {"dreamed": descended(x, valley, steps(count), size)}

    return predict


def _sized(size: Callable[[float, int], float]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, valley, steps, step_size = _of(a)
        return {"dreamed": descended(x, valley, steps, size(step_size, steps))}

    return predict


def _walked(direction: Callable[[Array], Array]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, valley, steps, size = _of(a)
        for _round in range(steps):
            x = x - size * direction(valley(x))
        return {"dreamed": x}

    return predict


def _never_asked_again(a: Arguments, _: object) -> dict[str, Array]:
    x, valley, steps, size = _of(a)
    return {"dreamed": x - steps * size * valley(x)}


def _last_gradient(a: Arguments, _: object) -> dict[str, list[Array]]:
    x, valley, steps, size = _of(a)
    return {"dreamed": [valley(descended(x, valley, k, size)) for k in (steps - 1, steps)]}


DREAMED = (
    Mistake(
        "climbs",
        "The dream goes uphill",
        "The gradient points to where the loss grows, and here the loss says how far the verdict is from the wanted "
        "one. Go against it.",
        _sized(lambda size, _: -size),
    ),
    Mistake(
        "gradient-never-asked-again",
        "The gradient is asked for once, and used at every step",
        "Where you are after a step, the gradient is another one. Ask for it inside the loop, at the place where you "
        "are.",
        _never_asked_again,
    ),
    Mistake(
        "one-step-only",
        "Only one step counts",
        "Each step should start where the one before has ended, not at x again.",
        _after(lambda _: 1),
    ),
    Mistake("one-step-too-many", "It is one step too many", "Take exactly steps steps.", _after(lambda k: k + 1)),
    Mistake("one-step-too-few", "It is one step too few", "Take exactly steps steps.", _after(lambda k: k - 1)),
    Mistake(
        "input-unchanged",
        "The input comes back as it was",
        "What you compute in the loop is not what you return, or is not handed on to the next round.",
        _after(lambda _: 0),
    ),
    Mistake(
        "step-size-forgotten",
        "step_size is not used",
        "You go by the whole gradient. It tells a direction, and how steep it is there; how far to go is for you to "
        "say.",
        _sized(lambda _, __: 1.0),
    ),
    Mistake(
        "steps-in-the-step-size",
        "The step is divided by the number of steps",
        "Every step has the length step_size times the gradient, however many steps there are.",
        _sized(lambda size, steps: size / steps),
    ),
    Mistake(
        "gradient-normalised",
        "The gradient is scaled to a fixed length",
        "You divide it by its norm. That is a way to do it, and a good one where gradients are tiny; but here the step "
        "is step_size times the gradient itself.",
        _walked(lambda dx: dx / np.linalg.norm(dx)),
    ),
    Mistake(
        "signs-only",
        "Only the signs of the gradient are used",
        "With np.sign every entry moves by the same amount, whether it matters or not. Use the gradient itself.",
        _walked(np.sign),
    ),
    Mistake(
        "gradient-returned",
        "A gradient is returned in place of the input",
        "The result is where x has come to.",
        _last_gradient,
    ),
    Mistake(
        "change-returned",
        "The change is returned in place of the input",
        "Your numbers are how far x has moved. The result is where it has come to.",
        lambda a, right: {"dreamed": [right["dreamed"] - a["x"], a["x"] - right["dreamed"]]},
    ),
)

"""Known mistakes in ``dream_input``: gradient descent on an input, for a quadratic loss.

There every right descent has a closed form, so none is written here as a loop.
"""

from collections.abc import Callable

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.graphs import QuadraticGradient
from bptt.types import Array


def descend(x: Array, input_gradient: QuadraticGradient, steps: int, step_size: float) -> Array:
    r"""Compute the result of gradient descent in closed form: :math:`x^* + (I - s H)^k (x - x^*)`.

    Parameters
    ----------
    x : ndarray (n_x, m, T_x)
    input_gradient : QuadraticGradient
        With H and :math:`x^*`.
    steps : int
        k, 0 or more.
    step_size : float
        s.

    Returns
    -------
    ndarray (n_x, m, T_x)
    """
    H, lowest = input_gradient
    shrink = np.linalg.matrix_power(np.eye(len(x)) - step_size * H, steps)
    return lowest + np.tensordot(shrink, x - lowest, 1)


def _arguments(a: Arguments) -> tuple[Array, QuadraticGradient, int, float]:
    return a["x"], a["input_gradient"], a["steps"], a["step_size"]


def _with_steps(steps: Callable[[int], int]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, gradient, count, size = _arguments(a)
        return {"dreamed": descend(x, gradient, steps(count), size)}

    return predict


def _with_step_size(size: Callable[[float, int], float]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, gradient, steps, step_size = _arguments(a)
        return {"dreamed": descend(x, gradient, steps, size(step_size, steps))}

    return predict


def _with_direction(direction: Callable[[Array], Array]) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        x, gradient, steps, size = _arguments(a)
        for _round in range(steps):
            x = x - size * direction(gradient(x))
        return {"dreamed": x}

    return predict


def _same_gradient_always(a: Arguments, _: object) -> dict[str, Array]:
    x, gradient, steps, size = _arguments(a)
    return {"dreamed": x - steps * size * gradient(x)}


def _last_gradient(a: Arguments, _: object) -> dict[str, list[Array]]:
    x, gradient, steps, size = _arguments(a)
    return {"dreamed": [gradient(descend(x, gradient, k, size)) for k in (steps - 1, steps)]}


DREAMED = (
    Mistake(
        "climbs",
        "The dream goes uphill",
        "The gradient points to where the loss grows, and here the loss says how far the verdict is from the one you "
        "want. Go against it.",
        _with_step_size(lambda size, _: -size),
    ),
    Mistake(
        "gradient-never-asked-again",
        "The gradient is asked for once, and used at every step",
        "After each step you are somewhere else, and the gradient there is different. Ask for it inside the loop, at "
        "the place where you are.",
        _same_gradient_always,
    ),
    Mistake(
        "one-step-only",
        "Only one step counts",
        "Each step should start where the one before ended, not at x again.",
        _with_steps(lambda _: 1),
    ),
    Mistake("one-step-too-many", "It is one step too many", "Take exactly steps steps.", _with_steps(lambda k: k + 1)),
    Mistake("one-step-too-few", "It is one step too few", "Take exactly steps steps.", _with_steps(lambda k: k - 1)),
    Mistake(
        "input-unchanged",
        "The input comes back as it was",
        "What you compute in the loop is not what you return, or is not handed on to the next round.",
        _with_steps(lambda _: 0),
    ),
    Mistake(
        "step-size-forgotten",
        "step_size is not used",
        "You move by the whole gradient. It gives a direction, and a steepness; step_size says how far to go.",
        _with_step_size(lambda _, __: 1.0),
    ),
    Mistake(
        "steps-in-the-step-size",
        "The step is divided by the number of steps",
        "Every step is step_size times the gradient, however many steps there are.",
        _with_step_size(lambda size, steps: size / steps),
    ),
    Mistake(
        "divided-by-step-size",
        "The gradient is divided by step_size",
        "A smaller step_size should give smaller steps. Yours become larger.",
        _with_step_size(lambda size, _: 1 / size),
    ),
    Mistake(
        "gradient-normalised",
        "The gradient is scaled to a fixed length",
        "You divide it by its norm. That is a way to do it, and a good one where gradients are tiny; but here the step "
        "is step_size times the gradient itself.",
        _with_direction(lambda dx: dx / np.linalg.norm(dx)),
    ),
    Mistake(
        "signs-only",
        "Only the signs of the gradient are used",
        "With np.sign every entry moves by the same amount, whether it matters or not. Use the gradient itself.",
        _with_direction(np.sign),
    ),
    Mistake(
        "gradient-returned",
        "A gradient is returned in place of the input",
        "The result is where x has ended up.",
        _last_gradient,
    ),
    Mistake(
        "change-returned",
        "The change is returned in place of the input",
        "Your numbers are how far x has moved. The result is where it has ended up.",
        lambda a, right: {"dreamed": [right["dreamed"] - a["x"], a["x"] - right["dreamed"]]},
    ),
)

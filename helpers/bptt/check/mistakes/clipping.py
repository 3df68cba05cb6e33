"""Known mistakes in clipping gradients by the norm of all of them together."""

from collections.abc import Callable

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.types import Array, Gradients


def _norms(gradients: Gradients) -> Array:
    return np.array([np.linalg.norm(gradient) for gradient in gradients.values()])


def _shrink_factor(length: float, max_norm: float) -> float:
    """Return the factor that brings an array of this length within the limit."""
    return max_norm / length if length > max_norm else 1.0


def _scaled_by(length: Callable[[Gradients], float]) -> Predict:
    """Predict that all gradients are scaled by one factor, from a wrong length."""

    def predict(arguments: Arguments, _: Gradients) -> Gradients:
        gradients = arguments["gradients"]
        factor = _shrink_factor(length(gradients), arguments["max_norm"])
        return {name: factor * gradient for name, gradient in gradients.items()}

    return predict


def _each_array(arguments: Arguments, _: Gradients) -> Gradients:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    return {name: _shrink_factor(float(np.linalg.norm(g)), max_norm) * g for name, g in gradients.items()}


def _each_entry(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    return {
        name: [np.clip(gradient, -limit, limit) for limit in (max_norm, 1.0)] for name, gradient in gradients.items()
    }


def _always_rescaled(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    length = float(np.linalg.norm(_norms(gradients)))
    if not length:
        # 0 / 0, or what a learner has replaced that by.
        return {name: [np.full_like(gradient, np.nan), gradient] for name, gradient in gradients.items()}
    return {name: [max_norm / length * gradient] for name, gradient in gradients.items()}


def _condition_reversed(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    gradients = arguments["gradients"]
    if np.linalg.norm(_norms(gradients)) > arguments["max_norm"]:
        return {name: [gradient] for name, gradient in gradients.items()}
    return _always_rescaled(arguments, right)


def _norm_so_far(arguments: Arguments, _: Gradients) -> Gradients:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    lengths = np.sqrt(np.cumsum(_norms(gradients) ** 2))
    return {
        name: _shrink_factor(length, max_norm) * gradient
        for length, (name, gradient) in zip(lengths, gradients.items(), strict=True)
    }


def _times_max_norm(arguments: Arguments, _: Gradients) -> Gradients:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    factor = max_norm if np.linalg.norm(_norms(gradients)) > max_norm else 1.0
    return {name: factor * gradient for name, gradient in gradients.items()}


def _to_length_one(arguments: Arguments, _: Gradients) -> Gradients:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    length = float(np.linalg.norm(_norms(gradients)))
    return {name: g / length if length > max_norm else g for name, g in gradients.items()}


def _upside_down(arguments: Arguments, _: Gradients) -> Gradients:
    gradients, max_norm = arguments["gradients"], arguments["max_norm"]
    length = float(np.linalg.norm(_norms(gradients)))
    return {name: g / _shrink_factor(length, max_norm) for name, g in gradients.items()}


def _by_one_array(place: int) -> Mistake:
    return Mistake(
        "norm-of-one-array",
        "The norm of a single array decides for all",
        "Your factor comes from one of the arrays. In a loop, what is computed afresh in every round ends up with the "
        "last array's value alone: add up instead.",
        _scaled_by(lambda gradients: float(_norms(gradients)[place])),
    )


CLIPPED = (
    Mistake(
        "clipped-each-array",
        "Each array is clipped by its own norm",
        "Large arrays shrink and small ones stay, so the arrow of all gradients no longer points the same way. Take "
        "one norm, of all arrays together, and one factor for all of them.",
        _each_array,
    ),
    Mistake(
        "clipped-by-value",
        "Each entry is clipped by itself",
        "np.clip cuts off what is beyond the limit, entry by entry, and that bends the arrow. Here the whole arrow "
        "becomes shorter and keeps its direction.",
        _each_entry,
    ),
    Mistake(
        "not-clipped",
        "The gradients come back as they were",
        "Their common norm is larger than max_norm, so all of them have to shrink.",
        lambda a, _: a["gradients"],
    ),
    Mistake(
        "always-rescaled",
        "Gradients within the limit are changed too",
        "You scale short arrows to the length max_norm, too. They should stay as they are; and one of length zero has "
        "no direction at all (0 / 0).",
        _always_rescaled,
    ),
    Mistake(
        "condition-reversed",
        "The condition is the wrong way round",
        "Gradients above the limit come back as they were, and those within it are scaled. Which of the two have to "
        "become shorter?",
        _condition_reversed,
    ),
    Mistake(
        "norm-so-far",
        "Arrays are scaled before the whole norm is known",
        "Each array is scaled by the norm of the arrays up to it. The norm is complete after the last one: first add "
        "up, in a loop of its own, then scale.",
        _norm_so_far,
    ),
    Mistake(
        "norm-not-divided-by",
        "The gradients are multiplied by max_norm itself",
        "Then the result depends on how long the arrow was. The factor compares the limit with the norm.",
        _times_max_norm,
    ),
    Mistake(
        "squared-norm",
        "The square root of the norm is missing",
        "You compare with the sum of the squares. A length is the root of that.",
        _scaled_by(lambda gradients: float((_norms(gradients) ** 2).sum())),
    ),
    Mistake(
        "norms-added",
        "The norms of the arrays are added",
        "Lengths do not add up unless they point the same way. It is the squares that add up: the square of the whole "
        "length is the sum of the squares of all entries.",
        _scaled_by(lambda gradients: float(_norms(gradients).sum())),
    ),
    _by_one_array(-1),
    _by_one_array(0),
    Mistake(
        "largest-entry-as-norm",
        "The largest entry takes the place of the norm",
        "Two entries of 3 and 4 make an arrow of length 5, not 4.",
        _scaled_by(lambda gradients: max(float(np.abs(gradient).max()) for gradient in gradients.values())),
    ),
    Mistake(
        "max-norm-forgotten",
        "The new norm is 1, whatever max_norm says",
        "You divide by the norm, which makes the length 1. It should become max_norm.",
        _to_length_one,
    ),
    Mistake(
        "factor-upside-down",
        "The factor is upside down",
        "Your gradients grow. The factor has to be below 1 when the norm is above the limit.",
        _upside_down,
    ),
)

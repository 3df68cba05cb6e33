"""Known mistakes in the backward pass of a word embedding."""

import numpy as np

from bptt.check.exercise import Arguments, Mistake
from bptt.types import Array, Gradients


def _one_hot(arguments: Arguments) -> Array:
    """Return whether each word is used in each example at each step: (n_words, m, T_x)."""
    return np.arange(arguments["n_words"])[:, None, None] == arguments["words"]


def _last_uses(arguments: Arguments, order: tuple[int, int]) -> Array:
    """Keep the last use of each word, in this order of the axes."""
    dx, words = arguments["dx"].transpose(0, *(1 + axis for axis in order)), arguments["words"].transpose(order)
    dE = np.zeros((len(dx), arguments["n_words"]))
    for use, word in enumerate(words.flat):
        dE[:, word] = dx.reshape(len(dx), -1)[:, use]
    return dE


def _last_uses_in_each(arguments: Arguments, axis: int) -> Array:
    """Keep the last use of each word in each example (or at each step), and add those up."""
    dx, words = np.moveaxis(arguments["dx"], 1 + axis, 1), np.moveaxis(arguments["words"], axis, 0)
    parts = [_last_uses({**arguments, "dx": dx[:, [k]], "words": words[[k]]}, (0, 1)) for k in range(len(words))]
    return np.sum(parts, axis=0)


def _mean(arguments: Arguments, right: Gradients) -> Gradients:
    uses = _one_hot(arguments).sum(axis=(1, 2))
    return {"dE": right["dE"] / np.maximum(uses, 1)}


def _gradient_of_uses(arguments: Arguments, where: slice | int, axis: int) -> Array:
    dx, words = arguments["dx"].copy(), arguments["words"]
    keep = np.zeros(words.shape)
    np.moveaxis(keep, axis, 0)[where] = 1
    return np.tensordot(dx * keep, _one_hot(arguments).astype(float), ([1, 2], [1, 2]))


EMBEDDING = (
    Mistake(
        "uses-overwritten",
        "Only the last use of each word counts",
        "A word that occurs several times has been used several times, and its gradient is the sum. An assignment "
        "keeps the last use alone. So does dE[:, words] += dx: where one column is named twice, NumPy writes only "
        "one of the two.",
        lambda a, _: {"dE": [_last_uses(a, (0, 1)), _last_uses(a, (1, 0))]},
    ),
    Mistake(
        "uses-at-one-step-lost",
        "Of two examples with the same word at one step, only one counts",
        "dE[:, words[:, t]] += dx[:, :, t] names a column twice when two examples have the same word there, and NumPy "
        "then keeps one of the two. np.add.at adds both.",
        lambda a, _: {"dE": _last_uses_in_each(a, 1)},
    ),
    Mistake(
        "uses-in-one-example-lost",
        "Of a word that occurs twice in one example, only one use counts",
        "dE[:, words[j]] += dx[:, j] names a column twice when a word occurs twice, and NumPy then keeps one of the "
        "two. np.add.at adds both.",
        lambda a, _: {"dE": _last_uses_in_each(a, 0)},
    ),
    Mistake(
        "mean-over-uses",
        "The uses of a word are averaged",
        "A value that is used several times collects the sum of what comes back from all its uses, not their mean.",
        _mean,
    ),
    Mistake(
        "averaged-over-examples",
        "The gradient is divided by m",
        "A 1/m, if any, is in the loss, and reaches you through dx. Here it is a sum.",
        lambda a, right: {"dE": right["dE"] / a["dx"].shape[1]},
    ),
    Mistake(
        "averaged-over-steps",
        "The gradient is divided by the number of steps",
        "Every step that uses a word adds to its gradient. A mean, if any, is in the loss, and reaches you through dx.",
        lambda a, right: {
            "dE": [right["dE"] / a["words"].shape[1], right["dE"] / a["words"].size],
        },
    ),
    Mistake(
        "sign-reversed",
        "The sign is reversed",
        "Here the gradient is only collected. Going against it is left to the step that follows.",
        lambda _, right: {"dE": -right["dE"]},
    ),
    Mistake(
        "embedding-gradient-transposed",
        "The gradient is transposed",
        "E holds one word in each column: (n_x, n_words).",
        lambda _, right: {"dE": right["dE"].T},
    ),
    Mistake(
        "one-step-only",
        "Only the words of one step learn",
        "The words of all steps were looked up, so all of them get a gradient.",
        lambda a, _: {"dE": [_gradient_of_uses(a, -1, 1), _gradient_of_uses(a, 0, 1)]},
    ),
    Mistake(
        "first-step-left-out",
        "The words of the first step are left out",
        "The loop over the steps starts one step too late. The first one has the number 0.",
        lambda a, _: {"dE": _gradient_of_uses(a, slice(1, None), 1)},
    ),
    Mistake(
        "last-step-left-out",
        "The words of the last step are left out",
        "The loop over the steps ends one step too early.",
        lambda a, _: {"dE": _gradient_of_uses(a, slice(-1), 1)},
    ),
    Mistake(
        "one-example-only",
        "Only the words of one example learn",
        "All examples looked up their words in the same matrix.",
        lambda a, _: {"dE": [_gradient_of_uses(a, 0, 0), _gradient_of_uses(a, -1, 0)]},
    ),
    Mistake(
        "uses-counted",
        "dx plays no part in the gradient",
        "You have counted how often each word is used. What each use contributes is dx at that place.",
        lambda a, right: {"dE": 0 * right["dE"] + _one_hot(a).sum(axis=(1, 2))},
    ),
    Mistake(
        "all-zero",
        "Nothing arrives",
        "All of dE is zero. (dE[:, words] is a copy: to add to it changes nothing unless it is written back.)",
        lambda _, right: {"dE": 0 * right["dE"]},
    ),
)

"""Known mistakes in ``next_letter_targets``: what is read at each step, what should follow, and how much it counts."""

import numpy as np

from bptt.check.exercise import Arguments, Mistake
from bptt.types import Array, Gradients


def next_letter_targets(letters: Array, lengths: Array) -> Gradients:
    """Put the mark before each name for the inputs and behind it for the targets, and weigh the real steps equally.

    Parameters
    ----------
    letters : ndarray of int (m, T_x)
        Filled up with zeros, which is also the number of the mark.
    lengths : ndarray of int (m,)

    Returns
    -------
    dict
        ``inputs, targets, weight (m, T_x + 1)``.
    """
    mark = np.zeros((len(letters), 1), dtype=letters.dtype)
    real = np.arange(letters.shape[1] + 1) <= lengths[:, None]
    return {
        "inputs": np.concatenate([mark, letters], axis=1),
        "targets": np.concatenate([letters, mark], axis=1),
        "weight": real / real.sum(),
    }


def _real(a: Arguments) -> Array:
    return (np.arange(a["letters"].shape[1] + 1) <= a["lengths"][:, None]).astype(float)


def _letters_only(a: Arguments, first: int) -> Array:
    counted = np.roll(np.arange(a["letters"].shape[1] + 1) < a["lengths"][:, None], first, axis=1)
    return counted / counted.sum()


TARGETS = (
    Mistake(
        "targets-not-shifted",
        "The target is the letter that has just been read",
        "At the first step the network reads the mark, and should say the first letter; at the second it reads the "
        "first letter, and should say the second. So the targets are one step ahead of the inputs.",
        lambda _, right: {"targets": right["inputs"]},
    ),
    Mistake(
        "shifted-the-wrong-way",
        "Inputs and targets are exchanged",
        "The mark comes first in what is read, and last in what should follow.",
        lambda _, right: {"inputs": right["targets"], "targets": right["inputs"]},
    ),
    Mistake(
        "inputs-not-shifted",
        "The name is read without the mark before it",
        "The first step reads the mark: that is how the network is asked for a first letter.",
        lambda _, right: {"inputs": right["targets"]},
    ),
    Mistake(
        "end-not-counted",
        "The step at which the name ends has no weight",
        "A network that never learns where a name ends writes on for ever. A name of 3 letters has 4 real steps: after "
        "its last letter it should say the mark.",
        lambda a, _: {"weight": _letters_only(a, 0)},
    ),
    Mistake(
        "first-step-not-counted",
        "The first step has no weight",
        "The first letter of a name is a prediction like all others, made after the mark alone.",
        lambda a, _: {"weight": _letters_only(a, 1)},
    ),
    Mistake(
        "padding-counted",
        "The padding has a weight, too",
        "Behind its end a name is over. Steps there are no predictions, and should weigh nothing.",
        lambda _, right: {"weight": np.full(right["weight"].shape, 1 / right["weight"].size)},
    ),
    Mistake(
        "weight-not-divided",
        "The weights do not add up to 1",
        "A weight of 1 for each real step makes the loss a sum. For a mean, divide by the number of real steps, of all "
        "names together.",
        lambda a, _: {"weight": _real(a)},
    ),
    Mistake(
        "mean-of-each-name",
        "Each name has the same weight, however long it is",
        "A mean for each name first, and then over the names, makes a letter of a short name count more. Here all real "
        "steps of all names count the same.",
        lambda a, _: {"weight": _real(a) / _real(a).sum(axis=1, keepdims=True) / len(a["lengths"])},
    ),
    Mistake(
        "divided-by-examples",
        "The weights are divided by the number of names",
        "The loss is a mean over all real steps, so divide by how many there are; not by m.",
        lambda a, _: {"weight": _real(a) / len(a["lengths"])},
    ),
    Mistake(
        "divided-by-all-steps",
        "The weights are divided by the number of all steps, padding and all",
        "Only real steps are counted, so divide by the number of real steps.",
        lambda a, _: {"weight": _real(a) / _real(a).size},
    ),
)

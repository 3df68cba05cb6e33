"""Known mistakes in the backward pass of a many-to-one model: from one prediction to the last real state."""

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.types import Array


def _da_where(arguments: Arguments, where: Array) -> Array:
    """Put each example's gradient at the steps where ``where (m, T_x)`` is True."""
    return arguments["da_last"][:, :, None] * where


def _steps(arguments: Arguments) -> Array:
    return np.arange(arguments["T_x"])


def _da_at_steps(arguments: Arguments, steps: Array) -> Array:
    return _da_where(arguments, _steps(arguments) == np.asarray(steps)[..., None])


def _da_at_one_step(step: int) -> Predict:
    return lambda a, _: {"da": _da_at_steps(a, np.full(a["lengths"].shape, step % a["T_x"]))}


UPSTREAM = (
    Mistake(
        "last-padded-step",
        "The gradient arrives at the very last step, padding or not",
        "Every sequence gets it at step T_x - 1. The shorter ones ended before that: the verdict was made from the "
        "state after their last real word.",
        _da_at_one_step(-1),
    ),
    Mistake(
        "first-step",
        "The gradient arrives at the first step",
        "The verdict is made from the last real state of each sequence, not from its first one.",
        _da_at_one_step(0),
    ),
    Mistake(
        "one-step-too-late",
        "The gradient arrives one step too late",
        "Steps are counted from 0: of a sequence of length 3 the last real step has the number 2.",
        lambda a, _: {"da": [_da_at_steps(a, a["lengths"]), _da_at_steps(a, a["lengths"] % a["T_x"])]},
    ),
    Mistake(
        "one-step-too-early",
        "The gradient arrives one step too early",
        "Steps are counted from 0, and a sequence of length 3 ends at step 2. (Step -1 is the last one of all.)",
        lambda a, _: {
            "da": [
                _da_at_steps(a, (a["lengths"] - 2) % a["T_x"]),
                _da_at_steps(a, np.maximum(a["lengths"] - 2, 0)),
                _da_at_steps(a, a["lengths"] - 2),
            ]
        },
    ),
    Mistake(
        "every-real-step",
        "The gradient arrives at every real step",
        "There is one loss for a whole sequence, and it looks at one state. It reaches the earlier ones through time, "
        "and that is left to the backward pass over the sequence.",
        lambda a, _: {"da": _da_where(a, _steps(a) < a["lengths"][:, None])},
    ),
    Mistake(
        "shared-among-real-steps",
        "The gradient is shared among the real steps",
        "Each real step gets an equal share, as if the verdict were made from the mean of the states. It is made from "
        "one state: that one gets all of it, and the others get nothing here.",
        lambda a, _: {"da": _da_where(a, _steps(a) < a["lengths"][:, None]) / a["lengths"][:, None]},
    ),
    Mistake(
        "from-last-real-step-on",
        "The gradient also arrives at the padding",
        "It arrives at the last real step, as it should, and at every step after it too. What comes after it is "
        "padding, and no loss looks at those states.",
        lambda a, _: {"da": _da_where(a, _steps(a) >= a["lengths"][:, None] - 1)},
    ),
    Mistake(
        "padding-only",
        "The gradient arrives at the padding alone",
        "Steps are counted from 0: of a sequence of length 3 the last real step has the number 2, and from step 3 on "
        "there is padding. No loss looks at the states there.",
        lambda a, _: {"da": _da_where(a, _steps(a) >= a["lengths"][:, None])},
    ),
    Mistake(
        "counted-from-the-end",
        "The last real step is counted from the end",
        "Padding stands behind the words, so the steps of a sequence are counted from its beginning. A negative index "
        "counts from the end of the padding.",
        lambda a, _: {"da": _da_at_steps(a, a["T_x"] - a["lengths"])},
    ),
    Mistake(
        "every-step",
        "The gradient arrives at every step",
        "There is one loss for a whole sequence, and it looks at one state. The others get zeros here; the loss "
        "reaches them through time, in the backward pass over the sequence.",
        lambda a, _: {"da": _da_where(a, np.ones_like(_steps(a), dtype=bool))},
    ),
    Mistake(
        "ends-of-all-examples",
        "Each example's gradient arrives at the ends of all examples",
        "da[:, :, lengths - 1] means all examples at each of those steps. What you want is a pair for each example j: "
        "example j at step lengths[j] - 1. A loop over j says so, and so does da[:, np.arange(m), lengths - 1].",
        lambda a, _: {"da": _da_where(a, (_steps(a) == a["lengths"][:, None] - 1).any(axis=0))},
    ),
    Mistake(
        "one-length-for-all",
        "All examples end where one of them ends",
        "Each example has its own length.",
        lambda a, _: {
            "da": [
                _da_at_steps(a, np.full(a["lengths"].shape, length - 1))
                for length in (a["lengths"][0], a["lengths"][-1], a["lengths"].max(), a["lengths"].min())
            ]
        },
    ),
    Mistake(
        "time-before-examples",
        "Time and examples are swapped",
        "The shape is (n_a, m, T_x): time comes last.",
        lambda _, right: {"da": right["da"].swapaxes(1, 2)},
    ),
    Mistake(
        "no-time-axis",
        "The time axis is missing",
        "The backward pass over the sequence wants a gradient for every step, most of them zero: (n_a, m, T_x).",
        lambda a, _: {"da": [a["da_last"], a["da_last"][:, :, None]]},
    ),
    Mistake(
        "averaged-over-examples",
        "The gradient is divided by m",
        "A 1/m, if any, is in the loss, and reaches you through da_last. Put it in place as it is.",
        lambda a, right: {"da": right["da"] / a["lengths"].size},
    ),
    Mistake(
        "all-zero",
        "Nothing arrives",
        "All of da is zero: da_last has not been put anywhere. (An index that selects a copy, such as da[:, j][:, t], "
        "is fine for reading; to write, use one pair of brackets: da[:, j, t] = ...)",
        lambda _, right: {"da": 0 * right["da"]},
    ),
)

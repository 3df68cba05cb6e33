"""Backward loops over time, whole and with some of the roads left out on which gradients arrive."""

from typing import Any, NamedTuple

import numpy as np

from bptt.check.exercise import Arguments, Exercise
from bptt.check.exercises.lstm_sequence import LSTM_BACKWARD
from bptt.check.exercises.rnn_sequence import RNN_BACKWARD
from bptt.check.tolerance import TOLERANCE
from bptt.lstm import LSTMCaches
from bptt.rnn import RNNCaches
from bptt.types import Array, Gradients
from bptt.viz import draw

Roads = tuple[bool, bool]
"""Whether a loop has each of two roads."""


class Switched(NamedTuple):
    """Roads of a loop that can be left out.

    Attributes
    ----------
    exercise : Exercise
        In which learners write the loop.
    names : tuple of str
    mistakes : dict of str
        Id of the exercise's mistake, by which of the two roads are there.
    """

    exercise: Exercise
    names: tuple[str, str]
    mistakes: dict[Roads, str]


RNN = Switched(
    RNN_BACKWARD,
    ("loss", "time"),
    {
        (True, False): "no-time-path",
        (False, True): "no-loss-path-from-last",
        (False, False): "no-loss-path-from-zeros",
    },
)
LSTM = Switched(
    LSTM_BACKWARD,
    ("time", "memory"),
    {(True, False): "no-memory-carry", (False, True): "no-time-path", (False, False): "neither-carried"},
)
"""An LSTM has three roads. Without the loss path nothing is left in it, so that one stays."""


class Loop(NamedTuple):
    """Arrays of one backward loop.

    Attributes
    ----------
    da_prevt, da_next : ndarray (n_a, m, T_x)
        Gradient that arrives at each state from the next step, and the one that goes into its cell.
    dc_prevt : ndarray (n_a, m, T_x) or None
        Gradient that arrives at each memory of an LSTM from the next step.
    returned : dict of ndarray
        What the loop returns: ``dx, da0`` and the gradients of the parameters.
    title : str
        Title of the mistake in the check; empty for the right loop.
    """

    da_prevt: Array
    da_next: Array
    dc_prevt: Array | None
    returned: Gradients
    title: str


def switched(caches: RNNCaches | LSTMCaches) -> Switched:
    """Return which roads can be left out of a loop over some caches."""
    return LSTM if isinstance(caches, LSTMCaches) else RNN


def loops(da: Array, caches: RNNCaches | LSTMCaches) -> dict[Roads, Loop]:
    """Compute all four loops, without one that runs backward: see ``bptt.jacobians.rnn_lstm``.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches or LSTMCaches

    Returns
    -------
    dict of Loop
        By which of the two roads a loop has, in the order of ``switched(caches).names``.
    """
    kind = switched(caches)
    arguments = {"da": da, "caches": caches}
    arguments |= kind.exercise.prepare(arguments)
    sweep = kind.exercise.stages[0]
    mistakes = {mistake.id: mistake for mistake in sweep.mistakes}
    with np.errstate(all="ignore"):
        right = sweep.right(arguments)
        found = {(True, True): _loop(kind, arguments, right, "", (True, True))}
        for roads, name in kind.mistakes.items():
            mistaken = {**right, **mistakes[name].predict(arguments, right)}
            found[roads] = _loop(kind, arguments, mistaken, mistakes[name].title, roads)
    return found


def _loop(kind: Switched, arguments: Arguments, swept: dict[str, Any], title: str, roads: Roads) -> Loop:
    there = {"loss": True} | dict(zip(kind.names, roads, strict=True))
    da, arriving = arguments["da"], swept["carried"][..., 1:].copy()
    if not there["loss"] and there["time"]:
        # The time path starts with the last loss: without it, all would be zero.
        arriving[0, ..., -1] = da[..., -1]
    nothing = np.zeros_like(da)
    da_next = (da if there["loss"] else nothing) + (arriving[0] if there["time"] else nothing)
    dc_prevt = arriving[1] if len(arriving) > 1 else None
    return Loop(arriving[0], da_next, dc_prevt, kind.exercise.stages[1].right({**arguments, **swept}), title)


def wrong(yours: Array, exact: Array) -> Array:
    """Return which entries differ by more than rounding, by the checks' tolerance."""
    near = np.isclose(yours, exact, rtol=0, atol=TOLERANCE * (draw.largest(exact) or 1.0), equal_nan=True)
    return ~near


def same(yours: Gradients, loop: Loop) -> bool:
    """Tell whether a function returned the same gradients as a loop."""
    return yours.keys() == loop.returned.keys() and not any(
        wrong(yours[name], loop.returned[name]).any() for name in yours
    )

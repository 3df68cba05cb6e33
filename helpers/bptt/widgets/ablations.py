"""Backward loops over time, whole and with the loss path or the time path left out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from bptt.check.exercise import Arguments
from bptt.check.exercises.rnn_sequence import GATHER, RNN_BACKWARD, SWEEP
from bptt.check.tolerance import TOLERANCE
from bptt.rnn import RNNCaches
from bptt.types import Array, Gradients
from bptt.viz import draw

_BOTH = (True, True)
LEFT_OUT = {
    (True, False): "no-time-path",
    (False, True): "no-loss-path-from-last",
    (False, False): "no-loss-path-from-zeros",
}
"""Id of the mistake, by whether a loop has the loss path and the time path."""


class Loop(NamedTuple):
    """Arrays of one backward loop.

    Attributes
    ----------
    da_prevt, da_next : ndarray (n_a, m, T_x)
        Gradient that arrives at each state from the next step, and the one that goes into its cell.
    returned : dict of ndarray
        What the loop returns: ``dx, da0, dWax, dWaa, dba``.
    title : str
        Title of the mistake in the check; empty for the right loop.
    """

    da_prevt: Array
    da_next: Array
    returned: Gradients
    title: str


def loops(da: Array, caches: RNNCaches) -> dict[tuple[bool, bool], Loop]:
    """Compute all four loops, without one that runs backward: see ``bptt.jacobians.rnn_lstm``.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches

    Returns
    -------
    dict of Loop
        By whether the loop has the loss path and the time path.
    """
    arguments = {"da": da, "caches": caches}
    arguments |= RNN_BACKWARD.prepare(arguments)
    mistakes = {mistake.id: mistake for mistake in SWEEP.mistakes}
    with np.errstate(all="ignore"):
        right = SWEEP.right(arguments)
        by_roads = {_BOTH: _loop(arguments, right, "", _BOTH)}
        for roads, name in LEFT_OUT.items():
            mistaken = mistakes[name].predict(arguments, right)
            by_roads[roads] = _loop(arguments, mistaken, mistakes[name].title, roads)
    return by_roads


def _loop(arguments: Arguments, chain: Mapping[str, Any], title: str, roads: tuple[bool, bool]) -> Loop:
    da, (loss, time) = arguments["da"], roads
    da_prevt = chain["carried"][0, ..., 1:].copy()
    if time and not loss:
        # The time path starts with the last loss: without it, all would be zero.
        da_prevt[..., -1] = da[..., -1]
    nothing = np.zeros_like(da)
    da_next = (da if loss else nothing) + (da_prevt if time else nothing)
    return Loop(da_prevt, da_next, GATHER.right({**arguments, **chain}), title)


def wrong(yours: Array, exact: Array) -> Array:
    """Return which entries differ by more than rounding, by the checks' tolerance."""
    near = np.isclose(yours, exact, rtol=0, atol=TOLERANCE * (draw.largest(exact) or 1.0), equal_nan=True)
    return ~near


def same(yours: Gradients, loop: Loop) -> bool:
    """Tell whether a function returned the same gradients as a loop."""
    return yours.keys() == loop.returned.keys() and not any(
        wrong(yours[name], loop.returned[name]).any() for name in yours
    )

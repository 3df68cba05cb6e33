"""What a loop over time gives with both roads into each state, and with one of them left out."""

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
"""The mistake that leaves out what is not True, by its name in the catalogue: loss path, time path."""


class Loop(NamedTuple):
    """One loop.

    Attributes
    ----------
    da_prevt, da_next : ndarray (n_a, m, T_x)
        What comes from later steps at each state, and what goes into its cell.
    returned : dict of ndarray
        ``dx, da0, dWax, dWaa, dba``.
    title : str
        What the check calls this mistake; empty for the right loop.
    """

    da_prevt: Array
    da_next: Array
    returned: Gradients
    title: str


def loops(da: Array, caches: RNNCaches) -> dict[tuple[bool, bool], Loop]:
    """Compute all four, without a loop that runs backward: see ``bptt.jacobians.rnn_lstm``.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
    caches : RNNCaches

    Returns
    -------
    dict
        Of ``Loop``, by whether the loss path and the time path are there.
    """
    arguments = {"da": da, "caches": caches}
    arguments |= RNN_BACKWARD.prepare(arguments)
    known = {mistake.id: mistake for mistake in SWEEP.mistakes}
    with np.errstate(all="ignore"):
        right = SWEEP.right(arguments)
        found = {_BOTH: _loop(arguments, right, "", _BOTH)}
        for roads, name in LEFT_OUT.items():
            spoilt = known[name].predict(arguments, right)
            found[roads] = _loop(arguments, spoilt, known[name].title, roads)
    return found


def _loop(arguments: Arguments, through: Mapping[str, Any], title: str, roads: tuple[bool, bool]) -> Loop:
    da, (loss, time) = arguments["da"], roads
    da_prevt = through["carried"][0, ..., 1:].copy()
    if time and not loss:
        # The time path starts with the last loss: without that, nothing would ever enter.
        da_prevt[..., -1] = da[..., -1]
    nothing = np.zeros_like(da)
    da_next = (da if loss else nothing) + (da_prevt if time else nothing)
    return Loop(da_prevt, da_next, GATHER.right({**arguments, **through}), title)


def wrong(yours: Array, exact: Array) -> Array:
    """Tell which entries differ by more than rounding, as the checks do."""
    near = np.isclose(yours, exact, rtol=0, atol=TOLERANCE * (draw.largest(exact) or 1.0), equal_nan=True)
    return ~near


def same(yours: Gradients, loop: Loop) -> bool:
    """Tell whether all that a function has returned is what a loop gives."""
    return yours.keys() == loop.returned.keys() and not any(
        wrong(yours[name], loop.returned[name]).any() for name in yours
    )

"""Known mistakes in the backward pass over a sequence, each as the numbers that it gives.

What a loop does falls into two stages. First, what *arrives* at each step, and at which cell it is sent through. Then,
what is *gathered* of all that the cells return. A mistake belongs to one of them, and two may meet.
"""

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.types import Array, Gradients
from bptt.unrolled import PARAMETERS, Unrolled

ALL_PLACES = -2
"""As the ``last`` place: ``da0`` is the sum of what all cells hand back."""


def unroll(arguments: Arguments) -> Arguments:
    """Prepare what both stages need: the chain of cells."""
    return {"chain": Unrolled(arguments["caches"])}


def arrive(da: Array, chain: Unrolled) -> Gradients:
    """First stage, done right.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
    chain : Unrolled

    Returns
    -------
    dict
        ``arriving (n_a, m, T_x)``; ``cells``, the cell that is used at each place; ``last``, the place whose
        ``da_prev`` is left at the end.
    """
    return {"arriving": chain.arriving(da), "cells": np.array(chain.places), "last": np.array(0)}


def gather(arriving: Array, cells: Array, last: Array, chain: Unrolled, _da: Array) -> Gradients:
    """Second stage, done right.

    Parameters
    ----------
    arriving : ndarray (n_a, m, T_x)
    cells : ndarray of int (T_x,)
    last : ndarray of int ()
    chain : Unrolled

    Returns
    -------
    dict
        ``dx, da0, dWax, dWaa, dba``.
    """
    each = chain.sent_through(arriving, cells.tolist())
    if int(last) == ALL_PLACES:
        return chain.gathered(each, 0) | {"da0": np.sum([gradients["da_prev"] for gradients in each], axis=0)}
    return chain.gathered(each, int(last))


def _no_loss_path_from_last(arguments: Arguments, _: Gradients) -> Gradients:
    last = np.zeros_like(arguments["da"])
    last[:, :, -1] = arguments["da"][:, :, -1]
    return {"arriving": arguments["chain"].arriving(last)}


def _last_step_counted_twice(arguments: Arguments, _: Gradients) -> Gradients:
    twice = arguments["da"].copy()
    twice[:, :, -1] *= 2
    return {"arriving": arguments["chain"].arriving(twice)}


def _forward_in_time(arguments: Arguments, _: Gradients) -> Gradients:
    chain: Unrolled = arguments["chain"]
    turned = list(reversed(chain.places))
    arriving = chain.arriving(arguments["da"][:, :, ::-1], turned)[:, :, ::-1]
    return {"arriving": arriving, "last": np.array(turned[0])}


def _sliced(arguments: Arguments, da: Array) -> Gradients:
    # With sizes that differ this slice does not even fit, and there are no numbers to predict.
    return {"arriving": arguments["chain"].arriving(da)} if da.shape == arguments["da"].shape else {}


def _step_from_examples(arguments: Arguments, _: Gradients) -> Gradients:
    return _sliced(arguments, np.swapaxes(arguments["da"], 1, 2))


def _step_from_features(arguments: Arguments, _: Gradients) -> Gradients:
    return _sliced(arguments, np.moveaxis(arguments["da"], 0, -1))


def _heaped(arguments: Arguments, _: Gradients) -> Gradients:
    return {"arriving": arguments["chain"].arriving(arguments["da"], heaping=True), "last": np.array(ALL_PLACES)}


def _last_step_left_out(arguments: Arguments, _: Gradients) -> Gradients:
    without = arguments["da"].copy()
    without[:, :, -1] = 0
    return {"arriving": arguments["chain"].arriving(without)}


def _losses_on_the_way(arguments: Arguments, _: Gradients) -> Gradients:
    # The traversal of loss k picks up every earlier loss as well, so the loss of step t counts T_x - t times.
    da = arguments["da"]
    return {"arriving": arguments["chain"].arriving(da * np.arange(da.shape[2], 0, -1))}


def _with_cells(arguments: Arguments, cells: list[int]) -> Gradients:
    return {"arriving": arguments["chain"].arriving(arguments["da"], cells), "cells": np.array(cells)}


def _first_cache_always(arguments: Arguments, _: Gradients) -> Gradients:
    return _with_cells(arguments, [0] * len(arguments["chain"].places))


def _last_cache_always(arguments: Arguments, _: Gradients) -> Gradients:
    places = arguments["chain"].places
    return _with_cells(arguments, [places[-1]] * len(places))


def _cache_of_step_before(arguments: Arguments, _: Gradients) -> Gradients:
    # Negative indices are legal in Python, so steps[t - 1] goes round to the last one at t = 0.
    return _with_cells(arguments, np.roll(arguments["chain"].places, 1).tolist())


def _cache_of_step_after(arguments: Arguments, _: Gradients) -> Gradients:
    places = list(arguments["chain"].places)
    return _with_cells(arguments, [*places[1:], places[-1]])


def _overwritten(arguments: Arguments, _: Gradients) -> Gradients:
    first = arguments["chain"].sent_through(arguments["arriving"], arguments["cells"].tolist())[0]
    return {f"d{name}": first[f"d{name}"] for name in PARAMETERS}


def _skips_first(arguments: Arguments, right: Gradients) -> Gradients:
    each = arguments["chain"].sent_through(arguments["arriving"], arguments["cells"].tolist())[1:]
    if not each:
        return {name: np.zeros_like(gradient) for name, gradient in right.items()}
    without = arguments["chain"].gathered(each, 0)
    return {**without, "dx": np.concatenate([np.zeros_like(right["dx"][..., :1]), without["dx"]], axis=-1)}


def _same_cache(predict: Predict) -> Mistake:
    return Mistake(
        "same-cache-every-step",
        "Every step uses the same cache",
        "Each step has its own state and its own input, and its cell needs the cache of that very step.",
        predict,
    )


def _wrong_axis(predict: Predict) -> Mistake:
    return Mistake(
        "sliced-wrong-axis",
        "da is sliced along the wrong axis",
        "Time is the last of the three axes of da, (n_a, m, T_x). Your slice takes the step number for the number of a "
        "feature or of an example. It fits only where the sizes happen to be equal.",
        predict,
    )


def _cache_off_by_one(predict: Predict) -> Mistake:
    return Mistake(
        "cache-off-by-one",
        "The cache belongs to a neighbouring step",
        "At step t your cell is given the cache of t-1 or t+1. Python says nothing: index -1 means the last one.",
        predict,
    )


ARRIVING = (
    Mistake(
        "no-time-path",
        "The gradient never crosses from step t to t-1",
        "Each step gets the gradient of its own loss, da[:, :, t], and nothing else. But a_t has two uses: its own "
        "prediction, and the next state. What comes back from the next state is the da_prev that the cell of step "
        "t+1 returned; both gradients meet at a_t. Only the last step, which has no next one, is right in dx.",
        lambda a, _: {"arriving": a["da"]},
    ),
    Mistake(
        "carry-never-updated",
        "What one step returns is never handed to the next",
        "da_prevt keeps its first value, zeros, during the whole loop. So each step gets the gradient of its own loss "
        "alone. After each cell, da_prevt has to become the da_prev that this cell returned.",
        lambda a, _: {"arriving": a["da"], "last": np.array(-1)},
    ),
    Mistake(
        "no-loss-path-from-last",
        "The losses of the earlier steps are missing",
        "You start from da[:, :, -1] and carry it back, which is right for the last loss. But every step has a loss of "
        "its own: its gradient, da[:, :, t], joins at each step on the way.",
        _no_loss_path_from_last,
    ),
    Mistake(
        "no-loss-path-from-zeros",
        "Nothing enters the loop",
        "All gradients are zero: the carried gradient starts from zeros, and da is never added.",
        lambda a, _: {"arriving": np.zeros_like(a["da"])},
    ),
    Mistake(
        "last-step-counted-twice",
        "The last step's loss is counted twice",
        "The carried gradient starts from da[:, :, -1], and da[:, :, t] is added at every step, the last one too. What "
        "comes from beyond the last step, where there is no cell?",
        _last_step_counted_twice,
    ),
    Mistake(
        "loops-forward-in-time",
        "The loop runs forward in time",
        "The gradient of a state can be completed only when all later steps have sent theirs. Yours starts with "
        "step 0. Start with the last step.",
        _forward_in_time,
    ),
    Mistake(
        "carry-heaped-up",
        "da_prevt heaps up what all later cells have handed back",
        "da_prevt is added to, where it should be replaced. A cell's da_prev already contains everything that arrived "
        "from later steps; adding the old carry counts it again.",
        _heaped,
    ),
    Mistake(
        "last-step-left-out",
        "The last step is left out",
        "The gradient of the last loss never enters: the loop starts one step too early.",
        _last_step_left_out,
    ),
    # Learners spell these in two ways each, with different numbers.
    _wrong_axis(_step_from_examples),
    _wrong_axis(_step_from_features),
    _same_cache(_first_cache_always),
    _same_cache(_last_cache_always),
    _cache_off_by_one(_cache_of_step_before),
    _cache_off_by_one(_cache_of_step_after),
)

GATHERED = (
    Mistake(
        "overwrites-instead-of-accumulates",
        "The parameter gradients keep the last loop pass only",
        "One set of weights is used at every step, and a value that is used several times collects the sum. Yours is "
        "replaced at each step, so only the last one that the loop visits, step 0, is left.",
        _overwritten,
    ),
    Mistake(
        "skips-first-step",
        "Step 0 is left out",
        "The loop ends before it has reached step 0, so dx has zeros there and da0 is what arrived at step 1. The "
        "end of a range is not part of it.",
        _skips_first,
    ),
    Mistake(
        "da0-left-zero",
        "da0 is still zero",
        "After the loop, what the first cell returned as da_prev is the gradient of a0. It is computed and not kept.",
        lambda _, right: {"da0": np.zeros_like(right["da0"])},
    ),
    Mistake(
        "da0-is-da-at-0",
        "da0 is taken from da",
        "da[:, :, 0] is the gradient of the state after step 0 from its own loss. a0 is the state before step 0: its "
        "gradient is what the first cell hands back.",
        lambda a, right: {"da0": [a["da"][:, :, 0], a["da"][:, :, 0] + right["da0"]]},
    ),
    Mistake(
        "bias-broadcast-to-square",
        "dba has become a square",
        "An array of shape (n_a,) plus one of (n_a, 1) gives (n_a, n_a). Start dba with the shape of ba.",
        lambda _, right: {"dba": np.repeat(right["dba"], len(right["dba"]), axis=1)},
    ),
)

PER_LOSS = (
    Mistake(
        "traversals-overwritten",
        "Each traversal replaces the one before",
        "Only the traversal of the last loss is left. The gradients of all traversals belong together: add them.",
        _no_loss_path_from_last,
    ),
    Mistake(
        "losses-added-on-the-way",
        "Other losses join on the way",
        "While the gradient of loss k travels back, you add da[:, :, t] at each step. In one sweep for all losses that "
        "would be right. Here every loss has a traversal of its own, so the earlier ones are counted again and again.",
        _losses_on_the_way,
    ),
    Mistake(
        "no-time-path",
        "The gradient never leaves its own step",
        "Each loss reaches the cell of its own step and no earlier one. What a cell returns as da_prev is what the "
        "next cell to the left is given.",
        lambda a, _: {"arriving": a["da"]},
    ),
)

"""Known mistakes in the backward pass over a sequence, each as the numbers that it gives.

A loop has two stages. The *sweep* goes through the steps, and each mistake in it is another gradient that arrives at a
step, or another cell. The *gathering* sums or keeps what the cells return. A mistake belongs to one of the two, and
there may be one in each. Most are possible with any kind of cell.
"""

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.jacobians.chain import Carry, JacobianChain
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.types import Array, Gradients

_NONE, _ALL = [[0.0]], [[1.0]]


def unroll(arguments: Arguments) -> Arguments:
    """Prepare the argument that both stages need: the chain of Jacobians.

    Parameters
    ----------
    arguments : dict
        With ``caches``.

    Returns
    -------
    dict
        ``chain``.
    """
    return {"chain": RnnLstmChain(arguments["caches"])}


def sweep(da: Array, chain: JacobianChain) -> Gradients:
    """Compute the first stage: one right sweep over all steps.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
    chain : JacobianChain

    Returns
    -------
    dict
        ``carried, dx_steps, weight_steps``, as from ``JacobianChain.sweep``, in the order of time.
    """
    return chain.sweep(da)


def gather(dx_steps: Array, carried: Array, weight_steps: Array, chain: JacobianChain, _da: Array) -> Gradients:
    """Compute the second stage: collect the right gradients from all steps.

    Parameters
    ----------
    dx_steps, carried, weight_steps : ndarray
        As from ``JacobianChain.sweep``.
    chain : JacobianChain

    Returns
    -------
    dict
        ``dx``, ``da0`` and the gradients of all weights and biases.
    """
    return {"dx": dx_steps, "da0": carried[0, ..., 0], **chain.split(weight_steps.sum(axis=-1))}


def sweep_with(
    arguments: Arguments, da: Array, cells: list[int] | None = None, carry: Carry | None = None
) -> Gradients:
    """Sweep with another ``da``, with other cells, or with another carry; see ``JacobianChain.sweep``."""
    chain: JacobianChain = arguments["chain"]
    return chain.sweep(da, cells, carry)


def _no_time_path(arguments: Arguments, _: Gradients) -> Gradients:
    return sweep_with(arguments, arguments["da"], carry=Carry(into_cell=_NONE, from_cell=_ALL, accumulated=_NONE))


def _no_loss_path_from_last(arguments: Arguments, _: Gradients) -> Gradients:
    last = np.zeros_like(arguments["da"])
    last[:, :, -1] = arguments["da"][:, :, -1]
    return sweep_with(arguments, last)


def _last_step_counted_twice(arguments: Arguments, _: Gradients) -> Gradients:
    twice = arguments["da"].copy()
    twice[:, :, -1] *= 2
    return sweep_with(arguments, twice)


def _forward_in_time(arguments: Arguments, _: Gradients) -> Gradients:
    reversed_cells = list(reversed(arguments["chain"].steps))
    swept = sweep_with(arguments, arguments["da"][:, :, ::-1], reversed_cells)
    return {**swept, "dx_steps": swept["dx_steps"][:, :, ::-1]}


def _sweep_if_same_shape(arguments: Arguments, da: Array) -> Gradients:
    # Where the sizes differ, this slice raises, and there are no numbers to predict.
    return sweep_with(arguments, da) if da.shape == arguments["da"].shape else {}


def _step_from_examples(arguments: Arguments, _: Gradients) -> Gradients:
    return _sweep_if_same_shape(arguments, np.swapaxes(arguments["da"], 1, 2))


def _step_from_features(arguments: Arguments, _: Gradients) -> Gradients:
    return _sweep_if_same_shape(arguments, np.moveaxis(arguments["da"], 0, -1))


def _last_step_left_out(arguments: Arguments, _: Gradients) -> Gradients:
    without = arguments["da"].copy()
    without[:, :, -1] = 0
    return sweep_with(arguments, without)


def _losses_on_the_way(arguments: Arguments, _: Gradients) -> Gradients:
    # The traversal of loss k adds every earlier loss as well, so the loss of step t counts T_x - t times.
    da = arguments["da"]
    return sweep_with(arguments, da * np.arange(da.shape[2], 0, -1))


def _first_cache_always(arguments: Arguments, _: Gradients) -> Gradients:
    return sweep_with(arguments, arguments["da"], [0] * len(arguments["chain"].steps))


def _last_cache_always(arguments: Arguments, _: Gradients) -> Gradients:
    steps = arguments["chain"].steps
    return sweep_with(arguments, arguments["da"], [steps[-1]] * len(steps))


def _cache_of_step_before(arguments: Arguments, _: Gradients) -> Gradients:
    # At t = 0 the index t - 1 is -1, which is the last step in Python.
    return sweep_with(arguments, arguments["da"], np.roll(arguments["chain"].steps, 1).tolist())


def _cache_of_step_after(arguments: Arguments, _: Gradients) -> Gradients:
    steps = list(arguments["chain"].steps)
    return sweep_with(arguments, arguments["da"], [*steps[1:], steps[-1]])


def _overwritten(arguments: Arguments, _: Gradients) -> Gradients:
    chain: JacobianChain = arguments["chain"]
    return chain.split(arguments["weight_steps"][..., 0])


def _skips_first(arguments: Arguments, right: Gradients) -> Gradients:
    chain: JacobianChain = arguments["chain"]
    dx = right["dx"].copy()
    dx[..., 0] = 0
    weights = chain.split(arguments["weight_steps"][..., 1:].sum(axis=-1))
    return {"dx": dx, "da0": arguments["carried"][0, ..., 1], **weights}


def _da0_from_da(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    first = arguments["da"][:, :, 0]
    return {"da0": [first, first + right["da0"]]}


def _bias_squares(_: Arguments, right: Gradients) -> Gradients:
    # A bias gradient is the one with a single column.
    return {
        name: np.repeat(gradient, len(gradient), axis=1)
        for name, gradient in right.items()
        if name.startswith("db") and gradient.shape[1] == 1
    }


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


ANY_LOOP = (
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
        lambda a, _: sweep_with(a, np.zeros_like(a["da"])),
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
        "last-step-left-out",
        "The last step is left out",
        "The gradient of the last loss never enters: the loop starts one step too early.",
        _last_step_left_out,
    ),
    # Each of these has two spellings, with different numbers.
    _wrong_axis(_step_from_examples),
    _wrong_axis(_step_from_features),
    _same_cache(_first_cache_always),
    _same_cache(_last_cache_always),
    _cache_off_by_one(_cache_of_step_before),
    _cache_off_by_one(_cache_of_step_after),
)
"""Mistakes in the sweep of any loop, for any cell and any number of states."""

SWEEP = (
    Mistake(
        "no-time-path",
        "The gradient never crosses from step t to t-1",
        "Each step gets the gradient of its own loss, da[:, :, t], and nothing else. But a_t has two uses: its own "
        "prediction, and the next state. What comes back from the next state is the da_prev that the cell of step "
        "t+1 returned; both gradients meet at a_t. Only the last step, which has no next one, is right in dx.",
        _no_time_path,
    ),
    Mistake(
        "carry-never-updated",
        "What one step returns is never handed to the next",
        "da_prevt keeps its first value, zeros, during the whole loop. So each step gets the gradient of its own loss "
        "alone. After each cell, da_prevt has to become the da_prev that this cell returned.",
        lambda a, _: sweep_with(a, a["da"], carry=Carry(into_cell=_ALL, from_cell=_NONE, accumulated=_NONE)),
    ),
    Mistake(
        "carry-heaped-up",
        "da_prevt heaps up what all later cells have handed back",
        "da_prevt is added to, where it should be replaced. A cell's da_prev already contains everything that arrived "
        "from later steps; adding the old carry counts it again.",
        lambda a, _: sweep_with(a, a["da"], carry=Carry(into_cell=_ALL, from_cell=_ALL, accumulated=_ALL)),
    ),
    *ANY_LOOP,
)

GATHER = (
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
        _da0_from_da,
    ),
    Mistake(
        "bias-broadcast-to-square",
        "A bias gradient has become a square",
        "An array of shape (n_a,) plus one of (n_a, 1) gives (n_a, n_a). Start the gradient of a bias with the shape "
        "of that bias.",
        _bias_squares,
    ),
)
"""Mistakes in the gathering, for any cell."""

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
        _no_time_path,
    ),
)

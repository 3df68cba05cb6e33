"""Known mistakes in the backward pass over a sequence, each as the numbers that it gives.

A loop has two stages. The *sweep* goes through the steps, and each mistake in it is another gradient that arrives at a
step, or another cell. The *gathering* sums or keeps what the cells return. A mistake belongs to one of the two, and
there may be one in each. Most are possible with any kind of cell.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.jacobians.chain import Carry, JacobianChain
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.types import Array, Gradients

Sweep = Callable[[Arguments, Gradients], Gradients]
"""As ``Predict``, for a mistake with one spelling in the first stage."""

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


def _not_carried(arguments: Arguments, arriving: Array, states: slice) -> Gradients:
    """Sweep with all that arrives at some of the states given: nothing is carried into them."""
    every = np.eye(arguments["chain"].n_states)
    others = every.copy()
    others[states] = 0
    return sweep_with(arguments, arriving, carry=Carry(others.tolist(), every.tolist(), (0 * every).tolist()))


def _a_not_carried(arguments: Arguments, arriving: Array) -> Gradients:
    return _not_carried(arguments, arriving, slice(1))


def _nothing_carried(arguments: Arguments, arriving: Array) -> Gradients:
    return _not_carried(arguments, arriving, slice(None))


def _no_time_path(arguments: Arguments, _: Gradients) -> Gradients:
    return _nothing_carried(arguments, arguments["da"])


def _one_step_back(arguments: Arguments, _: Gradients) -> Gradients:
    arriving = _nothing_carried(arguments, arguments["da"])["carried"][..., 1:]
    arriving[0] += arguments["da"]
    return _nothing_carried(arguments, arriving)


def _one_step_back_and_da0(arguments: Arguments, right: Gradients) -> Gradients:
    # da0, too, is made from da[:, :, 0] alone.
    carried = _nothing_carried(arguments, arguments["da"])["carried"]
    return _one_step_back(arguments, right) | {"carried": carried}


def _last_slice_as_da0(predict: Sweep) -> Sweep:
    """Make da0 what the loop has taken from da at its end: da[:, :, 0 - 1], which is the last slice."""

    def with_da0(arguments: Arguments, right: Gradients) -> Gradients:
        swept = predict(arguments, right)
        carried = swept["carried"].copy()
        carried[0, ..., 0] = arguments["da"][..., -1]
        return swept | {"carried": carried}

    return with_da0


def _own_slice_carried(arguments: Arguments, _: Gradients) -> Gradients:
    # What step t + 1 hands on is da[:, :, t], the slice that step t adds anyway.
    arriving = 2 * arguments["da"]
    arriving[..., -1] = arguments["da"][..., -1]
    return _a_not_carried(arguments, arriving)


def _shifted(array: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """Return the slice of the step before at each step, with ``first`` before all; and of the step after."""
    return (
        np.concatenate([first[..., None], array[..., :-1]], axis=-1),
        np.concatenate([array[..., 1:], last[..., None]], axis=-1),
    )


def _neighbouring_slice_carried(neighbour: int, *, around: bool) -> Sweep:
    def predict(arguments: Arguments, _: Gradients) -> Gradients:
        da = arguments["da"]
        beyond = (da[..., -1], da[..., 0]) if around else (0 * da[..., 0], 0 * da[..., 0])
        return _a_not_carried(arguments, da + _shifted(da, *beyond)[neighbour])

    return predict


def _entering(change: Callable[[Array], Array]) -> Predict:
    """Sweep with another ``da``."""
    return lambda arguments, _: sweep_with(arguments, change(arguments["da"]))


def _at_last_step(gradient: Array, length: int) -> Array:
    return np.concatenate([np.zeros((*gradient.shape, length - 1)), gradient[..., None]], axis=-1)


def _sum_at_last_step(da: Array) -> Array:
    return _at_last_step(da.sum(axis=2), da.shape[2])


def _everywhere(gradient: Array, length: int) -> Array:
    return np.repeat(gradient[..., None], length, axis=-1)


def _heaped_up(arguments: Arguments, _: Gradients) -> Gradients:
    return sweep_with(arguments, arguments["da"], carry=Carry(into_cell=_ALL, from_cell=_ALL, accumulated=_ALL))


def da0_from_cell(heaped: Sweep) -> Sweep:
    """Of a loop that heaps up what it carries of a, take da0 from the last cell that it visits."""

    def predict(arguments: Arguments, right: Gradients) -> Gradients:
        swept = heaped(arguments, right)
        carried = swept["carried"].copy()
        carried[0, ..., 0] -= carried[0, ..., 1]
        return swept | {"carried": carried}

    return predict


def _no_loss_path_from_last(arguments: Arguments, _: Gradients) -> Gradients:
    return sweep_with(arguments, _only_step(arguments["da"], -1))


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


def _last_step_only(_: Arguments, right: Gradients) -> Gradients:
    carried = right["carried"].copy()
    carried[..., 0] = carried[..., -2]
    return {name: _only_step(right[name], -1) for name in ("dx_steps", "weight_steps")} | {"carried": carried}


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


def _added_to_itself(arguments: Arguments, _: Gradients) -> Gradients:
    # Between step t and the end of the loop, the sum is doubled t times.
    chain: JacobianChain = arguments["chain"]
    return chain.split(arguments["weight_steps"] @ 2.0 ** np.arange(len(chain.steps)))


def _twice(_: Arguments, right: Gradients) -> Gradients:
    return {name: 2 * gradient for name, gradient in right.items() if name not in {"dx", "da0"}}


def _only_step(array: Array, step: int) -> Array:
    alone = np.zeros_like(array)
    alone[..., step] = array[..., step]
    return alone


def _dx_last_pass(_: Arguments, right: Gradients) -> dict[str, list[Array]]:
    dx = right["dx"]
    return {"dx": [dx[..., 0], _only_step(dx, 0), _everywhere(dx[..., 0], dx.shape[-1])]}


def _dx_elsewhere(_: Arguments, right: Gradients) -> dict[str, list[Array]]:
    dx = right["dx"]
    return {"dx": [dx[..., ::-1], np.roll(dx, 1, axis=-1), np.roll(dx, -1, axis=-1)]}


def _before_first_cell(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    carried = arguments["carried"][0, ..., 1]
    return {"da0": [carried, arguments["da"][..., 0] + carried]}


def _last_traversal(arguments: Arguments, _: Gradients) -> dict[str, list[Array]]:
    chain: JacobianChain = arguments["chain"]
    swept = _no_loss_path_from_last(arguments, {})
    left = gather(**swept, chain=chain, _da=arguments["da"])
    its_last_step = chain.split(swept["weight_steps"][..., 0])
    return {name: [gradient, its_last_step.get(name, gradient)] for name, gradient in left.items()}


def _skips_first(arguments: Arguments, right: Gradients) -> Mapping[str, Array | list[Array]]:
    chain: JacobianChain = arguments["chain"]
    dx = right["dx"].copy()
    dx[..., 0] = 0
    weights = chain.split(arguments["weight_steps"][..., 1:].sum(axis=-1))
    # With one traversal for each loss, that of loss 0 passes no cell.
    carried = arguments["carried"][0, ..., 1]
    return {"dx": dx, "da0": [carried, arguments["da"][..., 0] + carried], **weights}


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
        "At step t your cell is given the cache of t-1 or t+1. Python does not complain: index -1 means the last one.",
        predict,
    )


def _one_step_only(predict: Predict) -> Mistake:
    return Mistake(
        "truncated-after-one-step",
        "Each gradient goes one step back only",
        "What you carry from step t to step t-1 is made from da[:, :, t] alone. But two gradients meet at a_t: that of "
        "its own loss, and what has come back from step t+1. Both have to go on to step t-1, and further.",
        predict,
    )


def _taken_from_da(predict: Predict) -> Mistake:
    return Mistake(
        "carry-taken-from-da",
        "The carried gradient is taken from da",
        "What joins da[:, :, t] at step t has to come back from the cell of step t+1, which returned it as da_prev. "
        "Yours is another slice of da: the gradient of a loss, which has passed no cell.",
        predict,
    )


def _summed_over_time(predict: Predict) -> Mistake:
    return Mistake(
        "da-summed-over-time",
        "The losses of all steps enter at one step",
        "You sum da over its steps. But da[:, :, t] is the gradient of the state of step t and of no other: each joins "
        "at its own step, on the way back.",
        predict,
    )


def _of_another_step(predict: Predict) -> Mistake:
    return Mistake(
        "da-of-another-step",
        "The loss that joins belongs to another step",
        "At step t the gradient of that step's own loss joins. In yours the slice of da and the cell belong to "
        "different steps: compare the two indices.",
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
    Mistake(
        "last-step-only",
        "Only the last step is there",
        "The loop starts with the last step, as it should, and ends after this one. Does the return stand inside it?",
        _last_step_only,
    ),
    Mistake(
        "da-counted-twice",
        "Every loss is counted twice",
        "All gradients are twice what they should be: at each step the gradient of its loss joins twice.",
        lambda _, right: {name: 2 * value for name, value in right.items()},
    ),
    # Each of these has several spellings, with different numbers.
    _one_step_only(_one_step_back),
    _one_step_only(_one_step_back_and_da0),
    _taken_from_da(_own_slice_carried),
    _taken_from_da(_last_slice_as_da0(_own_slice_carried)),
    _taken_from_da(_neighbouring_slice_carried(0, around=True)),
    _taken_from_da(_last_slice_as_da0(_neighbouring_slice_carried(0, around=True))),
    _taken_from_da(_neighbouring_slice_carried(0, around=False)),
    _taken_from_da(_neighbouring_slice_carried(1, around=False)),
    _summed_over_time(_entering(_sum_at_last_step)),
    _summed_over_time(_entering(lambda da: da + _sum_at_last_step(da))),
    _summed_over_time(_entering(lambda da: _everywhere(da.sum(axis=2), da.shape[2]))),
    _of_another_step(_entering(lambda da: _shifted(da, da[..., -1], da[..., -1])[0])),
    _of_another_step(_entering(lambda da: _shifted(da, da[..., -1], da[..., -1])[1])),
    _of_another_step(_entering(lambda da: _shifted(da, 0 * da[..., 0], 0 * da[..., 0])[0])),
    _of_another_step(_entering(lambda da: _shifted(da, 0 * da[..., 0], 0 * da[..., 0])[1])),
    _of_another_step(_entering(lambda da: da[..., ::-1])),
    _of_another_step(_entering(lambda da: _everywhere(da[..., -1], da.shape[2]))),
    _of_another_step(_entering(lambda da: _everywhere(da[..., 0], da.shape[2]))),
    _wrong_axis(_step_from_examples),
    _wrong_axis(_step_from_features),
    _same_cache(_first_cache_always),
    _same_cache(_last_cache_always),
    _cache_off_by_one(_cache_of_step_before),
    _cache_off_by_one(_cache_of_step_after),
)
"""Mistakes in the sweep of any loop, for any cell and any number of states."""


def _heaping_up(predict: Predict) -> Mistake:
    return Mistake(
        "carry-heaped-up",
        "da_prevt adds up what all later cells have handed back",
        "da_prevt is added to, but it should be replaced. A cell's da_prev already contains everything that arrived "
        "from later steps; adding the old carry counts it again.",
        predict,
    )


SWEEP = (
    Mistake(
        "no-time-path",
        "The gradient never crosses from step t to t-1",
        "Each step gets the gradient of its own loss, da[:, :, t], and nothing else: or is something added to it that "
        "stays zero during the whole loop? a_t has two uses: its own prediction, and the next state. What comes back "
        "from the next state is the da_prev that the cell of step t+1 returned; both gradients meet at a_t. Only the "
        "last step, which has no next one, is right in dx.",
        _no_time_path,
    ),
    Mistake(
        "carry-never-updated",
        "What one step returns is never handed to the next",
        "Each step gets the gradient of its own loss alone, and da0 is zero, as happens when da_prevt keeps its first "
        "value during the whole loop. After each cell, da_prevt has to become the da_prev that this cell returned.",
        lambda a, _: sweep_with(a, a["da"], carry=Carry(into_cell=_ALL, from_cell=_NONE, accumulated=_NONE)),
    ),
    _heaping_up(_heaped_up),
    _heaping_up(da0_from_cell(_heaped_up)),
    *ANY_LOOP,
)

GATHER = (
    Mistake(
        "overwrites-instead-of-accumulates",
        "The parameter gradients keep the last loop pass only",
        "One set of weights is used at every step, and a value that is used several times collects the sum. Yours is "
        "replaced, or set to zeros again, at each step, so only the last one that the loop visits, step 0, is left.",
        _overwritten,
    ),
    Mistake(
        "sum-added-to-itself",
        "A sum is added to itself at each step",
        "The sum so far stays when something is added to it. In yours it is added once more, together with the step's "
        "gradient, so it doubles at every step.",
        _added_to_itself,
    ),
    Mistake(
        "every-step-added-twice",
        "A gradient counts every step twice",
        "It is twice what it should be. Each step's gradient belongs in the sum once: is there a second line that adds "
        "to the same name?",
        _twice,
        last_resort=True,
    ),
    Mistake(
        "dx-keeps-one-step",
        "dx keeps the last loop pass only",
        "Every step has an input of its own, so dx keeps what every cell returns as dxt. Yours is replaced, or set to "
        "zeros again, at each step, so only the last one that the loop visits, step 0, is left.",
        _dx_last_pass,
    ),
    Mistake(
        "dx-summed-over-time",
        "dx is summed over the steps",
        "The weights are the same at every step, so their gradients are added. The inputs are not: each step has its "
        "own, and dx keeps what every cell returns as dxt side by side.",
        lambda _, right: {"dx": right["dx"].sum(axis=-1)},
    ),
    Mistake(
        "dx-at-another-step",
        "The steps of dx are in another order",
        "The numbers are right, and stand at other steps. What the cell of step t returns as dxt belongs at step t. "
        "(The loop visits the last step first: whatever is appended to a list in the loop is in that order.)",
        _dx_elsewhere,
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
        "The gradient of a0 is what the first cell returns as da_prev. It is computed and kept nowhere: da0, or what "
        "it is taken from after the loop, still has the zeros that it began with.",
        lambda _, right: {"da0": np.zeros_like(right["da0"])},
        last_resort=True,
    ),
    Mistake(
        "da0-is-da-at-0",
        "da0 is taken from da",
        "da[:, :, 0] is the gradient of the state after step 0 from its own loss. a0 is the state before step 0: its "
        "gradient is what the first cell hands back.",
        _da0_from_da,
    ),
    Mistake(
        "da0-before-first-cell",
        "da0 has not passed the first cell",
        "Yours is what comes back to the state after step 0. a0 is the state before step 0: between the two is the "
        "cell of step 0.",
        _before_first_cell,
    ),
    Mistake(
        "da0-summed-over-steps",
        "da0 is summed over all steps",
        "Every cell's da_prev is added to da0. Each belongs to another state; a0 is the one before step 0.",
        lambda a, _: {"da0": a["carried"][0].sum(axis=-1)},
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


def left_zero(names: Iterable[str]) -> tuple[Mistake, ...]:
    """Make the mistakes of forgetting one line, for each gradient but da0.

    Parameters
    ----------
    names : iterable of str
        The gradients.

    Returns
    -------
    tuple of Mistake
        All of one id, since each line may be forgotten by itself.
    """
    return tuple(_left_zero(name) for name in names if name != "da0")


def _left_zero(name: str) -> Mistake:
    # An LSTM's first memory is zero, so dWf and dbf are zero also where each step replaces them: the words allow that.
    return Mistake(
        "gradient-left-zero",
        "A gradient has stayed zero",
        "It starts as zeros, and nothing of what the cells return is left in it. Is there a line, under exactly this "
        "name, that adds each step's gradient to the sum so far, or, for dx, keeps it at its step?",
        lambda _, right: {name: np.zeros_like(right[name])},
        last_resort=True,
    )


PER_LOSS = (
    Mistake(
        "traversals-start-at-last-step",
        "Every traversal starts at the last step",
        "The gradient of loss k is that of the state of step k: its way back begins there. Yours first passes the "
        "cells of later steps, which loss k has not seen.",
        _entering(_sum_at_last_step),
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

PER_LOSS_GATHER = (
    *(m for m in GATHER if m.id in {"overwrites-instead-of-accumulates", "skips-first-step", "da0-left-zero"}),
    Mistake(
        "traversals-overwritten",
        "Each traversal replaces the one before",
        "Only the traversal of the last loss is left, or even its last step alone. The gradients of all traversals "
        "belong together: add them.",
        _last_traversal,
    ),
)

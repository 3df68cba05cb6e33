"""Exercises of lesson 02: backward passes from the losses to the states, and over a sequence."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bptt import exact, inputs, rnn
from bptt.activations import softmax
from bptt.check.exercise import Arguments, CostBound, Exercise, Mistake
from bptt.check.exercises.rnn_cell import RNN_CELL_PARAMETERS_BACKWARD
from bptt.check.mistakes import rnn_output, rnn_truncated
from bptt.check.mistakes import rnn_sequence as mistakes


def _draw_rnn(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn(seed, *sizes)


def _forward(arguments: Arguments) -> object:
    caches = arguments["caches"]
    return rnn.rnn_forward(caches.x, caches.steps[0].a_prev, caches.steps[0].parameters)


def _draw_output(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn_output(seed, *sizes)


def _forward_output(arguments: Arguments) -> object:
    a, Wya = arguments["a"], arguments["Wya"]
    return softmax(rnn.output_z(a, Wya, np.zeros((len(Wya), 1))))


def _draw_truncated(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return *inputs.rnn(seed, *sizes), max(1, sizes.T_x // 2)


_SCORES = Exercise(
    name="scores",
    arguments=("y_pred", "y"),
    shapes={"dz": "n_y, m, T_x"},
    draw=lambda seed, sizes: _draw_output(seed, sizes)[:2],
    exact=lambda y_pred, y: rnn_output.scores(y_pred, y)["dz"],
    mistakes=rnn_output.SCORES,
)

_DENSE = Exercise(
    name="dense",
    arguments=("dz", "a", "Wya"),
    shapes={"da_loss": "n_a, m, T_x", "dWya": "n_y, n_a", "dby": "n_y, 1"},
    draw=lambda seed, sizes: _draw_output(seed, sizes)[1:],
    exact=rnn_output.dense,
    mistakes=rnn_output.DENSE,
)

OUTPUT_BACKWARD = Exercise(
    name="output_backward",
    arguments=("y_pred", "y", "a", "Wya"),
    shapes=_DENSE.shapes,
    draw=_draw_output,
    exact=exact.output_backward,
    stages=(_SCORES, _DENSE),
    hints=(
        (
            "First the scores z = Wya a + by, then the rest. For softmax and cross-entropy together, the gradient of a "
            "score is how far its probability is above what it should be."
        ),
        "At one step this is the weighted input of lesson 0: dz is given, W is Wya, the input is that step's state.",
        (
            "da_loss has a result for every step. dWya and dby have one for all steps together, because one Wya and "
            "one by are used at all of them."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(2, 48, 48, 1, 2),
        inputs.Sizes(2, 6, 6, 16, 8),
        1550,
        _forward_output,
        inputs.Sizes(2, 272, 272, 1, 1),
        48000,
    ),
)

SWEEP = Exercise(
    name="sweep",
    arguments=("da", "chain"),
    shapes={"dx_steps": "n_x, m, T_x", "carried": "n_s, n_a, m, T_x + 1", "weight_steps": "n_a, columns, T_x"},
    draw=_draw_rnn,
    exact=mistakes.sweep,
    mistakes=mistakes.SWEEP,
    computed_once=True,
)

GATHER = Exercise(
    name="gather",
    arguments=("dx_steps", "carried", "weight_steps", "chain", "da"),
    shapes={"dx": "n_x, m, T_x", "da0": "n_a, m", **RNN_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_rnn,
    exact=mistakes.gather,
    mistakes=mistakes.GATHER,
)


def gather(shapes: Mapping[str, str], known: Iterable[Mistake]) -> Exercise:
    """Make the stage that collects the gradients of a sequence.

    Parameters
    ----------
    shapes : dict
        Each gradient and its shape in symbols.
    known : iterable of Mistake
        To which forgetting a gradient is added.

    Returns
    -------
    Exercise
    """
    return replace(GATHER, shapes=shapes, mistakes=(*known, *mistakes.left_zero(shapes)))


RNN_BACKWARD = Exercise(
    name="rnn_backward",
    arguments=("da", "caches"),
    shapes=GATHER.shapes,
    draw=_draw_rnn,
    exact=exact.rnn_backward,
    stages=(SWEEP, gather(GATHER.shapes, mistakes.GATHER)),
    prepare=mistakes.unroll,
    stand_ins={"rnn_cell_backward": exact.allow_exact(exact.rnn_cell_backward)},
    in_place="da-changed-in-place",
    hints=(
        "Write down what uses a_t: its own prediction, and the next cell. How many gradients come back to it?",
        "The last state has no next cell: what comes back from there is zero, of the shape of one state, (n_a, m).",
        (
            "Go through the steps from the last to the first. What one cell returns as da_prev is what the next one "
            "to be visited receives from the right."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(40, 40, 2, 1, 10),
        inputs.Sizes(1, 10, 2, 29, 10),
        1000,
        _forward,
        inputs.Sizes(208, 208, 2, 1, 2),
        25000,
    ),
)

RNN_BACKWARD_PER_LOSS = replace(
    RNN_BACKWARD,
    name="rnn_backward_per_loss",
    cost=CostBound(
        inputs.Sizes(40, 40, 2, 1, 4),
        inputs.Sizes(1, 10, 2, 29, 4),
        900,
        _forward,
        inputs.Sizes(208, 208, 2, 1, 2),
        25000,
    ),
    # One traversal for each loss: T_x of them, the longest through T_x cells.
    min_calls=lambda arguments: sum(range(1, arguments["da"].shape[2] + 1)),
    stages=(replace(SWEEP, mistakes=mistakes.PER_LOSS), gather(GATHER.shapes, mistakes.PER_LOSS_GATHER)),
    hints=(
        "Two loops, one inside the other: the outer one chooses a loss k, the inner one follows it back from step k.",
        "Within one traversal nothing is added on the way: the gradient starts as da[:, :, k] and goes on alone.",
        "The traversals are added at the end: dx, da0 and the parameter gradients of all of them.",
    ),
)

RNN_BACKWARD_TRUNCATED = Exercise(
    name="rnn_backward_truncated",
    arguments=("da", "caches", "steps"),
    shapes=RNN_BACKWARD.shapes,
    draw=_draw_truncated,
    exact=exact.rnn_backward_truncated,
    mistakes=(*rnn_truncated.TRUNCATED, *mistakes.left_zero(RNN_BACKWARD.shapes)),
    stand_ins=RNN_BACKWARD.stand_ins,
    in_place=RNN_BACKWARD.in_place,
    hints=(
        "Start from rnn_backward_per_loss: only the end of the inner loop changes.",
        "With steps = 1 each loss passes the cell of its own step and no other. Where does it stop with steps = 2?",
        "da0 receives something only from those losses whose way back reaches the first cell and passes it.",
    ),
    cost=RNN_BACKWARD.cost,
)

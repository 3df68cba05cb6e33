"""Exercises of lesson 03: the backward pass over a sequence of LSTM cells."""

from dataclasses import replace
from typing import Any

from bptt import exact, inputs, lstm
from bptt.check.exercise import Arguments, CostBound, Exercise
from bptt.check.exercises.lstm_cell import LSTM_CELL_PARAMETERS_BACKWARD
from bptt.check.exercises.rnn_sequence import SWEEP, gather
from bptt.check.mistakes import lstm_sequence as mistakes
from bptt.check.mistakes.rnn_sequence import unroll


def _draw_lstm(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.lstm(seed, *sizes)


def _forward(arguments: Arguments) -> object:
    caches = arguments["caches"]
    return lstm.lstm_forward(caches.x, caches.steps[0].a_prev, caches.steps[0].parameters)


_SHAPES = {"dx": "n_x, m, T_x", "da0": "n_a, m", **LSTM_CELL_PARAMETERS_BACKWARD.shapes}

LSTM_BACKWARD = Exercise(
    name="lstm_backward",
    arguments=("da", "caches"),
    shapes=_SHAPES,
    draw=_draw_lstm,
    exact=exact.lstm_backward,
    stages=(
        replace(SWEEP, mistakes=mistakes.SWEEP),
        gather(_SHAPES, mistakes.GATHER),
    ),
    prepare=unroll,
    stand_ins={"lstm_cell_backward": exact.allow_exact(exact.lstm_cell_backward)},
    in_place="da-changed-in-place",
    hints=(
        (
            "Start from your rnn_backward. How many gradients does an LSTM cell hand back to the step before, and how "
            "many is it given from the right?"
        ),
        "After the last step there is no next cell: neither its hidden state nor its memory gets anything from there.",
        (
            "Two gradients are carried, each to where it belongs. Only one of them is joined on the way by the loss of "
            "each step: which of a and c does the loss look at?"
        ),
        (
            "Each gate has weights and a bias of its own, used at every step. That makes eight sums, and each needs an "
            "array of its own to start with. A loop over their names saves typing, and mistakes."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(28, 28, 2, 1, 10),
        inputs.Sizes(1, 7, 2, 28, 10),
        1300,
        _forward,
        inputs.Sizes(72, 72, 2, 1, 2),
        9900,
    ),
)

LSTM_BACKWARD_FUSED = replace(
    LSTM_BACKWARD,
    name="lstm_backward_fused",
    stages=(
        replace(SWEEP, mistakes=mistakes.FUSED_SWEEP),
        gather(_SHAPES, mistakes.FUSED_GATHER),
    ),
    stand_ins={"lstm_cell_dz": exact.allow_exact(exact.lstm_cell_dz)},
    hints=(
        (
            "Sort what happens at a step into two groups: what the step before is waiting for, and what nothing is "
            "waiting for. Only the first has to happen inside the loop."
        ),
        (
            "Stack the four gradients before the activations in the order in which the weights are stacked. Then one "
            "product with the transposed matrix serves all gates, and its first n_a rows belong to a_prev."
        ),
        (
            "After the loop: a sum over steps of products, one for each step, is one product of two wide matrices. Lay "
            "all steps side by side, in the same order in both."
        ),
        "At the end, cut the stacked result into four blocks, one for each gate; np.split does that.",
    ),
)

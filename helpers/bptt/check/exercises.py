"""The table of exercises. A new exercise is an entry here, a forward pass, and what exact and inputs make of it."""

from typing import Any

from bptt import exact, inputs
from bptt.check.exercise import Exercise
from bptt.check.mistakes import rnn_cell as rnn_cell_mistakes
from bptt.check.mistakes import rnn_sequence as rnn_sequence_mistakes


def _draw_rnn_cell(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn_cell(seed, sizes.n_x, sizes.n_a, sizes.n_y, sizes.m)


def _draw_rnn(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn(seed, *sizes)


RNN_CELL_DZ = Exercise(
    name="rnn_cell_dz",
    arguments=("da_next", "cache"),
    shapes={"dz": "n_a, m"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_dz,
    mistakes=rnn_cell_mistakes.DZ,
    hints=(
        (
            "da_next says what the loss feels at a_next. You want what it feels at z, one step earlier. Which "
            "function led from z to a_next?"
        ),
        (
            "tanh works on each entry alone, so there is no sum and no matrix product: dz has the shape of "
            "da_next, and each entry is da_next times a slope."
        ),
        (
            "The slope of tanh can be written with its output, and the output is in the cache: look again at the "
            "right-hand panel of the picture of tanh, where the slope stands against a."
        ),
    ),
)

RNN_CELL_INPUTS_BACKWARD = Exercise(
    name="rnn_cell_inputs_backward",
    # Gradients of z are as random and as large as those of a_next, so one drawing serves all stages.
    arguments=("dz", "cache"),
    shapes={"dxt": "n_x, m", "da_prev": "n_a, m"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_inputs_backward,
    mistakes=rnn_cell_mistakes.INPUTS,
    hints=(
        "Start with the shapes: dxt must come out as (n_x, m), and you have dz (n_a, m) and Wax (n_a, n_x).",
        "One entry: xt[j] reached every z[i], each time through Wax[i, j]. So its gradient is a sum over i.",
        (
            "A sum over the first index of Wax and the first index of dz is a matrix product once Wax is "
            "turned. a_prev entered z in the same way, through Waa."
        ),
    ),
)

RNN_CELL_PARAMETERS_BACKWARD = Exercise(
    name="rnn_cell_parameters_backward",
    arguments=("dz", "cache"),
    shapes={"dWax": "n_a, n_x", "dWaa": "n_a, n_a", "dba": "n_a, 1"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_parameters_backward,
    mistakes=rnn_cell_mistakes.PARAMETERS,
    hints=(
        (
            "Start with the shapes: dWax must come out as (n_a, n_x), and you have dz (n_a, m) and xt (n_x, "
            "m). Over which letter do you have to sum?"
        ),
        (
            "One entry: Wax[i, j] was used once for each example, where it carried xt[j] into z[i]. Add what "
            "each of the m examples has to say."
        ),
        "dWaa is made like dWax, with whatever Waa was multiplied by in the forward pass.",
        (
            "ba was copied into all m columns of z. What was copied forward is summed backward, and dba keeps "
            "the shape of ba: (n_a, 1)."
        ),
    ),
)

RNN_CELL_BACKWARD = Exercise(
    name="rnn_cell_backward",
    arguments=("da_next", "cache"),
    shapes={**RNN_CELL_INPUTS_BACKWARD.shapes, **RNN_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_backward,
    stages=(RNN_CELL_DZ, RNN_CELL_INPUTS_BACKWARD, RNN_CELL_PARAMETERS_BACKWARD),
    hints=(
        "You have all the pieces: the three functions above. Only one of them takes da_next.",
        "What the first function returns is what the other two are given.",
        "Two dicts can be put together with {**one, **other}.",
    ),
)

_ARRIVE = Exercise(
    name="arrive",
    arguments=("da", "chain"),
    shapes={"arriving": "n_a, m, T_x", "cells": "T_x", "last": ""},
    draw=_draw_rnn,
    exact=rnn_sequence_mistakes.arrive,
    mistakes=rnn_sequence_mistakes.ARRIVING,
)

_GATHER = Exercise(
    name="gather",
    arguments=("arriving", "cells", "last", "chain", "da"),
    shapes={"dx": "n_x, m, T_x", "da0": "n_a, m", **RNN_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_rnn,
    exact=rnn_sequence_mistakes.gather,
    mistakes=rnn_sequence_mistakes.GATHERED,
)

RNN_BACKWARD = Exercise(
    name="rnn_backward",
    arguments=("da", "caches"),
    shapes=_GATHER.shapes,
    draw=_draw_rnn,
    exact=exact.rnn_backward,
    stages=(_ARRIVE, _GATHER),
    prepare=rnn_sequence_mistakes.unroll,
    stand_ins={"rnn_cell_backward": exact.lent(exact.rnn_cell_backward)},
    hints=(
        "Write down who uses a_t: its own prediction, and the next cell. How many gradients come back to it?",
        "The last state has no next cell: what comes back from there is zero, of the shape of one state, (n_a, m).",
        (
            "Go through the steps from the last to the first. What one cell returns as da_prev is what the next one "
            "to be visited receives from the right."
        ),
    ),
)

EXERCISES = {
    exercise.name: exercise
    for exercise in (
        RNN_CELL_DZ,
        RNN_CELL_INPUTS_BACKWARD,
        RNN_CELL_PARAMETERS_BACKWARD,
        RNN_CELL_BACKWARD,
        RNN_BACKWARD,
    )
}

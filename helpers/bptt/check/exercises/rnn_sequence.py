"""Exercises of lesson 02: a sequence, backward."""

from typing import Any

from bptt import exact, inputs
from bptt.check.exercise import Exercise
from bptt.check.exercises.rnn_cell import RNN_CELL_PARAMETERS_BACKWARD
from bptt.check.mistakes import rnn_sequence as mistakes


def _draw_rnn(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn(seed, *sizes)


_ARRIVE = Exercise(
    name="arrive",
    arguments=("da", "chain"),
    shapes={"arriving": "n_a, m, T_x", "cells": "T_x", "last": ""},
    draw=_draw_rnn,
    exact=mistakes.arrive,
    mistakes=mistakes.ARRIVING,
)

_GATHER = Exercise(
    name="gather",
    arguments=("arriving", "cells", "last", "chain", "da"),
    shapes={"dx": "n_x, m, T_x", "da0": "n_a, m", **RNN_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_rnn,
    exact=mistakes.gather,
    mistakes=mistakes.GATHERED,
)

RNN_BACKWARD = Exercise(
    name="rnn_backward",
    arguments=("da", "caches"),
    shapes=_GATHER.shapes,
    draw=_draw_rnn,
    exact=exact.rnn_backward,
    stages=(_ARRIVE, _GATHER),
    prepare=mistakes.unroll,
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

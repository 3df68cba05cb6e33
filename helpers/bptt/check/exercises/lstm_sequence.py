"""Exercises of lesson 03: a sequence of LSTM cells, backward."""

from dataclasses import replace
from typing import Any

from bptt import exact, inputs
from bptt.check.exercise import Exercise
from bptt.check.exercises.lstm_cell import LSTM_CELL_PARAMETERS_BACKWARD


def _draw_lstm(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.lstm(seed, *sizes)


LSTM_BACKWARD = Exercise(
    name="lstm_backward",
    arguments=("da", "caches"),
    shapes={"dx": "n_x, m, T_x", "da0": "n_a, m", **LSTM_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_lstm,
    exact=exact.lstm_backward,
    stand_ins={"lstm_cell_backward": exact.lent(exact.lstm_cell_backward)},
    in_place="da-changed-in-place",
)

LSTM_BACKWARD_FUSED = replace(LSTM_BACKWARD, name="lstm_backward_fused", stand_ins={})

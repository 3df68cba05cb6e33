"""Exercises of lesson 03: one LSTM cell, backward, in four stages and as a whole."""

from typing import Any

import numpy as np

from bptt import exact, inputs
from bptt.check.exercise import Exercise
from bptt.check.mistakes import lstm_cell as mistakes

_IN_PLACE = "dc-next-changed-in-place"


def _draw_cell(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.lstm_cell(seed, sizes.n_x, sizes.n_a, sizes.n_y, sizes.m)


def _draw_after_dc(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    # Gradients of the memory are as random and as large before and after both roads have met.
    return _draw_cell(seed, sizes)


def _draw_after_gates(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return *rng.standard_normal((4, sizes.n_a, sizes.m)), _draw_cell(seed, sizes)[-1]


def _draw_before_inputs(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    *_, dc, _ = _draw_cell(seed, sizes)
    return dc, *_draw_after_gates(seed, sizes)


LSTM_CELL_DC = Exercise(
    name="lstm_cell_dc",
    arguments=("da_next", "dc_next", "cache"),
    shapes={"dc": "n_a, m"},
    draw=_draw_cell,
    exact=exact.lstm_cell_dc,
    mistakes=mistakes.DC,
    in_place=_IN_PLACE,
)

LSTM_CELL_GATES_BACKWARD = Exercise(
    name="lstm_cell_gates_backward",
    arguments=("da_next", "dc", "cache"),
    shapes={"dzf": "n_a, m", "dzi": "n_a, m", "dzc": "n_a, m", "dzo": "n_a, m"},
    draw=_draw_after_dc,
    exact=exact.lstm_cell_gates_backward,
    mistakes=mistakes.GATES,
)

LSTM_CELL_PARAMETERS_BACKWARD = Exercise(
    name="lstm_cell_parameters_backward",
    arguments=("dzf", "dzi", "dzc", "dzo", "cache"),
    shapes={
        "dWf": "n_a, n_a + n_x",
        "dbf": "n_a, 1",
        "dWi": "n_a, n_a + n_x",
        "dbi": "n_a, 1",
        "dWc": "n_a, n_a + n_x",
        "dbc": "n_a, 1",
        "dWo": "n_a, n_a + n_x",
        "dbo": "n_a, 1",
    },
    draw=_draw_after_gates,
    exact=exact.lstm_cell_parameters_backward,
    mistakes=mistakes.PARAMETERS,
)

LSTM_CELL_INPUTS_BACKWARD = Exercise(
    name="lstm_cell_inputs_backward",
    arguments=("dc", "dzf", "dzi", "dzc", "dzo", "cache"),
    shapes={"dxt": "n_x, m", "da_prev": "n_a, m", "dc_prev": "n_a, m"},
    draw=_draw_before_inputs,
    exact=exact.lstm_cell_inputs_backward,
    mistakes=mistakes.INPUTS,
)

LSTM_CELL_BACKWARD = Exercise(
    name="lstm_cell_backward",
    arguments=("da_next", "dc_next", "cache"),
    shapes={**LSTM_CELL_INPUTS_BACKWARD.shapes, **LSTM_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_cell,
    exact=exact.lstm_cell_backward,
    stages=(LSTM_CELL_DC, LSTM_CELL_GATES_BACKWARD, LSTM_CELL_PARAMETERS_BACKWARD, LSTM_CELL_INPUTS_BACKWARD),
    in_place=_IN_PLACE,
)

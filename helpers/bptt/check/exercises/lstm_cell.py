"""Exercises of lesson 03: the backward pass of one LSTM cell, in four stages and as a whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bptt import exact, inputs, lstm
from bptt.check.exercise import Arguments, CostBound, Exercise, Mistake
from bptt.check.mistakes import lstm_cell as mistakes
from bptt.check.mistakes.lstm_jacobians import GATES, LSTMCellJacobians, prepare_jacobians
from bptt.lstm import LSTMCellCache
from bptt.types import Array, Gradients

_IN_PLACE = "dc-next-changed-in-place"


def _draw_cell(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.lstm_cell(seed, sizes.n_x, sizes.n_a, sizes.n_y, sizes.m)


def _forward(arguments: Arguments) -> object:
    cache = arguments["cache"]
    return lstm.lstm_cell_states(*lstm.lstm_cell_z(cache.xt, cache.a_prev, cache.parameters), cache.c_prev)


def _draw_after_dc(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    # The gradient of the memory has the same distribution before and after both paths are added.
    return _draw_cell(seed, sizes)


def _draw_after_gates(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return *rng.standard_normal((4, sizes.n_a, sizes.m)), _draw_cell(seed, sizes)[-1]


def _draw_before_inputs(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    *_, dc, _ = _draw_cell(seed, sizes)
    return dc, *_draw_after_gates(seed, sizes)


# Mistakes are propagated through one stage for each line, because a mistake may be in one line alone.


def _stage(arguments: str, shapes: str, right: Callable[..., Any], known: tuple[Mistake, ...]) -> Exercise:
    returned = dict.fromkeys(shapes.split(), "")
    return Exercise("stage", tuple(arguments.split()), returned, _draw_cell, right, known)


def _gate_stage(gate: str, known: tuple[Mistake, ...]) -> Exercise:
    def right(da_next: Array, dc: Array, jacobians: LSTMCellJacobians, _: LSTMCellCache) -> Array:
        return (da_next if gate == "o" else dc) * jacobians.wrt_z[gate]

    return _stage("da_next dc jacobians cache", f"dz{gate}", right, known)


def _parameters_stage(gate: str, known: tuple[Mistake, ...]) -> Exercise:
    def right(dz: Array, jacobians: LSTMCellJacobians, _: LSTMCellCache) -> Gradients:
        gradients = jacobians.to_weights(dz)
        return {f"dW{gate}": gradients["dW"], f"db{gate}": gradients["db"]}

    return _stage(f"dz{gate} jacobians cache", f"dW{gate} db{gate}", right, known)


def _inputs_stage(known: tuple[Mistake, ...]) -> Exercise:
    def right(
        dzf: Array, dzi: Array, dzc: Array, dzo: Array, jacobians: LSTMCellJacobians, _: LSTMCellCache
    ) -> Gradients:
        return jacobians.to_inputs(np.concatenate([dzf, dzi, dzc, dzo]))

    return _stage("dzf dzi dzc dzo jacobians cache", "dxt da_prev", right, known)


def _memory_stage(known: tuple[Mistake, ...]) -> Exercise:
    return _stage("dc jacobians cache", "dc_prev", lambda dc, jacobians, _: dc * jacobians.wrt_c_prev, known)


LSTM_CELL_DC = Exercise(
    name="lstm_cell_dc",
    arguments=("da_next", "dc_next", "cache"),
    shapes={"dc": "n_a, m"},
    draw=_draw_cell,
    exact=exact.lstm_cell_dc,
    mistakes=mistakes.DC,
    in_place=_IN_PLACE,
    hints=(
        "Write down what uses c_next. Two things do, and each sends a gradient back; one of the two is given to you.",
        (
            "The other one starts as da_next and comes back from a_next to c_next through two nodes: a product with a "
            "gate, and tanh. Take them one at a time."
        ),
        (
            "At the product, the branch with the memory gets da_next times the other factor. At tanh it is multiplied "
            "by the slope, which can be written with the output of tanh. Here you have its input, so compute tanh once "
            "more."
        ),
        "What comes back this way has the shape (n_a, m), and so does dc_next: where the two meet, they are added.",
    ),
    cost=CostBound(
        inputs.Sizes(2, 32, 2, 64, 1), inputs.Sizes(2, 2, 2, 64, 1), 200, _forward, inputs.Sizes(2, 32, 2, 736, 1), 1250
    ),
)

LSTM_CELL_GATES_BACKWARD = Exercise(
    name="lstm_cell_gates_backward",
    arguments=("da_next", "dc", "cache"),
    shapes={"dzf": "n_a, m", "dzi": "n_a, m", "dzc": "n_a, m", "dzo": "n_a, m"},
    draw=_draw_after_dc,
    exact=exact.lstm_cell_gates_backward,
    stages=tuple(_gate_stage(gate, mistakes.GATE[gate]) for gate in GATES),
    prepare=prepare_jacobians,
    hints=(
        (
            "Four lines of the same form, each with three factors: what arrives, the partner in the product, the slope "
            "of the activation. Start with the forget gate."
        ),
        (
            "The partners stand in the forward pass: in c_next = ft * c_prev + it * cct each factor has one. The "
            "fourth gate is not in that line. Which line is it in, and so what arrives there?"
        ),
        (
            "The slopes: three of the four came out of a sigmoid and one out of tanh, and the cache has what came out. "
            "For an output g the slopes are g * (1 - g) and 1 - g**2; which belongs to which?"
        ),
        (
            "The output gate is the odd one out: da_next arrives at it, and its partner is the memory in the form in "
            "which it is shown."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(2, 32, 2, 64, 1),
        inputs.Sizes(2, 2, 2, 64, 1),
        1000,
        _forward,
        inputs.Sizes(2, 32, 2, 192, 1),
        5100,
    ),
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
    stages=tuple(_parameters_stage(gate, mistakes.PARAMETERS[gate]) for gate in GATES),
    prepare=prepare_jacobians,
    hints=(
        (
            "Take one gate only. Its matrix was multiplied by the tall array [a_prev; xt], as Wax was by xt in lesson "
            "1. The other three gates will be the same with another letter."
        ),
        (
            "Shapes: dWf must come out as (n_a, n_a + n_x). You have dzf (n_a, m) and the tall array (n_a + n_x, m). "
            "Over which letter do you have to sum, and which of the two has to be transposed for that?"
        ),
        (
            "Each bias was copied into all m columns. What was copied forward is summed backward, and dbf keeps the "
            "shape of bf, (n_a, 1)."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(24, 24, 2, 1, 1),
        inputs.Sizes(4, 4, 2, 36, 1),
        1100,
        _forward,
        inputs.Sizes(112, 112, 2, 1, 1),
        28500,
    ),
)

LSTM_CELL_INPUTS_BACKWARD = Exercise(
    name="lstm_cell_inputs_backward",
    arguments=("dc", "dzf", "dzi", "dzc", "dzo", "cache"),
    shapes={"dxt": "n_x, m", "da_prev": "n_a, m", "dc_prev": "n_a, m"},
    draw=_draw_before_inputs,
    exact=exact.lstm_cell_inputs_backward,
    stages=(_inputs_stage(mistakes.INPUTS), _memory_stage(mistakes.MEMORY)),
    prepare=prepare_jacobians,
    hints=(
        (
            "Begin with dc_prev, the shortest: the old memory is one factor of one product, and dc arrives there. What "
            "is its partner?"
        ),
        (
            "State and input were used by four gates, so four shares come back to them, and they add up. One share is "
            "made with the weights and the dz of the same gate."
        ),
        (
            "One share has the shape of the tall array, (n_a + n_x, m), and you have Wf (n_a, n_a + n_x) and dzf (n_a, "
            "m). As in lesson 1, the sum runs over the units of the gate: what has to be transposed?"
        ),
        "The tall array was made with the state on top. So its first n_a rows are one result, and the rest the other.",
    ),
    cost=CostBound(
        inputs.Sizes(96, 2, 2, 64, 1),
        inputs.Sizes(1, 14, 2, 64, 1),
        2900,
        _forward,
        inputs.Sizes(96, 2, 2, 384, 1),
        15300,
    ),
)

LSTM_CELL_BACKWARD = Exercise(
    name="lstm_cell_backward",
    arguments=("da_next", "dc_next", "cache"),
    shapes={**LSTM_CELL_INPUTS_BACKWARD.shapes, **LSTM_CELL_PARAMETERS_BACKWARD.shapes},
    draw=_draw_cell,
    exact=exact.lstm_cell_backward,
    stages=(
        replace(LSTM_CELL_DC, computed_once=True),
        *(_gate_stage(gate, mistakes.GATE[gate] + mistakes.GATE_IN_ONE_PIECE[gate]) for gate in GATES),
        *(
            _parameters_stage(gate, mistakes.PARAMETERS[gate] + mistakes.PARAMETERS_IN_ONE_PIECE[gate])
            for gate in GATES
        ),
        _inputs_stage(mistakes.INPUTS + mistakes.INPUTS_IN_ONE_PIECE),
        _memory_stage(mistakes.MEMORY + mistakes.MEMORY_IN_ONE_PIECE),
    ),
    prepare=prepare_jacobians,
    in_place=_IN_PLACE,
    hints=(
        "dc and the gradients before the activations are there. Which of the four functions have not been called yet?",
        "Both of them are given what is in dz, and the cache; one is given dc as well. Look at their first lines.",
        "The two dicts that they return are the answer. They can be put together with {**one, **other}.",
    ),
    stand_ins={
        "lstm_cell_dc": exact.allow_exact(exact.lstm_cell_dc),
        "lstm_cell_gates_backward": exact.allow_exact(exact.lstm_cell_gates_backward),
        "lstm_cell_parameters_backward": exact.allow_exact(exact.lstm_cell_parameters_backward),
        "lstm_cell_inputs_backward": exact.allow_exact(exact.lstm_cell_inputs_backward),
    },
    cost=CostBound(
        inputs.Sizes(24, 24, 2, 1, 1),
        inputs.Sizes(4, 4, 2, 36, 1),
        1200,
        _forward,
        inputs.Sizes(112, 112, 2, 1, 1),
        37000,
    ),
)

_STACKED = _stage(
    "dzf dzi dzc dzo",
    "dz",
    lambda *blocks: np.concatenate(blocks),
    mistakes.STACKED,
)

LSTM_CELL_DZ = Exercise(
    name="lstm_cell_dz",
    arguments=("da_next", "dc_next", "cache"),
    shapes={"dz": "4 n_a, m", "dc_prev": "n_a, m"},
    draw=_draw_cell,
    exact=exact.lstm_cell_dz,
    stages=(
        replace(LSTM_CELL_DC, computed_once=True),
        *(_gate_stage(gate, mistakes.GATE[gate] + mistakes.GATE_IN_ONE_PIECE[gate]) for gate in GATES),
        _STACKED,
        _memory_stage(mistakes.MEMORY + mistakes.MEMORY_IN_ONE_PIECE),
    ),
    prepare=prepare_jacobians,
    in_place=_IN_PLACE,
    hints=(
        "Every line of it is already in your exercises 1, 2 and 4. Which array do three of the four gates start from?",
        "np.concatenate puts the four blocks on top of each other, the forget gate first.",
    ),
    stand_ins={
        "lstm_cell_dc": exact.allow_exact(exact.lstm_cell_dc),
        "lstm_cell_gates_backward": exact.allow_exact(exact.lstm_cell_gates_backward),
    },
    cost=CostBound(
        inputs.Sizes(2, 32, 2, 64, 1),
        inputs.Sizes(2, 2, 2, 64, 1),
        1300,
        _forward,
        inputs.Sizes(2, 32, 2, 168, 1),
        5900,
    ),
)

"""Exercises of lesson 01: the backward pass of one RNN cell, in three stages and as a whole."""

from typing import Any

from bptt import exact, inputs, rnn
from bptt.check.exercise import Arguments, CostBound, Exercise
from bptt.check.mistakes import rnn_cell as mistakes


def _draw_rnn_cell(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    return inputs.rnn_cell(seed, sizes.n_x, sizes.n_a, sizes.n_y, sizes.m)


def _forward(arguments: Arguments) -> object:
    cache = arguments["cache"]
    return rnn.rnn_cell_state(cache.xt, cache.a_prev, cache.parameters)


RNN_CELL_DZ = Exercise(
    name="rnn_cell_dz",
    arguments=("da_next", "cache"),
    shapes={"dz": "n_a, m"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_dz,
    mistakes=mistakes.DZ,
    hints=(
        (
            "da_next says how the loss changes with a_next. You want how it changes with z, one node earlier. Which "
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
    cost=CostBound(
        inputs.Sizes(2, 32, 2, 64, 1), inputs.Sizes(2, 2, 2, 64, 1), 650, _forward, inputs.Sizes(2, 32, 2, 896, 1), 5700
    ),
)

RNN_CELL_INPUTS_BACKWARD = Exercise(
    name="rnn_cell_inputs_backward",
    # A gradient of z has the shape and the distribution of one of a_next, so all stages share one way of drawing.
    arguments=("dz", "cache"),
    shapes={"dxt": "n_x, m", "da_prev": "n_a, m"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_inputs_backward,
    mistakes=mistakes.INPUTS,
    hints=(
        "Start with the shapes: dxt must come out as (n_x, m), and you have dz (n_a, m) and Wax (n_a, n_x).",
        "One entry: xt[k] reached every z[i], each time through Wax[i, k]. So its gradient is a sum over i.",
        (
            "A sum over the first index of Wax and the first index of dz is a matrix product once Wax is transposed. "
            "a_prev entered z in the same way, through Waa."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(64, 4, 2, 64, 1),
        inputs.Sizes(1, 16, 2, 64, 1),
        3000,
        _forward,
        inputs.Sizes(64, 4, 2, 1216, 1),
        24000,
    ),
)

RNN_CELL_PARAMETERS_BACKWARD = Exercise(
    name="rnn_cell_parameters_backward",
    arguments=("dz", "cache"),
    shapes={"dWax": "n_a, n_x", "dWaa": "n_a, n_a", "dba": "n_a, 1"},
    draw=_draw_rnn_cell,
    exact=exact.rnn_cell_parameters_backward,
    mistakes=mistakes.PARAMETERS,
    hints=(
        (
            "Start with the shapes: dWax must come out as (n_a, n_x), and you have dz (n_a, m) and xt (n_x, "
            "m). Over which letter do you have to sum?"
        ),
        (
            "One entry: Wax[i, k] was used once for each example, where it carried xt[k] into z[i]. Add up what the m "
            "examples contribute."
        ),
        "dWaa is made like dWax, with whatever Waa was multiplied by in the forward pass.",
        (
            "ba was copied into all m columns of z. What was copied forward is summed backward, and dba keeps "
            "the shape of ba: (n_a, 1)."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(48, 48, 2, 16, 1),
        inputs.Sizes(1, 33, 2, 64, 1),
        2300,
        _forward,
        inputs.Sizes(224, 224, 2, 4, 1),
        43000,
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
        "What the first function returns is what the other two need.",
        "Two dicts can be put together with {**one, **other}.",
    ),
    stand_ins={
        "rnn_cell_dz": exact.allow_exact(exact.rnn_cell_dz),
        "rnn_cell_inputs_backward": exact.allow_exact(exact.rnn_cell_inputs_backward),
        "rnn_cell_parameters_backward": exact.allow_exact(exact.rnn_cell_parameters_backward),
    },
    cost=CostBound(
        inputs.Sizes(80, 80, 2, 1, 1),
        inputs.Sizes(10, 10, 2, 64, 1),
        10000,
        _forward,
        inputs.Sizes(288, 288, 2, 1, 1),
        95000,
    ),
)

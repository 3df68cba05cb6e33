"""The two exercises about any recurrent cell with one state: backward passes of the cell and of a sequence."""

from dataclasses import replace
from typing import Any

from bptt import exact
from bptt.check.exercise import Arguments, CostBound, Exercise, Mistake
from bptt.check.exercises.rnn_sequence import RNN_BACKWARD, SWEEP, gather
from bptt.check.mistakes.rnn_cell import INPUT_TRANSPOSED, weighted_input_mistakes
from bptt.check.mistakes.rnn_sequence import GATHER
from bptt.inputs import Sizes
from bptt.recurrent import Recurrent
from bptt.types import Array, Gradients


def exercises(
    cell: Recurrent,
    cell_hints: tuple[str, ...],
    hints: tuple[str, ...] = RNN_BACKWARD.hints,
    cell_mistakes: tuple[Mistake, ...] = (),
) -> tuple[Exercise, Exercise]:
    """Make the exercises ``<name>_cell_backward(da_next, cache)`` and ``<name>_backward(da, caches)``.

    Parameters
    ----------
    cell : Recurrent
    cell_hints, hints : tuple of str
        For the cell and for the sequence. Each says one step more than the one before; none is the solution.
    cell_mistakes : tuple of Mistake
        Known mistakes in this cell, besides those that are possible in any.

    Returns
    -------
    tuple of Exercise, two
    """
    learned = {f"d{name}": symbols for name, symbols in cell.parameters.items()}
    cell_shapes = {"dxt": "n_x, m", "da_prev": "n_a, m", **learned}
    shapes = {"dx": "n_x, m, T_x", "da0": "n_a, m", **learned}

    def draw_cell(seed: int, sizes: Sizes) -> tuple[Any, ...]:
        return cell.cell_inputs(seed, sizes.n_x, sizes.n_a, sizes.m)

    def draw(seed: int, sizes: Sizes) -> tuple[Any, ...]:
        return cell.inputs(seed, sizes.n_x, sizes.n_a, sizes.m, sizes.T_x)

    def before_activations(arguments: Arguments) -> Arguments:
        return {"dz": cell.cell_dz(arguments["da_next"], arguments["cache"])}

    def right(da_next: Array, cache: Any, _dz: Gradients) -> Gradients:  # noqa: ANN401 - a named tuple of the cell's
        return cell.cell_backward(da_next, cache)

    def unroll(arguments: Arguments) -> Arguments:
        return {"chain": cell.chain(arguments["caches"])}

    def cell_forward(arguments: Arguments) -> object:
        cache = arguments["cache"]
        return cell.cell_forward(cache.xt, cache.a_prev, cache.parameters)

    def forward(arguments: Arguments) -> object:
        caches = arguments["caches"]
        return cell.forward(caches.x, caches.steps[0].a_prev, caches.steps[0].parameters)

    anywhere = (INPUT_TRANSPOSED, *weighted_input_mistakes("b"))
    one_step = Exercise(
        name=f"{cell.name}_cell_backward",
        arguments=("da_next", "cache"),
        shapes=cell_shapes,
        draw=draw_cell,
        exact=cell.cell_backward,
        stages=(Exercise("cell", ("da_next", "cache", "dz"), cell_shapes, draw_cell, right, anywhere + cell_mistakes),),
        prepare=before_activations,
        hints=cell_hints,
        cell=cell,
        cost=CostBound(
            Sizes(24, 24, 2, 1, 1), Sizes(4, 4, 2, 36, 1), 1200, cell_forward, Sizes(24, 24, 2, 64, 1), 4500
        ),
    )
    return one_step, replace(
        RNN_BACKWARD,
        name=f"{cell.name}_backward",
        shapes=shapes,
        draw=draw,
        exact=cell.backward,
        stages=(SWEEP, gather(shapes, GATHER)),
        prepare=unroll,
        stand_ins={one_step.name: exact.allow_exact(cell.cell_backward)},
        hints=hints,
        cell=cell,
        cost=CostBound(Sizes(28, 28, 2, 1, 10), Sizes(1, 7, 2, 28, 10), 1300, forward, Sizes(28, 28, 2, 1, 10), 1300),
    )

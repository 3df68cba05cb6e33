"""What a learner's own function gives for a widget: the gradients that can be drawn, and in words what cannot."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from bptt import inputs
from bptt.check import EXERCISES
from bptt.check.call import call
from bptt.check.compare import as_gradients, validate
from bptt.check.exercise import Arguments, Exercise
from bptt.check.introspection import is_learners
from bptt.types import Gradients

Function = Callable[..., Any]

_FALSE_NUMBERS = ("value", "not-finite")
"""Kinds of findings about gradients that can be drawn all the same."""


class LearnerGradients(NamedTuple):
    """What one call gave.

    Attributes
    ----------
    gradients : dict of ndarray
        Those that have the shape of the exact ones.
    right : bool
        Whether all is as it should be.
    trouble : str
        Why something cannot be drawn, in one sentence or two; empty when all can.
    """

    gradients: Gradients
    right: bool
    trouble: str


def learner_gradients(
    name: str, function: Function, arguments: Arguments, right: Gradients, cells: Mapping[str, Function] | None = None
) -> LearnerGradients:
    """Call a learner's function, whatever it does.

    Parameters
    ----------
    name : str
        Of the exercise, as in ``check.EXERCISES``.
    function : callable
        The learner's function.
    arguments : dict
        What it is called with, by name.
    right : dict of ndarray
        The exact gradients.
    cells : dict of callable, optional
        What takes the place of functions that it calls by name; ``own_cells`` when not given.

    Returns
    -------
    Yours
    """
    exercise = EXERCISES[name]
    if not callable(function):
        return LearnerGradients({}, right=False, trouble=f"Give the function {name} itself, without calling it.")
    outcome = call(function, arguments, own_cells(exercise, function) if cells is None else cells)
    found = list(validate(exercise, outcome, right, inputs.Sizes(0, 0, 0, 0, 0)))
    result = {name: np.asarray(value) for name, value in as_gradients(exercise, outcome.result).items()}
    usable = {
        name: result[name].astype(float)
        for name, exact in right.items()
        if name in result and result[name].shape == exact.shape and result[name].dtype.kind in "fiu"
    }
    said = [finding.message.partition("\n")[0] for finding in found if finding.kind not in _FALSE_NUMBERS]
    return LearnerGradients(usable, right=not found, trouble=" ".join(said[:1]))


def own_cells(exercise: Exercise, function: Function) -> dict[str, Function]:
    """Return the functions of earlier lessons that a learner's function calls: the learner's own, or exact ones."""
    names = getattr(function, "__globals__", {})
    return {name: names[name] if is_learners(names.get(name)) else exact for name, exact in exercise.stand_ins.items()}

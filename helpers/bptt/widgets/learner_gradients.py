"""Call a learner's function; keep the gradients that can be drawn."""

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

_DRAWABLE_KINDS = ("value", "not-finite")
"""Kinds of findings about gradients that can be drawn although they are wrong."""


class LearnerGradients(NamedTuple):
    """Gradients of one call of a learner's function.

    Attributes
    ----------
    gradients : dict of ndarray
        Those that have the shape of the exact ones, by name.
    right : bool
        Whether all that it returned is right.
    problem : str
        Why something cannot be drawn, in one sentence or two; empty if everything can.
    """

    gradients: Gradients
    right: bool
    problem: str


def learner_gradients(
    name: str, function: Function, arguments: Arguments, right: Gradients, cells: Mapping[str, Function] | None = None
) -> LearnerGradients:
    """Call a learner's function, and return the gradients that can be drawn; its errors become a ``problem``.

    Parameters
    ----------
    name : str
        Name of the exercise, as in ``check.EXERCISES``.
    function : callable
        The learner's function.
    arguments : dict
        Its arguments, by name.
    right : dict of ndarray
        The exact gradients.
    cells : dict of callable, optional
        Replacements of functions that it calls by name; ``own_cells`` if not given.

    Returns
    -------
    LearnerGradients
    """
    exercise = EXERCISES[name]
    if not callable(function):
        return LearnerGradients({}, right=False, problem=f"Give the function {name} itself, without calling it.")
    result = call(function, arguments, own_cells(exercise, function) if cells is None else cells)
    findings = list(validate(exercise, result, right, inputs.Sizes(0, 0, 0, 0, 0)))
    returned = {name: np.asarray(value) for name, value in as_gradients(exercise, result.result).items()}
    usable = {
        name: returned[name].astype(float)
        for name, exact in right.items()
        if name in returned and returned[name].shape == exact.shape and returned[name].dtype.kind in "fiu"
    }
    messages = [finding.message.partition("\n")[0] for finding in findings if finding.kind not in _DRAWABLE_KINDS]
    return LearnerGradients(usable, right=not findings, problem=" ".join(messages[:1]))


def own_cells(exercise: Exercise, function: Function) -> dict[str, Function]:
    """Return the functions of earlier exercises that a learner's function calls: the learner's own, or exact ones."""
    names = getattr(function, "__globals__", {})
    return {name: names[name] if is_learners(names.get(name)) else exact for name, exact in exercise.stand_ins.items()}

"""Probe a function that raises: with all sizes equal, wrong shapes fit, and the numbers can be diagnosed."""

import numpy as np

from bptt import inputs
from bptt.check.call import Function, call
from bptt.check.compare import as_gradients
from bptt.check.diagnose import causes
from bptt.check.exercise import Exercise
from bptt.check.findings import Cause
from bptt.check.tolerance import agrees

EQUAL_SIZES = inputs.Sizes(n_x=4, n_a=4, n_y=4, m=4, T_x=4)
STEP_AXES = 2
"""Number of axes of one step's array: (features, m)."""

TIME_AXIS = Cause(
    "carry-has-time-axis",
    "The cell is given a gradient with a time axis",
    "What arrives at one state has the shape of that state, (n_a, m). Yours has a third axis: a carried gradient was "
    "started with T_x in its shape, or da was not sliced at step t.",
    (),
)


def probe(exercise: Exercise, function: Function, seed: int) -> list[Cause]:
    """Call a function of a sequence exercise once more with n_x = n_a = m = T_x, and diagnose its result.

    Parameters
    ----------
    exercise : Exercise
    function : callable or FunctionProxy
        The learner's function, which raises with sizes that all differ.
    seed : int
        Equal seeds give equal numbers.

    Returns
    -------
    list of Cause
        Empty when it raises here too, and does not pass a wrong shape to the cell.
    """
    arguments = exercise.case(seed, EQUAL_SIZES)
    outcome = call(function, arguments, exercise.stand_ins)
    if any(axes > STEP_AXES for axes in outcome.stand_in_ndims):
        return [TIME_AXIS]
    result, right = as_gradients(exercise, outcome.result), exercise.right(arguments)
    wrong = [
        name
        for name, gradient in right.items()
        if isinstance(result.get(name), np.ndarray) and not agrees(result[name], gradient)
    ]
    return list(causes(exercise, [arguments], [result], wrong)) if wrong else []

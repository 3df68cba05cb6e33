"""The impulse test: put a gradient in at one step only, and see which steps it reaches."""

import numpy as np

from bptt import inputs
from bptt.check.call import Function, call
from bptt.check.compare import agrees, as_gradients
from bptt.check.exercise import Exercise
from bptt.check.report import Impulse
from bptt.types import Array

SIZES = inputs.Sizes(n_x=3, n_a=4, n_y=2, m=5, T_x=6)
NOTHING = 1e-12
"""Less than this, in proportion to the largest exact value, counts as not having arrived."""


def impulse_test(exercise: Exercise, function: Function, seed: int) -> Impulse | None:
    """Measure where a gradient at step k arrives, for every k.

    Parameters
    ----------
    exercise : Exercise
        One whose first argument is ``da (n_a, m, T_x)`` and which returns ``dx (n_x, m, T_x)``.
    function : callable
        The learner's function.
    seed : int

    Returns
    -------
    Impulse or None
        None when the function does not return a ``dx`` of the right shape.
    """
    arguments = exercise.case(seed, SIZES)
    da = arguments["da"]
    yours, exact = np.zeros((2, SIZES.T_x, SIZES.T_x))
    for k in range(SIZES.T_x):
        only_k = np.zeros_like(da)
        only_k[:, :, k] = da[:, :, k]
        once = {**arguments, "da": only_k}
        right = exercise.right(once)["dx"]
        dx = as_gradients(exercise, call(function, once, exercise.stand_ins).result).get("dx")
        if not isinstance(dx, np.ndarray) or dx.shape != right.shape or dx.dtype.kind != "f":
            return None
        yours[k], exact[k] = np.linalg.norm(dx, axis=(0, 1)), np.linalg.norm(right, axis=(0, 1))
    return Impulse(yours, exact, _sentence(yours, exact))


def _sentence(yours: Array, exact: Array) -> str:
    threshold = NOTHING * exact.max()
    arrived, due = yours > threshold, exact > threshold
    # The step whose impulse goes most astray; of several, the last one, which has the longest way.
    astray = (arrived != due).sum(axis=1)
    k = len(astray) - 1 - int(astray[::-1].argmax())
    should = f"A gradient at step {k} should reach {_steps(due[k])}; yours reaches"
    if agrees(yours, exact):
        return "Every gradient reaches the steps that it should, with the right size: the paths through time are right."
    if not astray[k]:
        return f"{should} them too, but not with the right size."
    return f"{should} {_steps(arrived[k])}{'' if arrived[k].sum() != 1 else ' alone'}."


def _steps(reached: Array) -> str:
    steps = np.flatnonzero(reached)
    if not len(steps):
        return "no step"
    first, last = steps[0], steps[-1]
    if first == last:
        return f"step {first}"
    if len(steps) == last - first + 1:
        return f"steps {first} to {last}"
    return f"steps {', '.join(map(str, steps))}"

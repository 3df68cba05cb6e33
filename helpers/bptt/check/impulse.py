"""The impulse test: put a gradient in at one step only, and see which steps it reaches."""

import numpy as np

from bptt import inputs
from bptt.check.call import Function, call
from bptt.check.compare import as_gradients
from bptt.check.exercise import Exercise
from bptt.check.findings import Impulse
from bptt.check.tolerance import NOTHING, TOLERANCE, agrees
from bptt.types import Array

SIZES = inputs.Sizes(n_x=2, n_a=3, n_y=4, m=12, T_x=6)
"""With two examples for each step: all impulses go through in one call, each in examples of its own."""


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
    own = np.repeat(np.eye(SIZES.T_x), SIZES.m // SIZES.T_x, axis=0)
    once = {**arguments, "da": arguments["da"] * own}
    right = exercise.right(once)["dx"]
    dx = as_gradients(exercise, call(function, once, exercise.stand_ins).result).get("dx")
    if not isinstance(dx, np.ndarray) or dx.shape != right.shape or dx.dtype.kind != "f":
        return None
    yours, exact = (_size_by_impulse(array) for array in (dx, right))
    return Impulse(yours, exact, _sentence(yours, exact))


def _size_by_impulse(dx: Array) -> Array:
    n_x, _, T_x = dx.shape
    return np.linalg.norm(dx.reshape(n_x, T_x, -1, T_x), axis=(0, 2))


def _sentence(yours: Array, exact: Array) -> str:
    if agrees(yours, exact):
        return "Every gradient reaches the steps that it should, with the right size: the paths through time are right."
    threshold = NOTHING * exact.max()
    arrived, due = yours > threshold, exact > threshold
    wrong = [not agrees(*sizes) for sizes in zip(yours, exact, strict=True)]
    # The step whose impulse goes most astray; of several, the last one, which has the longest way.
    astray = (arrived != due).sum(axis=1) + wrong
    k = len(astray) - 1 - int(astray[::-1].argmax())
    should = f"A gradient at step {k} should reach {_steps(due[k])}; yours reaches"
    if np.array_equal(arrived[k], due[k]):
        return f"{should} them too, but not with the right size. {_where_it_goes_wrong(k, yours[k], exact[k])}"
    return f"{should} {_steps(arrived[k])}{'' if arrived[k].sum() != 1 else ' alone'}."


def _where_it_goes_wrong(k: int, yours: Array, exact: Array) -> str:
    wrong = np.abs(yours - exact) > TOLERANCE * exact.max()
    t = int(np.flatnonzero(wrong)[-1])
    factor = f"{yours[t] / exact[t]:.3g} times what it should be"
    if t == k:
        return f"At step {k} itself it is {factor} already: look at what the cell of that step is given."
    return (
        f"{'At step' if t == k - 1 else 'Down to step'} {t + 1} it is right, and at step {t} it is {factor}: look at "
        f"what goes from one step to the one before."
    )


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

"""Impulse test: which steps a gradient reaches that enters at one step only."""

import numpy as np

from bptt import inputs
from bptt.check.call import Function, call
from bptt.check.compare import as_gradients
from bptt.check.exercise import Exercise
from bptt.check.findings import Impulse
from bptt.check.tolerance import NOTHING, TOLERANCE, agrees
from bptt.types import Array

SIZES = inputs.Sizes(n_x=2, n_a=3, n_y=4, m=12, T_x=6)
"""Two examples for each step, so that one call has all impulses, each in its own examples."""


def impulse_test(exercise: Exercise, function: Function, seed: int) -> Impulse | None:
    """Measure where a gradient at step k arrives, for every k.

    Parameters
    ----------
    exercise : Exercise
        One whose first argument is ``da (n_a, m, T_x)`` and which returns ``dx (n_x, m, T_x)``.
    function : callable or FunctionProxy
        The learner's function.
    seed : int
        Equal seeds give equal numbers.

    Returns
    -------
    Impulse or None
        None when the function does not return a ``dx`` of the right shape.
    """
    arguments = exercise.case(seed, SIZES)
    mask = np.repeat(np.eye(SIZES.T_x), SIZES.m // SIZES.T_x, axis=0)
    impulses = {**arguments, "da": arguments["da"] * mask}
    right = exercise.right(impulses)["dx"]
    dx = as_gradients(exercise, call(function, impulses, exercise.stand_ins).result).get("dx")
    if not isinstance(dx, np.ndarray) or dx.shape != right.shape or dx.dtype.kind != "f":
        return None
    yours, exact = (_norms_by_impulse(array) for array in (dx, right))
    return Impulse(yours, exact, *_in_words(yours, exact))


def _norms_by_impulse(dx: Array) -> Array:
    n_x, _, T_x = dx.shape
    return np.linalg.norm(dx.reshape(n_x, T_x, -1, T_x), axis=(0, 2))


def _in_words(yours: Array, exact: Array) -> tuple[str, str]:
    """Return the difference, and where to look if nothing else is known."""
    if agrees(yours, exact):
        return (
            "Every gradient reaches the steps that it should, with the right size: the paths through time are right.",
            "",
        )
    threshold = NOTHING * exact.max()
    reached, expected = yours > threshold, exact > threshold
    wrong = [not agrees(*norms) for norms in zip(yours, exact, strict=True)]
    # The impulse with most wrong steps; of several, the last one, which has the longest way.
    wrong_steps = (reached != expected).sum(axis=1) + wrong
    k = len(wrong_steps) - 1 - int(wrong_steps[::-1].argmax())
    should = f"A gradient at step {k} should reach {_step_list(expected[k])}; yours reaches"
    if np.array_equal(reached[k], expected[k]):
        where, advice = _wrong_size(k, yours[k], exact[k])
        return f"{should} them too, but not with the right size. {where}.", advice
    return f"{should} {_step_list(reached[k])}{'' if reached[k].sum() != 1 else ' alone'}.", ""


def _wrong_size(k: int, yours: Array, exact: Array) -> tuple[str, str]:
    wrong = np.abs(yours - exact) > TOLERANCE * exact.max()
    t = int(np.flatnonzero(wrong)[-1])
    factor = f"{yours[t] / exact[t]:.3g} times what it should be"
    if t == k:
        return f"At step {k} itself it is {factor} already", "Look at what the cell of that step is given."
    return (
        f"{'At step' if t == k - 1 else 'Down to step'} {t + 1} it is right, and at step {t} it is {factor}",
        "Look at what goes from one step to the one before.",
    )


def _step_list(reached: Array) -> str:
    steps = np.flatnonzero(reached)
    if not len(steps):
        return "no step"
    first, last = steps[0], steps[-1]
    if first == last:
        return f"step {first}"
    if len(steps) == last - first + 1:
        return f"steps {first} to {last}"
    return f"steps {', '.join(map(str, steps))}"

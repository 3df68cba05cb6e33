"""A learner's function of one number, as sliders need it: it always answers, whatever the function does."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptt.check.call import call
from bptt.types import Array

_STEP = 1e-6
"""How far to each side a slope is measured, times x where x is large."""
_SAME, _SMALL = 1e-9, 1e-6
"""A slope below the first is none; slopes count as one that differ by less than the second, next to 1."""


class SliderFunction:
    """A function from the real numbers to the real numbers.

    Parameters
    ----------
    function : callable
        From an array to an array, entry by entry, or from one number to one number.
    across : ndarray (n,)
        Where it will be looked at.

    Attributes
    ----------
    name : str
        What the function is called; ``f`` if it has no name.
    problem : str
        Why it has no value anywhere, in words; empty if it has some.
    """

    def __init__(self, function: Callable[[Any], Any], across: Array) -> None:
        name = getattr(function, "__name__", "")
        self.name = name if name.isidentifier() else "f"
        self._at_once = function
        self._one_by_one = lambda xs: np.array([_real(function, x) for x in xs])
        self._function = self._at_once if self._takes_arrays(across) else self._one_by_one
        self.problem = "" if np.isfinite(self(across)).any() else self._why(float(across[len(across) // 2]))

    def __call__(self, xs: Array) -> Array:
        """Return the values at ``xs``, (n,); not a number where there is none."""
        values = call(self._function, {"x": np.asarray(xs, dtype=float)}).result
        return np.full(len(xs), np.nan) if values is None else np.asarray(values, dtype=float)

    def slopes(self, x: float) -> tuple[float, float]:
        """Measure the slope on the left and on the right of ``x``: the same number twice unless the curve has a kink.

        Where curves bend, both sides differ too, but half as much at half the distance; at a kink they differ as
        much as before.
        """
        h = _STEP * max(1.0, abs(x))
        left, nearer_left, here, nearer_right, right = self(x + h * np.array([-1, -0.25, 0, 0.25, 1]))
        bend = (right - here) / h - (here - left) / h
        nearer_bend = 4 * ((nearer_right - here) / h - (here - nearer_left) / h)
        rounding = 16 * np.finfo(float).eps * abs(here) / h
        slope = float((right - left) / (2 * h))
        if abs(nearer_bend) > max(abs(bend) / 2, rounding + _SMALL * (1 + abs(slope))):
            return float((here - left) / h), float((right - here) / h)
        slope = slope if abs(slope) > rounding + _SAME else 0.0
        return slope, slope

    def _takes_arrays(self, across: Array) -> bool:
        """Tell whether an array gives what its entries give one by one."""
        try:
            together = _reals(call(self._at_once, {"x": across}).result)
        except (TypeError, ValueError):
            return False
        if together.shape != across.shape:
            return False
        some = slice(None, None, max(1, len(across) // 5))
        alone = call(self._one_by_one, {"x": across[some]}).result
        return alone is not None and np.allclose(together[some], alone, rtol=_SMALL, equal_nan=True)

    def _why(self, x: float) -> str:
        error = call(self._at_once, {"x": np.float64(x)}).error
        if isinstance(error, NotImplementedError):
            return f"{self.name} is still to be written: there is nothing to nudge yet."
        if error is not None:
            return f"{self.name} stops with {type(error).__name__}: {error}"
        return f"{self.name} gives no number at any x that this picture shows."


def _reals(values: object) -> Array:
    """Return an array of real numbers; complex ones, which lie on no curve, are an error."""
    array = np.asarray(values)
    if not np.isrealobj(array):
        raise TypeError("complex")
    return array.astype(float)


def _real(function: Callable[[Any], Any], x: float) -> float:
    try:
        return float(_reals(function(x)))
    except NotImplementedError:
        raise
    except Exception:  # noqa: BLE001 - a function may have no value at some x
        return np.nan

"""Wrap a learner's function of one number, so that sliders get a value or NaN, never an error."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bptt.check.call import call
from bptt.types import Array

_STEP = 1e-6
"""Step of the finite differences, relative to x where x is larger than 1."""
_SAME, _SMALL = 1e-9, 1e-6
"""Slopes below the first are 0; two that differ by less than the second, relative to 1 plus their size, are equal."""


class SliderFunction:
    """A learner's function from real numbers to real numbers; NaN where it has no value.

    Parameters
    ----------
    function : callable
        From an array to an array, entry by entry, or from one number to one number.
    across : ndarray (n,)
        Inputs that the picture shows.

    Attributes
    ----------
    name : str
        Name of the function; ``f`` if it has none.
    problem : str
        Why it has no value at any of these, in words; empty if it has some.
    """

    def __init__(self, function: Callable[[Any], Any], across: Array) -> None:
        name = getattr(function, "__name__", "")
        self.name = name if name.isidentifier() else "f"
        self._vectorised = function
        self._entrywise = lambda xs: np.array([_real(function, x) for x in xs])
        self._function = self._vectorised if self._takes_arrays(across) else self._entrywise
        self.problem = "" if np.isfinite(self(across)).any() else self._problem_at(float(across[len(across) // 2]))

    def __call__(self, xs: Array) -> Array:
        """Return the values at ``xs``, (n,); NaN where there is none."""
        values = call(self._function, {"x": np.asarray(xs, dtype=float)}).result
        return np.full(len(xs), np.nan) if values is None else np.asarray(values, dtype=float)

    def slopes(self, x: float) -> tuple[float, float]:
        """Measure the slope on the left and on the right of ``x``: the same number twice unless the curve has a kink.

        Where a curve bends, both sides differ too, but by less at a smaller distance; at a kink they differ as much.
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
        """Tell whether the function maps an array entry by entry."""
        try:
            values = _reals(call(self._vectorised, {"x": across}).result)
        except (TypeError, ValueError):
            return False
        if values.shape != across.shape:
            return False
        sample = slice(None, None, max(1, len(across) // 5))
        single_values = call(self._entrywise, {"x": across[sample]}).result
        return single_values is not None and np.allclose(values[sample], single_values, rtol=_SMALL, equal_nan=True)

    def _problem_at(self, x: float) -> str:
        error = call(self._vectorised, {"x": np.float64(x)}).error
        if isinstance(error, NotImplementedError):
            return f"{self.name} is still to be written: there is nothing to nudge yet."
        if error is not None:
            return f"{self.name} stops with {type(error).__name__}: {error}"
        return f"{self.name} gives no number at any x that this picture shows."


def _reals(values: object) -> Array:
    """Return an array of real numbers; raise TypeError for complex ones, which are on no curve."""
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

"""From numbers to places in a picture that grows while a training goes on."""

from typing import NamedTuple

import numpy as np

from bptt.types import Array

_MANTISSAS = (1, 2, 5)
_MOST_TICKS = 6
_SMALLEST = 1e-300
_LEAST_SPAN = 0.05
_ROUNDING = 1e-9


class Scale(NamedTuple):
    """A scale whose ends are round numbers, so that they seldom change.

    Attributes
    ----------
    low, high : float
    log : bool
    ticks : tuple of float
    """

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def share(self, values: Array) -> Array:
        """Return how far up each value is: 0 at the low end, 1 at the high one."""
        if self.log:
            low, high = np.log([self.low, self.high])
            return (np.log(np.maximum(values, _SMALLEST)) - low) / (high - low)
        return (values - self.low) / (self.high - self.low)


def scale_of(values: Array) -> Scale:
    """Choose a scale for all finite values: a log scale unless one of them is not positive."""
    values = values[np.isfinite(values)]
    if not values.size:
        return Scale(0.0, 1.0, log=False, ticks=())
    low, high = float(values.min()), float(values.max())
    return _log(low, high) if low > 0 else _linear(low, high)


def _log(low: float, high: float) -> Scale:
    decades = range(int(np.floor(np.log10(low))) - 1, int(np.ceil(np.log10(high))) + 2)
    round_numbers = [float(f"{mantissa}e{power}") for power in decades for mantissa in _MANTISSAS]
    below = max(number for number in round_numbers if number <= low * (1 + _ROUNDING))
    above = min(number for number in round_numbers if number >= high * (1 - _ROUNDING) and number > below)
    inside = [number for number in round_numbers if below <= number <= above]
    if len(inside) > _MOST_TICKS:
        inside = [number for number in inside if f"{number:e}".startswith("1.0")]
    return Scale(below, above, log=True, ticks=tuple(inside[:: -(-len(inside) // _MOST_TICKS) or 1]))


def _linear(low: float, high: float) -> Scale:
    span = max(high - low, _LEAST_SPAN * max(abs(low), abs(high))) or 1.0
    decade = 10 ** np.floor(np.log10(span / (_MOST_TICKS - 2)))
    step = float(next(m * decade for m in (*_MANTISSAS, 10) if span / (m * decade) <= _MOST_TICKS - 2))
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    last += first == last
    ticks = tuple(k * step for k in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], log=False, ticks=ticks)


class Binned(NamedTuple):
    """Many values in few bins of equal width, those that are not finite left out.

    Attributes
    ----------
    at : ndarray (bins,)
        Number of the step in the middle of each bin, from 0.
    low, mean, high : ndarray (bins,)
        Not a number in a bin without finite values.
    """

    at: Array
    low: Array
    mean: Array
    high: Array


def bin_width(total: int, bins: int) -> int:
    """Return how many of ``total`` steps share a bin when there are ``bins`` at most."""
    return -(-total // bins)


def binned(values: Array, total: int, bins: int) -> Binned:
    """Sum up the values of ``len(values)`` steps out of ``total`` in as many bins as those fill."""
    if not values.size:
        return Binned(*np.empty((4, 0)))
    starts = np.arange(0, len(values), bin_width(total, bins))
    finite = np.isfinite(values)
    count = np.add.reduceat(finite.astype(float), starts)
    count[count == 0] = np.nan
    low, high = (
        edge.reduceat(np.where(finite, values, nothing), starts) + 0 * count
        for edge, nothing in ((np.minimum, np.inf), (np.maximum, -np.inf))
    )
    ends = np.append(starts[1:], len(values))
    return Binned((starts + ends) / 2, low, np.add.reduceat(np.where(finite, values, 0.0), starts) / count, high)

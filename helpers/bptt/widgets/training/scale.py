"""Axis scale that grows with the data, and bins of equal width."""

from typing import NamedTuple

import numpy as np

from bptt.types import Array

_MANTISSAS = (1, 2, 5)
_MAX_TICKS = 6
_MIN_POSITIVE = 1e-300
_MIN_RELATIVE_SPAN = 0.05
_ROUNDING = 1e-9


class Scale(NamedTuple):
    """Axis scale whose ends are round numbers, so that they seldom change.

    Attributes
    ----------
    low, high : float
        Ends.
    log : bool
        Whether it is logarithmic.
    ticks : tuple of float
        Round numbers from ``low`` to ``high``.
    """

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def share(self, values: Array) -> Array:
        """Return the position of each value: 0 at the low end, 1 at the high one."""
        if self.log:
            low, high = np.log([self.low, self.high])
            return (np.log(np.maximum(values, _MIN_POSITIVE)) - low) / (high - low)
        return (values - self.low) / (self.high - self.low)


def scale_of(values: Array) -> Scale:
    """Choose a scale for all finite values: logarithmic if they are all positive, else linear."""
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
    if len(inside) > _MAX_TICKS:
        inside = [number for number in inside if f"{number:e}".startswith("1.0")]
    return Scale(below, above, log=True, ticks=tuple(inside[:: -(-len(inside) // _MAX_TICKS) or 1]))


def _linear(low: float, high: float) -> Scale:
    span = max(high - low, _MIN_RELATIVE_SPAN * max(abs(low), abs(high))) or 1.0
    decade = 10 ** np.floor(np.log10(span / (_MAX_TICKS - 2)))
    step = float(next(m * decade for m in (*_MANTISSAS, 10) if span / (m * decade) <= _MAX_TICKS - 2))
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    last += first == last
    ticks = tuple(k * step for k in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], log=False, ticks=ticks)


class Binned(NamedTuple):
    """Minimum, mean and maximum of the finite values in bins of equal width.

    Attributes
    ----------
    at : ndarray (bins,)
        Step in the middle of each bin, from 0.
    low, mean, high : ndarray (bins,)
        NaN in a bin without finite values.
    """

    at: Array
    low: Array
    mean: Array
    high: Array


def bin_width(total: int, bins: int) -> int:
    """Return the number of steps per bin if ``total`` steps have ``bins`` bins at most."""
    return -(-total // bins)


def binned(values: Array, total: int, bins: int) -> Binned:
    """Bin the values of the first ``len(values)`` steps of ``total``; steps without values have no bins."""
    if not values.size:
        return Binned(*np.empty((4, 0)))
    starts = np.arange(0, len(values), bin_width(total, bins))
    finite = np.isfinite(values)
    count = np.add.reduceat(finite.astype(float), starts)
    count[count == 0] = np.nan
    low, high = (
        extreme.reduceat(np.where(finite, values, neutral), starts) + 0 * count
        for extreme, neutral in ((np.minimum, np.inf), (np.maximum, -np.inf))
    )
    ends = np.append(starts[1:], len(values))
    return Binned((starts + ends) / 2, low, np.add.reduceat(np.where(finite, values, 0.0), starts) / count, high)

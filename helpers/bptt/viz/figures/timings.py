"""Measured time against the length of the sequence: the slope on log axes is the power with which it grows."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.line_fit import median_line

_TOP, _TALL, _LEFT, _RIGHT = 62.0, 214.0, 62.0, 420.0
_LINE_OF_WORDS = 13.5
_FEWEST = 5
"""The slope is fitted to the longer half of the lengths, because short sequences take what a call costs at any length;
but to no fewer than so many, because one of them may be disturbed."""
_MANY = 24
"""So many points need no white rim to be told apart."""
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": style.SUM, "linestyle": style.SOLID, "marker": "o"},
    {"color": style.LOSS_PATH, "linestyle": style.DASHED, "marker": "s"},
)
_ROOM_FOR_A_LENGTH, _MOST_DECADES = 26.0, 7
_ROUNDING = 1e-9
_NO_THREE_DIGITS = 999.5
Times = Sequence[Sequence[float]] | Array
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


@style.styled
def timings(lengths: Sequence[int] | Array, seconds: Times | Callable[[], Times], labels: Sequence[str]) -> Card:
    r"""Draw how the time that functions take grows with the length of the sequence, on log axes.

    A time that grows as :math:`T_x^p` is a straight line of slope p there. The slope is the median of the slopes
    between all pairs of points of the longer half of the lengths (of five at least), so that a disturbed measurement
    does not move it.

    Parameters
    ----------
    lengths : sequence of int (n,)
        The lengths ``T_x``, in any order.
    seconds : sequence (2, n)
        What each of up to two functions took at each length, in seconds. Times that are not finite or not positive are
        left out. It may be a function that measures them, which is called when there is a figure to draw.
    labels : sequence of str
        Names of the functions.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the numbers of functions, lengths and labels do not fit together, or a length is not positive.
    """
    x = np.asarray(lengths, dtype=float)
    measured = np.asarray(seconds() if callable(seconds) else seconds, dtype=float)
    fits = measured.shape == (len(labels), len(x)) and 1 <= len(labels) <= len(_LOOKS)
    if not fits or not x.size or not (x > 0).all():
        raise ValueError(
            f"One or two functions need a name and a time at each length each; got {len(labels)} names, {len(x)} "
            f"lengths and seconds of shape {draw.shape(measured)}. Every length has to be positive."
        )
    order = np.argsort(x)
    curves = [_Curve(name, x[order], row[order]) for name, row in zip(labels, measured, strict=True)]
    words = " ".join(curve.words() for curve in curves)
    card = Card(
        _TOP + _TALL + 58,
        title="Time against the length of the sequence",
        caption=f"Measured time against T_x on log axes. {words}",
        description=f"{words} {_at_the_end(curves)}".rstrip(),
    )
    axes = card.plot_axes(_LEFT, _TOP, _RIGHT - _LEFT, _TALL)
    _frame(axes, curves)
    ends = _references(card, axes) + _draw(axes, curves)
    _write_at_ends(card, axes, ends)
    draw.text(card.page, (style.MARGIN, card.height - 18), _at_the_end(curves), ha="left")
    return card


class _End(NamedTuple):
    """Where a line ends, and what is written there."""

    at: float
    """Seconds there."""
    name: str
    words: str
    colour: str
    weight: str


class _Curve:
    """What one function took, and the straight line through it."""

    def __init__(self, name: str, lengths: Array, seconds: Array) -> None:
        measured = np.isfinite(seconds) & (seconds > 0)
        self.name = name
        self.left_out = int((~measured).sum())
        self.lengths, self.seconds = lengths[measured], seconds[measured]
        self.fitted = _longer_half(self.lengths)
        self.slope, self.intercept = median_line(
            np.log10(self.lengths[self.fitted]), np.log10(self.seconds[self.fitted])
        )

    def at(self, lengths: Array) -> Array:
        """Return the seconds on the fitted line."""
        return 10 ** (self.intercept + self.slope * np.log10(lengths))

    def words(self) -> str:
        """Say how the time grows."""
        said = [f"{self.name}: too few measurements for a slope."]
        if np.isfinite(self.slope):
            said = [f"{self.name}: slope {_signed(self.slope, 2)}, {self.doubled()}."]
        if self.left_out:
            said.append(f"{self.left_out} of its times cannot be drawn.")
        return " ".join(said)

    def doubled(self) -> str:
        """Say what twice the length costs."""
        return f"twice the length takes {2**self.slope:.1f} times as long"


def _longer_half(lengths: Array) -> Array:
    """Mark what the slope is fitted to."""
    different = np.unique(lengths)
    if not different.size:
        return np.zeros(0, dtype=bool)
    return lengths >= different[-min(max(_FEWEST, -(-len(different) // 2)), len(different))]


def _signed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _duration(seconds: float) -> str:
    """Write a time with a unit that suits it."""
    size, unit = next((u for u in _UNITS if seconds >= u[0] * (1 - _ROUNDING)), _UNITS[-1])
    value = seconds / size
    return f"{f'{value:.3g}' if 1 <= value < _NO_THREE_DIGITS else draw.number(value)} {unit}"


def _at_the_end(curves: list[_Curve]) -> str:
    """Compare the times at the longest length that all have."""
    shared = set.intersection(*(set(curve.lengths.tolist()) for curve in curves))
    if not shared:
        return "No length has a time from every function." if len(curves) > 1 else "There is no time to draw."
    longest = max(shared)
    times = [float(np.median(curve.seconds[curve.lengths == longest])) for curve in curves]
    said = ", ".join(f"{curve.name} {_duration(time)}" for curve, time in zip(curves, times, strict=True))
    ratio = f": {draw.number(max(times) / min(times))} times as long" if len(times) > 1 else ""
    return f"At T_x = {longest:g}: {said}{ratio}."


def _frame(axes: Axes, curves: list[_Curve]) -> None:
    """Set up log axes around all points."""
    x, y = (np.concatenate([getattr(curve, name) for curve in curves]) for name in ("lengths", "seconds"))
    x, y = x if x.size else np.ones(1), y if y.size else np.array([1e-3])
    with np.errstate(over="ignore", under="ignore"):
        low, high = np.log10(y.min()), np.log10(y.max())
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(x.min() / 1.12, max(x.max(), 2 * x.min()) * 1.06)
    axes.set_ylim(10 ** (low - 0.5), 10 ** max(high + 0.25, low + 0.5))
    axes.xaxis.set_major_locator(FixedLocator(_apart(np.unique(x), axes)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda length, _: f"{length:g}"))
    axes.yaxis.set_major_locator(FixedLocator(_decades(axes)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _duration(seconds)))
    axes.minorticks_off()
    axes.grid(axis="y", color=style.HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=3)
    axes.set_xlabel("length of the sequence T_x")


def _decades(axes: Axes) -> list[float]:
    """Return powers of ten inside the axes, at equal distances, as many as have room."""
    low, high = np.log10(axes.get_ylim())
    inside = np.arange(np.ceil(low), np.floor(high) + 1)
    return [float(10**power) for power in inside[:: -(-len(inside) // _MOST_DECADES)]]


def _apart(lengths: Array, axes: Axes) -> list[float]:
    """Thin out the lengths until their labels have room."""
    start, end = np.log(axes.get_xlim())
    chosen: list[float] = []
    for length in lengths[::-1]:
        if not chosen or np.log(chosen[-1] / length) * (_RIGHT - _LEFT) > _ROOM_FOR_A_LENGTH * (end - start):
            chosen.append(float(length))
    return chosen


def _references(card: Card, axes: Axes) -> list[_End]:
    """Draw thin lines of slope 1 and 2 from the lower left corner, and name those that leave the axes above."""
    (x0, x1), (y0, y1) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    ends = []
    for slope, times in ((1, "twice"), (2, "four times")):
        x = min(x1, x0 + (y1 - y0) / slope)
        y = y0 + slope * (x - x0)
        axes.plot([10**x0, 10**x], [10**y0, 10**y], color=style.MUTED, linewidth=0.8)
        if x < x1:
            at = (_LEFT + (x - x0) / (x1 - x0) * (_RIGHT - _LEFT), _TOP - 8)
            draw.text(card.page, at, f"slope {slope}", size=style.SMALL, color=style.MUTED)
        else:
            ends.append(_End(10**y, f"slope {slope}", f"twice the length, {times} the time", style.MUTED, "normal"))
    return ends


def _draw(axes: Axes, curves: list[_Curve]) -> list[_End]:
    """Draw points and fitted lines."""
    ends = []
    for curve, look in zip(curves, _LOOKS, strict=False):
        if not curve.lengths.size:
            continue
        colour, rim = look["color"], 0.7 if curve.lengths.size < _MANY else 0.0
        axes.scatter(
            curve.lengths,
            curve.seconds,
            s=26,
            color=colour,
            marker=look["marker"],
            edgecolors="white",
            linewidths=rim,
            zorder=3,
            clip_on=False,
        )
        end, words = float(curve.seconds[-1]), "slope unknown"
        if np.isfinite(curve.slope):
            fitted = curve.lengths[curve.fitted]
            seconds = curve.at(fitted)
            axes.plot(fitted, seconds, color=colour, linestyle=look["linestyle"], linewidth=1.8)
            end, words = float(seconds[-1]), f"slope {_signed(curve.slope, 2)}"
        ends.append(_End(end, curve.name, words, colour, "bold"))
    return ends


def _write_at_ends(card: Card, axes: Axes, ends: list[_End]) -> None:
    """Name the lines beside the axes, moved apart where they would touch."""
    y, tall = _TOP - 8.0, 2 * _LINE_OF_WORDS
    for i, end in enumerate(sorted(ends, key=lambda end: -end.at)):
        wanted = _TOP + (1 - _share(end.at, axes.get_ylim())) * _TALL - tall / 2
        # What is still to come must fit above the foot of the axes.
        y = min(max(y, wanted), _TOP + _TALL + 12 - tall * (len(ends) - i))
        look: dict[str, Any] = {"ha": "left", "color": end.colour, "size": style.SMALL}
        at = (_RIGHT + 10, y + _LINE_OF_WORDS / 2)
        if end.weight == "bold":
            draw.code(card.page, at, end.name, weight="bold", **look)
        else:
            draw.text(card.page, at, end.name, **look)
        draw.text(card.page, (at[0], at[1] + _LINE_OF_WORDS - 2), end.words, **look)
        y += tall


def _share(value: float, limits: tuple[float, float]) -> float:
    """Return where a value lies between limits on a log axis: 0 at the first, 1 at the second."""
    low, high = np.log10(limits)
    return float((np.log10(value) - low) / (high - low))

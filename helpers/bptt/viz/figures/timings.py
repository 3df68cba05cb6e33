"""Draw measured times against the sequence length on log axes; the slope is the exponent of the growth."""

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
_LINE_HEIGHT = 13.5
_MIN_FITTED_LENGTHS = 5
"""The slope is fitted to the longer half of the lengths, because in short sequences the fixed cost of a call dominates;
but to no fewer than this, because any one measurement may be disturbed."""
_MIN_RIMLESS_POINTS = 24
"""From this number on, points have no white rim: it would cover them."""
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": style.SUM, "linestyle": style.SOLID, "marker": "o"},
    {"color": style.LOSS_PATH, "linestyle": style.DASHED, "marker": "s"},
)
_MIN_TICK_GAP_POINTS, _MAX_DECADE_TICKS = 26.0, 7
_ROUNDING = 1e-9
_MAX_THREE_DIGITS = 999.5
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
        Time of each of up to two functions at each length, in seconds. Times that are not finite or not positive are
        left out. It may be a function that measures them, which is called only if the figure is drawn.
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
        caption=f"Look at how steeply the lines rise; both axes are logarithmic. {words}",
        description=f"{words} {_times_at_longest(curves)}".rstrip(),
    )
    axes = card.plot_axes(_LEFT, _TOP, _RIGHT - _LEFT, _TALL)
    _frame(axes, curves)
    _write_labels(card, axes, _references(card, axes) + _draw(axes, curves))
    draw.text(card.page, (style.MARGIN, card.height - 18), _times_at_longest(curves), ha="left")
    return card


class _LineLabel(NamedTuple):
    """Text at the end of a line."""

    seconds: float
    """At the end of the line."""
    name: str
    words: str
    colour: str
    weight: str


class _Curve:
    """Times of one function, and the straight line fitted to their logarithms."""

    def __init__(self, name: str, lengths: Array, seconds: Array) -> None:
        measured = np.isfinite(seconds) & (seconds > 0)
        self.name = name
        self.left_out = int((~measured).sum())
        self.lengths, self.seconds = lengths[measured], seconds[measured]
        self.fitted = _fitted_lengths(self.lengths)
        self.slope, self.intercept = median_line(
            np.log10(self.lengths[self.fitted]), np.log10(self.seconds[self.fitted])
        )

    def at(self, lengths: Array) -> Array:
        """Return the times on the fitted line, in seconds."""
        return 10 ** (self.intercept + self.slope * np.log10(lengths))

    def words(self) -> str:
        """Return how the time grows, in words."""
        sentences = [f"{self.name}: too few measurements for a slope."]
        if np.isfinite(self.slope):
            sentences = [f"{self.name}: slope {_signed(self.slope, 2)}, {self.doubled()}."]
        if self.left_out:
            sentences.append(f"{self.left_out} of its times cannot be drawn.")
        return " ".join(sentences)

    def doubled(self) -> str:
        """Return the factor for twice the length, in words."""
        return f"twice the length takes {2**self.slope:.1f} times as long"


def _fitted_lengths(lengths: Array) -> Array:
    """Return a mask of the lengths that the slope is fitted to."""
    distinct = np.unique(lengths)
    if not distinct.size:
        return np.zeros(0, dtype=bool)
    return lengths >= distinct[-min(max(_MIN_FITTED_LENGTHS, -(-len(distinct) // 2)), len(distinct))]


def _signed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _duration(seconds: float) -> str:
    """Format a time with a suitable unit."""
    size, unit = next((u for u in _UNITS if seconds >= u[0] * (1 - _ROUNDING)), _UNITS[-1])
    value = seconds / size
    return f"{f'{value:.3g}' if 1 <= value < _MAX_THREE_DIGITS else draw.number(value)} {unit}"


def _times_at_longest(curves: list[_Curve]) -> str:
    """Return the times at the longest length that all functions have, in words."""
    shared = set.intersection(*(set(curve.lengths.tolist()) for curve in curves))
    if not shared:
        return "No length has a time from every function." if len(curves) > 1 else "There is no time to draw."
    longest = max(shared)
    times = [float(np.median(curve.seconds[curve.lengths == longest])) for curve in curves]
    each = ", ".join(f"{curve.name} {_duration(time)}" for curve, time in zip(curves, times, strict=True))
    ratio = f": {draw.number(max(times) / min(times))} times as long" if len(times) > 1 else ""
    return f"At T_x = {longest:g}: {each}{ratio}."


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
    axes.xaxis.set_major_locator(FixedLocator(_spaced_ticks(np.unique(x), axes)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda length, _: f"{length:g}"))
    axes.yaxis.set_major_locator(FixedLocator(_decades(axes)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _duration(seconds)))
    axes.minorticks_off()
    axes.grid(axis="y", color=style.HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=3)
    axes.set_xlabel("length of the sequence T_x")


def _decades(axes: Axes) -> list[float]:
    """Return ticks at powers of ten inside the axes, equally spaced, as many as there is room for."""
    low, high = np.log10(axes.get_ylim())
    inside = np.arange(np.ceil(low), np.floor(high) + 1)
    return [float(10**power) for power in inside[:: -(-len(inside) // _MAX_DECADE_TICKS)]]


def _spaced_ticks(lengths: Array, axes: Axes) -> list[float]:
    """Return ticks at the lengths, thinned out until their labels have room."""
    start, end = np.log(axes.get_xlim())
    chosen: list[float] = []
    for length in lengths[::-1]:
        if not chosen or np.log(chosen[-1] / length) * (_RIGHT - _LEFT) > _MIN_TICK_GAP_POINTS * (end - start):
            chosen.append(float(length))
    return chosen


def _references(card: Card, axes: Axes) -> list[_LineLabel]:
    """Draw lines of slope 1 and 2 from the lower left corner; return the labels of those that end at the right."""
    (x0, x1), (y0, y1) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    labels = []
    for slope, times in ((1, "twice"), (2, "four times")):
        x = min(x1, x0 + (y1 - y0) / slope)
        y = y0 + slope * (x - x0)
        axes.plot([10**x0, 10**x], [10**y0, 10**y], color=style.MUTED, linewidth=0.8)
        if x < x1:
            at = (_LEFT + (x - x0) / (x1 - x0) * (_RIGHT - _LEFT), _TOP - 8)
            draw.text(card.page, at, f"slope {slope}", size=style.SMALL, color=style.MUTED)
        else:
            labels.append(
                _LineLabel(10**y, f"slope {slope}", f"twice the length, {times} the time", style.MUTED, "normal")
            )
    return labels


def _draw(axes: Axes, curves: list[_Curve]) -> list[_LineLabel]:
    """Draw points and fitted lines; return the labels of the lines."""
    labels = []
    for curve, look in zip(curves, _LOOKS, strict=False):
        if not curve.lengths.size:
            continue
        colour, rim = look["color"], 0.7 if curve.lengths.size < _MIN_RIMLESS_POINTS else 0.0
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
        labels.append(_LineLabel(end, curve.name, words, colour, "bold"))
    return labels


def _write_labels(card: Card, axes: Axes, labels: list[_LineLabel]) -> None:
    """Write the labels right of the axes, moved apart where they would touch."""
    y, tall = _TOP - 8.0, 2 * _LINE_HEIGHT
    for i, label in enumerate(sorted(labels, key=lambda label: -label.seconds)):
        wanted = _TOP + (1 - _log_fraction(label.seconds, axes.get_ylim())) * _TALL - tall / 2
        # The labels below this one must fit above the bottom of the axes.
        y = min(max(y, wanted), _TOP + _TALL + 12 - tall * (len(labels) - i))
        look: dict[str, Any] = {"ha": "left", "color": label.colour, "size": style.SMALL}
        at = (_RIGHT + 10, y + _LINE_HEIGHT / 2)
        if label.weight == "bold":
            draw.code(card.page, at, label.name, weight="bold", **look)
        else:
            draw.text(card.page, at, label.name, **look)
        draw.text(card.page, (at[0], at[1] + _LINE_HEIGHT - 2), label.words, **look)
        y += tall


def _log_fraction(value: float, limits: tuple[float, float]) -> float:
    """Return where a value lies between limits on a log axis: 0 at the first, 1 at the second."""
    low, high = np.log10(limits)
    return float((np.log10(value) - low) / (high - low))

"""Draw influence matrices as heatmaps, with the influence against the lag."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgba
from matplotlib.ticker import MaxNLocator

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box
from bptt.viz.line_fit import median_line

_TOP = 74.0
_ALONE, _ONE_OF_TWO = 208.0, 150.0
"""Side of a single map, and of each of two, in points."""
_LEFT, _GAP = 54.0, 20.0
_CURVE_TO_MAP, _RIGHT = 58.0, 592.0
_BAR_BELOW, _BAR_TALL = 46.0, 9.0

SHADES = LinearSegmentedColormap.from_list("influence", ["#FFF3D6", style.TIME_PATH, "#9A4A00", "#2B1400"])
"""Colour map around the time path's orange, over which all influence on earlier states travels; its lightness falls
evenly."""
_MIN_STEPS_FOR_WORDS = 6
"""From this number of steps on, the empty half of a map has room for a text."""
_MIN_ZERO_CELL_POINTS = 9.0
"""Smaller entries have no room for a 0 on them."""
_MAX_MARKED_LAGS = 24
"""Longer curves have no mark at each lag."""
_LINES: tuple[dict[str, Any], ...] = (
    {"color": style.INK, "linestyle": style.SOLID, "marker": "o", "markersize": 4},
    {"color": style.VALUE, "linestyle": style.DASHED, "marker": "s", "markersize": 4},
)
_MIN_DECADES, _MAX_TICKS = 2, 5
_MIN_HELD_PER_STEP = 0.9
_MIN_HELD_OVERALL = 0.1
"""Influence holds if it changes by no larger factor than these: per step, and over all steps."""
_MIN_START_DECADES = 0.5
"""The deviation of the first steps from the fitted line is mentioned from half a power of ten on."""
_MIN_POWER_EXPONENT, _MIN_WHOLE_EXPONENT = 4, 2
"""From the first exponent on, a factor is written as a power of ten; from the second on, without decimals."""


@style.styled
def influence_map(
    norms: Array,
    *,
    title: str = "How far a loss reaches back",
    label: str = "",
    other: Array | None = None,
    other_label: str = "",
) -> Card:
    r"""Draw the influence of every state on every loss, and how it changes with the steps between them.

    Left, the norm :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert` for each pair, on a scale of
    powers of ten. Right, its median over all pairs with the same lag :math:`k - t`, and the range that they cover. The
    factor per step is that of the straight line through the logarithms of the medians whose slope is the median of all
    slopes between them, so that different first steps do not move it. Those are mentioned in the text, and so are
    medians of zero, which have no logarithm.

    Parameters
    ----------
    norms : ndarray (T_x, T_x)
        Entry [k, t] belongs to the loss of step k and the state after step t, as from ``bptt.influence.influence``.
        Entries with t > k are not read.
    title : str
        Heading of the figure.
    label : str
        Name of the map, e.g. ``"RNN"``.
    other : ndarray (T_x, T_x), optional
        A second map, drawn beside the first on the same scale.
    other_label : str
        Name of the second map.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a map is not square, or the two have different sizes.
    """
    given = [(norms, label)] if other is None else [(norms, label or "first"), (other, other_label or "second")]
    arrays = [np.asarray(values, dtype=float) for values, _ in given]
    if any(not a.size or a.shape != (len(arrays[0]),) * 2 for a in arrays):
        shapes = " and ".join(map(draw.shape, arrays))
        raise ValueError(f"A map needs a row and a column for each step, so the shape (T_x, T_x); got {shapes}.")
    maps = [InfluenceByLag(name, a) for a, (_, name) in zip(arrays, given, strict=True)]
    verdicts = " ".join(m.verdict() for m in maps)
    side = _ALONE if other is None else _ONE_OF_TWO
    card = Card(
        _TOP + side + _BAR_BELOW + 52 + 15 * len(maps),
        title=title,
        caption=f"Each row is one loss, seen from its own state (1, on the diagonal) back to the first. {verdicts}",
        description=_description(maps),
    )
    scale = _scale(maps)
    for i, shown in enumerate(maps):
        _draw_map(card, shown, (_LEFT + i * (side + _GAP), _TOP, side, side), scale, first=i == 0)
    maps_right = _LEFT + len(maps) * (side + _GAP) - _GAP
    _draw_bar(card, (_LEFT, _TOP + side + _BAR_BELOW, maps_right - _LEFT, _BAR_TALL), scale, maps)
    left = maps_right + _CURVE_TO_MAP
    _draw_curves(card, maps, (left, _TOP, _RIGHT - left, side), scale)
    for i, (shown, look) in enumerate(zip(maps, _LINES, strict=False)):
        y = card.height - 20 - 15 * (len(maps) - 1 - i)
        card.page.plot([style.MARGIN + x for x in (0, 12, 24)], [y] * 3, markevery=[1], **look)
        draw.text(card.page, (style.MARGIN + 32, y), shown.verdict(), ha="left")
    return card


class InfluenceByLag:
    """An influence matrix, and its statistics at each lag.

    Parameters
    ----------
    name : str
        Name of the map; may be empty.
    norms : ndarray (T_x, T_x)
        Entry [k, t] belongs to the loss of step k and the state after step t; entries with t > k are not read.

    Attributes
    ----------
    low, median, high : ndarray (T_x,)
        Of the finite norms at each lag; NaN where there are none.
    positive : ndarray (k,)
        All norms that are finite and positive.
    not_finite : int
        Number of norms that are not finite.
    """

    def __init__(self, name: str, norms: Array) -> None:
        self.name = name
        self.norms = norms
        self.length = len(norms)
        below = norms[np.tri(self.length, dtype=bool)]
        self.not_finite = int((~np.isfinite(below)).sum())
        self.positive = below[np.isfinite(below) & (below > 0)]
        by_lag = [np.diagonal(norms, -lag) for lag in range(self.length)]
        finite = [values[np.isfinite(values)] for values in by_lag]
        known = [values if values.size else np.array([np.nan]) for values in finite]
        self.low, self.median, self.high = (np.array([f(v) for v in known]) for f in (np.min, np.median, np.max))

    def line(self) -> tuple[float, float] | None:
        """Fit the logarithm of the median against the lag: slope and intercept, or None with fewer than two lags."""
        (lags,) = np.nonzero(self.median > 0)
        if len(lags) < len("ab"):
            return None
        return median_line(lags.astype(float), np.log10(self.median[lags]))

    def zero_from(self) -> int:
        """Return the lag from which on every norm is exactly zero."""
        return int(np.max(np.nonzero(self.high != 0)[0], initial=-1)) + 1

    def verdict(self) -> str:
        """Return in words how the influence changes with the lag."""
        subject = f"{self.name}: the" if self.name else "The"
        sentences = [f"{subject} influence {self._trend()}."]
        if self.not_finite:
            count = self.not_finite
            sentences.append(f"{count} norm{'s are' if count > 1 else ' is'} not finite.")
        return " ".join(sentences)

    def _trend(self) -> str:
        line, end = self.line(), self.zero_from()
        if not self.positive.size:
            return "is exactly 0 everywhere" if end == 0 else "cannot be measured"
        if self.length == 1:
            return "has no way to travel: there is one step"
        if line is None:
            return "reaches no earlier state: it is exactly 0 from lag 1 on" if end == 1 else "is known at one lag only"
        slope, intercept = line
        steps = min(end, self.length) - 1
        verb = "holds" if self._holds(slope, steps) else "vanishes" if slope < 0 else "explodes"
        words = f"{verb}: × {factor(slope)} per step"
        if steps > 1:
            words += f", × {factor(slope * steps)} over {steps} steps"
        if self.median[0] > 0 and abs(start := intercept - np.log10(self.median[0])) > _MIN_START_DECADES:
            words += f", after × {factor(start)} at the start"
        return words + (f", and exactly 0 from lag {end} on" if end < self.length else "")

    @staticmethod
    def _holds(slope: float, steps: int) -> bool:
        return abs(slope) <= -np.log10(_MIN_HELD_PER_STEP) and abs(slope * steps) <= -np.log10(_MIN_HELD_OVERALL)


def factor(exponent: float) -> str:
    """Format ten to the power of ``exponent``: a number of two digits, or a power of ten if very large or small."""
    if abs(exponent) < _MIN_POWER_EXPONENT:
        return f"{10**exponent:.2g}" if exponent < _MIN_WHOLE_EXPONENT else f"{10**exponent:.0f}"
    return draw.power_of_ten(exponent)


def _description(maps: list[InfluenceByLag]) -> str:
    words = "Rows are losses k, columns are states t; no loss reaches a later state, so one half is empty."
    for m in maps:
        lags = np.unique(np.linspace(0, m.length - 1, 6).round().astype(int))
        sizes = ", ".join(f"{lag}: {draw.number(float(m.median[lag]))}" for lag in lags)
        words += f" {m.verdict()} Median norm by lag, {sizes}."
    return words


def _scale(maps: list[InfluenceByLag]) -> Normalize:
    """Return a scale of whole decades that contains the logarithms of all norms."""
    exponents = np.log10(np.concatenate([m.positive for m in maps]))
    low, high = (np.floor(exponents.min()), np.ceil(exponents.max())) if exponents.size else (-1.0, 1.0)
    return Normalize(min(low, high - _MIN_DECADES), high)


def _limits(scale: Normalize) -> tuple[float, float]:
    return float(scale.vmin or 0), float(scale.vmax or 0)


def _decades(scale: Normalize) -> list[float]:
    low, high = _limits(scale)
    ticks = MaxNLocator(_MAX_TICKS, integer=True).tick_values(low, high)
    return [float(t) for t in ticks if low <= t <= high]


def _steps(length: int) -> list[int]:
    ticks = MaxNLocator(6, integer=True).tick_values(0, max(length - 1, 1))
    return [round(t) for t in ticks if 0 <= t < length]


def tints(norms: Array, scale: Normalize) -> tuple[Array, Array, Array]:
    """Return the colour of each entry of an influence matrix, and which entries are zero or not finite.

    Parameters
    ----------
    norms : ndarray (T_x, T_x)
    scale : Normalize
        Of the logarithms to base ten.

    Returns
    -------
    colours : ndarray (T_x, T_x, 4)
        RGBA, from 0 to 1; transparent where t > k.
    zero, not_finite : ndarray (T_x, T_x) of bool
    """
    below = np.tri(len(norms), dtype=bool)
    zero, not_finite = below & (norms == 0), below & ~np.isfinite(norms)
    with np.errstate(all="ignore"):
        colours = SHADES(scale(np.nan_to_num(np.log10(norms))))
    for where, colour in ((zero, style.HAIRLINE), (not_finite, style.WRONG)):
        colours[where] = to_rgba(colour)
    colours[~below] = 0
    return colours, zero, not_finite


def _draw_map(card: Card, shown: InfluenceByLag, at: Box, scale: Normalize, *, first: bool) -> None:
    left, top, side, _ = at
    axes = card.plot_axes(*at)
    n = shown.length
    colours, zero, not_finite = tints(shown.norms, scale)
    axes.imshow(colours, interpolation="nearest", extent=(-0.5, n - 0.5, n - 0.5, -0.5))
    rows, columns = np.nonzero(not_finite)
    axes.scatter(columns, rows, s=16, marker="x", color=style.INK, linewidths=0.9)
    if side / n >= _MIN_ZERO_CELL_POINTS:
        for k, t in np.argwhere(zero):
            axes.text(t, k, "0", ha="center", va="center", size=style.DIGITS, color=style.MUTED)
    axes.set_xticks(_steps(n))
    axes.set_yticks(_steps(n))
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(n - 0.5, -0.5)
    axes.tick_params(length=3)
    axes.set_xlabel("state t")
    if first:
        axes.set_ylabel("loss k")
    else:
        axes.set_yticklabels([])
    if n >= _MIN_STEPS_FOR_WORDS:
        axes.text(
            0.97,
            0.94,
            "no loss reaches\na later state",
            transform=axes.transAxes,
            ha="right",
            va="top",
            size=style.SMALL,
            color=style.MUTED,
        )
    draw.text(card.page, (left, top - 14), shown.name or "norm of dL_k / da_t", ha="left")


def _draw_bar(card: Card, at: Box, scale: Normalize, maps: list[InfluenceByLag]) -> None:
    """Draw the colour bar, and the colours of entries that are zero or not finite, if there are any."""
    left, top, width, tall = at
    signs = [("0", style.HAIRLINE)] if any(((m.norms == 0) & np.tri(m.length, dtype=bool)).any() for m in maps) else []
    signs += [("×", style.WRONG)] if any(m.not_finite for m in maps) else []
    for i, (sign, colour) in enumerate(signs):
        x = left + width - 12 - 24 * i
        draw.box(card.page, (x, top, 12, tall), radius=0, facecolor=colour, edgecolor=style.MUTED)
        draw.text(card.page, (x + 6, top + tall + 9), sign, size=style.SMALL, color=style.MUTED)
    axes = card.plot_axes(left, top, width - 24 * len(signs), tall)
    low, high = _limits(scale)
    axes.imshow(np.linspace(0, 1, 128)[None], aspect="auto", cmap=SHADES, extent=(low, high, 0, 1))
    axes.spines[:].set_visible(False)
    ticks = _decades(scale)
    axes.set_xticks(ticks, [draw.power_of_ten(t) for t in ticks])
    axes.set_yticks([])
    axes.tick_params(length=3)


def _draw_curves(card: Card, maps: list[InfluenceByLag], at: Box, scale: Normalize) -> None:
    left, top, _, _ = at
    axes = card.plot_axes(*at)
    low, high = _limits(scale)
    lags = np.arange(maps[0].length)
    for m, look in zip(maps, _LINES, strict=False):
        shown = m.high > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            bottom, middle, ceiling = (np.log10(np.where(shown, v, np.nan)) for v in (m.low, m.median, m.high))
        # Where some norms are zero, the range goes on beyond the axis.
        axes.fill_between(lags, np.maximum(bottom, low - 1), ceiling, color=look["color"], alpha=0.14, linewidth=0)
        middle[np.isinf(middle)] = np.nan
        axes.plot(lags, middle, **look | ({} if m.length <= _MAX_MARKED_LAGS else {"marker": ""}))
        if line := m.line():
            axes.plot(lags, line[0] * lags + line[1], color=style.MUTED, linestyle=":", linewidth=1)
    draw.text(card.page, (left, top - 14), "median and range at each lag", ha="left")
    axes.set_xlim(-0.2, max(maps[0].length - 0.8, 0.8))
    axes.set_ylim(low - 0.08 * (high - low), high + 0.04 * (high - low))
    axes.set_yticks(_decades(scale), [draw.power_of_ten(t) for t in _decades(scale)])
    axes.set_xticks(_steps(maps[0].length))
    axes.grid(axis="y", color=style.HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=3)
    axes.set_xlabel("lag k \N{MINUS SIGN} t: steps back from the loss")

"""Draw the gradient along an LSTM's memory, which each gate makes smaller on its way back."""

from itertools import compress
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import MaxNLocator

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point
from bptt.wording import plural

HEIGHT = 348.0
_LEFT, _RIGHT = 104.0, 548.0
"""x of the first and the last step, on the road and in the plot below it."""
_LOSS, _ROAD, _WRITTEN = 36.0, 104.0, 142.0
"""Top of the loss, middle of the road, and middle of the row of written values."""
_PLOT, _TALL = 180.0, 110.0
_MAX_ROAD_POINTS, _MAX_ROAD_PER_STEP = 26.0, 0.85
"""Width of the whole gradient, and its largest share of the distance between steps."""
_LOSS_SIZE = (58.0, 28.0)
_OUTPUT_GATE = 12.0
"""Distance of the output gate below the loss."""
_CONSTANT_GATES = (0.99, 0.9, 0.5)
"""Forget gates of the curves drawn for comparison."""
_MIN_GATE_GAP_POINTS = 14.0
"""Steps that are closer together have no mark at each gate."""
_MIN_DECADES, _MAX_DECADES, _MAX_TICKS = 2.0, 18.0, 5
_HEADROOM = 0.05
_CHARACTER = 4.8
"""Width of a character in the names of the curves, in points."""
_LABEL_HEIGHT, _LABEL_WIDTH = 12.0, 56.0
"""Smallest distance between labels, vertical and horizontal."""


@style.styled
def highway(ft: Array, it: Array | None = None, ot: Array | None = None, *, factor: float | None = None) -> Card:
    r"""Draw how much of the last loss's gradient is left at each step, back along the memory of one unit.

    The gradient is multiplied by the output gate of the last step, then by one forget gate for each step back; a value
    written at a step gets it times the update gate. The width of the road is what is left; below, the same on a scale
    of powers of ten. The slope of tanh at the last step is taken as 1, and the paths through the states are left out.

    Parameters
    ----------
    ft : ndarray (T_x,)
        Forget gate at each step, between 0 and 1. The first one is not used: it comes before the first memory.
    it, ot : ndarray (T_x,), optional
        Update gate and output gate at each step, between 0 and 1; of ``ot``, the last one is used. Those not given are
        1, open, and not drawn.
    factor : float, optional
        Factor of an RNN's gradient per step, at least 0, drawn for comparison.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the gates are not all of one shape (T_x,) and between 0 and 1, or the factor is negative or not finite.
    """
    f, i, o = _gates(ft, it, ot)
    if factor is not None and not 0 <= factor < np.inf:
        raise ValueError(f"The factor of an RNN is a finite number from 0 on, not {factor}.")
    gradient = MemoryGradient(f, i, o, factor)
    words = gradient.words()
    card = Card(
        HEIGHT,
        title="The memory is a highway: each step back passes one forget gate",
        caption=f"Follow the last loss's gradient from right to left. {words}",
        description=_description(gradient, updates=it is not None),
    )
    drawn = "".join(name for name, gate in (("i", it), ("o", ot)) if gate is not None)
    dashed = "" if factor is None else "left in an RNN"
    picture = HighwayPicture(card, gradient.length, gradient.decades(), gates=drawn, dashed=dashed)
    picture.still()
    picture.moving()
    picture.show(gradient)
    draw.text(card.page, (style.MARGIN, HEIGHT - 18), words, ha="left")
    return card


def _gates(ft: Array, it: Array | None, ot: Array | None) -> tuple[Array, Array, Array]:
    f = np.asarray(ft, dtype=float)
    i, o = (np.ones_like(f) if gate is None else np.asarray(gate, dtype=float) for gate in (it, ot))
    if f.ndim != 1 or not f.size or not f.shape == i.shape == o.shape:
        shapes = ", ".join(map(draw.shape, (f, i, o)))
        raise ValueError(f"The gates need one number for each step, so one shape (T_x,); got {shapes}.")
    if not all(((gate >= 0) & (gate <= 1)).all() for gate in (f, i, o)):
        raise ValueError("A gate is between 0 (shut) and 1 (open).")
    return f, i, o


class MemoryGradient:
    """Gradient along the memory at each step; the whole gradient is 1.

    Attributes
    ----------
    length : int
    ft : ndarray (T_x,)
    factor : float or None
    entering : float
        What the output gate of the last step lets through to the memory.
    memory, written, rnn : ndarray (T_x,)
        Gradient of the memory, of the value written at each step, and of an RNN's state.
    """

    def __init__(self, ft: Array, it: Array, ot: Array, factor: float | None) -> None:
        self.length = len(ft)
        self.ft = ft
        self.factor = factor
        self.entering = float(ot[-1])
        self.memory = self.entering * np.cumprod(np.append(ft[1:], 1.0)[::-1])[::-1]
        self.written = self.memory * it
        with np.errstate(over="ignore", under="ignore"):
            self.rnn = (np.nan if factor is None else factor) ** np.arange(self.length - 1.0, -1, -1)

    def words(self) -> str:
        """Return in words how much is left at the first step."""
        back = self.length - 1
        if not back:
            return f"There is one step: {draw.number(self.entering)} of the gradient gets onto its memory."
        left = f"{draw.number(self.memory[0])} of the gradient is left on the memory"
        sentence = f"{plural(back, 'step')} back, {left}"
        if not self.memory[0]:
            shut = int(np.nonzero(self.memory)[0].min(initial=self.length))
            where = f"before step {shut}" if shut < self.length else "anywhere"
            sentence = f"A gate is shut: nothing is left {where}"
        if self.factor is None:
            return f"{sentence}."
        return f"{sentence}; of an RNN's, with × {draw.number(self.factor)} per step, {draw.number(self.rnn[0])}."

    def decades(self) -> tuple[float, float]:
        """Return the exponents of ten between which to draw."""
        known = np.concatenate([self.memory, self.rnn])
        exponents = np.log10(known[np.isfinite(known) & (known > 0)])
        low = float(np.floor(exponents.min(initial=0.0)))
        high = float(np.ceil(exponents.max(initial=0.0)))
        return max(min(low, high - _MIN_DECADES), -_MAX_DECADES), min(high, _MAX_DECADES)


def _description(gradient: MemoryGradient, *, updates: bool) -> str:
    steps = np.unique(np.linspace(0, gradient.length - 1, 5).round().astype(int))[::-1]
    sizes = "; ".join(f"t = {t}: {draw.number(gradient.memory[t])}" for t in steps)
    written = "; ".join(f"t = {t}: {draw.number(gradient.written[t])}" for t in steps)
    gates = f"{draw.number(gradient.ft.min())} to {draw.number(gradient.ft.max())}"
    return (
        "From right to left, a road that gets narrower at each forget gate. The whole gradient is 1; "
        f"{draw.number(gradient.entering)} of it gets onto the memory of the last step. Forget gates: {gates}. What is "
        f"left on the memory, at {sizes}. "
        f"{f'What reaches that which was written, at {written}. ' if updates else ''}{gradient.words()} The roads "
        "through the states are left out, and the slope of tanh at the last step is taken as 1."
    )


def _curve_looks(size: float) -> tuple[dict[str, Any], ...]:
    """Return the line properties of the three curves: memory, written values, RNN."""
    return (
        {"color": style.MEMORY_PATH, "linewidth": 2.4, "marker": "o", "markersize": size, "zorder": 3},
        {"color": style.SUM, "linestyle": "none", "marker": "v", "markersize": size, "zorder": 2.9},
        {"color": style.TIME_PATH, "linestyle": style.DASHED, "linewidth": 1.8, "zorder": 2.8},
    )


class HighwayPicture:
    """The road and the plot below it: ``still`` draws what never changes, ``moving`` adds what ``show`` sets.

    Parameters
    ----------
    card : Card
    length : int
        Number of steps.
    decades : tuple
        Exponents of ten between which the plot is drawn.
    gates : str
        Gates to draw besides the forget gates: any of the letters i and o.
    dashed : str
        Name of the dashed curve, of the factor per step; empty if there is none.
    plot : tuple
        Top and height of the plot, in points.
    keyed : bool
        Whether the curves have a key, and those of written values are drawn; without, the memory's curve has no marks.
    """

    def __init__(  # noqa: PLR0913 - what the two pictures differ in
        self,
        card: Card,
        length: int,
        decades: tuple[float, float],
        *,
        gates: str,
        dashed: str,
        plot: tuple[float, float] = (_PLOT, _TALL),
        keyed: bool = True,
    ) -> None:
        self.gates, self.dashed = gates, dashed
        self._top, self._tall = plot
        self._keyed = keyed
        self.card = card
        self.page = card.page
        self.length = length
        self.decades = decades
        self.gap = (_RIGHT - _LEFT) / max(length - 1, 1)
        self.unit = min(_MAX_ROAD_POINTS, _MAX_ROAD_PER_STEP * self.gap)
        self.xs = _RIGHT - self.gap * np.arange(length - 1.0, -1, -1)

    def still(self) -> None:
        """Draw the road's background, the axes, and the curves of constant gates."""
        page, last = self.page, self.length - 1
        wide, tall = _LOSS_SIZE
        draw.box(page, (_RIGHT - wide / 2, _LOSS, wide, tall), edgecolor=style.HAIRLINE)
        centre = (_RIGHT, _LOSS + tall / 2)
        draw.text(page, centre, f"loss of\nstep {last}", size=style.SMALL, color=style.MUTED, linespacing=1.25)
        page.plot([self.xs[0] - 10, _RIGHT], [_ROAD] * 2, color=style.HAIRLINE, linewidth=0.8, zorder=1)
        half = self.unit / 2 + 3
        names: dict[str, Any] = {"size": style.SMALL, "weight": "bold"}
        if self.gap >= _MIN_GATE_GAP_POINTS and self.length > 1:
            gates = (self.xs[1:] + self.xs[:-1]) / 2
            page.vlines(gates, _ROAD - half, _ROAD + half, color=style.INK, linewidth=0.9, zorder=4)
            # In the middle of the road: beside the loss there may be no room.
            draw.code(page, (gates[len(gates) // 2], _ROAD - half - 7), "f", **names)
        look: dict[str, Any] = {"size": style.SMALL, "ha": "left"}
        draw.text(page, (style.MARGIN, _ROAD), "memory c", color=style.MEMORY_PATH_TEXT, weight="bold", **look)
        beside = _RIGHT + half + 7
        if "o" in self.gates:
            output = _LOSS + tall + _OUTPUT_GATE
            page.hlines(output, _RIGHT - half, _RIGHT + half, color=style.INK, linewidth=0.9, zorder=4)
            draw.code(page, (beside, output), "o", **names)
        if "i" in self.gates:
            page.scatter(self.xs, np.full(self.length, _WRITTEN), s=9, marker="s", color=style.VALUE, zorder=3)
            draw.code(page, (beside, (_ROAD + _WRITTEN) / 2 + 4), "i", **names)
            draw.text(page, (style.MARGIN, _WRITTEN), "written", color=style.MUTED, **look)
        draw.arrow(page, [(style.MARGIN + 30, 54), (style.MARGIN, 54)], linewidth=1.8, color=style.SUM)
        words = "gradient, flows back; the width is what is left of it"
        draw.text(page, (style.MARGIN + 38, 54), words, color=style.MUTED, **look)
        self._axes()
        if self._keyed:
            self._key()

    def _key(self) -> None:
        """Draw the key to the curves."""
        y, look = self._top - 16, {"size": style.SMALL, "ha": "left", "color": style.MUTED}
        words = ("left on the memory", "× i: reaches what was written", self.dashed)
        drawn = (True, "i" in self.gates, self.dashed)
        x = _LEFT
        for name, line in compress(zip(words, _curve_looks(4.0), strict=True), drawn):
            self.page.plot([x, x + 11, x + 22], [y] * 3, markevery=[1], **line)
            draw.text(self.page, (x + 29, y), name, **look)
            x += 52 + _CHARACTER * len(name)

    def _axes(self) -> None:
        low, high = self.decades
        axes = self.axes = self.card.plot_axes(_LEFT - 8, self._top, _RIGHT - _LEFT + 16, self._tall)
        axes.set_xlim(-8, _RIGHT - _LEFT + 8)
        axes.set_ylim(low, high + _HEADROOM * (high - low))
        ticks = [float(t) for t in MaxNLocator(_MAX_TICKS, integer=True).tick_values(low, high) if low <= t <= high]
        axes.yaxis.tick_right()
        axes.spines[["left", "right"]].set_visible(False)
        axes.set_yticks(ticks, [draw.power_of_ten(t) for t in ticks])
        steps = [round(t) for t in MaxNLocator(8, integer=True).tick_values(0, max(self.length - 1, 1))]
        steps = [t for t in steps if 0 <= t < self.length]
        axes.set_xticks([float(self.xs[t]) - _LEFT for t in steps], [str(t) for t in steps])
        axes.tick_params(length=3)
        axes.grid(axis="y", color=style.HAIRLINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("step t")
        self._draw_constant_gates(axes)

    def _draw_constant_gates(self, axes: Axes) -> None:
        """Draw the curves of constant forget gates, and label those ends that have room for it."""
        if self.length == 1:
            return
        low, high = self.decades
        top, tall = high + _HEADROOM * (high - low), (1 + _HEADROOM) * (high - low)
        lags = np.arange(self.length - 1.0, -1, -1)
        look: dict[str, Any] = {"size": style.DIGITS, "color": style.MUTED}
        above, before = -np.inf, _LEFT + _LABEL_WIDTH
        for gate in _CONSTANT_GATES:
            per_step = np.log10(gate)
            axes.plot(self.xs - _LEFT, lags * per_step, color=style.VALUE, linewidth=0.8, linestyle=(0, (1, 1.5)))
            y = self._top + (top - lags[0] * per_step) / tall * self._tall
            x = _RIGHT - low / per_step * self.gap
            if y > self._top + self._tall and x > before:
                draw.text(self.page, (x - 6, self._top + self._tall - 7), f"all f = {gate}", ha="right", **look)
                before = x + _LABEL_WIDTH
            elif above + _LABEL_HEIGHT <= y <= self._top + self._tall:
                draw.text(self.page, (_LEFT - 12, y), f"all f = {gate}", ha="right", **look)
                above = y

    def moving(self) -> None:
        """Add the artists that ``show`` sets."""
        self._road = PolyCollection([], facecolor=style.MEMORY_PATH, linewidths=0, zorder=2)
        self._branches = PolyCollection([], facecolor=style.SUM, alpha=0.75, linewidths=0, zorder=2.2)
        self.page.add_collection(self._road)
        self.page.add_collection(self._branches)
        size = 4.0 if self.gap >= _MIN_GATE_GAP_POINTS else 2.5
        self._memory, self._written, self._rnn = (self.axes.plot([], [], **look)[0] for look in _curve_looks(size))
        if not self._keyed:
            self._memory.set_marker("")

    def show(self, gradient: MemoryGradient) -> None:
        """Set the road, the branches and the curves."""
        self._road.set_verts(list(self._segments(gradient)))
        updates = "i" in self.gates
        self._branches.set_verts(self._from_loss(gradient) + (self._to_written(gradient) if updates else []))
        written = gradient.written if updates and self._keyed else np.full(self.length, np.nan)
        for artist, values in ((self._memory, gradient.memory), (self._written, written), (self._rnn, gradient.rnn)):
            # Zero has no logarithm: a curve ends at a gate of 0.
            positive = np.where(values > 0, values, np.nan)
            artist.set_data(self.xs - _LEFT, np.log10(positive))

    def _segments(self, gradient: MemoryGradient) -> list[Array]:
        """Return the road as rectangles, one from gate to gate."""
        half = self.unit * gradient.memory / 2
        ends = self.xs[0] - min(10.0, self.gap / 2), _RIGHT + half[-1]
        edges = np.concatenate([ends[:1], (self.xs[1:] + self.xs[:-1]) / 2, ends[1:]])
        return [
            _rectangle((left, _ROAD - h), (right, _ROAD + h))
            for left, right, h in zip(edges[:-1], edges[1:], half, strict=True)
        ]

    def _from_loss(self, gradient: MemoryGradient) -> list[Array]:
        """Return the rectangles from the loss to the memory, above and below the output gate."""
        top = _LOSS + _LOSS_SIZE[1]
        whole, part = self.unit / 2, self.unit * gradient.entering / 2
        return [
            _rectangle((_RIGHT - whole, top), (_RIGHT + whole, top + _OUTPUT_GATE)),
            _rectangle((_RIGHT - part, top + _OUTPUT_GATE), (_RIGHT + part, _ROAD - part)),
        ]

    def _to_written(self, gradient: MemoryGradient) -> list[Array]:
        """Return the rectangles from the memory to the written values, as wide as the update gates leave."""
        tops, half = _ROAD + self.unit * gradient.memory / 2, self.unit * gradient.written / 2
        return [_rectangle((x - h, top), (x + h, _WRITTEN - 4)) for x, h, top in zip(self.xs, half, tops, strict=True)]


def _rectangle(one: Point, other: Point) -> Array:
    (x0, y0), (x1, y1) = one, other
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

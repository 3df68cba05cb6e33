"""Scene of a training: progress of each run, loss curves, and norms of all gradients."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon, Rectangle

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Heatmap, Tint
from bptt.viz.figures.nudge import digits
from bptt.widgets.scene import Scene
from bptt.widgets.text_lines import Line, Lines
from bptt.widgets.training.run import Run, time_text
from bptt.widgets.training.scale import Scale, bin_width, binned, scale_of

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": style.INK, "linestyle": style.SOLID},
    {"color": "#56B4E9", "linestyle": style.DASHED},
    {"color": style.VALUE, "linestyle": (0, (1.2, 1.4))},
)
"""Line properties of the runs; colours that mean nothing else in the course."""
_TALL = (172.0, 196.0, 175.0)
"""Height of the curves for one, two and three runs, in points."""

_ROWS, _ROW = 46.0, 17.0
_BAR_WITH_NAME, _BAR_END, _BAR_TALL = 122.0, 242.0, 7.0
_NUMBERS = 252.0
_BELOW_ROWS, _BELOW = 20.0, 38.0
_LOSS, _LOSS_WIDE, _LOSS_BINS = 58.0, 264.0, 160
_NAMES, _CELLS, _CELLS_WIDE, _CELL_BINS = 404.0, 410.0, 140.0, 56
_NORMS = 556.0
_SIZE = 7.4
_NAME_OF_RUN = 13.0
_MIN_ROW_POINTS, _MAX_ROW_POINTS = 8.4, 17.0
_MAX_NAME_CHARACTERS = 12
_MIN_SHADE = 0.12
_MIN_RELATIVE_NORM, _OUTSIDE_SHARE = 1e-6, 0.02
_MAX_GROWTH = 10.0
"""The scale of the losses ends at this many times the largest loss at the start."""
_NEWS_LINES, _NEWS_LINE, _NEWS_CHARACTERS = 2, 12.0, 126


class TrainingScene(Scene):
    """Scene of some training runs; each frame shows their current state.

    Parameters
    ----------
    runs : sequence of Run
        One to three.
    title : str
        Heading of the picture.
    baseline : tuple, optional
        A loss to compare with, and what has it.
    """

    def __init__(self, runs: Sequence[Run], title: str, baseline: tuple[float, str] | None = None) -> None:
        self.runs = runs
        self.baseline = baseline
        self._announced: tuple[object, ...] = ()
        self._words = ""
        tall = _TALL[len(runs) - 1]
        self._top = _ROWS + _ROW * len(runs) + _BELOW_ROWS
        self._bottom = self._top + tall
        height = self._bottom + _BELOW + _NEWS_LINES * _NEWS_LINE
        caption = (
            "On the left the loss at each step; on the right how large each gradient was, on a scale of each run's own."
        )
        super().__init__(Card(height, title=title, caption=caption, description=""))
        self._draw_still()
        page = self.card.page
        with self.moving():
            self._text = Lines(page, _SIZE)
            self._grid = LineCollection([], colors=style.HAIRLINE, linewidths=0.8, zorder=1.5)
            page.add_collection(self._grid)
            self._baseline = LineCollection(
                [], colors=style.MUTED, linewidths=1.2, linestyles=[(0, (5, 3))], zorder=1.6
            )
            page.add_collection(self._baseline)
            self._curves = [_Curve(self.card, look) for look in LOOKS[: len(runs)]]
            self._bars = [self._bar(row, 0.0, look["color"]) for row, look in enumerate(LOOKS[: len(runs)])]
        self._blocks: dict[tuple[int, int], Heatmap] = {}

    def _draw_still(self) -> None:
        page = self.card.page
        for row, (run, look) in enumerate(zip(self.runs, LOOKS, strict=False)):
            y = _ROWS + _ROW * row
            if run.name:
                page.plot([style.MARGIN, style.MARGIN + 26], [y, y], linewidth=2.0, **look)
                draw.text(page, (style.MARGIN + 33, y), _shortened(run.name), ha="left")
            self._bar(row, 1.0, style.SHADE)
        right = _LOSS + _LOSS_WIDE
        page.plot([_LOSS, _LOSS, right], [self._top, self._bottom, self._bottom], color=style.MUTED, linewidth=0.8)
        look = {"size": style.SMALL, "color": style.MUTED}
        draw.text(page, ((_LOSS + right) / 2, self._bottom + 24), "step", **look)
        draw.text(page, (_CELLS + _CELLS_WIDE / 2, self._top - 10), "norm of each gradient", **look)
        draw.text(page, (_NORMS, self._top - 10), "now", ha="left", **look)
        shades = 24
        for k in range(shades):
            wide = 60 / shades
            colour = 1 - _shade(np.array((k + 0.5) / shades)) ** 0.75 * (1 - np.array(to_rgb(style.INK))) * 0.88
            left = _CELLS + _CELLS_WIDE / 2 - 30 + k * wide
            page.add_patch(Rectangle((left, self._bottom + 20), wide, 7, facecolor=colour, linewidth=0))

    def _bar(self, row: int, share: float, colour: str) -> Rectangle:
        left = _BAR_WITH_NAME if self.runs[row].name else style.MARGIN
        at = (left, _ROWS + _ROW * row - _BAR_TALL / 2)
        bar = Rectangle(at, share * (_BAR_END - left), _BAR_TALL, facecolor=colour, linewidth=0)
        self.card.page.add_patch(bar)
        return bar

    def update(self) -> str:
        """Show the current state of the runs, and return it in words."""
        total = max(run.steps for run in self.runs)
        scale = loss_scale(self.runs, self.baseline)
        lines = [
            *self._rows(),
            *self._baseline_line(scale),
            *self._news(),
            *self._ticks(scale, total),
            *self._norms(total),
        ]
        for run, curve in zip(self.runs, self._curves, strict=True):
            curve.draw(run, scale, total, (self._top, self._bottom))
        self._text.write(*lines)
        self._update_words()
        return self._words

    def _update_words(self) -> None:
        """Renew the text at every tenth of a run and when a state changes: a screen reader reads each new text."""
        state = tuple((10 * run.done // run.steps, run.stopped, *run.news) for run in self.runs)
        if state != self._announced:
            alone = len(self.runs) == 1
            words = [run.words(alone=alone) for run in self.runs]
            if not alone and time_text(self.runs):
                words.insert(0, f"All runs together: {time_text(self.runs)}.")
            if self.baseline:
                words.append(f"The dashed line is at {_short(self.baseline[0])}: {self.baseline[1]}.")
            self._announced, self._words = state, " ".join(words)

    def _rows(self) -> list[Line]:
        for run, bar in zip(self.runs, self._bars, strict=True):
            bar.set_width((_BAR_END - bar.get_x()) * run.done / run.steps)
        alone = len(self.runs) == 1
        rows = [
            Line(run.numbers(alone=alone), _NUMBERS, _ROWS + _ROW * row, "left") for row, run in enumerate(self.runs)
        ]
        return rows if alone else [*rows, Line(time_text(self.runs), style.WIDTH - style.MARGIN, 23, "right")]

    def _baseline_line(self, scale: Scale) -> list[Line]:
        if not self.baseline:
            return []
        value, words = self.baseline
        y = float(self._bottom - (self._bottom - self._top) * scale.share(np.array(value)))
        right, label = _LOSS + _LOSS_WIDE, f"{_short(value)}: {words}"
        left = right - draw.width(label, _SIZE) - 5
        self._baseline.set_segments(
            [np.array([[_LOSS, y], [right, y]]), np.array([[left - 18, self._top - 10], [left, self._top - 10]])]
        )
        return [Line(label, right, self._top - 10, "right", style.MUTED)]

    def _news(self) -> list[Line]:
        """Return what a run says of its end, or of what went wrong, below the picture."""
        sentences = [f"{run.name}: {news}" if run.name else news for run in self.runs for news in run.news]
        shown = textwrap.wrap(" ".join(sentences), _NEWS_CHARACTERS, max_lines=_NEWS_LINES, placeholder=" ...")
        y = self._bottom + _BELOW
        colour = style.WRONG_TEXT if any(run.problem for run in self.runs) else style.INK
        return [Line(words, style.MARGIN, y + _NEWS_LINE * k, "left", colour) for k, words in enumerate(shown)]

    def _ticks(self, scale: Scale, total: int) -> list[Line]:
        heights = [
            float(self._bottom - share * (self._bottom - self._top)) for share in scale.share(np.array(scale.ticks))
        ]
        self._grid.set_segments([np.array([[_LOSS, y], [_LOSS + _LOSS_WIDE, y]]) for y in heights])
        lines = [
            Line(digits(tick), _LOSS - 5, y, "right", style.MUTED) for tick, y in zip(scale.ticks, heights, strict=True)
        ]
        name = "loss, on a log scale" if scale.log else "loss"
        lines.append(Line(name, _LOSS, self._top - 10, "left", style.MUTED))
        for step in sorted({0, total // 2, total}):
            for left, wide in ((_LOSS, _LOSS_WIDE), (_CELLS, _CELLS_WIDE)):
                lines.append(Line(str(step), left + wide * step / total, self._bottom + 9, "center", style.MUTED))
        return lines

    def _norms(self, total: int) -> list[Line]:
        """Draw the gradient norms of each run as rows of cells, darker for larger norms; return their texts."""
        per_run = [_merged_to_fit(run.squares, self._block_height()) for run in self.runs]
        if any(run.done for run in self.runs) and not any(per_run):
            words = "no gradients were given"
            middle = _CELLS + _CELLS_WIDE / 2
            return [Line(words, middle, (self._top + self._bottom) / 2, colour=style.MUTED)]
        lines = []
        for number, squares in enumerate(per_run):
            scale = norm_scale(squares)
            low, high = (f"{end:.1g}" for end in (scale.low, scale.high))
            if len(per_run) > 1 and squares:
                words, y = f"{low} to {high}", self._block_top(number) - 6
                lines.append(Line(words, _CELLS + _CELLS_WIDE, y, "right", style.MUTED))
            lines += self._block(number, squares, scale, total)
        if len(per_run) > 1:
            low, high = "low", "high"
        y, middle = self._bottom + 24, _CELLS + _CELLS_WIDE / 2
        return [
            *lines,
            Line(low, middle - 34, y, "right", style.MUTED),
            Line(high, middle + 34, y, "left", style.MUTED),
        ]

    def _block_height(self) -> float:
        heading = _NAME_OF_RUN if len(self.runs) > 1 else 0.0
        return (self._bottom - self._top) / len(self.runs) - heading

    def _block_top(self, number: int) -> float:
        top = self._bottom - (len(self.runs) - number) * (self._bottom - self._top) / len(self.runs)
        return top + (self._bottom - self._top) / len(self.runs) - self._block_height()

    def _block(self, number: int, squares: dict[str, Array], scale: Scale, total: int) -> list[Line]:
        room, top = self._block_height(), self._block_top(number)
        lines = []
        if len(self.runs) > 1:
            lines.append(Line(self.runs[number].name, _CELLS, top - 6, "left"))
        if not squares:
            return lines
        tall = min(room / len(squares), _MAX_ROW_POINTS)
        cells = np.zeros((len(squares), _CELL_BINS))
        steps = (np.arange(_CELL_BINS) + 0.5) * total / _CELL_BINS
        bins = steps[steps < self.runs[number].done].astype(int) // bin_width(total, _CELL_BINS)
        for row, (name, values) in enumerate(squares.items()):
            means = binned(values, total, _CELL_BINS).mean[bins]
            known = np.isfinite(means)
            cells[row, : len(bins)][known] = _shade(scale.share(np.sqrt(means[known])))
            y = top + (row + 0.5) * tall
            last = float(np.sqrt(values[-1]))
            colour = style.INK if np.isfinite(last) else style.WRONG
            lines += [Line(_shortened(name), _NAMES, y, "right"), Line(draw.number(last), _NORMS, y, "left", colour)]
        self._heatmap(number, cells, (_CELLS, top, _CELLS_WIDE, tall * len(squares)))
        return lines

    def _heatmap(self, number: int, cells: Array, at: draw.Box) -> None:
        """Show the cells of a run, in a heatmap that is made when its number of gradients is known."""
        key = number, len(cells)
        tint = Tint(style.INK, 1.0)
        if key not in self._blocks:
            with self.moving():
                self._blocks[key] = draw.heatmap(self.card.page, cells, at, tint)
                left, top, wide, tall = at
                between = top + tall * np.arange(1, len(cells)) / len(cells)
                self.card.page.hlines(between, left, left + wide, colors="white", linewidths=1.2, zorder=3.2)
        self._blocks[key].show(cells, tint)


class _Curve:
    """Loss curve of one run: the mean of each bin of steps, and a pale band from its minimum to its maximum."""

    def __init__(self, card: Card, look: dict[str, Any]) -> None:
        self._band = Polygon(np.zeros((3, 2)), facecolor=look["color"], alpha=0.18, linewidth=0, zorder=2)
        card.page.add_patch(self._band)
        (self._line,) = card.page.plot([], [], linewidth=1.6, zorder=3, **look)
        (self._now,) = card.page.plot([], [], "o", color=look["color"], markersize=4, zorder=4)
        (self._not_finite,) = card.page.plot([], [], "x", color=style.WRONG, markersize=7, markeredgewidth=2, zorder=4)

    def draw(self, run: Run, scale: Scale, total: int, ends: tuple[float, float]) -> None:
        top, bottom = ends
        at, low, mean, high = binned(run.losses, total, _LOSS_BINS)
        x = _LOSS + _LOSS_WIDE * at / total
        low, mean, high = (bottom - (bottom - top) * np.minimum(scale.share(values), 1) for values in (low, mean, high))
        known = np.isfinite(mean)
        self._line.set_data(x, mean)
        self._now.set_data(x[known][-1:], mean[known][-1:])
        band = np.concatenate([np.stack([x, high], 1)[known], np.stack([x, low], 1)[known][::-1]])
        self._band.set_xy(band if len(band) else np.zeros((3, 2)))
        (not_finite,) = np.nonzero(~np.isfinite(run.losses))
        self._not_finite.set_data(
            _LOSS + _LOSS_WIDE * (not_finite[:1] + 0.5) / total, np.full(len(not_finite[:1]), top + 7)
        )


def loss_scale(runs: Sequence[Run], baseline: tuple[float, str] | None) -> Scale:
    """Choose the scale of the losses: one that grows beyond bounds leaves it at the top, and hides no other."""
    starts = [float(run.losses[0]) for run in runs if run.done and np.isfinite(run.losses[0])]
    ceiling = _MAX_GROWTH * max(map(abs, starts), default=np.inf)
    losses = np.concatenate([run.losses for run in runs])
    return scale_of(np.append(losses[losses <= ceiling], baseline[0] if baseline else []))


def norm_scale(squares: dict[str, Array]) -> Scale:
    """Choose the scale of a run's gradient norms: all but the few smallest and largest fit in."""
    norms = np.concatenate([*squares.values(), np.empty(0)])
    norms = np.sqrt(norms[np.isfinite(norms) & (norms > 0)])
    if not norms.size:
        norms = np.ones(1)
    low, high = np.quantile(norms, [_OUTSIDE_SHARE, 1 - _OUTSIDE_SHARE])
    low = max(low, high * _MIN_RELATIVE_NORM)
    return Scale(float(low), float(max(high, 2 * low)), log=True, ticks=())


def _short(value: float) -> str:
    return f"{value:.3g}"


def _shade(share: Array) -> Array:
    """Return the darkness of cells, from 0 to 1: never so light that a gradient looks like none."""
    return _MIN_SHADE + (1 - _MIN_SHADE) * np.clip(share, 0, 1)


def _shortened(name: str) -> str:
    return name if len(name) <= _MAX_NAME_CHARACTERS else f"{name[: _MAX_NAME_CHARACTERS - 1]}\N{HORIZONTAL ELLIPSIS}"


def _merged_to_fit(squares: dict[str, Array], room: float) -> dict[str, Array]:
    """Merge the last gradients into one row if there is no room for all."""
    rows = int(room / _MIN_ROW_POINTS)
    if len(squares) <= rows:
        return squares
    first, others = list(squares.items())[: rows - 1], list(squares.values())[rows - 1 :]
    return dict(first) | {f"{len(others)} others": np.sum(others, axis=0)}

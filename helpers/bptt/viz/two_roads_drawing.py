"""Draw a row of cells with two gradient paths that are added at each step, and a table of the arrays."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point, Tint
from bptt.viz.two_roads_text import Road, Words
from bptt.wording import plural

_MOST = 6
"""A longer sequence is drawn with five of its steps and dots, in the room of so many."""
_LEFT, _RIGHT, _WIDEST_STEP = 102.0, 556.0, 118.0
"""Between these the steps stand; one step takes no more than its widest."""
_LOSS, _CHAIN, _TABLE = 48.0, 138.0, 186.0
"""Tops of the losses and of the table of arrays; between them the middle of the chain of cells."""
_CELL, _JOIN, _TRACK = 24.0, 5.0, 3.0
_TO_JOIN = 0.42
"""Where the join stands between its cell and the next one: the dashes of the time path need the longer part."""
_HEADINGS = 82.0
"""From the left of the headings to the first cell."""
_NUMBER_CELL = (27.0, 14.0)
_NUMBERS_UP_TO = (3, 2)
"""Arrays with so few rows and columns are written in numbers, larger ones are tinted and have their norm below."""
_TALLEST, _WIDEST, _SIDE = 40.0, 44.0, 8.0
_SQUARE_UP_TO = 12
"""Longest sides of an array, and of its entries; longer axes than this have narrower entries."""
_NORM, _BETWEEN = 9.0, 16.0

_DOTS, _DOTS_WIDE = "···", 16.0


def gradient_paths(words: Words, above: Array, later: Array, without: str | None, highlight: int | None) -> Card:
    """Draw the gradients that arrive at each step over two paths, and their sum, which goes into the cell.

    Parameters
    ----------
    words : Words
        Texts and paths.
    above, later : ndarray (n_a, m, T_x)
        Gradients that arrive from above each step, and from the step after it.
    without : str or None
        Path to leave out, by its name in ``words.roads``.
    highlight : int or None
        Step to highlight and to write out below, from 0.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the arrays have not the same shape (n_a, m, T_x), or there is no such path or step.
    """
    given = [np.asarray(road, dtype=float) for road in (above, later)]
    _refuse(words, given, without, highlight)
    roads = [
        _Row(road, values, left_out=name == without)
        for (name, road), values in zip(words.roads.items(), given, strict=True)
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        total = sum((row.values for row in roads if not row.left_out), np.zeros(given[0].shape))
    rows = [*roads, _Row(words.total, total, left_out=False)]
    last_line = _last_line(words, rows, without, highlight)
    picture = _Picture(words, rows, _shown(total.shape[2], highlight), highlight)
    card = Card(
        picture.bottom + 34,
        title=words.titles[without],
        caption=f"Look at what meets at each step, from above and from the right. {last_line}",
        description=_description(words, rows, picture.steps),
    )
    picture.draw(card.page)
    y = picture.bottom + 15
    draw.text(card.page, (style.MARGIN, y), last_line, ha="left")
    if total[:, :, 0].size > 1:
        norms = {"size": style.SMALL, "color": style.MUTED, "ha": "right"}
        draw.text(card.page, (style.WIDTH - style.MARGIN, y), "below each array: its norm", **norms)
    return card


@dataclass(frozen=True)
class _Row:
    """One array of every step, as a row below the chain."""

    road: Road
    values: Array
    left_out: bool

    @property
    def ink(self) -> str:
        return style.MUTED if self.left_out else self.road.ink

    def amount(self, t: int) -> str:
        """Write the number of a single entry, or else the norm."""
        at_t = self.values[:, :, t]
        return draw.number(float(at_t[0, 0]) if at_t.size == 1 else _norm(at_t))


def _refuse(words: Words, given: list[Array], without: str | None, highlight: int | None) -> None:
    above, later = map(draw.shape, given)
    if above != later or given[0].ndim != len("nmT") or not given[0].size:
        raise ValueError(f"{words.arrays} need one shape (n_a, m, T_x), without a zero in it; got {above} and {later}.")
    if without not in words.titles:
        names = " and ".join(map(repr, words.roads))
        raise ValueError(f"There is no road {without!r} to leave out. The roads are {names}.")
    length = given[0].shape[2]
    if highlight is not None and not 0 <= highlight < length:
        raise ValueError(f"There is no step {highlight}: the steps are 0 to {length - 1}.")


def _shown(length: int, highlight: int | None) -> list[int]:
    """Return the steps to draw."""
    if length <= _MOST:
        return list(range(length))
    middle = length - 3 if highlight is None else int(np.clip(highlight, 2, length - 3))
    return sorted({0, middle - 1, middle, middle + 1, length - 1})


def _norm(values: Array) -> float:
    """Return the norm over all entries, which the squares of huge ones do not overflow."""
    scale = draw.largest(values) or 1.0
    return scale * float(np.linalg.norm(values / scale))


def _last_line(words: Words, rows: list[_Row], without: str | None, highlight: int | None) -> str:
    above, later, total = rows
    if highlight is not None:
        added = [row.amount(highlight) for row in (above, later) if not row.left_out]
        sizes = [*added, total.amount(highlight)]
        if total.values[:, :, 0].size == 1:
            return f"t = {highlight}: {' + '.join(sizes[:-1])} = {sizes[-1]}"
        arriving = f"norms {' and '.join(added)} arrive" if without is None else f"norm {added[0]} arrives"
        return f"t = {highlight}: {arriving}, norm {sizes[-1]} goes into the cell."
    return words.only_start if above.left_out and later.values.any() else words.morals[without]


def _description(words: Words, rows: list[_Row], steps: list[int]) -> str:
    single = rows[0].values[:, :, 0].size == 1
    length = rows[0].values.shape[2]

    def said(t: int) -> str:
        amounts = ("left out" if row.left_out else row.amount(t) for row in rows)
        return f"t = {t}: " + ", ".join(f"{row.road.kind} {amount}" for row, amount in zip(rows, amounts, strict=True))

    return (
        f"A chain of cells over {plural(length, 'step')}. {words.chain} "
        f"{'The numbers' if single else 'The norms'}, from the last step back to the first. "
        f"{'; '.join(said(t) for t in reversed(steps))}."
    )


class _Picture:
    """The chain and the table below it; a step stands at the same place in both."""

    def __init__(self, words: Words, rows: list[_Row], steps: list[int], highlight: int | None) -> None:
        self.words = words
        self.rows = rows
        self.steps = steps
        self.highlight = highlight
        n_a, m, length = rows[0].values.shape
        self.last = length - 1
        self.places = _places(steps)
        self.size = _size(n_a, m)
        self.row_height = self.size[1] + _BETWEEN + (0.0 if n_a * m == 1 else _NORM)
        self.bottom = _TABLE + len(rows) * self.row_height
        self.scale = draw.largest(*(row.values for row in rows if not row.left_out))

    def draw(self, page: Axes) -> None:
        """Draw everything, from the ground up."""
        self._light(page)
        for step, (left, join) in zip(self.steps, self.places, strict=True):
            self._step(page, step, left, join)
        self._between(page)
        self._ends(page)
        self._headings(page)
        for i, row in enumerate(self.rows):
            self._row(page, row, _TABLE + i * self.row_height)

    def _light(self, page: Axes) -> None:
        if self.highlight is None:
            return
        _, join = self.places[self.steps.index(self.highlight)]
        wide = max(self.size[0] + 26, 58.0)
        top = _CHAIN + 18.5
        at = (join - wide / 2, top, wide, self.bottom - top - 3)
        draw.box(page, at, radius=8, facecolor=style.MARKER_PALE, edgecolor=style.INK, linewidth=1.0, zorder=0.8)
        halo = Circle((join, _CHAIN), 11, facecolor=style.MARKER, edgecolor=style.INK, linewidth=1.2, zorder=0.8)
        page.add_patch(halo)

    def _step(self, page: Axes, step: int, left: float, join: float) -> None:
        """Draw one step: its cell, the node that its state is, and its loss above."""
        draw.box(page, (left, _CHAIN - 17, _CELL, 34), edgecolor=style.INK, linewidth=1.1, zorder=3)
        draw.text(page, (left + _CELL / 2, _CHAIN), f"cell\n{step}", size=style.SMALL, linespacing=1.25, zorder=4)
        draw.box(page, (join - 29, _LOSS, 58, 32), edgecolor=style.HAIRLINE)
        words = self.words.above.format(t=step)
        draw.text(page, (join, _LOSS + 16), words, size=style.SMALL, color=style.MUTED, linespacing=1.25)
        up, down = join - _TRACK, join + _TRACK
        draw.arrow(page, [(up, _CHAIN - _JOIN), (up, _LOSS + 32)], color=style.VALUE)
        self._road(page, [(down, _LOSS + 32), (down, _CHAIN - _JOIN)], self.rows[0])
        right = left + _CELL
        draw.arrow(page, [(right, _CHAIN - _TRACK), (join - _JOIN, _CHAIN - _TRACK)], color=style.VALUE)
        self._road(page, [(join - _JOIN, _CHAIN + _TRACK), (right, _CHAIN + _TRACK)], self.rows[2])
        page.add_patch(Circle((join, _CHAIN), _JOIN, facecolor=style.INK, zorder=3))
        draw.code(page, (join, _CHAIN + 27), self.words.at.format(t=step), size=style.LABEL, color=style.MUTED)

    def _between(self, page: Axes) -> None:
        """Draw what goes from step to step, and dots where steps are not drawn."""
        steps = zip(self.steps, self.places, strict=True)
        for (step, (_, join)), (later, (left, later_join)) in pairwise(steps):
            spans = [(join + _JOIN, left)]
            if later - step > 1:
                draw.text(page, ((join + left) / 2, _CHAIN), _DOTS, weight="bold")
                for i in range(len(self.rows)):
                    y = _TABLE + i * self.row_height + self.size[1] / 2
                    draw.text(page, ((join + later_join) / 2, y), _DOTS, color=style.MUTED)
                reach = (left - join - _JOIN - _DOTS_WIDE) / 2
                spans = [(join + _JOIN, join + _JOIN + reach), (left - reach, left)]
            for x0, x1 in spans:
                draw.arrow(page, [(x0, _CHAIN - _TRACK), (x1, _CHAIN - _TRACK)], color=style.VALUE)
                self._road(page, [(x1, _CHAIN + _TRACK), (x0, _CHAIN + _TRACK)], self.rows[1])

    def _ends(self, page: Axes) -> None:
        """Draw where the chain begins, and what the loop back over it starts with."""
        left, later = self.places[0][0], self.words.roads[list(self.words.roads)[1]]
        draw.arrow(page, [(left - 26, _CHAIN - _TRACK), (left, _CHAIN - _TRACK)], color=style.VALUE)
        back = [(left, _CHAIN + _TRACK), (left - 26, _CHAIN + _TRACK)]
        draw.arrow(page, back, linewidth=style.line_width(later.look), zorder=2.5, **style.line_style(later.look))
        look: dict[str, Any] = {"size": style.LABEL, "ha": "right"}
        draw.code(page, (left - 32, _CHAIN - 6), self.words.start, color=style.MUTED, **look)
        draw.code(page, (left - 32, _CHAIN + 6), self.words.end, color=later.ink, **look)
        join = self.places[-1][1]
        reach = join + 30
        self._road(page, [(reach, _CHAIN), (join + _JOIN, _CHAIN)], self.rows[1])
        row = self.rows[1]
        draw.code(page, (reach + 5, _CHAIN), row.amount(self.last), size=style.BODY, color=row.ink, ha="left")

    def _road(self, page: Axes, points: list[Point], row: _Row) -> None:
        """Draw a gradient's arrow; a road left out is grey and crossed."""
        look = style.line_style(row.road.look)
        if row.left_out:
            look = look | {"color": style.HAIRLINE}
            (x0, y0), (x1, y1) = points
            centre = ((x0 + x1) / 2, (y0 + y1) / 2)
            draw.text(page, centre, "×", color=style.WRONG, size=style.TITLE, weight="bold", zorder=5)
        draw.arrow(page, points, linewidth=style.line_width(row.road.look), zorder=2.5, **look)

    def _headings(self, page: Axes) -> None:
        """Name the rows at their left."""
        x = self.places[0][0] - _HEADINGS
        for i, row in enumerate(self.rows):
            y = _TABLE + i * self.row_height + self.size[1] / 2
            draw.code(page, (x, y - 7), row.road.name, size=style.SMALL, color=row.ink, weight="bold", ha="left")
            kind = "left out" if row.left_out else row.road.kind
            draw.text(page, (x, y + 7), kind, size=style.SMALL, color=row.ink, ha="left")

    def _row(self, page: Axes, row: _Row, top: float) -> None:
        """Draw one array of every step."""
        wide, tall = self.size
        sign = ("", "+", "=")[self.rows.index(row)]
        for step, (_, join) in zip(self.steps, self.places, strict=True):
            at = (join - wide / 2, top, wide, tall)
            if row.left_out:
                draw.box(page, at, radius=1, facecolor=style.SHADE, edgecolor=style.HAIRLINE)
                continue
            values = row.values[:, :, step]
            draw.heatmap(page, values, at, Tint(style.line_style(row.road.look)["color"], self.scale), numbers=True)
            if values.size > 1:
                words = row.amount(step)
                draw.code(page, (join, top + tall + 7), words, size=style.DIGITS, color=row.ink)
            if sign and not any(other.left_out for other in self.rows):
                draw.code(page, (join - wide / 2 - 7, top + tall / 2), sign, size=style.BODY)


def _places(steps: list[int]) -> list[tuple[float, float]]:
    """Return for each drawn step the left side of its cell and the middle of its join."""
    gaps = [0.0, *(float(later - sooner > 1) for sooner, later in pairwise(steps))]
    rooms = len(steps) + any(gaps)
    wide = min(_WIDEST_STEP, (_RIGHT - _LEFT) / rooms)
    start = _LEFT + (_RIGHT - _LEFT - rooms * wide) / 2
    # Two gaps share the room of one, so that the picture keeps its width whichever steps are drawn.
    lefts = start + wide * (np.arange(len(steps)) + np.cumsum(gaps) / max(sum(gaps), 1.0))
    return [(float(left), float(left) + _CELL + _TO_JOIN * (wide - _CELL)) for left in lefts]


def _size(n_a: int, m: int) -> tuple[float, float]:
    """Return width and height of the picture of one array."""
    if n_a <= _NUMBERS_UP_TO[0] and m <= _NUMBERS_UP_TO[1]:
        return m * _NUMBER_CELL[0], n_a * _NUMBER_CELL[1]
    wide, tall = min(_SIDE, _WIDEST / m), min(_SIDE, _TALLEST / n_a)
    if max(n_a, m) <= _SQUARE_UP_TO:
        wide = tall = min(wide, tall)
    return m * wide, n_a * tall

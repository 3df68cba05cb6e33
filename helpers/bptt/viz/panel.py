"""Panel below a cell's graph: explains the highlighted node in words and arrays."""

from textwrap import fill
from typing import NamedTuple

from matplotlib.axes import Axes

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.draw import Tint

HEIGHT = 112.0
"""What a panel adds to the height of a figure, in points."""

_INNER_HEIGHT = 100.0
_ARRAYS_LEFT, _ARRAYS_WIDTH = style.MARGIN + 218.0, 340.0
_GAP = 16.0
_CHARACTER = 4.7
"""Width of a character in a label."""
_CELL_WIDTHS = (27.0, 25.0, 23.5)
"""Widths for cells with numbers, the best first."""
_CELL_HEIGHT = 13.0
_CELL_WITHOUT_A_NUMBER = 12.0


class Shown(NamedTuple):
    """An array in the panel, with its label and its colour scale."""

    label: str
    values: Array
    tint: Tint


def panel(page: Axes, top: float, heading: str, note: str, shown: list[Shown]) -> None:
    """Draw the panel of a node: its name, what it does in words, and its arrays."""
    left, width = style.MARGIN - 4, style.WIDTH - 2 * style.MARGIN + 8
    at = (left, top, width, _INNER_HEIGHT)
    draw.box(page, at, facecolor=style.MARKER_PALE, edgecolor=style.INK, linewidth=1.0)
    draw.code(page, (left + 14, top + 17), heading, size=10, weight="bold", ha="left")
    draw.text(page, (left + 14, top + 31), fill(note, 38), ha="left", va="top")
    arrays(page, top, _INNER_HEIGHT, shown)


def arrays(page: Axes, top: float, tall: float, shown: list[Shown]) -> None:
    """Draw arrays side by side in the right part of a panel, each below its label."""
    height = min(_CELL_HEIGHT, (tall - 34) / max((len(s.values) for s in shown), default=1))
    width = _cell_width(shown, height)
    slots = _slots(shown, width)
    x = _ARRAYS_LEFT + (_ARRAYS_WIDTH - sum(slots) - _GAP * (len(shown) - 1)) / 2
    for (label, values, tint), slot in zip(shown, slots, strict=True):
        rows, cols = values.shape
        wide, high = max(cols * width, draw.MIN_DETAIL_POINTS), rows * height
        middle = x + slot / 2
        draw.code(page, (middle, top + 14), label, size=style.LABEL, color=style.MUTED)
        at = (middle - wide / 2, top + 26 + (tall - 34 - high) / 2, wide, high)
        draw.heatmap(page, values, at, tint, numbers=True)
        x += slot + _GAP


def _slots(shown: list[Shown], width: float) -> list[float]:
    """Return the width that each array needs, its label included."""
    return [max(s.values.shape[1] * width, _CHARACTER * len(s.label)) for s in shown]


def _cell_width(shown: list[Shown], height: float) -> float:
    free = _ARRAYS_WIDTH - _GAP * (len(shown) - 1)
    for width in _CELL_WIDTHS:
        if draw.fits_numbers(width, height) and sum(_slots(shown, width)) <= free:
            return width
    columns = sum(s.values.shape[1] for s in shown)
    return min(free / columns, 1.5 * height, _CELL_WITHOUT_A_NUMBER)

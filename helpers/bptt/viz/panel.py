"""Panel beside a cell's graph: explains the highlighted node in words and arrays."""

from textwrap import fill
from typing import NamedTuple

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.draw import Box, Tint
from bptt.viz.sheet import Sheet

HEIGHT = 112.0
"""What a panel adds to the height of a figure, in points."""

_INNER_HEIGHT = 100.0
_GAP = 12.0
_CHARACTER = 0.605
"""Width of a character of a label, at font size 1."""
_WITH_NUMBERS = ((3.75, 1.8), (3.75, 1.6), (3.5, 1.6), (3.2, 1.6), (3.2, 1.4))
"""Sizes of cells with numbers at font size 1, the best first; below these, cells are squares."""
_SQUARES = (12.0, 10.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.5)


class Shown(NamedTuple):
    """An array in the panel, with its label and its colour scale."""

    label: str
    values: Array
    tint: Tint


def panel(sheet: Sheet, top: float, heading: str, note: str, shown: list[Shown]) -> None:
    """Draw the panel of a node: its name, what it does in words, and its arrays."""
    left, width = style.MARGIN - 4, style.WIDTH - 2 * style.MARGIN + 8
    sheet.box((left, top, width, _INNER_HEIGHT), face=style.MARKER_PALE, edge=style.INK, width=1.0)
    sheet.code((left + 14, top + 17), heading, size=10, bold=True, side="left")
    sheet.text((left + 14, top + 31), fill(note, 38), side="left", top=True)
    arrays(sheet, (style.MARGIN + 218, top, 340, _INNER_HEIGHT), shown)


class _Row(NamedTuple):
    """Arrays side by side, each in a slot for itself and its label."""

    shown: list[Shown]
    slots: list[float]

    @property
    def width(self) -> float:
        return sum(self.slots) + _GAP * (len(self.slots) - 1)

    @property
    def most(self) -> int:
        return max(len(each.values) for each in self.shown)


def arrays(sheet: Sheet, at: Box, shown: list[Shown]) -> None:
    """Draw arrays in the middle of a box, each below its label, in the largest cells that fit."""
    left, top, width, height = at
    size, label = _label(sheet)
    sizes = [(wide * size, tall * size) for wide, tall in _WITH_NUMBERS] + [(side, side) for side in _SQUARES]
    arranged = ((cell, _rows(shown, cell[0], width, size)) for cell in sizes)
    (wide, tall), rows = next(
        (cell, rows) for cell, rows in arranged if _height(rows, cell[1], label) < height + 0.1 or cell == sizes[-1]
    )
    y = top + (height - _height(rows, tall, label)) / 2
    for row in rows:
        x = left + (width - row.width) / 2
        for each, slot in zip(row.shown, row.slots, strict=True):
            sheet.code((x + slot / 2, y + 0.6 * size), each.label, size=size, colour=style.MUTED)
            rows_here, columns = each.values.shape
            across, down = (
                max(side, draw.MIN_DETAIL_POINTS) for side in (min(columns * wide, width), rows_here * tall)
            )
            sheet.grid(each.values, (x + (slot - across) / 2, y + label, across, down), each.tint, numbers=True)
            x += slot + _GAP
        y += label + row.most * tall + label / 2


def height(sheet: Sheet, width: float, shown: list[Shown]) -> float:
    """Return the height in which arrays can be seen with their numbers."""
    size, label = _label(sheet)
    wide, tall = _WITH_NUMBERS[-2]
    return _height(_rows(shown, wide * size, width, size), tall * size, label)


def _label(sheet: Sheet) -> tuple[float, float]:
    """Return the font size of labels, and the height of one with its distance."""
    size = max(style.LABEL, sheet.least)
    return size, 1.5 * size


def _rows(shown: list[Shown], cell: float, width: float, size: float) -> list[_Row]:
    """Put each array into the first row that has room for it."""
    rows: list[_Row] = []
    for each in shown:
        # An array that is too wide for its numbers is drawn without them, beside others that have them.
        slot = max(min(each.values.shape[1] * cell, width), _CHARACTER * size * len(each.label))
        row = next((row for row in rows if row.width + _GAP + slot <= width), None)
        if row is None:
            row = _Row([], [])
            rows.append(row)
        row.shown.append(each)
        row.slots.append(slot)
    return rows


def _height(rows: list[_Row], cell: float, label: float) -> float:
    return sum(1.5 * label + row.most * cell for row in rows)

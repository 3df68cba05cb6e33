"""Layout of a row of cells with forward and backward arrows."""

from dataclasses import dataclass
from typing import Any

from bptt.viz import style
from bptt.viz.draw import Box, Point
from bptt.viz.sheet import Sheet

JOIN = 5.0
"""Radius of the join that a state is."""
_TRACK = 3.0
"""Values go so far to one side of a way, gradients so far to the other."""

Way = tuple[Point, Point]


@dataclass(frozen=True)
class SequenceLayout:
    """A row of cells: methods put its parts on a sheet, or return start and end of a gradient's arrow.

    Attributes
    ----------
    length : int
        Number of steps.
    left, room : float
        Left side of the first cell, and width of a step.
    top, middle : float
        Top of the boxes above the joins, and middle of cells and joins.
    cell, box : tuple of float
        Width and height of a cell, and of a box above a join.
    to_join : float
        Where the join stands between its cell and the next one, from 0 to 1: the dashes of the time path need the
        longer part.
    end : float
        Length of the arrows at both ends of the row.
    memory : float
        From the middle down to the road between the memories of an LSTM; 0 if there are none.
    """

    length: int
    left: float
    room: float
    top: float
    middle: float
    cell: tuple[float, float]
    box: tuple[float, float]
    to_join: float
    end: float
    memory: float = 0.0

    @property
    def bottom(self) -> float:
        """Lower end of the cells."""
        return self.middle + (self.memory + 12 if self.memory else self.cell[1] / 2)

    @property
    def joins(self) -> list[float]:
        """Middle of each join, from the left."""
        wide = self.cell[0]
        after = round(wide + self.to_join * (self.room - wide))
        return [self._left(t) + after for t in range(self.length)]

    def step(self, sheet: Sheet, t: int, words: str, above: str) -> None:
        """Add a step: its cell with words in it, its join with a box above, and the forward arrows between them.

        Parameters
        ----------
        sheet : Sheet
        t : int
        words, above : str
            Texts in the cell and in the box.
        """
        left, join, y, end = self._left(t), self.joins[t], self.middle, self.top + self.box[1]
        wide, top = self.cell[0], y - self.cell[1] / 2
        sheet.box((left, top, wide, self.bottom - top), edge=style.INK, width=1.1, z=3)
        sheet.text((left + wide / 2, (top + self.bottom) / 2), words, size=style.SMALL)
        sheet.box((join - self.box[0] / 2, self.top, *self.box), edge=style.HAIRLINE)
        sheet.text((join, (self.top + end) / 2), above, size=style.SMALL, colour=style.MUTED)
        sheet.arrow([(join - _TRACK, y - JOIN), (join - _TRACK, end)])
        sheet.arrow([(left + wide, y - _TRACK), (join - JOIN, y - _TRACK)])
        start = self.joins[t - 1] + JOIN if t else left - self.end
        sheet.arrow([(start, y - _TRACK), (left, y - _TRACK)])
        sheet.dot((join, y), JOIN)
        if self.memory:
            start = self._left(t - 1) + wide if t else left - self.end
            sheet.arrow([(start, y + self.memory - _TRACK), (left, y + self.memory - _TRACK)])

    def from_above(self, t: int) -> Way:
        """Return the arrow from the box above a join down to it."""
        x = self.joins[t] + _TRACK
        return (x, self.top + self.box[1]), (x, self.middle - JOIN)

    def from_later(self, t: int) -> Way:
        """Return the arrow from the cell of the next step, or from the end of the row, to a join."""
        join, y = self.joins[t], self.middle
        if t == self.length - 1:
            return (join + self.end, y), (join + JOIN, y)
        return (self._left(t + 1), y + _TRACK), (join + JOIN, y + _TRACK)

    def into_cell(self, t: int) -> Way:
        """Return the arrow from a join into its cell."""
        y = self.middle + _TRACK
        return (self.joins[t] - JOIN, y), (self._left(t) + self.cell[0], y)

    def out(self, down: float = 0.0) -> Way:
        """Return the arrow out of the first cell, the state's or one that is ``down`` below it."""
        y = self.middle + down + _TRACK
        return (self.left, y), (self.left - self.end, y)

    def from_later_memory(self, t: int) -> Way:
        """Return the arrow from the cell of the next step, or from the end of the row, to a cell."""
        y, end = self.middle + self.memory + _TRACK, self._left(t) + self.cell[0]
        return (self.joins[t] + self.end if t == self.length - 1 else self._left(t + 1), y), (end, y)

    def column(self, t: int) -> Box:
        """Return the part of the row that belongs to a step."""
        return (self.joins[t] - self.room / 2, self.top, self.room, self.bottom - self.top)

    def _left(self, t: int) -> float:
        return self.left + t * self.room


def gradient(sheet: Sheet, way: Way, road: str, *, dash: float = 1.0, there: bool = True) -> None:
    """Add a gradient's arrow by the name of its path; one that is left out is grey and crossed.

    Parameters
    ----------
    sheet : Sheet
    way : tuple of Point
    road : str
        As for ``style.line_style``.
    dash : float
        Factor of the length of dashes, where the arrows are short.
    there : bool
    """
    look: dict[str, Any] = style.line_style(road)
    dashes = () if look["linestyle"] == style.SOLID else tuple(dash * part for part in look["linestyle"][1])
    colour = look["color"] if there else style.AHEAD
    sheet.arrow(way, colour, width=style.line_width(road), dash=dashes, z=2.5)
    if not there:
        (x0, y0), (x1, y1) = way
        sheet.cross(((x0 + x1) / 2, (y0 + y1) / 2))

"""Layout of a row of cells with forward and backward arrows."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bptt.viz import draw, style
from bptt.viz.draw import Point

CELL, JOIN = 24.0, 5.0
"""Width of a cell, and radius of the join that its state is."""
_TALL, _BOX_TALL = 34.0, 32.0
_TRACK = 3.0
"""Values go so far to one side of a way, gradients so far to the other."""
_END = 26.0
_TO_JOIN = 0.42
"""Where the join stands between its cell and the next one: the dashes of the time path need the longer part."""

Way = tuple[Point, Point]


class StepPosition(NamedTuple):
    """Position of a step: x of the left side of its cell and of the middle of its join, in points."""

    left: float
    join: float


def place(left: float, room: float) -> StepPosition:
    """Return the position of a step that begins at ``left`` and is ``room`` points wide."""
    return StepPosition(left, left + CELL + _TO_JOIN * (room - CELL))


class SequenceLayout:
    """A row of cells: methods draw its parts, or return start and end of a gradient's arrow, in points.

    Parameters
    ----------
    page : Axes
    places : list of StepPosition
        One for each step.
    top, middle : float
        y of the top of the boxes above the joins, and of the middle of cells and joins, in points.
    box : float
        Width of those boxes, in points.
    """

    def __init__(self, page: Axes, places: list[StepPosition], top: float, middle: float, box: float = 58.0) -> None:
        self.page = page
        self.places = places
        self.top = top
        self.middle = middle
        self._box = box

    def step(self, t: int, above: str) -> None:
        """Draw a step: its cell, its join with a box above, and the forward arrows between them.

        Parameters
        ----------
        t : int
        above : str
            Text in the box.
        """
        left, join = self.places[t]
        page, y, end = self.page, self.middle, self.top + _BOX_TALL
        draw.box(page, (left, y - _TALL / 2, CELL, _TALL), edgecolor=style.INK, linewidth=1.1, zorder=3)
        draw.text(page, (left + CELL / 2, y), f"cell\n{t}", size=style.SMALL, linespacing=1.25, zorder=4)
        draw.box(page, (join - self._box / 2, self.top, self._box, _BOX_TALL), edgecolor=style.HAIRLINE)
        draw.text(page, (join, (self.top + end) / 2), above, size=style.SMALL, color=style.MUTED, linespacing=1.25)
        draw.arrow(page, [(join - _TRACK, y - JOIN), (join - _TRACK, end)], color=style.VALUE)
        draw.arrow(page, [(left + CELL, y - _TRACK), (join - JOIN, y - _TRACK)], color=style.VALUE)
        page.add_patch(Circle((join, y), JOIN, facecolor=style.INK, zorder=3))

    def forward(self, t: int) -> None:
        """Draw the forward arrow into the cell of a step; the first one begins before the row."""
        left = self.places[t].left
        start = self.places[t - 1].join + JOIN if t else left - _END
        draw.arrow(self.page, [(start, self.middle - _TRACK), (left, self.middle - _TRACK)], color=style.VALUE)

    def from_above(self, t: int) -> Way:
        """Return the arrow from the box above a join down to it."""
        x = self.places[t].join + _TRACK
        return (x, self.top + _BOX_TALL), (x, self.middle - JOIN)

    def from_later(self, t: int) -> Way:
        """Return the arrow from the cell of the next step, or from the end of the row, to a join."""
        join, y = self.places[t].join, self.middle
        if t == len(self.places) - 1:
            return (join + _END, y), (join + JOIN, y)
        return (self.places[t + 1].left, y + _TRACK), (join + JOIN, y + _TRACK)

    def into_cell(self, t: int) -> Way:
        """Return the arrow from a join into its cell."""
        left, join = self.places[t]
        return (join - JOIN, self.middle + _TRACK), (left + CELL, self.middle + _TRACK)

    def out(self) -> Way:
        """Return the arrow out of the first cell."""
        left = self.places[0].left
        return (left, self.middle + _TRACK), (left - _END, self.middle + _TRACK)

"""Layout of one backward traversal per loss beside one sweep for all losses."""

from typing import NamedTuple

from bptt.viz import style
from bptt.viz.draw import Point
from bptt.viz.sheet import Sheet

MOST = 8
"""Steps that there is room for."""
JOIN = 4.0
_LOOSE = 28.0
"""Least width of a step that has room for spaces in its name."""
LINE, _THIN = 1.7, 0.9
"""Width of what has been called, and of what is ahead."""
HEAD = 5.5


class Part(NamedTuple):
    """One element of a half: an arrow, a cell, a join or a text, and the call with which it is drawn.

    Attributes
    ----------
    call : int
        Number of the call, from 1.
    at : tuple of Point
        Centre, or start and end of an arrow; of a text, its left end or its middle.
    colour : str
    dash : tuple of float
    words : str
        Text at a loss.
    """

    call: int
    at: tuple[Point, ...]
    colour: str = style.INK
    dash: tuple[float, ...] = ()
    words: str = ""


class Half(NamedTuple):
    """Elements of one half of the picture; the cells are in the order of their calls."""

    cells: list[Part]
    arrows: list[Part]
    losses: list[Part]
    joins: list[Part]


class TreeLayout(NamedTuple):
    """Where the two halves are.

    Attributes
    ----------
    tree, graph : Point
        Left top corner of the cells of each half, with one step beside the other.
    step : Point
        From one step to the next, and from one row of the tree to the next.
    cell : float
        Side of a cell.
    joins, cells : float
        From the losses of the sweep down to its joins and to its cells.
    """

    tree: Point
    graph: Point
    step: Point
    cell: float
    joins: float
    cells: float

    def per_loss(self, length: int) -> Half:
        """Lay out one row of cells for each loss, the last loss first; ``length`` is the number of steps."""
        half = Half([], [], [], [])
        (left, top), (wide, tall) = self.tree, self.step
        for row, loss in enumerate(reversed(range(length))):
            y = top + (row + 0.5) * tall
            # The gradient comes from where the cell of the next step would be.
            words = left + (loss + 1.5) * wide - self.cell / 2 + 3
            half.losses.append(Part(len(half.cells) + 1, ((words, y),), style.LOSS_PATH, words=f"loss {loss}"))
            for t in reversed(range(loss + 1)):
                call = len(half.cells) + 1
                x = left + (t + 0.5) * wide
                half.arrows.append(Part(call, ((x + wide - self.cell / 2, y), (x + self.cell / 2, y)), style.LOSS_PATH))
                half.cells.append(Part(call, ((x, y),)))
        return half

    def at_once(self, length: int) -> Half:
        """Lay out one row of cells for all losses, the joins above the cells so that no arrow is too short."""
        half = Half([], [], [], [])
        (left, top), wide = self.graph, self.step[0]
        joins, cells = top + self.joins, top + self.cells
        for call, t in enumerate(reversed(range(length)), start=1):
            x = left + (t + 0.5) * wide
            join = x + wide / 2
            above = cells - self.cell / 2
            half.losses.append(Part(call, ((join, top),), style.LOSS_PATH, words=str(t)))
            half.arrows.append(Part(call, ((join, top + 8), (join, joins - JOIN)), style.LOSS_PATH))
            if t < length - 1:
                onward = ((x + wide - 3, above), (join + 0.5 * JOIN, joins + JOIN))
                half.arrows.append(Part(call, onward, style.TIME_PATH, style.DASHED[1]))
            half.arrows.append(Part(call, ((join - 0.5 * JOIN, joins + JOIN), (x + 3, above)), style.SUM))
            half.joins.append(Part(call, ((join, joins),)))
            half.cells.append(Part(call, ((x, cells),)))
        return half

    def draw_steps(self, sheet: Sheet, length: int) -> None:
        """Name the steps below the cells of both halves."""
        wide, tall = self.step
        equals = " = " if wide >= _LOOSE else "="
        for (left, top), below in ((self.tree, length * tall), (self.graph, self.cells + self.cell / 2 + 2)):
            y = top + below + max(style.DIGITS, sheet.least) * 0.75
            for t in range(length):
                sheet.text((left + (t + 0.5) * wide, y), f"t{equals}{t}", size=style.DIGITS, colour=style.MUTED)

    def draw_ahead(self, sheet: Sheet, half: Half) -> None:
        """Add a half of which nothing has been called; what is called is drawn over it."""
        for part in half.arrows:
            # Dashes are as long as the width says: these end up as long as those that are drawn over them.
            dash = tuple(length * LINE / _THIN for length in part.dash)
            sheet.arrow(part.at, style.MUTED, width=_THIN, dash=dash, head=HEAD, z=2.5)
        for part in half.joins:
            sheet.dot(part.at[0], JOIN, style.MUTED, z=2.6)
        for part in half.cells:
            self._cell(sheet, part, edge=style.MUTED, z=2.6, width=_THIN)

    def draw_called(self, sheet: Sheet, half: Half, calls: int, numbers: list[str], *, lit: bool = False) -> None:
        """Add all texts of a half, and what has been called, over what is ahead.

        Parameters
        ----------
        sheet : Sheet
        half : Half
        calls : int
            How many calls have been made.
        numbers : list of str
            Text in each cell.
        lit : bool
            Light up the last cell that was called.
        """
        for part in half.losses:
            side = "center" if part.words.isdigit() else "left"
            sheet.text(part.at[0], part.words, size=style.SMALL, colour=style.LOSS_PATH, side=side)
        for part, number in zip(half.cells, numbers, strict=True):
            done = part.call <= calls
            sheet.code(part.at[0], number, size=style.DIGITS, colour=style.INK if done else style.MUTED)
            if done:
                face = style.MARKER if lit and part.call == calls else style.BOX
                self._cell(sheet, part, face=face, edge=style.INK)
        for part in half.arrows:
            if part.call <= calls:
                sheet.arrow(part.at, part.colour, width=LINE, dash=part.dash, head=HEAD, z=2.8)
        for part in half.joins:
            if part.call <= calls:
                sheet.dot(part.at[0], JOIN)

    def _cell(self, sheet: Sheet, part: Part, *, z: float = 3, width: float = 1.4, **look: str) -> None:
        (x, y), side = part.at[0], self.cell
        sheet.box((x - side / 2, y - side / 2, side, side), radius=3, width=width, z=z, **look)

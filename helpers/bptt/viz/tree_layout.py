"""Layout of one backward traversal per loss beside one sweep for all losses."""

from typing import Any, NamedTuple

from bptt.viz import style
from bptt.viz.draw import Point

MOST = 8
"""Steps that there is room for."""
TREE, GRAPH = 40.0, 340.0
"""Left sides of the two halves."""
WIDE, TOP, TALL = 240.0, 92.0, 196.0
"""Room for the cells of each half."""
LOSSES = TOP + TALL / 2 - 52
"""Where the numbers of the losses stand above the chain."""
CELL, JOIN, CORNER = 15.0, 4.0, 3.0
LINE = 1.7
AHEAD = style.HAIRLINE
"""Colour of what is still to come."""
_WIDEST_STEP, _TALLEST_ROW = 46.0, 30.0
_LINES: tuple[Any, ...] = (style.SOLID, (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_TINTS = (style.LOSS_PATH, "#3C94C8", "#004B78", "#6E8FA3")
"""Shades of the loss path's blue, one for each line, so that neighbouring traversals differ in both."""


class Part(NamedTuple):
    """One element of a half: an arrow, a cell, a join or a text, and the call with which it is drawn.

    Attributes
    ----------
    call : int
        Number of the call, from 1.
    at : tuple of Point
        Centre, or start and end of an arrow, in points.
    look : dict
        Colour and line style.
    words : str
        Text at a loss.
    """

    call: int
    at: tuple[Point, ...]
    look: dict[str, Any]
    words: str = ""


class Half(NamedTuple):
    """Elements of one half of the picture; the cells are in the order of their calls."""

    cells: list[Part]
    arrows: list[Part]
    losses: list[Part]
    joins: list[Part]


def per_loss(length: int) -> Half:
    """Lay out one row of cells for each loss, the last loss first; ``length`` is the number of steps."""
    half = Half([], [], [], [])
    wide, tall = _step(length), min(_TALLEST_ROW, TALL / length)
    top = TOP + (TALL - tall * length) / 2
    for row, loss in enumerate(reversed(range(length))):
        y = top + (row + 0.5) * tall
        look: dict[str, Any] = {"color": _TINTS[row % 4], "linestyle": _LINES[row % 4]}
        words = TREE + (loss + 0.5) * wide + CELL / 2 + 16
        half.losses.append(Part(len(half.cells) + 1, ((words, y),), look, f"loss {loss}"))
        for t in reversed(range(loss + 1)):
            call = len(half.cells) + 1
            x = TREE + (t + 0.5) * wide
            start = words - 3 if t == loss else x + wide - CELL / 2
            half.arrows.append(Part(call, ((start, y), (x + CELL / 2, y)), look))
            half.cells.append(Part(call, ((x, y),), look))
    return half


def at_once(length: int) -> Half:
    """Lay out one row of cells for all losses, the joins above the cells so that no arrow is too short."""
    half = Half([], [], [], [])
    wide, middle = _step(length), TOP + TALL / 2
    cells, joins = middle + 42, middle + 2
    for call, t in enumerate(reversed(range(length)), start=1):
        x = GRAPH + (t + 0.5) * wide
        join = x + wide / 2
        loss, time, both = (style.line_style(name) for name in ("loss path", "time path", "da_next"))
        half.losses.append(Part(call, ((join, LOSSES),), loss, str(t)))
        half.arrows.append(Part(call, ((join, LOSSES + 8), (join, joins - JOIN)), loss))
        if t < length - 1:
            onward = ((x + wide - 3, cells - CELL / 2), (join + 0.5 * JOIN, joins + JOIN))
            half.arrows.append(Part(call, onward, time))
        half.arrows.append(Part(call, ((join - 0.5 * JOIN, joins + JOIN), (x + 3, cells - CELL / 2)), both))
        half.joins.append(Part(call, ((join, joins),), both))
        half.cells.append(Part(call, ((x, cells),), both))
    return half


def _step(length: int) -> float:
    return min(_WIDEST_STEP, WIDE / length)

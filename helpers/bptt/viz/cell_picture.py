"""`CellPicture`: base class of a cell's computation graph, with edges, arrays, highlight and panel."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from textwrap import fill
from typing import Any, ClassVar

import numpy as np

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.cell_nodes import Edge, Node, Places, edges, roads_to
from bptt.viz.draw import Box, Point, Tint
from bptt.viz.panel import Shown
from bptt.viz.sheet import Sheet

_SQUARE_UP_TO = 12
"""Longer axes than this have narrower cells."""


class CellPicture(ABC):
    """A cell's computation graph; each public method puts one part of it on a sheet.

    Parameters
    ----------
    sheet : Sheet
    places : Places
        One of ``layouts``.
    values, given : dict of ndarray
        Values of the forward pass, and the gradients, by name.
    shapes : dict of str
        Shape of each array, as text.
    known : set of str, optional
        The gradients to draw; all that are given, if not named.
    back : set of tuple, optional
        The edges on which gradients flow back; those that lead to the given gradients, if not named.

    Attributes
    ----------
    name : str
        Of the cell, in headings.
    nodes : mapping of str to Node
    outside : mapping of str to tuple of str
        What takes values from the cell, and which.
    carried : mapping of str to tuple of tuple
        The edges on which each gradient flows back.
    layouts : tuple of Places
        In a figure, in a widget on a page, and in a widget in a narrow column.
    """

    name: ClassVar[str]
    nodes: ClassVar[Mapping[str, Node]]
    outside: ClassVar[Mapping[str, tuple[str, ...]]]
    carried: ClassVar[Mapping[str, tuple[Edge, ...]]]
    layouts: ClassVar[tuple[Places, Places, Places]]
    longest: ClassVar[float]
    """Longest side of a small picture of an array."""
    widest_entry: ClassVar[float]
    apart: ClassVar[tuple[str, ...]] = ()
    """How the names of arrays begin that have a size of their own."""

    def __init__(  # noqa: PLR0913 - all that is drawn, and where
        self,
        sheet: Sheet,
        places: Places,
        values: Mapping[str, Array],
        given: Mapping[str, Array],
        shapes: Mapping[str, str],
        *,
        known: AbstractSet[str] | None = None,
        back: AbstractSet[Edge] | None = None,
    ) -> None:
        self.sheet, self.places = sheet, places
        self.arrays = {**values, **given}
        self.given = given
        self.known = given.keys() if known is None else known
        if back is None:
            ends = (edge for name in given for edge in self.carried.get(name, ()))
            back = roads_to(ends, edges(self.nodes, self.outside))
        self.back = back
        self.shapes = shapes
        self.scale = draw.largest(*given.values())
        self.track = 3.0 if given else 0.0
        longest = max(max(a.shape) for name, a in self.arrays.items() if not name.lstrip("d").startswith(self.apart))
        self.even_side = min(self.widest_entry, self.longest / longest) if longest <= _SQUARE_UP_TO else None

    @staticmethod
    @abstractmethod
    def values(cache: Any) -> dict[str, Array]:  # noqa: ANN401 - each kind of cell has its own cache
        """Return every value of the forward pass that the picture shows, by name."""

    @staticmethod
    @abstractmethod
    def words(shapes: Mapping[str, str]) -> str:
        """Return what the cell computes, in words, each array with its shape."""

    @abstractmethod
    def edges(self) -> None:
        """Draw the edges forward, and on a second track backward where gradients flow."""

    @abstractmethod
    def leaves(self) -> None:
        """Draw the inputs of the cell, each with its value and, if known, its gradient."""

    @abstractmethod
    def operations(self) -> None:
        """Draw the nodes that compute, and where their results go."""

    @abstractmethod
    def arrays_on_edges(self) -> None:
        """Draw what the operations computed, and the gradients."""

    def graph(self) -> None:
        """Draw the whole graph, and the key to it."""
        self.edges()
        self.leaves()
        self.operations()
        if self.places.arrays:
            self.arrays_on_edges()
        self._key()

    def _key(self) -> None:
        x, y, characters = self.places.key
        for look, line in self._key_lines():
            words = fill(line, characters)
            more = 7.2 * words.count("\n")
            y += more
            if look == "tint":
                self.sheet.grid(np.arange(4.0)[None], (x, y - 3.5, 22, 7), Tint(style.SUM, 3.0))
            elif look == "value":
                self._forward([(x, y), (x + 22, y)])
            elif look:
                self._arrow([(x + 22, y), (x, y)], look)
            self.sheet.text((x + 30, y), words, size=style.SMALL, colour=style.MUTED, side="left")
            y += 18 + more

    def _key_lines(self) -> Iterator[tuple[str, str]]:
        """Yield what each line shows (``"value"``, ``"tint"``, nothing or the arrow of a gradient), and its words."""
        yield "value", "value, flows forward"
        if self.given:
            yield "dz", "gradient, flows back"
            if "dc" in self.carried:
                yield "dc", "gradient of the memory"
            if not self.places.arrays:
                yield from (("loss path", "loss path"), ("time path", "time path"))
        if self.places.arrays:
            yield "tint", "stronger is larger, \N{MINUS SIGN} is negative"
            if self.given:
                yield "", f"largest gradient: {draw.number(self.scale)}"

    def halo(self, name: str) -> None:
        """Highlight one node."""
        left, top, width, height = self.places.lit(name)
        look: dict[str, Any] = {"face": style.MARKER, "edge": style.INK, "width": 1.4, "z": 0.8}
        if width == height:
            self.sheet.circle((left + width / 2, top + height / 2), width / 2, **look)
        else:
            self.sheet.box((left, top, width, height), radius=9, **look)

    def story(self, name: str, *others: str) -> list[Shown]:
        """Return the arrays that the panel of a node shows, and others, as far as they are known."""
        node = self.nodes[name]
        return [
            Shown(f"{n} {self.shapes[n]}", self.arrays[n], self._tint(n))
            for n in dict.fromkeys((*(node.gradients if self.given else node.values), *others))
            if self._shows(n)
        ]

    def _forward(self, points: Sequence[Point]) -> None:
        self.sheet.arrow(points)

    def _backward(self, points: Sequence[Point], gradient: str, edge: Edge) -> None:
        """Draw where a gradient flows back, if it does."""
        if edge in self.back:
            self._arrow(points, gradient)

    def _arrow(self, points: Sequence[Point], gradient: str) -> None:
        look = style.line_style(gradient)
        dash = () if look["linestyle"] == style.SOLID else style.DASHED[1]
        self.sheet.arrow(points, look["color"], width=style.line_width(gradient), dash=dash, z=2.5)

    def _road(self, at: Point, name: str, colour: str, edge: Edge, side: str = "left") -> None:
        """Write the name of a road beside it, if gradients flow on it."""
        if edge in self.back and self.places.arrays:
            self.sheet.text(at, name, colour=colour, size=style.SMALL, side=side)

    def _two_tracks(self, start: Point, end: Point, gradient: str, edge: Edge) -> None:
        """Draw a straight edge: forward on the left of one who walks it, and back on the right."""
        (x0, y0), (x1, y1) = start, end
        length = math.hypot(x1 - x0, y1 - y0)
        across = (y1 - y0) / length * self.track, -(x1 - x0) / length * self.track
        self._forward([(x + across[0], y + across[1]) for x, y in (start, end)])
        self._backward([(x - across[0], y - across[1]) for x, y in (end, start)], gradient, edge)

    def _named_box(self, at: Box, words: str) -> None:
        """Draw something outside of the cell."""
        left, top, width, height = at
        self.sheet.box(at, edge=style.HAIRLINE)
        self.sheet.text((left + width / 2, top + height / 2), words, size=style.SMALL, colour=style.MUTED)

    def _size(self, name: str) -> tuple[float, float]:
        """Return width and height of an array's picture; an axis has the same length in all arrays that share it."""
        rows, cols = self.arrays[name].shape
        return cols * self._side(cols), rows * self._side(rows)

    def _side(self, entries: int) -> float:
        return self.even_side or min(self.widest_entry, self.longest / entries)

    def _tint(self, name: str) -> Tint:
        scale = self.scale if name in self.given else draw.largest(self.arrays[name])
        return Tint(style.line_style(name)["color"], scale)

    def _shows(self, name: str) -> bool:
        return name in self.arrays and (name not in self.given or name in self.known)

    def _array(self, name: str, centre: Point) -> None:
        width, height = self._size(name)
        self._heatmap(name, (centre[0] - width / 2, centre[1] - height / 2, width, height))

    def _heatmap(self, name: str, at: Box) -> None:
        self.sheet.grid(self.arrays[name], at, self._tint(name))

    def _label(self, at: Point, name: str, colour: str = style.MUTED, **look: Any) -> None:  # noqa: ANN401
        """Write what stands beside an array."""
        self.sheet.code(at, name, **{"size": style.LABEL, "colour": colour} | look)


def bend(start: Point, end: Point) -> list[Point]:
    """Return a curve that leaves level and arrives upright."""
    (x0, y0), (x1, y1) = start, end
    return [start, (x0 + 0.6 * (x1 - x0), y0), (x1, y1 + 0.6 * (y0 - y1)), end]

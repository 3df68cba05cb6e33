"""`CellPicture`: base class of a cell's computation graph, with edges, arrays, highlight and panel."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bptt.types import Array
from bptt.viz import draw, panel, style
from bptt.viz.draw import Box, Point, Tint
from bptt.viz.panel import Shown
from bptt.viz.rnn_nodes import Node

Names = AbstractSet[str]
"""Names of gradients."""

_SQUARE_UP_TO = 12
"""Longer axes than this have narrower cells."""


class CellPicture(ABC):
    """A cell's computation graph; each public method draws one layer of it.

    Parameters
    ----------
    page : Axes
    values, given : dict of ndarray
        Values of the forward pass, and the gradients to draw, by name.
    shapes : dict of str
        Shape of each array, as text.

    Attributes
    ----------
    name : str
        Of the cell, in headings.
    nodes : mapping of str to Node
    height : float
        Height of the graph without its panel, in points.
    found : list of tuples
        Artists of the backward pass, each with the gradients of which one must be known for it to be drawn.
    """

    name: ClassVar[str]
    nodes: ClassVar[Mapping[str, Node]]
    height: ClassVar[float]
    longest: ClassVar[float]
    """Longest side of a small picture of an array."""
    widest_entry: ClassVar[float]
    apart: ClassVar[tuple[str, ...]] = ()
    """How the names of arrays begin that have a size of their own."""

    def __init__(self, page: Axes, values: dict[str, Array], given: dict[str, Array], shapes: dict[str, str]) -> None:
        self.page = page
        self.found: list[tuple[frozenset[str], Artist]] = []
        self.arrays = values | given
        self.given = given
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
        """Draw the edges forward, and on a second track those of the known gradients backward."""

    @abstractmethod
    def leaves(self) -> None:
        """Draw the inputs of the cell, each with its value and, if given, its gradient."""

    @abstractmethod
    def operations(self) -> None:
        """Draw the nodes that compute, and where their results go."""

    @abstractmethod
    def arrays_on_edges(self) -> None:
        """Draw what the operations computed, and the gradients."""

    @abstractmethod
    def key(self) -> None:
        """Draw the key to lines and tints."""

    def _key_value(self, x: float, y: float) -> None:
        self._forward([(x, y), (x + 22, y)])
        self._key_words(x, y, "value, flows forward")

    def _key_gradient(self, x: float, y: float, gradient: str, words: str) -> None:
        if self.given:
            draw.arrow(
                self.page, [(x + 22, y), (x, y)], linewidth=style.line_width(gradient), **style.line_style(gradient)
            )
            self._key_words(x, y, words)

    def _key_tints(self, x: float, y: float) -> None:
        for i in range(4):
            tint = str(1 - 0.3 * i)
            swatch = Rectangle((x + 5.5 * i, y - 3.5), 5.5, 7, facecolor=tint, edgecolor=style.HAIRLINE, linewidth=0.5)
            self.page.add_patch(swatch)
        self._key_words(x, y, "darker is larger, \N{MINUS SIGN} is negative")
        if self.given:
            self._key_words(x, y + 16, f"darkest gradient: {draw.number(self.scale)}")

    def _key_words(self, x: float, y: float, words: str) -> None:
        draw.text(self.page, (x + 30, y), words, size=style.SMALL, color=style.MUTED, ha="left")

    def halo(self, name: str) -> None:
        """Highlight one node."""
        (x, y), (width, height) = self.nodes[name].at, self.nodes[name].lit
        at = (x - width / 2, y - height / 2, width, height)
        radius = width / 2 if width == height else 9.0
        draw.box(self.page, at, radius=radius, facecolor=style.MARKER, edgecolor=style.INK, linewidth=1.4, zorder=0.8)

    def panel(self, name: str, note: str) -> None:
        """Draw the panel of the highlighted node: its text and its arrays."""
        panel.panel(self.page, self.height - 4, name, note, self.story(name))

    def story(self, name: str) -> list[Shown]:
        """Return the arrays that the panel of a node shows."""
        node = self.nodes[name]
        return [
            Shown(f"{n} {self.shapes[n]}", self.arrays[n], self._tint(n))
            for n in (node.gradients if self.given else node.values)
            if n in self.arrays
        ]

    def _forward(self, points: Sequence[Point]) -> None:
        draw.arrow(self.page, points, color=style.VALUE)

    def _backward(self, points: Sequence[Point], gradient: str, once: Names) -> None:
        """Draw where a gradient flows back, once one of some gradients is known."""
        if self._known(once):
            look = style.line_style(gradient)
            self._found(once, draw.arrow(self.page, points, linewidth=style.line_width(gradient), zorder=2.5, **look))

    def _road(self, at: Point, name: str, colour: str, once: Names, side: str = "left") -> None:
        """Write the name of a road beside it, once one of some gradients is known."""
        if self._known(once):
            self._found(once, draw.text(self.page, at, name, color=colour, size=style.SMALL, ha=side))

    def _known(self, once: Names) -> bool:
        return not once.isdisjoint(self.given)

    def _found(self, once: Names, *artists: Artist) -> None:
        self.found += [(frozenset(once), artist) for artist in artists]

    def _two_tracks(self, start: Point, end: Point, gradient: str, once: Names) -> None:
        """Draw a straight edge: forward on the left of one who walks it, and back on the right."""
        (x0, y0), (x1, y1) = start, end
        length = math.hypot(x1 - x0, y1 - y0)
        across = (y1 - y0) / length * self.track, -(x1 - x0) / length * self.track
        self._forward([(x + across[0], y + across[1]) for x, y in (start, end)])
        self._backward([(x - across[0], y - across[1]) for x, y in (end, start)], gradient, once)

    def _size(self, name: str) -> tuple[float, float]:
        """Return width and height of an array's picture; an axis has the same length in all arrays that share it."""
        rows, cols = self.arrays[name].shape
        return cols * self._side(cols), rows * self._side(rows)

    def _side(self, entries: int) -> float:
        return self.even_side or min(self.widest_entry, self.longest / entries)

    def _tint(self, name: str) -> Tint:
        scale = self.scale if name in self.given else draw.largest(self.arrays[name])
        return Tint(style.line_style(name)["color"], scale)

    def _array(self, name: str, centre: Point) -> None:
        width, height = self._size(name)
        self._heatmap(name, (centre[0] - width / 2, centre[1] - height / 2, width, height))

    def _heatmap(self, name: str, at: Box) -> None:
        heatmap = draw.heatmap(self.page, self.arrays[name], at, self._tint(name))
        if name in self.given:
            self._found({name}, *heatmap.artists)

    def _label(self, at: Point, words: str, ink: str = style.MUTED, **look: Any) -> None:  # noqa: ANN401
        """Write what stands beside an array, its name first."""
        label = draw.code(self.page, at, words, **{"size": style.LABEL, "color": ink} | look)
        name = words.split(maxsplit=1)[0]
        if name in self.given:
            self._found({name}, label)


def bend(start: Point, end: Point) -> list[Point]:
    """Return a curve that leaves level and arrives upright."""
    (x0, y0), (x1, y1) = start, end
    return [start, (x0 + 0.6 * (x1 - x0), y0), (x1, y1 + 0.6 * (y0 - y1)), end]

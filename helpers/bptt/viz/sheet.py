"""`Sheet`: a picture as a list of shapes, which Matplotlib or the browser draws.

One geometry serves both: a picture's code puts shapes on a sheet, a figure draws them on a `Card`, and a widget hands
them to the browser as JSON.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle as CirclePatch

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.draw import Box, Point, Tint


class Arrow(NamedTuple):
    """A line with a head at its end: straight (two points) or a cubic curve (four)."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dash: tuple[float, ...]
    head: float
    z: float


class Polyline(NamedTuple):
    """A polyline."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dash: tuple[float, ...]
    z: float


class Rectangle(NamedTuple):
    """A box with round corners; ``face`` is empty where it is not filled."""

    at: Box
    face: str
    edge: str
    width: float
    radius: float
    z: float


class Circle(NamedTuple):
    """A circle; ``face`` is empty where it is not filled."""

    at: Point
    radius: float
    face: str
    edge: str
    width: float
    z: float


class Text(NamedTuple):
    """Lines of text; ``side`` is the side of the text that is at its point."""

    at: Point
    words: str
    size: float
    colour: str
    side: str
    bold: bool
    code: bool
    top: bool
    z: float


class Grid(NamedTuple):
    """An array as tinted cells, as ``draw.heatmap`` draws it."""

    at: Box
    values: tuple[tuple[float, ...], ...]
    colour: str
    scale: float
    numbers: bool
    size: float
    z: float


class Touch(NamedTuple):
    """An area that sets controls when it is clicked, or dragged over; a switch that is set to None changes over."""

    at: Box
    sets: tuple[tuple[str, int | None], ...]
    z: float


Shape = Arrow | Polyline | Rectangle | Circle | Text | Grid | Touch


class Sheet:
    """A picture as a list of shapes, in any unit from its top left corner: x to the right, y down.

    Parameters
    ----------
    width, height : float
        A figure's unit is the point.
    least : float
        Smallest size of a font: what is smaller is written in this size.

    Attributes
    ----------
    shapes : list of Shape
    """

    def __init__(self, width: float, height: float, least: float = 0.0) -> None:
        self.width, self.height, self.least = width, height, least
        self.shapes: list[Shape] = []

    def box(  # noqa: PLR0913 - the look of a box
        self,
        at: Box,
        *,
        radius: float = 5,
        face: str = style.BOX,
        edge: str = style.MUTED,
        width: float = 0.8,
        z: float = 1,
    ) -> None:
        """Add a box with round corners."""
        self.shapes.append(Rectangle(_floats(at), face, edge, width, radius, z))

    def circle(  # noqa: PLR0913 - the look of a circle
        self,
        at: Point,
        radius: float,
        *,
        face: str = style.BOX,
        edge: str = style.INK,
        width: float = 1.1,
        z: float = 3,
    ) -> None:
        """Add a circle."""
        self.shapes.append(Circle(_floats(at), radius, face, edge, width, z))

    def dot(self, at: Point, radius: float, colour: str = style.INK, z: float = 3) -> None:
        """Add a filled circle without an outline."""
        self.circle(at, radius, face=colour, edge=colour, width=0, z=z)

    def text(  # noqa: PLR0913 - the look of a text
        self,
        at: Point,
        words: str,
        *,
        size: float = style.BODY,
        colour: str = style.INK,
        side: str = "center",
        bold: bool = False,
        code: bool = False,
        top: bool = False,
        z: float = 4,
    ) -> None:
        """Add text: its ``side`` and its middle are at a point, or its top where ``top``."""
        size = max(size, self.least)
        self.shapes.append(Text(_floats(at), words, size, colour, side, bold, code, top, z))

    def code(self, at: Point, words: str, **look: Any) -> None:  # noqa: ANN401 - as of text
        """Add text in the monospaced font."""
        self.text(at, words, code=True, **look)

    def arrow(  # noqa: PLR0913 - the look of an arrow
        self,
        points: Sequence[Point],
        colour: str = style.VALUE,
        *,
        width: float = 1.0,
        dash: Sequence[float] = (),
        head: float = 7.0,
        z: float = 2,
    ) -> None:
        """Add an arrow along a straight line (two points) or a cubic curve (four)."""
        self.shapes.append(Arrow(tuple(map(_floats, points)), colour, width, tuple(dash), head, z))

    def line(
        self,
        points: Sequence[Point],
        colour: str = style.INK,
        *,
        width: float = 1.0,
        dash: Sequence[float] = (),
        z: float = 2,
    ) -> None:
        """Add a polyline."""
        self.shapes.append(Polyline(tuple(map(_floats, points)), colour, width, tuple(dash), z))

    def grid(self, values: Array, at: Box, tint: Tint, *, numbers: bool = False, z: float = 3) -> None:
        """Add an array (rows, cols) as tinted cells, each with its number or its sign where there is room."""
        rows = tuple(tuple(map(float, row)) for row in values)
        size = max(style.DIGITS, self.least)
        self.shapes.append(Grid(_floats(at), rows, tint.colour, float(tint.scale), numbers, size, z))

    def cross(self, at: Point, z: float = 5) -> None:
        """Add the cross of something that is left out."""
        x, y = at
        for slope in (-1, 1):
            self.line([(x - 3.5, y - 3.5 * slope), (x + 3.5, y + 3.5 * slope)], style.WRONG, width=2.2, z=z)

    def touch(self, at: Box, *, z: float = 9, **sets: int | None) -> None:
        """Add an area that sets controls."""
        self.shapes.append(Touch(_floats(at), tuple(sets.items()), z))


def draw_shapes(page: Axes, shapes: Iterable[Shape]) -> None:
    """Draw shapes with Matplotlib."""
    for shape in shapes:
        match shape:
            case Arrow():
                look: dict[str, Any] = {"mutation_scale": shape.head, "linestyle": _linestyle(shape.dash)}
                draw.arrow(page, shape.points, color=shape.colour, linewidth=shape.width, zorder=shape.z, **look)
            case Polyline():
                x, y = zip(*shape.points, strict=True)
                look = {"solid_capstyle": "butt", "linestyle": _linestyle(shape.dash)}
                page.plot(x, y, color=shape.colour, linewidth=shape.width, zorder=shape.z, **look)
            case Rectangle():
                look = {"facecolor": shape.face or "none", "edgecolor": shape.edge, "linewidth": shape.width}
                draw.box(page, shape.at, radius=shape.radius, zorder=shape.z, **look)
            case Circle():
                look = {"facecolor": shape.face or "none", "edgecolor": shape.edge, "linewidth": shape.width}
                page.add_patch(CirclePatch(shape.at, shape.radius, zorder=shape.z, **look))
            case Text():
                _draw_words(page, shape)
            case Grid():
                tint = Tint(shape.colour, shape.scale)
                draw.heatmap(page, np.array(shape.values), shape.at, tint, numbers=shape.numbers, size=shape.size)


def _draw_words(page: Axes, shape: Text) -> None:
    look: dict[str, Any] = {"size": shape.size, "color": shape.colour, "ha": shape.side, "zorder": shape.z}
    if shape.bold:
        look["weight"] = "bold"
    if shape.top:
        look["va"] = "top"
    if "\n" in shape.words:
        look["linespacing"] = 1.25
    (draw.code if shape.code else draw.text)(page, shape.at, shape.words, **look)


def _linestyle(dash: tuple[float, ...]) -> Any:  # noqa: ANN401 - Matplotlib takes a name or a pattern
    return (0, dash) if dash else style.SOLID


def _floats(values: Iterable[float]) -> Any:  # noqa: ANN401 - as many as there are
    return tuple(map(float, values))

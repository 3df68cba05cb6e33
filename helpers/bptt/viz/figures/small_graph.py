"""Draw a small computation graph: one sum, one product, and a value that is used twice."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from bptt.viz import style
from bptt.viz.card import Card
from bptt.viz.draw import Point
from bptt.viz.sheet import Sheet, draw_shapes

_RADIUS = 15.0
_TRACK = 3.5
_BACK: dict[str, Any] = {"colour": style.SUM, "width": 1.8, "z": 2.5}


class SmallGraphLayout(NamedTuple):
    """Where everything of the graph is.

    Attributes
    ----------
    nodes : dict of Point
        Centre of each node.
    leaf : float
        Width of the box of an input, or of the result.
    values : dict
        Place of each value, and the side of its text that is there.
    gradients : dict
        Place and side of each gradient, and what stands before its number.
    collected : Point
        Left top corner of the sum of both gradients of x.
    keys : tuple of Point
        Key to the arrows forward and backward.
    """

    nodes: dict[str, Point]
    leaf: float
    values: dict[str, tuple[Point, str]]
    gradients: dict[str, tuple[Point, str, str]]
    collected: Point
    keys: tuple[Point, Point]

    def roads(self) -> dict[str, tuple[Point, Point]]:
        """Return where values flow, by the name of the gradient that comes back; x is used twice."""
        x, y, total, product, c = (self.nodes[name] for name in ("x", "y", "+", "×", "c"))
        edge, lower = x[0] + self.leaf / 2, (x[0] + self.leaf / 2 - 6, x[1] + 13)
        return {
            "dx_product": ((edge, x[1]), (product[0] - _RADIUS, product[1])),
            "dy": ((edge, y[1]), (total[0] - _RADIUS, total[1])),
            "dx_sum": (lower, _rim(total, lower)),
            "ds": (_rim(total, product), _rim(product, total)),
            "dc": ((product[0] + _RADIUS, product[1]), (c[0] - self.leaf / 2, c[1])),
        }


def _rim(centre: Point, towards: Point) -> Point:
    """Return the point on the edge of an operation that faces another place."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = _RADIUS / math.hypot(dx, dy)
    return centre[0] + scale * dx, centre[1] + scale * dy


PAGE = SmallGraphLayout(
    nodes={"x": (98, 92), "y": (98, 196), "+": (270, 196), "×": (412, 92), "c": (532, 92)},
    leaf=44,
    values={
        "x": ((98, 67), "center"),
        "y": ((98, 171), "center"),
        "c": ((532, 67), "center"),
        "s": ((314, 136), "right"),
    },
    gradients={
        "dc": ((532, 119), "center", "dc ="),
        "ds": ((366, 160), "left", "ds ="),
        "dy": ((187, 211), "center", "dy ="),
        "dx_product": ((262, 108), "center", "from the product:"),
        "dx_sum": ((178, 155), "right", "from the sum:"),
    },
    collected=(136, 58),
    keys=((322, 240), (462, 240)),
)
COLUMN = SmallGraphLayout(
    nodes={"x": (30, 72), "y": (30, 206), "+": (110, 206), "×": (158, 72), "c": (208, 72)},
    leaf=34,
    values={
        "x": ((30, 47), "center"),
        "y": ((30, 181), "center"),
        "c": ((240, 47), "right"),
        "s": ((136, 112), "right"),
    },
    gradients={
        "dc": ((208, 97), "center", "dc ="),
        "ds": ((146, 150), "left", "ds ="),
        "dy": ((76, 223), "center", "dy ="),
        "dx_product": ((96, 88), "center", "product:"),
        "dx_sum": ((62, 136), "right", "sum:"),
    },
    collected=(8, 14),
    keys=((8, 246), (8, 264)),
)
"""For a narrow column."""


@style.styled
def small_graph(values: Mapping[str, float], gradients: Mapping[str, Any] | None = None) -> Card:
    r"""Draw :math:`s = x + y, \; c = s \cdot x` with its values, and the gradients that flow back, as far as given.

    Parameters
    ----------
    values : dict
        ``x, y, s, c``, each a number.
    gradients : dict, optional
        Any of ``dc, ds, dy`` (numbers) and ``dx``, a pair: the gradients from the product and from the sum.

    Returns
    -------
    Figure
    """
    gradients = gradients or {}
    direction = "gradients flow back" if gradients else "values flow forward"
    card = Card(
        262,
        title=f"A value that is used twice: {direction}",
        caption=f"Look at x: it enters the sum s = x + y and the product c = s · x. {_collected(gradients)}".rstrip(),
        description=_description(values, gradients),
    )
    sheet = Sheet(style.WIDTH, card.height)
    picture = SmallGraphPicture(sheet, PAGE, back=bool(gradients))
    picture.edges()
    picture.nodes()
    picture.key()
    for name, value in values.items():
        picture.value(name, number(value))
    for name, gradient in _roads_back(gradients).items():
        picture.road_back(name)
        picture.gradient(name, number(gradient))
    if "dx" in gradients:
        product, total = gradients["dx"]
        picture.collected(number(product), bracketed(total), number(product + total))
    draw_shapes(card.page, sheet.shapes)
    return card


def _roads_back(gradients: Mapping[str, Any]) -> dict[str, float]:
    """Return what flows back on each road; of ``dx`` there are two."""
    product, total = gradients.get("dx", (None, None))
    known = {name: value for name, value in gradients.items() if name != "dx"}
    return known if product is None else known | {"dx_product": product, "dx_sum": total}


def _collected(gradients: Mapping[str, Any]) -> str:
    if "dx" not in gradients:
        return ""
    product, total = gradients["dx"]
    return (
        f"So dx collects what comes back from both: {number(product)} + {bracketed(total)} = {number(product + total)}."
    )


def _description(values: Mapping[str, float], gradients: Mapping[str, Any]) -> str:
    known = ", ".join(f"{name} = {number(value)}" for name, value in values.items())
    words = f"x and y go into a sum, which gives s. s and x go into a product, which gives c. {known}."
    single = ", ".join(f"{name} = {number(value)}" for name, value in gradients.items() if name != "dx")
    if single:
        words += f" Gradients, from right to left: {single}."
    return f"{words} {_collected(gradients)}".rstrip()


class SmallGraphPicture:
    """The graph; each method puts one part of it on a sheet.

    Parameters
    ----------
    sheet : Sheet
    layout : SmallGraphLayout
    back : bool
        Leave room on every edge for a second track, on which gradients flow back.
    """

    def __init__(self, sheet: Sheet, layout: SmallGraphLayout, *, back: bool) -> None:
        self.sheet = sheet
        self.layout = layout
        self.back = back
        self.track = _TRACK if back else 0.0

    def edges(self) -> None:
        """Draw the forward edges."""
        for road in self.layout.roads().values():
            self._arrow(road, colour=style.VALUE)

    def road_back(self, name: str) -> None:
        """Draw the edge of a gradient: ``dc, ds, dy, dx_product`` or ``dx_sum``."""
        start, end = self.layout.roads()[name]
        self._arrow((end, start), **_BACK)

    def _arrow(self, road: tuple[Point, Point], **look: Any) -> None:  # noqa: ANN401
        (x0, y0), (x1, y1) = road
        length = math.hypot(x1 - x0, y1 - y0)
        # To the left of the way that it goes, on the page.
        across, down = (y1 - y0) / length * self.track, -(x1 - x0) / length * self.track
        self.sheet.arrow([(x + across, y + down) for x, y in road], **look)

    def nodes(self, lit: str = "") -> None:
        """Draw the inputs, the two operations and the result; one of them can be lit."""
        for name, at in self.layout.nodes.items():
            face = style.MARKER if name == lit else style.BOX
            if name in {"+", "×"}:
                self.sheet.circle(at, _RADIUS, face=face)
                self.sheet.code(at, name, size=13)
            else:
                wide = self.layout.leaf
                self.sheet.box((at[0] - wide / 2, at[1] - 15, wide, 30), face=face, z=3)
                self.sheet.code(at, name, size=11, bold=True)

    def value(self, name: str, value: str) -> None:
        """Write a value above the edge that carries it."""
        at, side = self.layout.values[name]
        self._write(at, f"{name} = {value}", style.VALUE, side)

    def gradient(self, name: str, gradient: str) -> None:
        """Write a gradient beside its edge."""
        at, side, words = self.layout.gradients[name]
        self._write(at, f"{words} {gradient}", style.INK, side)

    def collected(self, product: str, total: str, both: str, room: int = 0) -> None:
        """Write the sum of the gradients from both uses of x, with room for so many characters."""
        words = f"dx = {product} + {total} = {both}"
        width = 0.61 * max(style.BODY, self.sheet.least) * (room or len(words)) + 12
        left, top = self.layout.collected
        self.sheet.box((left, top, width, 18), face=style.MARKER, edge=style.INK, z=3)
        self._write((left + 6, top + 9), words, style.INK, "left", bold=True)

    def key(self) -> None:
        """Draw the key to the arrows."""
        (x, y), (back, below) = self.layout.keys
        look: dict[str, Any] = {"size": style.SMALL, "colour": style.MUTED, "side": "left"}
        self.sheet.arrow([(x, y), (x + 22, y)])
        self.sheet.text((x + 30, y), "value, flows forward", **look)
        if self.back:
            self.sheet.arrow([(back + 22, below), (back, below)], **_BACK)
            self.sheet.text((back + 30, below), "gradient, flows back", **look)

    def _write(self, at: Point, words: str, ink: str, side: str, **look: Any) -> None:  # noqa: ANN401
        self.sheet.code(at, words, colour=ink, side=side, size=style.BODY, **look)


def number(value: float) -> str:
    """Format a number with four significant digits."""
    # Adding zero makes a negative zero positive.
    return f"{value + 0.0:.4g}".replace("-", "\N{MINUS SIGN}")


def bracketed(value: float) -> str:
    """Format a number that stands behind a sign: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)

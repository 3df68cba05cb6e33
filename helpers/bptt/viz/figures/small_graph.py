"""Draw a small computation graph: one sum, one product, and a value that is used twice."""

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Patch
from matplotlib.text import Text

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point

_LEFT, _SUM, _PRODUCT, _RIGHT = 98.0, 270.0, 412.0, 532.0
_UP, _DOWN = 92.0, 196.0
_RADIUS, _LEAF = 15.0, 44.0
_TRACK = 3.5
_BACK: dict[str, Any] = {"color": style.SUM, "linestyle": style.SOLID, "linewidth": 1.8}
_EDGE = _LEFT + _LEAF / 2

NODES: dict[str, Point] = {
    "x": (_LEFT, _UP),
    "y": (_LEFT, _DOWN),
    "+": (_SUM, _DOWN),
    "×": (_PRODUCT, _UP),
    "c": (_RIGHT, _UP),
}
"""Where each node is."""
_VALUES: dict[str, tuple[Point, str]] = {
    "x": ((_LEFT, _UP - 25), "center"),
    "y": ((_LEFT, _DOWN - 25), "center"),
    "c": ((_RIGHT, _UP - 25), "center"),
    "s": ((314, 136), "right"),
}
_GRADIENTS: dict[str, tuple[Point, str, str]] = {
    "dc": ((_RIGHT, _UP + 27), "center", "dc ="),
    "ds": ((366, 160), "left", "ds ="),
    "dy": ((187, _DOWN + 15), "center", "dy ="),
    "dx_product": ((262, _UP + 16), "center", "from the product:"),
    "dx_sum": ((178, 155), "right", "from the sum:"),
}


def _rim(centre: Point, towards: Point) -> Point:
    """Return the point on the edge of an operation that faces another place."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = _RADIUS / math.hypot(dx, dy)
    return centre[0] + scale * dx, centre[1] + scale * dy


_ROADS: dict[str, tuple[Point, Point]] = {
    "dx_product": ((_EDGE, _UP), (_PRODUCT - _RADIUS, _UP)),
    "dy": ((_EDGE, _DOWN), (_SUM - _RADIUS, _DOWN)),
    "dx_sum": ((_EDGE - 6, _UP + 15), _rim((_SUM, _DOWN), (_EDGE, _UP + 15))),
    "ds": (_rim((_SUM, _DOWN), (_PRODUCT, _UP)), _rim((_PRODUCT, _UP), (_SUM, _DOWN))),
    "dc": ((_PRODUCT + _RADIUS, _UP), (_RIGHT - _LEAF / 2, _UP)),
}
"""Where the values flow, by the name of the gradient that comes back; x is used twice."""


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
        caption=f"x is used twice: in the sum s = x + y and in the product c = s · x. {_collected(gradients)}".rstrip(),
        description=_description(values, gradients),
    )
    picture = SmallGraphPicture(card.page, back=bool(gradients))
    picture.edges()
    picture.nodes()
    picture.key()
    for name, value in values.items():
        picture.value(name, value)
    for name, gradient in _roads_back(gradients).items():
        picture.road_back(name)
        picture.gradient(name, gradient)
    if "dx" in gradients:
        picture.collected(*gradients["dx"])
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
    return f"So dx collects what comes back from both: {number(product)} + {number(total)} = {number(product + total)}."


def _description(values: Mapping[str, float], gradients: Mapping[str, Any]) -> str:
    known = ", ".join(f"{name} = {number(value)}" for name, value in values.items())
    words = f"x and y go into a sum, which gives s. s and x go into a product, which gives c. {known}."
    single = ", ".join(f"{name} = {number(value)}" for name, value in gradients.items() if name != "dx")
    if single:
        words += f" Gradients, from right to left: {single}."
    return f"{words} {_collected(gradients)}".rstrip()


class SmallGraphPicture:
    """The graph; each method draws one part of it.

    Parameters
    ----------
    page : Axes
    back : bool
        Leave room on every edge for a second track, on which gradients flow back.
    """

    def __init__(self, page: Axes, *, back: bool) -> None:
        self.page = page
        self.back = back
        self.track = _TRACK if back else 0.0

    def edges(self) -> None:
        """Draw the forward edges."""
        for road in _ROADS.values():
            self._arrow(road, color=style.VALUE)

    def road_back(self, name: str) -> None:
        """Draw the edge of a gradient: ``dc, ds, dy, dx_product`` or ``dx_sum``."""
        start, end = _ROADS[name]
        self._arrow((end, start), zorder=2.5, **_BACK)

    def _arrow(self, road: tuple[Point, Point], **look: Any) -> None:  # noqa: ANN401
        (x0, y0), (x1, y1) = road
        length = math.hypot(x1 - x0, y1 - y0)
        # To the left of the way that it goes, on the page.
        across, down = (y1 - y0) / length * self.track, -(x1 - x0) / length * self.track
        draw.arrow(self.page, [(x + across, y + down) for x, y in road], **look)

    def nodes(self) -> None:
        """Draw the inputs, the two operations and the result."""
        for name in NODES:
            self.node(name)

    def node(self, name: str) -> Patch:
        """Draw one node, and return its outline."""
        at = NODES[name]
        if name in {"+", "×"}:
            outline: Patch = Circle(at, _RADIUS, facecolor="white", edgecolor=style.INK, linewidth=1.1, zorder=3)
            self.page.add_patch(outline)
            draw.code(self.page, at, name, size=13, zorder=4)
        else:
            outline = draw.box(self.page, (at[0] - _LEAF / 2, at[1] - 15, _LEAF, 30), zorder=3)
            draw.code(self.page, at, name, size=11, weight="bold", zorder=4)
        return outline

    def value(self, name: str, value: float) -> Text:
        """Write a value above the edge that carries it."""
        at, side = _VALUES[name]
        return self._write(at, value_text(name, value), style.VALUE, side)

    def gradient(self, name: str, gradient: float) -> Text:
        """Write a gradient beside its edge."""
        at, side, _ = _GRADIENTS[name]
        return self._write(at, gradient_text(name, gradient), style.INK, side)

    def collected(self, product: float, total: float) -> None:
        """Write the sum of the gradients from both uses of x."""
        words = f"dx = {number(product)} + {number(total)} = {number(product + total)}"
        width = 5.5 * len(words) + 12
        left = max(64 - width / 2, 8)
        draw.box(self.page, (left, _UP + 27, width, 18), facecolor=style.MARKER, edgecolor=style.INK)
        self._write((left + 6, _UP + 36), words, style.INK, "left", weight="bold")

    def key(self) -> None:
        """Draw the key to the arrows."""
        x, y = 322.0, 240.0
        look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "ha": "left"}
        draw.arrow(self.page, [(x, y), (x + 22, y)], color=style.VALUE)
        draw.text(self.page, (x + 30, y), "value, flows forward", **look)
        if self.back:
            draw.arrow(self.page, [(x + 162, y), (x + 140, y)], **_BACK)
            draw.text(self.page, (x + 170, y), "gradient, flows back", **look)

    def _write(self, at: Point, words: str, ink: str, side: str = "center", **properties: Any) -> Text:  # noqa: ANN401
        return draw.code(self.page, at, words, color=ink, ha=side, size=style.BODY, **properties)


def value_text(name: str, value: float) -> str:
    """Return the text of a value."""
    return f"{name} = {number(value)}"


def gradient_text(name: str, gradient: float) -> str:
    """Return the text of a gradient."""
    return f"{_GRADIENTS[name][-1]} {number(gradient)}"


def number(value: float) -> str:
    """Format a number with four significant digits."""
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")

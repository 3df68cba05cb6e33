"""A computation graph that fits on a postcard: one sum, one product, and a value that is used twice."""

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point

_LEFT, _SUM, _PRODUCT, _RIGHT = 98.0, 270.0, 412.0, 532.0
_UP, _DOWN = 92.0, 196.0
_RADIUS, _LEAF = 15.0, 44.0
_TRACK = 3.5


@style.styled
def small_graph(
    values: Mapping[str, float], gradients: Mapping[str, float | tuple[float, float]] | None = None
) -> Card:
    r"""Draw :math:`s = x + y, \; c = s \cdot x` with its values, and the gradients that flow back, as far as given.

    Parameters
    ----------
    values : dict
        ``x, y, s, c``.
    gradients : dict, optional
        Any of ``dc, ds, dy`` (numbers) and ``dx``, which is a pair: what comes back from the product, and from the sum.

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
    picture = _Picture(card.page, values, gradients)
    picture.edges()
    picture.nodes()
    picture.numbers()
    picture.key()
    return card


def _collected(gradients: Mapping[str, Any]) -> str:
    if "dx" not in gradients:
        return ""
    product, total = gradients["dx"]
    return f"So dx collects what comes back from both: {_text(product)} + {_text(total)} = {_text(product + total)}."


def _description(values: Mapping[str, float], gradients: Mapping[str, Any]) -> str:
    known = ", ".join(f"{name} = {_text(value)}" for name, value in values.items())
    words = f"x and y go into a sum, which gives s. s and x go into a product, which gives c. {known}."
    single = ", ".join(f"{name} = {_text(value)}" for name, value in gradients.items() if name != "dx")
    if single:
        words += f" Gradients, from right to left: {single}."
    return f"{words} {_collected(gradients)}".rstrip()


class _Picture:
    """The graph on its page; each method draws one layer of it."""

    def __init__(self, page: Axes, values: Mapping[str, float], gradients: Mapping[str, Any]) -> None:
        self.page = page
        self.values = values
        self.gradients = gradients
        self.track = _TRACK if gradients else 0.0

    def edges(self) -> None:
        """Draw what flows forward, and on a second track what flows back."""
        edge = _LEFT + _LEAF / 2
        self._edge((edge, _UP), (_PRODUCT - _RADIUS, _UP), "dx")
        self._edge((edge, _DOWN), (_SUM - _RADIUS, _DOWN), "dy")
        self._edge((edge - 6, _UP + 15), _rim((_SUM, _DOWN), (edge, _UP + 15)), "dx")
        self._edge(_rim((_SUM, _DOWN), (_PRODUCT, _UP)), _rim((_PRODUCT, _UP), (_SUM, _DOWN)), "ds")
        self._edge((_PRODUCT + _RADIUS, _UP), (_RIGHT - _LEAF / 2, _UP), "dc")

    def _edge(self, start: Point, end: Point, gradient: str) -> None:
        (x0, y0), (x1, y1) = start, end
        length = math.hypot(x1 - x0, y1 - y0)
        # To the left of the way forward, on the page.
        shift = ((y1 - y0) / length * self.track, -(x1 - x0) / length * self.track)
        forward = [(x + shift[0], y + shift[1]) for x, y in (start, end)]
        back = [(x - shift[0], y - shift[1]) for x, y in (end, start)]
        draw.arrow(self.page, forward, color=style.VALUE)
        if gradient in self.gradients:
            draw.arrow(self.page, back, linewidth=1.8, zorder=2.5, **style.road(gradient))

    def nodes(self) -> None:
        """Draw the inputs, the two operations and the result."""
        for name, at in (("x", (_LEFT, _UP)), ("y", (_LEFT, _DOWN)), ("c", (_RIGHT, _UP))):
            box = (at[0] - _LEAF / 2, at[1] - 15, _LEAF, 30)
            draw.box(self.page, box, edgecolor=style.MUTED, zorder=3)
            draw.code(self.page, at, name, size=11, weight="bold", zorder=4)
        for sign, at in (("+", (_SUM, _DOWN)), ("×", (_PRODUCT, _UP))):
            self.page.add_patch(Circle(at, _RADIUS, facecolor="white", edgecolor=style.INK, linewidth=1.1, zorder=3))
            draw.code(self.page, at, sign, size=13, zorder=4)

    def numbers(self) -> None:
        """Write values above the edges that carry them, and gradients below."""
        down = _DOWN + 15
        self._value((_LEFT, _UP - 25), "x")
        self._value((_LEFT, _DOWN - 25), "y")
        self._value((_RIGHT, _UP - 25), "c")
        self._value((314, 136), "s", "right")
        self._gradient((_RIGHT, _UP + 27), "dc")
        self._gradient((366, 160), "ds", "left")
        self._gradient((187, down), "dy")
        if "dx" not in self.gradients:
            return
        product, total = self.gradients["dx"]
        self._write((262, _UP + 16), f"from the product: {_text(product)}", style.INK)
        self._write((178, 155), f"from the sum: {_text(total)}", style.INK, "right")
        collected = f"dx = {_text(product)} + {_text(total)} = {_text(product + total)}"
        width = 5.5 * len(collected) + 12
        left = max(64 - width / 2, 8)
        draw.box(self.page, (left, _UP + 27, width, 18), facecolor=style.MARKER, edgecolor=style.INK)
        self._write((left + 6, _UP + 36), collected, style.INK, "left", weight="bold")

    def key(self) -> None:
        """Say what the arrows mean."""
        x, y = 322.0, 240.0
        look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "ha": "left"}
        draw.arrow(self.page, [(x, y), (x + 22, y)], color=style.VALUE)
        draw.text(self.page, (x + 30, y), "value, flows forward", **look)
        if self.gradients:
            draw.arrow(self.page, [(x + 162, y), (x + 140, y)], linewidth=1.8, **style.road("dc"))
            draw.text(self.page, (x + 170, y), "gradient, flows back", **look)

    def _value(self, at: Point, name: str, side: str = "center") -> None:
        self._write(at, f"{name} = {_text(self.values[name])}", style.VALUE, side)

    def _gradient(self, at: Point, name: str, side: str = "center") -> None:
        if name in self.gradients:
            self._write(at, f"{name} = {_text(self.gradients[name])}", style.INK, side)

    def _write(self, at: Point, words: str, ink: str, side: str = "center", **properties: Any) -> None:  # noqa: ANN401
        draw.code(self.page, at, words, color=ink, ha=side, size=style.BODY, **properties)


def _rim(centre: Point, towards: Point) -> Point:
    """Return the point on the edge of an operation that faces another place."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = _RADIUS / math.hypot(dx, dy)
    return centre[0] + scale * dx, centre[1] + scale * dy


def _text(value: float) -> str:
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")

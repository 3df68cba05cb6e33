"""The RNN cell as a computation graph: values flow right, gradients flow left."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from bptt.rnn import RNNCellCache
from bptt.types import Array
from bptt.viz import cell_nodes as nodes
from bptt.viz import draw, panel, style
from bptt.viz.card import Card
from bptt.viz.draw import Point, Tint

_HEIGHT = 352.0
_LONGEST, _WIDEST_CELL = 32.0, 8.0
_SQUARE_UP_TO = 12
"""Longest side and widest cell of a small picture of an array; longer axes than this have narrower cells."""
_STATE_TO_Y, _STATE_TO_NEXT = 98.0, 548.0
"""Where the roads out of the state end: above it, and to its right."""


@style.styled
def cell_graph(cache: RNNCellCache, gradients: Mapping[str, Array] | None = None, highlight: str | None = None) -> Card:
    r"""Draw one RNN cell as a computation graph.

    Values flow right: :math:`z = W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b_a`, then
    :math:`a^{\langle t \rangle} = \tanh(z)`, which goes on to the prediction of this step and to the next cell. The
    gradients that are given are drawn on the same edges, flowing left.

    Parameters
    ----------
    cache : RNNCellCache
        What ``rnn.rnn_cell_forward`` returned.
    gradients : dict, optional
        Any of ``da_next (n_a, m), dz (n_a, m), dxt (n_x, m), da_prev (n_a, m), dWax (n_a, n_x), dWaa (n_a, n_a),
        dba (n_a, 1)``; those that are missing or None are not drawn. All are tinted on one scale, so that a gradient
        that shrinks is seen to shrink.
    highlight : str, optional
        Node to light up and to explain: ``"xt"``, ``"a_prev"``, ``"Wax"``, ``"Waa"``, ``"ba"``, ``"Wax @ xt"``,
        ``"Waa @ a_prev"``, ``"sum"``, ``"tanh"`` or ``"a_next"``.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If ``highlight`` is not the name of a node.
    """
    if highlight is not None and highlight not in nodes.NODES:
        raise ValueError(f"The graph has no node {highlight!r}. Its nodes are {', '.join(nodes.NODES)}.")
    values = _values(cache)
    known = {name: np.asarray(a, dtype=float) for name, a in (gradients or {}).items() if a is not None}
    given = {name: draw.as_matrix(a) for name, a in known.items()}
    shapes = {name: draw.shape(a) for name, a in (values | known).items()}
    direction = "gradients flow back" if given else "values flow forward"
    note = _note(highlight, backward=bool(given)) if highlight else ""
    card = Card(
        _HEIGHT + (panel.HEIGHT if highlight else 0),
        title=f"One RNN cell: {direction}",
        caption=f"One RNN cell as a graph: {direction}{f', here through {highlight}' if highlight else ''}.",
        description=_description(shapes, given, note),
    )
    picture = _Picture(card.page, values, given, shapes)
    picture.edges()
    picture.leaves()
    picture.operations()
    picture.arrays_on_edges()
    picture.key()
    if highlight:
        picture.halo(highlight)
        picture.panel(highlight, note)
    return card


def _values(cache: RNNCellCache) -> dict[str, Array]:
    weights = {name: cache.parameters[name] for name in ("Wax", "Waa", "ba")}
    products = {"Wax @ xt": weights["Wax"] @ cache.xt, "Waa @ a_prev": weights["Waa"] @ cache.a_prev}
    z = products["Wax @ xt"] + products["Waa @ a_prev"] + weights["ba"]
    return weights | products | {"xt": cache.xt, "a_prev": cache.a_prev, "z": z, "a_next": cache.a_next}


def _note(highlight: str, *, backward: bool) -> str:
    node = nodes.NODES[highlight]
    return node.backward if backward else node.forward


def _description(shapes: dict[str, str], given: dict[str, Array], note: str) -> str:
    def named(name: str) -> str:
        return f"{name} {shapes[name]}"

    words = (
        f"{named('Waa')} times {named('a_prev')}, {named('Wax')} times {named('xt')} and {named('ba')} are added: "
        f"{named('z')}. Then tanh gives {named('a_next')}, which goes to the prediction of this step "
        "and to the next cell."
    )
    if given:
        sizes = ", ".join(f"{named(name)} {draw.number(draw.largest(a))}" for name, a in given.items())
        words += f" Gradients, each with its shape and its largest magnitude: {sizes}."
    return f"{words} {note}".rstrip()


class _Picture:
    """The graph on its page; each method draws one layer of it."""

    def __init__(self, page: Axes, values: dict[str, Array], given: dict[str, Array], shapes: dict[str, str]) -> None:
        self.page = page
        self.arrays = values | given
        self.given = given
        self.shapes = shapes
        self.scale = draw.largest(*given.values())
        self.track = 3.0 if given else 0.0
        longest = max(max(a.shape) for a in self.arrays.values())
        self.even_side = min(_WIDEST_CELL, _LONGEST / longest) if longest <= _SQUARE_UP_TO else None

    def edges(self) -> None:
        """Draw what flows forward, and on a second track what flows back, as far as it is known."""
        s, r, middle = self.track, nodes.RADIUS, nodes.MIDDLE
        back_to_leaves = any("d" + name in self.given for name in nodes.ROWS)
        back_to_sum = "dz" in self.given or back_to_leaves
        back_to_state = "da_next" in self.given or back_to_sum
        for y, names in ((nodes.UP, ("Waa", "a_prev")), (nodes.DOWN, ("Wax", "xt"))):
            for name, side in zip(names, (-1, 1), strict=True):
                # Forward takes the outer side of every curve, so that the tracks never cross.
                outer, inner = (_wave(nodes.ROWS[name], y, side * 6, out) for out in (side * s, -side * s))
                self._forward(outer)
                if "d" + name in self.given:
                    self._backward(inner[::-1], "d" + name)
        ba = (nodes.LEAF_RIGHT, middle), (nodes.SUM - r, middle)
        self._two_tracks(*ba, "dba", known="dba" in self.given)
        for y, side in ((nodes.UP, -1), (nodes.DOWN, 1)):
            self._forward(_bend((nodes.PRODUCT + r, y + side * s), (nodes.SUM + s, middle + side * r)))
            if back_to_sum:
                bend = _bend((nodes.PRODUCT + r, y - side * s), (nodes.SUM - s, middle + side * r))
                self._backward(bend[::-1], "dz")
        self._two_tracks((nodes.SUM + r, middle), (nodes.TANH - 22, middle), "dz", known=back_to_sum)
        self._two_tracks((nodes.TANH + 22, middle), (nodes.FORK - 5, middle), "da_next", known=back_to_state)
        self._two_tracks((nodes.FORK + 5, middle), (_STATE_TO_NEXT, middle), "time path", known=back_to_state)
        self._forward([(nodes.FORK - s, middle - 5), (nodes.FORK - s, _STATE_TO_Y)])
        if back_to_state:
            self._backward([(nodes.FORK + s, _STATE_TO_Y), (nodes.FORK + s, middle - 5)], "loss path")
            draw.text(self.page, (nodes.FORK + 9, 140), "loss path", color=style.LOSS_PATH, size=style.SMALL, ha="left")
            draw.text(self.page, (568, 221), "time path", color=style.TIME_PATH_TEXT, size=style.SMALL)

    def _two_tracks(self, start: Point, end: Point, gradient: str, *, known: bool) -> None:
        (x0, y), (x1, _) = start, end
        self._forward([(x0, y - self.track), (x1, y - self.track)])
        if known:
            self._backward([(x1, y + self.track), (x0, y + self.track)], gradient)

    def _forward(self, points: Sequence[Point]) -> None:
        draw.arrow(self.page, points, color=style.VALUE)

    def _backward(self, points: Sequence[Point], gradient: str) -> None:
        draw.arrow(self.page, points, linewidth=1.8, zorder=2.5, **style.road(gradient))

    def leaves(self) -> None:
        """Draw the five inputs of the cell, each with its value and, if given, its gradient."""
        left, height = nodes.LEAF_LEFT, nodes.LEAF_HEIGHT
        for name, y in nodes.ROWS.items():
            top = y - height / 2
            draw.box(self.page, (left, top, nodes.LEAF_WIDTH, height), edgecolor=style.HAIRLINE)
            draw.code(self.page, (left + 10, y - 7), name, size=10, weight="bold", ha="left")
            kind = nodes.LEAVES[name]
            draw.text(self.page, (left + 10, y + 9), kind, size=style.SMALL, color=style.MUTED, ha="left")
            x = left + (97 if self.given else 122)
            self._array(name, (x, top + 31))
            self._label((x, top + 8), self.shapes[name])
            gradient = "d" + name
            if gradient in self.given:
                misfit = "" if self.shapes[gradient] == self.shapes[name] else f" {self.shapes[gradient]}"
                ink = style.WRONG if misfit else style.INK
                self._array(gradient, (x + 48, top + 31))
                self._label((x + 48, top + 8), gradient + misfit, ink)

    def operations(self) -> None:
        """Draw the nodes that compute, and where the state goes."""
        outline: dict[str, Any] = {"facecolor": "white", "edgecolor": style.INK, "linewidth": 1.1, "zorder": 3}
        middle = nodes.MIDDLE
        for at, sign in (
            ((nodes.PRODUCT, nodes.UP), "@"),
            ((nodes.PRODUCT, nodes.DOWN), "@"),
            ((nodes.SUM, middle), "+"),
        ):
            self.page.add_patch(Circle(at, nodes.RADIUS, **outline))
            draw.code(self.page, at, sign, size=12, zorder=4)
        draw.box(self.page, (nodes.TANH - 22, middle - 14, 44, 28), radius=8, **outline)
        draw.code(self.page, (nodes.TANH, middle), "tanh", size=10, zorder=4)
        self.page.add_patch(Circle((nodes.FORK, middle), 5, facecolor=style.INK, zorder=3))
        for (x, y, width, height), words in (
            ((nodes.FORK - 38, 64, 76, 32), "prediction,\nloss"),
            ((_STATE_TO_NEXT + 2, middle - 16, 42, 32), "next\ncell"),
        ):
            draw.box(self.page, (x, y, width, height), edgecolor=style.HAIRLINE)
            centre = (x + width / 2, y + height / 2)
            draw.text(self.page, centre, words, size=style.SMALL, color=style.MUTED, linespacing=1.25)

    def arrays_on_edges(self) -> None:
        """Draw what the operations computed above their edges, and the gradients below."""
        x = nodes.PRODUCT + 44
        for name, y, out in (("Waa @ a_prev", nodes.UP, -1), ("Wax @ xt", nodes.DOWN, 1)):
            height = self._size(name)[1]
            self._array(name, (x, y + out * (10 + height / 2)))
            self._label((x, y + out * (19 + height)), name)
        for x, value, gradient in ((363.5, "z", "dz"), (467.0, "a_next", "da_next")):
            for name, out in ((value, -1), (gradient, 1)):
                if name not in self.arrays:
                    continue
                height = self._size(name)[1]
                self._array(name, (x, nodes.MIDDLE + out * (16 + height / 2)))
                ink = style.INK if name in self.given else style.MUTED
                self._label((x, nodes.MIDDLE + out * (26 + height)), f"{name} {self.shapes[name]}", ink)

    def key(self) -> None:
        """Say what lines and tints mean."""
        x, y = 332.0, 296.0
        look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "ha": "left"}
        self._forward([(x, y), (x + 22, y)])
        draw.text(self.page, (x + 30, y), "value, flows forward", **look)
        if self.given:
            self._backward([(x + 162, y), (x + 140, y)], "dz")
            draw.text(self.page, (x + 170, y), "gradient, flows back", **look)
        for i in range(4):
            tint = str(1 - 0.3 * i)
            swatch = Rectangle((x + 5.5 * i, y + 15.5), 5.5, 7, facecolor=tint, edgecolor=style.HAIRLINE, linewidth=0.5)
            self.page.add_patch(swatch)
        draw.text(self.page, (x + 30, y + 19), "darker is larger, \N{MINUS SIGN} is negative", **look)
        if self.given:
            words = f"darkest gradient: {draw.number(self.scale)}"
            draw.text(self.page, (x + 30, y + 35), words, **look)

    def halo(self, name: str) -> None:
        """Light up one node."""
        x, y = nodes.NODES[name].at
        if name in nodes.ROWS:
            width, height, radius = nodes.LEAF_WIDTH + 8, nodes.LEAF_HEIGHT + 6, 8.0
            x += nodes.LEAF_WIDTH / 2
        elif name == "tanh":
            width, height, radius = 56.0, 40.0, 12.0
        else:
            radius = 11.0 if name == "a_next" else nodes.RADIUS + 6
            width = height = 2 * radius
        at = (x - width / 2, y - height / 2, width, height)
        draw.box(self.page, at, radius=radius, facecolor=style.MARKER, edgecolor=style.INK, linewidth=1.4, zorder=0.8)

    def panel(self, name: str, note: str) -> None:
        """Explain the node that is lit, beside the arrays that tell its story."""
        node = nodes.NODES[name]
        shown = [
            panel.Shown(f"{n} {self.shapes[n]}", self.arrays[n], self._tint(n))
            for n in (node.gradients if self.given else node.values)
            if n in self.arrays
        ]
        panel.panel(self.page, _HEIGHT - 4, name, note, shown)

    def _size(self, name: str) -> tuple[float, float]:
        """Return width and height of an array's picture; an axis has the same length in all arrays that share it."""
        rows, cols = self.arrays[name].shape
        return cols * self._side(cols), rows * self._side(rows)

    def _side(self, entries: int) -> float:
        return self.even_side or min(_WIDEST_CELL, _LONGEST / entries)

    def _tint(self, name: str) -> Tint:
        scale = self.scale if name in self.given else draw.largest(self.arrays[name])
        return Tint(style.road(name)["color"], scale)

    def _array(self, name: str, centre: Point) -> None:
        width, height = self._size(name)
        at = (centre[0] - width / 2, centre[1] - height / 2, width, height)
        draw.heatmap(self.page, self.arrays[name], at, self._tint(name))

    def _label(self, at: Point, words: str, ink: str = style.MUTED) -> None:
        draw.code(self.page, at, words, size=style.LABEL, color=ink)


def _wave(leaf: float, product: float, port: float, shift: float) -> list[Point]:
    """Return a level curve from a leaf to a port on the round edge of a product, both moved down by ``shift``."""
    y = port + shift
    x0, x1 = nodes.LEAF_RIGHT, nodes.PRODUCT - math.sqrt(nodes.RADIUS**2 - y**2)
    middle = (x0 + nodes.PRODUCT - nodes.RADIUS) / 2
    return [(x0, leaf + shift), (middle, leaf + shift), (middle, product + y), (x1, product + y)]


def _bend(start: Point, end: Point) -> list[Point]:
    """Return a curve that leaves level and arrives upright."""
    (x0, y0), (x1, y1) = start, end
    return [start, (x0 + 0.6 * (x1 - x0), y0), (x1, y1 + 0.6 * (y0 - y1)), end]

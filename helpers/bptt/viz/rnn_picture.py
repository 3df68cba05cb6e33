"""Draw the RNN cell as a computation graph."""

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.patches import Circle

from bptt.rnn import RNNCellCache
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz import rnn_nodes as nodes
from bptt.viz.cell_picture import CellPicture, bend
from bptt.viz.draw import Point

_STATE_TO_Y, _STATE_TO_NEXT = 98.0, 548.0
"""Where the roads out of the state end: above it, and to its right."""


class RNNPicture(CellPicture):
    """Computation graph of an RNN cell."""

    name = "RNN"
    nodes = nodes.NODES
    height = 352.0
    longest, widest_entry = 32.0, 8.0

    @staticmethod
    def values(cache: RNNCellCache) -> dict[str, Array]:
        """Return weights, inputs and everything that the cell computes."""
        weights = {name: cache.parameters[name] for name in ("Wax", "Waa", "ba")}
        products = {"Wax @ xt": weights["Wax"] @ cache.xt, "Waa @ a_prev": weights["Waa"] @ cache.a_prev}
        z = products["Wax @ xt"] + products["Waa @ a_prev"] + weights["ba"]
        return weights | products | {"xt": cache.xt, "a_prev": cache.a_prev, "z": z, "a_next": cache.a_next}

    @staticmethod
    def words(shapes: Mapping[str, str]) -> str:
        """Return what the cell computes, in words, each array with its shape."""

        def named(name: str) -> str:
            return f"{name} {shapes[name]}"

        return (
            f"{named('Waa')} times {named('a_prev')}, {named('Wax')} times {named('xt')} and {named('ba')} are added: "
            f"{named('z')}. Then tanh gives {named('a_next')}, which goes to the prediction of this step "
            "and to the next cell."
        )

    def edges(self) -> None:
        """Draw the edges forward, and on a second track those of the known gradients backward."""
        s, r, middle = self.track, nodes.RADIUS, nodes.MIDDLE
        to_sum = {"dz"} | {"d" + name for name in nodes.ROWS}
        to_state = {"da_next"} | to_sum
        for y, names in ((nodes.UP, ("Waa", "a_prev")), (nodes.DOWN, ("Wax", "xt"))):
            for name, side in zip(names, (-1, 1), strict=True):
                # Forward takes the outer side of every curve, so that the tracks never cross.
                outer, inner = (_wave(nodes.ROWS[name], y, side * 6, out) for out in (side * s, -side * s))
                self._forward(outer)
                self._backward(inner[::-1], "d" + name, {"d" + name})
        self._two_tracks((nodes.LEAF_RIGHT, middle), (nodes.SUM - r, middle), "dba", {"dba"})
        for y, side in ((nodes.UP, -1), (nodes.DOWN, 1)):
            self._forward(bend((nodes.PRODUCT + r, y + side * s), (nodes.SUM + s, middle + side * r)))
            back = bend((nodes.PRODUCT + r, y - side * s), (nodes.SUM - s, middle + side * r))[::-1]
            self._backward(back, "dz", to_sum)
        self._two_tracks((nodes.SUM + r, middle), (nodes.TANH - 22, middle), "dz", to_sum)
        self._two_tracks((nodes.TANH + 22, middle), (nodes.FORK - 5, middle), "da_next", to_state)
        self._two_tracks((nodes.FORK + 5, middle), (_STATE_TO_NEXT, middle), "time path", to_state)
        self._forward([(nodes.FORK - s, middle - 5), (nodes.FORK - s, _STATE_TO_Y)])
        self._backward([(nodes.FORK + s, _STATE_TO_Y), (nodes.FORK + s, middle - 5)], "loss path", to_state)
        self._road((nodes.FORK + 9, 140), "loss path", style.LOSS_PATH, to_state)
        self._road((568, 221), "time path", style.TIME_PATH_TEXT, to_state, "center")

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
        """Draw the key to lines and tints."""
        x, y = 332.0, 296.0
        self._key_value(x, y)
        self._key_gradient(x + 140, y, "dz", "gradient, flows back")
        self._key_tints(x, y + 19)


def _wave(leaf: float, product: float, port: float, shift: float) -> list[Point]:
    """Return a level curve from a leaf to a port on the round edge of a product, both moved down by ``shift``."""
    y = port + shift
    x0, x1 = nodes.LEAF_RIGHT, nodes.PRODUCT - math.sqrt(nodes.RADIUS**2 - y**2)
    middle = (x0 + nodes.PRODUCT - nodes.RADIUS) / 2
    return [(x0, leaf + shift), (middle, leaf + shift), (middle, product + y), (x1, product + y)]

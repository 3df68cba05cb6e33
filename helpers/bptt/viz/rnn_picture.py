"""Draw the RNN cell as a computation graph."""

import math
from collections.abc import Mapping

from bptt.rnn import RNNCellCache
from bptt.types import Array
from bptt.viz import rnn_nodes, style
from bptt.viz.cell_picture import CellPicture, bend
from bptt.viz.draw import Point


class RNNPicture(CellPicture):
    """Computation graph of an RNN cell."""

    name = "RNN"
    nodes = rnn_nodes.NODES
    outside = rnn_nodes.OUTSIDE
    carried = rnn_nodes.CARRIED
    layouts = rnn_nodes.PAGE, rnn_nodes.WIDE, rnn_nodes.COLUMN
    places: rnn_nodes.RNNPlaces
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
        """Draw the edges forward, and on a second track backward where gradients flow."""
        p, s, r, middle = self.places, self.track, self.places.radius, self.places.middle
        x, up, down = p.product
        for node, y, side in (("Waa @ a_prev", up, -1), ("Wax @ xt", down, 1)):
            for name, port in zip(rnn_nodes.NODES[node].inputs, (-6, 6), strict=True):
                # Forward takes the outer side of every curve, so that the tracks never cross.
                outer, inner = (self._wave(p.rows[name], y, port + shift) for shift in (port * s / 6, -port * s / 6))
                self._forward(outer)
                self._backward(inner[::-1], "d" + name, (node, name))
            self._forward(bend((x + r, y + side * s), (p.sum + s, middle + side * r)))
            back = bend((x + r, y - side * s), (p.sum - s, middle + side * r))[::-1]
            self._backward(back, "dz", ("sum", node))
        half = p.tanh_size[0] / 2
        self._two_tracks((p.right, middle), (p.sum - r, middle), "dba", ("sum", "ba"))
        self._two_tracks((p.sum + r, middle), (p.tanh - half, middle), "dz", ("tanh", "sum"))
        self._two_tracks((p.tanh + half, middle), (p.fork - p.dot, middle), "da_next", ("a_next", "tanh"))
        next_cell, prediction = ("next cell", "a_next"), ("prediction", "a_next")
        self._two_tracks((p.fork + p.dot, middle), (p.next_cell[0] - 2, middle), "time path", next_cell)
        edge = p.loss[0] + 2
        self._forward([(p.fork - s, middle - p.dot), (p.fork - s, edge)])
        self._backward([(p.fork + s, edge), (p.fork + s, middle - p.dot)], "loss path", prediction)
        self._road((p.fork + 9, 140), "loss path", style.LOSS_PATH, prediction)
        self._road((p.fork + 56, 221), "time path", style.TIME_PATH_TEXT, next_cell, "center")

    def _wave(self, leaf: float, product: float, shift: float) -> list[Point]:
        """Return a level curve from a leaf to the round edge of a product, both moved down by ``shift``."""
        p = self.places
        x0, x1 = p.right, p.product[0] - math.sqrt(p.radius**2 - shift**2)
        middle = (x0 + p.product[0] - p.radius) / 2
        start, end = leaf + shift - math.copysign(6, shift), product + shift
        return [(x0, start), (middle, start), (middle, end), (x1, end)]

    def leaves(self) -> None:
        """Draw the five inputs of the cell, each with its value and, if known, its gradient."""
        p = self.places
        left, width, height = p.leaf
        for name, y in p.rows.items():
            top = y - height / 2
            self.sheet.box((left, top, width, height), edge=style.HAIRLINE)
            if not p.arrays:
                self.sheet.code((left + width / 2, y), name, size=10, bold=True)
                continue
            self.sheet.code((left + 10, y - 7), name, size=10, bold=True, side="left")
            self.sheet.text(
                (left + 10, y + 9), rnn_nodes.LEAVES[name], size=style.SMALL, colour=style.MUTED, side="left"
            )
            x = left + (103 if self.given else 122)
            self._array(name, (x, top + 33))
            if p.shapes:
                self._label((x, top + 8), self.shapes[name])
            gradient = "d" + name
            if gradient in self.known:
                misfit = "" if self.shapes[gradient] == self.shapes[name] else f" {self.shapes[gradient]}"
                self._array(gradient, (x + 42, top + 33))
                self._label((x + 42, top + 8), gradient + misfit, style.WRONG if misfit else style.INK)

    def operations(self) -> None:
        """Draw the nodes that compute, and where the state goes."""
        p = self.places
        x, up, down = p.product
        for at, sign in (((x, up), "@"), ((x, down), "@"), ((p.sum, p.middle), "+")):
            self.sheet.circle(at, p.radius)
            self.sheet.code(at, sign, size=12)
        wide, tall = p.tanh_size
        self.sheet.box((p.tanh - wide / 2, p.middle - tall / 2, wide, tall), radius=8, edge=style.INK, width=1.1, z=3)
        self.sheet.code((p.tanh, p.middle), "tanh", size=10)
        self.sheet.dot((p.fork, p.middle), p.dot)
        edge, wide, tall = p.loss
        self._named_box((p.fork - wide / 2, edge - tall, wide, tall), "prediction,\nloss" if p.arrays else "loss")
        left, wide, tall = p.next_cell
        self._named_box((left, p.middle - tall / 2, wide, tall), "next\ncell")
        if not p.arrays:
            self._label((p.fork - p.dot - 6, p.middle + 17), "a_next", side="center")

    def arrays_on_edges(self) -> None:
        """Draw what the operations computed above their edges, and the gradients below."""
        p = self.places
        x, up, down = p.product
        for name, y, out in (("Waa @ a_prev", up, -1), ("Wax @ xt", down, 1)):
            height = self._size(name)[1]
            self._array(name, (x + 44, y + out * (10 + height / 2)))
            self._label((x + 44, y + out * (19 + height)), name)
        for x, value, gradient in ((363.5, "z", "dz"), (467.0, "a_next", "da_next")):
            for name, out in ((value, -1), (gradient, 1)):
                if not self._shows(name):
                    continue
                height = self._size(name)[1]
                self._array(name, (x, p.middle + out * (16 + height / 2)))
                shape = f" {self.shapes[name]}" if p.shapes else ""
                colour = style.INK if name in self.given else style.MUTED
                self._label((x, p.middle + out * (26 + height)), name + shape, colour)

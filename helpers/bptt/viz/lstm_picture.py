"""Draw the LSTM cell as a computation graph: the memory along the top, the gates below it."""

from collections.abc import Mapping

import numpy as np

from bptt.lstm import LSTMCellCache, lstm_cell_z
from bptt.types import Array
from bptt.viz import lstm_nodes, style
from bptt.viz.cell_picture import CellPicture, bend
from bptt.viz.draw import Point


class LSTMPicture(CellPicture):
    """Computation graph of an LSTM cell."""

    name = "LSTM"
    nodes = lstm_nodes.NODES
    outside = lstm_nodes.OUTSIDE
    carried = lstm_nodes.CARRIED
    layouts = lstm_nodes.PAGE, lstm_nodes.WIDE, lstm_nodes.COLUMN
    places: lstm_nodes.LSTMPlaces
    longest, widest_entry = 30.0, 6.0
    apart = ("W", "b")

    @staticmethod
    def values(cache: LSTMCellCache) -> dict[str, Array]:
        """Return weights, inputs and everything that the cell computes."""
        z = lstm_cell_z(cache.xt, cache.a_prev, cache.parameters)
        tanh = np.tanh(cache.c_next)
        kept = {name: values for name, values in cache._asdict().items() if name != "parameters"}
        return (
            {name: cache.parameters[name] for gate in lstm_nodes.GATES for name in (f"W{gate}", f"b{gate}")}
            | kept
            | dict(zip(("zf", "zi", "zc", "zo"), z, strict=True))
            | {"ft * c_prev": cache.ft * cache.c_prev, "it * cct": cache.it * cache.cct, "tanh(c_next)": tanh}
        )

    @staticmethod
    def words(shapes: Mapping[str, str]) -> str:
        """Return what the cell computes, in words, each array with its shape."""

        def named(name: str) -> str:
            return f"{name} {shapes[name]}"

        return (
            f"{named('a_prev')} stands above {named('xt')}; four weighted inputs of both, each with weights such as "
            f"{named('Wf')} and a bias such as {named('bf')}, give zf, zi, zc and zo, and these give the gates ft, it "
            f"and ot and the candidate cct, each {shapes['ft']}. The memory runs along the top: {named('c_prev')} "
            f"times ft, plus it times cct, is {named('c_next')}. It goes to the next cell and, through tanh and times "
            f"ot, becomes {named('a_next')}, which goes to the prediction of this step and to the next cell."
        )

    def edges(self) -> None:
        """Draw the edges forward, and on a second track backward where gradients flow."""
        self._memory()
        self._write()
        self._show()
        self._inputs()
        p = self.places
        bottom, top = p.weights - p.weights_size[1] / 2, p.activation + p.activation_size[1] / 2
        for gate, x in p.gates.items():
            self._two_tracks((x, bottom), (x, top), "dz", (lstm_nodes.OF_GATE[gate], f"W{gate}"))

    def _memory(self) -> None:
        """Draw the road along the top."""
        p = self.places
        y, r, dot, fork, product = p.highway, p.radius, p.dot, p.show[0], p.gates["f"]
        to_next = "next cell", "c_next"
        self._two_tracks((p.right, y), (product - r, y), "dc_prev", ("ft * c_prev", "c_prev"))
        self._two_tracks((product + r, y), (p.join - r, y), "dc", ("sum", "ft * c_prev"))
        self._two_tracks((p.join + r, y), (fork - dot, y), "dc", ("c_next", "sum"))
        self._two_tracks((fork + dot, y), (p.to_next, y), "dc_next", to_next)
        self._road(((fork + p.to_next) / 2, y - 13), "memory path", style.MEMORY_PATH_TEXT, to_next, "center")

    def _write(self) -> None:
        """Draw the ways from the forget gate, the update gate and the candidate up to the memory."""
        p, s, r = self.places, self.track, self.places.radius
        top, forget = p.activation - p.activation_size[1] / 2, p.gates["f"]
        self._two_tracks((forget, top), (forget, p.highway + r), "dz", ("ft * c_prev", "ft"))
        self._two_tracks((p.join, p.write - r), (p.join, p.highway + r), "dc", ("sum", "it * cct"))
        for gate, side in (("i", -1), ("c", 1)):
            # Forward takes the outer side of the bend, so that the tracks never cross.
            x = p.join + side * r
            self._forward(bend((x, p.write - s), (p.gates[gate] + side * s, top))[::-1])
            back = bend((x, p.write + s), (p.gates[gate] - side * s, top))
            self._backward(back, "dz", ("it * cct", lstm_nodes.OF_GATE[gate]))

    def _show(self) -> None:
        """Draw the ways from the memory and the output gate to the state, and where the state goes."""
        p, s, r = self.places, self.track, self.places.radius
        (x, y), half, fork = p.show, p.activation_size[1] / 2, p.fork
        top, show = p.activation - half, "ot * tanh(c_next)"
        self._two_tracks((x, p.highway + p.dot), (x, p.tanh - half), "da_next", ("tanh", "c_next"))
        self._two_tracks((x, p.tanh + half), (x, y - r), "da_next", (show, "tanh"))
        self._forward(bend((x - r, y - s), (p.gates["o"] - s, top))[::-1])
        self._backward(bend((x - r, y + s), (p.gates["o"] + s, top)), "dz", (show, "ot"))
        next_cell, prediction = ("next cell", "a_next"), ("prediction", "a_next")
        self._two_tracks((x + r, y), (fork - p.dot, y), "da_next", ("a_next", show))
        self._two_tracks((fork + p.dot, y), (p.to_next, y), "time path", next_cell)
        self._two_tracks((fork, y + p.dot), (fork, p.loss[0] - 2), "loss path", prediction)
        self._road((fork + 9, 249), "loss path", style.LOSS_PATH, prediction)
        self._road((fork + 9, 223), "time path", style.TIME_PATH_TEXT, next_cell)

    def _inputs(self) -> None:
        """Draw the ways from both inputs to the four weights."""
        p, s = self.places, self.track
        x, y, (wide, tall) = p.stack, p.bus, p.stack_size
        for name, side in (("a_prev", -1), ("xt", 1)):
            port = y + side * tall / 4
            self._two_tracks((p.right, port), (x - wide / 2, port), "d" + name, (lstm_nodes.BOTH, name))
        right, bottom = x + wide / 2, p.weights + p.weights_size[1] / 2
        self.sheet.line([(right, y + s), (p.gates["o"] - s, y + s)], style.VALUE, z=1.9)
        passed = [at for gate, at in p.gates.items() if (f"W{gate}", lstm_nodes.BOTH) in self.back]
        for at in p.gates.values():
            self._forward([(at - s, y + s), (at - s, bottom)])
            if at in passed:
                self.sheet.line([(at + s, bottom), (at + s, y - s)], style.SUM, width=1.8, z=2.4)
        if passed:
            self._arrow([(max(passed) + s, y - s), (right, y - s)], "dz")

    def leaves(self) -> None:
        """Draw the three inputs of the cell, each with its value and, if known, its gradient."""
        p = self.places
        left, width, tall = p.leaf
        for name, y in p.rows.items():
            top = y - tall / 2
            self.sheet.box((left, top, width, tall), edge=style.HAIRLINE)
            if not p.arrays:
                self.sheet.code((left + width / 2, y), name, size=9, bold=True)
                continue
            self.sheet.code((left + 7, y - 7), name, size=9, bold=True, side="left")
            self.sheet.text(
                (left + 7, y + 9), lstm_nodes.LEAVES[name], size=style.SMALL, colour=style.MUTED, side="left"
            )
            x = p.right - (62 if self.given else 40)
            self._array(name, (x, top + 30))
            if p.shapes:
                self._label((x, top + 8), self.shapes[name])
            gradient = "d" + name
            if gradient in self.known:
                self._array(gradient, (x + 36, top + 30))
                self._label((x + 36, top + 8), gradient, self._ink(gradient))

    def operations(self) -> None:
        """Draw the nodes that compute, and where the memory and the state go."""
        p = self.places
        centres = {name: at for name, (at, _, _) in p.sizes().items()}
        for name, sign in (("ft * c_prev", "*"), ("it * cct", "*"), ("sum", "+"), ("ot * tanh(c_next)", "*")):
            self.sheet.circle(centres[name], p.radius)
            self.sheet.code(centres[name], sign, size=12)
        wide, tall = p.activation_size
        for name, words in (("ft", "σ"), ("it", "σ"), ("cct", "tanh"), ("ot", "σ"), ("tanh", "tanh")):
            x, y = centres[name]
            self.sheet.box((x - wide / 2, y - tall / 2, wide, tall), radius=7, edge=style.INK, width=1.1, z=3)
            self.sheet.code((x, y), words, size=9)
        for name in ("c_next", "a_next"):
            self.sheet.dot(centres[name], p.dot)
        for gate in lstm_nodes.GATES:
            self._weights(gate)
        self._stack()
        for box in p.next_cell:
            self._named_box(box, "next\ncell" if p.arrays else "")
        top, wide, tall = p.loss
        self._named_box((p.fork - wide / 2, top, wide, tall), "prediction,\nloss" if p.arrays else "loss")
        if not p.arrays:
            x, y = p.show
            self.sheet.text((self.sheet.width - 1, 14), "next cell", size=style.SMALL, colour=style.MUTED, side="right")
            self._label((x, p.highway - 17), "c_next")
            self._label((x + 4, (p.tanh + y) / 2 + 1), "a_next", side="left")

    def _weights(self, gate: str) -> None:
        """Draw one weighted input: its weights and its bias, and their gradients if known."""
        p = self.places
        (x, y), (wide, tall) = (p.gates[gate], p.weights), p.weights_size
        left = x - wide / 2
        self.sheet.box((left, y - tall / 2, wide, tall), edge=style.INK, z=3)
        if not p.arrays:
            self._label((x, y), f"W{gate}", style.INK, bold=True)
            return
        rows = [(f"W{gate}", f"b{gate}"), (f"dW{gate}", f"db{gate}")]
        shown = [row for row in rows if any(name in self.arrays for name in row)]
        for row, at in zip(shown, (y - 13, y + 13) if len(shown) > 1 else (y,), strict=True):
            for name, shift in zip(row, (-6, 6), strict=True):
                if self._shows(name):
                    colour = self._ink(name) if name in self.given else style.INK
                    self._label((left + 12, at + shift), name, colour, bold=name not in self.given)
            self._in_box(row, left + 24, at)

    def _in_box(self, names: tuple[str, str], left: float, middle: float) -> None:
        rows = self.arrays["ft"].shape[0]
        tall = min(22.0, 5.0 * rows)
        for name, at, wide in zip(names, (left, left + 35), (31.0, 5.0), strict=True):
            if self._shows(name):
                self._heatmap(name, (at, middle - tall / 2, wide, tall))

    def _stack(self) -> None:
        """Draw one input above the other."""
        p = self.places
        x, y, (wide, tall) = p.stack, p.bus, p.stack_size
        self.sheet.box((x - wide / 2, y - tall / 2, wide, tall), radius=2, edge=style.INK, width=1.1, z=3)
        self.sheet.line([(x - wide / 2, y), (x + wide / 2, y)], width=0.8, z=4)
        self._label((x - wide / 2, y + tall / 2 + 12), lstm_nodes.BOTH, side="left")

    def arrays_on_edges(self) -> None:
        """Draw values left of upright edges and above level ones, and gradients on the other side."""
        p, show = self.places, self.places.show
        y = (p.activation + p.activation_size[1] / 2 + p.weights - p.weights_size[1] / 2) / 2
        for gate, x in p.gates.items():
            for name, at in ((f"z{gate}", x - 20), (f"dz{gate}", x + 20)):
                self._labelled(name, (at, y - 8), below=True)
            self._labelled(lstm_nodes.OF_GATE[gate], (x - 20, show[1]), below=False)
        x, state = (p.join + show[0]) / 2, (show[0] + p.radius + p.fork - p.dot) / 2
        for name, at in (("ft * c_prev", (p.gates["f"] + p.join) / 2), ("c_next", x)):
            self._labelled(name, (at, p.highway - 7 - self._half(name)), below=False)
        for name, at, y in (("dc", x, p.highway), ("da_next", state, show[1])):
            self._labelled(name, (at, y + 7 + self._half(name)), below=True)
        # With a label above or below they would be too near to each other.
        self._labelled_right("dc_next", (state, p.highway + 7 + self._half("dc_next")))
        self._labelled_right("a_next", (state, show[1] - 6 - self._half("a_next")))

    def _half(self, name: str) -> float:
        return self._size(name)[1] / 2 if name in self.arrays else 0.0

    def _labelled_right(self, name: str, centre: Point) -> None:
        if self._shows(name):
            self._array(name, centre)
            at = (centre[0] + self._size(name)[0] / 2 + 4, centre[1])
            self._label(at, name, self._ink(name), side="left")

    def _labelled(self, name: str, centre: Point, *, below: bool) -> None:
        if self._shows(name):
            self._array(name, centre)
            away = self._half(name) + 7
            self._label((centre[0], centre[1] + (away if below else -away)), name, self._ink(name))

    def _ink(self, name: str) -> str:
        """Return the colour of a label: that of a mistake where a gradient has another shape than what it is of."""
        if name not in self.given:
            return style.MUTED
        of = "c_next" if name == "dc" else name[1:]
        return style.INK if self.shapes[name] == self.shapes[of] else style.WRONG

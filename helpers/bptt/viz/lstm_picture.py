"""Draw the LSTM cell as a computation graph: the memory along the top, the gates below it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.patches import Circle

from bptt.lstm import LSTMCellCache, lstm_cell_z
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz import lstm_nodes as nodes
from bptt.viz.cell_picture import CellPicture, Names, bend

_TO_NEXT = 558.0
_LOSS_TOP = 266.0
_STATE = (nodes.SHOW[0] + nodes.RADIUS + nodes.FORK - 5) / 2
"""Middle of the edge that carries the state."""


class LSTMPicture(CellPicture):
    """Computation graph of an LSTM cell."""

    name = "LSTM"
    nodes = nodes.NODES
    height = 434.0
    longest, widest_entry = 30.0, 6.0
    apart = ("W", "b")

    @staticmethod
    def values(cache: LSTMCellCache) -> dict[str, Array]:
        """Return weights, inputs and everything that the cell computes."""
        z = lstm_cell_z(cache.xt, cache.a_prev, cache.parameters)
        tanh = np.tanh(cache.c_next)
        kept = {name: values for name, values in cache._asdict().items() if name != "parameters"}
        return (
            {name: cache.parameters[name] for gate in nodes.GATES for name in (f"W{gate}", f"b{gate}")}
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
        """Draw the edges forward, and on a second track those of the known gradients backward."""
        z: dict[str, Names] = {g: {f"dz{g}", f"dW{g}", f"db{g}", "dxt", "da_prev"} for g in nodes.GATES}
        dc = {"dc", "dc_prev"} | z["f"] | z["i"] | z["c"]
        self._memory(dc)
        self._write(z)
        self._show(dc, z["o"])
        self._inputs()
        for gate, x in nodes.GATES.items():
            bottom = nodes.WEIGHTS - nodes.WEIGHTS_SIZE[1] / 2
            top = nodes.ACTIVATION + nodes.ACTIVATION_SIZE[1] / 2
            self._two_tracks((x, bottom), (x, top), "dz", z[gate])

    def _memory(self, dc: Names) -> None:
        """Draw the road along the top."""
        y, r, fork = nodes.HIGHWAY, nodes.RADIUS, nodes.SHOW[0]
        product, join = nodes.GATES["f"], nodes.WRITE[0]
        self._two_tracks((nodes.LEAF_RIGHT, y), (product - r, y), "dc_prev", {"dc_prev"})
        # Back over the sum only where somebody waits for it.
        self._two_tracks((product + r, y), (join - r, y), "dc", dc)
        self._two_tracks((join + r, y), (fork - 5, y), "dc", dc)
        to_memory = {"dc_next"} | dc
        self._two_tracks((fork + 5, y), (_TO_NEXT, y), "dc_next", to_memory)
        self._road(((fork + _TO_NEXT) / 2, y - 13), "memory path", style.MEMORY_PATH_TEXT, to_memory, "center")

    def _write(self, z: Mapping[str, Names]) -> None:
        """Draw the ways from the forget gate, the update gate and the candidate up to the memory."""
        s, r, top = self.track, nodes.RADIUS, nodes.ACTIVATION - nodes.ACTIVATION_SIZE[1] / 2
        x, y = nodes.WRITE
        forget = nodes.GATES["f"]
        self._two_tracks((forget, top), (forget, nodes.HIGHWAY + r), "dz", z["f"])
        self._two_tracks((x, y - r), (x, nodes.HIGHWAY + r), "dc", z["i"] | z["c"])
        for gate, side in (("i", -1), ("c", 1)):
            # Forward takes the outer side of the bend, so that the tracks never cross.
            self._forward(bend((x + side * r, y - s), (nodes.GATES[gate] + side * s, top))[::-1])
            self._backward(bend((x + side * r, y + s), (nodes.GATES[gate] - side * s, top)), "dz", z[gate])

    def _show(self, dc: Names, dzo: Names) -> None:
        """Draw the ways from the memory and the output gate to the state, and where the state goes."""
        s, r, top = self.track, nodes.RADIUS, nodes.ACTIVATION - nodes.ACTIVATION_SIZE[1] / 2
        x, y = nodes.SHOW
        half = nodes.ACTIVATION_SIZE[1] / 2
        self._two_tracks((x, nodes.HIGHWAY + 5), (x, nodes.TANH - half), "da_next", dc)
        self._two_tracks((x, nodes.TANH + half), (x, y - r), "da_next", dc)
        self._forward(bend((x - r, y - s), (nodes.GATES["o"] - s, top))[::-1])
        self._backward(bend((x - r, y + s), (nodes.GATES["o"] + s, top)), "dz", dzo)
        to_state = {"da_next"} | dc | dzo
        self._two_tracks((x + r, y), (nodes.FORK - 5, y), "da_next", to_state)
        self._two_tracks((nodes.FORK + 5, y), (_TO_NEXT, y), "time path", to_state)
        self._two_tracks((nodes.FORK, y + 5), (nodes.FORK, _LOSS_TOP), "loss path", to_state)
        self._road((nodes.FORK + 9, 249), "loss path", style.LOSS_PATH, to_state)
        self._road((nodes.FORK + 9, 223), "time path", style.TIME_PATH_TEXT, to_state)

    def _inputs(self) -> None:
        """Draw the ways from both inputs to the four weights."""
        s = self.track
        (x, y), (wide, tall) = nodes.STACK, nodes.STACK_SIZE
        back = {"da_prev", "dxt"}
        for name, side in (("a_prev", -1), ("xt", 1)):
            port = y + side * tall / 4
            self._two_tracks((nodes.LEAF_RIGHT, port), (x - wide / 2, port), "d" + name, {"d" + name})
        right, bottom = x + wide / 2, nodes.WEIGHTS + nodes.WEIGHTS_SIZE[1] / 2
        last = nodes.GATES["o"]
        self.page.plot([right, last - s], [y + s] * 2, color=style.VALUE, linewidth=1.0, zorder=1.9)
        for at in nodes.GATES.values():
            self._forward([(at - s, y + s), (at - s, bottom)])
            if self._known(back):
                look: dict[str, Any] = {"color": style.SUM, "linewidth": 1.8, "zorder": 2.4}
                self._found(back, *self.page.plot([at + s] * 2, [bottom, y - s], **look))
        self._backward([(last + s, y - s), (right, y - s)], "dz", back)

    def leaves(self) -> None:
        """Draw the three inputs of the cell, each with its value and, if given, its gradient."""
        left, tall = nodes.LEAF_LEFT, nodes.LEAF_HEIGHT
        for name, y in nodes.ROWS.items():
            top = y - tall / 2
            draw.box(self.page, (left, top, nodes.LEAF_WIDTH, tall), edgecolor=style.HAIRLINE)
            draw.code(self.page, (left + 7, y - 7), name, size=9, weight="bold", ha="left")
            draw.text(self.page, (left + 7, y + 9), nodes.LEAVES[name], size=style.SMALL, color=style.MUTED, ha="left")
            x = left + (62 if self.given else 80)
            self._array(name, (x, top + 30))
            self._label((x, top + 8), self.shapes[name])
            gradient = "d" + name
            if gradient in self.given:
                self._array(gradient, (x + 36, top + 30))
                self._label((x + 36, top + 8), gradient, self._ink(gradient))

    def operations(self) -> None:
        """Draw the nodes that compute, and where the memory and the state go."""
        outline: dict[str, Any] = {"facecolor": "white", "edgecolor": style.INK, "linewidth": 1.1, "zorder": 3}
        for name, sign in (("ft * c_prev", "*"), ("it * cct", "*"), ("sum", "+"), ("ot * tanh(c_next)", "*")):
            at = nodes.NODES[name].at
            self.page.add_patch(Circle(at, nodes.RADIUS, **outline))
            draw.code(self.page, at, sign, size=12, zorder=4)
        wide, tall = nodes.ACTIVATION_SIZE
        for name, words in (("ft", "σ"), ("it", "σ"), ("cct", "tanh"), ("ot", "σ"), ("tanh", "tanh")):
            x, y = nodes.NODES[name].at
            draw.box(self.page, (x - wide / 2, y - tall / 2, wide, tall), radius=7, **outline)
            draw.code(self.page, (x, y), words, size=9, zorder=4)
        for name in ("c_next", "a_next"):
            self.page.add_patch(Circle(nodes.NODES[name].at, 5, facecolor=style.INK, zorder=3))
        for gate in nodes.GATES:
            self._weights(gate)
        self._stack()
        top = nodes.HIGHWAY - 18
        for (x, y, width, height), words in (
            ((_TO_NEXT + 2, top, 36, nodes.SHOW[1] + 16 - top), "next\ncell"),
            ((nodes.FORK - 36, _LOSS_TOP + 2, 72, 32), "prediction,\nloss"),
        ):
            draw.box(self.page, (x, y, width, height), edgecolor=style.HAIRLINE)
            centre = (x + width / 2, y + height / 2)
            draw.text(self.page, centre, words, size=style.SMALL, color=style.MUTED, linespacing=1.25)

    def _weights(self, gate: str) -> None:
        """Draw one weighted input: its weights and its bias, and their gradients if given."""
        (x, y), (wide, tall) = (nodes.GATES[gate], nodes.WEIGHTS), nodes.WEIGHTS_SIZE
        left = x - wide / 2
        draw.box(
            self.page, (left, y - tall / 2, wide, tall), radius=5, facecolor="white", edgecolor=style.INK, zorder=3
        )
        rows = [(f"W{gate}", f"b{gate}"), (f"dW{gate}", f"db{gate}")]
        shown = [row for row in rows if any(name in self.arrays for name in row)]
        for row, at in zip(shown, (y - 13, y + 13) if len(shown) > 1 else (y,), strict=True):
            for name, shift in zip(row, (-6, 6), strict=True):
                if name not in self.arrays:
                    continue
                ink, weight = (self._ink(name), "normal") if name in self.given else (style.INK, "bold")
                look: dict[str, Any] = {"ink": ink, "weight": weight, "zorder": 4}
                self._label((left + 12, at + shift), name, **look)
            self._in_box(row, left + 24, at)

    def _in_box(self, names: tuple[str, str], left: float, middle: float) -> None:
        rows = self.arrays["ft"].shape[0]
        tall = min(22.0, 5.0 * rows)
        for name, at, wide in zip(names, (left, left + 35), (31.0, 5.0), strict=True):
            if name in self.arrays:
                box = (at, middle - tall / 2, wide, tall)
                self._heatmap(name, box)

    def _stack(self) -> None:
        """Draw one input above the other."""
        (x, y), (wide, tall) = nodes.STACK, nodes.STACK_SIZE
        look: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 1.1, "zorder": 3, "radius": 2}
        draw.box(self.page, (x - wide / 2, y - tall / 2, wide, tall), **look)
        self.page.plot([x - wide / 2, x + wide / 2], [y, y], color=style.INK, linewidth=0.8, zorder=4)
        self._label((x + 20, y + tall / 2 + 12), nodes.BOTH)

    def arrays_on_edges(self) -> None:
        """Draw values left of upright edges and above level ones, and gradients on the other side."""
        y = (nodes.ACTIVATION + nodes.ACTIVATION_SIZE[1] / 2 + nodes.WEIGHTS - nodes.WEIGHTS_SIZE[1] / 2) / 2
        for gate, x in nodes.GATES.items():
            for name, at in ((f"z{gate}", x - 20), (f"dz{gate}", x + 20)):
                self._labelled(name, (at, y - 4), below=True)
        for name, at_x in (("ft", 196.0), ("it", 270.0), ("cct", 385.0), ("ot", 417.0)):
            self._labelled(name, (at_x, nodes.SHOW[1]), below=False)
        x = (nodes.WRITE[0] + nodes.SHOW[0]) / 2
        for name, at_x in (("ft * c_prev", (nodes.GATES["f"] + nodes.WRITE[0]) / 2), ("c_next", x)):
            self._labelled(name, (at_x, nodes.HIGHWAY - 7 - self._half(name)), below=False)
        for name, y in (("dc", nodes.HIGHWAY), ("da_next", nodes.SHOW[1])):
            at_x = x if name == "dc" else _STATE
            self._labelled(name, (at_x, y + 7 + self._half(name)), below=True)
        # With a label above or below they would be too near to each other.
        self._labelled_right("dc_next", (_STATE, nodes.HIGHWAY + 7 + self._half("dc_next")))
        self._labelled_right("a_next", (_STATE, nodes.SHOW[1] - 6 - self._half("a_next")))

    def _half(self, name: str) -> float:
        return self._size(name)[1] / 2 if name in self.arrays else 0.0

    def _labelled_right(self, name: str, centre: draw.Point) -> None:
        if name not in self.arrays:
            return
        self._array(name, centre)
        at = (centre[0] + self._size(name)[0] / 2 + 4, centre[1])
        self._label(at, name, self._ink(name), ha="left")

    def _labelled(self, name: str, centre: draw.Point, *, below: bool) -> None:
        if name not in self.arrays:
            return
        self._array(name, centre)
        away = self._half(name) + 7
        self._label((centre[0], centre[1] + (away if below else -away)), name, self._ink(name))

    def _ink(self, name: str) -> str:
        """Return the colour of a label: that of a mistake where a gradient has another shape than what it is of."""
        if name not in self.given:
            return style.MUTED
        of = "c_next" if name == "dc" else name[1:]
        return style.INK if self.shapes[name] == self.shapes[of] else style.WRONG

    def key(self) -> None:
        """Draw the key to lines and tints."""
        x, y = style.MARGIN + 6, 170.0
        self._key_value(x, y)
        self._key_gradient(x, y + 19, "dz", "gradient, flows back")
        self._key_gradient(x, y + 38, "dc", "gradient of the memory")
        self._key_tints(x, y + (57 if self.given else 19))

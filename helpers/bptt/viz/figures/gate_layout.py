"""Draw the weights of the four LSTM gates as blocks of one matrix, in two orders."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box

_GATES = "fico"
_AFTER = {"f": "σ → ft", "i": "σ → it", "c": "tanh → cct", "o": "σ → ot"}
_TOP, _BLOCK = 72.0, 44.0
"""Top of the matrix, and height of each of its blocks."""
_TALL = len(_GATES) * _BLOCK
_NAMES, _MIN_WIDTH_POINTS, _MAX_WIDTH_POINTS = 26.0, 64.0, 132.0
"""Room for the names at the left, and least and greatest width of the matrix."""
_PRODUCT, _PLUS, _EXAMPLES = 32.0, 52.0, 40.0
"""Room for the signs, and width of what has a column for each example."""
_SLICES, _ARROWS, _OTHER = 82.0, 96.0, 46.0
"""Room for the slices beside the product, for the arrows, and width of the other order's blocks."""
_MARKED = "#F7F0A0"
"""The highlight's yellow, pale enough for text on it."""
_MIN_PART_POINTS = 16.0
_MIN_ENTRY_POINTS = 5.0
"""Smaller entries have no lines between them: those would fill the matrix."""


@style.styled
def gate_layout(n_a: int = 5, n_x: int = 3, order: str = "fico") -> Card:
    """Draw the four weight matrices of an LSTM as one, and what the slices of its product are.

    Wf, Wi, Wc and Wo stand on top of each other, so that one product with ``[a_prev; xt]`` gives all four weighted
    inputs. The rows say which gate, the columns which input. Beside it, the same blocks in another order.

    Parameters
    ----------
    n_a, n_x : int
        Features of the hidden state and of the input.
    order : str
        The letters f, i, c and o in the order of the blocks, from top to bottom.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a size is not positive, or ``order`` has other letters.
    """
    if min(n_a, n_x) < 1:
        raise ValueError(f"n_a and n_x have to be at least 1, not {n_a} and {n_x}.")
    if sorted(order) != sorted(_GATES):
        raise ValueError(f"An order has each of the letters f, i, c and o once, not {order!r}.")
    other = "ifco" if order == _GATES else _GATES
    rows = f"rows {', '.join(order)}: {4 * n_a} of them, {n_a} for each gate"
    card = Card(
        _TOP + _TALL + 70,
        title="Four gates, one matrix",
        caption=f"Read from top to bottom: the gates come in the order {', '.join(order)}; one product for all.",
        description=(
            f"W ({4 * n_a}, {n_a + n_x}) has {rows}. Its first {n_a} columns meet a_prev, the other {n_x} meet xt. W "
            f"times [a_prev; xt] ({n_a + n_x}, m), plus b in the same order, is z ({4 * n_a}, m), and "
            + ", ".join(f"{_slice(k, n_a)} is z{gate}" for k, gate in enumerate(order))
            + f". In another order, {', '.join(other)}, the same rows only change places."
        ),
    )
    picture = _Picture(card.page, n_a, n_x)
    right = picture.product(order)
    picture.other_order(order, other, right)
    words = (
        "Marked: the rows of the forget gate. Another order of the blocks only moves the rows; their numbers stay the "
        "same."
    )
    draw.text(card.page, (style.MARGIN, card.height - 18), words, ha="left")
    return card


def _slice(k: int, n_a: int) -> str:
    return f"z[{k * n_a}:{(k + 1) * n_a}]"


class _Picture:
    """The product and the other order of its blocks; each public method draws one of them."""

    def __init__(self, page: Axes, n_a: int, n_x: int) -> None:
        self.page = page
        self.n_a, self.n_x = n_a, n_x
        entry = _BLOCK / n_a
        both = n_a + n_x
        self.wide = min(max(entry * both, _MIN_WIDTH_POINTS), _MAX_WIDTH_POINTS)
        self.tall = min(max(entry * both, 3 * _MIN_PART_POINTS), _TALL)
        share = n_a / both
        self.split = min(max(share * self.tall, _MIN_PART_POINTS), self.tall - _MIN_PART_POINTS)
        self.cut = self.wide * share

    def product(self, order: str) -> float:
        """Draw W @ [a_prev; xt] + b = z; return the right end of the slices beside it, in points."""
        whole = _NAMES + self.wide + _PRODUCT + _PLUS + 2 * _EXAMPLES + _SLICES + _ARROWS + _OTHER
        page, x = self.page, (style.WIDTH - whole) / 2 + _NAMES
        matrix = (x, _TOP, self.wide, _TALL)
        self._blocks(matrix, order, cut=self.cut)
        self._lines(matrix, 4 * self.n_a, self.n_a + self.n_x)
        for k, gate in enumerate(order):
            y = _TOP + (k + 0.5) * _BLOCK
            draw.code(page, (x - 8, y), f"W{gate}", size=style.BODY, weight="bold", ha="right")
        look: dict[str, Any] = {"size": style.LABEL, "color": style.MUTED}
        draw.code(page, (x, _TOP - 10), "a_prev", ha="left", **look)
        draw.code(page, (x + self.wide, _TOP - 10), "xt", ha="right", **look)
        self._write_below("W", f"({4 * self.n_a}, {self.n_a + self.n_x})", matrix)
        x += self.wide + _PRODUCT
        draw.code(page, (x - _PRODUCT / 2, _TOP + _TALL / 2), "@", size=14)
        self._inputs(x)
        x += _EXAMPLES + _PLUS
        draw.code(page, (x - _PLUS / 2, _TOP + _TALL / 2), "+ b =", size=11)
        result = (x, _TOP, _EXAMPLES, _TALL)
        self._blocks(result, order)
        self._write_below("z", f"({4 * self.n_a}, m)", result)
        x += _EXAMPLES
        for k, gate in enumerate(order):
            y = _TOP + (k + 0.5) * _BLOCK
            draw.code(page, (x - _EXAMPLES / 2, y), f"z{gate}", size=style.BODY, weight="bold", zorder=4)
            draw.code(page, (x + 9, y - 6), _slice(k, self.n_a), size=style.LABEL, ha="left")
            draw.code(page, (x + 9, y + 7), _AFTER[gate], size=style.LABEL, color=style.MUTED, ha="left")
        return x + _SLICES

    def _inputs(self, left: float) -> None:
        """Draw both inputs, one above the other."""
        top = _TOP + (_TALL - self.tall) / 2
        for y, tall, name, tint in (
            (top, self.split, "a_prev", style.SHADE),
            (top + self.split, self.tall - self.split, "xt", "white"),
        ):
            look: dict[str, Any] = {"edgecolor": style.VALUE, "linewidth": 1.2, "zorder": 3}
            self.page.add_patch(Rectangle((left, y), _EXAMPLES, tall, facecolor=tint, **look))
            draw.code(self.page, (left + _EXAMPLES / 2, y + tall / 2), name, size=style.LABEL, zorder=4)
        self._write_below("[a_prev; xt]", f"({self.n_a + self.n_x}, m)", (left, top, _EXAMPLES, self.tall))

    def _blocks(self, at: Box, order: str, *, cut: float | None = None) -> None:
        """Draw a block for each gate, shaded up to ``cut`` points from the left, as the input of these columns is."""
        left, top, wide, _ = at
        for k, gate in enumerate(order):
            y = top + k * _BLOCK
            paper = _MARKED if gate == "f" else "white"
            self.page.add_patch(Rectangle((left, y), wide, _BLOCK, facecolor=paper, linewidth=0, zorder=2))
            if cut:
                self.page.add_patch(
                    Rectangle((left, y), cut, _BLOCK, facecolor=style.VALUE, alpha=0.18, linewidth=0, zorder=2.2)
                )
            look: dict[str, Any] = {"fill": False, "edgecolor": style.VALUE, "linewidth": 1.2, "zorder": 3}
            self.page.add_patch(Rectangle((left, y), wide, _BLOCK, **look))
        if cut:
            self.page.plot([left + cut] * 2, [top, top + _TALL], color=style.VALUE, linewidth=1.2, zorder=3)

    def _lines(self, at: Box, rows: int, cols: int) -> None:
        """Draw lines between the entries, where they are large enough to count."""
        left, top, wide, tall = at
        if min(wide / cols, tall / rows) < _MIN_ENTRY_POINTS:
            return
        down = [[(left, top + tall * i / rows), (left + wide, top + tall * i / rows)] for i in range(1, rows)]
        along = [[(left + wide * i / cols, top), (left + wide * i / cols, top + tall)] for i in range(1, cols)]
        self.page.add_collection(LineCollection(down + along, colors=style.HAIRLINE, linewidths=0.6, zorder=2.5))

    def _write_below(self, name: str, shape: str, at: Box) -> None:
        left, top, wide, tall = at
        x, y = left + wide / 2, top + tall
        draw.code(self.page, (x, y + 13), name, size=style.BODY, weight="bold")
        draw.code(self.page, (x, y + 26), shape, size=style.LABEL, color=style.MUTED)

    def other_order(self, order: str, other: str, start: float) -> None:
        """Draw the blocks in another order, with an arrow from each block to its new place."""
        left = start + _ARROWS
        self._blocks((left, _TOP, _OTHER, _TALL), other)
        for k, gate in enumerate(order):
            y0, y1 = (_TOP + (place + 0.5) * _BLOCK for place in (k, other.index(gate)))
            bend = _ARROWS / 2
            curve = [(start, y0), (start + bend, y0), (left - bend, y1), (left - 2, y1)]
            draw.arrow(self.page, curve, color=style.VALUE)
            draw.code(self.page, (left + _OTHER / 2, y1), f"z{gate}", size=style.BODY, weight="bold", zorder=4)
        words = f"another order: {', '.join(other)}"
        draw.text(self.page, (left + _OTHER, _TOP - 10), words, size=style.SMALL, color=style.MUTED, ha="right")

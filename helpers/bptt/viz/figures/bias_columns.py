"""Draw a bias that is copied to every example forward, and its gradient, summed over the examples backward."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box, Point, Tint
from bptt.wording import plural

_COLUMN, _EXAMPLES, _END = 64.0, 218.0, 388.0
"""Middle of the single column, left and right end of the examples."""
_FORWARD, _BACKWARD = 74.0, 182.0
"""Tops of the arrays in the two rows of the figure."""
_TALL = 70.0
_MAX_SEPARATE_EXAMPLES = 6
"""Up to this number, examples have a gap between them."""


@style.styled
def bias_columns(dz: Array, dba: Array | None = None) -> Card:
    """Draw why a bias's gradient is a sum over all examples, and which shape it has.

    Parameters
    ----------
    dz : ndarray (n_a, m)
        Gradient of the input of tanh: one column for each example.
    dba : ndarray, optional
        The learner's gradient of the bias, drawn by its shape: as the column if it is ``(n_a, 1)``, as the mistake if
        it is ``(n_a,)``. Without it, both stay empty.

    Returns
    -------
    Figure
    """
    dz = draw.as_matrix(dz)
    n, m = dz.shape
    yours = np.empty(0) if dba is None else np.asarray(dba, dtype=float)
    given_shape = "" if dba is None else f" The given dba has shape {draw.shape(yours)}."
    card = Card(
        276,
        title=f"One bias, {plural(m, 'example')}",
        caption="Look along a row: the bias is copied to every example, and the gradients of all examples are added up."
        + given_shape,
        description=(
            f"Forward: the column ba ({n}, 1) is copied to {m} columns, one for each example. Backward: the {m} "
            f"columns of dz ({n}, {m}) are added up to one column, dba ({n}, 1), the shape of ba. Beside it, what it "
            f"must not be: flat, of shape ({n},), which NumPy reads as a row: ba plus a row has shape ({n}, {n})."
            + given_shape
        ),
    )
    picture = _Picture(card.page, dz, yours)
    picture.forward()
    picture.backward()
    picture.flat_array()
    return card


class _Picture:
    """The figure; each public method draws one part of it."""

    def __init__(self, page: Axes, dz: Array, yours: Array) -> None:
        self.page = page
        self.dz = dz
        self.yours = yours
        self.n, self.m = dz.shape
        self.scale = draw.largest(dz, yours)
        self.yours_tint = Tint(style.YOURS, self.scale)
        self.gap = 4.0 if self.m <= _MAX_SEPARATE_EXAMPLES else 0.0
        self.wide = min(27.0, (_END - _EXAMPLES - self.gap * (self.m - 1)) / self.m)
        self.tall = min(14.0, _TALL / self.n)

    @property
    def height(self) -> float:
        """Height of a column, in points."""
        return self.n * self.tall

    def columns(self, top: float) -> list[Box]:
        """Return the boxes of the examples; where they have no gaps, one box for all."""
        if not self.gap:
            return [(_EXAMPLES, top, self.wide * self.m, self.height)]
        return [(_EXAMPLES + i * (self.wide + self.gap), top, self.wide, self.height) for i in range(self.m)]

    def forward(self) -> None:
        """Draw the bias, and its copies for the examples."""
        middle = _FORWARD + self.height / 2
        one = (_COLUMN - 13.5, _FORWARD, 27.0, self.height)
        for at in (one, *self.columns(_FORWARD)):
            self._blank(at, style.VALUE, self.n, 1 if self.gap or at is one else self.m)
        self._write_above((_COLUMN, _FORWARD), f"ba ({self.n}, 1)")
        self._write_above(
            ((_EXAMPLES + self._right()) / 2, _FORWARD), f"ba, {self.m} times" if self.m > 1 else "ba, once"
        )
        draw.arrow(self.page, [(_COLUMN + 24, middle), (_EXAMPLES - 10, middle)], color=style.VALUE)
        self._write_beside_arrow(middle, "forward", "copied to every example")

    def backward(self) -> None:
        """Draw the gradients of all examples, and the column that is their sum."""
        middle = _BACKWARD + self.height / 2
        columns = self.columns(_BACKWARD)
        parts = self.dz.T[:, :, None] if self.gap else [self.dz]
        for at, part in zip(columns, parts, strict=True):
            draw.heatmap(self.page, part, at, Tint(style.SUM, self.scale), numbers=True)
        self._write_above(((_EXAMPLES + self._right()) / 2, _BACKWARD), f"dz ({self.n}, {self.m})", style.INK)
        draw.arrow(self.page, [(_EXAMPLES - 10, middle), (_COLUMN + 24, middle)], color=style.SUM, linewidth=1.8)
        self._write_beside_arrow(middle, "backward", "added over all examples")
        at = (_COLUMN - 13.5, _BACKWARD, 27.0, self.height)
        is_yours = self.yours.shape == (self.n, 1)
        self._write_above((_COLUMN, _BACKWARD), f"{'your ' if is_yours else ''}dba ({self.n}, 1)", style.INK)
        if is_yours:
            draw.heatmap(self.page, self.yours, at, self.yours_tint, numbers=True)
        else:
            self._blank(at, style.SUM, self.n, 1)

    def flat_array(self) -> None:
        """Draw the mistake: a flat array, and what NumPy makes of it."""
        left, top, width, height = 416.0, _FORWARD - 28, 176.0, _BACKWARD + _TALL - _FORWARD + 32
        draw.box(self.page, (left, top, width, height), edgecolor=style.WRONG, linestyle=style.DASHED, linewidth=1.2)
        centre = left + width / 2
        draw.text(self.page, (centre, top + 16), "× not this", color=style.WRONG, weight="bold")
        is_yours = self.yours.shape == (self.n,)
        draw.code(self.page, (centre, top + 37), f"{'your dba ' if is_yours else ''}({self.n},)", size=7.8)
        wide = min(27.0, (width - 24) / self.n)
        at = (centre - wide * self.n / 2, top + 45, wide * self.n, 14.0)
        if is_yours:
            draw.heatmap(self.page, self.yours[None], at, self.yours_tint, numbers=True)
        else:
            self._blank(at, style.WRONG, 1, self.n)
        words = "Flat: an axis is gone. NumPy reads\nit as a row, and ba plus a row is"
        draw.text(self.page, (left + 14, top + 72), words, size=style.SMALL, color=style.MUTED, ha="left", va="top")
        self._square((centre, top + 130))
        if self.yours.size and self.yours.shape not in {(self.n, 1), (self.n,)}:
            verdict = f"Your dba is {draw.shape(self.yours)}."
            draw.text(self.page, (left + 14, top + height - 12), verdict, color=style.WRONG, weight="bold", ha="left")

    def _square(self, centre: Point) -> None:
        """Draw a column plus a row, which NumPy broadcasts to a square."""
        middle, sign = centre[1], 20.0
        cell = 46.0 / max(self.n, 4)
        side = cell * self.n
        x = centre[0] - (cell + 2 * sign + 2 * side) / 2
        self._blank((x, middle - side / 2, cell, side), style.VALUE, self.n, 1)
        draw.code(self.page, (x + cell + sign / 2, middle), "+", size=10)
        x += cell + sign
        self._blank((x, middle - cell / 2, side, cell), style.WRONG, 1, self.n)
        draw.code(self.page, (x + side + sign / 2, middle), "=", size=10)
        x += side + sign
        self._blank((x, middle - side / 2, side, side), style.WRONG, self.n, self.n)
        label = (x + side / 2, middle + side / 2 + 10)
        draw.code(self.page, label, f"({self.n}, {self.n})", size=7.8, color=style.WRONG)

    def _right(self) -> float:
        left, _, width, _ = self.columns(0)[-1]
        return left + width

    def _blank(self, at: Box, colour: str, rows: int, cols: int) -> None:
        left, top, width, height = at
        self.page.add_patch(
            Rectangle((left, top), width, height, facecolor=style.SHADE, edgecolor=colour, linewidth=0.9)
        )
        if min(height / rows, width / cols) < draw.MIN_DETAIL_POINTS:
            return
        lines = [[(left, y), (left + width, y)] for y in top + height * np.arange(1, rows) / rows]
        lines += [[(x, top), (x, top + height)] for x in left + width * np.arange(1, cols) / cols]
        self.page.add_collection(LineCollection(lines, colors="white", linewidths=0.8))

    def _write_above(self, above: Point, words: str, colour: str = style.MUTED) -> None:
        x, y = above
        draw.code(self.page, (x, y - 10), words, size=7.8, color=colour)

    def _write_beside_arrow(self, middle: float, *lines: str) -> None:
        centre = (_COLUMN + 24 + _EXAMPLES - 10) / 2
        draw.text(self.page, (centre, middle - 10), lines[0], size=style.SMALL, weight="bold")
        draw.text(self.page, (centre, middle + 11), lines[1], size=style.SMALL, color=style.MUTED)

"""Draw the shapes of a matrix product: which dimensions are summed over, and which remain."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box, Point

Length = str | int | tuple[str, int]
"""A dimension: ``"n_a"``, ``5``, or both as ``("n_a", 5)``."""
Named = tuple[str, Length, Length]
"""Name, rows and columns of a matrix."""

_MAX_SIDE_POINTS = 104.0
_MIN_SIDE_POINTS = 20.0
_MAX_ENTRY_POINTS = 26.0
_SIDES_WITHOUT_NUMBER = (104.0, 74.0, 50.0, 34.0)
"""Sides for dimensions with a name and no number: arbitrary, but different."""
_MIDDLE = 130.0
_SIGN = 36.0
_LABEL = 8.6
_CHARACTER = 0.602 * _LABEL
_MAX_COUNTABLE_ENTRIES = 12


@dataclass(frozen=True)
class _Dim:
    name: str
    entries: int | None
    label: str

    @classmethod
    def of(cls, length: Length) -> "_Dim":
        if isinstance(length, tuple):
            return cls(*length, f"{length[0]} = {length[1]}")
        return cls(str(length), length if isinstance(length, int) else None, str(length))

    def matches(self, other: "_Dim") -> bool:
        if self.entries is None or other.entries is None:
            return self.name == other.name
        return self.entries == other.entries


@dataclass(frozen=True)
class _Matrix:
    name: str
    rows: _Dim
    cols: _Dim

    @classmethod
    def of(cls, named: Named) -> "_Matrix":
        name, rows, cols = named
        return cls(name, _Dim.of(rows), _Dim.of(cols))

    def __str__(self) -> str:
        return f"{self.name} ({self.rows.label}, {self.cols.label})"


@style.styled
def product_shapes(left: Named, right: Named, result: Named) -> Card:
    """Draw ``result = left @ right`` as rectangles: inner dimensions are summed over, outer ones remain.

    The figure knows no rule about gradients: it draws the names and the shapes that it is given, and says whether they
    fit together.

    Parameters
    ----------
    left, right, result : tuple (name, rows, cols)
        Each dimension is a name, a number, or both: ``("dz", ("n_a", 5), ("m", 4))``.

    Returns
    -------
    Figure
    """
    a, b, c = _Matrix.of(left), _Matrix.of(right), _Matrix.of(result)
    inner = a.cols.matches(b.rows)
    outer = c.rows.matches(a.rows) and c.cols.matches(b.cols)
    verdict = _verdict(a, b, c, inner=inner, outer=outer)
    product = f"{a.name} @ {b.name}"
    statement = product if c.name == product else f"{c.name} = {product}"
    card = Card(
        264,
        title=f"Shapes of {statement}",
        caption=f"Look at the sides that have the same name. {verdict}",
        description=f"{c} = {a} @ {b}. {verdict}",
    )
    page = card.page
    placed = _place((c, a, b), _sides(a, b, c))
    for x, sign in ((placed[1][0], "="), (placed[2][0], "@")):
        draw.code(page, (x - _SIGN / 2, _MIDDLE), sign, size=14)
    at_c, at_a, at_b = boxes = [at for _, at in placed]
    for matrix, at in zip((c, a, b), boxes, strict=True):
        _matrix(page, matrix, at)
    ink = style.WRONG if inner and not outer else style.INK
    draw.code(page, _rows_label(c, at_c), c.rows.label, size=_LABEL, color=ink)
    draw.code(page, _cols_label(at_c), c.cols.label, size=_LABEL, color=ink)
    draw.code(page, _rows_label(a, at_a), a.rows.label, size=_LABEL)
    draw.code(page, _cols_label(at_b), b.cols.label, size=_LABEL)
    _inner_dimensions(page, (a.cols, _cols_label(at_a)), (b.rows, _rows_label(b, at_b)), fits=inner)
    fits = inner and outer
    draw.text(page, (style.WIDTH / 2, 232), verdict, color=style.INK if fits else style.WRONG)
    if fits:
        _mark_entry(page, c, boxes)
        note = f"Marked: one entry of {c.name}, made of one row and one column."
        draw.text(page, (style.WIDTH / 2, 248), note, size=style.SMALL, color=style.MUTED)
    return card


def _verdict(a: _Matrix, b: _Matrix, c: _Matrix, *, inner: bool, outer: bool) -> str:
    if not inner:
        return f"Inside, {a.cols.name} does not meet {b.rows.name}: this product does not exist."
    remains = f"({a.rows.name}, {b.cols.name})"
    if not outer:
        return f"Outside, {remains} remains, and {c.name} is ({c.rows.name}, {c.cols.name})."
    return f"Inside, {a.cols.name} meets {b.rows.name} and is summed over. Outside, {remains} remains."


def _sides(*matrices: _Matrix) -> dict[str, float]:
    """Return a length in points for each dimension, in proportion to its number if it has one."""
    dims = {d.label: d.entries for m in matrices for d in (m.rows, m.cols)}
    unit = min(_MAX_SIDE_POINTS / max((n for n in dims.values() if n), default=1), _MAX_ENTRY_POINTS)
    names = iter(_SIDES_WITHOUT_NUMBER)
    return {
        label: next(names, _MIN_SIDE_POINTS) if n is None else max(_MIN_SIDE_POINTS, unit * n)
        for label, n in dims.items()
    }


def _place(matrices: tuple[_Matrix, ...], sides: dict[str, float]) -> list[tuple[float, Box]]:
    """Return for each matrix the left side of its row label, and its box."""
    sizes = [(sides[m.cols.label], sides[m.rows.label]) for m in matrices]
    labels = [14 + _CHARACTER * len(m.rows.label) for m in matrices]
    whole = sum(labels) + sum(width for width, _ in sizes) + _SIGN * (len(matrices) - 1)
    x = (style.WIDTH - whole) / 2
    placed = []
    for label, (width, height) in zip(labels, sizes, strict=True):
        placed.append((x, (x + label, _MIDDLE - height / 2, width, height)))
        x += label + width + _SIGN
    return placed


def _matrix(page: Axes, matrix: _Matrix, at: Box) -> None:
    left, top, width, height = at
    linewidth = 1.8 if matrix.name.startswith("d") else 1.2
    look = style.line_style(matrix.name)
    page.add_patch(Rectangle((left, top), width, height, fill=False, zorder=3, linewidth=linewidth, **look))
    _grid(page, matrix, at)
    draw.code(page, (left + width / 2, top + height + 15), matrix.name, size=10, weight="bold")


def _rows_label(matrix: _Matrix, at: Box) -> Point:
    return at[0] - 7 - _CHARACTER * len(matrix.rows.label) / 2, _MIDDLE


def _cols_label(at: Box) -> Point:
    return at[0] + at[2] / 2, at[1] - 12


def _inner_dimensions(page: Axes, left: tuple[_Dim, Point], right: tuple[_Dim, Point], *, fits: bool) -> None:
    """Draw the labels of the two inner dimensions, joined by a line, which is crossed out if they differ."""
    ink, thick = (style.INK, 1.0) if fits else (style.WRONG, 1.6)
    halves = [_CHARACTER * len(dim.label) / 2 + 4 for dim, _ in (left, right)]
    for (dim, (x, y)), half in zip((left, right), halves, strict=True):
        pill = (x - half, y - 7.5, 2 * half, 15.0)
        fill = style.MARKER if fits else "white"
        draw.box(page, pill, radius=4, facecolor=fill, edgecolor=ink, linewidth=thick)
        draw.code(page, (x, y), dim.label, size=_LABEL, color=ink)
    x0, y0 = left[1][0] + halves[0], left[1][1]
    x1, y1 = right[1][0], right[1][1] - 7.5
    curve = Path([(x0, y0), (x1, y0), (x1, y0), (x1, y1)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    line = style.SOLID if fits else style.DASHED
    page.add_patch(PathPatch(curve, fill=False, edgecolor=ink, linestyle=line, linewidth=1.0, zorder=0.9))
    if not fits:
        # Where the curve is halfway: the corner is both of its control points.
        at = (x0 + 7 * x1) / 8, (7 * y0 + y1) / 8
        draw.text(page, at, "×", size=15, weight="bold", color=style.WRONG)


def _grid(page: Axes, matrix: _Matrix, at: Box) -> None:
    """Draw lines between the entries, where their numbers are known and few enough to count."""
    left, top, width, height = at
    lines = []
    if matrix.rows.entries and matrix.rows.entries <= _MAX_COUNTABLE_ENTRIES:
        ys = [top + height * i / matrix.rows.entries for i in range(1, matrix.rows.entries)]
        lines += [[(left, y), (left + width, y)] for y in ys]
    if matrix.cols.entries and matrix.cols.entries <= _MAX_COUNTABLE_ENTRIES:
        xs = [left + width * i / matrix.cols.entries for i in range(1, matrix.cols.entries)]
        lines += [[(x, top), (x, top + height)] for x in xs]
    page.add_collection(LineCollection(lines, colors=style.HAIRLINE, linewidths=0.7, zorder=2.5))


def _mark_entry(page: Axes, result: _Matrix, boxes: list[Box]) -> None:
    """Mark one entry of the result, and the row and the column that it is computed from."""
    at_result, at_left, at_right = boxes
    height = _entry(at_result[3], result.rows)
    width = _entry(at_result[2], result.cols)
    # Not the first entry: a band along the border would look like a part of the frame.
    down = height if at_result[3] >= 3 * height else 0.0
    along = width if at_result[2] >= 3 * width else 0.0
    for x, y, w, h in (
        (at_result[0] + along, at_result[1] + down, width, height),
        (at_left[0], at_left[1] + down, at_left[2], height),
        (at_right[0] + along, at_right[1], width, at_right[3]),
    ):
        page.add_patch(Rectangle((x, y), w, h, facecolor=style.MARKER, alpha=0.75, linewidth=0, zorder=2))


def _entry(side: float, dim: _Dim) -> float:
    return side / dim.entries if dim.entries and dim.entries <= _MAX_COUNTABLE_ENTRIES else min(side, 11.0)

"""The strokes that figures share: words, boxes, arrows and small pictures of arrays, all in points on a page."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath

from bptt.types import Array
from bptt.viz import style

Box = tuple[float, float, float, float]
"""Left, top, width and height, in points."""
Point = tuple[float, float]

ROOMY = 4.0
"""Cells with a side of fewer points have neither lines nor signs: those would cover them."""
_NUMBER_WIDTH, _NUMBER_HEIGHT = 23.0, 10.0
"""Smallest cell that a number fits into."""
_DIGITS = 4
_FIXED_FROM = 0.01
"""Numbers are written in at most so many characters, and as a power of ten if they are smaller than this."""
_ADVANCE, _HALF_A_DIGIT = 0.602, 0.365
"""From one character of the monospaced font to the next, and from its base line to the middle of a digit."""
_LUMINANCE = (0.299, 0.587, 0.114)
_DARK = 0.55
"""Share of each primary colour in how bright a colour looks, and the brightness below which ink on it is white."""
UNDER_NUMBERS = 0.6
"""Depth of a tint that stays light enough to read numbers on it."""


class Tint(NamedTuple):
    """How an array is coloured: the tint of the largest magnitude, and that magnitude."""

    colour: str
    scale: float


def text(page: Axes, at: Point, words: str, **properties: Any) -> Text:  # noqa: ANN401
    """Write ``words``, centred unless told otherwise; one line sits on a base line just below ``at``.

    Centred by its ink, ``a_prev`` would sit higher than the ``Waa`` beside it.
    """
    x, y = at
    if "\n" not in words and "va" not in properties:
        y += 0.34 * properties.get("size", style.BODY)
        properties["va"] = "baseline"
    look: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.45} | properties
    return page.text(x, y, words, **look)


def code(page: Axes, at: Point, words: str, **properties: Any) -> Text:  # noqa: ANN401
    """Write a name or a shape as it stands in code."""
    return text(page, at, words, **{"family": style.MONO} | properties)


def box(page: Axes, at: Box, *, radius: float = 5, **properties: Any) -> FancyBboxPatch:  # noqa: ANN401
    """Draw a box with round corners."""
    left, top, width, height = at
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.MUTED} | properties
    patch = FancyBboxPatch((left, top), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **look)
    _add(page, patch)
    return patch


def arrow(page: Axes, points: Sequence[Point], **properties: Any) -> FancyArrowPatch:  # noqa: ANN401
    """Draw an arrow along a straight line (two points) or a cubic curve (four points)."""
    straight = [Path.MOVETO, Path.LINETO]
    codes = straight if len(points) == len(straight) else [Path.MOVETO] + 3 * [Path.CURVE4]
    look: dict[str, Any] = {"color": style.MUTED, "linewidth": 1.0, "mutation_scale": 7.0, "zorder": 2} | properties
    patch = FancyArrowPatch(
        path=Path(np.array(points), codes),
        arrowstyle="-|>,head_length=0.7,head_width=0.36",
        shrinkA=0,
        shrinkB=0,
        capstyle="butt",
        joinstyle="miter",
        **look,
    )
    _add(page, patch)
    return patch


def width(words: str, size: float) -> float:
    """Return how wide a piece of code is, in points."""
    return len(words) * _ADVANCE * size


def _add(page: Axes, artist: Artist) -> None:
    """Add what has its place in points: Axes' own ways look for new limits, which takes longer than to draw it."""
    page.add_artist(artist)


def shape(values: Array) -> str:
    """Shape as NumPy writes it, e.g. ``(5, 4)``."""
    return str(values.shape)


def number(value: float) -> str:
    """Write a number in at most six characters."""
    if not np.isfinite(value):
        return {np.inf: "inf", -np.inf: "\N{MINUS SIGN}inf"}.get(value, "nan")
    if value == 0:
        return "0"
    fixed = (f"{value:.{decimals}f}" for decimals in (2, 1, 0))
    short = (digits for digits in fixed if len(digits.lstrip("-")) <= _DIGITS)
    digits = next(short, "") if abs(value) >= _FIXED_FROM else ""
    if not digits:
        mantissa, exponent = f"{value:.0e}".split("e")
        digits = f"{mantissa}e{int(exponent)}"
    return digits.replace("-", "\N{MINUS SIGN}")


def power_of_ten(exponent: float) -> str:
    """Write a power of ten, also one that is too large or too small for a float."""
    if exponent == 0:
        return "1"
    return "10" + str(round(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def as_matrix(values: Array) -> Array:
    """Give any array two axes: a flat one lies down as one row, as NumPy broadcasts it."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    return values.reshape(len(values), -1)


def fits_numbers(width: float, height: float) -> bool:
    """Tell whether a number fits into a cell."""
    return width >= _NUMBER_WIDTH and height >= _NUMBER_HEIGHT


def largest(*arrays: Array) -> float:
    """Largest magnitude among the finite entries; 0 if there are none."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays), default=0.0)


@cache
def _glyph(character: str) -> Path:
    """Outline of one character of height 1."""
    return TextPath((0, 0), character, size=1, prop=FontProperties(family=style.MONO))


@lru_cache(maxsize=2048)
def _outline(string: str) -> tuple[Array, Array]:
    """Outline of some characters of height 1 in a row, centred: vertices and codes."""
    inked = [(i, _glyph(character)) for i, character in enumerate(string) if character != " "]
    if not inked:
        return np.empty((0, 2)), np.empty(0, np.uint8)
    start = -width(string, 1) / 2
    vertices = [np.asarray(glyph.vertices) + np.array([start + i * _ADVANCE, -_HALF_A_DIGIT]) for i, glyph in inked]
    return np.concatenate(vertices), np.concatenate([np.asarray(glyph.codes) for _, glyph in inked])


class Numbers(PathCollection):
    """Many short strings as one artist: forty numbers are drawn in the time of two text artists.

    Attributes
    ----------
    texts : list of str
        What is written, in the order of the positions.
    """

    def __init__(self, texts: list[str], centres: Array, size: float, colours: Array) -> None:
        super().__init__([], linewidths=0, zorder=4)
        self._centres, self._size = centres, size
        self.write(texts, colours)

    def write(self, texts: list[str], colours: Array, centres: Array | None = None) -> None:
        """Write other strings in the places of the old ones, or in places of their own."""
        self.texts = texts
        self._centres = self._centres if centres is None else centres
        scale = self._size, -self._size
        places = ((_outline(string), centre) for string, centre in zip(texts, self._centres, strict=True))
        self.set_paths([Path(vertices * scale + centre, codes) for (vertices, codes), centre in places])
        self.set_facecolor(list(colours))


def shades(values: Array, tint: Tint, depth: float) -> tuple[Array, Array]:
    """Return the colour of the cell of each entry, the darker the larger, and of what is written into it.

    Parameters
    ----------
    values : ndarray
    tint : Tint
    depth : float
        How much of the tint's colour the largest magnitude has.

    Returns
    -------
    cells, inks : ndarray (*shape of values, 3)
    """
    finite = np.isfinite(values)
    strength = np.where(finite, np.abs(np.where(finite, values, 0.0)) / (tint.scale or 1.0), 0.0).clip(0, 1) ** 0.75
    cells = 1 - strength[..., None] * (1 - np.array(to_rgb(tint.colour))) * depth
    dark = cells @ _LUMINANCE < _DARK
    inks = np.where(dark[..., None], 1.0, to_rgb(style.INK))
    inks[~finite] = to_rgb(style.WRONG)
    return cells, inks


class Heatmap:
    """An array as a grid of tinted cells: the darker, the larger; a minus marks the negative ones.

    Parameters
    ----------
    page : Axes
    values : ndarray (rows, cols)
        Entries that are not finite are marked with a cross.
    at : tuple
        Box that the grid fills.
    tint : Tint
    numbers : bool
        Write each entry instead of its sign alone, where ``fits_numbers`` says that there is room.
    """

    def __init__(self, page: Axes, values: Array, at: Box, tint: Tint, *, numbers: bool = False) -> None:
        left, top, width, height = at
        rows, cols = values.shape
        wide, tall = width / cols, height / rows
        xs = left + width * np.arange(cols + 1) / cols
        ys = top + height * np.arange(rows + 1) / rows
        self._roomy = min(wide, tall) >= ROOMY
        self._in_numbers = numbers and fits_numbers(wide, tall)
        self._depth = UNDER_NUMBERS if numbers else 0.88
        self._mesh = QuadMesh(
            np.stack(np.meshgrid(xs, ys), axis=-1),
            edgecolors=style.HAIRLINE if self._roomy else "none",
            linewidth=0.5,
            antialiased=self._roomy,
            zorder=3,
        )
        _add(page, self._mesh)
        self._frame = FancyBboxPatch(
            (left, top), width, height, boxstyle="square,pad=0", fill=False, linewidth=0.9, zorder=3.5
        )
        _add(page, self._frame)
        if self._roomy:
            size = style.DIGITS if self._in_numbers else min(style.DIGITS, 1.2 * wide, 1.2 * tall)
            centres = np.stack(np.meshgrid((xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2), axis=-1).reshape(-1, 2)
            self._written = Numbers([""] * values.size, centres, size, np.ones((values.size, 3)))
            _add(page, self._written)
        self.show(values, tint)

    @property
    def artists(self) -> list[Artist]:
        """What it is drawn with."""
        return [self._mesh, self._frame, *([self._written] if self._roomy else [])]

    def show(self, values: Array, tint: Tint) -> None:
        """Show other values of the same shape."""
        colours, inks = shades(values, tint, self._depth)
        self._mesh.set_array(colours)
        self._frame.set_edgecolor(tint.colour)
        if not self._roomy:
            return
        self._written.write([self._entry(value) for value in values.flat], inks.reshape(-1, 3))

    def _entry(self, value: float) -> str:
        if self._in_numbers:
            return number(value)
        return "×" if not np.isfinite(value) else "\N{MINUS SIGN}" if value < 0 else ""


def heatmap(page: Axes, values: Array, at: Box, tint: Tint, *, numbers: bool = False) -> Heatmap:
    """Draw an array; see ``Heatmap``."""
    return Heatmap(page, values, at, tint, numbers=numbers)

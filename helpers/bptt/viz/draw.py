"""Drawing primitives of all figures: text, boxes, arrows and heatmaps, placed in points on a page."""

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

MIN_DETAIL_POINTS = 4.0
"""Cells with a shorter side have neither grid lines nor signs: those would cover them."""
_NUMBER_WIDTH, _NUMBER_HEIGHT = 3.19, 1.38
"""Size of the smallest cell that has room for a number, at font size 1."""
_MAX_CHARACTERS = 4
_MIN_FIXED_POINT = 0.01
"""Most characters of a number without its minus, and smallest magnitude that is written without an exponent."""
_ADVANCE, _DIGIT_MIDDLE = 0.602, 0.365
"""Advance width of the monospaced font, and height of a digit's middle above the baseline, at font size 1."""
_LUMINANCE = (0.299, 0.587, 0.114)
_MAX_DARK_LUMINANCE = 0.55
"""Weights of red, green and blue in the luminance, and the luminance below which text is white."""
DEPTH, DEPTH_UNDER_NUMBERS = 0.88, 0.6
"""Depth of a tint, from 0 to 1; the second stays light enough to read numbers on it."""


class Tint(NamedTuple):
    """Colour scale of an array.

    Attributes
    ----------
    colour : str
        Colour of the largest magnitude; 0 is white.
    scale : float
        That magnitude.
    """

    colour: str
    scale: float


def text(page: Axes, at: Point, words: str, **properties: Any) -> Text:  # noqa: ANN401
    """Draw text, by default centred at a point; a single line has its baseline just below the point.

    Centred by its outline, ``a_prev`` would be higher than the ``Waa`` beside it.
    """
    x, y = at
    if "\n" not in words and "va" not in properties:
        y += 0.34 * properties.get("size", style.BODY)
        properties["va"] = "baseline"
    look: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.45} | properties
    return page.text(x, y, words, **look)


def code(page: Axes, at: Point, words: str, **properties: Any) -> Text:  # noqa: ANN401
    """Draw text in the monospaced font, for names and shapes as in code."""
    return text(page, at, words, **{"family": style.MONO} | properties)


def box(page: Axes, at: Box, *, radius: float = 5, **properties: Any) -> FancyBboxPatch:  # noqa: ANN401
    """Draw a box with round corners."""
    left, top, width, height = at
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.MUTED} | properties
    patch = FancyBboxPatch((left, top), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **look)
    _add_artist(page, patch)
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
    _add_artist(page, patch)
    return patch


def width(words: str, size: float) -> float:
    """Return the width in points of text in the monospaced font; ``size`` is the font's, in points."""
    return len(words) * _ADVANCE * size


def _add_artist(page: Axes, artist: Artist) -> None:
    """Add an artist without Axes' search for new data limits, which takes longer than drawing."""
    page.add_artist(artist)


def shape(values: Array) -> str:
    """Return an array's shape as NumPy writes it, e.g. ``(5, 4)``."""
    return str(values.shape)


def number(value: float) -> str:
    """Format a number in at most six characters."""
    if not np.isfinite(value):
        return {np.inf: "inf", -np.inf: "\N{MINUS SIGN}inf"}.get(value, "nan")
    if value == 0:
        return "0"
    fixed = (f"{value:.{decimals}f}" for decimals in (2, 1, 0))
    short = (digits for digits in fixed if len(digits.lstrip("-")) <= _MAX_CHARACTERS)
    digits = next(short, "") if abs(value) >= _MIN_FIXED_POINT else ""
    if not digits:
        mantissa, exponent = f"{value:.0e}".split("e")
        digits = f"{mantissa}e{int(exponent)}"
    return digits.replace("-", "\N{MINUS SIGN}")


def power_of_ten(exponent: float) -> str:
    """Format ten to the power of ``exponent``, also where that is too large or too small for a float."""
    if exponent == 0:
        return "1"
    return "10" + str(round(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def as_matrix(values: Array) -> Array:
    """Return an array with two axes: a flat one becomes one row, as NumPy broadcasts it."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    return values.reshape(len(values), -1)


def fits_numbers(width: float, height: float, size: float = style.DIGITS) -> bool:
    """Tell whether a cell has room for a number in a font of this size; all in points."""
    return width >= _NUMBER_WIDTH * size and height >= _NUMBER_HEIGHT * size


def entry(value: float, *, numbers: bool) -> str:
    """Return the text in an array's cell: the number, or else its sign alone."""
    if numbers:
        return number(value)
    return "×" if not np.isfinite(value) else "\N{MINUS SIGN}" if value < 0 else ""


def strengths(values: Array, tint: Tint) -> Array:
    """Return how dark each entry's cell is, from 0 to 1."""
    finite = np.isfinite(values)
    return np.where(finite, np.abs(np.where(finite, values, 0.0)) / (tint.scale or 1.0), 0.0).clip(0, 1) ** 0.75


def largest(*arrays: Array) -> float:
    """Return the largest magnitude among the finite entries; 0 if there are none."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays), default=0.0)


@cache
def _glyph(character: str) -> Path:
    """Return the outline of one character at font size 1."""
    return TextPath((0, 0), character, size=1, prop=FontProperties(family=style.MONO))


@lru_cache(maxsize=2048)
def _outline(string: str) -> tuple[Array, Array]:
    """Return vertices and codes of a text's outline at font size 1, centred."""
    glyphs = [(i, _glyph(character)) for i, character in enumerate(string) if character != " "]
    if not glyphs:
        return np.empty((0, 2)), np.empty(0, np.uint8)
    start = -width(string, 1) / 2
    vertices = [np.asarray(glyph.vertices) + np.array([start + i * _ADVANCE, -_DIGIT_MIDDLE]) for i, glyph in glyphs]
    return np.concatenate(vertices), np.concatenate([np.asarray(glyph.codes) for _, glyph in glyphs])


class TextCollection(PathCollection):
    """Many short texts as one artist: forty numbers are drawn in the time of two Text artists.

    Parameters
    ----------
    texts : list of str (n,)
    centres : ndarray (n, 2)
        In points.
    size : float
        Of the font, in points.
    colours : ndarray (n, 3) or (n, 4)
        RGB or RGBA, from 0 to 1.

    Attributes
    ----------
    texts : list of str
        In the order of the centres.
    """

    def __init__(self, texts: list[str], centres: Array, size: float, colours: Array) -> None:
        super().__init__([], linewidths=0, zorder=4)
        self._centres, self._size = centres, size
        self.write(texts, colours)

    def write(self, texts: list[str], colours: Array, centres: Array | None = None) -> None:
        """Replace the texts and their colours, and their centres if given."""
        self.texts = texts
        self._centres = self._centres if centres is None else centres
        scale = self._size, -self._size
        outlines = ((_outline(string), centre) for string, centre in zip(texts, self._centres, strict=True))
        self.set_paths([Path(vertices * scale + centre, codes) for (vertices, codes), centre in outlines])
        self.set_facecolor(list(colours))


def shades(values: Array, tint: Tint, depth: float) -> tuple[Array, Array]:
    """Return the colour of each entry's cell, darker for larger magnitudes, and of the text on it.

    Parameters
    ----------
    values : ndarray
    tint : Tint
    depth : float
        How much of the tint's colour the largest magnitude has, from 0 to 1.

    Returns
    -------
    cells, inks : ndarray (*shape of values, 3)
        RGB, from 0 to 1.
    """
    finite = np.isfinite(values)
    cells = 1 - strengths(values, tint)[..., None] * (1 - np.array(to_rgb(tint.colour))) * depth
    dark = cells @ _LUMINANCE < _MAX_DARK_LUMINANCE
    inks = np.where(dark[..., None], 1.0, to_rgb(style.INK))
    inks[~finite] = to_rgb(style.WRONG)
    return cells, inks


class Heatmap:
    """An array as a grid of tinted cells: darker for larger magnitudes, with a minus on negative ones.

    Parameters
    ----------
    page : Axes
    values : ndarray (rows, cols)
        Entries that are not finite are marked with a cross.
    at : tuple
        Box that the grid fills: left, top, width and height, in points.
    tint : Tint
    numbers : bool
        Write each entry as a number instead of its sign alone, if ``fits_numbers``.
    size : float
        Of the numbers' font, in points.
    """

    def __init__(  # noqa: PLR0913 - the look of an array
        self, page: Axes, values: Array, at: Box, tint: Tint, *, numbers: bool = False, size: float = style.DIGITS
    ) -> None:
        left, top, width, height = at
        rows, cols = values.shape
        wide, tall = width / cols, height / rows
        xs = left + width * np.arange(cols + 1) / cols
        ys = top + height * np.arange(rows + 1) / rows
        self._detailed = min(wide, tall) >= MIN_DETAIL_POINTS
        self._shows_numbers = numbers and fits_numbers(wide, tall, size)
        self._depth = DEPTH_UNDER_NUMBERS if numbers else DEPTH
        self._mesh = QuadMesh(
            np.stack(np.meshgrid(xs, ys), axis=-1),
            edgecolors=style.HAIRLINE if self._detailed else "none",
            linewidth=0.5,
            antialiased=self._detailed,
            zorder=3,
        )
        _add_artist(page, self._mesh)
        self._frame = FancyBboxPatch(
            (left, top), width, height, boxstyle="square,pad=0", fill=False, linewidth=0.9, zorder=3.5
        )
        _add_artist(page, self._frame)
        if self._detailed:
            size = size if self._shows_numbers else min(size, 1.2 * wide, 1.2 * tall)
            centres = np.stack(np.meshgrid((xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2), axis=-1).reshape(-1, 2)
            self._texts = TextCollection([""] * values.size, centres, size, np.ones((values.size, 3)))
            _add_artist(page, self._texts)
        self.show(values, tint)

    def show(self, values: Array, tint: Tint) -> None:
        """Show other values of the same shape."""
        colours, inks = shades(values, tint, self._depth)
        self._mesh.set_array(colours)
        self._frame.set_edgecolor(tint.colour)
        if not self._detailed:
            return
        self._texts.write([entry(value, numbers=self._shows_numbers) for value in values.flat], inks.reshape(-1, 3))


def heatmap(  # noqa: PLR0913 - the look of an array
    page: Axes, values: Array, at: Box, tint: Tint, *, numbers: bool = False, size: float = style.DIGITS
) -> Heatmap:
    """Draw an array as a ``Heatmap``, with the same parameters."""
    return Heatmap(page, values, at, tint, numbers=numbers, size=size)

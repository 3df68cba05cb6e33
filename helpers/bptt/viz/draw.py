"""The strokes that figures share: words, boxes, arrows and small pictures of arrays, all in points on a page."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
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


class Tint(NamedTuple):
    """How an array is coloured: the tint of the largest magnitude, and that magnitude."""

    colour: str
    scale: float


def text(page: Axes, at: Point, words: str, **properties: Any) -> None:  # noqa: ANN401
    """Write ``words``, centred unless told otherwise; one line sits on a base line just below ``at``.

    Centred by its ink, ``a_prev`` would sit higher than the ``Waa`` beside it.
    """
    x, y = at
    if "\n" not in words and "va" not in properties:
        y += 0.34 * properties.get("size", style.BODY)
        properties["va"] = "baseline"
    look: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.45} | properties
    page.text(x, y, words, **look)


def code(page: Axes, at: Point, words: str, **properties: Any) -> None:  # noqa: ANN401
    """Write a name or a shape as it stands in code."""
    text(page, at, words, **{"family": style.MONO} | properties)


def box(page: Axes, at: Box, *, radius: float = 5, **properties: Any) -> None:  # noqa: ANN401
    """Draw a box with round corners."""
    left, top, width, height = at
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.MUTED} | properties
    page.add_patch(FancyBboxPatch((left, top), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **look))


def arrow(page: Axes, points: Sequence[Point], **properties: Any) -> None:  # noqa: ANN401
    """Draw an arrow along a straight line (two points) or a cubic curve (four points)."""
    straight = [Path.MOVETO, Path.LINETO]
    codes = straight if len(points) == len(straight) else [Path.MOVETO] + 3 * [Path.CURVE4]
    look: dict[str, Any] = {"color": style.MUTED, "linewidth": 1.0, "mutation_scale": 7.0, "zorder": 2} | properties
    page.add_patch(
        FancyArrowPatch(
            path=Path(np.array(points), codes),
            arrowstyle="-|>,head_length=0.7,head_width=0.36",
            shrinkA=0,
            shrinkB=0,
            capstyle="butt",
            joinstyle="miter",
            **look,
        )
    )


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


class Numbers(PathCollection):
    """Many short strings as one artist: forty numbers are drawn in the time of two text artists.

    Attributes
    ----------
    texts : list of str
        What is written, in the order of the positions.
    """

    def __init__(self, texts: list[str], centres: Array, size: float, colours: Array) -> None:
        self.texts = texts
        paths = [self._outline(string, x, y, size) for string, (x, y) in zip(texts, centres, strict=True)]
        super().__init__(paths, facecolors=colours, linewidths=0, zorder=4)

    @staticmethod
    def _outline(string: str, x: float, y: float, size: float) -> Path:
        if not string:
            return Path(np.empty((0, 2)))
        start = x - len(string) * _ADVANCE * size / 2
        base_line = y + _HALF_A_DIGIT * size
        glyphs = []
        for i, outline in enumerate(map(_glyph, string)):
            vertices = np.asarray(outline.vertices) * (size, -size) + (start + i * _ADVANCE * size, base_line)
            glyphs.append(Path(vertices, outline.codes))
        return Path.make_compound_path(*glyphs)


def heatmap(
    page: Axes,
    values: Array,
    at: Box,
    tint: Tint,
    *,
    numbers: bool = False,
) -> None:
    """Draw an array as a grid of tinted cells: the darker, the larger; a minus marks the negative ones.

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
    left, top, width, height = at
    rows, cols = values.shape
    finite = np.isfinite(values)
    strength = np.where(finite, np.abs(np.where(finite, values, 0.0)) / (tint.scale or 1.0), 0.0).clip(0, 1) ** 0.75
    ink = np.array(to_rgb(tint.colour))
    # Under numbers the tint stays light enough to read them.
    colours = 1 - strength[..., None] * (1 - ink) * (0.6 if numbers else 0.88)
    xs = left + width * np.arange(cols + 1) / cols
    ys = top + height * np.arange(rows + 1) / rows
    roomy = min(width / cols, height / rows) >= ROOMY
    page.pcolormesh(
        xs, ys, colours, edgecolors=style.HAIRLINE if roomy else "none", linewidth=0.5, antialiased=roomy, zorder=3
    )
    page.add_patch(
        FancyBboxPatch(
            (left, top),
            width,
            height,
            boxstyle="square,pad=0",
            fill=False,
            edgecolor=tint.colour,
            linewidth=0.9,
            zorder=3.5,
        )
    )
    if not roomy:
        return
    dark = colours @ _LUMINANCE < _DARK
    inks = np.where(dark[..., None], 1.0, to_rgb(style.INK))
    inks[~finite] = to_rgb(style.WRONG)
    numbers = numbers and fits_numbers(width / cols, height / rows)
    size = style.DIGITS if numbers else min(style.DIGITS, 1.2 * width / cols, 1.2 * height / rows)
    if numbers:
        texts = [number(v) for v in values.flat]
    else:
        texts = [
            "×" if not ok else "\N{MINUS SIGN}" if v < 0 else "" for v, ok in zip(values.flat, finite.flat, strict=True)
        ]
    centres = np.stack(np.meshgrid((xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2), axis=-1).reshape(-1, 2)
    page.add_collection(Numbers(texts, centres, size, inks.reshape(-1, 3)))

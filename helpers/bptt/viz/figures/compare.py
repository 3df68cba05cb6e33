"""Draw the learner's array beside the exact one, with their difference."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from bptt.check.tolerance import TOLERANCE
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box, Tint

_TOP, _TALL = 84.0, 176.0
_WIDE, _GAP = 174.0, 25.0
_LEFTS = tuple(style.MARGIN + i * (_WIDE + _GAP) for i in range(3))


@style.styled
def compare(yours: Array, exact: Array, name: str = "dxt") -> Card:
    r"""Draw a gradient of the learner beside the exact one, and their difference.

    An entry is wrong when it is not finite, or when it is off by more than :math:`10^{-6}` of the largest exact
    magnitude, as in the checks. Wrong entries are outlined, and the title names the worst.

    Parameters
    ----------
    yours : ndarray
        The learner's gradient, of any shape.
    exact : ndarray (rows, cols)
        The exact gradient, e.g. from ``bptt.exact``.
    name : str
        Name of the arrays.

    Returns
    -------
    Figure
    """
    yours, exact = np.asarray(yours, dtype=float), np.asarray(exact, dtype=float)
    comparable = yours.shape == exact.shape
    verdict = _verdict(yours, exact, name) if comparable else f"Your {name} does not have the shape of the exact one"
    pair = draw.as_matrix(yours), draw.as_matrix(exact)
    rows = max(map(len, pair))
    tall = min(17.0, _TALL / rows)
    card = Card(
        _TOP + max(rows * tall, 40) + 40,
        title=verdict,
        caption=f"Compare them entry by entry: your {name} on the left, the exact one beside it.",
        description=f"{verdict}. Yours has shape {draw.shape(yours)}, the exact one {draw.shape(exact)}."
        + (f" {_detail(yours, exact, name)}" if comparable else ""),
    )
    page = card.page
    scale = draw.largest(pair[1]) or draw.largest(pair[0])
    for left, values, whose, colour in zip(_LEFTS, pair, ("your", "exact"), (style.YOURS, style.EXACT), strict=False):
        draw.code(page, (left, _TOP - 25), f"{whose} {name}", size=9, weight="bold", ha="left")
        draw.code(
            page,
            (left, _TOP - 12),
            draw.shape(yours if whose == "your" else exact),
            size=7.8,
            color=style.MUTED,
            ha="left",
        )
        _array(page, left, values, tall, Tint(colour, scale))
    if comparable:
        _difference(page, *pair, tall)
    last_line = _detail(yours, exact, name) if comparable else "Only arrays of the same shape can be compared."
    draw.text(page, (style.MARGIN, card.height - 20), last_line, ha="left")
    return card


def _error(yours: Array, exact: Array) -> Array:
    """Return errors relative to the largest exact entry, infinite where an entry is not finite."""
    with np.errstate(invalid="ignore"):
        error = np.abs(yours - exact) / (draw.largest(exact) or 1.0)
    return np.where(np.isfinite(error), error, np.inf)


def _verdict(yours: Array, exact: Array, name: str) -> str:
    wrong = int((_error(yours, exact) > TOLERANCE).sum())
    if not wrong:
        return f"All {yours.size} entries of {name} agree"
    worst = f"{name}{list(_worst_index(yours, exact))}"
    if wrong == 1:
        return f"1 of {yours.size} entries of {name} is wrong: {worst}"
    return f"{wrong} of {yours.size} entries of {name} are wrong; the worst is {worst}"


def _worst_index(yours: Array, exact: Array) -> tuple[int, ...]:
    error = _error(yours, exact)
    return tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))


def _detail(yours: Array, exact: Array, name: str) -> str:
    """Return the worst entry of both arrays in words, or the largest difference if none is wrong."""
    index = _worst_index(yours, exact)
    mine, right = (f"{values[index]:.6g}".replace("-", "\N{MINUS SIGN}") for values in (yours, exact))
    if _error(yours, exact)[index] <= TOLERANCE:
        return f"The largest difference is {draw.number(float(np.abs(yours - exact).max()))}."
    return f"{name}{list(index)}: yours {mine}, exact {right}."


def _array(page: Axes, left: float, values: Array, tall: float, tint: Tint) -> Box:
    rows, cols = values.shape
    at = (left, _TOP, min(34.0, _WIDE / cols) * cols, tall * rows)
    draw.heatmap(page, values, at, tint, numbers=True)
    return at


def _difference(page: Axes, yours: Array, exact: Array, tall: float) -> None:
    """Draw yours minus exact, 0 where they agree up to rounding, and outline the wrong entries."""
    error = _error(yours, exact)
    wrong = error > TOLERANCE
    with np.errstate(invalid="ignore"):
        difference = np.where(wrong, yours - exact, 0.0)
    draw.code(page, (_LEFTS[2], _TOP - 25), "yours \N{MINUS SIGN} exact", size=9, weight="bold", ha="left")
    colour = style.WRONG if wrong.any() else style.EXACT
    at = _array(page, _LEFTS[2], difference, tall, Tint(colour, draw.largest(difference)))
    rows, cols = wrong.shape
    roomy = min(at[2] / cols, at[3] / rows) >= draw.MIN_DETAIL_POINTS
    outlined = "wrong entries are outlined" if roomy else "the worst entry is outlined"
    note = outlined if wrong.any() else "equal up to rounding"
    draw.text(page, (_LEFTS[2], _TOP - 12), note, size=style.SMALL, color=style.MUTED, ha="left")
    if not wrong.any():
        return
    worst = np.zeros_like(wrong)
    worst[np.unravel_index(error.argmax(), error.shape)] = True
    for left in (_LEFTS[0], _LEFTS[2]):
        if roomy:
            _outline(page, (left, at[1], at[2], at[3]), wrong, 1.2)
        _outline(page, (left, at[1], at[2], at[3]), worst, 2.6)


def _outline(page: Axes, at: Box, where: Array, linewidth: float) -> None:
    """Outline the entries where ``where`` is true, on their inner side, so that neighbours keep a line each."""
    left, top, width, height = at
    rows, cols = where.shape
    wide, tall = width / cols, height / rows
    # An entry too small for an outline on its inner side gets one around it.
    w, h = (side - linewidth if side >= draw.MIN_DETAIL_POINTS else 11.0 for side in (wide, tall))
    cells = [
        Rectangle((left + (j + 0.5) * wide - w / 2, top + (i + 0.5) * tall - h / 2), w, h)
        for i, j in np.argwhere(where)
    ]
    page.add_collection(PatchCollection(cells, facecolor="none", edgecolor=style.WRONG, linewidth=linewidth, zorder=5))

"""Draw the relative error of numerical gradients against the nudge h."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card

_MIN_ERROR = float(np.finfo(float).eps)
"""Smaller errors, 0 included, are drawn at this one: the result is right up to rounding."""


@style.styled
def error_curve(
    h: Array, *, both_sides: Sequence[float], one_side: Sequence[float], complex_step: Sequence[float]
) -> Card:
    """Draw the relative error of three numerical gradients against the nudge h, on log axes.

    Parameters
    ----------
    h : ndarray (k,)
        Nudges, positive and ascending, with enough of them at both ends to fit the error there.
    both_sides, one_side, complex_step : sequence of float (k,)
        Relative errors of central differences, of one-sided differences and of the complex step.

    Returns
    -------
    Figure
    """
    errors = {"both sides": both_sides, "one side": one_side, "complex step": complex_step}
    curves = {name: np.maximum(np.asarray(error, dtype=float), _MIN_ERROR) for name, error in errors.items()}
    best, error = _best(h, curves["both sides"], 2)
    best_one, _ = _best(h, curves["one side"], 1)
    card = Card(
        330,
        title="A smaller nudge is not a better nudge",
        caption=(
            f"Look for the lowest point: central differences are best near h = {_short(best)}, with an error of about "
            f"{_power(error)}; the complex step has no such limit."
        ),
        description=(
            "Relative error against the nudge h, both on logarithmic axes. The error of central differences falls a "
            f"hundredfold for each tenfold smaller h (truncation), is least near h = {_short(best)} with about "
            f"{_power(error)}, and rises again for smaller h (cancellation): a U. One-sided differences fall tenfold "
            f"only and turn earlier, near h = {_short(best_one)}. The complex step falls like central differences and "
            "then stays at the last digit, however small h is."
        ),
    )
    axes = card.plot_axes(62, 66, 524, 204)
    _frame(axes, h, best)
    axes.plot(h, curves["one side"], color=style.VALUE, linestyle=style.DASHED, linewidth=1.6)
    axes.plot(h, curves["complex step"], color=style.EXACT, linewidth=2.2)
    axes.plot(h, curves["both sides"], color=style.YOURS, linewidth=2.2)
    axes.scatter([best], [error], s=44, color=style.YOURS, edgecolors="white", linewidths=0.8, zorder=4)
    axes.annotate(
        f"best: h = {_short(best)}",
        (best, error),
        (46, -44),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": style.MUTED, "linewidth": 0.7, "shrinkB": 4},
    )
    _key(card)
    _zones(card, axes, best)
    return card


def _best(h: Array, error: Array, order: int) -> tuple[float, float]:
    r"""Return position and value of the minimum of :math:`a h^p + b / h`, fitted to both ends of the curve."""
    end = len(h) // 4
    a = float(np.median(error[-end:] / h[-end:] ** order))
    b = float(np.median(error[:end] * h[:end]))
    best = (b / (order * a)) ** (1 / (order + 1))
    return best, a * best**order + b / best


def _short(value: float) -> str:
    """Format a number as one digit and a power of ten."""
    digit, exponent = f"{value:.0e}".split("e")
    power = _power(10.0 ** int(exponent))
    return power if digit == "1" else f"{digit} · {power}"


def _power(value: float) -> str:
    """Format the nearest power of ten."""
    digits = str(round(float(np.log10(value)))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}"


def _frame(axes: Axes, h: Array, best: float) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(float(h[0]), float(h[-1]))
    axes.set_ylim(_MIN_ERROR / 10, 10)
    axes.axvspan(float(h[0]), best, facecolor=style.SHADE, linewidth=0, zorder=0)
    first, last = np.ceil(np.log10(h[0]) / 3), np.floor(np.log10(h[-1]) / 3)
    powers = 10.0 ** (3 * np.arange(first, last + 1))
    axes.set_xticks(powers, [_power(p) for p in powers], minor=False)
    levels = 10.0 ** np.arange(-16, 1, 4)
    axes.set_yticks(levels, [_power(p) for p in levels], minor=False)
    axes.minorticks_off()
    axes.tick_params(length=3)
    axes.set_xlabel("nudge h", labelpad=2)
    axes.set_ylabel("relative error", labelpad=2)


def _zones(card: Card, axes: Axes, best: float) -> None:
    card.draw_without_rendering()
    middle = axes.transData.transform((best, 1))[0] / card.dpi * 72
    for centre, name, words in (
        ((62 + middle) / 2, "cancellation", "digits are lost in the difference"),
        ((586 + middle) / 2, "truncation", "the curve is not straight"),
    ):
        draw.text(card.page, (centre, 45), name, weight="bold", size=style.SMALL)
        draw.text(card.page, (centre, 57), words, size=style.SMALL, color=style.MUTED)


def _key(card: Card) -> None:
    y = 312.0
    entries: tuple[tuple[float, str, dict[str, Any]], ...] = (
        (62.0, "both sides: central differences", {"color": style.YOURS, "linewidth": 2.2}),
        (268.0, "one side", {"color": style.VALUE, "linewidth": 1.6, "linestyle": style.DASHED}),
        (376.0, "complex step", {"color": style.EXACT, "linewidth": 2.2}),
    )
    for x, name, look in entries:
        card.page.plot([x, x + 24], [y, y], **look)
        draw.text(card.page, (x + 31, y), name, size=style.SMALL, ha="left")

"""The picture of what tests/benchmarks/backward.py measured: a panel of bars for each size."""

import statistics

from backward_candidates import Sizes
from matplotlib.patches import Rectangle

from bptt.viz import draw, style
from bptt.viz.card import Card

LOOKS = {
    "per gate": {"facecolor": "white", "edgecolor": style.YOURS, "hatch": "////"},
    "fused": {"facecolor": style.YOURS, "edgecolor": style.YOURS},
    "fused float32": {"facecolor": "white", "edgecolor": style.YOURS},
    "PyTorch float64": {"facecolor": style.EXACT, "edgecolor": style.EXACT},
    "PyTorch float32": {"facecolor": "white", "edgecolor": style.EXACT},
    "products": {"facecolor": style.INK, "edgecolor": style.INK},
}
WORDS = {"products": "matrix products alone"}
_TOP, _ROW, _THICK, _LEFT, _PANEL, _GAP, _ROOM = 84.0, 24.0, 13.0, 132.0, 106.0, 11.0, 34.0


@style.styled
def picture(measured: dict[Sizes, dict[str, list[float]]]) -> Card:
    """Draw the medians. Each panel has a scale of its own that starts at zero: what compares is lengths within it.

    Parameters
    ----------
    measured : dict
        For each size, the milliseconds that each candidate took.

    Returns
    -------
    Figure
    """
    medians = {sizes: {name: statistics.median(of) for name, of in times.items()} for sizes, times in measured.items()}
    names = list(next(iter(medians.values())))
    said = " ".join(
        f"{_title(sizes)}, n_x = {sizes.n_x}, m = {sizes.m}: "
        + ", ".join(f"{WORDS.get(name, name)} {milliseconds(time)} ms" for name, time in times.items())
        + "."
        for sizes, times in medians.items()
    )
    height = _TOP + _ROW * len(names) + 18
    card = Card(
        height,
        title="The LSTM's backward pass: milliseconds, at four sizes",
        caption="Time of the LSTM's backward pass at four sizes.",
        description=said,
    )
    rows = [_TOP + _ROW * (i + 0.5) for i in range(len(names))]
    for name, row in zip(names, rows, strict=True):
        weight = "bold" if name == "fused" else "normal"
        draw.text(card.page, (_LEFT - 10, row), WORDS.get(name, name), ha="right", weight=weight)
    for i, (sizes, times) in enumerate(medians.items()):
        left = _LEFT + i * (_PANEL + _GAP)
        draw.text(card.page, (left, 52), _title(sizes), ha="left", weight="bold", size=style.SMALL)
        size = f"n_x = {sizes.n_x}, m = {sizes.m}"
        draw.text(card.page, (left, 65), size, ha="left", size=style.SMALL, color=style.MUTED)
        card.page.plot(2 * [left], [_TOP - 6, height - 14], color=style.HAIRLINE, linewidth=0.8)
        for row, (name, time) in zip(rows, times.items(), strict=True):
            length = (_PANEL - _ROOM) * time / max(times.values())
            card.page.add_patch(Rectangle((left, row - _THICK / 2), length, _THICK, **LOOKS[name]))
            weight = "bold" if name == "fused" else "normal"
            draw.text(
                card.page, (left + length + 4, row), milliseconds(time), ha="left", size=style.SMALL, weight=weight
            )
    return card


def milliseconds(time: float) -> str:
    """Write a time with two or three digits that count."""
    return f"{time:.0f}" if time >= 100 else f"{time:#.2g}".rstrip(".")


def _title(sizes: Sizes) -> str:
    return f"n_a = {sizes.n_a}, T_x = {sizes.T_x}"

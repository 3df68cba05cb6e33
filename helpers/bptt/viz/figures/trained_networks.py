"""Draw what two trained networks of the course do: one invents names, one judges a review."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb

import bptt.data
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point
from bptt.viz.sheet import Sheet, draw_shapes

_FILE = Path(bptt.data.__file__).with_name("trained_networks.json")
_NAMES, _LINE = 62.0, 15.6
_REVIEW = 203.0
"""Tops of the names and of the review, and from one name to the next, in points."""
_SIZE, _LARGEST, _GAP = 10.0, 12.0, 7.0
"""Sizes of the font of a name and, if it is short, of the review; width between words."""
_DEPTH = 0.4
"""How much of a bar's colour the word at the longest bar has behind it, from 0 to 1."""


@style.styled
def trained_networks() -> Card:
    """Draw names that a network invents before, during and after training, and a review that another one judges.

    Returns
    -------
    Figure
    """
    data = _read()
    review = data["review"]
    verdict = f"positive, {100 * review['positive']:.0f} %"
    card = Card(
        272,
        title="What two networks have learned",
        caption="Read the names from left to right. In the review, look for the longest bars.",
        description=_description(data, verdict),
    )
    sheet = Sheet(style.WIDTH, card.height)
    sheet.text((style.MARGIN, 46), "One invents names, letter by letter:", side="left")
    columns = data["names"]
    wide = (style.WIDTH - 2 * style.MARGIN) / len(columns)
    for place, column in enumerate(columns):
        left = style.MARGIN + place * wide
        last = place == len(columns) - 1
        frame = (left + 3, _NAMES, wide - 6, 2 * 6 + 15 + _LINE * len(column["names"]))
        sheet.box(frame, edge=style.INK if last else style.HAIRLINE)
        sheet.text((left + wide / 2, _NAMES + 12), _trained(column["steps"]), size=style.SMALL, colour=style.MUTED)
        for line, name in enumerate(column["names"]):
            sheet.code((left + wide / 2, _NAMES + 29 + _LINE * line), name, size=_SIZE, bold=last)
    sheet.text((style.MARGIN, _REVIEW), "The other one judges film reviews. Its verdict on this one:", side="left")
    sheet.text((style.MARGIN + 266, _REVIEW), verdict, side="left", bold=True)
    _words(sheet, review["words"], review["weights"])
    for x, share, words in ((404.0, 1, "for positive"), (502.0, -1, "for negative")):
        _word(sheet, "word", share, (x, _REVIEW), style.SMALL)
        sheet.text((x + 28, _REVIEW), words, size=style.SMALL, colour=style.MUTED, side="left")
    draw_shapes(card.page, sheet.shapes)
    return card


@cache
def _read() -> Any:  # noqa: ANN401 - as in the file
    return json.loads(_FILE.read_text(encoding="utf-8"))


def _trained(steps: int) -> str:
    return f"after {steps:,} steps of training" if steps else "before training"


def _words(sheet: Sheet, words: list[str], weights: list[float]) -> None:
    """Write the review in one line, in a smaller font if it is long."""
    scale = max(map(abs, weights)) or 1.0
    room = style.WIDTH - 2 * style.MARGIN - _GAP * (len(words) - 1)
    size = min(_LARGEST, room / draw.width("".join(words), 1))
    left = style.MARGIN
    for word, weight in zip(words, weights, strict=True):
        _word(sheet, word, weight / scale, (left, _REVIEW + 40), size)
        left += draw.width(word, size) + _GAP


def _word(sheet: Sheet, word: str, share: float, at: Point, size: float) -> None:
    """Write a word with its tint and its bar: above it for a positive share, below it for a negative one."""
    (x, y), width, half = at, draw.width(word, size), 0.75 * size
    colour, strength = (style.LOSS_PATH, share) if share > 0 else (style.WRONG, -share)
    paper = np.array(to_rgb(style.PAPER))
    tint = to_hex(paper + _DEPTH * strength * (np.array(to_rgb(colour)) - paper))
    sheet.box((x - 1.5, y - half, width + 3, 2 * half), radius=2, face=tint, width=0)
    sheet.code((x, y), word, size=size, side="left")
    bar = strength * size
    if bar >= 1:
        top = y - half - 1.5 - bar if share > 0 else y + half + 1.5
        sheet.box((x, top, width, bar), radius=0, face=colour if share > 0 else style.PAPER, edge=colour, width=1.2)


def _description(data: Any, verdict: str) -> str:  # noqa: ANN401 - as in the file
    names = " ".join(f"{_trained(column['steps'])}: {', '.join(column['names'])}." for column in data["names"])
    review = data["review"]
    weights = zip(review["words"], review["weights"], strict=True)
    each = "; ".join(f"{word} {draw.number(weight)}" for word, weight in weights)
    return (
        f"Names that a network invents, {names} A review that another network judges, with the weight of each word, "
        f"above zero for positive and below zero for negative: {each}. Its verdict: {verdict}."
    )

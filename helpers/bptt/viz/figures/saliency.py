"""Draw a text with a saliency weight at each word."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card

_SIZE = 10.0
_LINE, _GAP, _PAD = 48.0, 7.0, 3.0
_WORD_TALL, _BAR = 15.0, 13.0
_TOP = 50.0
_SCALE_WIDE, _SCALE_CELLS = 62.0, 62
_DEPTH = 0.85
_MAX_WORD_CHARACTERS = 40
_MAX_NAMED_WORDS = 3


@style.styled
def saliency(
    words: Sequence[str], weights: Array, verdict: str = "", sides: tuple[str, str] = ("for", "against")
) -> Card:
    """Draw a text in which each word shows how much it moved a verdict, and to which side.

    The larger the weight, the stronger the colour and the longer the bar: blue and above the word for a positive
    weight, orange, hatched and below it for a negative one.

    Parameters
    ----------
    words : sequence of str
    weights : ndarray (T_x,)
        One for each word. They are drawn relative to the largest magnitude.
    verdict : str
        The verdict, for the heading, e.g. ``"positive, with 93 %"``.
    sides : tuple of str
        What a positive and what a negative weight speak for.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there are no words, or not one weight for each.
    """
    weights = np.asarray(weights, dtype=float)
    if not words or weights.shape != (len(words),):
        raise ValueError(
            f"Each word has one weight, and there is one word at least; got {len(words)} words and weights "
            f"of shape {draw.shape(weights)}."
        )
    positions, lines = _word_positions(words)
    scale = draw.largest(weights)
    title = f"Which words moved the verdict: {verdict}" if verdict else "Which words moved the verdict"
    card = Card(
        _TOP + lines * _LINE + 58,
        title=title,
        caption=_strongest(words, weights, sides),
        description=_description(words, weights, sides),
    )
    for word, weight, at in zip(words, weights, positions, strict=True):
        _word(card, word, weight / scale if scale and np.isfinite(weight) else weight, at)
    _legend(card, scale, sides)
    return card


def _legend(card: Card, scale: float, sides: tuple[str, str]) -> None:
    """Draw the scale of the colours, from the largest weight against to the largest one for."""
    y, middle = card.height - 26, style.WIDTH / 2
    cell = 2 * _SCALE_WIDE / _SCALE_CELLS
    look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED}
    for number in range(_SCALE_CELLS):
        share = (2 * number + 1) / _SCALE_CELLS - 1
        left = middle - _SCALE_WIDE + number * cell
        card.page.add_artist(Rectangle((left, y - 5), cell, 10, facecolor=_colour(share), linewidth=0))
    for share in (-1, 0, 1):
        value = f"{'+' if share > 0 else ''}{draw.number(share * scale)}" if share * scale else "0"
        draw.text(card.page, (middle + share * _SCALE_WIDE, y + 13), value, **look)
    left, right = middle - _SCALE_WIDE - 12, middle + _SCALE_WIDE + 12
    draw.text(card.page, (left, y), f"below, hatched: speaks {_for_side(sides[1])}", ha="right", **look)
    draw.text(card.page, (right, y), f"above, solid: speaks {_for_side(sides[0])}", ha="left", **look)


def _colour(share: float) -> Array:
    """Return the colour of a weight, given as a share of the largest magnitude."""
    paper, hue = (np.array(to_rgb(colour)) for colour in (style.PAPER, style.IN_FAVOUR if share > 0 else style.AGAINST))
    mixed: Array = paper + abs(share) * _DEPTH * (hue - paper)
    return mixed


def _for_side(side: str) -> str:
    return side if side in {"for", "against"} else f"for {side}"


def _word_positions(words: Sequence[str]) -> tuple[list[draw.Point], int]:
    """Break the words into lines; return where each word begins, and the number of lines."""
    left, line, positions = style.MARGIN, 0, []
    for word in words:
        width = draw.width(_shortened(word), _SIZE) + 2 * _PAD
        if left > style.MARGIN and left + width > style.WIDTH - style.MARGIN:
            left, line = style.MARGIN, line + 1
        positions.append((left, _TOP + (line + 0.5) * _LINE))
        left += width + _GAP
    return positions, line + 1


def _word(card: Card, word: str, share: float, at: draw.Point) -> None:
    left, y = at
    width = draw.width(_shortened(word), _SIZE) + 2 * _PAD
    strength = abs(share) if np.isfinite(share) else 0.0
    face = _colour(share if strength else 0.0)
    card.page.add_artist(Rectangle((left, y - _WORD_TALL / 2), width, _WORD_TALL, facecolor=face, linewidth=0))
    height = strength * _BAR
    if height:
        top = y - _WORD_TALL / 2 - 1 - height if share > 0 else y + _WORD_TALL / 2 + 1
        look: dict[str, Any] = {"facecolor": style.IN_FAVOUR, "edgecolor": style.INK, "linewidth": 0.8}
        if share < 0:
            look = {"facecolor": style.AGAINST, "edgecolor": style.INK, "hatch": "/////", "linewidth": 0.8}
        card.page.add_artist(Rectangle((left, top), width, height, **look))
    draw.code(card.page, (left + _PAD, y), _shortened(word), size=_SIZE, ha="left", parse_math=False)


def _shortened(word: str) -> str:
    return word if len(word) <= _MAX_WORD_CHARACTERS else f"{word[: _MAX_WORD_CHARACTERS - 1]}\N{HORIZONTAL ELLIPSIS}"


def _by_strength(weights: Array) -> list[int]:
    return [int(index) for index in np.argsort(-np.abs(weights), kind="stable") if weights[index]]


def _strongest(words: Sequence[str], weights: Array, sides: tuple[str, str]) -> str:
    first = _by_strength(weights)[:_MAX_NAMED_WORDS]
    if not first:
        return "No word moved it."
    named = ", ".join(f"“{words[index]}” ({_for_side(sides[int(weights[index] < 0)])})" for index in first)
    return f"The strongest: {named}."


def _description(words: Sequence[str], weights: Array, sides: tuple[str, str]) -> str:
    each = "; ".join(f"{words[index]} {draw.number(weights[index])}" for index in range(len(words)))
    return (
        f"The text, word by word, with the weight of each; above zero it speaks {_for_side(sides[0])}, below zero "
        f"{_for_side(sides[1])}: {each}."
    )

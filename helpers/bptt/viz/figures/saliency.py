"""A text whose words carry what each of them did to a verdict."""

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
_LONGEST = 40
_FEW = 3


@style.styled
def saliency(
    words: Sequence[str], weights: Array, verdict: str = "", sides: tuple[str, str] = ("for", "against")
) -> Card:
    """Draw a text in which each word shows how much it moved a verdict, and to which side.

    The stronger a word, the more of the marker pen it has, and the longer its bar: above the word where it speaks for
    the one side, below it, and hatched, where it speaks for the other.

    Parameters
    ----------
    words : sequence of str
    weights : ndarray (T_x,)
        One for each word; its sign is the side, its size the strength. They are shown in proportion to the largest.
    verdict : str
        What it is about, for the heading, e.g. ``"positive, with 93 %"``.
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
    places, lines = _placed(words)
    scale = draw.largest(weights)
    title = f"Which words moved the verdict: {verdict}" if verdict else "Which words moved the verdict"
    card = Card(
        _TOP + lines * _LINE + 58,
        title=title,
        caption=f"{title}. {_strongest(words, weights, sides)}",
        description=_told(words, weights, sides),
    )
    for word, weight, at in zip(words, weights, places, strict=True):
        _word(card, word, weight / scale if scale and np.isfinite(weight) else weight, at)
    y = card.height - 30
    _word(card, "above", 1.0, (style.MARGIN, y))
    draw.text(
        card.page, (style.MARGIN + 46, y), f"speaks {_for(sides[0])}", ha="left", size=style.SMALL, color=style.MUTED
    )
    _word(card, "below", -1.0, (style.MARGIN + 200, y))
    draw.text(
        card.page, (style.MARGIN + 246, y), f"speaks {_for(sides[1])}", ha="left", size=style.SMALL, color=style.MUTED
    )
    return card


def _for(side: str) -> str:
    return side if side in {"for", "against"} else f"for {side}"


def _placed(words: Sequence[str]) -> tuple[list[draw.Point], int]:
    """Set the words in lines: where each begins, and how many lines there are."""
    left, line, places = style.MARGIN, 0, []
    for word in words:
        wide = draw.width(_short(word), _SIZE) + 2 * _PAD
        if left > style.MARGIN and left + wide > style.WIDTH - style.MARGIN:
            left, line = style.MARGIN, line + 1
        places.append((left, _TOP + (line + 0.5) * _LINE))
        left += wide + _GAP
    return places, line + 1


def _word(card: Card, word: str, share: float, at: draw.Point) -> None:
    left, y = at
    wide = draw.width(_short(word), _SIZE) + 2 * _PAD
    strength = abs(share) if np.isfinite(share) else 0.0
    paper, marker = (np.array(to_rgb(colour)) for colour in (style.PAPER, style.MARKER))
    card.page.add_artist(
        Rectangle(
            (left, y - _WORD_TALL / 2), wide, _WORD_TALL, facecolor=paper + strength * (marker - paper), linewidth=0
        )
    )
    tall = strength * _BAR
    if tall:
        top = y - _WORD_TALL / 2 - 1 - tall if share > 0 else y + _WORD_TALL / 2 + 1
        look: dict[str, Any] = {"facecolor": style.INK, "linewidth": 0.0}
        if share < 0:
            look = {"facecolor": "none", "edgecolor": style.INK, "hatch": "/////", "linewidth": 0.8}
        card.page.add_artist(Rectangle((left, top), wide, tall, **look))
    draw.code(card.page, (left + _PAD, y), _short(word), size=_SIZE, ha="left", parse_math=False)


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _order(weights: Array) -> list[int]:
    return [int(place) for place in np.argsort(-np.abs(weights), kind="stable") if weights[place]]


def _strongest(words: Sequence[str], weights: Array, sides: tuple[str, str]) -> str:
    first = _order(weights)[:_FEW]
    if not first:
        return "No word moved it."
    said = ", ".join(f"“{words[place]}” ({_for(sides[int(weights[place] < 0)])})" for place in first)
    return f"The strongest: {said}."


def _told(words: Sequence[str], weights: Array, sides: tuple[str, str]) -> str:
    each = "; ".join(f"{words[place]} {draw.number(weights[place])}" for place in range(len(words)))
    return (
        f"The text, word by word, with the weight of each; above zero it speaks {_for(sides[0])}, below zero "
        f"{_for(sides[1])}: {each}."
    )

"""Widget: a text whose word vectors move towards a wanted verdict, and the words that are nearest to them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bptt.viz import style
from bptt.viz.sheet import Sheet
from bptt.widgets.browser_figure import BrowserFigure, Layer, Sentence, column_layout, page_layout, steps
from bptt.wording import plural

_MAX_CHARACTERS = 16
_CHARACTER = 0.61
"""Width of a character of the monospaced font, at font size 1."""
_BELOW_CURVE, _LINE = 62.0, 46.0


class _Place(NamedTuple):
    """Where the curve and the words are on one of the two sheets."""

    left: float
    right: float
    top: float
    tall: float
    size: float


_PLACES = (_Place(62.0, style.WIDTH - style.MARGIN, 58.0, 74.0, 9.5), _Place(32.0, 236.0, 26.0, 90.0, 11.0))


def dream(
    words: Sequence[str],
    nearest: Sequence[Sequence[str]],
    probability: Sequence[float],
    *,
    wanted: str = "positive",
    every: int = 1,
) -> BrowserFigure:
    """Show a text whose word vectors move downhill: how likely the wanted verdict is, and which words are nearest.

    Parameters
    ----------
    words : sequence of str
        The text from which the vectors start.
    nearest : sequence of sequence of str
        For each state of the vectors, the word that is nearest to each of them; the first state is the start.
    probability : sequence of float
        Probability of the wanted verdict at each state.
    wanted : str
        Name of that verdict.
    every : int
        Number of steps downhill from one state to the next.

    Returns
    -------
    BrowserFigure

    Raises
    ------
    ValueError
        If there are not as many states of both, or not as many words in each.
    """
    if not words or len(nearest) != len(probability) or {len(state) for state in nearest} != {len(words)}:
        raise ValueError("Each state has one probability, and one nearest word for each word of the text.")
    picture = _Picture(
        [_shortened(word) for word in words],
        [[_shortened(word) for word in state] for state in nearest],
        [float(value) for value in probability],
        wanted,
        every,
    )
    return BrowserFigure(
        f"Dreaming of {wanted}",
        "Move the slider: the probability rises at once, and the nearest words change much later, if at all.",
        controls={"state": steps("state", len(nearest), seconds=0.25)},
        layouts=(page_layout(picture.height(0), top=36), column_layout(picture.height(1))),
        layers=[Layer((), picture.curve), Layer(("state",), picture.now)],
        sentences=[Sentence(("state",), picture.told)],
        still={"state": len(nearest) - 1},
        lines=3,
    )


class _Picture(NamedTuple):
    """What the widget shows."""

    words: list[str]
    nearest: list[list[str]]
    probability: list[float]
    wanted: str
    every: int

    def height(self, narrow: int) -> float:
        place = _PLACES[narrow]
        return place.top + place.tall + _BELOW_CURVE + _LINE * (self._slots(narrow)[-1][0][1] + 1)

    def curve(self, sheet: Sheet, narrow: bool) -> None:  # noqa: FBT001 - which of the two layouts
        place = _PLACES[narrow]
        for share in (0.0, 0.5, 1.0):
            y = self._y(place, share)
            sheet.line([(place.left, y), (place.right, y)], style.HAIRLINE)
            sheet.text((place.left - 6, y), f"{share:g}", size=style.SMALL, colour=style.MUTED, side="right")
        last = len(self.nearest) - 1
        points = [(self._x(place, k), self._y(place, value)) for k, value in enumerate(self.probability)]
        if last:
            sheet.line(points, style.INK, width=1.8)
        bottom = self._y(place, 0) + 13
        look: dict[str, Any] = {"size": style.SMALL, "colour": style.MUTED}
        sheet.text((place.left, bottom), "0", **look)
        sheet.text((place.right, bottom), str(last * self.every), side="right", **look)
        sheet.text(((place.left + place.right) / 2, bottom), "steps downhill", **look)
        sheet.text((place.left, place.top - 12), f"probability of {self.wanted}", side="left", **look)

    def now(self, sheet: Sheet, narrow: bool, state: int) -> None:  # noqa: FBT001 - which of the two layouts
        place = _PLACES[narrow]
        x = self._x(place, state)
        sheet.line([(x, self._y(place, 0)), (x, self._y(place, 1))], style.MUTED, dash=(3, 2))
        sheet.dot((x, self._y(place, self.probability[state])), 4.5)
        sheet.text((place.right, place.top - 12), f"{self.probability[state]:.3f}", bold=True, side="right")
        top = place.top + place.tall + _BELOW_CURVE - 18
        for (left, line), wide, word, before in self._boxes(narrow, state):
            y = top + _LINE * line
            changed = word != before
            sheet.code((left + wide / 2, y), before, size=place.size, colour=style.MUTED)
            face, edge = (style.MARKER, style.INK) if changed else (style.BOX, style.HAIRLINE)
            sheet.box((left, y + 9, wide, 18), face=face, edge=edge, radius=3)
            sheet.code((left + wide / 2, y + 18), word, size=place.size, bold=changed)

    def told(self, state: int) -> str:
        start = f"After {plural(state * self.every, 'step')} downhill the probability of {self.wanted} is "
        pairs = zip(self.words, self.nearest[state], strict=True)
        changed = [f"“{before}” has become “{word}”" for before, word in pairs if word != before]
        words = "; ".join(changed) if changed else "every vector is still nearest to its own word"
        return f"{start}{self.probability[state]:.3f}: {words}."

    def _boxes(self, narrow: int, state: int) -> list[tuple[tuple[float, int], float, str, str]]:
        places = zip(self._slots(narrow), self.nearest[state], self.words, strict=True)
        return [(at, wide, word, before) for (at, wide), word, before in places]

    def _slots(self, narrow: int) -> list[tuple[tuple[float, int], float]]:
        """Return left end, line and width of each word's box: wide enough for all words that are ever nearest."""
        place = _PLACES[narrow]
        first = style.MARGIN if not narrow else 4.0
        left, line, slots = first, 0, []
        for k, word in enumerate(self.words):
            longest = max(len(word), *(len(state[k]) for state in self.nearest))
            wide = _CHARACTER * place.size * longest + 6
            if left > first and left + wide > place.right:
                left, line = first, line + 1
            slots.append(((left, line), wide))
            left += wide + 5
        return slots

    def _x(self, place: _Place, state: int) -> float:
        return place.left + (place.right - place.left) * state / max(len(self.nearest) - 1, 1)

    @staticmethod
    def _y(place: _Place, share: float) -> float:
        return place.top + place.tall * (1 - share)


def _shortened(word: str) -> str:
    return word if len(word) <= _MAX_CHARACTERS else f"{word[: _MAX_CHARACTERS - 1]}\N{HORIZONTAL ELLIPSIS}"

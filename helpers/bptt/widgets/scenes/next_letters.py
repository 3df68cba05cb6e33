"""Widget: what a character model expects after some first letters, and how it goes on."""

from collections.abc import Collection
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb

from bptt.data import N_LETTERS, as_letters, as_name
from bptt.letter_model import LetterModel
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.widgets.controls import letters as letters_control
from bptt.widgets.controls import number
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.scene import Scene

_TEMPERATURES = (0.2, 2.0)
_MAX_TYPED = 12
_LONGEST = 24
"""Letters of a name that is invented, those that were typed among them."""
_N_INVENTED, _N_NAMED, _N_PERCENT = 5, 3, 6
_TOP, _ROW, _LEFT, _COLUMN = 62.0, 9.6, 58.0, 22.0
_BARS, _BAR_WIDTH = 400.0, 150.0
_HEIGHT = _TOP + N_LETTERS * _ROW + 14
_CAME: dict[str, Any] = {
    "color": style.INK,
    "linestyle": "",
    "marker": "s",
    "fillstyle": "none",
    "markersize": 8,
    "markeredgewidth": 1.2,
}
_ALPHABET = ["end", *(chr(ord("a") + k) for k in range(N_LETTERS - 1))]


@style.styled
def next_letters(
    model: LetterModel, names: Collection[str] = (), *, first: str = "tri", temperature: float = 0.7
) -> InteractiveFigure:
    """Type first letters, and see which letters a character model expects next, and which names it makes of them.

    Parameters
    ----------
    model : LetterModel
        Of 27 letters, trained or not.
    names : collection of str
        Names that it has learned from: an invented name that is among them is marked.
    first : str
        The letters at the start: a to z, at most 12.
    temperature : float
        At the start, from 0.2 to 2. It divides the scores before softmax.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        When the model has not 27 letters.
    """
    if model.by.shape != (N_LETTERS, 1):
        raise ValueError(f"A model of {N_LETTERS} letters is wanted; by has shape {draw.shape(model.by)}.")
    return InteractiveFigure(
        _NextLetters(model, frozenset(names)),
        lines=3,
        first=letters_control("first letters", first),
        temperature=number("temperature", float(np.clip(temperature, *_TEMPERATURES)), _TEMPERATURES, 0.05),
    )


class _NextLetters(Scene):
    def __init__(self, model: LetterModel, names: frozenset[str]) -> None:
        super().__init__(
            Card(
                _HEIGHT,
                title="Which letter comes next?",
                caption="Each column is one step: the stronger the colour, the likelier that letter is to come next.",
                description="",
            )
        )
        self._model, self._names = model, names
        page, right = self.card.page, _LEFT + (_MAX_TYPED + 1) * _COLUMN
        rows = _TOP + (np.arange(N_LETTERS) + 0.5) * _ROW
        look: dict[str, Any] = {"size": style.LABEL, "color": style.MUTED}
        for letter, y in zip(_ALPHABET, rows, strict=True):
            draw.code(page, (_LEFT - 8, y), letter, ha="right", **look)
            draw.code(page, (_BARS - 8, y), letter, ha="right", **look)
        draw.text(page, (_LEFT - 8, _TOP - 12), "read:", ha="right", **look)
        draw.text(page, (_BARS, _TOP - 12), "expected next", ha="left", **look)
        page.plot([_BARS + 4], [27], **_CAME)
        draw.text(page, (_BARS + 14, 27), "the letter that came", ha="left", **look)
        self._rows = rows
        with self.moving():
            self._shades = page.imshow(
                np.zeros((N_LETTERS, _MAX_TYPED + 1, 3)),
                extent=(_LEFT, right, _TOP + N_LETTERS * _ROW, _TOP),
                aspect="auto",
                interpolation="nearest",
                zorder=1,
            )
            self._read = [draw.code(page, (x, _TOP - 12), "", weight="bold") for x in self._columns()]
            (self._came,) = page.plot([], [], **_CAME)
            self._bars = page.barh(rows, np.zeros(N_LETTERS), 0.7 * _ROW, _BARS, color=style.LOSS_PATH)
            self._percent = [draw.text(page, (0, 0), "", ha="left", **look) for _ in range(_N_PERCENT)]
        page.set_xlim(0, style.WIDTH)
        page.set_ylim(_HEIGHT, 0)

    @staticmethod
    def _columns() -> Array:
        return _LEFT + (np.arange(_MAX_TYPED + 1) + 0.5) * _COLUMN

    def update(self, *, first: str, temperature: float) -> str:
        typed, remark = _readable(first)
        letters = as_letters([typed])[0][0] if typed else np.zeros(0, dtype=int)
        expected = self._model.next_letter(letters, temperature)
        self._show_steps(letters, expected, typed)
        p = expected[-1]
        self._show_bars(p)
        likely = np.argsort(-p, kind="stable")[:_N_NAMED]
        named = ", ".join(f"{_ALPHABET[k]} ({p[k]:.0%})" for k in likely)
        after = f'After "{typed}"' if typed else "As its first letter"
        return f"{remark}{after} the network expects {named}. It goes on: {self._invented(letters, temperature)}"

    def _show_steps(self, letters: Array, expected: Array, typed: str) -> None:
        """Shade a column for each step, and frame the letter that came after it."""
        paper, blue = (np.array(to_rgb(colour)) for colour in (style.PAPER, style.LOSS_PATH))
        shades = np.tile(paper, (N_LETTERS, _MAX_TYPED + 1, 1))
        shades[:, : len(expected)] = paper + np.sqrt(expected.T)[:, :, None] * (blue - paper)
        self._shades.set_data(shades)
        for text, letter in zip(self._read, ["·", *typed, *[""] * (_MAX_TYPED - len(typed))], strict=True):
            text.set_text(letter)
        self._came.set_data(self._columns()[: len(letters)], self._rows[letters])

    def _show_bars(self, p: Array) -> None:
        for bar, share in zip(self._bars, p, strict=True):
            bar.set_width(share * _BAR_WIDTH)
        for text, k in zip(self._percent, np.argsort(-p, kind="stable"), strict=False):
            text.set_position((_BARS + p[k] * _BAR_WIDTH + 5, self._rows[k] + 3))
            text.set_text(f"{p[k]:.0%}")

    def _invented(self, letters: Array, temperature: float) -> str:
        """Invent names that begin with these letters, from a generator that is always the same."""
        rng, names = np.random.default_rng(1), []
        for _ in range(_N_INVENTED):
            name = [*map(int, letters)]
            while len(name) < _LONGEST:
                p = self._model.next_letter(np.array(name, dtype=int), temperature)[-1]
                letter = int(rng.choice(N_LETTERS, p=p))
                if not letter:
                    break
                name.append(letter)
            names.append(as_name(name))
        marked = [f"{name} (learned by heart)" if name in self._names else name or "(nothing)" for name in names]
        return f"{', '.join(marked)}."


def _readable(first: str) -> tuple[str, str]:
    """Return the letters of what was typed that the network can read, and a remark if some are left out."""
    letters = "".join(letter for letter in first.lower() if "a" <= letter <= "z")[:_MAX_TYPED]
    if letters == first.lower():
        return letters, ""
    return letters, f"It reads the letters a to z, {_MAX_TYPED} at most, so it reads {letters or 'none'}. "

"""Plain-text progress line for downloads and training.

A terminal has one line, which is drawn over itself. A stream that is no terminal, such as a file or a notebook's
output, gets nothing: there, every drawing would stay.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeVar
from unicodedata import east_asian_width

Item = TypeVar("Item")

_BAR, _SHORTEST_BAR, _SHORTEST_LABEL = 20, 5, 8
"""Characters: of the bar where there is room, and of bar and label where there is little."""
_USUAL_WIDTH = 80
_PAUSE = 0.1
"""Seconds between two drawings of :func:`track` at least, because nobody reads faster."""
_PLAINER = str.maketrans({"\N{MINUS SIGN}": "-", "\N{MICRO SIGN}": "u"})
"""For consoles that have only the letters of one part of the world, as many on Windows."""


class ProgressLine:
    """One line of text in a terminal, drawn over itself.

    Parameters
    ----------
    stream : file object, optional
        Where to draw, ``sys.stderr`` unless said otherwise. If it is no terminal, nothing is drawn.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stderr
        # A program without a console, such as pythonw, has no stderr at all.
        self._stream = stream if stream and stream.isatty() else None
        self._columns = 0

    def show(self, label: str, done: int, total: int, numbers: str) -> None:
        """Draw the line.

        Parameters
        ----------
        label : str
            What is going on. Cut off where there is no room.
        done, total : int
            How many parts are done, and how many there are.
        numbers : str
            The same for who reads. Never cut off: where there is no room, the bar gets shorter, and then goes.
        """
        if self._stream:
            label, numbers = _writable(" ".join(label.split()), self._stream), _writable(numbers, self._stream)
            # The last column stays free: some terminals go on to the next line as soon as it is filled.
            self._draw(_line(label, done / max(total, 1), numbers, _width(self._stream) - 1))

    def leave(self) -> None:
        """Leave the line as it is; the next drawing is below."""
        if self._stream and self._columns:
            print(file=self._stream, flush=True)
            self._columns = 0

    def erase(self) -> None:
        """Take the line away."""
        if self._stream and self._columns:
            self._draw("")
            print(end="\r", file=self._stream, flush=True)

    def _draw(self, line: str) -> None:
        columns = _columns(line)
        # Blanks cover what was longer before; not every console knows the escape sequence for that.
        print(f"\r{line}{' ' * (self._columns - columns)}", end="", file=self._stream, flush=True)
        self._columns = columns


def track(items: Sequence[Item], label: str, stream: TextIO | None = None) -> Iterator[Item]:
    """Go through items with a progress line, which is gone in the end.

    Parameters
    ----------
    items : sequence
    label : str
    stream : file object, optional
        As for :class:`ProgressLine`.

    Yields
    ------
    item
    """
    line, drawn_at = ProgressLine(stream), -_PAUSE
    try:
        for done, item in enumerate(items):
            if time.monotonic() - drawn_at >= _PAUSE:
                line.show(label, done, len(items), f"{done} of {len(items)}")
                drawn_at = time.monotonic()
            yield item
    finally:
        line.erase()


def _line(label: str, share: float, numbers: str, width: int) -> str:
    """Put a line together that is no wider than ``width``, unless the numbers alone are."""
    room = width - len(numbers) - len("  ")
    bar = min(_BAR, room - min(_columns(label), _SHORTEST_LABEL) - len("[]  "))
    if bar >= _SHORTEST_BAR:
        full = round(bar * min(share, 1))
        numbers = f"[{'#' * full}{'.' * (bar - full)}]  {numbers}"
        room -= bar + len("[]  ")
    while _columns(label) > max(room, 0):
        label = label[:-1]
    return f"{label}  {numbers}" if label else numbers


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; Chinese characters take two each."""
    return sum(2 if east_asian_width(letter) in "FW" else 1 for letter in text)


def _width(stream: TextIO) -> int:
    """Return how many columns a terminal has, as it says itself or as COLUMNS says for it."""
    told = os.environ.get("COLUMNS", "")
    try:
        width = int(told) if told.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except OSError:
        width = 0
    return width or _USUAL_WIDTH


def _writable(text: str, stream: TextIO) -> str:
    """Return text in letters that a stream has."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAINER).encode(encoding, "replace").decode(encoding)
    return text

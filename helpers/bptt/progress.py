"""Plain-text progress line for downloads and training.

In a terminal one line is drawn over itself. On a stream that is no terminal, such as a file or a notebook's output,
every drawing would stay, so nothing is drawn.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeVar
from unicodedata import east_asian_width

from bptt.wording import encodable

Item = TypeVar("Item")

_BAR_COLUMNS, _MIN_BAR_COLUMNS, _MIN_LABEL_COLUMNS = 20, 5, 8
"""Columns of the bar where there is room, and of bar and label where there is little."""
_DEFAULT_COLUMNS = 80
_REDRAW_SECONDS = 0.1
"""Shortest time between two drawings of :func:`track`, because nobody reads faster."""


class ProgressLine:
    """One line of text in a terminal, drawn over itself.

    Parameters
    ----------
    stream : file object, optional
        ``sys.stderr`` when not given. If it is no terminal, nothing is drawn.
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
            Name of what is in progress. Cut off where there is no room.
        done, total : int
            How many parts are done, and how many there are.
        numbers : str
            The same in words. Never cut off: where there is no room, the bar gets shorter, and then is left out.
        """
        if self._stream:
            encoding = self._stream.encoding or "utf-8"
            label, numbers = encodable(" ".join(label.split()), encoding), encodable(numbers, encoding)
            # The last column stays free, because some terminals wrap as soon as it is filled.
            self._draw(_format_line(label, done / max(total, 1), numbers, _terminal_columns(self._stream) - 1))

    def leave(self) -> None:
        """Leave the line as it is and go to the next one."""
        if self._stream and self._columns:
            print(file=self._stream, flush=True)
            self._columns = 0

    def erase(self) -> None:
        """Erase the line."""
        if self._stream and self._columns:
            self._draw("")
            print(end="\r", file=self._stream, flush=True)

    def _draw(self, line: str) -> None:
        columns = _text_columns(line)
        # Blanks cover a longer line before, because not every console knows the escape sequence for that.
        print(f"\r{line}{' ' * (self._columns - columns)}", end="", file=self._stream, flush=True)
        self._columns = columns


def track(items: Sequence[Item], label: str, stream: TextIO | None = None) -> Iterator[Item]:
    """Iterate over items with a progress line, which is erased in the end.

    Parameters
    ----------
    items : sequence
    label : str
        As for :meth:`ProgressLine.show`.
    stream : file object, optional
        As for :class:`ProgressLine`.

    Yields
    ------
    item
    """
    line, drawn_at = ProgressLine(stream), -_REDRAW_SECONDS
    try:
        for done, item in enumerate(items):
            if time.monotonic() - drawn_at >= _REDRAW_SECONDS:
                line.show(label, done, len(items), f"{done} of {len(items)}")
                drawn_at = time.monotonic()
            yield item
    finally:
        line.erase()


def _format_line(label: str, share: float, numbers: str, width: int) -> str:
    """Format a line that is no wider than ``width`` columns, unless the numbers alone are."""
    room = width - len(numbers) - len("  ")
    bar = min(_BAR_COLUMNS, room - min(_text_columns(label), _MIN_LABEL_COLUMNS) - len("[]  "))
    if bar >= _MIN_BAR_COLUMNS:
        full = round(bar * min(share, 1))
        numbers = f"[{'#' * full}{'.' * (bar - full)}]  {numbers}"
        room -= bar + len("[]  ")
    while _text_columns(label) > max(room, 0):
        label = label[:-1]
    return f"{label}  {numbers}" if label else numbers


def _text_columns(text: str) -> int:
    """Count the columns of a terminal that a text takes; Chinese characters take two each."""
    return sum(2 if east_asian_width(letter) in "FW" else 1 for letter in text)


def _terminal_columns(stream: TextIO) -> int:
    """Return the width of a terminal, from the variable COLUMNS or from the terminal itself."""
    override = os.environ.get("COLUMNS", "")
    try:
        columns = int(override) if override.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    return columns or _DEFAULT_COLUMNS

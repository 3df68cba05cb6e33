"""Text lines that change with every frame."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from bptt.viz import draw, style
from bptt.viz.draw import TextCollection

_SHARE_LEFT_OF = {"left": 0.0, "center": 0.5, "right": 1.0}


class Line(NamedTuple):
    """A line of text in the monospaced font.

    Attributes
    ----------
    words : str
    x, y : float
        Position of its ``side`` and of its middle, in points.
    side : {"left", "center", "right"}
    colour : str
    """

    words: str
    x: float
    y: float
    side: str = "center"
    colour: str = style.INK


class Lines:
    """Many lines of one font size as one artist: each takes a tenth of the time of a Text artist.

    Parameters
    ----------
    page : Axes
    size : float
        Of the font, in points.
    """

    def __init__(self, page: Axes, size: float) -> None:
        self._size = size
        self._numbers = TextCollection([], np.empty((0, 2)), size, np.empty((0, 3)))
        page.add_collection(self._numbers)

    def write(self, *lines: Line) -> None:
        """Show these lines in place of the previous ones."""
        widths = [draw.width(line.words, self._size) for line in lines]
        middles = [
            (line.x + wide * (0.5 - _SHARE_LEFT_OF[line.side]), line.y)
            for line, wide in zip(lines, widths, strict=True)
        ]
        self._numbers.write(
            [line.words for line in lines],
            np.array([to_rgb(line.colour) for line in lines]),
            np.array(middles),
        )

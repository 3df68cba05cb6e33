"""Many text boxes as two artists: forty are drawn in the time of a few."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba_array
from matplotlib.patches import BoxStyle
from matplotlib.typing import ColorType as Colour

from bptt.viz import style
from bptt.viz.draw import Point, TextCollection


class TextBoxStyle(NamedTuple):
    """Text and colours of one box.

    Attributes
    ----------
    text : str
    ink, face, edge : str or tuple
        Colours of the text, of the box, and of its outline.
    width : float
        Width of the outline, in points.
    """

    text: str
    ink: Colour = style.INK
    face: Colour = "white"
    edge: str = style.HAIRLINE
    width: float = 0.9


class TextBoxes:
    """Text boxes of one size at fixed positions.

    Parameters
    ----------
    page : Axes
    centres : sequence of tuple (n,)
        In points.
    size : tuple of float
        Width and height of each box, in points.
    looks : sequence of TextBoxStyle (n,), optional
        At the start; ``show`` changes them.
    radius : float
        Of the corners, in points.
    """

    def __init__(
        self,
        page: Axes,
        centres: Sequence[Point],
        size: tuple[float, float],
        looks: Sequence[TextBoxStyle] | None = None,
        radius: float = 1.0,
    ) -> None:
        wide, tall = size
        shape = BoxStyle.Round(pad=0, rounding_size=radius)
        boxes = [shape(x - wide / 2, y - tall / 2, wide, tall, 1) for x, y in centres]
        self._boxes = PathCollection(boxes, zorder=3)
        page.add_collection(self._boxes)
        self._texts = TextCollection([""] * len(boxes), np.array(centres), style.DIGITS, np.zeros((len(boxes), 3)))
        page.add_collection(self._texts)
        self.show(looks or [TextBoxStyle("")] * len(boxes))

    def show(self, looks: Sequence[TextBoxStyle]) -> None:
        """Set text and colours of each box."""
        self._boxes.set_facecolor([look.face for look in looks])
        self._boxes.set_edgecolor([look.edge for look in looks])
        self._boxes.set_linewidth([look.width for look in looks])
        self._texts.write([look.text for look in looks], to_rgba_array([look.ink for look in looks]))

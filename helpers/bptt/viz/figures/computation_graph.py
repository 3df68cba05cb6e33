"""Draw the computation graphs that lesson 00 goes back through: each has a value that is used more than once."""

from itertools import pairwise
from math import inf
from typing import Literal, NamedTuple

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box, Point
from bptt.viz.sheet import Sheet, draw_shapes

_TALL, _SIZE = 28.0, 10.0
"""Height of a box, and size of the font in it."""


class _Graph(NamedTuple):
    """Where everything of a graph is.

    Attributes
    ----------
    height : float
    title, caption, description : str
    values, operations : dict of Point
        Centre of each by what is written in it. A value has a box with corners, an operation one with round ends.
    ways : tuple of tuple of str
        What is joined by arrows, forward.
    shared : str
        The value that is used more than once.
    """

    height: float
    title: str
    caption: str
    description: str
    values: dict[str, Point]
    operations: dict[str, Point]
    ways: tuple[tuple[str, ...], ...]
    shared: str


_GRAPHS = {
    "weight": _Graph(
        182,
        "One weight, used once for each example",
        "Three arrows leave W, so three gradients come back to it.",
        "A weight W is multiplied by the input of each of three examples, X0, X1 and X2, which gives Z0, Z1 and Z2. "
        "All three go on to the loss.",
        {"W": (86, 106), "Z₀": (396, 64), "Z₁": (396, 106), "Z₂": (396, 148), "loss": (530, 106)},
        {"× X₀": (244, 64), "× X₁": (244, 106), "× X₂": (244, 148)},
        (("W", "× X₀", "Z₀", "loss"), ("W", "× X₁", "Z₁", "loss"), ("W", "× X₂", "Z₂", "loss")),
        "W",
    ),
    "fan_out": _Graph(
        172,
        "x goes two ways, and both lead to c",
        "Two arrows leave x, so two gradients come back to it.",
        "x goes into tanh, which gives p, and into the sigmoid σ, which gives q. p and q go into a product, which "
        "gives c.",
        {"x": (86, 98), "p": (300, 66), "q": (300, 130), "c": (526, 98)},
        {"tanh": (190, 66), "σ": (190, 130), "×": (420, 98)},
        (("x", "tanh", "p", "×"), ("x", "σ", "q", "×"), ("×", "c")),
        "x",
    ),
    "two_layer": _Graph(
        176,
        "Two layers, and a product of their outputs",
        "Compare it with yours. Two arrows leave A₁: one into the second layer, one into the product.",
        "X goes into the weighted input W1 X + b1, which gives Z1, and that into tanh, which gives A1. A1 is used "
        "twice: it goes into the weighted input W2 A1 + b2, which gives Z2, and that into the sigmoid σ, which gives "
        "A2; and it goes straight into a product with A2, which gives Y.",
        {
            "X": (36, 76),
            "Z₁": (178, 76),
            "A₁": (300, 76),
            "Z₂": (380, 142),
            "A₂": (484, 142),
            "Y": (580, 76),
            "W₁, b₁": (112, 142),
            "W₂, b₂": (210, 142),
        },
        {"W₁X + b₁": (112, 76), "tanh": (236, 76), "W₂A₁ + b₂": (300, 142), "σ": (432, 142), "×": (520, 76)},
        (
            ("X", "W₁X + b₁", "Z₁", "tanh", "A₁", "×", "Y"),
            ("A₁", "W₂A₁ + b₂", "Z₂", "σ", "A₂", "×"),
            ("W₁, b₁", "W₁X + b₁"),
            ("W₂, b₂", "W₂A₁ + b₂"),
        ),
        "A₁",
    ),
}


@style.styled
def computation_graph(which: Literal["weight", "fan_out", "two_layer"]) -> Card:
    r"""Draw one of three computation graphs, with the value that is used more than once marked.

    Parameters
    ----------
    which : {"weight", "fan_out", "two_layer"}
        One weight of :math:`Z = W X` with three examples; :math:`c = \tanh(x) \, \sigma(x)`; or two layers:
        :math:`A_1 = \tanh(W_1 X + b_1), \; A_2 = \sigma(W_2 A_1 + b_2), \; Y = A_1 \odot A_2`.

    Returns
    -------
    Figure
    """
    graph = _GRAPHS[which]
    card = Card(graph.height, title=graph.title, caption=graph.caption, description=graph.description)
    sheet = Sheet(style.WIDTH, card.height)
    places = graph.values | graph.operations
    for start, end in (step for way in graph.ways for step in pairwise(way)):
        marked = start == graph.shared
        sheet.arrow(
            [_rim(start, places[start], places[end]), _rim(end, places[end], places[start])],
            style.INK if marked else style.VALUE,
            width=1.8 if marked else 1.0,
        )
    for name, at in graph.values.items():
        sheet.box(_box(name, at), radius=2, face=style.MARKER if name == graph.shared else style.BOX, z=3)
        sheet.code(at, name, size=_SIZE, bold=True)
    for name, at in graph.operations.items():
        sheet.box(_box(name, at), radius=_TALL / 2, face=style.SHADE, edge=style.INK, z=3)
        sheet.code(at, name, size=_SIZE)
    draw_shapes(card.page, sheet.shapes)
    return card


def _half(name: str) -> float:
    return max(draw.width(name, _SIZE) / 2 + 8, _TALL / 2)


def _box(name: str, at: Point) -> Box:
    return at[0] - _half(name), at[1] - _TALL / 2, 2 * _half(name), _TALL


def _rim(name: str, at: Point, towards: Point) -> Point:
    """Return where the way from the middle of a box to another place leaves the box."""
    across, down = towards[0] - at[0], towards[1] - at[1]
    scale = min(_half(name) / abs(across) if across else inf, _TALL / 2 / abs(down) if down else inf)
    return at[0] + scale * across, at[1] + scale * down

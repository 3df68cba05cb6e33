"""Node positions and texts of the RNN cell's graph."""

from dataclasses import dataclass

from bptt.viz import style
from bptt.viz.draw import Point


@dataclass(frozen=True)
class Node:
    """One node of a cell's graph: its position, its texts, and the arrays shown beside them.

    Attributes
    ----------
    at : tuple of float
        Centre, in points.
    forward, backward : str
        Texts: what it does to values, and what it does to gradients.
    values, gradients : tuple of str
        Names of the arrays shown beside each of these texts.
    lit : tuple of float
        Width and height of its highlight, in points; a square is drawn as a circle.
    """

    at: Point
    forward: str
    backward: str
    values: tuple[str, ...]
    gradients: tuple[str, ...]
    lit: tuple[float, float] = (38.0, 38.0)


LEAF_LEFT, LEAF_WIDTH, LEAF_HEIGHT = style.MARGIN, 172.0, 52.0
LEAF_RIGHT, LEAF_MIDDLE = LEAF_LEFT + LEAF_WIDTH, LEAF_LEFT + LEAF_WIDTH / 2
PRODUCT, SUM, TANH, FORK = 240.0, 322.0, 414.0, 512.0
ROWS = {"Waa": 72.0, "a_prev": 132.0, "ba": 192.0, "Wax": 252.0, "xt": 312.0}
MIDDLE = ROWS["ba"]
UP, DOWN = 102.0, 282.0
RADIUS = 13.0
_LEAF_LIT = (LEAF_WIDTH + 8, LEAF_HEIGHT + 6)

LEAVES = {
    "Waa": "weights",
    "a_prev": "state before",
    "ba": "bias",
    "Wax": "weights",
    "xt": "input",
}

NODES = {
    "xt": Node(
        (LEAF_MIDDLE, ROWS["xt"]),
        "The input of this step: one column for each of the m examples.",
        "The road back ends here, unless a layer below is waiting for this gradient.",
        ("xt",),
        ("xt", "dxt"),
        _LEAF_LIT,
    ),
    "a_prev": Node(
        (LEAF_MIDDLE, ROWS["a_prev"]),
        "The hidden state that the cell before handed over.",
        "The time path goes on from here: the cell before receives this gradient from its future.",
        ("a_prev",),
        ("a_prev", "da_prev"),
        _LEAF_LIT,
    ),
    "Wax": Node(
        (LEAF_MIDDLE, ROWS["Wax"]),
        "One set of weights, used for all examples.",
        "All m examples used these weights, so the gradient collects a share from each.",
        ("Wax",),
        ("Wax", "dWax"),
        _LEAF_LIT,
    ),
    "Waa": Node(
        (LEAF_MIDDLE, ROWS["Waa"]),
        "One set of weights, used for all examples.",
        "All m examples used these weights, so the gradient collects a share from each.",
        ("Waa",),
        ("Waa", "dWaa"),
        _LEAF_LIT,
    ),
    "ba": Node(
        (LEAF_MIDDLE, ROWS["ba"]),
        "One column, copied to all m examples.",
        "One column was copied to all m examples. A value that is used many times collects the sum.",
        ("ba",),
        ("dz", "dba"),
        _LEAF_LIT,
    ),
    "Waa @ a_prev": Node(
        (PRODUCT, UP),
        "A matrix product: each row of the left meets each column of the right.",
        "A matrix product swaps its factors: each one receives the gradient times the other factor. "
        "The shapes tell which side and what to transpose.",
        ("Waa", "a_prev", "Waa @ a_prev"),
        ("dz", "dWaa", "da_prev"),
    ),
    "Wax @ xt": Node(
        (PRODUCT, DOWN),
        "A matrix product: each row of the left meets each column of the right.",
        "A matrix product swaps its factors: each one receives the gradient times the other factor. "
        "The shapes tell which side and what to transpose.",
        ("Wax", "xt", "Wax @ xt"),
        ("dz", "dWax", "dxt"),
    ),
    "sum": Node(
        (SUM, MIDDLE),
        "Both products and the bias, added: z.",
        "An addition passes the gradient on, unchanged, to everything that was added.",
        ("z",),
        ("z", "dz"),
    ),
    "tanh": Node(
        (TANH, MIDDLE),
        "tanh squeezes every entry of z, by itself, to between \N{MINUS SIGN}1 and 1.",
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. "
        "The output alone tells the slope: one minus its square.",
        ("z", "a_next"),
        ("a_next", "da_next", "dz"),
        (56.0, 40.0),
    ),
    "a_next": Node(
        (FORK, MIDDLE),
        "The new hidden state has two uses: this step\N{RIGHT SINGLE QUOTATION MARK}s prediction, and the next cell.",
        "Two uses, two gradients: the loss path and the time path meet here and are added. "
        "The cell is handed their sum.",
        ("a_next",),
        ("a_next", "da_next"),
        (22.0, 22.0),
    ),
}
"""The nodes of the graph by name: what ``highlight`` accepts."""

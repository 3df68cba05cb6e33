"""Nodes of the RNN cell's graph: where they are, what they do, and what their inputs are."""

from dataclasses import dataclass, field, replace

from bptt.viz import style
from bptt.viz.cell_nodes import Node, Places
from bptt.viz.draw import Point


@dataclass(frozen=True)
class RNNPlaces(Places):
    """Where everything of the graph is.

    Attributes
    ----------
    leaf : tuple of float
        Left edge, width and height of an input.
    rows : dict of float
        Height of each input; that of the bias is the height of the sum and of all that follows.
    product : tuple of float
        x of both products, and y of each.
    sum, tanh, fork : float
        x of each; the fork is the state, which goes to two places.
    tanh_size : tuple of float
        Width and height.
    loss : tuple of float
        Lower edge, width and height of the box above the state.
    next_cell : tuple of float
        Left edge, width and height of the box to the right.
    """

    leaf: tuple[float, float, float]
    rows: dict[str, float] = field(hash=False)
    product: tuple[float, float, float]
    sum: float
    tanh: float
    fork: float
    tanh_size: tuple[float, float]
    loss: tuple[float, float, float]
    next_cell: tuple[float, float, float]

    @property
    def right(self) -> float:
        """Right edge of the inputs."""
        return self.leaf[0] + self.leaf[1]

    @property
    def middle(self) -> float:
        """Height of the bias, and of all that follows it."""
        return self.rows["ba"]

    def sizes(self) -> dict[str, tuple[Point, float, float]]:
        """Return the centre, width and height of each node."""
        left, wide, tall = self.leaf
        x, up, down = self.product
        middle, round_node, dot = self.middle, (2 * self.radius,) * 2, (2 * self.dot,) * 2
        return {name: ((left + wide / 2, y), wide, tall) for name, y in self.rows.items()} | {
            "Waa @ a_prev": ((x, up), *round_node),
            "Wax @ xt": ((x, down), *round_node),
            "sum": ((self.sum, middle), *round_node),
            "tanh": ((self.tanh, middle), *self.tanh_size),
            "a_next": ((self.fork, middle), *dot),
        }


PAGE = RNNPlaces(
    height=352.0,
    key=(332.0, 280.0, 60),
    radius=13.0,
    dot=5.0,
    glow=5.0,
    arrays=True,
    shapes=True,
    leaf=(style.MARGIN, 172.0, 52.0),
    rows={"Waa": 72.0, "a_prev": 132.0, "ba": 192.0, "Wax": 252.0, "xt": 312.0},
    product=(240.0, 102.0, 282.0),
    sum=322.0,
    tanh=414.0,
    fork=512.0,
    tanh_size=(44.0, 28.0),
    loss=(96.0, 76.0, 32.0),
    next_cell=(550.0, 42.0, 32.0),
)
WIDE = replace(PAGE, shapes=False)
"""For larger letters: without the shapes."""
COLUMN = RNNPlaces(
    height=252.0,
    key=(4.0, 184.0, 60),
    radius=11.0,
    dot=4.0,
    glow=3.0,
    arrays=False,
    shapes=False,
    leaf=(4.0, 44.0, 24.0),
    rows={"Waa": 20.0, "a_prev": 54.0, "ba": 88.0, "Wax": 122.0, "xt": 156.0},
    product=(78.0, 37.0, 139.0),
    sum=112.0,
    tanh=155.0,
    fork=191.0,
    tanh_size=(32.0, 22.0),
    loss=(30.0, 36.0, 20.0),
    next_cell=(208.0, 31.0, 32.0),
)
"""For a narrow column: nodes alone."""

LEAVES = {
    "Waa": "weights",
    "a_prev": "state before",
    "ba": "bias",
    "Wax": "weights",
    "xt": "input",
}

NODES = {
    "xt": Node(
        "The input of this step: one column for each of the m examples.",
        "The road back ends here, unless a layer below is waiting for this gradient.",
        ("xt",),
        ("xt", "dxt"),
    ),
    "a_prev": Node(
        "The state that comes from the cell before.",
        "The time path goes on from here: the cell before receives this gradient from its future.",
        ("a_prev",),
        ("a_prev", "da_prev"),
    ),
    "Wax": Node(
        "One set of weights, used for all examples.",
        "All m examples used these weights, so the gradient collects a share from each.",
        ("Wax",),
        ("Wax", "dWax"),
    ),
    "Waa": Node(
        "One set of weights, used for all examples.",
        "All m examples used these weights, so the gradient collects a share from each.",
        ("Waa",),
        ("Waa", "dWaa"),
    ),
    "ba": Node(
        "One column, copied to all m examples.",
        "One column was copied to all m examples. A value that is used many times collects the sum.",
        ("ba",),
        ("dz", "dba"),
    ),
    "Waa @ a_prev": Node(
        "A matrix product: each row of the left meets each column of the right.",
        "A matrix product swaps its factors: each one receives the gradient times the other factor. "
        "The shapes tell which side and what to transpose.",
        ("Waa", "a_prev", "Waa @ a_prev"),
        ("dz", "dWaa", "da_prev"),
        ("Waa", "a_prev"),
    ),
    "Wax @ xt": Node(
        "A matrix product: each row of the left meets each column of the right.",
        "A matrix product swaps its factors: each one receives the gradient times the other factor. "
        "The shapes tell which side and what to transpose.",
        ("Wax", "xt", "Wax @ xt"),
        ("dz", "dWax", "dxt"),
        ("Wax", "xt"),
    ),
    "sum": Node(
        "Both products and the bias, added: z.",
        "An addition passes the gradient on, unchanged, to everything that was added.",
        ("z",),
        ("z", "dz"),
        ("Waa @ a_prev", "Wax @ xt", "ba"),
    ),
    "tanh": Node(
        "tanh squeezes every entry of z, by itself, to between \N{MINUS SIGN}1 and 1.",
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. The output alone gives the "
        "slope: one minus its square.",
        ("z", "a_next"),
        ("a_next", "da_next", "dz"),
        ("sum",),
    ),
    "a_next": Node(
        "The new hidden state has two uses: this step\N{RIGHT SINGLE QUOTATION MARK}s prediction, and the next cell.",
        "Two uses, two gradients: the loss path and the time path meet here and are added. "
        "The cell receives their sum.",
        ("a_next",),
        ("a_next", "da_next"),
        ("tanh",),
    ),
}
"""The nodes of the graph by name: what ``highlight`` accepts."""

OUTSIDE = {"prediction": ("a_next",), "next cell": ("a_next",)}
"""What takes values from the cell."""

CARRIED = {
    "da_next": (("a_next", "tanh"),),
    "dz": (("tanh", "sum"), ("sum", "Waa @ a_prev"), ("sum", "Wax @ xt")),
    "dba": (("sum", "ba"),),
    "dWaa": (("Waa @ a_prev", "Waa"),),
    "da_prev": (("Waa @ a_prev", "a_prev"),),
    "dWax": (("Wax @ xt", "Wax"),),
    "dxt": (("Wax @ xt", "xt"),),
}
"""The edges on which each gradient flows back."""

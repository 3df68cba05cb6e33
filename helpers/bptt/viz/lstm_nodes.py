"""Nodes of the LSTM cell's graph: where they are, what they do, and what their inputs are."""

from dataclasses import dataclass, field, replace

from bptt.viz import style
from bptt.viz.cell_nodes import Node, Places
from bptt.viz.draw import Box, Point

BOTH = "[a_prev; xt]"
THROUGH_STATE = "through a_next"
"""Name of the part of dc that comes through the state; it is no variable in the course's code."""
GATES = ("f", "i", "c", "o")
"""From left to right."""
OF_GATE = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}
"""What each weighted input becomes."""
LEAVES = {"c_prev": "memory", "a_prev": "state", "xt": "input"}


@dataclass(frozen=True)
class LSTMPlaces(Places):
    """Where everything of the graph is.

    Attributes
    ----------
    leaf : tuple of float
        Left edge, width and height of an input.
    rows : dict of float
        Height of each input; the memory runs along the top.
    gates : dict of float
        x of each gate, which is above its weights.
    write : float
        Height at which the update gate meets the candidate.
    show : tuple of float
        Where the output gate meets the memory.
    tanh, activation, weights, bus : float
        Heights: of the tanh of the memory, the activations, the weighted inputs, and the line that brings both inputs.
    stack : float
        x of both inputs, one above the other.
    fork : float
        x of the state, which goes to two places.
    activation_size, weights_size, stack_size : tuple of float
        Width and height.
    to_next : float
        x to which memory and state go.
    next_cell : tuple of Box
        What takes them there.
    loss : tuple of float
        Upper edge, width and height of the box below the state.
    """

    leaf: tuple[float, float, float]
    rows: dict[str, float] = field(hash=False)
    gates: dict[str, float] = field(hash=False)
    write: float
    show: Point
    tanh: float
    activation: float
    weights: float
    bus: float
    stack: float
    fork: float
    activation_size: tuple[float, float]
    weights_size: tuple[float, float]
    stack_size: tuple[float, float]
    to_next: float
    next_cell: tuple[Box, ...]
    loss: tuple[float, float, float]

    @property
    def right(self) -> float:
        """Right edge of the inputs."""
        return self.leaf[0] + self.leaf[1]

    @property
    def highway(self) -> float:
        """Height of the memory."""
        return self.rows["c_prev"]

    @property
    def join(self) -> float:
        """Where the new is added to what is kept: its x."""
        return (self.gates["i"] + self.gates["c"]) / 2

    def sizes(self) -> dict[str, tuple[Point, float, float]]:
        """Return the centre, width and height of each node."""
        left, wide, tall = self.leaf
        round_node, dot = (2 * self.radius,) * 2, (2 * self.dot,) * 2
        return (
            {name: ((left + wide / 2, y), wide, tall) for name, y in self.rows.items()}
            | {f"W{gate}": ((x, self.weights), *self.weights_size) for gate, x in self.gates.items()}
            | {OF_GATE[gate]: ((x, self.activation), *self.activation_size) for gate, x in self.gates.items()}
            | {
                BOTH: ((self.stack, self.bus), *self.stack_size),
                "ft * c_prev": ((self.gates["f"], self.highway), *round_node),
                "it * cct": ((self.join, self.write), *round_node),
                "sum": ((self.join, self.highway), *round_node),
                "c_next": ((self.show[0], self.highway), *dot),
                "tanh": ((self.show[0], self.tanh), *self.activation_size),
                "ot * tanh(c_next)": (self.show, *round_node),
                "a_next": ((self.fork, self.show[1]), *dot),
            }
        )


PAGE = LSTMPlaces(
    height=404.0,
    key=(style.MARGIN + 6, 146.0, 60),
    radius=11.0,
    dot=5.0,
    glow=5.0,
    arrays=True,
    shapes=True,
    leaf=(style.MARGIN, 120.0, 50.0),
    rows={"c_prev": 87.0, "a_prev": 311.0, "xt": 368.0},
    gates={"f": 216.0, "i": 290.0, "c": 364.0, "o": 438.0},
    write=140.0,
    show=(466.0, 179.0),
    tanh=133.0,
    activation=213.0,
    weights=298.0,
    bus=340.0,
    stack=168.0,
    fork=526.0,
    activation_size=(34.0, 22.0),
    weights_size=(68.0, 56.0),
    stack_size=(14.0, 48.0),
    to_next=558.0,
    next_cell=((560.0, 69.0, 36.0, 126.0),),
    loss=(250.0, 72.0, 32.0),
)
WIDE = replace(
    PAGE,
    key=(12.0, 132.0, 22),
    shapes=False,
    leaf=(8.0, 134.0, 50.0),
    fork=540.0,
    to_next=580.0,
    next_cell=((582.0, 69.0, 36.0, 126.0),),
)
"""For larger letters: without the shapes."""
COLUMN = LSTMPlaces(
    height=368.0,
    key=(4.0, 282.0, 60),
    radius=8.0,
    dot=4.0,
    glow=3.0,
    arrays=False,
    shapes=False,
    leaf=(3.5, 42.0, 24.0),
    rows={"c_prev": 48.0, "a_prev": 216.0, "xt": 244.0},
    gates={"f": 76.0, "i": 108.0, "c": 140.0, "o": 172.0},
    write=90.0,
    show=(195.0, 122.0),
    tanh=84.0,
    activation=154.0,
    weights=200.0,
    bus=230.0,
    stack=59.0,
    fork=213.0,
    activation_size=(29.0, 18.0),
    weights_size=(26.0, 22.0),
    stack_size=(7.0, 30.0),
    to_next=226.0,
    next_cell=((227.0, 38.0, 12.0, 20.0), (227.0, 112.0, 12.0, 20.0)),
    loss=(160.0, 36.0, 20.0),
)
"""For a narrow column: nodes alone."""

_SIGMOID_BACK = (
    "Every entry of the gradient is multiplied by the slope of the sigmoid at that entry. The output alone gives the "
    "slope."
)


def _weights(gate: str) -> Node:
    return Node(
        f"A weighted input, as in the RNN: weights times both inputs, plus a bias. It gives z{gate}.",
        "All m examples used the weights and the bias, so their gradients collect a share from each. "
        "What goes on to both inputs meets what the other three send.",
        (f"W{gate}", f"z{gate}"),
        (f"dz{gate}", f"dW{gate}"),
        (BOTH,),
    )


def _gate(gate: str, forward: str, backward: str = _SIGMOID_BACK) -> Node:
    after = OF_GATE[gate]
    return Node(forward, backward, (f"z{gate}", after), (after, f"dz{gate}"), (f"W{gate}",))


NODES = {
    "xt": Node(
        "The input of this step: one column for each of the m examples.",
        "The road back ends here, unless a layer below is waiting for this gradient.",
        ("xt",),
        ("xt", "dxt"),
    ),
    "a_prev": Node(
        "The hidden state that the cell before handed over.",
        "The time path goes on from here: the cell before receives this gradient from its future.",
        ("a_prev",),
        ("a_prev", "da_prev"),
    ),
    "c_prev": Node(
        "The memory that the cell before handed over.",
        "The memory path goes on from here: a second gradient that the cell before receives from its future.",
        ("c_prev",),
        ("c_prev", "dc_prev"),
    ),
    BOTH: Node(
        "Both inputs, one above the other: one array, used four times.",
        "Used four times, so it collects the sum of four gradients. Then the rows part: the upper ones belong to "
        "a_prev, the lower ones to xt.",
        ("a_prev", "xt"),
        ("da_prev", "dxt"),
        ("a_prev", "xt"),
    ),
    "Wf": _weights("f"),
    "Wi": _weights("i"),
    "Wc": _weights("c"),
    "Wo": _weights("o"),
    "ft": _gate("f", "The forget gate: how much of each memory is kept, between 0 (nothing) and 1 (all)."),
    "it": _gate("i", "The update gate: how much of each candidate is written, between 0 (nothing) and 1 (all)."),
    "cct": _gate(
        "c",
        "The candidate: what might be written into the memory, between \N{MINUS SIGN}1 and 1.",
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. The output alone gives the "
        "slope: one minus its square.",
    ),
    "ot": _gate("o", "The output gate: how much of each memory is shown, between 0 (nothing) and 1 (all)."),
    "ft * c_prev": Node(
        "Entry by entry, the forget gate decides what is kept of the memory.",
        "A product swaps its factors: each one receives the gradient times the other. On the memory path this is all "
        "that happens between two steps.",
        ("ft", "c_prev", "ft * c_prev"),
        ("dc", "ft", "dc_prev"),
        ("ft", "c_prev"),
    ),
    "it * cct": Node(
        "Entry by entry, the update gate decides what is written of the candidate.",
        "A product swaps its factors: each one receives the gradient times the other.",
        ("it", "cct", "it * cct"),
        ("dc", "it", "cct"),
        ("it", "cct"),
    ),
    "sum": Node(
        "What was kept and what is new, added: the memory of this step.",
        "An addition passes the gradient on, unchanged, to both: to the old memory and to what was written.",
        ("ft * c_prev", "it * cct", "c_next"),
        ("dc",),
        ("ft * c_prev", "it * cct"),
    ),
    "c_next": Node(
        "The memory has two uses: it is shown in this step\N{RIGHT SINGLE QUOTATION MARK}s state, and it goes on to "
        "the next cell.",
        "Two uses, two gradients: what comes up through the state and the memory path (green) meet here and are added. "
        "Their sum is dc.",
        ("c_next",),
        (THROUGH_STATE, "dc_next", "dc"),
        ("sum",),
    ),
    "tanh": Node(
        "tanh squeezes every entry of the memory, by itself, to between \N{MINUS SIGN}1 and 1.",
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. The output, tanh(c_next), gives "
        "the slope: one minus its square.",
        ("c_next", "tanh(c_next)"),
        ("tanh(c_next)", THROUGH_STATE),
        ("c_next",),
    ),
    "ot * tanh(c_next)": Node(
        "Entry by entry, the output gate decides what is shown of the memory.",
        "A product swaps its factors: each one receives the gradient times the other.",
        ("ot", "tanh(c_next)", "a_next"),
        ("da_next", "ot", "tanh(c_next)"),
        ("ot", "tanh"),
    ),
    "a_next": Node(
        "The new hidden state has two uses: this step\N{RIGHT SINGLE QUOTATION MARK}s prediction, and the next cell.",
        "Two uses, two gradients: the loss path and the time path meet here and are added. "
        "The cell is handed their sum.",
        ("a_next",),
        ("a_next", "da_next"),
        ("ot * tanh(c_next)",),
    ),
}
"""The nodes of the graph by name: what ``highlight`` accepts."""

OUTSIDE = {"prediction": ("a_next",), "next cell": ("a_next", "c_next")}
"""What takes values from the cell."""

CARRIED = {
    "da_next": (("a_next", "ot * tanh(c_next)"),),
    "dc_next": (("next cell", "c_next"),),
    "dc": (("c_next", "sum"), ("sum", "ft * c_prev")),
    "dc_prev": (("ft * c_prev", "c_prev"),),
    "da_prev": ((BOTH, "a_prev"),),
    "dxt": ((BOTH, "xt"),),
    **{f"d{kind}{gate}": ((OF_GATE[gate], f"W{gate}"),) for gate in GATES for kind in "zWb"},
}
"""The edges on which each gradient flows back."""

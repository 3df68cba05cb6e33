"""Node positions and texts of the LSTM cell's graph."""

from bptt.viz import style
from bptt.viz.rnn_nodes import Node

LEAF_LEFT, LEAF_WIDTH, LEAF_HEIGHT = style.MARGIN, 120.0, 50.0
LEAF_RIGHT, LEAF_MIDDLE = LEAF_LEFT + LEAF_WIDTH, LEAF_LEFT + LEAF_WIDTH / 2
ROWS = {"c_prev": 98.0, "a_prev": 341.0, "xt": 398.0}
LEAVES = {"c_prev": "memory", "a_prev": "state", "xt": "input"}

HIGHWAY = ROWS["c_prev"]
"""The memory runs along the top."""
GATES = {"f": 216.0, "i": 290.0, "c": 364.0, "o": 438.0}
"""From left to right, each above its weights."""
WRITE = (GATES["i"] + GATES["c"]) / 2, 156.0
"""Where the update gate meets the candidate."""
SHOW = 466.0, 197.0
"""Where the output gate meets the memory."""
FORK, TANH = 526.0, 147.0
ACTIVATION, WEIGHTS, BUS = 232.0, 325.0, 369.0
"""Heights of the activations, of the weighted inputs and of the line that brings both inputs to them."""
STACK = 168.0, BUS
RADIUS = 11.0
ACTIVATION_SIZE = (34.0, 22.0)
WEIGHTS_SIZE = (68.0, 56.0)
STACK_SIZE = (14.0, 48.0)

BOTH = "[a_prev; xt]"
OF_GATE = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}
"""What each weighted input becomes."""

_ROUND, _FORK_LIT = (33.0, 33.0), (22.0, 22.0)
_LEAF_LIT = (LEAF_WIDTH + 8, LEAF_HEIGHT + 6)
_GATE_LIT = (ACTIVATION_SIZE[0] + 10, ACTIVATION_SIZE[1] + 10)
_WEIGHTS_LIT = (WEIGHTS_SIZE[0] + 8, WEIGHTS_SIZE[1] + 8)

_SIGMOID_BACK = (
    "Every entry of the gradient is multiplied by the slope of the sigmoid at that entry. The output alone tells "
    "the slope."
)


def _weights(gate: str) -> Node:
    return Node(
        (GATES[gate], WEIGHTS),
        f"A weighted input, as in the RNN: weights times both inputs, plus a bias. It gives z{gate}.",
        "All m examples used the weights and the bias, so their gradients collect a share from each. "
        "What goes on to both inputs meets what the other three send.",
        (f"W{gate}", f"z{gate}"),
        (f"dz{gate}", f"dW{gate}"),
        _WEIGHTS_LIT,
    )


def _gate(gate: str, forward: str, backward: str = _SIGMOID_BACK) -> Node:
    after = OF_GATE[gate]
    return Node((GATES[gate], ACTIVATION), forward, backward, (f"z{gate}", after), (after, f"dz{gate}"), _GATE_LIT)


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
    "c_prev": Node(
        (LEAF_MIDDLE, ROWS["c_prev"]),
        "The memory that the cell before handed over.",
        "The memory path goes on from here: a second gradient that the cell before receives from its future.",
        ("c_prev",),
        ("c_prev", "dc_prev"),
        _LEAF_LIT,
    ),
    BOTH: Node(
        STACK,
        "Both inputs, one above the other: one array, used four times.",
        "Used four times, so it collects the sum of four gradients. Then the rows part: the upper ones belong to "
        "a_prev, the lower ones to xt.",
        ("a_prev", "xt"),
        ("da_prev", "dxt"),
        (STACK_SIZE[0] + 10, STACK_SIZE[1] + 10),
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
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. The output alone tells the "
        "slope: one minus its square.",
    ),
    "ot": _gate("o", "The output gate: how much of each memory is shown, between 0 (nothing) and 1 (all)."),
    "ft * c_prev": Node(
        (GATES["f"], HIGHWAY),
        "Entry by entry, the forget gate decides what is kept of the memory.",
        "A product swaps its factors: each one receives the gradient times the other. On the memory path this is all "
        "that happens between two steps.",
        ("ft", "c_prev", "ft * c_prev"),
        ("dc", "ft", "dc_prev"),
        _ROUND,
    ),
    "it * cct": Node(
        WRITE,
        "Entry by entry, the update gate decides what is written of the candidate.",
        "A product swaps its factors: each one receives the gradient times the other.",
        ("it", "cct", "it * cct"),
        ("dc", "it", "cct"),
        _ROUND,
    ),
    "sum": Node(
        (WRITE[0], HIGHWAY),
        "What was kept and what is new, added: the memory of this step.",
        "An addition passes the gradient on, unchanged, to both: to the old memory and to what was written.",
        ("ft * c_prev", "it * cct", "c_next"),
        ("dc",),
        _ROUND,
    ),
    "c_next": Node(
        (SHOW[0], HIGHWAY),
        "The memory has two uses: it is shown in this step\N{RIGHT SINGLE QUOTATION MARK}s state, and it goes on to "
        "the next cell.",
        "Two uses, two gradients: what comes up through the state (black) and the memory path (green) meet here and "
        "are added. Their sum is dc.",
        ("c_next",),
        ("da_next", "dc_next", "dc"),
        _FORK_LIT,
    ),
    "tanh": Node(
        (SHOW[0], TANH),
        "tanh squeezes every entry of the memory, by itself, to between \N{MINUS SIGN}1 and 1.",
        "Every entry of the gradient is multiplied by the slope of tanh at that entry. The output, tanh(c_next), "
        "tells the slope: one minus its square.",
        ("c_next", "tanh(c_next)"),
        ("tanh(c_next)", "dc"),
        (48.0, 32.0),
    ),
    "ot * tanh(c_next)": Node(
        SHOW,
        "Entry by entry, the output gate decides what is shown of the memory.",
        "A product swaps its factors: each one receives the gradient times the other.",
        ("ot", "tanh(c_next)", "a_next"),
        ("da_next", "ot", "tanh(c_next)"),
        _ROUND,
    ),
    "a_next": Node(
        (FORK, SHOW[1]),
        "The new hidden state has two uses: this step\N{RIGHT SINGLE QUOTATION MARK}s prediction, and the next cell.",
        "Two uses, two gradients: the loss path and the time path meet here and are added. "
        "The cell is handed their sum.",
        ("a_next",),
        ("a_next", "da_next"),
        _FORK_LIT,
    ),
}
"""The nodes of the graph by name: what ``highlight`` accepts."""

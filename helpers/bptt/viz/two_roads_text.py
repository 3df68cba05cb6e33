"""Texts of the two-roads figures: gradients into the states of a sequence, and into the memories of an LSTM."""

from dataclasses import dataclass

from bptt.viz import style


@dataclass(frozen=True)
class Road:
    """One of the two gradient paths, or their sum.

    Attributes
    ----------
    name : str
        Name of the array in code.
    kind : str
        Name of the path.
    look : str
        Name by which ``style.line_style`` knows its colour and its line.
    colour : str
        That colour in words.
    """

    name: str
    kind: str
    look: str
    colour: str

    @property
    def ink(self) -> str:
        """Colour of text about it."""
        colour: str = style.line_style(self.look)["color"]
        return style.AS_TEXT.get(colour, colour)


@dataclass(frozen=True)
class Words:
    """Texts and paths of one figure.

    Attributes
    ----------
    roads : dict of str to Road
        The path from above and the path from the next step, by the names under which they can be left out.
    total : Road
        Their sum.
    arrays : str
        Names of the two arguments.
    titles, morals : dict
        Heading and last line, by the path that is left out.
    only_start : str
        Last line when the path from above is left out, but the loop starts with a gradient that is not zero.
    above, at, start, end : str
        Texts in the box above each step, below each join, and at the start of the row, forward and backward; ``{t}``
        is the step.
    chain : str
        Description of the picture.
    """

    roads: dict[str, Road]
    total: Road
    arrays: str
    titles: dict[str | None, str]
    morals: dict[str | None, str]
    only_start: str
    above: str
    at: str
    start: str
    end: str
    chain: str


_NOTHING = "Nothing arrives anywhere: every gradient is 0."

STATES = Words(
    roads={
        "loss": Road("da[:, :, t]", "loss path", "loss path", "blue"),
        "time": Road("da_prevt", "time path", "time path", "orange"),
    },
    total=Road("da_next", "into the cell", "da_next", "black"),
    arrays="da and da_prevt",
    titles={
        None: "Two roads lead back to every state, and where they meet they add",
        "time": "Without the time path, a state gets only the gradient of its own loss",
        "loss": "Without the loss path, a state never gets the gradient of its own loss",
    },
    morals={
        None: "Blue + orange = black: a state is used twice, so it collects the sum of both gradients.",
        "time": "What comes back from later losses is missing. Only at the last step is nothing missing.",
        "loss": _NOTHING,
    },
    only_start="The loop starts with the gradient of the last loss; those of the losses before it never enter.",
    above="prediction,\nloss {t}",
    at="a[:, :, {t}]",
    start="a0",
    end="da0",
    chain="At each state a gradient from its own loss (blue, from above) and one from the step after it (orange, from "
    "the right) meet in a black node; their sum goes left into the cell.",
)

MEMORIES = Words(
    roads={
        "state": Road("through a_next", "from its state", "da_next", "black"),
        "memory": Road("dc_next", "memory path", "dc_next", "green"),
    },
    total=Road("dc", "into the cell", "dc", "green"),
    arrays="through_a and dc_next",
    titles={
        None: "Two roads lead back to every memory, and where they meet they add",
        "memory": "Without the memory path, a memory gets only what its own state sends",
        "state": "Without the road through the state, a memory gets only what later memories send",
    },
    morals={
        None: "Black + green = dc: a memory is used twice, so it collects the sum of both gradients.",
        "memory": "What comes back from later memories is missing. Only at the last step is nothing missing.",
        "state": _NOTHING,
    },
    only_start="Nothing comes from the states; only what the loop starts with travels back.",
    above="shown in\na[:, :, {t}]",
    at="c[:, :, {t}]",
    start="0",
    end="unused",
    chain="At each memory a gradient from the state that shows it (black, from above) and one from the memory of the "
    "next step (green, from the right) meet in a black node; their sum, dc, goes left into the cell.",
)

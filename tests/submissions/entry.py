"""One student of the sample class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

ASSIGNMENT = "01_cell_backward"
AUTO = {
    "check-dz": 3,
    "check-dxt": 2,
    "check-da_prev": 2,
    "check-dWax": 2,
    "check-dWaa": 2,
    "check-dba": 2,
    "check-rnn_cell_backward": 3,
}
"""Points that the checks give. The written answer, ``explain-reuse``, has four more."""


def leave(notebook: NotebookNode) -> NotebookNode:
    return notebook


@dataclass(frozen=True)
class Entry:
    """What one student hands in, and what grading has to make of it.

    Attributes
    ----------
    student, first, last
        Id and name.
    writes
        For each solution cell, the lines that the student puts in place of the stub. Cells that are not here hold the
        model solution, or, when ``blank`` is true, are as released.
    then
        What happens to the notebook after that. What it returns is handed in: a notebook, any bytes, or None for
        nothing at all.
    loses
        The graded cells without points; all others have all of theirs.
    status, causes, says
        What the row has: the status, the ids of causes, and some words of the reason.
    handed_in
        When, in UTC; most have no time, as in a folder that somebody filled by hand.
    """

    student: str
    first: str
    last: str
    writes: Mapping[str, str] = field(default_factory=dict)
    blank: bool = False
    then: Callable[[NotebookNode], NotebookNode | bytes | None] = leave
    loses: tuple[str, ...] = ()
    status: str = "graded"
    causes: tuple[str, ...] = ()
    says: str = ""
    handed_in: str = ""

    @property
    def points(self):
        return {cell: 0 if cell in self.loses else most for cell, most in AUTO.items()}

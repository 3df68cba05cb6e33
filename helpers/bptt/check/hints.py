"""Hints for an exercise: each call gives one step more, and none is the solution."""

from collections import Counter
from dataclasses import dataclass

from bptt.check.exercises import EXERCISES

_hints_given: Counter[str] = Counter()


@dataclass(frozen=True)
class Hint:
    """One hint, which displays itself in a notebook.

    Attributes
    ----------
    exercise : str
    number, of : int
        Its number, from 1, and how many hints there are.
    text : str
    """

    exercise: str
    number: int
    of: int
    text: str

    def __repr__(self) -> str:
        """Return the hint as text."""
        last = "" if self.number < self.of else "\nThat was the last hint. Run the check again: it reads your numbers."
        return f"Hint {self.number} of {self.of} for {self.exercise}\n{self.text}{last}"


def hint(exercise: str) -> Hint:
    """Return the next hint for an exercise; after the last one, that one again.

    Parameters
    ----------
    exercise : str
        Name of the function that you are writing, e.g. ``"rnn_cell_dz"``.

    Returns
    -------
    Hint

    Raises
    ------
    ValueError
        When there is no exercise of that name.
    """
    if exercise not in EXERCISES:
        message = f"there is no exercise {exercise!r}; there are {', '.join(EXERCISES)}"
        raise ValueError(message)
    hints = EXERCISES[exercise].hints
    _hints_given[exercise] = number = min(_hints_given[exercise] + 1, len(hints))
    return Hint(exercise, number, len(hints), hints[number - 1])

"""Hints for an exercise: each call gives one step more, and none is the solution."""

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches

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


@dataclass(frozen=True)
class HintNames:
    """The exercises that have hints, which display themselves in a notebook.

    Attributes
    ----------
    names : tuple of str
    """

    names: tuple[str, ...]

    def __repr__(self) -> str:
        """Return how to ask for a hint, line by line."""
        return "\n".join(["There are hints for:", *(f'  check.hint("{name}")' for name in self.names)])


def hint(exercise: str | None = None) -> Hint | HintNames:
    """Return the next hint for an exercise; after the last one, that one again.

    Parameters
    ----------
    exercise : str, optional
        Name of the function that you are writing, e.g. ``"rnn_cell_dz"``.

    Returns
    -------
    Hint or HintNames
        Without a name, the names of all exercises that have hints.

    Raises
    ------
    ValueError
        When there is no exercise of that name.
    """
    if exercise is None:
        return HintNames(tuple(name for name, each in EXERCISES.items() if each.hints))
    if callable(exercise):
        exercise = getattr(exercise, "__name__", str(exercise))
    if exercise not in EXERCISES:
        raise ValueError(no_such_exercise("exercise", exercise))
    hints = EXERCISES[exercise].hints
    if not hints:
        message = f"{exercise} has no hints"
        raise ValueError(message)
    _hints_given[exercise] = number = min(_hints_given[exercise] + 1, len(hints))
    return Hint(exercise, number, len(hints), hints[number - 1])


def no_such_exercise(kind: str, name: str) -> str:
    """Say that there is nothing of a name, and which names come close to it, or all when none does."""
    close = get_close_matches(name, EXERCISES)
    return f"there is no {kind} {name!r}; {'close to it' if close else 'there'} are {', '.join(close or EXERCISES)}"

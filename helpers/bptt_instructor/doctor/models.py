"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    OPTIONAL = "optional"
    """Not as it should be, but grading works without."""
    MISSING = "missing"
    """Grading does not work without."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what
        Its name.
    state
        How it is.
    found
        What was found, in words; for what is optional, also what it is needed for.
    mend
        What to type, or to do, when it is not ok.
    """

    what: str
    state: State
    found: str
    mend: str = ""

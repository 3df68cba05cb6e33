"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a thing is."""

    OK = "ok"
    OPTIONAL = "optional"
    """Not as it should be, but grading works without."""
    MISSING = "missing"
    """Grading does not work without."""


@dataclass(frozen=True)
class CheckResult:
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

    name: str
    state: CheckState
    detail: str
    fix: str = ""

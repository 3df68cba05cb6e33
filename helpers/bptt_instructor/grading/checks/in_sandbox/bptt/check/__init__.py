"""``bptt.check`` while a notebook is graded: checks that a notebook calls itself are left to the grader.

The graded cells are judged outside of the sandbox. All other calls of a check, such as in a learner's own cells, say so
and go on, so that a cell with such a call runs to its end.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from bptt.check.exercises import EXERCISES
from bptt.check.findings import Cause, Finding, ReportData

__all__ = ["EXERCISES", "Cause", "CheckFailed", "Finding", "Report", "against_torch", "hint", "run", "whole_model"]


class Report(ReportData):
    """Report of a check that has not been made: the graded cells say what is right."""

    def __str__(self) -> str:
        """Say that it has not been made."""
        return f"{self.exercise}: not checked here while the notebook is graded. The graded cells are."

    __repr__ = __str__


class CheckFailed(AssertionError):  # noqa: N818 - as outside
    """Raised by a check that does not pass, which none does here."""


def run(exercise: object, *_: object, **__: object) -> Report:
    """Return a report that says that nothing has been checked."""
    return Report(str(getattr(exercise, "name", exercise)), ())


def whole_model(*_: object, **__: object) -> Report:
    """Return a report that says that nothing has been checked."""
    return Report("whole_model", ())


def against_torch(*_: object, **__: object) -> None:
    """Compare nothing."""


def hint(*_: object, **__: object) -> None:
    """Give no hint."""


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return partial(run, name)

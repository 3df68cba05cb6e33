"""``CheckResult``: name, state (ok, optional, missing), detail, fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """State of what a check looked at."""

    OK = "ok"
    OPTIONAL = "optional"
    """Missing or wrong, but grading works without it."""
    MISSING = "missing"
    """Missing or wrong, and grading does not work without it."""


@dataclass(frozen=True)
class CheckResult:
    """Result of one check.

    Attributes
    ----------
    name
        What was checked, such as ``Sandbox``.
    state
        Whether grading can work with it.
    detail
        What the check found, in words; for what is optional, also what it is needed for.
    fix
        A command to type, or what to do, when the state is not ok.
    """

    name: str
    state: CheckState
    detail: str
    fix: str = ""

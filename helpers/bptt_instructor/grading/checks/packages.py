"""Folders of the packages that grade: mounted in the sandbox, and digested for the result cache."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

GRADER = "bptt_instructor"


def package_folders(packages: tuple[str, ...]) -> list[Path]:
    """Return the folders of the grader and of a course's packages.

    Parameters
    ----------
    packages
        Names of the course's packages: :attr:`bptt_instructor.grading.checks.interface.CheckSuite.packages`.
    """
    return [Path(import_module(name).__path__[0]) for name in dict.fromkeys((GRADER, *packages))]

"""Folders of the packages that grade: mounted in the sandbox, and digested for the result cache."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt_instructor.grading.checks.interface import CheckSuite

GRADER = "bptt_instructor"
KERNEL_PARTS = (
    "__init__.py",
    *(f"grading/{part}" for part in ("__init__.py", "_nbgrader_shim.py", "limits.py")),
    *(f"grading/{part}" for part in ("kernel", "protocol", "sandbox")),
    *(f"grading/checks/{part}" for part in ("__init__.py", "interface.py", "bptt_kernel.py")),
)
"""The grader's own files that a kernel needs; the sandbox shows no others."""


def package_folders(packages: tuple[str, ...]) -> list[Path]:
    """Return the folders of the grader and of a course's packages.

    Parameters
    ----------
    packages
        Names of the course's packages: :attr:`bptt_instructor.grading.checks.interface.CheckSuite.packages`.
    """
    return [Path(import_module(name).__path__[0]) for name in dict.fromkeys((GRADER, *packages))]


def shown_files(suite: CheckSuite) -> dict[Path, Path]:
    """Return which file or folder the sandbox shows at each path below the packages, besides these themselves.

    Parameters
    ----------
    suite
        The course's checks.

    Returns
    -------
    dict
        By path in the sandbox, the path outside. Of the grader's package only what is in it is shown. What Python has
        compiled a covered file to is covered, too.
    """
    (grader,) = package_folders(())
    parents = {name: Path(import_module(name).__path__[0]).parent for name in suite.packages}
    shown = {grader / part: grader / part for part in KERNEL_PARTS}
    covers = {parents[path.partition("/")[0]] / path: cover for path, cover in suite.covers.items()}
    # Not bytecode, so Python compiles the file that is shown.
    compiled = {
        cached: cover
        for path, cover in covers.items()
        if cover.is_file()
        for cached in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")
    }
    return shown | covers | compiled

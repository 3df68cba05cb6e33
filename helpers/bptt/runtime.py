"""Detect where code runs (notebook, kernel, autograding) and which modules are the course's."""

import os
import sys
from typing import Any

PACKAGES = ("bptt", "bptt_instructor")
"""The packages of this distribution; other modules in a notebook are the learner's or another library's."""


def shell() -> Any:  # noqa: ANN401 - IPython is not imported for its type
    """Return IPython's shell; None where IPython runs nothing.

    Only code that has loaded IPython can be in a notebook, so this does not import it.
    """
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def in_notebook() -> bool:
    """Tell whether this runs in a notebook or another place where IPython displays outputs."""
    return shell() is not None


def has_kernel() -> bool:
    """Tell whether this runs in a kernel, so that a browser may show outputs; IPython in a terminal has none."""
    return hasattr(shell(), "kernel")


def is_autograding() -> bool:
    """Tell whether a submission is being graded, when nobody looks at figures; nbgrader sets this variable."""
    return "NBGRADER_EXECUTION" in os.environ


def is_course_code(module: str | None) -> bool:
    """Tell whether a module belongs to the course's packages.

    Parameters
    ----------
    module : str or None
        Dotted name, as in ``__module__`` or ``__name__``; None where something has no module.

    Returns
    -------
    bool
    """
    return (module or "").partition(".")[0] in PACKAGES

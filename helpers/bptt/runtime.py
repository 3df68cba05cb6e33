"""Where code runs, and whose it is: in a notebook, under autograding, the course's own or the learner's."""

import os
import sys
from typing import Any

PACKAGES = ("bptt", "bptt_instructor")
"""What this distribution installs; everything else in a notebook is the learner's, or another library's."""


def shell() -> Any:  # noqa: ANN401 - IPython is not imported for its type
    """Return IPython's shell; None where IPython runs nothing.

    Only code that has loaded IPython can be in a notebook, so this does not import it.
    """
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def in_notebook() -> bool:
    """Tell whether this runs in a notebook, or another place where IPython displays things."""
    return shell() is not None


def has_kernel() -> bool:
    """Tell whether this runs in a kernel, so that a browser may be looking; IPython in a terminal has none."""
    return hasattr(shell(), "kernel")


def is_autograding() -> bool:
    """Tell whether a submission is being graded, when nobody looks at pictures; nbgrader sets this variable."""
    return "NBGRADER_EXECUTION" in os.environ


def is_course_code(module: str | None) -> bool:
    """Tell whether a module belongs to the course's packages.

    Parameters
    ----------
    module : str or None
        Dotted name, as ``__module__`` or ``__name__`` hold it; None where something has no module.
    """
    return (module or "").partition(".")[0] in PACKAGES

"""Load ``nbgrader_config.py``: its only reader."""

from __future__ import annotations

import os
import pkgutil
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from traitlets.config.loader import Config, PyFileConfigLoader

DEFAULT_CHECK_SUITE = "bptt_instructor.grading.checks.bptt_suite:BpttSuite"
"""The check suite of a configuration that names none: this course's own."""


def load_config(root: Path) -> Config:
    """Load a course's ``nbgrader_config.py``, and put this Python's programs on ``PATH``.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    """
    # To open a gradebook, nbgrader runs alembic by name, and a virtual environment need not be activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return config


def check_suite_name(config: Config) -> str:
    """Return the name of the course's check suite, ``package.module:Class``, from ``c.Grading.check_suite``."""
    return str(config.get("Grading", {}).get("check_suite", DEFAULT_CHECK_SUITE))


@lru_cache(maxsize=4)
def load_check_suite(name: str) -> Any:  # noqa: ANN401 - a CheckSuite, whose protocol belongs to grading
    """Import a check suite's class, and return an instance of it.

    Parameters
    ----------
    name
        Such as ``package.module:Class``.

    Returns
    -------
    bptt_instructor.grading.checks.protocol.CheckSuite
        The same instance for the same name.

    Raises
    ------
    ImportError, AttributeError
        When there is no such module, or no such class in it.
    """
    return pkgutil.resolve_name(name)()

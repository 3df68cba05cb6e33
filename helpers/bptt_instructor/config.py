"""Load ``nbgrader_config.py``: its only reader."""

from __future__ import annotations

import os
import pkgutil
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from traitlets.config.loader import Config, PyFileConfigLoader

CHECK_SUITE = "bptt_instructor.grading.checks.bptt_suite:BpttSuite"
"""This course's own, for a configuration that names no other."""


def load_config(root: Path) -> Config:
    """Read a course's ``nbgrader_config.py``, and see to it that nbgrader can open the gradebook.

    Parameters
    ----------
    root
        The folder that it is in.
    """
    # nbgrader runs alembic by name, and a virtual environment need not be activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return config


def check_suite_name(config: Config) -> str:
    """Return where the course's checks are, as ``package.module:Class``: ``c.Grading.check_suite``."""
    return str(config.get("Grading", {}).get("check_suite", CHECK_SUITE))


@lru_cache(maxsize=4)
def load_check_suite(name: str) -> Any:  # noqa: ANN401 - a CheckSuite, whose protocol belongs to grading
    """Make a :class:`bptt_instructor.grading.checks.protocol.CheckSuite` from its name.

    Raises
    ------
    ImportError, AttributeError
        When there is none of that name.
    """
    return pkgutil.resolve_name(name)()

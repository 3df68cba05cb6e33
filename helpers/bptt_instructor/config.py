"""Load ``nbgrader_config.py``: its only reader."""

from __future__ import annotations

import os
import pkgutil
import sys
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traitlets.config.loader import Config

DEFAULT_CHECK_SUITE = "bptt_instructor.grading.checks.bptt_suite:BpttSuite"
"""The check suite of a configuration that names none: this course's own."""


class ConfigError(Exception):
    """``nbgrader_config.py`` asks for what is not there; the message says what, and what to do."""


def load_config(root: Path) -> Config:
    """Load a course's ``nbgrader_config.py``, and put this Python's programs on ``PATH``.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.

    Raises
    ------
    ConfigError
        When it raises an error.
    """
    from traitlets.config.loader import PyFileConfigLoader  # noqa: PLC0415 - "bptt --help" needs none of it

    # To open a gradebook, nbgrader runs alembic by name, and a virtual environment need not be activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    try:
        config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    except Exception as error:
        lines = [at.lineno for at in extract_tb(error.__traceback__) if at.filename.endswith("nbgrader_config.py")]
        raise ConfigError(
            f"{root / 'nbgrader_config.py'} cannot be loaded, at line {lines[-1] if lines else 1}: "
            f"{type(error).__name__}: {error}. Correct it first."
        ) from error
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
    CheckSuite
        See :class:`bptt_instructor.grading.checks.interface.CheckSuite`.

    Raises
    ------
    ConfigError
        When there is no such class.
    """
    try:
        return pkgutil.resolve_name(name)()
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"c.Grading.check_suite in nbgrader_config.py names {name!r}, which cannot be loaded: {error}. It is "
            '"package.module:Class", of a package that is installed or in PYTHONPATH.'
        ) from error

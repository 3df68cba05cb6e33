"""Look at everything, whatever else is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt_instructor.doctor import course_checks, machine_checks, package_checks
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from traitlets.config import Config


def run_checks(root: Path) -> Iterator[CheckResult]:
    """Look at everything that grading needs, one thing at a time.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    """
    yield _tried("Python", machine_checks.python)
    yield _tried("Packages", lambda: package_checks.packages(root / "requirements.lock"))
    yield _tried("nbgrader", package_checks.nbgrader)
    yield _tried("Sandbox", machine_checks.sandbox)
    yield _tried("Course folder", lambda: course_checks.folder(root))
    yield _tried("Lessons", lambda: course_checks.lessons(root))
    yield _tried("Gradebook", lambda: course_checks.gradebook(_config(root)))
    yield _tried("Disk", lambda: machine_checks.disk(root))
    yield _tried("Size", machine_checks.size)
    yield _tried("Jupyter kernel", package_checks.kernel)
    yield _tried("Exchange", lambda: course_checks.exchange(_config(root)))
    yield _tried("Chromium", machine_checks.browser)


def _config(root: Path) -> Config:
    from bptt_instructor.config import load_config  # noqa: PLC0415 - if nbgrader is missing, only its lines fail

    return load_config(root)


def _tried(what: str, check: Callable[[], CheckResult]) -> CheckResult:
    try:
        return check()
    # What is broken may break in any way, and the other lines are worth having.
    except Exception as error:  # noqa: BLE001
        return CheckResult(
            what, CheckState.MISSING, f"Could not be looked at: {type(error).__name__}: {error}", package_checks.INSTALL
        )

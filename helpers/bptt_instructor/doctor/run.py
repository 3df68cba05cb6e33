"""Run all checks; a check that crashes becomes a failed result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt_instructor.doctor import course_checks, machine_checks, package_checks
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from traitlets.config import Config


def run_checks(root: Path) -> Iterator[CheckResult]:
    """Run all checks of the doctor, and yield each result when it is there.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    """
    yield _result("Python", machine_checks.python)
    yield _result("Packages", lambda: package_checks.packages(root / "requirements.lock"))
    yield _result("nbgrader", package_checks.nbgrader)
    system = _result("System", machine_checks.system)
    yield system
    if system.state is CheckState.OK:
        yield _result("Sandbox", machine_checks.sandbox)
        yield _result("Workers", machine_checks.workers)
        yield _result("Limits", machine_checks.hard_limits)
        yield _result("Temporary", machine_checks.temporary_files)
        yield _result("Size", machine_checks.size)
    yield _result("Course folder", lambda: course_checks.folder(root))
    yield _result("Lessons", lambda: course_checks.lessons(root))
    yield _result("Gradebook", lambda: course_checks.gradebook(_load_config(root)))
    yield _result("Disk", lambda: machine_checks.disk(root))
    yield _result("Jupyter kernel", package_checks.kernel)
    if system.state is CheckState.OK:
        yield _result("Exchange", lambda: course_checks.exchange(_load_config(root)))
    yield _result("Chromium", machine_checks.browser)


def _load_config(root: Path) -> Config:
    from bptt_instructor.config import load_config  # noqa: PLC0415 - if nbgrader is missing, only checks that need it fail

    return load_config(root)


def _result(name: str, check: Callable[[], CheckResult]) -> CheckResult:
    try:
        return check()
    # A broken installation may raise anything, and the other results are worth having.
    except Exception as error:  # noqa: BLE001
        return CheckResult(
            name,
            CheckState.MISSING,
            f"Could not be looked at: {type(error).__name__}: {error}",
            package_checks.INSTALL_COMMAND,
        )

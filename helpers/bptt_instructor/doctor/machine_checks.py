"""Checks of Python, the sandbox and the hardware."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from bptt.wording import plural
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from pathlib import Path

MIN_PYTHON, FIRST_UNTESTED_PYTHON = (3, 11), (3, 15)
GB = 1_000_000_000
_ENOUGH_DISK_BYTES, _MIN_DISK_BYTES = 2 * GB, 0.2 * GB
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> CheckResult:
    """Check the version of Python."""
    detail = f"{'.'.join(map(str, version))}, {sys.executable}"
    if MIN_PYTHON <= version < FIRST_UNTESTED_PYTHON:
        return CheckResult("Python", CheckState.OK, detail)
    fix = "make clean && make lab PYTHON=/path/to/python3.12"
    return CheckResult("Python", CheckState.MISSING, f"{detail}; the course needs 3.11 to 3.14.", fix)


def sandbox() -> CheckResult:
    """Check that submissions can run in a sandbox."""
    from bptt_instructor.grading.sandbox.availability import INSTALL, unavailable_reason  # noqa: PLC0415 - if nbgrader is broken, only this check fails

    reason = unavailable_reason()
    if not reason:
        return CheckResult("Sandbox", CheckState.OK, "bubblewrap and libseccomp are there, and allowed.")
    fix = INSTALL if INSTALL in reason else "Grade on another machine, or ask whoever runs this one."
    return CheckResult("Sandbox", CheckState.MISSING, " ".join(reason.replace(INSTALL, "").split()), fix)


def browser() -> CheckResult:
    """Check that there is a browser for the browser tests."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program:
        return CheckResult("Chromium", CheckState.OK, program)
    return CheckResult(
        "Chromium",
        CheckState.OPTIONAL,
        "Not found; only the browser tests need it, and make test installs it.",
        "make test",
    )


def size() -> CheckResult:
    """Check that memory suffices for one submission per processor."""
    import psutil  # noqa: PLC0415 - if psutil is missing, only this check fails

    from bptt_instructor.grading.executors.forkserver import available_cpus  # noqa: PLC0415
    from bptt_instructor.grading.limits import Limits  # noqa: PLC0415

    processors, memory = available_cpus(), psutil.virtual_memory().total
    detail = f"{plural(processors, 'processor')}, {memory / GB:.1f} GB of memory."
    max_workers = int(memory // Limits().memory_bytes)
    if processors <= max_workers:
        return CheckResult("Size", CheckState.OK, detail)
    detail += f" Submissions that use all they may, {Limits().memory_bytes / GB:g} GB each, do not fit side by side."
    return CheckResult("Size", CheckState.OPTIONAL, detail, f"bptt grade LESSON --workers {max(max_workers, 1)}")


def disk(folder: Path, free: float | None = None) -> CheckResult:
    """Check that there is enough disk space for what grading writes.

    Parameters
    ----------
    folder
        The course folder.
    free
        Free space in bytes; None to measure it.
    """
    free = shutil.disk_usage(folder).free if free is None else free
    detail = f"{free / GB:.1f} GB free."
    if free >= _ENOUGH_DISK_BYTES:
        return CheckResult("Disk", CheckState.OK, detail)
    fix = "Free some space, or move the course folder."
    if free >= _MIN_DISK_BYTES:
        return CheckResult("Disk", CheckState.OPTIONAL, f"{detail} That may be too little for a large class.", fix)
    return CheckResult("Disk", CheckState.MISSING, detail, fix)

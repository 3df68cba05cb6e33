"""The machine: its Python, its sandbox, its size."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from bptt.wording import plural
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from pathlib import Path

OLDEST, FIRST_UNTRIED = (3, 11), (3, 15)
GB = 1_000_000_000
_LITTLE_DISK, _NO_DISK = 2 * GB, 0.2 * GB
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> CheckResult:
    """Look at the version of Python."""
    found = f"{'.'.join(map(str, version))}, {sys.executable}"
    if OLDEST <= version < FIRST_UNTRIED:
        return CheckResult("Python", CheckState.OK, found)
    mend = "make clean && make lab PYTHON=/path/to/python3.12"
    return CheckResult("Python", CheckState.MISSING, f"{found}; the course needs 3.11 to 3.14.", mend)


def sandbox() -> CheckResult:
    """Look whether submissions can be run in a sandbox."""
    from bptt_instructor.grading.sandbox.availability import INSTALL, unavailable_reason  # noqa: PLC0415 - a broken nbgrader stops this alone

    why = unavailable_reason()
    if not why:
        return CheckResult("Sandbox", CheckState.OK, "bubblewrap and libseccomp are there, and allowed.")
    mend = INSTALL if INSTALL in why else "Grade on another machine, or ask whoever runs this one."
    return CheckResult("Sandbox", CheckState.MISSING, " ".join(why.replace(INSTALL, "").split()), mend)


def browser() -> CheckResult:
    """Look for a browser for the tests."""
    there = next(filter(None, map(shutil.which, BROWSERS)), None)
    if there:
        return CheckResult("Chromium", CheckState.OK, there)
    return CheckResult(
        "Chromium",
        CheckState.OPTIONAL,
        "Not found; only the browser tests need it, and make test installs it.",
        "make test",
    )


def size() -> CheckResult:
    """Look how many submissions can run at a time."""
    import psutil  # noqa: PLC0415 - if it is missing, only this line fails

    from bptt_instructor.grading.executors.forkserver import available_cpus  # noqa: PLC0415
    from bptt_instructor.grading.limits import Limits  # noqa: PLC0415

    processors, memory = available_cpus(), psutil.virtual_memory().total
    found = f"{plural(processors, 'processor')}, {memory / GB:.1f} GB of memory."
    fit = int(memory // Limits().memory_bytes)
    if processors <= fit:
        return CheckResult("Size", CheckState.OK, found)
    found += f" Submissions that use all they may, {Limits().memory_bytes / GB:g} GB each, do not fit side by side."
    return CheckResult("Size", CheckState.OPTIONAL, found, f"bptt grade LESSON --workers {max(fit, 1)}")


def disk(folder: Path, free: float | None = None) -> CheckResult:
    """Look how much room there is for what grading writes.

    Parameters
    ----------
    folder
        The course.
    free
        Bytes; None for what the disk has.
    """
    free = shutil.disk_usage(folder).free if free is None else free
    found = f"{free / GB:.1f} GB free."
    if free >= _LITTLE_DISK:
        return CheckResult("Disk", CheckState.OK, found)
    mend = "Free some space, or move the course folder."
    if free >= _NO_DISK:
        return CheckResult("Disk", CheckState.OPTIONAL, f"{found} That may be too little for a large class.", mend)
    return CheckResult("Disk", CheckState.MISSING, found, mend)

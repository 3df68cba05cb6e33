"""What is installed beside this package."""

from __future__ import annotations

import re
import shutil
import sys
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

INSTALL = "make demo"
BESIDE = Path(sys.executable).parent


def packages(lock: Path) -> CheckResult:
    """Look whether everything that grading needs is installed, and in the locked versions.

    Parameters
    ----------
    lock
        ``requirements.lock``, which need not be there.
    """
    locked = defaultdict(list)
    if lock.is_file():
        for name, number in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            locked[name].append(number)
    lacking, others = [], []
    for needed in _needed():
        try:
            there = version(needed.name)
        except PackageNotFoundError:
            lacking.append(f"{needed} is not installed.")
            continue
        if there not in needed.specifier:
            lacking.append(f"{needed} is needed, and {there} is installed.")
        elif there not in locked.get(needed.name, [there]):
            others.append(f"{needed.name} {there}, not {' or '.join(locked[needed.name])}")
    if lacking:
        return CheckResult("Packages", CheckState.MISSING, " ".join(lacking), INSTALL)
    if others:
        shown = f"{', '.join(others[:3])}{f', and {len(others) - 3} more' if len(others) > 3 else ''}"  # noqa: PLR2004
        found = f"All there, but the course was tried with other versions, those of requirements.lock: {shown}."
        return CheckResult("Packages", CheckState.OPTIONAL, found, INSTALL)
    return CheckResult("Packages", CheckState.OK, "All there.")


def _needed() -> Iterator[Requirement]:
    """List what this system needs to grade: what learners need, and the extra ``grading``."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - if it is missing, only this line fails

    for line in requires("bptt") or ():
        needed = Requirement(line)
        if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in ("", "grading")):
            needed.marker = None
            yield needed


def nbgrader() -> CheckResult:
    """Look whether nbgrader's commands can be run, and by which name."""
    missing = [name for name in ("nbgrader", "alembic") if not shutil.which(name, path=str(BESIDE))]
    if missing:
        return CheckResult("nbgrader", CheckState.MISSING, f"No program {' or '.join(missing)} in {BESIDE}.", INSTALL)
    there = shutil.which("nbgrader")
    if there and Path(there).resolve() == (BESIDE / "nbgrader").resolve():
        return CheckResult("nbgrader", CheckState.OK, there)
    found = f"'nbgrader' alone finds {there or 'nothing'}. bptt does not need it to; for nbgrader's own commands, type"
    return CheckResult("nbgrader", CheckState.OPTIONAL, found, f"PATH={BESIDE}:$PATH nbgrader ...")


def kernel() -> CheckResult:
    """Look whether notebooks run with this Python; grading does not depend on it, learners do."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415 - if missing, only this fails

    mend = f"{sys.executable} -m ipykernel install --sys-prefix"
    what = "Jupyter kernel"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return CheckResult(
            what, CheckState.OPTIONAL, "There is no kernel python3; notebooks in JupyterLab need it.", mend
        )
    program = shutil.which(spec.argv[0]) or spec.argv[0]
    # By a bare name, Jupyter starts the Python that it runs with.
    if re.fullmatch(r"python[\d.]*", spec.argv[0]) or Path(program).parent == BESIDE:
        return CheckResult(what, CheckState.OK, spec.resource_dir)
    found = f"The kernel python3 is another Python, {program}; notebooks in JupyterLab need this one."
    return CheckResult(what, CheckState.OPTIONAL, found, f"rm -r {spec.resource_dir} && {mend}")

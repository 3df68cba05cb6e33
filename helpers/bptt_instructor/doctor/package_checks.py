"""Checks of installed packages, nbgrader's commands and the Jupyter kernel."""

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

INSTALL_COMMAND = "make demo" if sys.platform == "linux" else 'pip install ".[grading]"'
PYTHON_BIN = Path(sys.executable).parent
"""Folder of this Python, and of the programs that its packages install."""


def packages(lock: Path) -> CheckResult:
    """Check that all packages for grading are installed, in the locked versions.

    Parameters
    ----------
    lock
        Path of ``requirements.lock``; without that file, any version that ``bptt`` allows is right.
    """
    locked = defaultdict(list)
    if lock.is_file():
        for name, number in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            locked[name].append(number)
    missing, different = [], []
    for requirement in _requirements():
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            missing.append(f"{requirement} is not installed.")
            continue
        if installed not in requirement.specifier:
            missing.append(f"{requirement} is needed, and {installed} is installed.")
        elif installed not in locked.get(requirement.name, [installed]):
            different.append(f"{requirement.name} {installed}, not {' or '.join(locked[requirement.name])}")
    if missing:
        return CheckResult("Packages", CheckState.MISSING, " ".join(missing), INSTALL_COMMAND)
    if different:
        shown = f"{', '.join(different[:3])}{f', and {len(different) - 3} more' if len(different) > 3 else ''}"  # noqa: PLR2004
        detail = f"All there, but the course was tried with other versions, those of requirements.lock: {shown}."
        return CheckResult("Packages", CheckState.OPTIONAL, detail, INSTALL_COMMAND)
    return CheckResult("Packages", CheckState.OK, "All there.")


def _requirements() -> Iterator[Requirement]:
    """Yield what ``bptt`` requires on this system, with its extra ``grading``."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - if packaging is missing, only this check fails

    for line in requires("bptt") or ():
        requirement = Requirement(line)
        if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", "grading")):
            # Messages show requirements without their conditions.
            requirement.marker = None
            yield requirement


def nbgrader() -> CheckResult:
    """Check that nbgrader's commands are installed, and whether ``nbgrader`` alone finds them."""
    missing = [name for name in ("nbgrader", "alembic") if not shutil.which(name, path=str(PYTHON_BIN))]
    if missing:
        return CheckResult(
            "nbgrader", CheckState.MISSING, f"No program {' or '.join(missing)} in {PYTHON_BIN}.", INSTALL_COMMAND
        )
    found = shutil.which("nbgrader")
    if found and Path(found).resolve().parent == PYTHON_BIN.resolve():
        return CheckResult("nbgrader", CheckState.OK, found)
    detail = f"'nbgrader' alone finds {found or 'nothing'}. bptt does not need it to; for nbgrader's own commands, type"
    return CheckResult("nbgrader", CheckState.OPTIONAL, detail, f"PATH={PYTHON_BIN}:$PATH nbgrader ...")


def kernel() -> CheckResult:
    """Check that notebooks in JupyterLab run with this Python; grading does not depend on it."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415 - if it is missing, only this check fails

    fix = f"{sys.executable} -m ipykernel install --sys-prefix"
    name = "Jupyter kernel"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return CheckResult(
            name, CheckState.OPTIONAL, "There is no kernel python3; notebooks in JupyterLab need it.", fix
        )
    program = shutil.which(spec.argv[0]) or spec.argv[0]
    # Where the kernel spec has a bare name, Jupyter starts the Python that it runs with itself.
    if re.fullmatch(r"python[\d.]*", spec.argv[0]) or Path(program).parent == PYTHON_BIN:
        return CheckResult(name, CheckState.OK, spec.resource_dir)
    detail = f"The kernel python3 is another Python, {program}; notebooks in JupyterLab need this one."
    return CheckResult(name, CheckState.OPTIONAL, detail, f"rm -r {spec.resource_dir} && {fix}")

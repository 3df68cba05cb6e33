"""What is installed beside this package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from bptt_instructor.doctor.models import Finding, State

INSTALL = "make demo"
BESIDE = Path(sys.executable).parent


def packages(lock: Path) -> Finding:
    """Look whether everything that the package needs is installed, and in the locked versions.

    Parameters
    ----------
    lock
        ``requirements.lock``, which need not be there.
    """
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named pip" in checked.stderr:
        return Finding("Packages", State.OPTIONAL, "pip, which can tell, is not installed.", INSTALL)
    lacking = [line for line in checked.stdout.splitlines() if line.startswith("bptt ")]
    if lacking:
        return Finding("Packages", State.MISSING, " ".join(lacking), INSTALL)
    others = _not_locked(lock) if lock.is_file() else []
    if others:
        shown = f"{', '.join(others[:3])}{f', and {len(others) - 3} more' if len(others) > 3 else ''}"  # noqa: PLR2004
        found = f"All there, but the course was tried with other versions, those of requirements.lock: {shown}."
        return Finding("Packages", State.OPTIONAL, found, "make lab")
    return Finding("Packages", State.OK, "All there.")


def _not_locked(lock: Path) -> list[str]:
    """List what the package needs directly and has in a version that is not locked."""
    entries = re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    others = []
    for name in re.findall(r"^[\w.-]+", "\n".join(requires("bptt") or []), re.MULTILINE):
        locked = [one for package, one in entries if package.lower() == name.lower()]
        # What is not needed on this system is not installed.
        with suppress(PackageNotFoundError):
            if locked and version(name) not in locked:
                others.append(f"{name} {version(name)}, not {' or '.join(locked)}")
    return others


def nbgrader() -> Finding:
    """Look whether nbgrader's commands can be run, and by which name."""
    missing = [name for name in ("nbgrader", "alembic") if not shutil.which(name, path=str(BESIDE))]
    if missing:
        return Finding("nbgrader", State.MISSING, f"No program {' or '.join(missing)} in {BESIDE}.", INSTALL)
    there = shutil.which("nbgrader")
    if there and Path(there).resolve() == (BESIDE / "nbgrader").resolve():
        return Finding("nbgrader", State.OK, there)
    found = f"'nbgrader' alone finds {there or 'nothing'}. bptt does not need it to; for nbgrader's own commands, type"
    return Finding("nbgrader", State.OPTIONAL, found, f"PATH={BESIDE}:$PATH nbgrader ...")


def kernel() -> Finding:
    """Look whether notebooks run with this Python; grading does not depend on it, learners do."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415 - if missing, only this fails

    mend = f"{sys.executable} -m ipykernel install --sys-prefix"
    what = "Jupyter kernel"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(what, State.OPTIONAL, "There is no kernel python3; notebooks in JupyterLab need it.", mend)
    program = shutil.which(spec.argv[0]) or spec.argv[0]
    # By a bare name, Jupyter starts the Python that it runs with.
    if re.fullmatch(r"python[\d.]*", spec.argv[0]) or Path(program).parent == BESIDE:
        return Finding(what, State.OK, spec.resource_dir)
    found = f"The kernel python3 is another Python, {program}; notebooks in JupyterLab need this one."
    return Finding(what, State.OPTIONAL, found, f"rm -r {spec.resource_dir} && {mend}")

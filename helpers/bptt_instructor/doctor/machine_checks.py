"""Checks of Python, the sandbox and the hardware."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from bptt.wording import plural
from bptt_instructor.doctor.models import CheckResult, CheckState

MIN_PYTHON, FIRST_UNTESTED_PYTHON = (3, 11), (3, 15)
GB = 1_000_000_000
_ENOUGH_DISK_BYTES, _MIN_DISK_BYTES = 2 * GB, 0.2 * GB
MAX_START_SECONDS = 20
SOCKET_NAME_BYTES = 40
"""What multiprocessing adds to the path of a temporary folder for a socket, in about."""
_NAMESPACE_SETTINGS = {
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel.unprivileged_userns_clone": ("0", "1"),
    "user.max_user_namespaces": ("0", "10000"),
}
"""Of each setting of the kernel that can forbid user namespaces, the value that does, and one that does not."""
_AS_A_USER = '--user "$(id -u):$(id -g)"'
CONTAINER_OPTIONS = {
    "run/secrets/kubernetes.io": "hostUsers: false, procMount: Unmasked, seccompProfile, appArmorProfile: Unconfined",
    "run/.containerenv": f"{_AS_A_USER} --userns keep-id --security-opt seccomp=unconfined --security-opt unmask=ALL",
    ".dockerenv": f"{_AS_A_USER} --security-opt seccomp=unconfined --security-opt systempaths=unconfined "
    "--security-opt apparmor=unconfined",
}
"""By a file that Kubernetes, Podman or Docker puts into each container: what lets a container make namespaces."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> CheckResult:
    """Check the version of Python."""
    detail = f"{'.'.join(map(str, version))}, {sys.executable}"
    if MIN_PYTHON <= version < FIRST_UNTESTED_PYTHON:
        return CheckResult("Python", CheckState.OK, detail)
    fix = "make clean && make lab PYTHON=/path/to/python3.12"
    return CheckResult("Python", CheckState.MISSING, f"{detail}; the course needs 3.11 to 3.14.", fix)


def system() -> CheckResult:
    """Check that this is a system on which submissions can be graded."""
    if sys.platform == "linux":
        return CheckResult("System", CheckState.OK, platform.platform())
    from bptt_instructor.grading.sandbox.availability import NEEDS_LINUX  # noqa: PLC0415 - if nbgrader is broken, only this check fails

    return CheckResult("System", CheckState.MISSING, f"{platform.system()}.", NEEDS_LINUX)


def sandbox() -> CheckResult:
    """Check that submissions can run in a sandbox, by running a cell in one."""
    from bptt_instructor.grading.sandbox.availability import INSTALL, unavailable_reason  # noqa: PLC0415 - if nbgrader is broken, only this check fails

    reason = unavailable_reason()
    if not reason:
        from bptt_instructor.grading.kernel_client.zygote_process import SandboxError  # noqa: PLC0415

        try:
            if _runs_a_cell():
                return CheckResult("Sandbox", CheckState.OK, "A cell has run in one.")
            reason = "A sandbox was made, and a cell did not run in it."
        except SandboxError as error:
            reason = f"None could be made: {error}."
    fix = INSTALL if INSTALL in reason else allow_namespaces()
    return CheckResult("Sandbox", CheckState.MISSING, " ".join(reason.replace(INSTALL, "").split()), fix)


def allow_namespaces(root: Path = Path("/")) -> str:
    """Return what to do where the programs for a sandbox are there, and the system refuses to make one.

    Parameters
    ----------
    root
        Where the files that say so are.
    """
    steps = []
    for name, (forbidden, allowed) in _NAMESPACE_SETTINGS.items():
        setting = root / "proc/sys" / name.replace(".", "/")
        if setting.is_file() and setting.read_text(encoding="ascii").strip() == forbidden:
            steps.append(f"sudo sysctl -w {name}={allowed}")
    container = next((options for file, options in CONTAINER_OPTIONS.items() if (root / file).exists()), None)
    if not container:
        return " && ".join(steps) or "Grade on another machine, or ask the administrator of this one."
    first = f"{' && '.join(steps)} on the machine that runs this container, then start" if steps else "Start"
    return f"{first} the container with {container} (docs/instructor.md, Containers, says why)."


def _runs_a_cell() -> bool:
    from bptt_instructor.config import DEFAULT_CHECK_SUITE, load_check_suite  # noqa: PLC0415
    from bptt_instructor.grading.kernel_client.launcher import KernelLauncher  # noqa: PLC0415
    from bptt_instructor.grading.limits import Limits  # noqa: PLC0415

    launcher = KernelLauncher(Limits(), load_check_suite(DEFAULT_CHECK_SUITE))
    try:
        with launcher.start({}) as kernel:
            return not kernel.run("assert 6 * 7 == 42").failed
    finally:
        launcher.close()


def workers() -> CheckResult:
    """Check that a worker can be started; without any, one process grades."""
    from bptt_instructor.grading.executors.local_workers import local_workers  # noqa: PLC0415

    try:
        with local_workers(1) as pool:
            pool.wait_for_workers(1, timeout=MAX_START_SECONDS)
    except (OSError, RuntimeError, TimeoutError) as error:
        detail = f"None can be started, so submissions are graded one at a time ({error})."
        return CheckResult("Workers", CheckState.OPTIONAL, " ".join(detail.split()), "bptt grade LESSON --workers 1")
    return CheckResult("Workers", CheckState.OK, "One was started.")


def temporary_files(folder: Path | None = None) -> CheckResult:
    """Check that there can be temporary files, with sockets among them, and that there is space for them.

    Parameters
    ----------
    folder
        Where they are; None for where Python puts them.
    """
    name, fix = "Temporary", "Set TMPDIR to a folder with a short path that you can write in, on a disk with space."
    try:
        place = tempfile.mkdtemp(dir=folder)
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(f"{place}/{'x' * SOCKET_NAME_BYTES}")
            write_and_sync(Path(place))
            free = shutil.disk_usage(place).free
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        return CheckResult(name, CheckState.MISSING, f"{folder or 'There'}: {error.strerror or error}.", fix)
    detail = f"{Path(place).parent}, {free / GB:.1f} GB free."
    if free < _MIN_DISK_BYTES:
        return CheckResult(name, CheckState.MISSING, detail, fix)
    return CheckResult(name, CheckState.OK, detail)


def write_and_sync(folder: Path) -> None:
    """Write a file into a folder and onto its disk, as results are written, and delete it.

    Raises
    ------
    OSError
        When that is not possible.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x" * 65_536)
        file.flush()
        os.fsync(file.fileno())


def hard_limits() -> CheckResult:
    """Check that the system's hard limits leave submissions what they may use."""
    import resource  # noqa: PLC0415 - only Unix has it

    from bptt_instructor.grading.limits import Limits  # noqa: PLC0415

    limits = Limits()
    wanted = {
        "-n": ("open files", resource.RLIMIT_NOFILE, limits.open_files),
        "-u": ("processes", resource.RLIMIT_NPROC, limits.processes),
        "-f": ("size of a file", resource.RLIMIT_FSIZE, limits.file_bytes),
        "-v": ("address space", resource.RLIMIT_AS, limits.process_bytes),
        "-t": ("seconds of CPU time", resource.RLIMIT_CPU, limits.cpu_seconds),
    }
    low = {}
    for option, (what, number, value) in wanted.items():
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY and hard < value:
            low[option] = f"{what}: {hard}, not {value}"
    if not low:
        return CheckResult("Limits", CheckState.OK, "The system's are above those of submissions.")
    detail = f"Submissions get less than they should ({'; '.join(low.values())})."
    fix = f"Have the hard limits raised: {' '.join(f'ulimit -H {option}' for option in low)} shows them."
    return CheckResult("Limits", CheckState.OPTIONAL, detail, fix)


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

"""Read a submission folder: regular files within bounds, no links.

:func:`walk_submission` alone decides what is within bounds. ``bptt grade`` reads what it allows, and quarantine.py
moves away what it does not, before nbgrader copies the folder. With a walk each, they could come to disagree, and one
would let through what the other stops.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.strip_outputs import strip_outputs
from bptt_instructor.grading.models.grade_row import EMPTY_FOLDER, NO_FOLDER, Status
from bptt_instructor.grading.models.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NOTEBOOK_BYTES = 300_000_000
MAX_BYTES_WITH_OUTPUTS = 1_000_000
"""A larger notebook is read without its outputs, which grading does not use."""
MAX_DATA_BYTES = 50_000_000
"""Size of all data files of a submission together."""
MAX_FILES = 200
MAX_DEPTH = 4


@dataclass(frozen=True)
class SubmissionEntry:
    """A file or folder below a submission folder.

    Attributes
    ----------
    path
        The folder's own path, and the way from there.
    depth
        Number of folders between, from 0.
    size
        Bytes.
    regular
        Whether it is a regular file.
    hidden
        Whether its name, or that of a folder around it, begins with a dot or is not in UTF-8. Grading does not read it;
        nbgrader copies it all the same.
    within_bounds
        Whether it may be read or copied: a folder that is not too deep and can be entered, or a regular file within
        the bounds on size, on number and on the size of all together.
    """

    path: Path
    depth: int
    size: int
    regular: bool
    hidden: bool
    within_bounds: bool


def walk_submission(folder: Path) -> Iterator[SubmissionEntry]:
    """Yield all that is below a submission folder, each folder before what is in it; no link is followed.

    Raises
    ------
    OSError
        When the folder itself cannot be read.
    """
    files, left = 0, MAX_DATA_BYTES
    # Hidden files come last, so that they never use up the bounds of files that are graded.
    for path, depth, hidden in sorted(_paths(folder), key=lambda item: item[2]):
        status = path.lstat()
        regular = stat.S_ISREG(status.st_mode)
        if not regular:
            fits = stat.S_ISDIR(status.st_mode) and depth < MAX_DEPTH and _may_enter(path)
        elif path.suffix == ".ipynb":
            fits = status.st_size <= MAX_NOTEBOOK_BYTES
        elif path == folder / TIMESTAMP:
            # It uses up no bound: a time that is noted later must not push out what was graded.
            fits = status.st_size <= left
        else:
            fits = status.st_size <= left and files < MAX_FILES
            files, left = files + fits, left - fits * status.st_size
        yield SubmissionEntry(path, depth, status.st_size, regular, hidden, fits)


def read_submission(folder: Path, student: str, name: str) -> Submission:
    """Read a student's notebook and data files.

    Parameters
    ----------
    folder
        The submission folder.
    student
        Id.
    name
        Name of the notebook, without its suffix.

    Raises
    ------
    UngradableError
        When there is no notebook, or one that is out of bounds.
    OSError
        When the folder or the notebook cannot be read.
    """
    return Submission(student, read_notebook(_notebook_path(folder, name)), data_files(folder))


def read_notebook(path: Path) -> bytes:
    """Read a notebook file; a large one without its outputs.

    Raises
    ------
    UngradableError
        When it is no regular file, too large, or has too many brackets to strip its outputs.
    OSError
        When it cannot be read.
    """
    if not _is_regular_file(path):
        raise UngradableError(Status.MISSING, f"there is {_name_and_kind(path)}")
    content = _bounded_content(path, MAX_NOTEBOOK_BYTES)
    if content is None:
        raise UngradableError(Status.UNREADABLE, f"larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB")
    return strip_outputs(content) if len(content) > MAX_BYTES_WITH_OUTPUTS else content


def data_files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files but notebooks, by relative path, without what is hidden or out of bounds."""
    files: dict[str, bytes] = {}
    for entry in walk_submission(folder):
        if not entry.regular or entry.hidden or not entry.within_bounds or entry.path.suffix == ".ipynb":
            continue
        content = None
        with suppress(OSError):
            content = _bounded_content(entry.path, entry.size)
        if content is not None:
            files[entry.path.relative_to(folder).as_posix()] = content
    return files


def _notebook_path(folder: Path, name: str) -> Path:
    wanted = folder / f"{name}.ipynb"
    if _is_regular_file(wanted):
        return wanted
    if not folder.is_dir():
        raise UngradableError(Status.MISSING, NO_FOLDER)
    # Browsers and mail programs rename, such as to 01_cell_backward (1).ipynb, and archives add a folder.
    entries = [entry for entry in walk_submission(folder) if entry.regular and not entry.hidden and entry.depth <= 1]
    notebooks = [entry.path for entry in entries if ".ipynb" in entry.path.name.lower()]
    named = [path for path in notebooks if path.name.lower().startswith(name.lower())]
    if named or len(notebooks) == 1:
        return max(named or notebooks, key=lambda path: path.lstat().st_mtime)
    files = ", ".join(_name_and_kind(path) for path in sorted(folder.iterdir()))
    raise UngradableError(Status.MISSING, f"there is {files}" if files else EMPTY_FOLDER)


def _name_and_kind(path: Path) -> str:
    kinds = ((path.is_symlink, "a link"), (path.is_dir, "a folder"), (path.is_file, ""))
    what = next((word for is_one, word in kinds if is_one()), "no file")
    return f"{path.name} ({what})" if what else path.name


def _paths(folder: Path, depth: int = 0, *, hidden: bool = False) -> Iterator[tuple[Path, int, bool]]:
    """Yield what is below a folder, sorted by name: path, depth, and whether it is hidden."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        is_hidden = hidden or entry.name.startswith(".") or not _is_utf8(entry.name)
        yield Path(entry.path), depth, is_hidden
        if depth < MAX_DEPTH and entry.is_dir(follow_symlinks=False) and _may_enter(entry.path):
            yield from _paths(Path(entry.path), depth + 1, hidden=is_hidden)


def _may_enter(folder: str | Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_regular_file(path: Path) -> bool:
    # A link could point to the instructor's own files.
    return path.is_file() and not path.is_symlink()


def _bounded_content(path: Path, max_bytes: int) -> bytes | None:
    """Return a file's content; None when it is no regular file, or a longer one."""
    # By now the path may name a link or a pipe: what was opened is checked, not the path.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = file.read(max_bytes + 1)
    return content if len(content) <= max_bytes else None

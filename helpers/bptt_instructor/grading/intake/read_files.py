"""Read what a student has handed in from the disk: regular files of bounded size, and nothing else."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.strip_outputs import strip_outputs
from bptt_instructor.grading.models.grade_row import EMPTY_FOLDER, NO_FOLDER, Status
from bptt_instructor.grading.models.submission import Submission

NOTEBOOK_BYTES = 300_000_000
LARGE = 1_000_000
"""From here on a notebook's outputs, of which nothing is used, are not worth carrying about."""
DATA_BYTES = 50_000_000
"""Of all data files together."""
MOST_FILES = 200
MOST_DEPTH = 4


def read_submission(folder: Path, student: str, name: str) -> Submission:
    """Read a student's files.

    Parameters
    ----------
    folder
        Where they are.
    student
        Id.
    name
        The notebook's name, without the ending.

    Raises
    ------
    UngradableError
        When there is no notebook, or one that is too large.
    OSError
        When the files cannot be read.
    """
    return Submission(student, read_notebook(_find(folder, name)), data_files(folder))


def read_notebook(path: Path) -> bytes:
    """Read a notebook file, of a large one all but the outputs.

    Raises
    ------
    UngradableError
        When it is too large, or no file but a link or a pipe.
    """
    if not _is_file(path):
        raise UngradableError(Status.MISSING, f"there is {_described(path)}")
    content = _read(path, NOTEBOOK_BYTES)
    if content is None:
        raise UngradableError(Status.UNREADABLE, f"larger than {NOTEBOOK_BYTES // 1_000_000} MB")
    return strip_outputs(content) if len(content) > LARGE else content


def data_files(folder: Path) -> dict[str, bytes]:
    """Read the files beside the notebooks, by relative path; what is too large or too deep is left out."""
    found: dict[str, bytes] = {}
    left = DATA_BYTES
    for path in _regular_files(folder, MOST_DEPTH):
        if path.suffix == ".ipynb" or len(found) == MOST_FILES:
            continue
        content = None
        with suppress(OSError):
            content = _read(path, left)
        if content is not None:
            left -= len(content)
            found[path.relative_to(folder).as_posix()] = content
    return found


def _find(folder: Path, name: str) -> Path:
    wanted = folder / f"{name}.ipynb"
    if _is_file(wanted):
        return wanted
    if not folder.is_dir():
        raise UngradableError(Status.MISSING, NO_FOLDER)
    # Browsers and mail programs rename, such as to 01_cell_backward (1).ipynb, and archives bring a folder along.
    notebooks = [path for path in _regular_files(folder, 1) if ".ipynb" in path.name.lower()]
    named = [path for path in notebooks if path.name.lower().startswith(name.lower())]
    if named or len(notebooks) == 1:
        return max(named or notebooks, key=lambda path: path.lstat().st_mtime)
    files = ", ".join(_described(path) for path in sorted(folder.iterdir()))
    raise UngradableError(Status.MISSING, f"there is {files}" if files else EMPTY_FOLDER)


def _described(path: Path) -> str:
    kinds = ((path.is_symlink, "a link"), (path.is_dir, "a folder"), (path.is_file, ""))
    what = next((word for is_one, word in kinds if is_one()), "no file")
    return f"{path.name} ({what})" if what else path.name


def _regular_files(folder: Path, depth: int) -> list[Path]:
    found = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith(".") or not _is_text(entry.name):
            continue
        if entry.is_file(follow_symlinks=False):
            found.append(Path(entry.path))
        elif depth and entry.is_dir(follow_symlinks=False):
            found += _regular_files(Path(entry.path), depth - 1)
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_file(path: Path) -> bool:
    # A link could lead to the instructor's own files.
    return path.is_file() and not path.is_symlink()


def _read(path: Path, most: int) -> bytes | None:
    """Return a file's content; None when it is no regular file, or a longer one."""
    # What was a file a moment ago may be a link or a pipe by now: the handle is asked, not the name.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = file.read(most + 1)
    return content if len(content) <= most else None

"""What happens to a student's folder before nbgrader copies it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.grading.gradebook.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP, parse_timestamp
from bptt_instructor.grading.intake.read_files import DATA_BYTES, MOST_DEPTH, MOST_FILES, NOTEBOOK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ASIDE = Path("build/quarantine")


def quarantine(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Move whatever is no regular file of bounded size out of a folder of ``submitted/``.

    nbgrader copies all that is in it with the instructor's rights: it follows links, to the instructor's own files too,
    and waits for ever at a pipe. ``c.Autograde.pre_convert_hook`` names this function, which nbgrader calls for each
    student, first of all, in the folder of the course. What was moved is under ``build/quarantine/``, by the same path.
    So is a note of the time that is none: nbgrader would not grade whose it is.

    Parameters
    ----------
    assignment, student
        As nbgrader was asked for them; not used, because they may stand for many.
    notebooks
        The paths of this student's notebooks.
    """
    del assignment, student
    # Not resolved: a notebook may be a link, and then leads elsewhere.
    for folder in {Path(os.path.relpath(notebook)).parent for notebook in notebooks}:
        for path in list(_unfit(folder)):
            try:
                _move(path, ASIDE / path)
            except OSError as error:
                # nbgrader would note any other exception, and copy all the same.
                raise SystemExit(f"{path} cannot be moved to {ASIDE}, and must not be copied: {error}") from error


def _move(path: Path, away: Path) -> None:
    number, free = 1, away
    while os.path.lexists(free):
        number, free = number + 1, away.with_name(f"{away.name}.{number}")
    free.parent.mkdir(parents=True, exist_ok=True)
    path.rename(free)


def _unfit(folder: Path) -> Iterator[Path]:
    files, left = 0, DATA_BYTES
    for entry, depth in _entries(folder, 0):
        status, path = entry.stat(follow_symlinks=False), Path(entry.path)
        if stat.S_ISDIR(status.st_mode):
            if depth >= MOST_DEPTH:
                yield path
        elif not stat.S_ISREG(status.st_mode):
            yield path
        elif path.suffix == ".ipynb":
            if status.st_size > NOTEBOOK_BYTES:
                yield path
        elif status.st_size > left or files == MOST_FILES or (path == folder / TIMESTAMP and not _tells_time(path)):
            yield path
        else:
            files, left = files + 1, left - status.st_size


def _tells_time(path: Path) -> bool:
    text = path.read_bytes()[:MAX_TIMESTAMP_BYTES].decode("utf-8", "replace")
    return not text.strip() or parse_timestamp(text) is not None


def _entries(folder: Path, depth: int) -> Iterator[tuple[os.DirEntry[str], int]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        yield entry, depth
        if depth < MOST_DEPTH and entry.is_dir(follow_symlinks=False):
            yield from _entries(Path(entry.path), depth + 1)

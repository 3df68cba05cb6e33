"""Pre-convert hook: move unsafe files out of a submission folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.log import get_logger

from bptt_instructor.grading.gradebook.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP, parse_timestamp, refused_time
from bptt_instructor.grading.intake.read_files import walk_submission

if TYPE_CHECKING:
    from collections.abc import Sequence

QUARANTINE = Path("build/quarantine")


def quarantine(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Move all but regular files within bounds from a submission folder to ``build/quarantine/``, by the same path.

    nbgrader copies the whole folder with the instructor's rights: it follows links, to the instructor's own files too,
    and waits for ever at a pipe. ``c.Autograde.pre_convert_hook`` names this function, which nbgrader calls for each
    student, first of all, in the folder of the course. A ``timestamp.txt`` that holds no time is moved, too: nbgrader
    would not grade the submission.

    Parameters
    ----------
    assignment, student
        Patterns that nbgrader was called with; not used, because they may match many.
    notebooks
        Paths of this student's notebooks.

    Raises
    ------
    SystemExit
        When a file cannot be moved. nbgrader would only log any other exception, and copy the folder.
    """
    del assignment, student
    # Not resolved: a notebook may be a link to another folder.
    for folder in {Path(os.path.relpath(notebook)).parent for notebook in notebooks}:
        for path in _unsafe(folder):
            if path == folder / TIMESTAMP and path.is_file() and not path.is_symlink():
                text = path.read_bytes()[:MAX_TIMESTAMP_BYTES].decode("utf-8", "replace")
                get_logger().warning("%s: %s", folder.parent.name, refused_time(text))
            try:
                _move(path, QUARANTINE / path)
            except OSError as error:
                raise SystemExit(f"{path} cannot be moved to {QUARANTINE}, and must not be copied: {error}") from error


def _move(path: Path, target: Path) -> None:
    number, free = 1, target
    while os.path.lexists(free):
        number, free = number + 1, target.with_name(f"{target.name}.{number}")
    free.parent.mkdir(parents=True, exist_ok=True)
    path.rename(free)


def _unsafe(folder: Path) -> list[Path]:
    """Return what nbgrader must not copy, hidden files too."""
    return [
        entry.path
        for entry in walk_submission(folder)
        if not entry.within_bounds
        or (entry.regular and entry.path == folder / TIMESTAMP and not _is_time_or_blank(entry.path))
    ]


def _is_time_or_blank(path: Path) -> bool:
    content = path.read_bytes()
    text = content.decode("utf-8", "replace")
    return len(content) <= MAX_TIMESTAMP_BYTES and (not text.strip() or parse_timestamp(text) is not None)

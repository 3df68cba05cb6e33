"""Every result on disk as soon as it is there, so that grading that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from pathlib import Path

    from bptt_instructor.grading.models.submission import Submission

PRIVATE = 0o700


class ResultCache:
    """The results of one assignment: a file for each student.

    Each file begins with a digest of all that the result depends on, and a digest of the result itself. A file of
    another submission, or of another version of anything, counts as not there; and so does a damaged one.

    Parameters
    ----------
    folder
        Where the files are. Nobody else may look into it, because results hold reports on hidden tests.
    shared
        What all submissions are graded with, as :func:`bptt_instructor.grading.executors.worker.common` packs it.
    """

    def __init__(self, folder: Path, shared: bytes) -> None:
        self._folder = folder
        self._about = hashlib.sha256(shared).digest()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(PRIVATE)

    def get(self, submission: Submission) -> SubmissionResult | None:
        """Return what this very submission was given before; None when it was not graded yet."""
        try:
            head, content = self._path(submission).read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        return SubmissionResult.from_bytes(content) if head == self._head(submission, content) else None

    def put(self, submission: Submission, result: SubmissionResult) -> None:
        """Write a result down, so that not even a power failure loses it."""
        content = result.to_bytes()
        path = self._path(submission)
        unfinished = path.with_suffix(".new")
        with unfinished.open("wb") as file:
            file.write(self._head(submission, content) + b"\n" + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        # The new name has to last as well.
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _path(self, submission: Submission) -> Path:
        return self._folder / f"{submission.student}.json"

    def _head(self, submission: Submission, content: bytes) -> bytes:
        about = hashlib.sha256(self._about + submission.digest.encode()).hexdigest()
        return f"{about} {hashlib.sha256(content).hexdigest()}".encode()

"""On-disk cache of results, keyed by submission and code digest.

Results are written as soon as they are there, so that grading that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.result import SubmissionResult

if TYPE_CHECKING:
    from pathlib import Path

    from bptt_instructor.grading.models.submission import Submission

PRIVATE_MODE = 0o700


class ResultCache:
    """Results of one assignment: a file for each student.

    Each file begins with a digest of all that the result depends on, and a digest of the result itself. A file is
    ignored when it is of another submission or batch, or damaged.

    Parameters
    ----------
    folder
        Folder of the files. It is made private, because results hold reports on hidden tests.
    shared
        Batch from :func:`bptt_instructor.grading.executors.worker.pack_batch`, which holds the code digest.
    """

    def __init__(self, folder: Path, shared: bytes) -> None:
        self._folder = folder
        self._batch_digest = hashlib.sha256(shared).digest()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(PRIVATE_MODE)

    def get(self, submission: Submission) -> SubmissionResult | None:
        """Return the result of a submission; None when it is not cached."""
        try:
            header, content = self._path(submission).read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        return SubmissionResult.from_bytes(content) if header == self._header(submission, content) else None

    def put(self, submission: Submission, result: SubmissionResult) -> None:
        """Write a result so that not even a power failure loses it."""
        content = result.to_bytes()
        path = self._path(submission)
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(self._header(submission, content) + b"\n" + content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        # The folder has to be synced, too, for the new name to last.
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _path(self, submission: Submission) -> Path:
        return self._folder / f"{submission.student}.json"

    def _header(self, submission: Submission, content: bytes) -> bytes:
        key = hashlib.sha256(self._batch_digest + submission.digest.encode()).hexdigest()
        return f"{key} {hashlib.sha256(content).hexdigest()}".encode()

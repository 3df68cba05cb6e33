"""nbconvert exporter: open a submission through ``grading/intake``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException

from bptt_instructor.grading.gradebook.records import GradingRecords
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.prepare import PreparedNotebook, prepare_notebook
from bptt_instructor.grading.intake.read_files import data_files, read_notebook
from bptt_instructor.grading.judge.seeds import new_seed
from bptt_instructor.grading.models.submission import Submission
from bptt_instructor.grading.sandbox.availability import NEEDS_LINUX, NO_SANDBOX, unavailable_reason
from bptt_instructor.lessons.releases import earlier_releases

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.converters import Autograde


@dataclass(frozen=True)
class PreparedSubmission:
    """A submission between the two runs of ``nbgrader autograde``: the first sanitises it, the second executes it.

    Attributes
    ----------
    submission
        The submitted files, with the seed of this grading.
    notebook
        The notebook as intake parsed and restored it.
    released
        The released notebook.
    """

    submission: Submission
    notebook: PreparedNotebook
    released: NotebookNode


class SubmissionExporter(NotebookExporter):
    """nbconvert exporter that parses a submitted notebook strictly and restores its locked and graded cells.

    ``nbgrader autograde`` opens files with it, so it comes before all preprocessors: OverwriteCells and
    CheckCellMetadata would stop grading the whole class at what is repaired here. nbgrader creates it before it
    changes any file, so this is also where grading without a sandbox is refused.

    Raises
    ------
    NbGraderException
        When a sandbox is asked for, and this machine cannot make one, and on other systems than Linux.
    """

    parent: Autograde
    _prepared_submission: PreparedSubmission

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)  # type: ignore[no-untyped-call]
        if sys.platform != "linux":
            self.log.error(NEEDS_LINUX)
            raise NbGraderException(NEEDS_LINUX)
        if not self.config.get("ExecuteInSandbox", {}).get("sandboxed", True):
            self.log.warning(NO_SANDBOX)
        elif unavailable_reason():
            self.log.error(
                "%s (c.ExecuteInSandbox.sandboxed = False in nbgrader_config.py does.)", unavailable_reason()
            )
            raise NbGraderException(unavailable_reason())

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **options: Any,  # noqa: ANN401 - as in NotebookExporter
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Open one notebook: in the first run through intake, in the second as nbgrader wrote it after the first."""
        if not self.parent._sanitizing or resources is None:  # noqa: SLF001 - nothing public tells which of the two runs it is
            if resources is not None:
                resources = {**resources, "prepared_submission": self._prepared_submission}
            opened: tuple[NotebookNode, dict[str, Any]] = super().from_filename(filename, resources, **options)
            return opened
        path, info = Path(filename), resources["nbgrader"]
        resources["metadata"] = {"name": path.stem, "path": os.fspath(path.parent)}
        released = self._released_notebook(info)
        try:
            content = read_notebook(path)
            prepared = prepare_notebook(content, released, self._earlier(info, released))
        except UngradableError as error:
            # The message is for the instructor, who needs no traceback.
            self.log.error("%s: %s: %s", info["student"], error.status, error.reason)  # noqa: TRY400
            raise
        for change in (*prepared.tampered, *prepared.repaired, *prepared.remarks):
            self.log.warning("%s: %s", info["student"], change)
        submission = Submission(info["student"], content, data_files(path.parent))
        seed = _seed(info["db_url"], info["assignment"], submission)
        self._prepared_submission = PreparedSubmission(replace(submission, seed=seed), prepared, released)
        return self.from_notebook_node(prepared.notebook, resources, **options)  # type: ignore[no-untyped-call]

    def _released_notebook(self, info: dict[str, str]) -> NotebookNode:
        coursedir = self.parent.coursedir
        folder = coursedir.format_path(coursedir.release_directory, ".", info["assignment"])
        released: NotebookNode = nbformat.read(f"{folder}/{info['notebook']}.ipynb", as_version=4)
        return released

    def _earlier(self, info: dict[str, str], released: NotebookNode) -> bytes:
        content = nbformat.writes(released).encode()
        return earlier_releases(Path(self.parent.coursedir.root), info["notebook"], content)


def _seed(gradebook: str, assignment: str, submission: Submission) -> str:
    """Return the seed of an earlier grading of the same files, or a new one."""
    with Gradebook(gradebook) as book:
        record = GradingRecords(book.db()).find(assignment, submission.student)
    return record.seed if record and submission.has_digest(record.submission) else new_seed()

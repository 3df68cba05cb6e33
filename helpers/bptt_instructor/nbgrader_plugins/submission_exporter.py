"""The reader of submitted notebooks."""

from __future__ import annotations

import os
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
from bptt_instructor.grading.sandbox.availability import NO_SANDBOX, unavailable_reason

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.converters import Autograde


@dataclass(frozen=True)
class PreparedSubmission:
    """A submission between nbgrader's two rounds: the first reads it, the second runs it.

    Attributes
    ----------
    submission
        As it was handed in, with its seed.
    taken
        What was made of it.
    released
        The notebook that students were given.
    """

    submission: Submission
    taken: PreparedNotebook
    released: NotebookNode


class SubmissionExporter(NotebookExporter):
    """Read a submitted notebook strictly, and repair what students were not to change.

    It is what ``nbgrader autograde`` opens files with, so it comes before every step: OverwriteCells and
    CheckCellMetadata stop the whole class at what is repaired here. And nbgrader makes it before it touches anything,
    so it is where grading without a sandbox is refused.

    Raises
    ------
    NbGraderException
        When there is no sandbox.
    """

    parent: Autograde
    _handed_in: PreparedSubmission

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)  # type: ignore[no-untyped-call]
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
        """Convert one notebook; what has been read once, and written by nbgrader, as it is."""
        if not self.parent._sanitizing or resources is None:  # noqa: SLF001 - nbgrader tells nobody which of its two rounds it is in
            handed_in = {} if resources is None else {"handed_in": self._handed_in}
            about_it = {**(resources or {}), **handed_in}
            found: tuple[NotebookNode, dict[str, Any]] = super().from_filename(filename, about_it, **options)
            return found
        path, about = Path(filename), resources["nbgrader"]
        resources["metadata"] = {"name": path.stem, "path": os.fspath(path.parent)}
        released = self._released(about)
        try:
            content = read_notebook(path)
            taken = prepare_notebook(content, released)
        except UngradableError as refused:
            # Told to a person, who needs no traceback.
            self.log.error("%s: %s: %s", about["student"], refused.status, refused.reason)  # noqa: TRY400
            raise
        for what in (*taken.tampered, *taken.repaired):
            self.log.warning("%s: %s", about["student"], what)
        submission = Submission(about["student"], content, data_files(path.parent))
        seed = _seed(about["db_url"], about["assignment"], submission)
        self._handed_in = PreparedSubmission(replace(submission, seed=seed), taken, released)
        converted: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(taken.notebook, resources, **options)  # type: ignore[no-untyped-call]
        return converted

    def _released(self, about: dict[str, str]) -> NotebookNode:
        names = self.parent.coursedir
        folder = names.format_path(names.release_directory, ".", about["assignment"])
        released: NotebookNode = nbformat.read(f"{folder}/{about['notebook']}.ipynb", as_version=4)
        return released


def _seed(gradebook: str, assignment: str, submission: Submission) -> str:
    """Return the seed of an earlier grading of the very same submission, or a new one."""
    with Gradebook(gradebook) as book:
        known = GradingRecords(book.db()).find(assignment, submission.student)
    return known.seed if known and known.submission == submission.digest else new_seed()

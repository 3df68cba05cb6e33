"""Preprocessor: save the judge's points in the gradebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from bptt_instructor.grading.gradebook.gradebook import needs_manual_grade
from bptt_instructor.grading.gradebook.records import GradingRecords
from bptt_instructor.grading.gradebook.store import make_record
from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP

if TYPE_CHECKING:
    from nbformat import NotebookNode


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader preprocessor: save the points of the judge's verdicts, not those that outputs claim.

    It takes the place of SaveAutoGrades, which reads outputs.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the points of one notebook, and the record of its grading."""
        result = resources["result"]
        submission = resources["prepared_submission"].submission
        info = resources["nbgrader"]
        with Gradebook(info["db_url"]) as book:
            record = GradingRecords(book.db()).find(info["assignment"], info["student"])
        self._unchanged = record is not None and submission.has_digest(record.submission)
        self._scores = {verdict.cell: verdict.score for verdict in result.verdicts}
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(self.db_url) as book:
            entry = book.find_submission(self.assignment_id, self.student_id)
            if TIMESTAMP not in submission.files:
                # nbgrader would keep the time of an earlier attempt.
                entry.timestamp = None
            late = entry.total_seconds_late
            GradingRecords(book.db()).keep(make_record(result, submission, late))
            book.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:  # noqa: ARG002 - as in SaveAutoGrades
        meta = cell.metadata["nbgrader"]
        grade = self.gradebook.find_grade(meta["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = self._scores.get(meta["grade_id"], 0.0)
        grade.needs_manual_grade = needs_manual_grade(grade, unchanged=self._unchanged)
        self.gradebook.db.commit()

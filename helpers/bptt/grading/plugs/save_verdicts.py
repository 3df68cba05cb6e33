"""The step that enters points into the gradebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import determine_grade, is_solution

if TYPE_CHECKING:
    from nbformat import NotebookNode


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]
    """Enter what the judge said; nothing that a cell shows has a say.

    It takes the place of SaveAutoGrades, which reads outputs.
    """

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        meta = cell.metadata["nbgrader"]
        about = self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(meta["grade_id"], *about)
        if is_solution(cell) or cell.cell_type != "code":
            # A person decides, unless there is nothing to read.
            grade.auto_score, _ = determine_grade(cell, self.log)
        else:
            verdict = resources["verdicts"].get(meta["grade_id"])
            grade.auto_score = verdict.score if verdict else 0.0
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        self.gradebook.db.commit()

"""The step that gathers what a feedback page tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from bptt_instructor.config import check_suite_name, load_check_suite
from bptt_instructor.feedback.extract import extract_feedback
from bptt_instructor.feedback.grades import read_grades

if TYPE_CHECKING:
    from nbformat import NotebookNode


class GatherFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Gather it in ``resources["told"]``, where the page's template finds it.

    It takes the place of GetGrades, which does not tell points of zero from points that nobody has given yet.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Gather it from an autograded notebook and the gradebook."""
        about = resources["nbgrader"]
        suite = load_check_suite(check_suite_name(self.config))
        with Gradebook(about["db_url"]) as book:
            grades = read_grades(
                book.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            )
        resources["told"] = extract_feedback(nb, grades, about["notebook"], suite.exercises)
        return nb, resources

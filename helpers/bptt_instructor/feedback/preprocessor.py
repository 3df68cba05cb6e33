"""nbgrader preprocessor: gather the page's data."""

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
    """Put the feedback of a submission into ``resources["feedback"]``, which the page's template reads.

    It replaces nbgrader's GetGrades, which does not tell points of zero from points that nobody has given yet.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Extract the feedback from an autograded notebook and the gradebook.

        Parameters
        ----------
        nb
            The autograded notebook, which stays as it is.
        resources
            nbconvert's resources; ``resources["nbgrader"]`` names student, assignment, notebook and database.
        """
        names = resources["nbgrader"]
        suite = load_check_suite(check_suite_name(self.config))
        with Gradebook(names["db_url"]) as book:
            grades = read_grades(
                book.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            )
        resources["feedback"] = extract_feedback(nb, grades, names["notebook"], suite.exercises)
        return nb, resources

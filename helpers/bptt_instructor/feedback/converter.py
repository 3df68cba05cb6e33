"""nbgrader's GenerateFeedback, reused for many students."""

from __future__ import annotations

import contextlib
import logging
from functools import lru_cache
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.log_file import log_to_file

log = logging.getLogger(__name__)


class FeedbackConverter(GenerateFeedback):  # type: ignore[misc]
    """GenerateFeedback that sets up once for all pages: the set-up takes longer than a page."""

    _started = False

    def start(self) -> None:
        """Generate the page of the student that ``coursedir.student_id`` names."""
        if not self._started:
            super().start()
            self._started = True
            return
        self.init_notebooks()
        with contextlib.chdir(self.coursedir.root):
            self.convert_notebooks()


def generate_page(root: str, assignment: str, student: str) -> bool:
    """Generate one student's feedback page.

    Parameters
    ----------
    root
        The folder of the course, on this machine.
    assignment, student
        Name of the assignment, and id of the student.

    Returns
    -------
    bool
        Whether the page was written; if not, the log says why.
    """
    course, converter = _course_and_converter(root, assignment)
    converter.coursedir.student_id = student
    with log_to_file(course.log):
        try:
            converter.start()
        except NbGraderException:
            return False
        except (Exception, SystemExit):
            log.exception("No feedback for %s", student)
            return False
    return True


@lru_cache(maxsize=1)
def _course_and_converter(root: str, assignment: str) -> tuple[Course, FeedbackConverter]:
    course = Course(Path(root), assignment)
    return course, course.converter(FeedbackConverter)

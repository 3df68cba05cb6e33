"""One feedback page, made by nbgrader."""

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
    """nbgrader's step, for one student after the other: what it begins with takes longer than a page."""

    _begun = False

    def start(self) -> None:
        """Make the page of the student whom the course directory names."""
        if not self._begun:
            super().start()
            self._begun = True
            return
        self.init_notebooks()
        with contextlib.chdir(self.coursedir.root):
            self.convert_notebooks()


def generate_page(root: str, assignment: str, student: str) -> bool:
    """Write one student's feedback; return whether that went well.

    Parameters
    ----------
    root
        The folder of the course, on this machine.
    assignment, student
        Which page.
    """
    course, step = _step(root, assignment)
    step.coursedir.student_id = student
    with log_to_file(course.log):
        try:
            step.start()
        except NbGraderException:
            return False
        except Exception:
            log.exception("No feedback for %s", student)
            return False
    return True


@lru_cache(maxsize=1)
def _step(root: str, assignment: str) -> tuple[Course, FeedbackConverter]:
    course = Course(Path(root), assignment)
    return course, course.converter(FeedbackConverter)

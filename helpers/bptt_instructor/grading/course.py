"""``Course``: paths, lessons and nbgrader configuration of one assignment."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.config import check_suite_name, load_check_suite, load_config
from bptt_instructor.grading.intake.read_files import data_files
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.models.submission import AssignmentFiles
from bptt_instructor.lessons.releases import earlier_releases

if TYPE_CHECKING:
    from nbgrader.converters.base import BaseConverter

    from bptt_instructor.grading.checks.interface import CheckSuite

Converter = TypeVar("Converter", bound="BaseConverter")


class GradingError(Exception):
    """Grading cannot begin or go on; the message says why, and what to do."""


def lessons_of(root: Path) -> list[str]:
    """Return the names of a course's lessons, in order.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    """
    return [path.stem for path in sorted((root / "solutions").glob("[0-9][0-9]_*.py"))]


class Course:
    """One course, and one of its assignments. The notebooks are built if they are missing.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    assignment
        Name of a lesson, such as ``01_cell_backward``.

    Attributes
    ----------
    assignment
        The same name.
    config
        nbgrader's configuration of the course.

    Raises
    ------
    GradingError
        When the course has no such assignment.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        lessons = lessons_of(root)
        if assignment not in lessons:
            existing = ", ".join(lessons) or f"none in {root / 'solutions'}"
            raise GradingError(f"There is no assignment {assignment!r}. There is: {existing}.")
        self.assignment = assignment
        self.config = load_config(root)
        self._directory = CourseDirectory(config=self.config)
        if not all(path.is_file() for path in (self._source, self._released)):
            from bptt_instructor.lessons.build import build  # noqa: PLC0415 - takes seconds to import

            build(root)

    @property
    def root(self) -> Path:
        """The folder of ``nbgrader_config.py``."""
        return Path(self._directory.root)

    @property
    def gradebook(self) -> tuple[str, str]:
        """Arguments of :class:`nbgrader.api.Gradebook`: database URL and course id."""
        return self._directory.db_url, self._directory.course_id

    @property
    def _build(self) -> Path:
        return self.root / "build"

    @property
    def log(self) -> Path:
        """Log file of grading."""
        return self._build / f"grade-{self.assignment}.log"

    @property
    def results(self) -> Path:
        """Folder of the result cache."""
        return self._build / "results" / self.assignment

    @property
    def registration_file(self) -> Path:
        """JSON file with the version of the lesson that the gradebook has."""
        return self._build / f"recorded-{self.assignment}.json"

    @property
    def lesson(self) -> AssignmentFiles:
        """The instructor's files of the lesson."""
        files = data_files(self._source.parent)
        released = self._released.read_bytes()
        earlier = earlier_releases(self.root, self.assignment, released)
        return AssignmentFiles(self.assignment, self._source.read_bytes(), released, files, earlier)

    @property
    def graded_cells(self) -> list[str]:
        """The ``grade_id`` of each graded cell, in the order of the notebook."""
        cells = nbformat.v4.reads(self._released.read_text(encoding="utf-8")).cells
        metas = [cell.metadata.get("nbgrader", {}) for cell in cells]
        return [meta["grade_id"] for meta in metas if meta.get("grade")]

    @property
    def limits(self) -> Limits:
        """Resource bounds of a submission."""
        return Limits.from_config(self.config)

    @property
    def suite_name(self) -> str:
        """Name of the course's checks, as ``package.module:Class``."""
        return check_suite_name(self.config)

    @property
    def suite(self) -> CheckSuite:
        """The course's checks."""
        suite: CheckSuite = load_check_suite(self.suite_name)
        return suite

    def converter(self, kind: type[Converter], student: str = ".", **directories: str) -> Converter:
        """Make one of nbgrader's converters for this assignment, which overwrites earlier results.

        Parameters
        ----------
        kind
            Class of the converter, such as ``GenerateFeedback``.
        student
            Id; ``"."`` for a converter that is not about students.
        directories
            Folders in place of the course's own, such as ``release_directory``.
        """
        config = copy.deepcopy(self.config)
        overrides = {"assignment_id": self.assignment, "student_id": student, **directories}
        config.merge(Config({"CourseDirectory": overrides}))
        converter = kind(coursedir=CourseDirectory(config=config), config=config)
        converter.force = True
        return converter

    @property
    def _released(self) -> Path:
        return self._notebook(self._directory.release_directory)

    @property
    def _source(self) -> Path:
        return self._notebook(self._directory.source_directory)

    def _notebook(self, step: str) -> Path:
        return self._folder(step, ".") / f"{self.assignment}.ipynb"

    def _folder(self, step: str, student: str) -> Path:
        return Path(self._directory.format_path(step, student, self.assignment))

    def submitted(self, student: str) -> Path:
        """Return the path of a student's submission folder, which need not exist."""
        return self._folder(self._directory.submitted_directory, student)

    def autograded(self, student: str) -> Path:
        """Return the path of a student's graded notebook, which need not exist."""
        return self._folder(self._directory.autograded_directory, student) / f"{self.assignment}.ipynb"

    def feedback(self, student: str) -> Path:
        """Return the path of a student's feedback page, which need not exist."""
        return self._folder(self._directory.feedback_directory, student) / f"{self.assignment}.html"

    def has_submissions(self) -> bool:
        """Tell whether any student has a submission folder for this assignment."""
        return any(path.is_dir() for path in self.submitted("*").parent.parent.glob(f"*/{self.assignment}"))

    def students_with_folders(self) -> list[str]:
        """Return the ids of students with a submission folder for any assignment, sorted."""
        folder = self.submitted("*").parent.parent
        return sorted(path.name for path in folder.glob("*") if path.is_dir() and not path.name.startswith("."))

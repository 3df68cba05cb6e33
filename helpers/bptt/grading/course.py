"""A course on disk, as nbgrader sees it."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nbgrader import nbgraderformat
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config, PyFileConfigLoader

from bptt.lessons.build import build

if TYPE_CHECKING:
    from nbformat import NotebookNode

Converter = TypeVar("Converter", bound=BaseConverter)


class GradingError(Exception):
    """Grading cannot begin; the message says why, and what to do."""


class Course:
    """One course, and one of its assignments.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    assignment
        The name of a lesson, such as ``01_cell_backward``.

    Raises
    ------
    GradingError
        When the course has no such assignment.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        lessons = [path.stem for path in sorted((root / "solutions").glob("[0-9][0-9]_*.py"))]
        if assignment not in lessons:
            there = ", ".join(lessons) or f"none in {root / 'solutions'}"
            raise GradingError(f"There is no assignment {assignment!r}. There is: {there}.")
        # nbgrader runs alembic by name, and a virtual environment need not be activated.
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        self.assignment = assignment
        self._config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        self._names = CourseDirectory(config=self._config)
        if not all(path.is_file() for path in (self._notebook(self._names.source_directory), self._released)):
            build(root)

    @property
    def gradebook(self) -> tuple[str, str]:
        """What nbgrader's Gradebook is opened with: its address, and the course's id."""
        return self._names.db_url, self._names.course_id

    @property
    def log(self) -> Path:
        """Where everything goes that nbgrader and Jupyter say."""
        return Path(self._names.root) / "build" / f"grade-{self.assignment}.log"

    def converter(self, kind: type[Converter], student: str = ".", **directories: str) -> Converter:
        """Make one of nbgrader's steps for one student, which replaces what an earlier run has made.

        Parameters
        ----------
        kind
            Such as ``Autograde``.
        student
            Id.
        directories
            Other folders than the course's own, such as ``submitted_directory``.
        """
        config = copy.deepcopy(self._config)
        about = {"assignment_id": self.assignment, "student_id": student, **directories}
        config.merge(Config({"CourseDirectory": about}))
        step = kind(coursedir=CourseDirectory(config=config), config=config)
        step.force = True
        return step

    @property
    def released(self) -> NotebookNode:
        """The notebook that students were given."""
        return nbgraderformat.read(self._released, as_version=4)

    @property
    def _released(self) -> Path:
        return self._notebook(self._names.release_directory)

    def _notebook(self, step: str) -> Path:
        return self._folder(step, ".") / f"{self.assignment}.ipynb"

    def _folder(self, step: str, student: str) -> Path:
        return Path(self._names.format_path(step, student, self.assignment))

    def submitted(self, student: str) -> Path:
        """Return where a student's files are, or would be."""
        return self._folder(self._names.submitted_directory, student)

    def autograded(self, student: str) -> Path:
        """Return where nbgrader puts the student's notebook once it has run it."""
        return self._folder(self._names.autograded_directory, student) / f"{self.assignment}.ipynb"

    def feedback(self, student: str) -> Path:
        """Return where nbgrader puts the student's feedback."""
        return self._folder(self._names.feedback_directory, student) / f"{self.assignment}.html"

    def has_submissions(self) -> bool:
        """Tell whether anybody has handed in anything for this assignment."""
        return any(path.is_dir() for path in self.submitted("*").parent.parent.glob(f"*/{self.assignment}"))

    def students_with_folders(self) -> list[str]:
        """Return the students who have a folder, for this assignment or another."""
        folder = self.submitted("*").parent.parent
        return sorted(path.name for path in folder.glob("*") if path.is_dir() and not path.name.startswith("."))

"""``Course``: paths, lessons and nbgrader configuration of one assignment."""

from __future__ import annotations

import copy
import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.config import check_suite_name, load_check_suite, load_config
from bptt_instructor.grading.intake.read_files import data_files
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.models.grade_row import one_line
from bptt_instructor.grading.models.submission import AssignmentFiles
from bptt_instructor.lessons.releases import earlier_releases

if TYPE_CHECKING:
    from collections.abc import Collection

    from nbgrader.converters.base import BaseConverter

    from bptt_instructor.grading.checks.interface import CheckSuite

_NO_ID = re.compile(r"^[.\s]|[/\\]")
Converter = TypeVar("Converter", bound="BaseConverter")

MAX_STUDENT_ID_CHARACTERS = 128
_SYSTEM_FOLDERS = (
    *("__macosx", "@eadir", "@recycle", "#recycle", "#snapshot", "~snapshot", "lost+found", "$recycle.bin", "recycler"),
    "system volume information",
)
"""What macOS, Windows, Linux and network drives leave in a folder, in lower case."""


class GradingError(Exception):
    """Grading cannot begin or go on; the message says why, and what to do."""


def can_be_student_id(name: str) -> bool:
    """Tell whether a name can be a student's id in the gradebook, and a folder."""
    return (
        0 < len(name) <= MAX_STUDENT_ID_CHARACTERS
        and all(char.isprintable() or unicodedata.category(char) == "Zs" for char in name)
        and not _NO_ID.search(name)
    )


def lessons_of(root: Path) -> list[str]:
    """Return the names of a course's lessons, in order.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    """
    return [path.stem for path in sorted((root / "solutions").glob("[0-9][0-9]_*.py"))]


def _of_one_folder(kind: type[Converter]) -> type[Converter]:
    """Return a converter's class that takes the folder of a course by its name: nbgrader reads it as a pattern."""
    from nbgrader.converters.base import NbGraderException  # noqa: PLC0415 - takes a second to import

    class ConverterOfOneFolder(kind):  # type: ignore[valid-type, misc]
        def init_notebooks(self) -> None:
            # As nbgrader writes it: its other methods look for the same letters.
            folder = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
            self.assignments = {folder: [f"{folder}/{path.name}" for path in sorted(Path(folder).glob("*.ipynb"))]}
            self.notebooks: list[str] = []
            if not self.assignments[folder]:
                raise NbGraderException(f"There is no notebook in {folder}.")

    return ConverterOfOneFolder


class Course:
    """One course, and one of its assignments. The notebooks are built if they are missing.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    assignment
        Name of a lesson, such as ``01_cell_backward``.
    config
        nbgrader's configuration of the course, where it is loaded already.

    Attributes
    ----------
    assignment
        The same name.
    config
        The same configuration.

    Raises
    ------
    GradingError
        When the course has no such assignment.
    """

    def __init__(self, root: Path, assignment: str, config: Config | None = None) -> None:
        lessons = lessons_of(root)
        if assignment not in lessons:
            existing = ", ".join(lessons) or f"none in {root / 'solutions'}"
            raise GradingError(f"There is no assignment {assignment!r}. There is: {existing}.")
        self.assignment = assignment
        self.config = load_config(root) if config is None else config
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
    def lock(self) -> Path:
        """File that is locked while the assignment is graded."""
        return self._build / f"grade-{self.assignment}.lock"

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
        converter = _of_one_folder(kind)(coursedir=CourseDirectory(config=config), config=config)
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

    def students_with_folders(self, known: Collection[str] = ()) -> list[str]:
        """Return the ids of students with a submission folder for any assignment, sorted.

        Parameters
        ----------
        known
            Ids in the gradebook: with one of them, a folder is a student's whatever it is called.
        """
        return sorted(name for name, is_student in self._in_submitted(known).items() if is_student)

    def not_students(self, known: Collection[str] = ()) -> list[str]:
        """Return what is in the folder of submissions and no student's, such as ``__MACOSX``, in printable text."""
        names = (name for name, is_student in self._in_submitted(known).items() if not is_student)
        return sorted(one_line(os.fsencode(name).decode("utf-8", "backslashreplace")) for name in names)

    def _in_submitted(self, known: Collection[str]) -> dict[str, bool]:
        """Return all names in the folder of submissions, and whether each is a student's."""
        return {
            # Unlike Path.is_dir, isdir raises nothing where a folder cannot be read.
            path.name: os.path.isdir(path)  # noqa: PTH112
            and (path.name in known or (can_be_student_id(path.name) and path.name.lower() not in _SYSTEM_FOLDERS))
            for path in self.submitted("*").parent.parent.glob("*")
        }

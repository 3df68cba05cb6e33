"""Grade a class, one student after the other."""

from __future__ import annotations

import logging
import shutil
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader import nbgraderformat
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException

from bptt.check.report import listed
from bptt.grading import found, gradebook
from bptt.grading.autograde import AutogradeOne
from bptt.grading.course import Course, GradingError
from bptt.grading.execute import DEAD
from bptt.grading.intake import RefusedError, Taken, take_in
from bptt.grading.row import Row, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


def students_to_grade(course: Course, only: Collection[str] = ()) -> list[str]:
    """Return the ids of those who get a row: everybody in the gradebook or with a folder among the submissions.

    Parameters
    ----------
    course
        The course and its assignment.
    only
        When given, these students and no others.

    Raises
    ------
    GradingError
        When nobody has handed in anything, or a student in ``only`` does not exist.
    """
    if not course.has_submissions():
        where = course.submitted("STUDENT") / f"{course.assignment}.ipynb"
        raise GradingError(
            f"Nothing has been handed in for {course.assignment}. Put each notebook in its place:\n{where}"
        )
    known = sorted({*gradebook.roster(course), *course.students_with_folders()})
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise GradingError(f"There is no student {listed(unknown)}. There are: {', '.join(known)}.")
    return [student for student in known if not only or student in only]


def grade(course: Course, students: Sequence[str], *, feedback: bool = True) -> Iterator[Row]:
    """Grade an assignment and yield each student's row as it is done.

    Grading again gives the same rows; points given by hand stay.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids, as :func:`students_to_grade` gives them.
    feedback
        Whether to write a feedback page for each notebook that could be graded.

    Raises
    ------
    GradingError
        When the gradebook does not take the lesson.
    """
    with _logged(course.log):
        gradebook.record_lesson(course)
        gradebook.record_students(course, students)
        names = gradebook.roster(course)
        for student in students:
            row = _grade_one(course, student)
            if feedback and course.autograded(student).is_file() and row.status not in NOT_RUN:
                row = _write_feedback(course, row)
            yield replace(row, name=names[student])


NOT_RUN = (Status.MISSING, Status.UNREADABLE)
TIMEOUT = "CellTimeoutError"


def _grade_one(course: Course, student: str) -> Row:
    """Grade one student; whatever goes wrong with the submission is the row's status, never an exception."""
    try:
        taken = take_in(course.submitted(student), course.released, course.assignment)
    except RefusedError as refused:
        return _row(course, student, refused.status, [refused.reason])
    except OSError as error:
        return _row(course, student, Status.UNREADABLE, [f"the files cannot be read: {error.strerror}"])
    failure = _autograde(course, student, taken)
    if failure:
        return _row(course, student, Status.CRASHED, [f"nbgrader gave up: {failure}"])
    notebook = nbgraderformat.read(course.autograded(student), as_version=4)
    status, reasons = _what_happened(course, student, taken, found.errors(notebook))
    reasons.append(found.other_findings(notebook))
    return replace(_row(course, student, status, reasons), causes=found.causes(notebook))


def _row(course: Course, student: str, status: Status, reasons: Sequence[str]) -> Row:
    cells, penalty, graded = gradebook.points(course, student)
    old = "the points are those of an earlier submission" if status in NOT_RUN and graded else ""
    return Row(student, "", status, "; ".join(filter(None, [*reasons, old])), cells, penalty)


def _autograde(course: Course, student: str, taken: Taken) -> str:
    """Let nbgrader grade a clean copy; return why it could not, or nothing."""
    step = None
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / student / course.assignment
        try:
            shutil.copytree(course.submitted(student), clean, ignore=_not_data)
            nbgraderformat.write(taken.notebook, clean / f"{course.assignment}.ipynb")
            step = course.converter(AutogradeOne, student, submitted_directory=folder)
            step.start()
        except Exception as error:  # noqa: BLE001 - a submission can make nbgrader raise anything
            reason = (step and step.failure) or error
            return f"{type(reason).__name__}: {reason}".splitlines()[0]
    return ""


def _write_feedback(course: Course, row: Row) -> Row:
    try:
        course.converter(GenerateFeedback, row.student).start()
    except NbGraderException:
        return replace(row, reason="; ".join(filter(None, [row.reason, "nbgrader could not write the feedback"])))
    return row


def _not_data(folder: str, names: list[str]) -> set[str]:
    """Name what is not to be copied along: notebooks, and whatever is neither a folder nor a regular file."""
    modes = {name: (Path(folder) / name).lstat().st_mode for name in names}
    return {
        name
        for name, mode in modes.items()
        if name.endswith((".ipynb", ".ipynb_checkpoints")) or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    }


def _what_happened(course: Course, student: str, taken: Taken, errors: set[str]) -> tuple[Status, list[str]]:
    """Find the status of a submission that was graded, and the reasons for it; of several, the gravest."""
    status, reasons = Status.GRADED, []
    late = gradebook.seconds_late(course, student)
    if late:
        status = Status.LATE
        reasons.append(f"handed in {_duration(late)} late")
    if taken.missing:
        status = Status.REPAIRED
        reasons.append(f"{listed(taken.missing)} had gone: put back")
    if taken.changed:
        status = Status.REPAIRED
        reasons.append(f"{listed(taken.changed)} had been changed: restored")
    if TIMEOUT in errors:
        status = Status.TIMED_OUT
        reasons.append("a cell ran for too long and was stopped")
    if DEAD in errors:
        status = Status.CRASHED
        reasons.append("Python stopped before the end of the notebook")
    return status, reasons


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send every log message and warning to a file, and none to the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root, nbgraders = logging.getLogger(), logging.getLogger("traitlets")
    level = nbgraders.level
    root.addHandler(handler)
    nbgraders.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        nbgraders.setLevel(level)
        root.removeHandler(handler)
        handler.close()

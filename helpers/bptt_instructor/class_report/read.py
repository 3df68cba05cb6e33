"""Read a class from the gradebook."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import nbformat

from bptt_instructor.class_report.class_data import ClassData, Entry, ReportExercise, ReportLesson
from bptt_instructor.grading.course import Course, GradingError, lessons_of
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook, open_gradebook
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.lessons.check_calls import parse_check_calls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bptt_instructor.grading.gradebook.records import GradingRecord
    from bptt_instructor.grading.gradebook.scores import StudentScores

_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)


def load_class(root: Path, beside: Path) -> ClassData:
    """Read all that a course's gradebook knows of its lessons.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    beside
        The folder in which the report will be, for its links.

    Raises
    ------
    GradingError
        When nothing has been graded yet.
    """
    open_gradebook(root).close()
    lessons, entries, students, course_id = [], {}, {}, ""
    for name in lessons_of(root):
        course = Course(root, name)
        course_id = course.gradebook[1]
        with AssignmentGradebook(course) as book:
            students.update(book.roster())
            if not book.knows_lesson:
                continue
            lesson = _lesson(course, book)
            of_lesson = dict(_entries(course, book, lesson, beside))
        if any(entry.status is not Status.MISSING for entry in of_lesson.values()):
            lessons.append(lesson)
            entries.update({(name, student): entry for student, entry in of_lesson.items()})
    if not lessons:
        raise GradingError("Nothing has been graded yet. 'bptt grade LESSON' grades what has been handed in.")
    return ClassData(course_id, dict(sorted(students.items())), tuple(lessons), entries)


def _lesson(course: Course, book: AssignmentGradebook) -> ReportLesson:
    notebook = nbformat.v4.reads(course.lesson.source.decode())
    heading = _HEADING.search(notebook.cells[0].source)
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    exercises: dict[str, list[str]] = {}
    possible = {cell.cell: cell.possible for cell in book.possible}
    for cell in possible:
        calls = parse_check_calls(sources.get(cell, ""), course.suite.exercises)
        exercises.setdefault(calls[0].exercise if calls else f"{cell} (written)", []).append(cell)
    made = (
        ReportExercise(name, tuple(cells), sum(possible[cell] for cell in cells)) for name, cells in exercises.items()
    )
    # What is worth nothing is there for its own sake.
    worth = tuple(exercise for exercise in made if exercise.possible)
    return ReportLesson(course.assignment, heading[1] if heading else course.assignment, worth)


def _entries(
    course: Course, book: AssignmentGradebook, lesson: ReportLesson, beside: Path
) -> Iterator[tuple[str, Entry]]:
    points, records, labels = book.all_points(), book.records, course.suite.failure_labels
    for student in points | records:
        page = course.feedback(student)
        link = quote(os.path.relpath(page, beside)) if page.is_file() else ""
        yield student, _entry(points.get(student), records.get(student), lesson, link, labels)


def _entry(
    recorded: StudentScores | None,
    record: GradingRecord | None,
    lesson: ReportLesson,
    feedback: str,
    labels: Mapping[str, str],
) -> Entry:
    # nbgrader grades without these records, too, in a course with other settings.
    status, reason = (record.status, record.reason) if record else (Status.GRADED, "")
    causes, unexplained = (record.causes, record.unexplained) if record else ({}, {})
    if recorded is None:
        return Entry(status, reason)
    cells = {cell.cell: cell for cell in recorded.cells}
    return Entry(
        status,
        reason,
        {each.name: sum(cells[cell].scored for cell in each.cells) for each in lesson.exercises},
        tuple(each.name for each in lesson.exercises if any(cells[cell].by_hand for cell in each.cells)),
        recorded.penalty,
        causes,
        {exercise: labels.get(kind, kind) for exercise, kind in unexplained.items()},
        recorded.handed_in,
        feedback,
    )

"""Load a class from the gradebook."""

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


def load_class(root: Path, report_folder: Path) -> ClassData:
    """Load the lessons, students and entries of a course.

    Parameters
    ----------
    root
        The folder of ``nbgrader_config.py``.
    report_folder
        The folder that the report will be in: links to feedback pages are relative to it.

    Returns
    -------
    ClassData
        With the lessons that somebody has handed in.

    Raises
    ------
    GradingError
        When there is no gradebook, or nothing has been graded yet.
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
            lesson_entries = dict(_entries(course, book, lesson, report_folder))
        if any(entry.status is not Status.MISSING for entry in lesson_entries.values()):
            lessons.append(lesson)
            entries.update({(name, student): entry for student, entry in lesson_entries.items()})
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
    all_exercises = (
        ReportExercise(name, tuple(cells), sum(possible[cell] for cell in cells)) for name, cells in exercises.items()
    )
    # The report counts points, so exercises without any are left out.
    with_points = tuple(exercise for exercise in all_exercises if exercise.possible)
    return ReportLesson(course.assignment, heading[1] if heading else course.assignment, with_points)


def _entries(
    course: Course, book: AssignmentGradebook, lesson: ReportLesson, report_folder: Path
) -> Iterator[tuple[str, Entry]]:
    scores, records, labels = book.all_points(), book.records, course.suite.failure_labels
    for student in scores | records:
        page = course.feedback(student)
        link = quote(os.path.relpath(page, report_folder)) if page.is_file() else ""
        yield student, _entry(scores.get(student), records.get(student), lesson, link, labels)


def _entry(
    scores: StudentScores | None,
    record: GradingRecord | None,
    lesson: ReportLesson,
    feedback: str,
    labels: Mapping[str, str],
) -> Entry:
    # nbgrader with other settings than this course's grades without these records.
    status, reason = (record.status, record.reason) if record else (Status.GRADED, "")
    causes, unexplained = (record.causes, record.unexplained) if record else ({}, {})
    if scores is None:
        return Entry(status, reason)
    cells = {cell.cell: cell for cell in scores.cells}
    return Entry(
        status,
        reason,
        {each.name: sum(cells[cell].scored for cell in each.cells) for each in lesson.exercises},
        tuple(each.name for each in lesson.exercises if any(cells[cell].by_hand for cell in each.cells)),
        scores.penalty,
        causes,
        {exercise: labels.get(kind, kind) for exercise, kind in unexplained.items()},
        scores.handed_in,
        feedback,
    )

"""Extract a student's feedback from an autograded notebook.

Only exercises and errors are extracted. What a student must not get, such as hidden tests and mark schemes, is in the
code of graded cells or in regions, and neither is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bptt_instructor.feedback.models import Feedback, FeedbackExercise, FeedbackPart, PartState
from bptt_instructor.feedback.short_traceback import short_traceback
from bptt_instructor.grading.models.result import REPORT_MIME
from bptt_instructor.lessons.regions import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from bptt_instructor.feedback.grades import Grade, Grades
    from bptt_instructor.grading.checks.interface import ExerciseInfo

_HEADING = re.compile(r"^#++\s++(.*)")
_NUMBER = re.compile(r"^\d++\s++")
_REMARK = re.compile(r"(?<!\s)\s*+\([^()]*+\)$")
_UNWRITTEN = "NotImplementedError"


@dataclass
class _ExerciseCells:
    """Cells of one exercise: the student's answer, the question above it, and the graded cells below it."""

    answer: NotebookNode
    question: NotebookNode | None = None
    checks: list[NotebookNode] = field(default_factory=list)


def extract_feedback(notebook: NotebookNode, grades: Grades, name: str, known: Mapping[str, ExerciseInfo]) -> Feedback:
    """Extract the feedback of one submission.

    Parameters
    ----------
    notebook
        The autograded notebook.
    grades
        Its points and comments in the gradebook.
    name
        Name of the notebook, which stands in for a missing title.
    known
        The exercises that the course has checks for, by name. An exercise that is not solved shows its hints.
    """
    groups = list(_exercise_cells(notebook))
    with_code = [cells for cells in groups if cells.answer.cell_type == "code"]
    numbers = {id(cells): number for number, cells in enumerate(with_code, 1)}
    exercises = tuple(_exercise(cells, grades, numbers.get(id(cells), 0), known) for cells in groups)
    return Feedback(
        title=_title(notebook) or name,
        student=grades.student,
        exercises=exercises,
        other_errors=tuple(_other_errors(notebook)),
        score=sum(grade.score for grade in grades.cells.values()) - grades.penalty,
        possible=sum(grade.possible for grade in grades.cells.values()),
        penalty=grades.penalty,
    )


def _exercise_cells(notebook: NotebookNode) -> Iterator[_ExerciseCells]:
    """Yield the cells of each exercise, in the order of the notebook."""
    last: _ExerciseCells | None = None
    question = None
    for cell in notebook.cells:
        meta = _nbgrader_metadata(cell)
        if meta.get("solution"):
            if last:
                yield last
            last = _ExerciseCells(cell, question)
        elif meta.get("grade") and last:
            last.checks.append(cell)
        question = cell if cell.cell_type == "markdown" and meta.get("locked") else None
    if last:
        yield last


def _exercise(
    cells: _ExerciseCells, grades: Grades, number: int, known: Mapping[str, ExerciseInfo]
) -> FeedbackExercise:
    name = _nbgrader_metadata(cells.answer)["grade_id"]
    parts = tuple(_parts(cells, grades))
    unsolved = any(part.state in {PartState.WRONG, PartState.BLANK} for part in parts)
    reports = (_report_output(check).get(REPORT_MIME, {}) for check in cells.checks)
    checked = dict.fromkeys(report["exercise"] for report in reports if report.get("exercise") in known)
    hints = [hint for exercise in checked for hint in known[exercise].hints]
    question = visible_lines(cells.question.source) if cells.question else []
    return FeedbackExercise(
        anchor=name,
        title=f"Exercise {number}: `{name}`" if number else _last_heading(question) or "In your own words",
        question="\n".join(line for line in question if not _HEADING.match(line)),
        answer=cells.answer,
        error=short_traceback(cells.answer),
        parts=parts,
        hints=tuple(hints) if unsolved else (),
        comment=grades.comments.get(name, ""),
    )


def _parts(cells: _ExerciseCells, grades: Grades) -> Iterator[FeedbackPart]:
    answer = _nbgrader_metadata(cells.answer)["grade_id"]
    if answer in grades.cells:
        grade = grades.cells[answer]
        yield FeedbackPart("", _state_by_hand(grade), grade.score, grade.possible, by_hand=True)
    earlier_reports: set[str] = set()
    earlier_causes: set[str] = set()
    for check in cells.checks:
        name = _nbgrader_metadata(check)["grade_id"]
        output, grade = _report_output(check), grades.cells[name]
        report = output.get(REPORT_MIME, {})
        causes, state = set(report.get("causes", ())), _state_by_check(report, grade)
        html = _report_html(output, state)
        yield FeedbackPart(
            ", ".join(report.get("graded", ())) or name.removeprefix("check-"),
            state,
            grade.score,
            grade.possible,
            report="" if html in earlier_reports else html,
            repeated=bool(causes) and causes <= earlier_causes,
        )
        earlier_reports.add(html)
        earlier_causes |= causes


def _state_by_hand(grade: Grade) -> PartState:
    if grade.waiting:
        return PartState.WAITING
    return PartState.READ if grade.read else PartState.BLANK


def _state_by_check(report: Mapping[str, Any], grade: Grade) -> PartState:
    if grade.waiting:
        return PartState.UNDECIDED
    if grade.read:
        return PartState.READ
    if report.get("kinds") == ["not-implemented"]:
        return PartState.BLANK
    right = report["passed"] if report else grade.score >= grade.possible
    return PartState.RIGHT if right else PartState.WRONG


def _report_output(check: NotebookNode) -> Mapping[str, Any]:
    """Return the output of a graded cell that has its check's report, by MIME type; empty when there is none."""
    outputs: Iterator[Mapping[str, Any]] = (output.get("data", {}) for output in check.outputs)
    return next((data for data in outputs if REPORT_MIME in data), {})


def _report_html(output: Mapping[str, Any], state: PartState) -> str:
    """Return a report as HTML; empty when it says no more than the state."""
    says_more = len(output.get("text/plain", "").splitlines()) > 1
    return str(output["text/html"]) if says_more and state is not PartState.BLANK else ""


def _other_errors(notebook: NotebookNode) -> Iterator[str]:
    """Yield the traceback of each cell outside of the exercises that ended with an error."""
    for cell in notebook.cells:
        meta = _nbgrader_metadata(cell)
        if cell.cell_type != "code" or meta.get("solution") or meta.get("grade"):
            continue
        # An error from calling an exercise that is still to be written tells the student nothing new.
        if any(output.get("ename") not in {None, _UNWRITTEN} for output in cell.outputs):
            yield short_traceback(cell)


def _title(notebook: NotebookNode) -> str:
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((heading[1].strip() for heading in map(_HEADING.match, lines) if heading), "")


def _last_heading(lines: list[str]) -> str:
    """Return the last heading of a question, without the number before it and a remark in brackets after it."""
    headings = [heading[1].strip() for heading in map(_HEADING.match, lines) if heading]
    return _REMARK.sub("", _NUMBER.sub("", headings[-1])) if headings else ""


def _nbgrader_metadata(cell: NotebookNode) -> dict[str, Any]:
    meta: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return meta

"""Read from an autograded notebook, and its points, what the student's page tells.

The page has the exercises and no more. What a student must not get, such as hidden tests and mark schemes, stands in
cells or lines that are never taken: the code of a graded cell, and whatever is in a region.
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
    from bptt_instructor.grading.checks.protocol import ExerciseInfo

_HEADING = re.compile(r"^#+\s+(.*?)\s*$")
_NUMBER = re.compile(r"^\d+\s+")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_UNWRITTEN = "NotImplementedError"


@dataclass
class _Found:
    """An exercise's cells."""

    answer: NotebookNode
    question: NotebookNode | None = None
    checks: list[NotebookNode] = field(default_factory=list)


def extract_feedback(notebook: NotebookNode, grades: Grades, name: str, known: Mapping[str, ExerciseInfo]) -> Feedback:
    """Gather what a page tells.

    Parameters
    ----------
    notebook
        As it was autograded.
    grades
        What the gradebook has of it.
    name
        The notebook's, for one that has no title.
    known
        The exercises that the course has checks for; their hints go to whoever is not done.
    """
    found = list(_found(notebook))
    coded = [each for each in found if each.answer.cell_type == "code"]
    numbers = {id(each): number for number, each in enumerate(coded, 1)}
    exercises = tuple(_exercise(each, grades, numbers.get(id(each), 0), known) for each in found)
    return Feedback(
        title=_title(notebook) or name,
        student=grades.student,
        exercises=exercises,
        elsewhere=tuple(_elsewhere(notebook)),
        score=sum(grade.score for grade in grades.cells.values()) - grades.penalty,
        possible=sum(grade.possible for grade in grades.cells.values()),
        penalty=grades.penalty,
    )


def _found(notebook: NotebookNode) -> Iterator[_Found]:
    """Yield each cell that a student writes for points, with the graded cells below it and the question above it."""
    last: _Found | None = None
    question = None
    for cell in notebook.cells:
        meta = _meta(cell)
        if meta.get("solution"):
            if last:
                yield last
            last = _Found(cell, question)
        elif meta.get("grade") and last:
            last.checks.append(cell)
        question = cell if cell.cell_type == "markdown" and meta.get("locked") else None
    if last:
        yield last


def _exercise(found: _Found, grades: Grades, number: int, known: Mapping[str, ExerciseInfo]) -> FeedbackExercise:
    name = _meta(found.answer)["grade_id"]
    parts = tuple(_parts(found, grades))
    todo = any(part.state in {PartState.WRONG, PartState.BLANK} for part in parts)
    reports = (_shown(check).get(REPORT_MIME, {}) for check in found.checks)
    checked = dict.fromkeys(report["exercise"] for report in reports if report.get("exercise") in known)
    hints = [hint for exercise in checked for hint in known[exercise].hints]
    question = visible_lines(found.question.source) if found.question else []
    return FeedbackExercise(
        anchor=name,
        title=f"Exercise {number}: `{name}`" if number else _heading(question) or "In your own words",
        question="\n".join(line for line in question if not _HEADING.match(line)),
        answer=found.answer,
        stopped=short_traceback(found.answer),
        parts=parts,
        hints=tuple(hints) if todo else (),
        comment=grades.comments.get(name, ""),
    )


def _parts(found: _Found, grades: Grades) -> Iterator[FeedbackPart]:
    own = _meta(found.answer)["grade_id"]
    if own in grades.cells:
        grade = grades.cells[own]
        yield FeedbackPart("", _by_hand(grade), grade.score, grade.possible, by_hand=True)
    before: set[str] = set()
    named: set[str] = set()
    for check in found.checks:
        name = _meta(check)["grade_id"]
        shown, grade = _shown(check), grades.cells[name]
        report = shown.get(REPORT_MIME, {})
        causes, state = set(report.get("causes", ())), _state(report, grade)
        html = _worth_telling(shown, state)
        yield FeedbackPart(
            ", ".join(report.get("graded", ())) or name.removeprefix("check-"),
            state,
            grade.score,
            grade.possible,
            report="" if html in before else html,
            again=bool(causes) and causes <= named,
        )
        before.add(html)
        named |= causes


def _by_hand(grade: Grade) -> PartState:
    if grade.waiting:
        return PartState.WAITING
    return PartState.READ if grade.read else PartState.BLANK


def _state(report: Mapping[str, Any], grade: Grade) -> PartState:
    if report.get("kinds") == ["not-implemented"]:
        return PartState.BLANK
    right = report["passed"] if report else grade.score >= grade.possible
    return PartState.RIGHT if right else PartState.WRONG


def _shown(check: NotebookNode) -> Mapping[str, Any]:
    """Return what a graded cell shows, by MIME type: the report of its check, or nothing."""
    kinds: Iterator[Mapping[str, Any]] = (output.get("data", {}) for output in check.outputs)
    return next((data for data in kinds if REPORT_MIME in data), {})


def _worth_telling(shown: Mapping[str, Any], state: PartState) -> str:
    """Return a report as HTML, where it says more than the state does."""
    says_more = len(shown.get("text/plain", "").splitlines()) > 1
    return str(shown["text/html"]) if says_more and state is not PartState.BLANK else ""


def _elsewhere(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        meta = _meta(cell)
        if cell.cell_type != "code" or meta.get("solution") or meta.get("grade"):
            continue
        # A cell that calls what is still to be written has nothing else to say.
        if any(output.get("ename") not in {None, _UNWRITTEN} for output in cell.outputs):
            yield short_traceback(cell)


def _title(notebook: NotebookNode) -> str:
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((found[1] for found in map(_HEADING.match, lines) if found), "")


def _heading(lines: list[str]) -> str:
    """Return the last heading of a question, without its number and what stands in brackets behind it."""
    headings = [found[1] for found in map(_HEADING.match, lines) if found]
    return _REMARK.sub("", _NUMBER.sub("", headings[-1])) if headings else ""


def _meta(cell: NotebookNode) -> dict[str, Any]:
    meta: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return meta

"""Validate a lesson's cells and nbgrader metadata; count open AUTHOR notes.

nbgrader itself finds these problems too late, or never.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError, ValidationError

from bptt_instructor.lessons.check_calls import parse_check_calls
from bptt_instructor.lessons.regions import MARKER, hidden_lines, marker_problems, visible_lines

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from bptt_instructor.lessons.source import LessonSource

REQUIRED_KEYS = ("grade", "grade_id", "locked", "schema_version", "solution", "task")
MAX_EXERCISE_LINES = 12
AUTHOR_NOTE = "<!-- AUTHOR:"
"""Beginning of a note to the author in a lesson's skeleton; learners see it when they open a cell to edit it."""


def lint(lesson: LessonSource, exercises: Container[str]) -> list[str]:
    """Return all problems of a lesson, each as ``file:line: what is wrong, and what to do``.

    Parameters
    ----------
    lesson
        The lesson to validate. The line in a message is that of the cell's ``# %%``.
    exercises
        Names of the checks that a graded cell may call.
    """
    problems = []
    first_seen: dict[str, int] = {}
    for cell, line in zip(lesson.notebook.cells, lesson.lines, strict=True):
        cell_problems = list(_cell_problems(cell, exercises))
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in first_seen:
            cell_problems.append(
                f'grade_id "{grade_id}" is taken by the cell on line {first_seen[grade_id]}; choose another.'
            )
        elif grade_id:
            first_seen[grade_id] = line
        problems += [f"{lesson.path}:{line}: {problem}" for problem in cell_problems]
    return problems


def count_author_notes(course: Path) -> dict[Path, int]:
    """Count the notes to the author that are left in each lesson of a course.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.

    Returns
    -------
    dict
        Number of notes by path of the lesson script; lessons without any are left out.
    """
    counts = {
        path: path.read_text(encoding="utf-8").count(AUTHOR_NOTE) for path in sorted(course.glob("solutions/*.py"))
    }
    return {path: count for path, count in counts.items() if count}


def _cell_problems(cell: NotebookNode, exercises: Container[str]) -> Iterator[str]:
    if "incorrectly_encoded_metadata" in cell.metadata:
        yield "its header cannot be read; write nbgrader={...} as JSON, on one line, with true and false."
        return
    wrong_markers = list(marker_problems(cell.source))
    yield from wrong_markers
    wrong_metadata = list(_metadata_problems(cell))
    yield from wrong_metadata
    if wrong_metadata or wrong_markers:
        return
    meta = cell.metadata.get("nbgrader", {})
    yield from _misplaced_regions(cell, meta)
    if meta.get("solution"):
        yield from _solution_problems(cell)
    elif meta.get("grade"):
        yield from _grade_problems(cell, exercises)


def _metadata_problems(cell: NotebookNode) -> Iterator[str]:
    if "nbgrader" not in cell.metadata:
        return
    meta = cell.metadata["nbgrader"]
    missing = [key for key in REQUIRED_KEYS if key not in meta]
    if missing:
        yield f"its nbgrader metadata lacks {', '.join(missing)}; all of {', '.join(REQUIRED_KEYS)} are needed."
        return
    if (meta["grade"] or meta["task"]) and "points" not in meta:
        yield f'"{meta["grade_id"]}" is graded but has no points; add "points": 2, or as many as it is worth.'
        return
    try:
        MetadataValidator().validate_cell(cell)
    except ValidationError as error:
        yield f"nbgrader refuses its metadata: {error.message}"
    except (SchemaTooOldError, SchemaTooNewError):
        yield f'its nbgrader metadata must say "schema_version": {MetadataValidator.schema_version}.'


def _misplaced_regions(cell: NotebookNode, meta: dict[str, object]) -> Iterator[str]:
    solution, grade = meta.get("solution", False), meta.get("grade", False)
    question = cell.cell_type == "markdown" and meta.get("locked", False) and not solution
    allowed = {
        "SOLUTION": (solution, 'a cell with "solution": true'),
        "HIDDEN TESTS": (grade and not solution, 'a cell with "grade": true and "solution": false'),
        "MARK SCHEME": (question, 'a locked markdown cell ("locked": true, "solution": false)'),
    }
    for kind in dict.fromkeys(kind for _, kind in MARKER.findall(cell.source)):
        allowed_here, right_place = allowed[kind]
        if not allowed_here:
            yield f"BEGIN {kind} belongs in {right_place}; here it would not come back for grading."


def _solution_problems(cell: NotebookNode) -> Iterator[str]:
    if "SOLUTION" not in (kind for _, kind in MARKER.findall(cell.source)):
        yield "a solution cell without BEGIN SOLUTION and END SOLUTION; put them round what students write."
    if cell.cell_type == "code":
        lines = [line.strip() for _, line in hidden_lines(cell.source)]
        count = sum(bool(line) and not line.startswith("#") for line in lines)
        if count > MAX_EXERCISE_LINES:
            yield f"an exercise of {count} lines; split it so that none has more than {MAX_EXERCISE_LINES}."


def _grade_problems(cell: NotebookNode, exercises: Container[str]) -> Iterator[str]:
    expected = "a grade cell is one call such as check.rnn_cell_backward(rnn_cell_backward, only=['dxt'])"
    try:
        visible = ast.parse("\n".join(visible_lines(cell.source))).body
        statements = ast.parse(cell.source).body
    except SyntaxError:
        yield f"not plain Python; {expected}."
        return
    if len(visible) != 1:
        yield f"{len(visible)} statements outside the hidden tests; {expected}."
    if not all(map(_is_check_call, statements)):
        yield f"something other than a call of check, whose outcome nobody could trust; {expected}."
    elif not parse_check_calls(cell.source, exercises):
        yield f"a check that does not exist, or other arguments than grading understands; {expected}."


def _is_check_call(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id="check")))):
            return True
    return False

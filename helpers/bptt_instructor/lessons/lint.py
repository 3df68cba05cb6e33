"""Validate a lesson's cells and nbgrader metadata; count open AUTHOR notes.

nbgrader itself finds these problems too late, or never.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError, ValidationError

from bptt_instructor.lessons.check_calls import parse_check_calls
from bptt_instructor.lessons.regions import MARKER, hidden_lines, marker_problems, visible_lines
from bptt_instructor.lessons.shown_cells import (
    REACHES_ALL_NAMES,
    SKIP_TAG,
    defined_names,
    is_shown_only,
    used_names,
    without_timings,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from bptt_instructor.lessons.source import LessonSource

REQUIRED_KEYS = ("grade", "grade_id", "locked", "schema_version", "solution", "task")
MAX_EXERCISE_LINES = 12
AUTHOR_NOTE = "<!-- AUTHOR:"
"""Beginning of a note to the author in a lesson's skeleton; learners see it when they open a cell to edit it."""

_GENERATORS = frozenset(("default_rng", "Generator", "RandomState", "SeedSequence"))
_IN_PLACE = frozenset(
    (
        *("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),
        *("add", "discard", "popitem", "setdefault", "update"),
        *("fill", "partition", "put", "resize", "shuffle"),
    )
)
"""Methods that change what they are called on: those of lists, dicts, sets and arrays."""


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
    return problems or [f"{lesson.path}:{line}: {problem}" for line, problem in _shown_problems(lesson)]


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


def _shown_problems(lesson: LessonSource) -> Iterator[tuple[int, str]]:
    """Yield line and problem of each tagged cell that another cell may need, and of those that use its names."""
    code = [(cell, line) for cell, line in zip(lesson.notebook.cells, lesson.lines, strict=True) if _is_code(cell)]
    defined = {name: line for cell, line in code if is_shown_only(cell) for name in defined_names(cell.source)}
    used: set[str] = set()
    for cell, line in code:
        if not is_shown_only(cell):
            names = used_names(cell.source)
            if names is None and defined:
                yield line, f"it may use any name, and so those of cells with the tag {SKIP_TAG}; spell what it uses."
            used |= names or set()
            for name in sorted(defined.keys() & (names or set())):
                where = f'"{name}", which the cell on line {defined[name]} sets'
                yield line, f"it uses {where}; take the tag {SKIP_TAG} away there, or rename one of the two."
    for cell, line in zip(lesson.notebook.cells, lesson.lines, strict=True):
        if SKIP_TAG in cell.metadata.get("tags", ()):
            yield from ((line, f"{problem}; take the tag {SKIP_TAG} away.") for problem in _tag_problems(cell, used))


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _tag_problems(cell: NotebookNode, used: Container[str]) -> Iterator[str]:
    """Yield why a cell cannot have the tag.

    What a function does to what it is given cannot be seen here: only what the cell itself spells is looked at.
    """
    if not _is_code(cell):
        yield "a text does not run"
        return
    if "nbgrader" in cell.metadata:
        yield "what students write, what gives points and what is locked has to run"
    try:
        tree = ast.parse(without_timings(cell.source))
    except SyntaxError:
        yield "not plain Python, but for %time and %timeit, so what it does to other cells cannot be told"
        return
    modules = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    for node in ast.walk(tree):
        yield from _changes_of_others(node, used, modules)


def _changes_of_others(node: ast.AST, used: Container[str], modules: Container[str]) -> Iterator[str]:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            name = _root(node)
            if name in modules or name in used:
                yield f'it changes a part of "{name}", which is not its own'
        case ast.Call(ast.Attribute(ast.Name(name), method)) if name in used and method in _IN_PLACE:
            yield f'it changes "{name}", which is not its own, by {method}()'
        case ast.Attribute(ast.Name("random") | ast.Attribute(attr="random"), function) if function not in _GENERATORS:
            yield f"random.{function} changes the one generator of all cells"
        case ast.Name(name) if name in REACHES_ALL_NAMES | {"setattr", "delattr"}:
            yield f"with {name} it may change anything"
        case ast.ImportFrom(names=[ast.alias("*")]):
            yield "import * may define any name"


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""

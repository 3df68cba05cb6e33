"""Build the notebooks that students get, with nbgrader's own steps, from the lessons in ``solutions/``."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nbgrader import nbgraderformat
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.config import check_suite_name, load_check_suite, load_config
from bptt_instructor.lessons.leaks import leaks
from bptt_instructor.lessons.lint import lint
from bptt_instructor.lessons.source import LessonError, read_lessons


@dataclass(frozen=True)
class NotebookChange:
    """One notebook in which a course differs from what its lessons build.

    Parameters
    ----------
    path
        Relative to the course.
    kind
        ``new`` (not there yet), ``changed``, or ``gone`` (its lesson is no more).
    """

    path: Path
    kind: str


def build(course: Path) -> list[NotebookChange]:
    """Bring the source notebooks and the released notebooks of a course up to date with its lessons.

    Nothing is written before every lesson is found good and free of leaks, and files that are right already
    are not touched.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.

    Returns
    -------
    list of NotebookChange
        What was done to the released notebooks.

    Raises
    ------
    LessonError
        When a lesson cannot be released as it stands.
    """
    config = load_config(course)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        _render(course, fresh, config)
        _apply(course, fresh, config.CourseDirectory.source_directory)
        return _apply(course, fresh, config.CourseDirectory.release_directory)


def check(course: Path) -> list[NotebookChange]:
    """Return what :func:`build` would do to the released notebooks, and write nothing into the course.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.

    Raises
    ------
    LessonError
        When a lesson cannot be released as it stands.
    """
    config = load_config(course)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        _render(course, fresh, config)
        return _changes(course, fresh, config.CourseDirectory.release_directory)


def _render(course: Path, into: Path, config: Config) -> None:
    """Lint the lessons of a course, then build all of them in another folder, without a gradebook."""
    lessons = read_lessons(course / "solutions")
    exercises = load_check_suite(check_suite_name(config)).exercises
    problems = [problem for lesson in lessons for problem in lint(lesson, exercises)]
    if not lessons:
        problems = [f"{course}/solutions: no lesson here; one would be called 01_name.py."]
    if problems:
        raise LessonError(problems)

    source = into / config.CourseDirectory.source_directory
    for lesson in lessons:
        path = source / lesson.name / f"{lesson.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbgraderformat.write(lesson.notebook, path)

    there = Config({"CourseDirectory": {"root": str(into), "assignment_id": "*"}})
    no_gradebook = Config({"GenerateAssignment": {"no_database": True}, "SaveCells": {"enabled": False}})
    for change in (there, no_gradebook):
        config.merge(change)
    # nbgrader says what went wrong in its log alone, and by itself it would log to nowhere.
    log = logging.getLogger("nbgrader")
    try:
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log).start()
    except NbGraderException:
        raise LessonError(["nbgrader could not build a lesson; it says above which one, and why."]) from None

    release = into / config.CourseDirectory.release_directory
    for lesson in lessons:
        released = nbgraderformat.read(release / lesson.name / f"{lesson.name}.ipynb", as_version=4)
        problems += [
            f"{lesson.path}: take this out of what students see, or out of its region: {leak}"
            for leak in leaks(lesson.notebook, released)
        ]
    if problems:
        raise LessonError(problems)


def _changes(course: Path, fresh: Path, directory: str) -> list[NotebookChange]:
    wanted, found = _notebooks(fresh / directory), _notebooks(course / directory)
    changes = []
    for name in sorted(wanted | found):
        path = Path(directory) / name
        if name not in found:
            changes.append(NotebookChange(path, "new"))
        elif name not in wanted:
            changes.append(NotebookChange(path, "gone"))
        elif (course / path).read_bytes() != (fresh / path).read_bytes():
            changes.append(NotebookChange(path, "changed"))
    return changes


def _apply(course: Path, fresh: Path, directory: str) -> list[NotebookChange]:
    changes = _changes(course, fresh, directory)
    for change in changes:
        path = course / change.path
        if change.kind == "gone":
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((fresh / change.path).read_bytes())
    return changes


def _notebooks(folder: Path) -> set[Path]:
    """Return the lessons' own notebooks; whatever else lies beside them is not ours to judge or remove."""
    return {path.relative_to(folder) for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name}

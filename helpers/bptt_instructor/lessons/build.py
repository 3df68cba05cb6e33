"""Build source and released notebooks with nbgrader's GenerateAssignment."""

from __future__ import annotations

import logging
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader import nbgraderformat
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.config import check_suite_name, load_check_suite, load_config
from bptt_instructor.lessons.lint import lint
from bptt_instructor.lessons.releases import record_release
from bptt_instructor.lessons.solution_leaks import leaks
from bptt_instructor.lessons.source import LessonError, read_lessons


@dataclass(frozen=True)
class NotebookChange:
    """One notebook that differs from what the lesson scripts build.

    Attributes
    ----------
    path
        Relative to the course.
    kind
        ``new`` (not built yet), ``changed``, or ``gone`` (its lesson script no longer exists).
    """

    path: Path
    kind: str


def build(course: Path) -> list[NotebookChange]:
    """Build the source and released notebooks of a course from its lesson scripts.

    Nothing is written before every lesson has passed the linter and the search for leaks. Files that are up to date
    are not touched.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.

    Returns
    -------
    list of NotebookChange
        Released notebooks that were written or removed.

    Raises
    ------
    LessonError
        When a lesson cannot be released as it stands.
    """
    config = load_config(course)
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder)
        _render(course, built, config)
        _apply(course, built, config.CourseDirectory.source_directory)
        directory = config.CourseDirectory.release_directory
        # What is there now may be what students have.
        for path in sorted(_notebooks(course / directory)):
            _record(course, path.stem, (course / directory / path).read_bytes())
        changes = _apply(course, built, directory)
        for change in changes:
            if change.kind != "gone":
                _record(course, change.path.stem, (course / change.path).read_bytes(), first=change.kind == "new")
        return changes


def check(course: Path) -> list[NotebookChange]:
    """Return the changes that :func:`build` would make to the released notebooks, and write nothing.

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
        built = Path(folder)
        _render(course, built, config)
        return _changes(course, built, config.CourseDirectory.release_directory)


def _render(course: Path, into: Path, config: Config) -> None:
    """Lint all lessons of a course, build them in another folder without a gradebook, and search them for leaks."""
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

    paths = Config({"CourseDirectory": {"root": str(into), "assignment_id": "*"}})
    no_gradebook = Config({"GenerateAssignment": {"no_database": True}, "SaveCells": {"enabled": False}})
    config.merge(paths)
    config.merge(no_gradebook)
    # nbgrader tells what went wrong in its log alone, and without this one it would log nowhere.
    log = logging.getLogger("nbgrader")
    try:
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log).start()
    except NbGraderException:
        raise LessonError(["nbgrader could not build a lesson; it says above which one, and why."]) from None

    release = into / config.CourseDirectory.release_directory
    for folder in (source, release):
        for name in _notebooks(folder):
            # On Windows, lines end in another way, unless each file that is written says otherwise.
            (folder / name).write_bytes((folder / name).read_bytes().replace(b"\r\n", b"\n"))
    for lesson in lessons:
        released = nbgraderformat.read(release / lesson.name / f"{lesson.name}.ipynb", as_version=4)
        problems += [
            f"{lesson.path}: take this out of what students see, or out of its region: {leak}"
            for leak in leaks(lesson.notebook, released)
        ]
    if problems:
        raise LessonError(problems)


def _record(course: Path, lesson: str, released: bytes, *, first: bool = False) -> None:
    # A notebook that is no notebook was not released.
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        record_release(course, lesson, released, first=first)


def _changes(course: Path, built: Path, directory: str) -> list[NotebookChange]:
    expected, existing = _notebooks(built / directory), _notebooks(course / directory)
    changes = []
    for name in sorted(expected | existing):
        path = Path(directory) / name
        if name not in existing:
            changes.append(NotebookChange(path, "new"))
        elif name not in expected:
            changes.append(NotebookChange(path, "gone"))
        elif (course / path).read_bytes() != (built / path).read_bytes():
            changes.append(NotebookChange(path, "changed"))
    return changes


def _apply(course: Path, built: Path, directory: str) -> list[NotebookChange]:
    changes = _changes(course, built, directory)
    for change in changes:
        path = course / change.path
        if change.kind == "gone":
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((built / change.path).read_bytes())
    return changes


def _notebooks(folder: Path) -> set[Path]:
    """Return paths of notebooks that are named like their folder; other files there are not built, and stay."""
    return {path.relative_to(folder) for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name}

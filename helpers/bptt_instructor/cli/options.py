"""Shared click options (``--course``) and exit codes."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import click

EXIT_INTERRUPTED = 130
"""Exit code of a command that Ctrl-C stopped, as shells have it: 128 and the number of SIGINT."""


_MOVED = re.compile(rb"\bbptt\.(?:grading|lessons)\.[\w.]+")
"""What configurations named before the instructor's code was a package of its own."""


STUDENTS_FOLDERS = ("submitted", "autograded", "feedback")
"""Folders of a course with files of students."""


def _course_folder(context: click.Context, _option: click.Parameter, folder: Path) -> Path:
    """Return the folder, when it has an ``nbgrader_config.py`` that Python can parse, and is no student's."""
    place = folder.resolve()
    for inner, outer in itertools.pairwise([place, *place.parents]):
        if inner.name in STUDENTS_FOLDERS and (outer / "nbgrader_config.py").is_file():
            # Settings are a program, and those in a student's folder would be the student's.
            raise click.BadParameter(
                f"{folder} is inside of {inner.name}/ of the course {outer}. Go there, or name it with --course."
            )
    if "?" in str(place):
        raise click.BadParameter(f"{place} has a question mark in its path, where no gradebook can be. Rename it.")
    config = folder / "nbgrader_config.py"
    if not config.is_file():
        raise click.BadParameter(
            f"there is no nbgrader_config.py in {folder}; go to the course folder, or name it with --course."
        )
    content = config.read_bytes()
    moved = _MOVED.search(content)
    if moved:
        raise click.BadParameter(
            f"{config} is of an earlier version: {moved[0].decode()} has another name now. Take that line from the "
            "nbgrader_config.py that comes with this version; settings of your own stay as they are."
        )
    try:
        compile(content, config, "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise click.BadParameter(f"{config} is not Python, at line {line}: {error}. Correct it first.") from None
    context.meta[_COURSE] = folder
    return folder


def chosen_course(context: click.Context) -> Path | None:
    """Return the course folder of the command that runs; None when there is none yet."""
    folder: Path | None = context.meta.get(_COURSE)
    return folder


_COURSE = "bptt.course"
course_option = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=_course_folder,
    help="The folder of nbgrader_config.py; by default the current one.",
)

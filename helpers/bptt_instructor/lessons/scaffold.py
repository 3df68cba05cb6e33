"""Create a lesson script from ``skeleton.py.jinja``.

The skeleton can be built, released and graded as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"(?P<number>[0-9]{2})_(?P<topic>[a-z0-9]+(_[a-z0-9]+)*)")


class NewLessonError(Exception):
    """A lesson cannot be created under this name; the message says what to do instead."""


def new_lesson(course: Path, name: str) -> Path:
    """Write the skeleton of a lesson into ``solutions/``.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.
    name
        Such as ``06_gru``: two digits, an underscore, and the topic.

    Returns
    -------
    Path
        Path of the new script.

    Raises
    ------
    NewLessonError
        When the name is not of that form, or in use.
    """
    match = _NAME.fullmatch(name)
    if not match:
        raise NewLessonError(
            f"{name!r} is not a name for a lesson. Take two digits, an underscore, then a word or more in small "
            "letters: 06_gru, or 07_attention_weights."
        )
    solutions = course / "solutions"
    _refuse_used_number(solutions, match["number"])
    _refuse_leftovers(course, name)
    number = int(match["number"])
    skeleton = Environment(
        loader=PackageLoader("bptt_instructor.lessons", "."),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the template is Python, not HTML
    ).get_template("skeleton.py.jinja")
    solutions.mkdir(exist_ok=True)
    path = solutions / f"{name}.py"
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(skeleton.render(number=number, title=match["topic"].replace("_", " ")))
    return path


def _refuse_used_number(solutions: Path, number: str) -> None:
    """Raise when another lesson has this number: numbers are the order of lessons."""
    lessons = sorted(solutions.glob("[0-9][0-9]_*.py"))
    existing = next((path for path in lessons if path.name.startswith(f"{number}_")), None)
    if existing:
        next_number = int(lessons[-1].name[:2]) + 1
        raise NewLessonError(
            f"There is a lesson {number} already, solutions/{existing.name}; the next number is {next_number:02}."
        )


def _refuse_leftovers(course: Path, name: str) -> None:
    """Raise when there is a notebook that a build would overwrite, or submissions that would be graded."""
    for path in (*course.glob(f"notebooks/{name}"), *course.glob(f"submitted/*/{name}")):
        raise NewLessonError(
            f"{path.relative_to(course)} is left of an earlier lesson of that name. Move it away, or take another name."
        )

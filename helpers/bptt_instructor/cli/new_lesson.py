"""The command ``bptt new-lesson``: create a lesson script from the skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.options import course_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("new-lesson", short_help="Begin a lesson from a skeleton.")
@click.argument("name")
@course_option
def new_lesson(*, name: str, course: Path) -> None:
    """Begin a lesson: write solutions/NAME.py, which has one of everything that a lesson can have.

    It can be built, handed out and graded at once. Lines with AUTHOR say what belongs where. Nothing that is there
    already is touched.

    \b
    Examples:
      bptt new-lesson 06_gru
      bptt build               then: the notebook of the new lesson
      bptt grade 06_gru        and what has been handed in for it
    """
    from bptt_instructor.lessons.scaffold import NewLessonError
    from bptt_instructor.lessons.scaffold import new_lesson as create_lesson

    try:
        path = create_lesson(course, name)
    except NewLessonError as error:
        raise click.ClickException(str(error)) from None
    shown = path.relative_to(course)
    click.echo(f"{shown} is written. What comes next:")
    click.echo(f"  1. Open {shown}, and put your own text where the lines with AUTHOR say what belongs there.")
    click.echo("  2. bptt build writes the notebooks, and says what a lesson still lacks.")
    click.echo("  3. docs/authoring.md goes through a whole example, with checks of your own.")

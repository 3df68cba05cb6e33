"""The command ``bptt build``: build source and released notebooks from the lesson scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.options import course_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Build the students' notebooks from solutions/.")
@click.option("--check", "check_only", is_flag=True, help="Write nothing; fail when notebooks/ is out of date.")
@course_option
def build(*, check_only: bool, course: Path) -> None:
    """Build the students' notebooks from the lessons in solutions/.

    Every lesson is looked over first. When one is not fit for release, the command says where and why, and
    writes nothing.

    \b
    Examples:
      bptt build            write build/source/ and notebooks/
      bptt build --check    as in continuous integration
    """
    from bptt_instructor.lessons.build import build as build_notebooks
    from bptt_instructor.lessons.build import check
    from bptt_instructor.lessons.lint import count_author_notes
    from bptt_instructor.lessons.source import LessonError

    try:
        changes = check(course) if check_only else build_notebooks(course)
    except LessonError as error:
        raise click.ClickException("The lessons cannot be released yet.\n" + "\n".join(error.problems)) from None
    for change in changes:
        click.echo(f"{change.kind:8} {change.path}")
    if check_only and changes:
        raise click.ClickException("notebooks/ is not what solutions/ builds. Run 'bptt build', and commit.")
    if not changes:
        click.echo("The notebooks are up to date.")
    for path, count in count_author_notes(course).items():
        lines = "1 line for its author is" if count == 1 else f"{count} lines for its author are"
        click.echo(f"{path.relative_to(course)}: {lines} left; look for AUTHOR.")

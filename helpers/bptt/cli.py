"""The ``bptt`` command. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import sys
from pathlib import Path

import click

STOPPED = 130
"""What the shell takes for stopped by Ctrl-C."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bptt", message="%(prog)s %(version)s")
def main() -> None:
    """Build the course's notebooks, fetch what they train on, and look after their grading."""


def _course(_context: click.Context, _option: click.Parameter, folder: Path) -> Path:
    if not (folder / "nbgrader_config.py").is_file():
        raise click.BadParameter(
            f"there is no nbgrader_config.py in {folder}; go to the course folder, or name it with --course."
        )
    return folder


in_course = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=_course,
    help="The folder of nbgrader_config.py; the current one unless said otherwise.",
)


@main.command()
@click.option("--check", "check_only", is_flag=True, help="Write nothing; fail when notebooks/ is out of date.")
@in_course
def build(*, check_only: bool, course: Path) -> None:
    """Build the students' notebooks from the lessons in solutions/.

    Every lesson is looked over first. When one is not fit for release, the command says where and why, and
    writes nothing.

    \b
    Examples:
      bptt build            write build/source/ and notebooks/
      bptt build --check    as in continuous integration
    """
    from bptt.lessons.build import build as build_notebooks  # noqa: PLC0415 - nbgrader takes seconds to import
    from bptt.lessons.build import check  # noqa: PLC0415
    from bptt.lessons.source import LessonError  # noqa: PLC0415

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


@main.command()
@click.argument("assignment")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; may be given again.")
@click.option("--feedback/--no-feedback", default=True, help="Write a feedback page for each student, or do not.")
@click.option("--sandbox/--no-sandbox", default=True, help="Without a sandbox, submissions run with your rights.")
@click.option("--cold", is_flag=True, help="Start Python afresh for each submission, which takes some seconds.")
@click.option(
    "--workers", type=click.IntRange(1), help="How many to grade at a time; one for each processor if not said."
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Let the workers of this Dask scheduler grade.")
@click.option("--again", is_flag=True, help="Run everything, also what has not changed since it was graded.")
@in_course
def grade(  # noqa: PLR0913 - one for each option
    *,
    assignment: str,
    students: tuple[str, ...],
    feedback: bool,
    sandbox: bool,
    cold: bool,
    workers: int | None,
    scheduler: str,
    again: bool,
    course: Path,
) -> None:
    """Grade what students have handed in for ASSIGNMENT, and print a table of the class.

    The notebooks are expected in submitted/STUDENT/ASSIGNMENT/. Points go into nbgrader's gradebook. Everybody in
    the gradebook or in submitted/ has a row, whatever became of the notebook. Grading again is harmless: points
    given by hand stay, and submissions that have not changed are not run again. So when grading was stopped, the
    same command goes on with it.

    \b
    Examples:
      bptt grade 01_cell_backward
      bptt grade 01_cell_backward --student ada --student emmy
      bptt grade 01_cell_backward --scheduler tcp://10.0.0.1:8786
      nbgrader export    write all points to grades.csv, afterwards
    """
    if workers != 1 and len(students) != 1 and not scheduler:
        from bptt.grading.engine.early import begin  # noqa: PLC0415

        begin()
    from rich.console import Console  # noqa: PLC0415 - imports that take a second

    from bptt.grading.course import Course, GradingError  # noqa: PLC0415
    from bptt.grading.grade import How  # noqa: PLC0415
    from bptt.grading.show import Wishes, grade_and_show  # noqa: PLC0415

    how = How(boxed=sandbox, warm=not cold, again=again)
    wishes = Wishes(students, how, workers, scheduler, feedback)
    try:
        grade_and_show(Course(course, assignment), wishes, Console())
    except GradingError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        # What there is to say has been said.
        sys.exit(STOPPED)


@main.group()
def data() -> None:
    """Fetch what lessons train on."""


@data.command()
def reviews() -> None:
    """Fetch the film reviews of lesson 4: once, 2.4 MB, through pip, into your cache folder.

    They are about 9,000 sentences from real reviews, rated by people: part of the source archive of the package
    vaderSentiment 0.5, under the MIT licence. Without them the lesson makes up reviews of its own.

    \b
    Examples:
      bptt data reviews
    """
    from rich.console import Console  # noqa: PLC0415 - imports that take a second

    from bptt.data.fetch import FetchError, fetch  # noqa: PLC0415

    try:
        click.echo(fetch(Console(stderr=True)))
    except FetchError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(STOPPED)

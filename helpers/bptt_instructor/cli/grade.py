"""The command ``bptt grade``: grade an assignment and print a table of the class."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.options import course_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Grade what students have handed in.")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; may be given again.")
@click.option("--feedback/--no-feedback", default=True, help="Write a feedback page for each student, or do not.")
@click.option("--sandbox/--no-sandbox", default=True, help="Without a sandbox, submissions run with your rights.")
@click.option("--cold", is_flag=True, help="Start Python afresh for each submission, which takes a few seconds.")
@click.option(
    "--workers", type=click.IntRange(1), help="How many to grade at a time; one for each processor by default."
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Let the workers of this Dask scheduler grade.")
@click.option("--again", is_flag=True, help="Run everything, even what has not changed since it was graded.")
@click.option("--new-inputs", is_flag=True, help="Run everything, with fresh test inputs.")
@course_option
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
    new_inputs: bool,
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
    from bptt_instructor.grading.sandbox.availability import NEEDS_LINUX

    if sys.platform != "linux":
        raise click.ClickException(NEEDS_LINUX)
    if workers != 1 and len(students) != 1 and not scheduler:
        from bptt_instructor.grading.executors.forkserver import start_forkserver

        # Where it cannot start, workers cannot either, which is told when they are needed.
        with suppress(OSError):
            start_forkserver()
    from bptt_instructor.config import load_config
    from bptt_instructor.grading.executors.shared_zygote import shared_zygote

    config = load_config(course)
    # It starts while the rest is imported.
    with shared_zygote(config) if sandbox and not cold and not scheduler else nullcontext() as zygote:
        from rich.console import Console

        from bptt_instructor.cli.grade_console import GradeRequest, run_grade
        from bptt_instructor.grading.course import Course
        from bptt_instructor.grading.grade_assignment import GradingOptions

        again = again or new_inputs
        options = GradingOptions(sandboxed=sandbox, use_zygote=not cold, again=again, new_inputs=new_inputs)
        request = GradeRequest(students, options, workers, scheduler, feedback)
        run_grade(Course(course, assignment, config), request, Console(), zygote)

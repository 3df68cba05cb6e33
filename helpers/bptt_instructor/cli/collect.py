"""The command ``bptt collect``: import archives from Canvas or Moodle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bptt.wording import plural
from bptt_instructor.cli.options import course_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bptt_instructor.lms.collect_archives import CollectSummary

MAX_SHOWN_FILES = 5
_EXISTING_PATH = click.Path(exists=True, path_type=Path)


@click.command(short_help="Bring in an archive from Canvas or Moodle.")
@click.argument("assignment")
@click.argument("archives", metavar="ARCHIVE...", nargs=-1, required=True, type=_EXISTING_PATH)
@click.option(
    "--roster",
    type=_EXISTING_PATH,
    help="A class list: Canvas' gradebook export, Moodle's grading worksheet, or id,first_name,last_name as CSV.",
)
@course_option
def collect(*, assignment: str, archives: Sequence[Path], roster: Path | None, course: Path) -> None:
    """Bring in what students have uploaded to Canvas or Moodle for ASSIGNMENT.

    ARCHIVE is what "Download Submissions" (Canvas) or "Download all submissions" (Moodle) gives. Each student's files
    go to submitted/STUDENT/ASSIGNMENT/, in place of what is there; of two attempts, the newest counts. The class list
    says who is who, and is entered into the gradebook; when everybody is there, it can be left out.

    \b
    Examples:
      bptt collect 01_cell_backward submissions.zip --roster Grades-Course.csv
      bptt collect 01_cell_backward submissions.zip    later, when the class list is known
    """
    from bptt_instructor.grading.course import Course
    from bptt_instructor.lms.collect_archives import collect_archives

    summary = collect_archives(Course(course, assignment), archives, roster)
    _print_summary(summary)
    if not summary.new + summary.changed + summary.same:
        raise click.ClickException("Nothing was collected. Is it the right archive? Does --roster name the class list?")
    click.echo(f"Next: bptt grade {assignment}")


def _print_summary(summary: CollectSummary) -> None:
    new, changed, same = len(summary.new), len(summary.changed), len(summary.same)
    click.echo(f"{plural(new + changed + same, 'student')}: {new} new, {changed} changed, {same} as before.")
    if summary.unknown:
        click.echo(f"It is not clear who these are: {', '.join(summary.unknown)}.", err=True)
        click.echo(
            "What they sent was left out, for a reason below. A class list (--roster) tells who is who.", err=True
        )
    if summary.late:
        late = f"Late according to Canvas, which does not say by how much: {', '.join(summary.late)}."
        click.echo(f"{late} Until their timestamp.txt says when they came, they are graded as if on time.", err=True)
    if summary.untimed:
        click.echo(f"The time of handing in cannot be read in the class list: {', '.join(summary.untimed)}.", err=True)
    for student, which in summary.several.items():
        click.echo(f"Several notebooks of {student}: {which}.", err=True)
    names: dict[str, list[str]] = {}
    for name, reason in summary.passed_over.items():
        names.setdefault(reason, []).append(name)
    for reason, files in names.items():
        more = [f"and {len(files) - MAX_SHOWN_FILES} more"] if len(files) > MAX_SHOWN_FILES else []
        click.echo(f"Passed over: {', '.join(files[:MAX_SHOWN_FILES] + more)}: {reason}.", err=True)

"""The command ``bptt report``: write a page about the class."""

from __future__ import annotations

from pathlib import Path

import click

from bptt_instructor.cli.options import course_option


@click.command(short_help="Write a page about the class.")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the page; by default build/report.html in the course.",
)
@click.option(
    "--anonymous",
    is_flag=True,
    help="Leave out everything about single students, so that it can be shown to the class.",
)
@course_option
def report(*, to: Path | None, anonymous: bool, course: Path) -> None:
    """Write a page about the class: points, what it misunderstands, and who needs a person.

    It is made from the gradebook, so grade first. The page is one file that asks the network for nothing.

    \b
    Examples:
      bptt report                              write build/report.html
      bptt report --anonymous                  write build/report-anonymous.html
      bptt report --to reports/week-3.html
    """
    from rich.console import Console

    from bptt_instructor.class_report.write_report import write_report

    path = to or course / "build" / ("report-anonymous.html" if anonymous else "report.html")
    console = Console(stderr=True)
    with console.status("Reading the gradebook, and drawing"):
        summary = write_report(course, path, anonymous=anonymous)
    click.echo(f"{_count(summary.students, 'student')}, {_count(summary.lessons, 'lesson')}.")
    for title, holders, among in summary.commonest:
        click.echo(f"  {holders} of {among}: {title}")
    if summary.to_review:
        click.echo(f"{_count(summary.to_review, 'submission')} to look at: the page says which, and why.")
    click.echo(f"Open it in a browser: {path.resolve().as_uri()}")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"

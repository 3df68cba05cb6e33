"""Grading in the terminal: a progress bar, then the class as a table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bptt.grading.grade import How, grade, students_to_grade
from bptt.grading.row import Row, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType
    from rich.progress import Task

    from bptt.grading.course import Course

# Never by colour alone: the words say it too.
STYLES = {
    Status.GRADED: "",
    Status.LATE: "yellow",
    Status.REPAIRED: "yellow",
    Status.TIMED_OUT: "red",
    Status.CRASHED: "red",
    Status.UNREADABLE: "red",
    Status.MISSING: "red",
}
COMMONEST = 3
NO_SANDBOX = "Without a sandbox: submissions run with your rights, and can read and change all that you can."


def grade_and_show(course: Course, only: Sequence[str], *, how: How, console: Console) -> None:
    """Grade an assignment, showing how far it is, and print the outcome.

    Parameters
    ----------
    course
        The course and its assignment.
    only
        Ids of the students to grade; everybody when empty.
    how
        With what precautions, and whether with feedback pages.
    console
        Where to print.

    Raises
    ------
    GradingError
        When grading cannot begin.
    """
    students = students_to_grade(course, only)
    if not how.boxed:
        console.print(Text(NO_SANDBOX, "red"))
    with _progress(console) as progress:
        rows = list(progress.track(grade(course, students, how), len(students), description="Grading"))
    console.print(table(course.assignment, rows))
    lines = [*summary(rows), ""]
    pages = [row for row in rows if how.feedback and course.feedback(row.student).is_file()]
    if pages:
        # A notebook whose mistake was named makes the best first look.
        first = max(pages, key=lambda row: bool(row.causes))
        lines.append(f"Feedback: {len(pages)} pages, {_shown(course.feedback('STUDENT'))}")
        lines.append(f"Open one in a browser: {course.feedback(first.student).as_uri()}")
    lines.append(f"Log: {_shown(course.log)}")
    # As Text, so that no path is taken for markup; and whole, so that it can be clicked.
    console.print(Text("\n".join(lines)), soft_wrap=True)


def table(assignment: str, rows: Iterable[Row]) -> Table:
    """Lay out rows, sorted by student."""
    laid_out = Table(title=assignment, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    laid_out.add_column("Student", no_wrap=True)
    laid_out.add_column("Name", max_width=20)
    laid_out.add_column("Points", justify="right", no_wrap=True)
    laid_out.add_column("By hand", justify="right", max_width=4)
    laid_out.add_column("Status", max_width=10)
    laid_out.add_column("What was found", ratio=1)
    for row in sorted(rows, key=lambda row: row.student):
        laid_out.add_row(
            Text(row.student),
            Text(row.name),
            f"{row.points:g} / {row.possible:g}",
            _plus(row),
            Text(row.status, STYLES[row.status]),
            Text("\n".join([*filter(None, [row.reason]), *row.causes.values()])),
        )
    return laid_out


def _plus(row: Row) -> str:
    """Say how many points are still to be given by hand, at most."""
    most = sum(cell.possible for cell in row.cells if cell.by_hand)
    return f"+{most:g}" if most else ""


def summary(rows: Sequence[Row]) -> list[str]:
    """Say in a few lines how the class did."""
    statuses = Counter(row.status for row in rows)
    counts = ", ".join(f"{statuses[status]} {status}" for status in Status if status in statuses)
    lines = [f"{len(rows)} students: {counts}."]
    titles = Counter(title for row in rows for title in row.causes.values())
    common = [(title, count) for title, count in titles.most_common(COMMONEST) if count > 1]
    if common:
        lines.append("Commonest mistakes:")
        lines += [f"  {count} of {len(rows)}: {title}" for title, count in common]
    by_hand = sum(bool(row.to_grade) for row in rows)
    if by_hand:
        lines.append(f"{by_hand} of {len(rows)} have answers to grade by hand: in JupyterLab, Nbgrader, Formgrader.")
    return lines


class _Rate(ProgressColumn):
    """Students per minute."""

    def render(self, task: Task) -> RenderableType:
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        # Submissions differ: a rate of the last seconds would say little about the rest.
        speed_estimate_period=600,
    )


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

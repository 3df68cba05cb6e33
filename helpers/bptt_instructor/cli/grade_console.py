"""Progress bar, results table and summary of ``bptt grade``."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bptt.wording import join_names, plural
from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading.course_lock import assignment_lock
from bptt_instructor.grading.executors.backend import Backend, open_backend
from bptt_instructor.grading.executors.forkserver import available_cpus
from bptt_instructor.grading.grade_assignment import (
    DEFAULT_OPTIONS,
    GradingOptions,
    ReusedCount,
    grade_assignment,
    students_to_grade,
)
from bptt_instructor.grading.models.grade_row import GradeRow, Status
from bptt_instructor.grading.sandbox.availability import NO_SANDBOX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType
    from rich.progress import Task

    from bptt_instructor.grading.course import Course
    from bptt_instructor.grading.kernel_client.zygote_process import ZygoteProcess

NOT_RUN = (Status.MISSING, Status.UNREADABLE)
"""Statuses without a notebook that could be run."""
_SERIOUS = "red"
# The table shows the status in words, too, for whoever cannot tell colours apart.
STYLES = {
    Status.GRADED: "",
    Status.LATE: "yellow",
    Status.REPAIRED: "yellow",
    Status.TIMED_OUT: _SERIOUS,
    Status.OUT_OF_MEMORY: _SERIOUS,
    Status.CRASHED: _SERIOUS,
    Status.NOT_GRADED: _SERIOUS,
    Status.TAMPERED: _SERIOUS,
    Status.UNREADABLE: _SERIOUS,
    Status.MISSING: _SERIOUS,
}
MAX_MISTAKES_IN_SUMMARY = 3


@dataclass(frozen=True)
class GradeRequest:
    """Arguments of ``bptt grade``.

    Attributes
    ----------
    students
        Ids of those to grade; everybody when empty.
    options
        How to grade.
    workers
        How many submissions to grade at a time on this machine; None for as many as there are processors.
    scheduler
        The address of a Dask scheduler whose workers grade, in place of this machine; empty for none.
    feedback
        Whether to write a feedback page for each notebook that could be graded.
    """

    students: Sequence[str] = ()
    options: GradingOptions = DEFAULT_OPTIONS
    workers: int | None = None
    scheduler: str = ""
    feedback: bool = True


def run_grade(course: Course, request: GradeRequest, console: Console, zygote: ZygoteProcess | None = None) -> None:
    """Grade an assignment, show progress, and print the results table and a summary.

    Parameters
    ----------
    course
        The course and its assignment.
    request
        Whom to grade, and how.
    console
        Where to print.
    zygote
        One that all submissions share.

    Raises
    ------
    GradingError
        When grading cannot begin, or not go on.
    KeyboardInterrupt
        After Ctrl-C; results so far are kept, and their number is printed.
    """
    with assignment_lock(course) as note:
        if note:
            console.print(Text(note, "yellow"))
        _run_grade(course, request, console, zygote)


def _run_grade(course: Course, request: GradeRequest, console: Console, zygote: ZygoteProcess | None) -> None:
    students = students_to_grade(course, request.students)
    others = [] if request.students else course.not_students(students)
    if others:
        line = f"Passed over in submitted/, since it is not a student's folder: {', '.join(others)}."
        console.print(Text(line, "yellow"), soft_wrap=True)
    if not request.options.sandboxed:
        console.print(Text(NO_SANDBOX, "red"))
    with open_backend(min(request.workers or available_cpus(), len(students)), request.scheduler, zygote) as backend:
        if backend.note:
            console.print(Text(backend.note, "yellow"))
        rows = _graded_rows(course, students, request.options, backend, console)
        console.print(results_table(course.assignment, rows))
        lines = summary(rows)
        if request.feedback:
            try:
                lines += _feedback_lines(course, rows, backend, console)
            except KeyboardInterrupt:
                console.print("Stopped. All points are stored; the same command writes what feedback is missing.")
                raise
    lines += ["", f"Log: {_relative_to_cwd(course.log)}"]
    # As Text, so that nothing in a path is read as markup; not wrapped, so that it can be clicked.
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _graded_rows(
    course: Course, students: Sequence[str], options: GradingOptions, backend: Backend, console: Console
) -> list[GradeRow]:
    count = ReusedCount()
    rows: list[GradeRow] = []
    with _progress(console) as progress:
        task = progress.add_task("Grading", total=len(students), note="")
        try:
            for row in grade_assignment(course, students, options, backend=backend, counts=count):
                rows.append(row)
                if len(rows) == count.reused:
                    # Reused results come at once, and would distort the estimate of the time left.
                    progress.reset(task, total=len(students), completed=len(rows))
                note = f"{sum(row.status.needs_review for row in rows)} to look at"
                progress.update(task, completed=len(rows), note=note)
        except KeyboardInterrupt:
            # Ending the workers takes a moment; a second Ctrl-C meanwhile would leave some running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            progress.stop()
            done = f"Stopped. {len(rows)} of {len(students)} students are done, and stay so."
            command = "The same command without --again" if options.again else "The same command"
            console.print(f"{done} {command} goes on with the others.", highlight=False)
            raise
    not_run = {"unchanged since earlier": count.reused - count.missing, "with nothing to run": count.missing}
    for reason, number in not_run.items():
        if number:
            console.print(f"Not run: {number} of {len(rows)}, {reason}.", highlight=False)
    return rows


def _feedback_lines(course: Course, rows: Sequence[GradeRow], backend: Backend, console: Console) -> list[str]:
    """Write feedback pages, and return lines about them for the summary."""
    gradable = [row for row in rows if row.status not in NOT_RUN and course.autograded(row.student).is_file()]
    if not gradable:
        return []
    # Pages are made from the gradebook, which workers on other machines cannot read.
    context = nullcontext(backend) if backend.local else open_backend(min(available_cpus(), len(gradable)))
    failed = []
    with context as local_backend, _progress(console) as progress:
        task = progress.add_task("Feedback", total=len(gradable), note="")
        for student, written in generate_pages(course, [row.student for row in gradable], local_backend.client):
            progress.advance(task)
            if not written:
                failed.append(student)
    lines = [f"nbgrader could not write the feedback of {join_names(failed)}. The log says why."] if failed else []
    pages = [row for row in gradable if row.student not in failed]
    if pages:
        # The example to open: with a named mistake, if there is one.
        first = max(pages, key=lambda row: bool(row.causes))
        lines.append(f"Feedback: {plural(len(pages), 'page')}, {_relative_to_cwd(course.feedback('STUDENT'))}")
        lines.append(f"Open one in a browser: {course.feedback(first.student).as_uri()}")
    return lines


def results_table(assignment: str, rows: Iterable[GradeRow]) -> Table:
    """Return a table of rows, sorted by student id."""
    table = Table(title=assignment, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Student", no_wrap=True)
    table.add_column("Name", max_width=20)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("By hand", justify="right", max_width=4)
    table.add_column("Status", max_width=10)
    table.add_column("What was found", ratio=1, overflow="fold")
    for row in sorted(rows, key=lambda row: row.student):
        table.add_row(
            Text(row.student),
            Text(row.name),
            f"{row.points:g} / {row.possible:g}",
            _manual_points(row),
            Text(row.status, STYLES[row.status]),
            Text("\n".join([*filter(None, [row.reason]), *row.causes.values()])),
        )
    return table


def _manual_points(row: GradeRow) -> str:
    """Return the points that can still be given by hand, such as ``+4``; empty for none."""
    points = sum(cell.possible for cell in row.cells if cell.by_hand)
    return f"+{points:g}" if points else ""


def summary(rows: Sequence[GradeRow]) -> list[str]:
    """Return lines with counts of statuses, the commonest mistakes, and how many answers to grade by hand."""
    statuses = Counter(row.status for row in rows)
    counts = ", ".join(f"{statuses[status]} {status}" for status in Status if status in statuses)
    lines = [f"{plural(len(rows), 'student')}: {counts}."]
    handed_in = sum(row.status not in NOT_RUN for row in rows)
    titles = Counter(title for row in rows for title in row.causes.values())
    common = [(title, count) for title, count in titles.most_common(MAX_MISTAKES_IN_SUMMARY) if count > 1]
    if common:
        lines.append("Commonest mistakes:")
        lines += [f"  {count} of {handed_in}: {title}" for title, count in common]
    by_hand = sum(bool(row.to_grade) for row in rows)
    if by_hand:
        have = f"{plural(by_hand, 'student')} {'has' if by_hand == 1 else 'have'}"
        lines.append(f"{have} answers to grade by hand: in JupyterLab, Nbgrader, Formgrader.")
    return lines


class _Rate(ProgressColumn):
    """Progress column: students per minute."""

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
        TextColumn("{task.fields[note]}"),
        console=console,
        # Seconds. Submissions differ in length: a rate over a shorter time would tell little about the rest.
        speed_estimate_period=600,
    )


def _relative_to_cwd(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

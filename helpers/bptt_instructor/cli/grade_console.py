"""Grading in the terminal: a progress bar, then the class as a table."""

from __future__ import annotations

import signal
import threading
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
    from types import FrameType

    from rich.console import Console, RenderableType
    from rich.progress import Task

    from bptt_instructor.grading.course import Course

NOT_RUN = (Status.MISSING, Status.UNREADABLE)
SERIOUS = "red"
# Never by colour alone: the words say it too.
STYLES = {
    Status.GRADED: "",
    Status.LATE: "yellow",
    Status.REPAIRED: "yellow",
    Status.TIMED_OUT: SERIOUS,
    Status.OUT_OF_MEMORY: SERIOUS,
    Status.CRASHED: SERIOUS,
    Status.TAMPERED: SERIOUS,
    Status.UNREADABLE: SERIOUS,
    Status.MISSING: SERIOUS,
}
COMMONEST = 3


@dataclass(frozen=True)
class GradeRequest:
    """What an instructor asks for.

    Attributes
    ----------
    students
        Ids of those to grade; everybody when empty.
    how
        With what precautions.
    workers
        How many submissions to grade at a time on this machine; None for as many as there are processors.
    scheduler
        The address of a Dask scheduler whose workers grade, in place of this machine; empty for none.
    feedback
        Whether to write a feedback page for each notebook that could be graded.
    """

    students: Sequence[str] = ()
    how: GradingOptions = DEFAULT_OPTIONS
    workers: int | None = None
    scheduler: str = ""
    feedback: bool = True


def run_grade(course: Course, wishes: GradeRequest, console: Console) -> None:
    """Grade an assignment, showing how far it is, and print the outcome.

    Parameters
    ----------
    course
        The course and its assignment.
    wishes
        Whom to grade, and how.
    console
        Where to print.

    Raises
    ------
    GradingError
        When grading cannot begin, or not go on.
    KeyboardInterrupt
        When the instructor stops it; what is done is kept, and said.
    """
    students = students_to_grade(course, wishes.students)
    if not wishes.how.sandboxed:
        console.print(Text(NO_SANDBOX, "red"))
    with open_backend(min(wishes.workers or available_cpus(), len(students)), wishes.scheduler) as place:
        rows = _rows(course, students, wishes.how, place, console)
        console.print(results_table(course.assignment, rows))
        lines = summary(rows)
        if wishes.feedback:
            lines += _feedback(course, rows, place, console)
    lines += ["", f"Log: {_shown(course.log)}"]
    # As Text, so that no path is taken for markup; and whole, so that it can be clicked.
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _rows(
    course: Course, students: Sequence[str], how: GradingOptions, place: Backend, console: Console
) -> list[GradeRow]:
    tally = ReusedCount()
    rows: list[GradeRow] = []
    pressed = _noted_ctrl_c()
    with _progress(console) as progress:
        bar = progress.add_task("Grading", total=len(students), note="")
        try:
            for row in grade_assignment(course, students, how, backend=place, counts=tally):
                rows.append(row)
                if len(rows) == tally.reused:
                    # What was done earlier says nothing about how long the rest takes.
                    progress.reset(bar, total=len(students), completed=len(rows))
                note = f"{sum(row.status.needs_review for row in rows)} to look at"
                progress.update(bar, completed=len(rows), note=note)
                if pressed.is_set():
                    raise KeyboardInterrupt  # noqa: TRY301 - as if it had come by itself
        except KeyboardInterrupt:
            # Ending the workers takes a moment, in which a second Ctrl-C would leave some behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            progress.stop()
            done = f"Stopped. {len(rows)} of {len(students)} students are done, and stay so."
            command = "The same command without --again" if how.again else "The same command"
            console.print(f"{done} {command} goes on with the others.", highlight=False)
            raise
    not_run = {"unchanged since earlier": tally.reused - tally.missing, "with nothing to run": tally.missing}
    for why, number in not_run.items():
        if number:
            console.print(f"Not run: {number} of {len(rows)}, {why}.", highlight=False)
    return rows


def _noted_ctrl_c() -> threading.Event:
    """Note when Ctrl-C is pressed: its exception is lost when it comes while Python cleans up an object."""
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, press)
    return pressed


def _feedback(course: Course, rows: Sequence[GradeRow], place: Backend, console: Console) -> list[str]:
    """Write feedback pages; return what to say about them."""
    can = [row for row in rows if row.status not in NOT_RUN and course.autograded(row.student).is_file()]
    if not can:
        return []
    # Pages are made from the gradebook, which workers elsewhere do not see.
    near = nullcontext(place) if place.local else open_backend(min(available_cpus(), len(can)))
    failed = []
    with near as here, _progress(console) as progress:
        bar = progress.add_task("Feedback", total=len(can), note="")
        for student, well in generate_pages(course, [row.student for row in can], here.client):
            progress.advance(bar)
            if not well:
                failed.append(student)
    lines = [f"nbgrader could not write the feedback of {join_names(failed)}. The log says why."] if failed else []
    pages = [row for row in can if row.student not in failed]
    if pages:
        # A notebook whose mistake was named makes the best first look.
        first = max(pages, key=lambda row: bool(row.causes))
        lines.append(f"Feedback: {plural(len(pages), 'page')}, {_shown(course.feedback('STUDENT'))}")
        lines.append(f"Open one in a browser: {course.feedback(first.student).as_uri()}")
    return lines


def results_table(assignment: str, rows: Iterable[GradeRow]) -> Table:
    """Lay out rows, sorted by student."""
    laid_out = Table(title=assignment, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    laid_out.add_column("Student", no_wrap=True)
    laid_out.add_column("Name", max_width=20)
    laid_out.add_column("Points", justify="right", no_wrap=True)
    laid_out.add_column("By hand", justify="right", max_width=4)
    laid_out.add_column("Status", max_width=10)
    laid_out.add_column("What was found", ratio=1, overflow="fold")
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


def _plus(row: GradeRow) -> str:
    """Say how many points are still to be given by hand, at most."""
    most = sum(cell.possible for cell in row.cells if cell.by_hand)
    return f"+{most:g}" if most else ""


def summary(rows: Sequence[GradeRow]) -> list[str]:
    """Say in a few lines how the class did."""
    statuses = Counter(row.status for row in rows)
    counts = ", ".join(f"{statuses[status]} {status}" for status in Status if status in statuses)
    lines = [f"{plural(len(rows), 'student')}: {counts}."]
    there = sum(row.status not in NOT_RUN for row in rows)
    titles = Counter(title for row in rows for title in row.causes.values())
    common = [(title, count) for title, count in titles.most_common(COMMONEST) if count > 1]
    if common:
        lines.append("Commonest mistakes:")
        lines += [f"  {count} of {there}: {title}" for title, count in common]
    by_hand = sum(bool(row.to_grade) for row in rows)
    if by_hand:
        lines.append(f"{by_hand} of {there} have answers to grade by hand: in JupyterLab, Nbgrader, Formgrader.")
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
        TextColumn("{task.fields[note]}"),
        console=console,
        # Submissions differ: a rate of the last seconds would say little about the rest.
        speed_estimate_period=600,
    )


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

"""Put results where nbgrader keeps them. One process of a course does this, and no other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.gradebook.records import GradingRecord
from bptt_instructor.grading.gradebook.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP, parse_timestamp
from bptt_instructor.grading.models.grade_row import GradeRow, Status, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bptt_instructor.grading.course import Course
    from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
    from bptt_instructor.grading.models.result import SubmissionResult
    from bptt_instructor.grading.models.submission import Submission

READ_ONLY_MODE = 0o444


def store_result(
    course: Course, book: AssignmentGradebook, result: SubmissionResult, submission: Submission | None
) -> GradeRow:
    """Write the graded notebook and the gradebook's entries, and return the student's row.

    Parameters
    ----------
    course, book
        Where.
    result
        What grading gave.
    submission
        What was handed in, whose data files stand beside the graded notebook; None when that could not be read.
    """
    files = submission.files if submission else {}
    late, said = 0.0, []
    if result.notebook is not None:
        timestamp = files.get(TIMESTAMP, b"")[:MAX_TIMESTAMP_BYTES].decode("utf-8", "replace")
        handed_in = parse_timestamp(timestamp)
        if timestamp.strip() and handed_in is None:
            said.append(f"{TIMESTAMP} tells no time: taken as handed in in time")
        known = book.records.get(result.student)
        same = known is not None and submission is not None and known.submission == submission.digest
        late = book.save_scores(result, handed_in, unchanged=same)
        _replace_folder(course.autograded(result.student), result.notebook, {**files, **course.lesson.files})
    points = book.points(result.student)
    if result.notebook is None and points.has_submission:
        said.append("the points are those of an earlier submission")
    made = make_record(result, submission, late, said)
    book.commit_record(made)
    return GradeRow(result.student, "", made.status, made.reason, points.cells, points.penalty, result.causes)


def make_record(
    result: SubmissionResult, submission: Submission | None, late: float, more: Iterable[str] = ()
) -> GradingRecord:
    """Make the record of a submission.

    Parameters
    ----------
    result
        What grading gave.
    submission
        What was handed in; None when that could not be read.
    late
        How many seconds late it came.
    more
        What else a person should know, in words.
    """
    reasons = [*result.reasons, *more, *([] if result.sandboxed else ["run without a sandbox"])]
    status = result.status
    if late > 0:
        status = Status.LATE if status is Status.GRADED else status
        reasons.insert(0, f"handed in {_duration(late)} late")
    return GradingRecord(
        assignment=result.lesson,
        student=result.student,
        submission=submission.digest if submission else "",
        seed=result.seed,
        status=status,
        reason=one_line("; ".join(reasons)),
        causes=result.causes,
        unexplained=verdict_summary.unexplained_failures(result.verdicts),
        sandboxed=result.sandboxed,
    )


def _replace_folder(notebook: Path, content: str, files: Mapping[str, bytes]) -> None:
    """Make a folder anew, beside the old one, and let it take the old one's place."""
    folder = notebook.parent
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, data in {**files, notebook.name: content.encode()}.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(READ_ONLY_MODE)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"

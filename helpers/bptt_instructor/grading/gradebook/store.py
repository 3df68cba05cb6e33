"""Store a result: autograded folder, scores, record. One process does this for a whole course."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.gradebook.records import GradingRecord
from bptt_instructor.grading.gradebook.timestamp import (
    MAX_TIMESTAMP_BYTES,
    TIMESTAMP,
    parse_timestamp,
    refused_time,
)
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
    """Write the graded notebook, the scores and the grading record, and return the student's row.

    Parameters
    ----------
    course, book
        Where to write.
    result
        The result of grading.
    submission
        The submission; its data files are copied beside the graded notebook. None when it could not be read.

    Returns
    -------
    GradeRow
        Without the student's name.
    """
    files = submission.files if submission else {}
    late, remarks = 0.0, []
    if result.notebook is not None:
        timestamp = files.get(TIMESTAMP, b"")[: MAX_TIMESTAMP_BYTES + 1].decode("utf-8-sig", "replace")
        handed_in = parse_timestamp(timestamp)
        if timestamp.strip() and handed_in is None:
            remarks.append(refused_time(timestamp))
        known = book.records.get(result.student)
        unchanged = known is not None and submission is not None and submission.has_digest(known.submission)
        late = book.save_scores(result, handed_in, unchanged=unchanged)
        _replace_folder(course.autograded(result.student), result.notebook, {**files, **course.lesson.files})
    points = book.points(result.student)
    if result.notebook is None and points.has_submission:
        remarks.append("the points are those of an earlier submission")
    record = make_record(result, submission, late, remarks)
    book.commit_record(record)
    return GradeRow(result.student, "", record.status, record.reason, points.cells, points.penalty, result.causes)


def make_record(
    result: SubmissionResult, submission: Submission | None, late: float, remarks: Iterable[str] = ()
) -> GradingRecord:
    """Make the grading record of a submission.

    Parameters
    ----------
    result
        The result of grading.
    submission
        The submission; None when it could not be read.
    late
        Lateness in seconds; 0 when in time.
    remarks
        Reasons for the instructor besides those of the result.
    """
    reasons = [*result.reasons, *remarks, *([] if result.sandboxed else ["run without a sandbox"])]
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
    """Write the notebook's folder beside the old one, then swap them, so that no half-written one is left."""
    folder = notebook.parent
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir(parents=True)
    for name, data in {**files, notebook.name: content.encode()}.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(READ_ONLY_MODE)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"

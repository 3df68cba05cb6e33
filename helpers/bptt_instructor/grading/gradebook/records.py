"""Table ``bptt_graded``: seed, status and misconceptions of each submission.

It stands in nbgrader's gradebook, beside nbgrader's tables. ``bptt grade`` and ``nbgrader autograde`` both write a
record, and both take the seed from it when they grade the same submission again. The class report is made from these
records and nbgrader's tables, and reads no submission.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, DateTime, MetaData, String, Table, Text
from sqlalchemy.exc import DBAPIError

from bptt_instructor.grading.gradebook.opening import made_by_another
from bptt_instructor.grading.models.grade_row import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

GRADED_TABLE = Table(
    "bptt_graded",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("graded", DateTime, nullable=False),
    Column("submission", String(64), nullable=False),
    Column("seed", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("about", Text, nullable=False),
)


@dataclass(frozen=True)
class GradingRecord:
    """Record of how one student's latest submission was graded.

    Attributes
    ----------
    assignment, student
        Name of the lesson, and id of the student.
    submission
        :attr:`bptt_instructor.grading.models.submission.Submission.digest`; empty when it could not be read.
    seed
        From :func:`bptt_instructor.grading.judge.seeds.new_seed`; the test inputs were derived from it.
    status, reason
        As in :class:`bptt_instructor.grading.models.grade_row.GradeRow`.
    causes
        Id and title of the misconceptions found.
    unexplained
        By exercise without a known misconception, the kind of the first failure: a key of
        :attr:`bptt_instructor.grading.checks.interface.CheckSuite.failure_labels`.
    sandboxed
        Whether it ran in a sandbox.
    graded
        Time of grading, in UTC.
    """

    assignment: str
    student: str
    submission: str
    seed: str
    status: Status
    reason: str = ""
    causes: Mapping[str, str] = field(default_factory=dict)
    unexplained: Mapping[str, str] = field(default_factory=dict)
    sandboxed: bool = True
    graded: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None, microsecond=0))


class GradingRecords:
    """Reads and writes the records of a course; makes the table if need be.

    Parameters
    ----------
    session
        Database session of the gradebook. Only the table itself is committed here.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        try:
            GRADED_TABLE.metadata.create_all(session.connection())
            # Until then, another process that makes it would wait for this one.
            session.commit()
        except DBAPIError as error:
            session.rollback()
            if not made_by_another(error):
                raise

    def of(self, assignment: str) -> dict[str, GradingRecord]:
        """Return the record of each student who has one, by id."""
        rows = self._session.execute(GRADED_TABLE.select().where(GRADED_TABLE.c.assignment == assignment))
        return {row.student: _record_of_row(row) for row in rows}

    def find(self, assignment: str, student: str) -> GradingRecord | None:
        """Return one student's record; None when there is none."""
        row = self._session.execute(GRADED_TABLE.select().where(_key_matches(assignment, student))).first()
        return _record_of_row(row) if row else None

    def keep(self, record: GradingRecord) -> None:
        """Write a record; it replaces an earlier one of the same student."""
        about = {
            "reason": record.reason,
            "causes": list(record.causes.items()),
            "unexplained": list(record.unexplained.items()),
            # The name that it had when the first gradebooks were written.
            "boxed": record.sandboxed,
        }
        self._session.execute(GRADED_TABLE.delete().where(_key_matches(record.assignment, record.student)))
        self._session.execute(
            GRADED_TABLE.insert().values(
                assignment=record.assignment,
                student=record.student,
                graded=record.graded,
                submission=record.submission,
                seed=record.seed,
                status=record.status.value,
                about=json.dumps(about),
            )
        )


def _key_matches(assignment: str, student: str) -> Any:  # noqa: ANN401 - SQLAlchemy's own
    return (GRADED_TABLE.c.assignment == assignment) & (GRADED_TABLE.c.student == student)


def _record_of_row(row: Any) -> GradingRecord:  # noqa: ANN401 - SQLAlchemy's own
    about = json.loads(row.about)
    return GradingRecord(
        row.assignment,
        row.student,
        row.submission,
        row.seed,
        Status(row.status),
        about["reason"],
        dict(about["causes"]),
        dict(about["unexplained"]),
        about["boxed"],
        row.graded,
    )

"""``Verdict`` of a graded cell and ``SubmissionResult``, with their JSON form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.submission import as_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping


REPORT_MIME = "application/vnd.bptt.report+json"
"""MIME type under which a graded cell shows what the report's ``as_dict`` returns."""


@dataclass(frozen=True)
class Verdict:
    """Judgement of one graded cell.

    Attributes
    ----------
    cell
        The cell's ``grade_id``.
    score
        Points; None when the cell needs manual grading.
    possible
        Points at most.
    report
        MIME bundle that the cell shows in place of its output. Empty when there is no report.
    note
        Remark for the instructor, such as why the function gave no answer; often empty.
    status
        What the note means for the status of the submission.
    """

    cell: str
    score: float | None
    possible: float
    report: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    status: Status = Status.GRADED


@dataclass(frozen=True)
class SubmissionResult:
    """Result of grading one submission.

    Attributes
    ----------
    student, lesson
        Id of the student, and name of the lesson.
    status
        Outcome of grading, except for lateness, which only the gradebook knows.
    reasons
        Explanations of the status for the instructor.
    notebook
        The graded notebook as JSON, as the autograded folder gets it; None when there was none to grade.
    verdicts
        One for each graded cell.
    unanswered
        The ``grade_id`` of each solution cell that is as it was released.
    causes
        Id and title of the misconceptions found.
    seconds
        Wall time of each stage: ``intake``, ``start`` and ``run``.
    sandboxed
        Whether the code ran in a sandbox.
    seed
        From :func:`bptt_instructor.grading.judge.seeds.new_seed`; the test inputs are derived from it.
    """

    student: str
    lesson: str
    status: Status
    reasons: tuple[str, ...] = ()
    notebook: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    unanswered: tuple[str, ...] = ()
    causes: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    sandboxed: bool = True
    seed: str = ""

    def to_bytes(self) -> bytes:
        """Serialize as JSON."""
        # As pairs, because keys are sorted, and causes are in the order of the notebook.
        return as_bytes({**asdict(self), "causes": list(self.causes.items())})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Deserialize what :meth:`to_bytes` returned."""
        data = json.loads(content)
        verdicts = tuple(Verdict(**{**each, "status": Status(each["status"])}) for each in data["verdicts"])
        lists = {name: tuple(data[name]) for name in ("reasons", "unanswered")}
        named = {"status": Status(data["status"]), "causes": dict(data["causes"]), "verdicts": verdicts}
        return cls(**{**data, **lists, **named})

"""What grading one submission gives, as data that can travel."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.submission import as_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping


REPORT_MIME = "application/vnd.bptt.report+json"
"""Under which a graded cell holds what its check found, as :meth:`Report.as_dict` of the checks gives it."""


@dataclass(frozen=True)
class Verdict:
    """What one graded cell is worth.

    Attributes
    ----------
    cell
        Its ``grade_id``.
    score
        Points; None when a person decides.
    possible
        Points at most.
    report
        What the cell shows in place of its output: data by MIME type. Empty when there is no report.
    note
        For the instructor, when there is something to know, such as why there was no answer.
    status
        What that note means for the submission as a whole.
    """

    cell: str
    score: float | None
    possible: float
    report: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    status: Status = Status.GRADED


@dataclass(frozen=True)
class SubmissionResult:
    """What grading one submission gives.

    Attributes
    ----------
    student, lesson
        Whose, and for what.
    status
        How far it came, but for being late, which the gradebook knows.
    reasons
        What a person should know about the status, in words.
    notebook
        The graded notebook, as it stands in the autograded folder; None when there was none to grade.
    verdicts
        One for each graded cell.
    unanswered
        The ``grade_id`` of each solution cell that is as it was released.
    causes
        Id and title of the known mistakes that the verdicts name.
    seconds
        Wall time of each part of the work, by name.
    sandboxed
        Whether the code ran in a sandbox.
    seed
        What the test inputs were drawn from.
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
        """Write it as JSON."""
        # Causes are in the order of the notebook, and keys would be sorted.
        return as_bytes({**asdict(self), "causes": list(self.causes.items())})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what :meth:`to_bytes` wrote."""
        data = json.loads(content)
        verdicts = tuple(Verdict(**{**each, "status": Status(each["status"])}) for each in data["verdicts"])
        lists = {name: tuple(data[name]) for name in ("reasons", "unanswered")}
        named = {"status": Status(data["status"]), "causes": dict(data["causes"]), "verdicts": verdicts}
        return cls(**{**data, **lists, **named})

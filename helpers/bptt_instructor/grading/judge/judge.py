"""``Judge``: call the learner's function remotely and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.grading.checks.protocol import UNANSWERED, CallReply
from bptt_instructor.grading.judge import cost, reports
from bptt_instructor.grading.judge.seeds import derive_seed
from bptt_instructor.grading.kernel_client.client import NoReplyError
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import REPORT_MIME, Verdict
from bptt_instructor.grading.protocol.messages import CallRequest
from bptt_instructor.lessons.check_calls import CheckCall, parse_check_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.protocol import Arguments, CheckSuite, Examination, Report
    from bptt_instructor.grading.kernel_client.client import KernelClient


@dataclass(frozen=True)
class JudgedFunction:
    """What is known of a function.

    Attributes
    ----------
    examination
        What it returned, compared.
    excess_passes
        When it costs too much, how many forward passes; 0 when it does not.
    """

    examination: Examination
    excess_passes: float


class Judge:
    """Judges one student's cells.

    Parameters
    ----------
    suite
        The course's checks.
    submission_seed
        From :func:`bptt_instructor.grading.judge.seeds.fresh`.
    lesson, student
        For whose work.
    """

    def __init__(self, suite: CheckSuite, submission_seed: str, lesson: str, student: str) -> None:
        self._suite = suite
        self._submission_seed = submission_seed
        self._lesson_and_student = lesson, student
        self._known: dict[tuple[str, str], JudgedFunction | NoReplyError] = {}

    def forget(self) -> None:
        """Ask everything anew: code has run, and functions may have changed."""
        self._known.clear()

    def knows(self, source: str) -> bool:
        """Tell whether a graded cell, as the instructor wrote it, can be judged."""
        return bool(parse_check_calls(source, self._suite.exercises))

    def __call__(self, kernel: KernelClient, cell: NotebookNode, source: str) -> Verdict:
        """Judge one cell."""
        meta = cell.metadata["nbgrader"]
        grade_id, points = meta["grade_id"], float(meta["points"])
        made, notes = [], []
        for call in parse_check_calls(source, self._suite.exercises):
            known = self._judge(kernel, call)
            made.append(self._report(call, known))
            notes += [_note_and_status(call, known)] if isinstance(known, NoReplyError) else []
        shown = next((report for report in made if not report.passed), made[0])
        score = points if all(report.passed for report in made) else 0.0
        note, status = notes[0] if notes else ("", Status.GRADED)
        bundle = {**shown._repr_mimebundle_(), REPORT_MIME: shown.as_dict()}
        return Verdict(grade_id, score, points, bundle, note, status)

    def _judge(self, kernel: KernelClient, call: CheckCall) -> JudgedFunction | NoReplyError:
        key = call.exercise, call.function
        if key not in self._known:
            try:
                self._known[key] = self._examine(kernel, call)
            except NoReplyError as why:
                self._known[key] = why
        return self._known[key]

    def _examine(self, kernel: KernelClient, call: CheckCall) -> JudgedFunction:
        about = *self._lesson_and_student, call.exercise
        function = KernelFunction(kernel, call)
        examination = self._suite.examine(call.exercise, function, derive_seed(self._submission_seed, *about))
        function.points_final = True
        if not examination.right:
            return JudgedFunction(examination, 0.0)
        case_seed = derive_seed(self._submission_seed, *about, "cost")
        return JudgedFunction(examination, cost.measure_excess_cost(kernel, self._suite, call, case_seed))

    def _report(self, call: CheckCall, known: JudgedFunction | NoReplyError) -> Report:
        if isinstance(known, NoReplyError):
            return reports.no_answer(self._suite, call, known)
        report = known.examination.report(call.only)
        dear = report.passed and known.excess_passes
        return reports.excess_cost(self._suite, call, known.excess_passes) if dear else report


def _note_and_status(call: CheckCall, error: NoReplyError) -> tuple[str, Status]:
    """Return what the instructor should know, and what it means for the submission as a whole."""
    if error.forged:
        return f"{call.function}: an answer was forged", Status.TAMPERED
    if error.late:
        return f"{call.function} took too long and was stopped", Status.TIMED_OUT
    return f"{call.function} gave no answer: {error}", Status.GRADED


class KernelFunction:
    """A learner's function in a kernel; see :class:`bptt_instructor.grading.checks.protocol.RemoteFunction`.

    Parameters
    ----------
    kernel, call
        Where it is, and which.

    Attributes
    ----------
    points_final
        Whether its points are certain. What is asked after that is for the report alone, and may go unanswered.
    """

    def __init__(self, kernel: KernelClient, call: CheckCall) -> None:
        self._kernel = kernel
        self._call = call
        self.points_final = False
        self.origin = ""
        self.reads: tuple[str, ...] = ()
        self.own: tuple[str, ...] = ()

    def call_cases(self, cases: Sequence[Arguments], stand_ins: Sequence[str]) -> list[CallReply]:
        """Call it on each case."""
        about = self._call.exercise, self._call.function
        try:
            results = self._kernel.call_all([CallRequest(*about, case, tuple(stand_ins)) for case in cases])
        except NoReplyError as why:
            if not self.points_final:
                raise
            return [CallReply(error=UNANSWERED, message=str(why))] * len(cases)
        last = results[-1]
        self.origin, self.reads, self.own = last.origin, last.reads, last.own
        return results

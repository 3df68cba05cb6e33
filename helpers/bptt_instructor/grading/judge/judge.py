"""``Judge``: call the learner's function remotely and compare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bptt_instructor.grading.checks.interface import UNANSWERED, CallReply
from bptt_instructor.grading.judge import reports
from bptt_instructor.grading.judge.cost import CostResult, measure_cost
from bptt_instructor.grading.judge.seeds import derive_seed
from bptt_instructor.grading.kernel_client.client import EndReason, NoReplyError
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import REPORT_MIME, Verdict
from bptt_instructor.grading.protocol.messages import CallRequest
from bptt_instructor.lessons.check_calls import CheckCall, parse_check_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.interface import Arguments, CheckSuite, Examination, Report
    from bptt_instructor.grading.kernel_client.client import KernelClient


@dataclass(frozen=True)
class JudgedFunction:
    """Examination and cost of one function.

    Attributes
    ----------
    examination
        Its results, compared.
    cost
        Its results and its cost on large cases; None where that was not measured.
    """

    examination: Examination
    cost: CostResult | None = None


class Judge:
    """Judges the graded cells of one submission; a function is examined once for all graded cells in a row.

    Parameters
    ----------
    suite
        The course's checks.
    submission_seed
        From :func:`bptt_instructor.grading.judge.seeds.new_seed`.
    lesson, student
        Name of the lesson and id of the student; the test inputs depend on both.
    """

    def __init__(self, suite: CheckSuite, submission_seed: str, lesson: str, student: str) -> None:
        self._suite = suite
        self._submission_seed = submission_seed
        self._lesson_and_student = lesson, student
        self._judged: dict[tuple[str, str], JudgedFunction | NoReplyError] = {}
        self._drawn: Counter[tuple[str, ...]] = Counter()

    def forget(self) -> None:
        """Forget all functions: code has run, and may have redefined them."""
        self._judged.clear()

    def can_judge(self, source: str) -> bool:
        """Tell whether a graded cell consists of calls of known checks.

        Parameters
        ----------
        source
            Source of the cell in the instructor's notebook.
        """
        return bool(parse_check_calls(source, self._suite.exercises))

    def __call__(self, kernel: KernelClient, cell: NotebookNode, source: str) -> Verdict:
        """Judge one graded cell.

        Parameters
        ----------
        kernel
            The kernel that has run the cells before it.
        cell
            The cell in the submitted notebook; only its metadata is used.
        source
            Its source in the instructor's notebook.
        """
        meta = cell.metadata["nbgrader"]
        grade_id, points = meta["grade_id"], float(meta["points"])
        all_reports, notes, to_review = [], [], []
        for call in parse_check_calls(source, self._suite.exercises):
            judged = self._judge(kernel, call, measured=points > 0)
            all_reports.append(self._report(call, judged))
            notes += [_note_and_status(call, judged)] if isinstance(judged, NoReplyError) else []
            cost = judged.cost if isinstance(judged, JudgedFunction) else None
            if cost and all_reports[-1].passed and cost.needs_review:
                all_reports[-1] = reports.cost_to_review(self._suite, call, cost)
                to_review.append(all_reports[-1])
        wrong = [report for report in all_reports if not report.passed and report not in to_review]
        shown = next(iter([*wrong, *to_review, *all_reports]))
        score = 0.0 if wrong else None if to_review else points
        note, status = notes[0] if notes else ("", Status.GRADED)
        bundle = {**shown._repr_mimebundle_(), REPORT_MIME: shown.as_dict()}
        return Verdict(grade_id, score, points, bundle, note, status)

    def _judge(self, kernel: KernelClient, call: CheckCall, *, measured: bool) -> JudgedFunction | NoReplyError:
        """Examine a function, and measure its cost where points depend on it."""
        key = call.exercise, call.function
        try:
            if key not in self._judged:
                function = KernelFunction(kernel, call)
                examination = self._suite.examine(call.exercise, function, self._new_seed(call.exercise))
                function.points_final = True
                self._judged[key] = JudgedFunction(examination)
            judged = self._judged[key]
            if measured and isinstance(judged, JudgedFunction) and judged.cost is None and judged.examination.right:
                self._judged[key] = replace(judged, cost=self._cost(kernel, call))
        except NoReplyError as error:
            self._judged[key] = error
        return self._judged[key]

    def _cost(self, kernel: KernelClient, call: CheckCall) -> CostResult:
        try:
            return measure_cost(kernel, self._suite, call, lambda: self._new_seed(call.exercise, "cost"))
        except NoReplyError as error:
            if error.late:
                return CostResult(constant_seconds=error.seconds)
            if kernel.ended is EndReason.KILLED:
                raise
            return CostResult(wrong={"": f"{call.function} gave no answer there: {error}."})

    def _new_seed(self, *about: str) -> int:
        """Return a seed that no earlier question of this submission had: what was asked before may be known by now."""
        self._drawn[about] += 1
        return derive_seed(self._submission_seed, *self._lesson_and_student, *about, str(self._drawn[about]))

    def _report(self, call: CheckCall, judged: JudgedFunction | NoReplyError) -> Report:
        if isinstance(judged, NoReplyError):
            return reports.no_answer(self._suite, call, judged)
        report = judged.examination.report(call.only)
        wrong = judged.cost.wrong if judged.cost and report.passed else {}
        messages = [message for output, message in wrong.items() if not output or output in (call.only or [output])]
        return reports.wrong_when_large(self._suite, call, messages[0]) if messages else report


def _note_and_status(call: CheckCall, error: NoReplyError) -> tuple[str, Status]:
    """Return the note for the instructor, and the status of a submission whose function gave no reply."""
    if error.forged:
        return f"{call.function}: an answer was forged", Status.TAMPERED
    if error.late:
        return f"{call.function} took too long and was stopped", Status.TIMED_OUT
    return f"{call.function} gave no answer: {error}", Status.GRADED


class KernelFunction:
    """A learner's function in a kernel; see :class:`bptt_instructor.grading.checks.interface.RemoteFunction`.

    Parameters
    ----------
    kernel
        The kernel that holds it.
    call
        Its name and its exercise.

    Attributes
    ----------
    points_final
        Whether its points are final. Later calls are for the report alone, and may fail without consequence.
    """

    def __init__(self, kernel: KernelClient, call: CheckCall) -> None:
        self._kernel = kernel
        self._call = call
        self.points_final = False
        self.origin = ""
        self.reads: tuple[str, ...] = ()
        self.own: tuple[str, ...] = ()

    def call_cases(self, cases: Sequence[Arguments], stand_ins: Sequence[str]) -> list[CallReply]:
        """Call it on each case; see :meth:`bptt_instructor.grading.checks.interface.RemoteFunction.call_cases`."""
        target = self._call.exercise, self._call.function
        try:
            replies = self._kernel.call_all([CallRequest(*target, case, tuple(stand_ins)) for case in cases])
        except NoReplyError as error:
            if not self.points_final:
                raise
            return [CallReply(error=UNANSWERED, message=str(error))] * len(cases)
        last = replies[-1]
        self.origin, self.reads, self.own = last.origin, last.reads, last.own
        return replies

"""One graded cell, judged by what the learner's functions return for inputs of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt.check.call import Outcome
from bptt.check.exercises import EXERCISES
from bptt.check.run import Examined, examine, report
from bptt_instructor.grading.judge import cost, reports
from bptt_instructor.grading.judge.seeds import seed
from bptt_instructor.grading.kernel_client.client import NoAnswerError
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import Verdict
from bptt_instructor.grading.protocol.messages import Question
from bptt_instructor.lessons.check_calls import Asked, asked_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from bptt.check.exercise import Arguments
    from bptt.check.report import Report
    from bptt_instructor.grading.kernel_client.client import Kernel


@dataclass(frozen=True)
class Judged:
    """What is known of a function.

    Attributes
    ----------
    examined
        What it returned.
    passes
        When it is too dear, how many forward passes it costs; 0 when it is not.
    """

    examined: Examined
    passes: float


class Judge:
    """Judges one student's cells.

    Parameters
    ----------
    drawn
        The seed of the submission.
    lesson, student
        For whose work.
    """

    def __init__(self, drawn: str, lesson: str, student: str) -> None:
        self._drawn = drawn
        self._about = lesson, student
        self._known: dict[tuple[str, str], Judged | NoAnswerError] = {}

    def forget(self) -> None:
        """Ask everything anew: code has run, and functions may have changed."""
        self._known.clear()

    def knows(self, source: str) -> bool:
        """Tell whether a graded cell, as the instructor wrote it, can be judged."""
        return bool(asked_by(source))

    def __call__(self, kernel: Kernel, cell: NotebookNode, source: str) -> Verdict:
        """Judge one cell."""
        meta = cell.metadata["nbgrader"]
        grade_id, points = meta["grade_id"], float(meta["points"])
        told, notes = [], []
        for asked in asked_by(source):
            known = self._judge(kernel, asked)
            told.append(_report(asked, known))
            notes += [_meaning(asked, known)] if isinstance(known, NoAnswerError) else []
        shown = next((report for report in told if not report.passed), told[0])
        score = points if all(report.passed for report in told) else 0.0
        note, status = notes[0] if notes else ("", Status.GRADED)
        return Verdict(grade_id, score, points, shown._repr_mimebundle_(), note, status)

    def _judge(self, kernel: Kernel, asked: Asked) -> Judged | NoAnswerError:
        key = asked.exercise, asked.function
        if key not in self._known:
            try:
                self._known[key] = self._examine(kernel, asked)
            except NoAnswerError as why:
                self._known[key] = why
        return self._known[key]

    def _examine(self, kernel: Kernel, asked: Asked) -> Judged:
        about = *self._about, asked.exercise
        exercise, function = EXERCISES[asked.exercise], InKernel(kernel, asked)
        examined = examine(exercise, function, seed(self._drawn, *about))
        function.settled = True
        wrong = {finding.gradient for finding in examined.everything}
        if None in wrong or wrong == set(exercise.shapes):
            return Judged(examined, 0.0)
        return Judged(examined, cost.too_dear(kernel, asked, seed(self._drawn, *about, "cost")))


def _report(asked: Asked, known: Judged | NoAnswerError) -> Report:
    if isinstance(known, NoAnswerError):
        return reports.no_answer(asked, known)
    told = report(known.examined, asked.only)
    return reports.too_dear(asked, known.passes) if told.passed and known.passes else told


def _meaning(asked: Asked, why: NoAnswerError) -> tuple[str, Status]:
    """Return what the instructor should know, and what it means for the submission as a whole."""
    if why.forged:
        return f"{asked.function}: an answer was forged", Status.TAMPERED
    if why.late:
        return f"{asked.function} took too long and was stopped", Status.TIMED_OUT
    return f"{asked.function} gave no answer: {why}", Status.GRADED


class InKernel:
    """A learner's function in a kernel, for a check on this side.

    Parameters
    ----------
    kernel, asked
        Where it is, and which.

    Attributes
    ----------
    settled
        Whether its points are certain. What is asked after that is for the report alone, and may go unanswered.
    """

    def __init__(self, kernel: Kernel, asked: Asked) -> None:
        self._kernel = kernel
        self._asked = asked
        self.settled = False
        self.origin = ""
        self.reads: tuple[str, ...] = ()
        self.own: tuple[str, ...] = ()

    def answers(self, cases: Sequence[Arguments], stand_ins: tuple[str, ...]) -> list[Outcome]:
        """Call it on each case."""
        about = self._asked.exercise, self._asked.function
        try:
            answers = self._kernel.ask_all([Question(*about, arguments, stand_ins) for arguments in cases])
        except NoAnswerError as why:
            if not self.settled:
                raise
            return [Outcome(None, why)] * len(cases)
        last = answers[-1]
        self.origin, self.reads, self.own = last.origin, last.reads, last.own
        return [answer.outcome() for answer in answers]

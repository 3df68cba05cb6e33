"""One graded cell, judged by what the learner's functions return for inputs of ours. First version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt.check.exercises import EXERCISES
from bptt.check.run import Examined, examine, report
from bptt.grading.judge.cells import Asked, asked_by
from bptt.grading.judge.seeds import seed
from bptt.grading.kernel.client import NoAnswerError
from bptt.grading.kernel.question import Question
from bptt.grading.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from bptt.check.call import Outcome
    from bptt.check.exercise import Arguments
    from bptt.check.report import Report
    from bptt.grading.kernel.client import Kernel


class Judge:
    """Judges one student's cells.

    Parameters
    ----------
    secret
        The course's.
    lesson, student
        For whose work.
    """

    def __init__(self, secret: bytes, lesson: str, student: str) -> None:
        self._about = secret, lesson, student
        self._known: dict[tuple[str, str], Examined] = {}

    def forget(self) -> None:
        """Ask everything anew: code has run, and functions may have changed."""
        self._known.clear()

    def knows(self, source: str) -> bool:
        """Tell whether a graded cell, as the instructor wrote it, can be judged."""
        return bool(asked_by(source))

    def __call__(self, kernel: Kernel, cell: NotebookNode, source: str) -> Verdict:
        """Judge one cell."""
        meta = cell.metadata["nbgrader"]
        try:
            reports = [self._report(kernel, asked) for asked in asked_by(source)]
        except NoAnswerError as why:
            return Verdict(meta["grade_id"], 0.0, float(meta["points"]), {"text/plain": f"No answer: {why}."}, str(why))
        passed = all(report.passed for report in reports)
        shown = next((report for report in reports if not report.passed), reports[0])
        points = float(meta["points"])
        return Verdict(meta["grade_id"], points if passed else 0.0, points, shown._repr_mimebundle_())

    def _report(self, kernel: Kernel, asked: Asked) -> Report:
        key = asked.exercise, asked.function
        if key not in self._known:
            secret, lesson, student = self._about
            start = seed(secret, lesson, asked.exercise, student)
            self._known[key] = examine(EXERCISES[asked.exercise], InKernel(kernel, asked), start)
        return report(self._known[key], asked.only)


class InKernel:
    """A learner's function in a kernel, for a check on this side.

    Parameters
    ----------
    kernel, asked
        Where it is, and which.
    """

    def __init__(self, kernel: Kernel, asked: Asked) -> None:
        self._kernel = kernel
        self._asked = asked
        self.origin = ""
        self.reads: tuple[str, ...] = ()
        self.own: tuple[str, ...] = ()

    def answers(self, cases: Sequence[Arguments], stand_ins: tuple[str, ...]) -> list[Outcome]:
        """Call it on each case."""
        about = self._asked.exercise, self._asked.function
        answers = self._kernel.ask_all([Question(*about, arguments, stand_ins) for arguments in cases])
        last = answers[-1]
        self.origin, self.reads, self.own = last.origin, last.reads, last.own
        return [answer.outcome() for answer in answers]

"""One graded cell, judged by what the learner's functions return for inputs of ours. First version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt import inputs
from bptt.check.compare import findings
from bptt.check.exercises import EXERCISES
from bptt.check.report import Report
from bptt.grading.judge.cells import Asked, asked_by
from bptt.grading.judge.seeds import seed
from bptt.grading.kernel.client import NoAnswerError
from bptt.grading.kernel.question import Question
from bptt.grading.result import Verdict

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from bptt.check.report import Finding
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
        self._known: dict[tuple[str, str], list[Finding]] = {}

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
        exercise = EXERCISES[asked.exercise]
        graded = tuple(name for name in exercise.shapes if asked.only is None or name in asked.only)
        key = asked.exercise, asked.function
        if key not in self._known:
            self._known[key] = list(self._findings(kernel, asked))
        about = [each for each in self._known[key] if each.gradient is None or each.gradient in graded]
        return Report(asked.exercise, graded, tuple(about))

    def _findings(self, kernel: Kernel, asked: Asked) -> list[Finding]:
        exercise = EXERCISES[asked.exercise]
        secret, lesson, student = self._about
        start = seed(secret, lesson, asked.exercise, student) % 2**31
        found = []
        for number, sizes in enumerate(inputs.sizes(start)):
            arguments = exercise.case(start + number, sizes)
            answer = kernel.ask(Question(asked.exercise, asked.function, arguments))
            found += list(findings(exercise, answer.outcome(), exercise.right(arguments), sizes))
        return found

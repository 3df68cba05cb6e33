"""``BpttSuite``: this course's checks behind that protocol; the judge's side, with exact gradients and mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bptt.check.call import CallResult
from bptt.check.exercises import EXERCISES
from bptt.check.findings import Finding
from bptt.check.report import Report
from bptt.check.run import Examination, build_report, cause_titles, examine
from bptt.exact import ReferenceUsedError
from bptt_instructor.grading.checks.interface import ExerciseInfo, LargeCase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bptt.check.findings import Kind
    from bptt_instructor.grading.checks.interface import Arguments, CallReply, RemoteFunction


class BpttSuite:
    """Exercises of this course; see :class:`bptt_instructor.grading.checks.interface.CheckSuite`."""

    packages = ("bptt",)
    kernel = "bptt_instructor.grading.checks.bptt_kernel:BpttKernel"
    failure_labels = {  # noqa: RUF012 - nothing writes to it
        "raised": "raises an error",
        "borrowed": "calls the answer key",
        "returns-nothing": "returns nothing",
        "return-type": "returns something of another type",
        "missing": "leaves out a gradient",
        "extra": "returns more than asked for",
        "shape": "has a wrong shape",
        "dtype": "holds other than real numbers",
        "not-finite": "overflows",
        "changed-in-place": "changes an argument",
        "value": "wrong, for no known cause",
        "no-answer": "gave no answer",
        "cost": "right numbers, but not by going backward",
        "not-implemented": "not written yet",
    }

    @cached_property
    def exercises(self) -> Mapping[str, ExerciseInfo]:
        """What the grader needs of each exercise in ``bptt.check``, by name."""
        return {
            name: ExerciseInfo(tuple(exercise.stand_ins), cause_titles(exercise), exercise.hints)
            for name, exercise in EXERCISES.items()
        }

    def examine(self, exercise: str, function: RemoteFunction, seed: int) -> BpttExamination:
        """Call a function on all cases, and compare the results with exact gradients."""
        return BpttExamination(examine(EXERCISES[exercise], _ProxyOfRemote(function), seed))

    def large_case(self, exercise: str, seed: int) -> LargeCase | None:
        """Draw the case for the cost test, of the sizes in :class:`bptt.check.exercise.CostBound`."""
        bound = EXERCISES[exercise].cost
        if bound is None:
            return None
        arguments = EXERCISES[exercise].case(seed, bound.sizes)
        return LargeCase(arguments, lambda: bound.forward(arguments), bound.max_passes)

    def failure(self, exercise: str, only: Sequence[str] | None, kind: Kind, message: str) -> Report:
        """Make the report on a failure that only grading finds."""
        hints = bool(EXERCISES[exercise].hints)
        return Report(exercise, tuple(only or ()), (Finding(kind, None, message),), hints=hints)


@dataclass(frozen=True)
class BpttExamination:
    """All cases of an exercise, called and compared; see :class:`bptt_instructor.grading.checks.interface.Examination`.

    Attributes
    ----------
    examination
        The examination of ``bptt.check`` that this one wraps.
    """

    examination: Examination

    @property
    def right(self) -> frozenset[str]:
        """Gradients without a finding; empty when a finding is about the function as a whole."""
        wrong = {finding.gradient for finding in self.examination.findings_by_gradient}
        return frozenset() if None in wrong else frozenset(self.examination.exercise.shapes) - wrong

    def report(self, only: Sequence[str] | None = None) -> Report:
        """Build the report on some of the gradients, or all."""
        return build_report(self.examination, only)


class _ProxyOfRemote:
    """Adapter: a :class:`RemoteFunction` as the :class:`bptt.check.call.FunctionProxy` that ``bptt.check`` takes."""

    def __init__(self, function: RemoteFunction) -> None:
        self._function = function
        self.origin, self.reads, self.own = function.origin, function.reads, function.own

    def call_cases(self, cases: Sequence[Arguments], stand_ins: tuple[str, ...]) -> list[CallResult]:
        function = self._function
        replies = function.call_cases(cases, stand_ins)
        self.origin, self.reads, self.own = function.origin, function.reads, function.own
        return [_call_result(reply) for reply in replies]


def _call_result(reply: CallReply) -> CallResult:
    error = _exception(reply.error, reply.message) if reply.error else None
    return CallResult(reply.result, error, reply.at_line, reply.warned, reply.printed, reply.changed, reply.axes)


_EXCEPTIONS = {
    kind.__name__: kind
    for kind in (NotImplementedError, ReferenceUsedError, ValueError, TypeError, IndexError, KeyError, NameError)
}


def _exception(name: str, message: str) -> BaseException:
    """Make an exception of that class name, for a report to show."""
    kind: Any = _EXCEPTIONS.get(name) or type(name if name.isidentifier() else "Error", (Exception,), {})
    error: BaseException = kind(message)
    return error

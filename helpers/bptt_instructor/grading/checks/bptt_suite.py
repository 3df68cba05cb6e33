"""``BpttSuite``: this course's checks behind that protocol; the judge's side, with exact gradients and mistakes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bptt import inputs
from bptt.check.call import CallResult
from bptt.check.compare import validate
from bptt.check.exercises import EXERCISES
from bptt.check.findings import Finding
from bptt.check.report import Report
from bptt.check.run import Examination, build_report, cause_titles, examine
from bptt.exact import ReferenceUsedError
from bptt_instructor.grading.checks.answers import ANSWERED, answer
from bptt_instructor.grading.checks.backward import BACKWARD
from bptt_instructor.grading.checks.in_sandbox import COVERS
from bptt_instructor.grading.checks.interface import CostCases, ExerciseInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bptt.check.findings import Kind
    from bptt_instructor.grading.checks.interface import Arguments, CallReply, RemoteFunction


JUDGED = {
    name: replace(exercise, exact=BACKWARD[name]) if name in BACKWARD else exercise
    for name, exercise in EXERCISES.items()
}
"""All exercises; where there is a formula, it gives the right numbers, at a fraction of what the complex step costs."""


class BpttSuite:
    """Exercises of this course; see :class:`bptt_instructor.grading.checks.interface.CheckSuite`."""

    packages = ("bptt",)
    covers = COVERS
    kernel = "bptt_instructor.grading.checks.bptt_kernel:BpttKernel"
    failure_labels = {  # noqa: RUF012 - nothing writes to it
        "raised": "raises an error",
        "borrowed": "calls the answer key",
        "returns-nothing": "returns nothing",
        "return-type": "returns something of another type",
        "missing": "leaves out a gradient",
        "shape": "has a wrong shape",
        "dtype": "holds other than real numbers",
        "not-finite": "overflows",
        "changed-in-place": "changes an argument",
        "value": "wrong, for no known cause",
        "calls": "right numbers, but not with the calls that the exercise asks for",
        "no-answer": "gave no answer",
        "large": "right on small arrays, wrong on larger ones",
        "cost": "right numbers, at a cost that a person should look at",
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
        return BpttExamination(examine(JUDGED[exercise], _ProxyOfRemote(function), seed))

    @cached_property
    def record_types(self) -> tuple[type, ...]:
        """The named tuples in the arguments of any exercise, found in one small case of each."""
        cases = (exercise.case(0, inputs.Sizes(1, 1, 1, 1, 1)) for exercise in EXERCISES.values())
        return tuple(dict.fromkeys(kind for case in cases for kind in _record_types(case)))

    def cost_cases(self, exercise: str, seed: int, *, larger: bool = False) -> CostCases | None:
        """Draw the cases for the cost test, of the sizes in :class:`bptt.check.exercise.CostBound`."""
        bound = EXERCISES[exercise].cost
        if bound is None:
            return None
        sizes, max_passes = (bound.larger, bound.larger_passes) if larger else (bound.many, bound.max_passes)
        many, few = (EXERCISES[exercise].case(seed + at, each) for at, each in enumerate((sizes, bound.few)))
        return CostCases(many, few, lambda: bound.forward(many), max_passes)

    def compare(self, exercise: str, arguments: Arguments, reply: CallReply) -> Mapping[str, str]:
        """Say what is wrong with the reply to a large case, by gradient."""
        entry = JUDGED[exercise]
        findings = list(validate(entry, _call_result(reply), entry.right(arguments), inputs.Sizes(0, 0, 0, 0, 0)))
        of_all = next((finding.message for finding in findings if finding.gradient is None), "")
        return (
            dict.fromkeys(entry.shapes, of_all) if of_all else {str(each.gradient): each.message for each in findings}
        )

    def answer(self, name: str, arguments: tuple[Any, ...], exercise: str) -> Any:  # noqa: ANN401 - gradients
        """Answer for an exact function: while a function is judged, for its exercise's stand-ins alone."""
        allowed = EXERCISES[exercise].stand_ins if exercise else ANSWERED
        if name not in allowed:
            raise LookupError(f"nobody answers {name!r}")
        return answer(name, arguments)

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
    return CallResult(
        *(reply.result, error, reply.at_line, reply.warned, reply.printed, reply.changed, reply.axes, reply.calls),
        advice=reply.advice,
    )


_EXCEPTIONS = {
    kind.__name__: kind
    for kind in (NotImplementedError, ReferenceUsedError, ValueError, TypeError, IndexError, KeyError, NameError)
}


def _exception(name: str, message: str) -> BaseException:
    """Make an exception of that class name, for a report to show."""
    kind: Any = _EXCEPTIONS.get(name) or type(name if name.isidentifier() else "Error", (Exception,), {})
    error: BaseException = kind(message)
    return error


def _record_types(value: Any) -> Iterator[type]:  # noqa: ANN401 - walks anything
    if hasattr(value, "_fields"):
        yield type(value)
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for entry in value:
            yield from _record_types(entry)

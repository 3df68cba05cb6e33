"""``BpttKernel``: this course's part inside the sandbox: call a function with stand-ins."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bptt import inputs
from bptt.check.call import call
from bptt.check.exercises import EXERCISES
from bptt.check.introspection import defining_cell, learner_functions, notebook_values
from bptt_instructor.grading.checks.interface import CallReply
from bptt_instructor.grading.checks.stub_cells import STUB_CELLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bptt_instructor.grading.checks.interface import Arguments


class BpttKernel:
    """Calls learners' functions; see :class:`bptt_instructor.grading.checks.interface.KernelChecks`."""

    preload = (
        # What notebooks import, and what the first failing check imports.
        *("bptt.check", "bptt.exact", "bptt.graphs", "bptt.influence", "bptt.inputs", "bptt.lstm", "bptt.rnn"),
        *("bptt.viz.null_figure", "bptt.widgets", "bptt.check.report_html", "bptt.check.report_text"),
    )
    ask: Callable[[str, Sequence[Any]], Any]

    @cached_property
    def record_types(self) -> tuple[type, ...]:
        """The named tuples in the arguments of any exercise, found in one small case of each."""
        cases = (exercise.case(0, inputs.Sizes(1, 1, 1, 1, 1)) for exercise in EXERCISES.values())
        return tuple(dict.fromkeys(kind for case in cases for kind in _record_types(case)))

    def call(
        self,
        function: Callable[..., Any],
        exercise: str,
        arguments: Arguments,
        stand_ins: Sequence[str],
        *,
        stubs: bool,
    ) -> CallReply:
        """Call a learner's function once; see :meth:`bptt_instructor.grading.checks.interface.KernelChecks.call`."""
        exact = EXERCISES[exercise].stand_ins
        chosen = STUB_CELLS if stubs else exact
        result = call(function, arguments, {name: chosen[name] for name in stand_ins})
        error = result.error
        return CallReply(
            result=result.result,
            error="" if error is None else type(error).__name__,
            message="" if error is None else str(error),
            at_line=result.at_line,
            warned=result.warned,
            printed=result.printed,
            changed=result.changed,
            axes=result.stand_in_ndims,
            origin=defining_cell(function),
            reads=notebook_values(function),
            own=learner_functions(function, exact),
        )


def _record_types(value: Any) -> Iterator[type]:  # noqa: ANN401 - walks anything
    if hasattr(value, "_fields"):
        yield type(value)
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for entry in value:
            yield from _record_types(entry)

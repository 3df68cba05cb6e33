"""``BpttKernel``: this course's part inside the sandbox: call a function with stand-ins that ask the judge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bptt import exact
from bptt.check.call import call
from bptt.check.introspection import defining_cell, learner_functions, notebook_values
from bptt_instructor.grading.checks.interface import CallReply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bptt_instructor.grading.checks.interface import Arguments


class BpttKernel:
    """Calls learners' functions; see :class:`bptt_instructor.grading.checks.interface.KernelChecks`."""

    preload = (
        # What notebooks import.
        *("bptt.check", "bptt.data", "bptt.exact", "bptt.graphs", "bptt.influence", "bptt.inputs", "bptt.letter_model"),
        *("bptt.lstm", "bptt.own", "bptt.rnn", "bptt.states", "bptt.viz.null_figure", "bptt.widgets"),
    )

    def __init__(self) -> None:
        self._ask: Callable[[str, Sequence[Any]], Any]

    @property
    def ask(self) -> Callable[[str, Sequence[Any]], Any]:
        """Asks the grader."""
        return self._ask

    @ask.setter
    def ask(self, ask: Callable[[str, Sequence[Any]], Any]) -> None:
        self._ask = ask
        # Without a sandbox, the real module is there, which computes by itself.
        if hasattr(exact, "ask_grader"):
            exact.ask = ask  # type: ignore[attr-defined]  # the one of in_sandbox

    def call(self, function: Callable[..., Any], arguments: Arguments, stand_ins: Sequence[str]) -> CallReply:
        """Call a learner's function once; see :meth:`bptt_instructor.grading.checks.interface.KernelChecks.call`."""
        result = call(function, arguments, {name: partial(self._stand_in, name) for name in stand_ins})
        error = result.error
        return CallReply(
            result=result.result,
            error="" if error is None else type(error).__name__,
            message="" if error is None else str(error),
            at_line=result.at_line,
            advice=result.advice,
            warned=result.warned,
            printed=result.printed,
            changed=result.changed,
            axes=result.stand_in_ndims,
            origin=defining_cell(function),
            reads=notebook_values(function, stand_ins),
            own=learner_functions(function, stand_ins),
        )

    def _stand_in(self, name: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401 - as the function's
        return self._ask(name, (list(arguments), named))

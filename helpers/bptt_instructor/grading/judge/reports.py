"""Reports for failures that only grading finds: no answer, excess cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt_instructor.grading.checks.interface import CheckSuite, Report
    from bptt_instructor.grading.kernel_client.client import NoReplyError
    from bptt_instructor.lessons.check_calls import CheckCall


def no_answer(suite: CheckSuite, call: CheckCall, error: NoReplyError) -> Report:
    """Make the report on a function that gave no answer, with advice.

    Parameters
    ----------
    suite, call
        The course's checks, and the call of one that the graded cell makes.
    error
        Why there was no answer.
    """
    message = f"{call.function} gave no answer: {error}. {_advice(error)}".strip()
    return suite.failure(call.exercise, call.only, "no-answer", message)


def excess_cost(suite: CheckSuite, call: CheckCall, passes: float) -> Report:
    """Make the report on a function with right results that is too expensive for a backward pass.

    Parameters
    ----------
    suite, call
        The course's checks, and the call of one that the graded cell makes.
    passes
        CPU time of the function, in forward passes.
    """
    message = (
        f"{call.function} gives the right numbers, but on a larger case it takes as long as {_rounded(passes)} forward "
        "passes. Nudging each number and watching the loss is a fine way to test gradients, and far too slow to learn "
        "with. The exercise is the way back: one pass by the chain rule, for the price of a few forward passes."
    )
    return suite.failure(call.exercise, call.only, "cost", message)


def _rounded(passes: float) -> str:
    return f"more than {int(float(f'{passes:.1g}')):,}"


def _advice(error: NoReplyError) -> str:
    if error.late:
        return "Look for a loop that does not end, or for work done again at every step."
    if error.forged:
        return "Points are given for what your function returns when it is called, and for nothing else."
    return ""

"""Reports on what only grading finds: no answer, wrong results on large cases, a cost to look at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt_instructor.grading.checks.interface import CheckSuite, Report
    from bptt_instructor.grading.judge.cost import CostResult
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


def wrong_when_large(suite: CheckSuite, call: CheckCall, difference: str) -> Report:
    """Make the report on a function that is right on small arrays, and not on larger ones.

    Parameters
    ----------
    suite, call
        The course's checks, and the call of one that the graded cell makes.
    difference
        What is wrong there.
    """
    message = f"{call.function} is right on small arrays, and not on larger ones. There: {difference}"
    return suite.failure(call.exercise, call.only, "large", message)


def cost_to_review(suite: CheckSuite, call: CheckCall, cost: CostResult) -> Report:
    """Make the report on a function with right results whose cost a person should look at.

    Parameters
    ----------
    suite, call
        The course's checks, and the call of one that the graded cell makes.
    cost
        What was measured.
    """
    if cost.processes:
        found = "It starts processes or threads, so that what it costs cannot be measured"
    elif cost.passes:
        found = (
            f"With more numbers to find gradients for, it takes longer by {_rounded(cost.passes)} forward passes. "
            "Going back costs a few of them, however many numbers there are"
        )
    else:
        found = f"One call takes more than {math.floor(10 * cost.constant_seconds) / 10:g} seconds"
    message = (
        f"{call.function} gives the right numbers. {found}. So a person will look at it before it gets its points, "
        "and nothing is lost until then."
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

"""Reports on what only grading finds out, in the form of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt.check.exercises import EXERCISES
from bptt.check.findings import Finding
from bptt.check.report import Report

if TYPE_CHECKING:
    from bptt_instructor.grading.kernel_client.client import NoAnswerError
    from bptt_instructor.lessons.check_calls import Asked


def no_answer(asked: Asked, why: NoAnswerError) -> Report:
    """Say that a function gave no answer, and what to do."""
    told = f"{asked.function} gave no answer: {why}. {_advice(why)}".strip()
    return _report(asked, Finding("no-answer", None, told))


def too_dear(asked: Asked, times: float) -> Report:
    """Say that a function's numbers are right, and that it has not got them by going backward.

    Parameters
    ----------
    asked
        Which.
    times
        How many times as much as the forward pass it cost.
    """
    told = (
        f"{asked.function} gives the right numbers, but on a larger case it takes as long as {_rounded(times)} forward "
        "passes. Nudging each number and watching the loss is a fine way to test gradients, and far too slow to learn "
        "with. The exercise is the way back: one pass by the chain rule, for the price of a few forward passes."
    )
    return _report(asked, Finding("cost", None, told))


def _report(asked: Asked, finding: Finding) -> Report:
    return Report(asked.exercise, asked.only or (), (finding,), hints=bool(EXERCISES[asked.exercise].hints))


def _rounded(times: float) -> str:
    return f"more than {int(float(f'{times:.1g}')):,}"


def _advice(why: NoAnswerError) -> str:
    if why.late:
        return "Look for a loop that does not end, or for work done again at every step."
    if why.forged:
        return "Points are given for what your function returns when it is called, and for nothing else."
    return ""

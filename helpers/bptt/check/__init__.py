"""Checks of a learner's function, one for each exercise: ``check.<name of the exercise>(your_function)``.

Each exercise of the table ``check.EXERCISES`` has a check under its name, which returns a ``Report`` when all is right
and raises ``CheckFailed`` when it is not.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from typing import Any

from bptt.check.against_torch import against_torch
from bptt.check.exercises import EXERCISES
from bptt.check.findings import Cause, Finding
from bptt.check.gradient_check import whole_model as _whole_model
from bptt.check.hints import hint, no_such_exercise
from bptt.check.repeated import told_once
from bptt.check.report import Report
from bptt.check.run import run
from bptt.runtime import in_notebook
from bptt.types import Array, Parameters

__all__ = ["EXERCISES", "Cause", "CheckFailed", "Finding", "Report", "against_torch", "hint", "run", "whole_model"]


class CheckFailed(AssertionError):  # noqa: N818 - reads as what happened, to a learner
    """Raised by a check that does not pass.

    Attributes
    ----------
    report : Report
        The findings.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report

    def _render_traceback_(self) -> list[str]:
        # The report is displayed above this line already; a traceback through this package would hide it.
        return [f"CheckFailed: {self.report.summary}"]


def _check(name: str, function: Callable[..., Any], *, only: Sequence[str] | None = None, seed: int = 1) -> Report:
    """Check your function against exact gradients, on several cases.

    Parameters
    ----------
    function : callable
        Your function itself, not what it returns.
    only : list of str, optional
        The gradients to check, e.g. ``["dWax", "dba"]``; all of them when not given.
    seed : int
        Another seed gives cases of other sizes with other numbers.

    Returns
    -------
    Report

    Raises
    ------
    CheckFailed
        When something is not right; its ``report`` says what, where and, where the numbers prove it, why.
    """
    report = run(EXERCISES[name], function, only, seed)
    return _passed(told_once(report, function) if in_notebook() else report)


@wraps(_whole_model)
def whole_model(  # noqa: D103 - its docstring is that of what it wraps
    loss: Callable[[Parameters], complex], parameters: Parameters, gradients: Mapping[str, Array], seed: int = 1
) -> Report:
    return _passed(_whole_model(loss, parameters, gradients, seed))


def _passed(report: Report) -> Report:
    if not report.passed:
        if in_notebook():
            report._ipython_display_()
        raise CheckFailed(report)
    return report


def __getattr__(name: str) -> Callable[..., Report]:
    if name not in EXERCISES:
        raise AttributeError(no_such_exercise("check", name))
    return partial(_check, name)


def __dir__() -> list[str]:
    return sorted([*__all__, *EXERCISES])

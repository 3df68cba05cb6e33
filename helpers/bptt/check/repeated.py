"""Tell a cause in full once: the checks of one function, each of some of its gradients, often find the same one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from bptt.check.findings import Cause
from bptt.check.report import Report
from bptt.wording import join_names

_told: WeakKeyDictionary[Callable[..., Any], dict[tuple[str, Cause], tuple[str, ...]]] = WeakKeyDictionary()
"""For each function, the gradients whose check has told each cause in full, by exercise and cause.

A cell that is run again makes another function, so nothing is remembered of an earlier definition.
"""


def told_once(report: Report, function: Callable[..., Any]) -> Report:
    """Shorten those causes of a report that the check of other gradients of the same function has told.

    A check that is run again tells in full what it told before, since its earlier report is gone from the page.

    Parameters
    ----------
    report : Report
        Of a check that is about to be displayed.
    function : callable
        The learner's function.

    Returns
    -------
    Report
    """
    try:
        told = _told.setdefault(function, {})
    except TypeError:  # no weak reference to it, as to a built-in function
        return report
    # What this check told before is no longer to be seen.
    for key in [key for key, gradients in told.items() if gradients == report.graded and key[0] == report.exercise]:
        del told[key]

    def shortened(cause: Cause) -> Cause:
        gradients = told.setdefault((report.exercise, replace(cause, gradients=())), report.graded)
        if gradients == report.graded:
            return cause
        which = f"The same cause as in the report on {join_names(gradients)}."
        return replace(cause, explanation=which, alternatives=())

    return replace(report, causes=tuple(map(shortened, report.causes)))

"""Summarise verdicts for people: misconceptions by name, other failures."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bptt.wording import join_names
from bptt_instructor.grading.kernel_client.client import DEAD_KERNEL
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import REPORT_MIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.models.result import Verdict

UNWRITTEN, NO_ANSWER = "not-implemented", "no-answer"
"""Kinds of failure: the stub of an exercise is still there, and the kernel did not answer."""


def misconceptions(verdicts: Iterable[Verdict], suite: CheckSuite) -> dict[str, str]:
    """Return the title of each misconception found, by id, in the order of the notebook."""
    titles: dict[str, str] = {}
    for report in _failed_reports(verdicts):
        # The title of an id may differ between exercises.
        of_exercise = suite.exercises[report["exercise"]].cause_titles
        for cause in report["causes"]:
            titles.setdefault(cause, of_exercise[cause])
    return titles


def unexplained_failures(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Return the kind of failure by exercise, where no misconception was found, in the order of the notebook."""
    kinds: dict[str, str] = {}
    for report in _failed_reports(verdicts):
        if not report["causes"] and report["kinds"]:
            kinds.setdefault(report["exercise"], report["kinds"][0])
    return kinds


def other_failures(notebook: NotebookNode, verdicts: Iterable[Verdict], suite: CheckSuite) -> str:
    """Describe failures other than misconceptions, for the results table; empty when there are none.

    Parameters
    ----------
    notebook
        The graded notebook, with outputs.
    verdicts
        Of all graded cells.
    suite
        The course's checks.
    """
    errors = {cell.metadata["nbgrader"]["grade_id"]: _error_names(cell) for cell in _solution_cells(notebook)}
    parts = [
        f"{name} does not run: {error if error.isidentifier() else 'an error'}"
        for name, raised in errors.items()
        for error in raised[:1]
        if error != DEAD_KERNEL
    ]
    exercises_by_kind = defaultdict(list)
    for verdict in verdicts:
        for report in _failed_reports([verdict]):
            name, kind = report["exercise"], next(iter(report["kinds"]), "")
            # Whoever leaves out an exercise without points has lost nothing.
            left_out = kind == UNWRITTEN and not verdict.possible
            if not report["causes"] and not errors.get(name) and not left_out:
                late = " in time" if verdict.status is Status.TIMED_OUT else ""
                exercises_by_kind[kind, late if kind == NO_ANSWER else ""].append(name)
    parts += [
        f"{join_names(dict.fromkeys(exercises_by_kind[kind, late]))}: {label}{late}"
        for kind, label in suite.failure_labels.items()
        for late in ("", " in time")
        if (kind, late) in exercises_by_kind
    ]
    return "; ".join(parts)


def _failed_reports(verdicts: Iterable[Verdict]) -> Iterator[dict[str, Any]]:
    reports = (verdict.report.get(REPORT_MIME) for verdict in verdicts)
    return (report for report in reports if report and not report["passed"])


def _solution_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


def _error_names(cell: NotebookNode) -> list[str]:
    return [str(output.ename) for output in cell.get("outputs", ()) if output.output_type == "error"]

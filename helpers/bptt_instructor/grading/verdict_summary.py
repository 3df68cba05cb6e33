"""What the verdicts tell a person who looks at the class: known mistakes by name, and what else went wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bptt.wording import join_names
from bptt_instructor.grading.kernel_client.client import DEAD_KERNEL
from bptt_instructor.grading.models.result import REPORT_MIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.models.result import Verdict


def misconceptions(verdicts: Iterable[Verdict], suite: CheckSuite) -> dict[str, str]:
    """Return the id and the title of each known mistake that was found, in the order of the notebook."""
    named: dict[str, str] = {}
    for report in _failed_reports(verdicts):
        # The same id may have a title for each exercise.
        titles = suite.exercises[report["exercise"]].cause_titles
        for cause in report["causes"]:
            named.setdefault(cause, titles[cause])
    return named


def unexplained_failures(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Return what is wrong with each exercise where no known mistake was found, in the order of the notebook."""
    wrong: dict[str, str] = {}
    for report in _failed_reports(verdicts):
        if not report["causes"] and report["kinds"]:
            wrong.setdefault(report["exercise"], report["kinds"][0])
    return wrong


def other_failures(notebook: NotebookNode, verdicts: Iterable[Verdict], suite: CheckSuite) -> str:
    """Say what went wrong besides the known mistakes, in words; empty when nothing did."""
    broken = {cell.metadata["nbgrader"]["grade_id"]: _error_names(cell) for cell in _solution_cells(notebook)}
    said = [
        f"{name} does not run: {error if error.isidentifier() else 'an error'}"
        for name, raised in broken.items()
        for error in raised[:1]
        if error != DEAD_KERNEL
    ]
    first = defaultdict(list)
    for report in _failed_reports(verdicts):
        name = report["exercise"]
        if not report["causes"] and not broken.get(name):
            for kind in report["kinds"][:1]:
                first[kind].append(name)
    labels = suite.failure_labels
    said += [f"{join_names(dict.fromkeys(first[kind]))}: {word}" for kind, word in labels.items() if kind in first]
    return "; ".join(said)


def _failed_reports(verdicts: Iterable[Verdict]) -> Iterator[dict[str, Any]]:
    reports = (verdict.report.get(REPORT_MIME) for verdict in verdicts)
    return (report for report in reports if report and not report["passed"])


def _solution_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


def _error_names(cell: NotebookNode) -> list[str]:
    return [str(output.ename) for output in cell.get("outputs", ()) if output.output_type == "error"]

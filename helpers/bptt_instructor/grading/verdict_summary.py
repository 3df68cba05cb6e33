"""What the verdicts tell a person who looks at the class: known mistakes by name, and what else went wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bptt.check.exercises import EXERCISES
from bptt.check.findings import REPORT_MIME
from bptt.check.run import every_cause
from bptt.wording import join_names
from bptt_instructor.grading.kernel_client.client import DEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.models.result import Verdict

WORDS = {
    "not-implemented": "not written yet",
    "raised": "raises an error",
    "borrowed": "calls the answer key",
    "return-type": "returns something of another type",
    "missing": "leaves out a gradient",
    "extra": "returns more than asked for",
    "shape": "has a wrong shape",
    "dtype": "holds other than real numbers",
    "not-finite": "overflows",
    "changed-in-place": "changes an argument",
    "value": "wrong, for no known cause",
    "no-answer": "gave no answer in time",
    "cost": "right numbers, but not by going backward",
}


def causes(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Return the id and the title of each known mistake that was found, in the order of the notebook."""
    named: dict[str, str] = {}
    for report in _failed(verdicts):
        # The same id may have a title for each exercise.
        titles = every_cause(EXERCISES[report["exercise"]])
        for cause in report["causes"]:
            named.setdefault(cause, titles[cause])
    return named


def unexplained(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Return what is wrong with each exercise where no known mistake was found, in the order of the notebook."""
    wrong: dict[str, str] = {}
    for report in _failed(verdicts):
        if not report["causes"] and report["kinds"]:
            wrong.setdefault(report["exercise"], report["kinds"][0])
    return wrong


def other_findings(notebook: NotebookNode, verdicts: Iterable[Verdict]) -> str:
    """Say what went wrong besides the known mistakes, in words; empty when nothing did."""
    broken = {cell.metadata["nbgrader"]["grade_id"]: _errors(cell) for cell in _solutions(notebook)}
    said = [
        f"{name} does not run: {error if error.isidentifier() else 'an error'}"
        for name, raised in broken.items()
        for error in raised[:1]
        if error != DEAD
    ]
    first = defaultdict(list)
    for report in _failed(verdicts):
        name = report["exercise"]
        if not report["causes"] and not broken.get(name):
            for kind in report["kinds"][:1]:
                first[kind].append(name)
    said += [f"{join_names(dict.fromkeys(first[kind]))}: {word}" for kind, word in WORDS.items() if kind in first]
    return "; ".join(said)


def _failed(verdicts: Iterable[Verdict]) -> Iterator[dict[str, Any]]:
    reports = (verdict.report.get(REPORT_MIME) for verdict in verdicts)
    return (report for report in reports if report and not report["passed"])


def _solutions(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


def _errors(cell: NotebookNode) -> list[str]:
    return [str(output.ename) for output in cell.get("outputs", ()) if output.output_type == "error"]

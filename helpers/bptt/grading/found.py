"""What an autograded notebook's outputs tell: causes that the checks named, and what else went wrong.

A student's code can write any output. So nothing here decides about points, and only words that we know are passed on.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bptt.check.exercises import EXERCISES
from bptt.check.report import REPORT_MIME, listed
from bptt.check.run import every_cause
from bptt.grading.kernel.client import DEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

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
}


def causes(notebook: NotebookNode) -> dict[str, str]:
    """Return the id and the title of each known mistake that the graded checks named, in the order of the notebook."""
    named: dict[str, str] = {}
    for report in _reports(notebook):
        titles = _titles(report.get("exercise"))
        for cause in _strings(report, "causes"):
            if cause in titles:
                named.setdefault(cause, titles[cause])
    return named


def _titles(exercise: object) -> dict[str, str]:
    """Return every cause that the check of an exercise can name. The same id may have a title for each exercise."""
    if not isinstance(exercise, str) or exercise not in EXERCISES:
        return {}
    return every_cause(EXERCISES[exercise])


def errors(notebook: NotebookNode) -> set[str]:
    """Return the names of all errors, in any cell."""
    return {error for cell in notebook.cells for error in _errors(cell)}


def other_findings(notebook: NotebookNode) -> str:
    """Say what went wrong besides the known mistakes, in words; empty when nothing did."""
    broken = {cell.metadata["nbgrader"]["grade_id"]: _errors(cell) for cell in _cells(notebook, "solution")}
    said = [
        f"{name} does not run: {error if error.isidentifier() else 'an error'}"
        for name, raised in broken.items()
        for error in raised[:1]
        if error != DEAD
    ]
    kinds = defaultdict(list)
    for report in _reports(notebook):
        name = str(report.get("exercise"))
        if name in EXERCISES and not report.get("causes") and not broken.get(name):
            for kind in _strings(report, "kinds")[:1]:
                kinds[kind].append(name)
    said += [f"{listed(list(dict.fromkeys(kinds[kind])))}: {word}" for kind, word in WORDS.items() if kind in kinds]
    return "; ".join(said)


def _reports(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in _cells(notebook, "grade"):
        for output in cell.get("outputs", ()):
            report = output.get("data", {}).get(REPORT_MIME)
            if isinstance(report, dict) and not report.get("passed"):
                yield report


def _strings(report: dict[str, Any], key: str) -> list[str]:
    value = report.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _cells(notebook: NotebookNode, kind: str) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(kind))


def _errors(cell: NotebookNode) -> list[str]:
    return [str(output.ename) for output in cell.get("outputs", ()) if output.output_type == "error"]

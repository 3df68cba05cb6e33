"""Solutions in the syntax of a newer Python than the one that grades: a person looks at them."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bptt_instructor.grading.models.result import REPORT_MIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

    from bptt_instructor.grading.models.result import Verdict

NEWER_SYNTAX = {
    # Quotes of its own kind, or a backslash, inside an f-string (PEP 701).
    (3, 12): "f-string",
    # except without parentheses (PEP 758).
    (3, 14): "multiple exception types must be parenthesized",
}
"""By the first version that has it, how the message of an older one begins."""
_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)


def leave_to_a_person(
    notebook: NotebookNode, verdicts: Iterable[Verdict], version: tuple[int, ...] = sys.version_info[:2]
) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
    """Take the zero from what may be right in a newer Python, and return the verdicts and a reason for each cell.

    Parameters
    ----------
    notebook
        The graded notebook, with outputs.
    verdicts
        Of all graded cells.
    version
        That of the Python that has run it.
    """
    newer = {name: needed for cell in notebook.cells if (needed := _needs(cell, version)) for name in _names(cell)}
    here = ".".join(map(str, version[:2]))
    changed, reasons = [], []
    for verdict in verdicts:
        exercise = verdict.report.get(REPORT_MIME, {}).get("exercise", "")
        if exercise in newer and verdict.score == 0:
            changed.append(replace(verdict, score=None))
            reasons.append(f"{exercise} may be right in Python {newer[exercise]}, and Python {here} cannot read it")
        else:
            changed.append(verdict)
    if reasons:
        reasons.append("a person should look, or grade again with a newer Python")
    return tuple(changed), tuple(dict.fromkeys(reasons))


def _needs(cell: NotebookNode, version: tuple[int, ...]) -> str:
    """Return the version of Python that a solution cell may need; empty when this one has read it."""
    if not cell.metadata.get("nbgrader", {}).get("solution"):
        return ""
    said = [output.evalue for output in cell.get("outputs", ()) if output.get("ename") == "SyntaxError"]
    versions = [needed for needed, words in NEWER_SYNTAX.items() if tuple(version[:2]) < needed]
    return next(
        (
            ".".join(map(str, needed))
            for needed in versions
            if any(each.startswith(NEWER_SYNTAX[needed]) for each in said)
        ),
        "",
    )


def _names(cell: NotebookNode) -> list[str]:
    return _DEFINED.findall(cell.source)

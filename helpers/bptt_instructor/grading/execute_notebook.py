"""Run a notebook's cells; the judge replaces graded ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from bptt_instructor.grading.kernel_client.outputs import output
from bptt_instructor.grading.models.result import Verdict
from bptt_instructor.lessons.shown_cells import is_shown_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from bptt_instructor.grading.kernel_client.client import KernelClient


class CellJudge(Protocol):
    """Protocol of :class:`bptt_instructor.grading.judge.judge.Judge`.

    ``source`` is the source of a graded cell in the instructor's notebook.
    """

    def can_judge(self, source: str) -> bool:
        """Tell whether the cell can be judged."""

    def forget(self) -> None:
        """Forget results of functions, because code has run since."""

    def __call__(self, kernel: KernelClient, cell: NotebookNode, source: str) -> Verdict:
        """Judge a cell."""


@dataclass(frozen=True)
class NotebookRun:
    """Outcome of running a notebook.

    Attributes
    ----------
    verdicts
        One for each graded code cell, in order.
    timed_out
        Whether any cell exceeded its time limit.
    ended
        Value of :class:`bptt_instructor.grading.kernel_client.client.EndReason` when the kernel ended before the
        notebook did; else empty.
    unrequested_replies
        Number of replies that the kernel sent without a request.
    """

    verdicts: tuple[Verdict, ...]
    timed_out: bool
    ended: str
    unrequested_replies: int = 0


def execute_notebook(
    notebook: NotebookNode, kernel: KernelClient, sources: Mapping[str, str], judge: CellJudge
) -> NotebookRun:
    """Run all code cells but those that only show something, and write their outputs into the notebook.

    A graded cell is not run, because the submission controls the kernel and could fake its check. The judge gives the
    verdict from outside, and the cell shows the judge's report. So hidden tests never enter the kernel.

    Parameters
    ----------
    notebook
        The prepared notebook; outputs are replaced in place.
    kernel
        A fresh kernel.
    sources
        From :func:`graded_sources` of the instructor's notebook.
    judge
        Gives the verdicts.
    """
    verdicts = []
    timed_out = False
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and not is_shown_only(cell)]
    judged_sources = {id(cell): _judgeable_source(cell, sources, judge) for cell in code}
    # Consecutive cells without a verdict are sent to the kernel together.
    for graded, group in groupby(code, key=lambda cell: bool(judged_sources[id(cell)])):
        cells = list(group)
        for cell in cells:
            cell.outputs, cell.execution_count = [], None
        if graded:
            for cell in cells:
                verdicts.append(judge(kernel, cell, judged_sources[id(cell)]))
                cell.outputs = verdict_outputs(verdicts[-1])
            continue
        judge.forget()
        for cell, cell_run in zip(cells, kernel.run_all([cell.source for cell in cells]), strict=True):
            timed_out |= cell_run.timed_out
            cell.outputs, cell.execution_count = cell_run.outputs, cell_run.count
            meta = cell.metadata.get("nbgrader", {})
            if _is_test(meta):
                note = "no check that can be judged"
                verdicts.append(Verdict(meta["grade_id"], 0.0, float(meta["points"]), note=note))
    return NotebookRun(
        tuple(verdicts), timed_out, kernel.ended.value if kernel.ended else "", kernel.unrequested_replies
    )


def _judgeable_source(cell: NotebookNode, sources: Mapping[str, str], judge: CellJudge) -> str:
    """Return the instructor's source of a cell that can be judged; empty for any other."""
    meta = cell.metadata.get("nbgrader", {})
    source = sources.get(meta["grade_id"], "") if _is_test(meta) else ""
    return source if judge.can_judge(source) else ""


def graded_sources(notebook: NotebookNode) -> dict[str, str]:
    """Return the source of each test cell in the instructor's notebook, by ``grade_id``."""
    pairs = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return {meta["grade_id"]: cell.source for cell, meta in pairs if _is_test(meta)}


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """Return the outputs that a judged cell shows: its report, if there is one."""
    return [output("display_data", data=dict(verdict.report), metadata={})] if verdict.report else []


def _is_test(meta: Mapping[str, Any]) -> bool:
    return bool(meta.get("grade")) and not meta.get("solution")

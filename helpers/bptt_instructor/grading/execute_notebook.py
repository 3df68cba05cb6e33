"""Run a notebook's cells in order, with a verdict in place of each graded one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from bptt_instructor.grading.kernel_client.outputs import output
from bptt_instructor.grading.models.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from bptt_instructor.grading.kernel_client.client import KernelClient


class CellJudge(Protocol):
    """What gives verdicts; ``source`` is a graded cell as the instructor wrote it."""

    def can_judge(self, source: str) -> bool:
        """Tell whether the cell can be judged."""

    def forget(self) -> None:
        """Forget what functions have returned, because code has run since."""

    def __call__(self, kernel: KernelClient, cell: NotebookNode, source: str) -> Verdict:
        """Judge a cell."""


@dataclass(frozen=True)
class NotebookRun:
    """What became of a notebook.

    Attributes
    ----------
    verdicts
        On each graded code cell.
    timed_out
        Whether any cell ran for too long.
    ended
        Why the kernel ended before the notebook did; empty when it did not.
    unasked
        How many answers the kernel sent that the judge had not asked for.
    """

    verdicts: tuple[Verdict, ...]
    timed_out: bool
    ended: str
    unrequested_replies: int = 0


def execute_notebook(
    notebook: NotebookNode, kernel: KernelClient, sources: Mapping[str, str], judge: CellJudge
) -> NotebookRun:
    """Run all code cells, and put their outputs into the notebook.

    A graded cell is not run: the check that is in it would be made by whoever it is about. The judge takes its place,
    and the cell shows the judge's report. So its hidden tests never enter the kernel, and cost nothing.

    Parameters
    ----------
    notebook
        Its outputs are replaced.
    kernel
        Where it runs.
    sources
        Each graded cell as the instructor wrote it, by ``grade_id``.
    judge
        Gives the verdicts.
    """
    verdicts = []
    timed_out = False
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    judged = {id(cell): _judgeable_source(cell, sources, judge) for cell in code}
    for graded, cells in groupby(code, key=lambda cell: bool(judged[id(cell)])):
        together = list(cells)
        for cell in together:
            cell.outputs, cell.execution_count = [], None
        if graded:
            for cell in together:
                verdicts.append(judge(kernel, cell, judged[id(cell)]))
                cell.outputs = verdict_outputs(verdicts[-1])
            continue
        judge.forget()
        for cell, ran in zip(together, kernel.run_all([cell.source for cell in together]), strict=True):
            timed_out |= ran.timed_out
            cell.outputs, cell.execution_count = ran.outputs, ran.count
            meta = cell.metadata.get("nbgrader", {})
            if _is_test(meta):
                note = "no check that can be judged"
                verdicts.append(Verdict(meta["grade_id"], 0.0, float(meta["points"]), note=note))
    return NotebookRun(
        tuple(verdicts), timed_out, kernel.ended.value if kernel.ended else "", kernel.unrequested_replies
    )


def _judgeable_source(cell: NotebookNode, sources: Mapping[str, str], judge: CellJudge) -> str:
    """Return the instructor's text of a cell that can be judged; empty for any other."""
    meta = cell.metadata.get("nbgrader", {})
    source = sources.get(meta["grade_id"], "") if _is_test(meta) else ""
    return source if judge.can_judge(source) else ""


def graded_sources(notebook: NotebookNode) -> dict[str, str]:
    """Return the text of each test in the instructor's notebook, by ``grade_id``."""
    metas = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return {meta["grade_id"]: cell.source for cell, meta in metas if _is_test(meta)}


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """Return the outputs of a judged cell."""
    return [output("display_data", data=dict(verdict.report), metadata={})] if verdict.report else []


def _is_test(meta: Mapping[str, Any]) -> bool:
    return bool(meta.get("grade")) and not meta.get("solution")

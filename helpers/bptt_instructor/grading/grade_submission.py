"""Grade one submission: a function of its bytes, its seed, the lesson and the limits, and of nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import nbformat

from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.execute_notebook import execute_notebook, graded_sources
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.client import EndReason
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.execute_notebook import NotebookRun
    from bptt_instructor.grading.intake.prepare import PreparedNotebook
    from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
    from bptt_instructor.grading.models.submission import AssignmentFiles, Submission


def grade_submission(
    submission: Submission, lesson: AssignmentFiles, suite: CheckSuite, kernels: KernelLauncher
) -> SubmissionResult:
    """Grade one submission. Whatever is wrong with it is the result's status, and never an exception.

    Parameters
    ----------
    submission
        What was handed in.
    lesson
        What it was handed in for.
    suite
        The course's checks.
    kernels
        Where code runs, within limits.

    Raises
    ------
    SandboxError
        When no kernel can be started, which is not the submission's doing.
    """
    began = time.perf_counter()
    released, source = _notebook(lesson.released), _notebook(lesson.source)
    try:
        taken = prepare_notebook(submission.notebook, released)
    except UngradableError as refused:
        about = submission.student, lesson.name, refused.status, (refused.reason,)
        return SubmissionResult(*about, sandboxed=kernels.sandboxed, seed=submission.seed)
    read = time.perf_counter()
    judge = Judge(suite, submission.seed, lesson.name, submission.student)
    # The lesson's own files win.
    with kernels.start({**submission.files, **lesson.files}) as kernel:
        started = time.perf_counter()
        through = execute_notebook(taken.notebook, kernel, graded_sources(source), judge)
    ended = time.perf_counter()
    seconds = {"intake": read - began, "start": started - read, "run": ended - started}
    told = build_result(submission, lesson.name, suite, taken, through, released)
    _restore_rubrics(taken.notebook, source)
    return replace(told, notebook=nbformat.writes(taken.notebook), seconds=seconds, sandboxed=kernels.sandboxed)


def build_result(  # noqa: PLR0913, PLR0917 - all that a result is made of
    submission: Submission,
    lesson: str,
    suite: CheckSuite,
    prepared: PreparedNotebook,
    run: NotebookRun,
    released: NotebookNode,
) -> SubmissionResult:
    """Say what running a submission has given.

    Parameters
    ----------
    submission
        As it was handed in.
    lesson
        The lesson's name.
    suite
        The course's checks.
    taken
        What was read, its notebook with the outputs that it has now.
    through
        What became of it.
    released
        The notebook that students were given.
    """
    status, reasons = _status_and_reasons(prepared, run)
    unanswered = tuple(_unanswered_cells(prepared.notebook, released))
    said = verdict_summary.other_failures(prepared.notebook, run.verdicts, suite)
    return SubmissionResult(
        student=submission.student,
        lesson=lesson,
        status=status,
        reasons=(*reasons, *([said] if said else [])),
        verdicts=(*run.verdicts, *_manual_verdicts(prepared.notebook, unanswered)),
        unanswered=unanswered,
        causes=verdict_summary.misconceptions(run.verdicts, suite),
        seed=submission.seed,
    )


def _notebook(content: bytes) -> NotebookNode:
    notebook: NotebookNode = nbformat.v4.reads(content.decode())
    return notebook


def _restore_rubrics(notebook: NotebookNode, source: NotebookNode) -> None:
    """Put back what stands in locked questions for whoever reads the answers; students are given none of it."""
    questions = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in source.cells
        if cell.cell_type == "markdown" and _has_mark(cell, "locked")
    }
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if cell.cell_type == "markdown" and name in questions:
            cell.source = questions[name]


def _status_and_reasons(taken: PreparedNotebook, through: NotebookRun) -> tuple[Status, tuple[str, ...]]:
    """Find the status of a submission that has run, and the reasons for it; of several, the gravest."""
    told: list[tuple[Status, str]] = [
        *((Status.TAMPERED, what) for what in taken.tampered),
        *((Status.REPAIRED, what) for what in taken.repaired),
        *((verdict.status, verdict.note) for verdict in through.verdicts if verdict.note and not through.ended),
    ]
    if through.unrequested_replies:
        told.append((Status.TAMPERED, "answers were sent to the judge that it had not asked for"))
    if through.timed_out:
        told.append((Status.TIMED_OUT, "a cell ran for too long and was stopped"))
    if through.ended:
        status = STATUS_OF_END.get(EndReason(through.ended), Status.CRASHED)
        told.append((status, f"{through.ended} before the end of the notebook"))
    gravest_first = sorted(told, key=lambda each: -each[0].severity)
    status = max((status for status, _ in told), key=lambda each: each.severity, default=Status.GRADED)
    return status, tuple(dict.fromkeys(reason for _, reason in gravest_first))


STATUS_OF_END = {
    EndReason.MEMORY: Status.OUT_OF_MEMORY,
    EndReason.TIME: Status.TIMED_OUT,
    EndReason.NOTEBOOK_TIME: Status.TIMED_OUT,
}


def _unanswered_cells(notebook: NotebookNode, released: NotebookNode) -> Iterator[str]:
    """Yield the solution cells that are as they were released."""
    blank = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in released.cells if _has_mark(cell, "solution")}
    for cell in notebook.cells:
        if _has_mark(cell, "solution") and cell.source == blank[cell.metadata["nbgrader"]["grade_id"]].source:
            yield cell.metadata["nbgrader"]["grade_id"]


def _manual_verdicts(notebook: NotebookNode, unanswered: tuple[str, ...]) -> Iterator[Verdict]:
    """Yield a verdict for each cell that a person reads; nobody has to read a blank one."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and (meta.get("solution") or cell.cell_type != "code"):
            blank = meta["grade_id"] in unanswered
            yield Verdict(meta["grade_id"], 0.0 if blank else None, float(meta["points"]))


def _has_mark(cell: NotebookNode, kind: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(kind))

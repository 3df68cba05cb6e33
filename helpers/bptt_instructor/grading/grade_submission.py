"""Grade one submission: a pure function of bytes, seed, lesson and limits."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import nbformat

from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.deadline import INTAKE_SECONDS, deadline
from bptt_instructor.grading.execute_notebook import execute_notebook, graded_sources
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.client import EndReason
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult, Verdict
from bptt_instructor.grading.newer_python import leave_to_a_person
from bptt_instructor.grading.shorten_code import shorten_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.execute_notebook import NotebookRun
    from bptt_instructor.grading.intake.prepare import PreparedNotebook
    from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
    from bptt_instructor.grading.models.submission import AssignmentFiles, Submission


MAX_RUNS = 2
"""How often a submission is run whose kernel is killed from outside, which is not its own doing."""
STATUS_OF_END = {
    EndReason.MEMORY: Status.OUT_OF_MEMORY,
    EndReason.TIME: Status.TIMED_OUT,
    EndReason.NOTEBOOK_TIME: Status.TIMED_OUT,
}
"""For other reasons that end a kernel early, the status is ``CRASHED``."""


log = logging.getLogger(__name__)


def grade_submission(
    submission: Submission, lesson: AssignmentFiles, suite: CheckSuite, kernels: KernelLauncher
) -> SubmissionResult:
    """Grade one submission. Whatever is wrong with it becomes the status of the result, never an exception.

    Parameters
    ----------
    submission
        The student's files, and the seed.
    lesson
        The instructor's files.
    suite
        The course's checks.
    kernels
        Starts the kernel, within limits.

    Raises
    ------
    SandboxError
        When no kernel can be started, which is not the submission's fault.
    """
    began = time.perf_counter()
    released, source = _notebook(lesson.released), _notebook(lesson.source)
    try:
        with deadline(INTAKE_SECONDS):
            prepared = prepare_notebook(submission.notebook, released, lesson.earlier)
    except UngradableError as error:
        outcome = submission.student, lesson.name, error.status, (error.reason,)
        return SubmissionResult(*outcome, sandboxed=kernels.sandboxed, seed=submission.seed)
    read = time.perf_counter()
    for _ in range(MAX_RUNS):
        judge = Judge(suite, submission.seed, lesson.name, submission.student)
        # The lesson's files replace files of the same name.
        with kernels.start({**submission.files, **lesson.files}) as kernel:
            started = time.perf_counter()
            run = execute_notebook(prepared.notebook, kernel, graded_sources(source), judge)
        if run.ended != EndReason.KILLED.value:
            break
        log.warning("The kernel of %s was killed from outside", submission.student)
    else:
        reason = (
            f"could not be graded here: {EndReason.KILLED.value}, {MAX_RUNS} times. Most likely this machine has too "
            f"little memory left. Grade it alone, with --student {submission.student}"
        )
        return SubmissionResult(submission.student, lesson.name, Status.NOT_GRADED, (reason,), seed=submission.seed)
    ended = time.perf_counter()
    seconds = {"intake": read - began, "start": started - read, "run": ended - started}
    result = build_result(submission, lesson.name, suite, prepared, run, released)
    _restore_rubrics(prepared.notebook, source)
    return replace(result, notebook=nbformat.v4.writes(prepared.notebook), seconds=seconds, sandboxed=kernels.sandboxed)


def build_result(  # noqa: PLR0913, PLR0917 - all that a result is made of
    submission: Submission,
    lesson: str,
    suite: CheckSuite,
    prepared: PreparedNotebook,
    run: NotebookRun,
    released: NotebookNode,
) -> SubmissionResult:
    """Build the result of a submission that has run; its notebook and its times are left empty.

    Parameters
    ----------
    submission
        The student's files, and the seed.
    lesson
        Name of the lesson.
    suite
        The course's checks.
    prepared
        The prepared notebook, with its outputs; its code is shortened.
    run
        Outcome of running it.
    released
        The notebook that students were given.
    """
    status, reasons = _status_and_reasons(prepared, run)
    unanswered = tuple(_unanswered_cells(prepared.notebook, released))
    failures = verdict_summary.other_failures(prepared.notebook, run.verdicts, suite)
    verdicts, newer = leave_to_a_person(prepared.notebook, run.verdicts)
    shorten_code(prepared.notebook)
    return SubmissionResult(
        student=submission.student,
        lesson=lesson,
        status=status,
        reasons=(*reasons, *newer, *([failures] if failures else [])),
        verdicts=(*verdicts, *_manual_verdicts(prepared.notebook, unanswered)),
        unanswered=unanswered,
        causes=verdict_summary.misconceptions(run.verdicts, suite),
        seed=submission.seed,
    )


@lru_cache(maxsize=2)
def _notebook(content: bytes) -> NotebookNode:
    """Parse a notebook of the lesson's, which nobody changes; all submissions of a class share it."""
    notebook: NotebookNode = nbformat.v4.reads(content.decode())
    return notebook


def _restore_rubrics(notebook: NotebookNode, source: NotebookNode) -> None:
    """Put the rubrics, which the released notebook lacks, back into locked questions, for manual grading."""
    questions = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in source.cells
        if cell.cell_type == "markdown" and _has_mark(cell, "locked")
    }
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if cell.cell_type == "markdown" and name in questions:
            cell.source = questions[name]


def _status_and_reasons(prepared: PreparedNotebook, run: NotebookRun) -> tuple[Status, tuple[str, ...]]:
    """Return the most severe status that applies to a submission, and all reasons, most severe first."""
    remarks: list[tuple[Status, str]] = [
        *((Status.TAMPERED, message) for message in prepared.tampered),
        *((Status.REPAIRED, message) for message in prepared.repaired),
        *((Status.GRADED, message) for message in prepared.remarks),
        *((verdict.status, verdict.note) for verdict in run.verdicts if verdict.note and not run.ended),
    ]
    if run.unrequested_replies:
        remarks.append((Status.TAMPERED, "answers were sent to the judge that it had not asked for"))
    if run.timed_out:
        remarks.append((Status.TIMED_OUT, "a cell ran for too long and was stopped"))
    if run.ended:
        status = STATUS_OF_END.get(EndReason(run.ended), Status.CRASHED)
        remarks.append((status, f"{run.ended} before the end of the notebook"))
    remarks.sort(key=lambda remark: -remark[0].severity)
    status = remarks[0][0] if remarks else Status.GRADED
    return status, tuple(dict.fromkeys(reason for _, reason in remarks))


def _unanswered_cells(notebook: NotebookNode, released: NotebookNode) -> Iterator[str]:
    """Yield the ``grade_id`` of each solution cell that is as it was released."""
    blank = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in released.cells if _has_mark(cell, "solution")}
    for cell in notebook.cells:
        if _has_mark(cell, "solution") and cell.source == blank[cell.metadata["nbgrader"]["grade_id"]].source:
            yield cell.metadata["nbgrader"]["grade_id"]


def _manual_verdicts(notebook: NotebookNode, unanswered: tuple[str, ...]) -> Iterator[Verdict]:
    """Yield a verdict for each manually graded cell; a blank one scores 0 and needs no manual grading."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and (meta.get("solution") or cell.cell_type != "code"):
            blank = meta["grade_id"] in unanswered
            yield Verdict(meta["grade_id"], 0.0 if blank else None, float(meta["points"]))


def _has_mark(cell: NotebookNode, mark: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(mark))

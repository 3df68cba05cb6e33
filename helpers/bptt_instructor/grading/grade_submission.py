"""Grade one submission: a function of its bytes, its seed, the lesson and the limits, and of nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import nbformat

from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.execute_notebook import graded_sources, run_notebook
from bptt_instructor.grading.intake.errors import RefusedError
from bptt_instructor.grading.intake.prepare import take_in
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.client import Ended
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.execute_notebook import Through
    from bptt_instructor.grading.intake.prepare import Taken
    from bptt_instructor.grading.kernel_client.launcher import Kernels
    from bptt_instructor.grading.models.submission import Lesson, Submission


def grade_one(submission: Submission, lesson: Lesson, suite: CheckSuite, kernels: Kernels) -> Result:
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
        taken = take_in(submission.notebook, released)
    except RefusedError as refused:
        about = submission.student, lesson.name, refused.status, (refused.reason,)
        return Result(*about, boxed=kernels.boxed, seed=submission.seed)
    read = time.perf_counter()
    judge = Judge(suite, submission.seed, lesson.name, submission.student)
    # The lesson's own files win.
    with kernels.start({**submission.files, **lesson.files}) as kernel:
        started = time.perf_counter()
        through = run_notebook(taken.notebook, kernel, graded_sources(source), judge)
    ended = time.perf_counter()
    seconds = {"intake": read - began, "start": started - read, "run": ended - started}
    told = outcome(submission, lesson.name, suite, taken, through, released)
    _put_rubrics_back(taken.notebook, source)
    return replace(told, notebook=nbformat.writes(taken.notebook), seconds=seconds, boxed=kernels.boxed)


def outcome(  # noqa: PLR0913, PLR0917 - all that a result is made of
    submission: Submission, lesson: str, suite: CheckSuite, taken: Taken, through: Through, released: NotebookNode
) -> Result:
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
    status, reasons = _what_happened(taken, through)
    unanswered = tuple(_unanswered(taken.notebook, released))
    said = verdict_summary.other_findings(taken.notebook, through.verdicts, suite)
    return Result(
        student=submission.student,
        lesson=lesson,
        status=status,
        reasons=(*reasons, *([said] if said else [])),
        verdicts=(*through.verdicts, *_by_hand(taken.notebook, unanswered)),
        unanswered=unanswered,
        causes=verdict_summary.causes(through.verdicts, suite),
        seed=submission.seed,
    )


def _notebook(content: bytes) -> NotebookNode:
    notebook: NotebookNode = nbformat.v4.reads(content.decode())
    return notebook


def _put_rubrics_back(notebook: NotebookNode, source: NotebookNode) -> None:
    """Put back what stands in locked questions for whoever reads the answers; students are given none of it."""
    questions = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in source.cells
        if cell.cell_type == "markdown" and _is(cell, "locked")
    }
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if cell.cell_type == "markdown" and name in questions:
            cell.source = questions[name]


def _what_happened(taken: Taken, through: Through) -> tuple[Status, tuple[str, ...]]:
    """Find the status of a submission that has run, and the reasons for it; of several, the gravest."""
    told: list[tuple[Status, str]] = [
        *((Status.TAMPERED, what) for what in taken.tampered),
        *((Status.REPAIRED, what) for what in taken.repaired),
        *((verdict.status, verdict.note) for verdict in through.verdicts if verdict.note and not through.ended),
    ]
    if through.unasked:
        told.append((Status.TAMPERED, "answers were sent to the judge that it had not asked for"))
    if through.timed_out:
        told.append((Status.TIMED_OUT, "a cell ran for too long and was stopped"))
    if through.ended:
        status = OF_END.get(Ended(through.ended), Status.CRASHED)
        told.append((status, f"{through.ended} before the end of the notebook"))
    gravest_first = sorted(told, key=lambda each: -each[0].gravity)
    status = max((status for status, _ in told), key=lambda each: each.gravity, default=Status.GRADED)
    return status, tuple(dict.fromkeys(reason for _, reason in gravest_first))


OF_END = {
    Ended.MEMORY: Status.OUT_OF_MEMORY,
    Ended.TIME: Status.TIMED_OUT,
    Ended.NOTEBOOK_TIME: Status.TIMED_OUT,
}


def _unanswered(notebook: NotebookNode, released: NotebookNode) -> Iterator[str]:
    """Yield the solution cells that are as they were released."""
    blank = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in released.cells if _is(cell, "solution")}
    for cell in notebook.cells:
        if _is(cell, "solution") and cell.source == blank[cell.metadata["nbgrader"]["grade_id"]].source:
            yield cell.metadata["nbgrader"]["grade_id"]


def _by_hand(notebook: NotebookNode, unanswered: tuple[str, ...]) -> Iterator[Verdict]:
    """Yield a verdict for each cell that a person reads; nobody has to read a blank one."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and (meta.get("solution") or cell.cell_type != "code"):
            blank = meta["grade_id"] in unanswered
            yield Verdict(meta["grade_id"], 0.0 if blank else None, float(meta["points"]))


def _is(cell: NotebookNode, kind: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(kind))

"""What a worker does: bytes in, bytes out. It needs no disk of the instructor's, and no other worker."""

from __future__ import annotations

import atexit
import json
from threading import Lock
from typing import TYPE_CHECKING

from bptt_instructor.config import load_check_suite
from bptt_instructor.grading.executors.code_version import code_digest
from bptt_instructor.grading.grade_submission import grade_submission
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.models.submission import AssignmentFiles, Submission, as_bytes

if TYPE_CHECKING:
    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.models.result import SubmissionResult

HEAD_BYTES = 4


def pack_batch(lesson: AssignmentFiles, limits: Limits, suite: str, *, sandboxed: bool, use_zygote: bool) -> bytes:
    """Pack what all submissions of a class have in common, for :func:`grade_bytes`.

    Parameters
    ----------
    lesson, limits
        What was handed in for, and what each submission may use.
    suite
        Name of the course's checks; a digest of their code goes along.
    sandboxed, use_zygote
        As :class:`bptt_instructor.grading.kernel_client.launcher.KernelLauncher` has them.
    """
    code = code_digest(load_check_suite(suite).packages)
    how = {"limits": limits.as_dict(), "suite": suite, "code": code, "sandboxed": sandboxed, "use_zygote": use_zygote}
    return as_bytes({"lesson": lesson.as_dict(), **how})


def pack_submission(submission: Submission) -> bytes:
    """Pack one submission, for :func:`grade_bytes`: what is in it, then the files as they are, which may be large."""
    sizes = [[name, len(content)] for name, content in submission.files.items()]
    about = {"student": submission.student, "seed": submission.seed, "notebook": len(submission.notebook)}
    head = as_bytes({**about, "files": sizes})
    return b"".join([len(head).to_bytes(HEAD_BYTES), head, submission.notebook, *submission.files.values()])


def grade_bytes(submission: bytes, shared: bytes) -> bytes:
    """Grade one submission.

    Parameters
    ----------
    submission
        From :func:`pack`.
    shared
        From :func:`common`.

    Returns
    -------
    bytes
        For :meth:`bptt_instructor.grading.models.result.SubmissionResult.from_bytes`.

    Raises
    ------
    SandboxError
        When no kernel can be started here.
    """
    with _one_at_a_time:
        desk = _batch_state(shared)
        result: SubmissionResult = grade_submission(_unpacked(submission), desk.lesson, desk.suite, desk.kernels)
    return result.to_bytes()


def has_same_code(shared: bytes) -> bool:
    """Tell whether this computer grades with the code that the class is to be graded with."""
    data = json.loads(shared)
    return bool(data["code"] == code_digest(load_check_suite(data["suite"]).packages))


def warm_up(shared: bytes) -> None:
    """Start what the first submission would otherwise have to wait for.

    Raises
    ------
    SandboxError
        When no kernel can be started here.
    """
    with _one_at_a_time, _batch_state(shared).kernels.start({}):
        pass


def shut_down() -> None:
    """End all that this module has started."""
    with _one_at_a_time:
        _clear()


class _BatchState:
    """What is the same for all submissions of a class."""

    def __init__(self, shared: bytes) -> None:
        data = json.loads(shared)
        self.shared = shared
        self.lesson = AssignmentFiles.from_dict(data["lesson"])
        self.suite: CheckSuite = load_check_suite(data["suite"])
        self.kernels = KernelLauncher(
            Limits(**data["limits"]), self.suite, sandboxed=data["sandboxed"], use_zygote=data["use_zygote"]
        )


# Kernels come one at a time, and a worker of somebody's cluster may have several threads.
_one_at_a_time = Lock()
_batch_states: list[_BatchState] = []


def _batch_state(shared: bytes) -> _BatchState:
    if not _batch_states or _batch_states[0].shared != shared:
        _clear()
        _batch_states.append(_BatchState(shared))
    return _batch_states[0]


def _clear() -> None:
    while _batch_states:
        _batch_states.pop().kernels.close()


atexit.register(_clear)


def _unpacked(packed: bytes) -> Submission:
    size = int.from_bytes(packed[:HEAD_BYTES])
    at = HEAD_BYTES + size
    head = json.loads(packed[HEAD_BYTES:at])
    notebook = packed[at : at + head["notebook"]]
    at += head["notebook"]
    files = {}
    for name, length in head["files"]:
        files[name] = packed[at : at + length]
        at += length
    return Submission(head["student"], notebook, files, head["seed"])

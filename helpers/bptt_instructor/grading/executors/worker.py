"""Worker entry point: packed submission in, result bytes out.

A worker needs no access to the instructor's disk or to other workers.
"""

from __future__ import annotations

import atexit
import json
from threading import Lock
from typing import TYPE_CHECKING

from bptt_instructor.config import load_check_suite
from bptt_instructor.grading.deadline import INTAKE_SECONDS, OTHER_SECONDS, deadline
from bptt_instructor.grading.executors.code_version import code_digest
from bptt_instructor.grading.grade_submission import grade_submission
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.models.submission import AssignmentFiles, Submission, as_bytes

if TYPE_CHECKING:
    import socket

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.models.result import SubmissionResult

LENGTH_BYTES = 4
"""Size of the number before a packed submission's header, which is the header's length."""


def pack_batch(lesson: AssignmentFiles, limits: Limits, suite: str, *, sandboxed: bool, use_zygote: bool) -> bytes:
    """Pack what all submissions of a class share, for :func:`grade_bytes`.

    Parameters
    ----------
    lesson
        The instructor's files.
    limits
        Resource bounds of each submission.
    suite
        Name of the course's checks, ``package.module:Suite``; a digest of their code is packed, too.
    sandboxed, use_zygote
        See :class:`bptt_instructor.grading.kernel_client.launcher.KernelLauncher`.
    """
    code = code_digest(load_check_suite(suite).packages)
    options = {"limits": limits.as_dict(), "sandboxed": sandboxed, "use_zygote": use_zygote}
    return as_bytes({"lesson": lesson.as_dict(), "suite": suite, "code": code, **options})


def pack_submission(submission: Submission) -> bytes:
    """Pack one submission, for :func:`grade_bytes`: a JSON header, then the files, which may be large."""
    sizes = [[name, len(content)] for name, content in submission.files.items()]
    about = {"student": submission.student, "seed": submission.seed, "notebook": len(submission.notebook)}
    header = as_bytes({**about, "files": sizes})
    return b"".join([len(header).to_bytes(LENGTH_BYTES), header, submission.notebook, *submission.files.values()])


def grade_bytes(submission: bytes, shared: bytes) -> bytes:
    """Grade one submission.

    Parameters
    ----------
    submission
        From :func:`pack_submission`.
    shared
        Batch from :func:`pack_batch`.

    Returns
    -------
    bytes
        For :meth:`bptt_instructor.grading.models.result.SubmissionResult.from_bytes`.

    Raises
    ------
    SandboxError
        When no kernel can be started here.
    """
    with _lock:
        batch = _batch_state(shared)
        unpacked = _unpack_submission(submission)
        with deadline(INTAKE_SECONDS + batch.limits.notebook_seconds + OTHER_SECONDS):
            result: SubmissionResult = grade_submission(unpacked, batch.lesson, batch.suite, batch.launcher)
    return result.to_bytes()


def has_same_code(shared: bytes) -> bool:
    """Tell whether this computer has the code whose digest is in the batch."""
    data = json.loads(shared)
    return bool(data["code"] == code_digest(load_check_suite(data["suite"]).packages))


def warm_up(shared: bytes) -> None:
    """Start a first kernel, so that the first submission does not have to wait for a zygote.

    Raises
    ------
    SandboxError
        When no kernel can be started here.
    """
    with _lock, _batch_state(shared).launcher.start({}):
        pass


def shut_down() -> None:
    """End the zygote that this module has started."""
    with _lock:
        _clear()


class _BatchState:
    """An unpacked batch, and a launcher for it."""

    def __init__(self, shared: bytes) -> None:
        data = json.loads(shared)
        self.shared = shared
        self.lesson = AssignmentFiles.from_dict(data["lesson"])
        self.suite: CheckSuite = load_check_suite(data["suite"])
        self.limits = Limits(**data["limits"])
        self.launcher = KernelLauncher(
            self.limits,
            self.suite,
            sandboxed=data["sandboxed"],
            use_zygote=data["use_zygote"],
            shared=_zygotes.pop() if _zygotes else None,
        )


_zygotes: list[socket.socket] = []


def use_zygote(zygote: socket.socket | None) -> None:
    """Let the next batch of this process have its kernels from a zygote that others use, too.

    Parameters
    ----------
    zygote
        From :meth:`bptt_instructor.grading.kernel_client.zygote_process.ZygoteProcess.share`. With None, the batch
        starts one of its own.
    """
    while _zygotes:
        _zygotes.pop().close()
    if zygote:
        _zygotes.append(zygote)


# A launcher starts one kernel at a time, and a worker of a cluster may have several threads.
_lock = Lock()
_batch_states: list[_BatchState] = []


def _batch_state(shared: bytes) -> _BatchState:
    if not _batch_states or _batch_states[0].shared != shared:
        _clear()
        _batch_states.append(_BatchState(shared))
    return _batch_states[0]


def _clear() -> None:
    while _batch_states:
        _batch_states.pop().launcher.close()


atexit.register(_clear)


def _unpack_submission(packed: bytes) -> Submission:
    offset = LENGTH_BYTES + int.from_bytes(packed[:LENGTH_BYTES])
    header = json.loads(packed[LENGTH_BYTES:offset])
    notebook = packed[offset : offset + header["notebook"]]
    offset += header["notebook"]
    files = {}
    for name, length in header["files"]:
        files[name] = packed[offset : offset + length]
        offset += length
    return Submission(header["student"], notebook, files, header["seed"])

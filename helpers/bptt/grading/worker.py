"""What a worker does: bytes in, bytes out. It needs no disk of the instructor's, and no other worker."""

from __future__ import annotations

import atexit
import base64
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from bptt.grading.kernel.pool import Kernels
from bptt.grading.limits import Limits
from bptt.grading.one import grade_one
from bptt.grading.submission import Lesson, Submission, as_bytes

if TYPE_CHECKING:
    from bptt.grading.result import Result


def common(lesson: Lesson, secret: bytes, limits: Limits, *, boxed: bool, warm: bool) -> bytes:
    """Pack what all submissions of a class have in common, for :func:`grade_bytes`."""
    how = {"limits": limits.as_dict(), "boxed": boxed, "warm": warm}
    return as_bytes({"lesson": lesson.as_dict(), "secret": base64.b64encode(secret).decode("ascii"), **how})


def pack(submission: Submission) -> bytes:
    """Pack one submission, for :func:`grade_bytes`."""
    return as_bytes(submission.as_dict())


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
        For :meth:`bptt.grading.result.Result.from_bytes`.

    Raises
    ------
    SandboxError
        When no kernel can be started here.
    """
    lesson, secret, kernels = _prepared(shared)
    result: Result = grade_one(Submission.from_dict(json.loads(submission)), lesson, secret, kernels)
    return result.to_bytes()


@lru_cache(maxsize=1)
def _prepared(shared: bytes) -> tuple[Lesson, bytes, Kernels]:
    data = json.loads(shared)
    kernels = Kernels(Limits(**data["limits"]), boxed=data["boxed"], warm=data["warm"])
    atexit.register(kernels.close)
    return Lesson.from_dict(data["lesson"]), base64.b64decode(data["secret"]), kernels

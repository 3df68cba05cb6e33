"""Lock an assignment while it is graded, so that nobody grades it twice at the same time."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from bptt_instructor.grading.course import Course, GradingError

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_LOCK = "This file system cannot lock files: make sure that nobody else grades this lesson meanwhile."
"""Note where locks do not work."""


@contextmanager
def assignment_lock(course: Course) -> Iterator[str]:
    """Hold the lock of an assignment; the system takes it back when the process ends, whatever ends it.

    Parameters
    ----------
    course
        The course and its assignment.

    Yields
    ------
    str
        A note for the instructor where nothing can be locked; empty otherwise.

    Raises
    ------
    GradingError
        When another process holds it; the message says which, and since when.
    """
    course.lock.parent.mkdir(parents=True, exist_ok=True)
    with course.lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GradingError(
                f"{course.assignment} is being graded already{_holder(course)}. Wait for it, or stop it with Ctrl-C: "
                "what it has done is kept."
            ) from None
        except OSError:
            yield NO_LOCK
            return
        file.truncate(0)
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        json.dump({"process": os.getpid(), "host": socket.gethostname(), "since": now}, file)
        file.flush()
        yield ""


def _holder(course: Course) -> str:
    try:
        holder = json.loads(course.lock.read_text(encoding="utf-8"))
        return f", by process {holder['process']} on {holder['host']} since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""

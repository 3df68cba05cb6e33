"""End a step of grading that takes too long, whatever it is busy with."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

INTAKE_SECONDS = 60.0
"""How long reading and preparing one submission may take, before any code runs."""
OTHER_SECONDS = 120.0
"""How long grading may take beside its notebook: to start a kernel, to judge, to write the result."""


SHORTEST_SECONDS = 0.001


class DeadlineError(Exception):
    """A step of grading took too long, and was ended."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bound the wall time of what runs inside; of two, one inside the other, the earlier one counts.

    In the main thread an exception ends it. In another thread, as in a worker, the system ends the process: its
    submission is then tried again elsewhere. That also works while a regular expression or the disk keeps Python from
    running anything else.

    Parameters
    ----------
    seconds
        Wall time.

    Raises
    ------
    DeadlineError
        When time is up, in the main thread.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGALRM, _raise) if in_main_thread else None
    began = time.monotonic()
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))
    try:
        yield
    finally:
        left = max(outer - (time.monotonic() - began), SHORTEST_SECONDS) if outer else 0.0
        if in_main_thread:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, left)


def _raise(*_: object) -> NoReturn:
    raise DeadlineError("it took too long in grading itself, and was ended")

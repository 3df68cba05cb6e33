"""Begin, before anything is imported, what takes a while and needs nobody."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver

METHOD = "forkserver"


def available_cpus() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_forkserver() -> None:
    """Start the process that local workers are forked from. It imports what they need while we import what we need."""
    multiprocessing.set_forkserver_preload(["bptt_instructor.grading.executors.forkserver_preload"])
    forkserver.ensure_running()

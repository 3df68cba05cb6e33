"""Start multiprocessing's fork server early, and count usable CPUs."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver

from bptt.safe_path import use_safe_path

START_METHOD = "forkserver"


def available_cpus() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_forkserver() -> None:
    """Start the process that local workers are forked from; it imports their modules while this process goes on."""
    # Before it starts: it imports from where this process does, and workers from where it does.
    use_safe_path()
    multiprocessing.set_forkserver_preload(["bptt_instructor.grading.executors.forkserver_preload"])
    forkserver.ensure_running()

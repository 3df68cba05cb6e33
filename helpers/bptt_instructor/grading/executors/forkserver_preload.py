"""Modules that the fork server preloads for local workers; nothing else imports this one."""

import gc
import signal

# Ctrl-C goes to every process of the terminal. Only the instructor's process handles it, and ends the others.
signal.signal(signal.SIGINT, signal.SIG_IGN)

from bptt_instructor.grading.executors import local_workers, worker_dispatcher  # noqa: E402, F401

# Garbage collection in a worker would go through all of that, and copy memory that it shares.
gc.collect()
gc.freeze()

"""What local workers have imported before they are forked; nothing else imports this."""

import signal

# Ctrl-C goes to every process of the terminal. The instructor's alone answers it, and ends the others.
signal.signal(signal.SIGINT, signal.SIG_IGN)

import distributed.nanny  # noqa: E402, F401

import bptt_instructor.grading.executors.dask_dispatcher  # noqa: E402, F401

"""For all tests: start without what takes seconds to import and is not needed; signals as at a terminal."""

import os
import signal
import sys

# Where it is installed, importing nbformat makes jsonschema build a grammar for internet addresses first; see
# bptt_instructor.grading._nbgrader_shim.
sys.modules.setdefault("rfc3987_syntax", None)


def pytest_xdist_auto_num_workers():
    """Run two tests for each processor: half of the time they wait, for a kernel to start or a page to load."""
    return 2 * (os.cpu_count() or 1)


def pytest_runtest_setup():
    """Let commands that a test starts stop as they do at a terminal, wherever the tests run.

    Programs inherit what their parent ignores: a shell's "&" hands on an ignored SIGINT and SIGQUIT, nohup an ignored
    SIGHUP. Before each test, because a library that a test imports may put back what it found.
    """
    for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)

"""For all tests: start without what takes seconds to import and is not needed; signals as at a terminal."""

import signal
import sys

# Where it is installed, importing nbformat makes jsonschema build a grammar for internet addresses first; see
# bptt_instructor.grading._nbgrader_shim.
sys.modules.setdefault("rfc3987_syntax", None)


def pytest_runtest_setup():
    """Let commands that a test starts stop as they do at a terminal, wherever the tests run.

    Programs inherit what their parent ignores: a shell's "&" hands on an ignored SIGINT and SIGQUIT, nohup an ignored
    SIGHUP. Before each test, because a library that a test imports may put back what it found.
    """
    for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)

"""For all tests: start without what takes seconds to import and is not needed; signals as at a terminal."""

import signal
import sys

# Where it is installed, importing nbformat makes jsonschema build a grammar for internet addresses first; see
# bptt_instructor.grading._nbgrader_shim.
sys.modules.setdefault("rfc3987_syntax", None)

# Programs inherit what their parent ignores: a shell's "&" hands on an ignored SIGINT and SIGQUIT, nohup an ignored
# SIGHUP. Commands that tests start should stop as they do at a terminal, wherever the tests run.
for _ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(_ignored) is signal.SIG_IGN:
        signal.signal(_ignored, signal.default_int_handler if _ignored == signal.SIGINT else signal.SIG_DFL)

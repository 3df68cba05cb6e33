"""For all tests: start without what takes seconds to import and is not needed."""

import sys

# Where it is installed, importing nbformat makes jsonschema build a grammar for internet addresses first; see
# bptt_instructor.grading._nbgrader_shim.
sys.modules.setdefault("rfc3987_syntax", None)

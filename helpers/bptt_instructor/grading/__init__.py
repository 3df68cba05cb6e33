"""Grade one submission, then a class. Prints nothing."""

# First of all imports, because it must come before any of nbgrader's.
from bptt_instructor.grading import _nbgrader_shim as _nbgrader_shim

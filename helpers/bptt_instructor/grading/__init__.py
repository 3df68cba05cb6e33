"""Grade a class, so that every student has a row, and no submission fools, stops or slows the others."""

# Before anything of nbgrader is imported.
from bptt_instructor.grading import _nbgrader_shim as _nbgrader_shim

"""What makes nbgrader's own commands, and formgrader's buttons, as safe as ours; ``nbgrader_config.py`` names it.

One class for each file, as nbgrader's own steps have it, with the reason for its place in the order.
"""

from bptt_instructor.grading.plugs.collect_from_lms import CollectFromLms
from bptt_instructor.grading.plugs.execute_in_sandbox import ExecuteInSandbox
from bptt_instructor.grading.plugs.exporters import ExportAsCsv, ExportForCanvas, ExportForMoodle
from bptt_instructor.grading.plugs.extract_bounded import ExtractBounded
from bptt_instructor.grading.plugs.notebook_taken_in import NotebookTakenIn
from bptt_instructor.grading.plugs.save_verdicts import SaveVerdicts

__all__ = [
    "CollectFromLms",
    "ExecuteInSandbox",
    "ExportAsCsv",
    "ExportForCanvas",
    "ExportForMoodle",
    "ExtractBounded",
    "NotebookTakenIn",
    "SaveVerdicts",
]

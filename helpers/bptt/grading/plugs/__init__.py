"""What makes ``nbgrader autograde`` and formgrader's button as safe as ``bptt grade``; ``nbgrader_config.py`` names it.

One class for each file, as nbgrader's own steps have it, with the reason for its place in the order.
"""

from bptt.grading.plugs.execute_in_sandbox import ExecuteInSandbox
from bptt.grading.plugs.notebook_taken_in import NotebookTakenIn
from bptt.grading.plugs.save_verdicts import SaveVerdicts

__all__ = ["ExecuteInSandbox", "NotebookTakenIn", "SaveVerdicts"]

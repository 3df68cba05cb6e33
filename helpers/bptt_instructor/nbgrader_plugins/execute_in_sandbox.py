"""The step that runs a notebook."""

from __future__ import annotations

import atexit
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from bptt_instructor.config import check_suite_name, load_check_suite
from bptt_instructor.grading.execute_notebook import graded_sources, run_notebook
from bptt_instructor.grading.grade_submission import outcome
from bptt_instructor.grading.intake.read_files import data_files
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.launcher import Kernels
from bptt_instructor.grading.limits import Limits

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.nbgrader_plugins.submission_exporter import TakenIn

_kernels: dict[tuple[object, ...], Kernels] = {}


class ExecuteInSandbox(NbGraderPreprocessor):  # type: ignore[misc]
    """Run the cells in a sandbox, with a verdict from outside in place of each graded one.

    It takes the place of Execute: after the cells have been restored, and before anything looks at outputs.
    """

    boxed = Bool(default_value=True, help="Run submissions in a sandbox.").tag(config=True)
    warm = Bool(default_value=True, help="Fork kernels from a process that has imported everything.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one notebook."""
        lesson = resources["nbgrader"]["assignment"]
        handed_in: TakenIn = resources["handed_in"]
        submission = handed_in.submission
        suite: CheckSuite = load_check_suite(check_suite_name(self.config))
        judge = Judge(suite, submission.seed, lesson, submission.student)
        files = data_files(Path(resources["metadata"]["path"]))
        with self._kernels(suite).start(files) as kernel:
            through = run_notebook(nb, kernel, graded_sources(nb), judge)
        taken = replace(handed_in.taken, notebook=nb)
        result = outcome(submission, lesson, suite, taken, through, handed_in.released)
        resources["result"] = replace(result, boxed=self.boxed)
        return nb, resources

    def _kernels(self, suite: CheckSuite) -> Kernels:
        limits = Limits.from_config(self.config)
        key = limits, suite.kernel, self.boxed, self.warm
        if key not in _kernels:
            _kernels[key] = Kernels(limits, suite, boxed=self.boxed, warm=self.warm)
            atexit.register(_kernels[key].close)
        return _kernels[key]

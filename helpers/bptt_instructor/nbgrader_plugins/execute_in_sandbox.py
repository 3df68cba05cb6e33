"""Preprocessor: run the notebook in a sandboxed kernel."""

from __future__ import annotations

import atexit
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from bptt_instructor.config import check_suite_name, load_check_suite
from bptt_instructor.grading.execute_notebook import execute_notebook, graded_sources
from bptt_instructor.grading.grade_submission import MAX_RUNS, build_result
from bptt_instructor.grading.intake.read_files import data_files
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.client import EndReason
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.nbgrader_plugins.submission_exporter import PreparedSubmission

_launchers: dict[tuple[object, ...], KernelLauncher] = {}
"""Launchers by their arguments: nbgrader makes a preprocessor for each notebook, and all share a zygote."""


class ExecuteInSandbox(NbGraderPreprocessor):  # type: ignore[misc]
    """nbgrader preprocessor: run the cells in a sandbox, and judge graded cells outside of it.

    It takes the place of Execute, after cells have been restored and before anything reads outputs.
    """

    sandboxed = Bool(default_value=True, help="Run submissions in a sandbox.").tag(config=True)
    use_zygote = Bool(default_value=True, help="Fork kernels from a process that has imported everything.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one notebook, and put its :class:`SubmissionResult` into ``resources["result"]``."""
        lesson = resources["nbgrader"]["assignment"]
        prepared: PreparedSubmission = resources["prepared_submission"]
        submission = prepared.submission
        suite: CheckSuite = load_check_suite(check_suite_name(self.config))
        judge = Judge(suite, submission.seed, lesson, submission.student)
        files = data_files(Path(resources["metadata"]["path"]))
        for _ in range(MAX_RUNS):
            with self._launcher(suite).start(files) as kernel:
                run = execute_notebook(nb, kernel, graded_sources(nb), judge)
            if run.ended != EndReason.KILLED.value:
                break
        else:
            # nbgrader reports it for this student, stores nothing, and goes on.
            raise NbGraderException(f"{submission.student} could not be graded here: {run.ended}, {MAX_RUNS} times")
        executed = replace(prepared.notebook, notebook=nb)
        result = build_result(submission, lesson, suite, executed, run, prepared.released)
        resources["result"] = replace(result, sandboxed=self.sandboxed)
        return nb, resources

    def _launcher(self, suite: CheckSuite) -> KernelLauncher:
        limits = Limits.from_config(self.config)
        key = limits, suite.kernel, self.sandboxed, self.use_zygote
        if key not in _launchers:
            _launchers[key] = KernelLauncher(limits, suite, sandboxed=self.sandboxed, use_zygote=self.use_zygote)
            atexit.register(_launchers[key].close)
        return _launchers[key]

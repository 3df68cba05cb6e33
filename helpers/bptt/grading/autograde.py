"""nbgrader's Autograde for one student, with its reasons."""

from __future__ import annotations

from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from bptt.grading.execute import ExecuteEveryCell


class AutogradeOne(Autograde):  # type: ignore[misc]
    """Autograde, with a kernel that may die, and with the exception that nbgrader would only log.

    Attributes
    ----------
    failure
        What stopped the grading of this student; None when nothing did.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - nbgrader's own
        super().__init__(**options)
        self.failure: Exception | None = None
        self.autograde_preprocessors = [
            ExecuteEveryCell if step is Execute else step
            for step in self.autograde_preprocessors  # type: ignore[has-type]
        ]

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Sanitize and grade one notebook."""
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.failure = error
            raise

"""The first step on a submitted notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from bptt.grading.intake import take_in

if TYPE_CHECKING:
    from nbformat import NotebookNode


class TakeIn(NbGraderPreprocessor):  # type: ignore[misc]
    """Repair what students were not to change.

    It comes before everything: OverwriteCells and CheckCellMetadata stop the whole class at what it repairs.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Repair one notebook."""
        names = CourseDirectory(config=self.config)
        lesson = resources["nbgrader"]["assignment"]
        folder = names.format_path(names.release_directory, ".", lesson)
        released = nbformat.read(f"{folder}/{resources['nbgrader']['notebook']}.ipynb", as_version=4)
        taken = take_in(nbformat.writes(nb).encode("utf-8", "replace"), released)
        return taken.notebook, resources

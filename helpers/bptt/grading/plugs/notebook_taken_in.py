"""The reader of submitted notebooks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException

from bptt.grading.collect import read_notebook
from bptt.grading.intake import take_in
from bptt.grading.refused import RefusedError
from bptt.grading.sandbox.available import NO_SANDBOX, why_not

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.converters import Autograde


class NotebookTakenIn(NotebookExporter):
    """Read a submitted notebook strictly, and repair what students were not to change.

    It is what ``nbgrader autograde`` opens files with, so it comes before every step: OverwriteCells and
    CheckCellMetadata stop the whole class at what is repaired here. And nbgrader makes it before it touches anything,
    so it is where grading without a sandbox is refused.

    Raises
    ------
    NbGraderException
        When there is no sandbox.
    """

    parent: Autograde

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)  # type: ignore[no-untyped-call]
        if not self.config.get("ExecuteInSandbox", {}).get("boxed", True):
            self.log.warning(NO_SANDBOX)
        elif why_not():
            self.log.error("%s (c.ExecuteInSandbox.boxed = False in nbgrader_config.py does.)", why_not())
            raise NbGraderException(why_not())

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **options: Any,  # noqa: ANN401 - as in NotebookExporter
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Convert one notebook; what has been read once, and written by nbgrader, as it is."""
        if not self.parent._sanitizing or resources is None:  # noqa: SLF001 - nbgrader tells nobody which of its two rounds it is in
            found: tuple[NotebookNode, dict[str, Any]] = super().from_filename(filename, resources, **options)
            return found
        path, about = Path(filename), resources["nbgrader"]
        resources["metadata"] = {"name": path.stem, "path": os.fspath(path.parent)}
        try:
            taken = take_in(read_notebook(path), self._released(about))
        except RefusedError as refused:
            # Told to a person, who needs no traceback.
            self.log.error("%s: %s: %s", about["student"], refused.status, refused.reason)  # noqa: TRY400
            raise
        for what in (*taken.tampered, *taken.repaired):
            self.log.warning("%s: %s", about["student"], what)
        converted: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(taken.notebook, resources, **options)  # type: ignore[no-untyped-call]
        return converted

    def _released(self, about: dict[str, str]) -> NotebookNode:
        names = self.parent.coursedir
        folder = names.format_path(names.release_directory, ".", about["assignment"])
        released: NotebookNode = nbformat.read(f"{folder}/{about['notebook']}.ipynb", as_version=4)
        return released

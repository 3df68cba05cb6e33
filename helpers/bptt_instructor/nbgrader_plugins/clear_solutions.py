"""Preprocessor: ClearSolutions with the exercise's name in the stub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import ClearSolutions

if TYPE_CHECKING:
    from nbformat import NotebookNode


class ClearSolutionsNamed(ClearSolutions):  # type: ignore[misc]
    """nbgrader preprocessor: clear solutions, and put the ``grade_id`` where the stub says ``{exercise}``.

    nbgrader has one stub for all exercises, so the error of an exercise that is not written yet would not say which
    one it is. This preprocessor takes the place of ClearSolutions, before the checksums are computed.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear one cell."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and cell.cell_type == "code":
            cell.source = cell.source.replace("{exercise}", meta["grade_id"])
        return cell, resources

"""nbgrader's ClearSolutions, with a stub that says which exercise it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import ClearSolutions

if TYPE_CHECKING:
    from nbformat import NotebookNode


class ClearSolutionsNamed(ClearSolutions):  # type: ignore[misc]
    """Clear solutions, and put the exercise's ``grade_id`` where the stub says ``{exercise}``.

    nbgrader has one stub for all exercises, so an error in a notebook with ten of them would not say which
    one is still to be written. It takes the place of ClearSolutions, before the checksums are computed.
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

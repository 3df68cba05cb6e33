"""nbgrader's Execute, which a dying kernel does not stop."""

from __future__ import annotations

import subprocess
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute


class ExecuteEveryCell(Execute):  # type: ignore[misc]
    """Run the cells in order; when the kernel dies, those that are left fail with that as the reason.

    nbgrader's own gives up on the student, who then has no points for what ran before. It takes the place of Execute:
    after the cells have been restored, and before anything looks at outputs.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, km: object = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one notebook."""
        self.dead = False
        done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources, km)
        return done

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell, or fail it when the kernel has died."""
        if not self.dead:
            try:
                cell, resources = super().preprocess_cell(cell, resources, index)
            except DeadKernelError:
                self.dead = True
        if self.dead and cell.cell_type == "code":
            says = "Python stopped before this cell was done, so it and all that follow count as failed."
            error = {"output_type": "error", "ename": DEAD, "evalue": says, "traceback": [f"{DEAD}: {says}"]}
            cell.outputs.append(NotebookNode(error))  # type: ignore[no-untyped-call]
        return cell, resources

    def start_new_kernel(self, **options: object) -> None:
        """Start the kernel with its own prints away from the terminal, where the progress is."""
        super().start_new_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


DEAD = DeadKernelError.__name__

"""Parse, restore and sanitise one submitted notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbformat.v4 import new_notebook

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.leave_out import leave_out_shown
from bptt_instructor.grading.intake.parse_notebook import heading, parse_notebook
from bptt_instructor.grading.intake.release_history import ReleaseHistory
from bptt_instructor.grading.intake.restore_cells import CellRestorer
from bptt_instructor.grading.intake.sanitize_markdown import as_plain_text, sanitize_markdown
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.lessons.embed import is_set_up

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_RENDERED_CHARACTERS = 200_000
"""Length of all texts of a notebook that are rendered; the others are shown as typed."""


@dataclass(frozen=True)
class PreparedNotebook:
    """A submitted notebook that is ready for grading.

    Attributes
    ----------
    notebook
        The student's notebook, with every locked and every graded cell of the released one restored. Cells that need
        not run are tagged.
    repaired
        Messages on what was restored and may have changed by accident.
    tampered
        Messages on what was restored and could have won points.
    remarks
        Messages on what needs no repair, such as an answer in another cell.
    """

    notebook: NotebookNode
    repaired: tuple[str, ...]
    tampered: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def prepare_notebook(submitted: bytes, released: NotebookNode, earlier: bytes = b"") -> PreparedNotebook:
    """Parse a submitted notebook, restore the cells that students must not change, and sanitise its text.

    Parameters
    ----------
    submitted
        Content of the notebook file; not trusted.
    released
        The notebook that is released today.
    earlier
        From :func:`bptt_instructor.lessons.releases.earlier_releases`; empty when nothing is on record.

    Raises
    ------
    UngradableError
        When the file cannot be parsed, or is the notebook of another lesson.
    """
    # Where the package is installed, as in grading, a set-up cell does nothing, at great length.
    cells = [cell for cell in parse_notebook(submitted) if not is_set_up(cell.source)]
    restorer = CellRestorer(cells, released, ReleaseHistory(released, earlier))
    if restorer.is_other_notebook:
        title = heading(restorer.cells)
        what = f'this is "{title}"' if title else "it has none of this lesson's exercises"
        raise UngradableError(Status.UNREADABLE, f"another notebook: {what}")
    restorer.run()
    leave_out_shown(restorer.cells, released)
    released_sources = {cell.source for cell in released.cells}
    left = MAX_RENDERED_CHARACTERS
    for cell in restorer.cells:
        if cell.cell_type != "code" and cell.source not in released_sources:
            left -= len(cell.source)
            _sanitize(cell, rendered=left >= 0)
    # Kernel and all other metadata of the notebook are the lesson's.
    notebook = new_notebook(cells=restorer.cells, metadata=released.metadata)
    return PreparedNotebook(notebook, restorer.repaired, tuple(restorer.tampered), restorer.remarks)


def _sanitize(cell: NotebookNode, *, rendered: bool) -> None:
    if cell.cell_type == "raw" or not rendered:
        # nbconvert copies raw cells into web pages as they are.
        cell.cell_type, cell.source = "markdown", as_plain_text(cell.source)
    else:
        cell.source = sanitize_markdown(cell.source, cell.get("attachments", {}))

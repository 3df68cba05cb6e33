"""Take in one submission: make of its bytes a notebook that can be graded, or say why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbformat.v4 import new_notebook

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.parse_notebook import heading, parse_notebook
from bptt_instructor.grading.intake.restore_cells import CellRestorer
from bptt_instructor.grading.intake.sanitize_markdown import as_plain_text, sanitize_markdown
from bptt_instructor.grading.models.grade_row import Status

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class PreparedNotebook:
    """A submission ready for grading.

    Attributes
    ----------
    notebook
        The student's notebook, with every locked and every graded cell of the released one in it.
    repaired
        What was put right and may well have happened by accident, in words.
    tampered
        What was put right and does not happen by accident, in words.
    """

    notebook: NotebookNode
    repaired: tuple[str, ...]
    tampered: tuple[str, ...]


def prepare_notebook(submitted: bytes, released: NotebookNode) -> PreparedNotebook:
    """Read a student's notebook, and repair what students were not to change.

    Parameters
    ----------
    submitted
        The notebook file as it was handed in.
    released
        The notebook as students were given it.

    Raises
    ------
    UngradableError
        When it cannot be read, or is another one.
    """
    repair = CellRestorer(parse_notebook(submitted), released)
    if repair.is_other_notebook:
        title = heading(repair.cells)
        what = f'this is "{title}"' if title else "it has none of this lesson's exercises"
        raise UngradableError(Status.UNREADABLE, f"another notebook: {what}")
    repair.run()
    ours = {cell.source for cell in released.cells}
    for cell in repair.cells:
        if cell.cell_type != "code" and cell.source not in ours:
            _sanitize(cell)
    # The lesson says what kernel it is for, and all else that is about the notebook as a whole.
    notebook = new_notebook(cells=repair.cells, metadata=released.metadata)
    return PreparedNotebook(notebook, repair.repaired, tuple(repair.tampered))


def _sanitize(cell: NotebookNode) -> None:
    if cell.cell_type == "raw":
        # Raw cells go into web pages as they are.
        cell.cell_type, cell.source = "markdown", as_plain_text(cell.source)
    else:
        cell.source = sanitize_markdown(cell.source, cell.get("attachments", {}))

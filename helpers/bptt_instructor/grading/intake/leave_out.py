"""Leave out the lesson's cells that only show something, where nothing in a submission can notice it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptt_instructor.grading.intake.match_cells import grade_id
from bptt_instructor.grading.intake.release_history import same_for_people
from bptt_instructor.lessons.shown_cells import SKIP_TAG, defined_names, is_shown_only, used_names

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_READ_CHARACTERS = 100_000
"""Length of all code that is looked through for names; with more, every cell runs."""


def leave_out_shown(cells: list[NotebookNode], released: NotebookNode) -> None:
    """Tag the cells that need not run: those whose text is that of a tagged cell of the released notebook.

    All of them run if any other cell uses a name that one of them defines. What counts is the text, because ids change
    where a notebook is saved elsewhere. Tags of the submission itself are gone by now.

    Parameters
    ----------
    cells
        Cells of a submission, restored; metadata is changed in place.
    released
        The released notebook.
    """
    texts = _texts(released.cells)
    shown_texts = {text for text, shown in texts if shown} - {text for text, shown in texts if not shown}
    code = [cell for cell in cells if cell.cell_type == "code"]
    shown = [cell for cell in code if not grade_id(cell) and same_for_people(cell.source) in shown_texts]
    known = {id(cell) for cell in shown}
    others = [cell.source for cell in code if id(cell) not in known]
    if sum(map(len, others)) > MAX_READ_CHARACTERS:
        return
    defined = frozenset[str]().union(*(defined_names(cell.source) for cell in shown))
    if all(names is not None and defined.isdisjoint(names) for names in map(used_names, others)):
        for cell in shown:
            cell.metadata["tags"] = [SKIP_TAG]


def _texts(released: list[NotebookNode]) -> list[tuple[str, bool]]:
    return [(same_for_people(cell.source), is_shown_only(cell)) for cell in released if cell.cell_type == "code"]

"""Take in one submission: make of its bytes a notebook that can be graded, or say why there is none."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat

from bptt.grading.refused import RefusedError
from bptt.grading.row import Status

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Taken:
    """A submission ready for grading.

    Attributes
    ----------
    notebook
        The student's notebook, with every locked and every graded cell of the released one in it.
    missing, changed
        The ``grade_id`` of each locked or graded cell that was put back, because it had gone or was another.
    """

    notebook: NotebookNode
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def take_in(submitted: bytes, released: NotebookNode) -> Taken:
    """Read a student's notebook, and repair what students were not to change.

    nbgrader 0.9.6 restores a changed test cell, but never looks for one that is gone: the points stay what they were,
    at first none. (Its option for that, ``add_missing_cells``, fails when the cell before is gone or merely locked.)
    So each cell is compared with the released one here, and put back after the nearest one that stood before it.

    Parameters
    ----------
    submitted
        The notebook file as it was handed in.
    released
        The notebook as students were given it.

    Raises
    ------
    RefusedError
        When it cannot be read, or is another one.
    """
    notebook = _read(submitted)
    ours = {_id(cell): cell for cell in released.cells if _id(cell)}
    place = _places(notebook, ours)
    if not place:
        raise RefusedError(Status.UNREADABLE, "another notebook: it has none of this lesson's exercises")
    missing, changed = [], []
    before = -1
    for grade_id, cell in ours.items():
        meta = cell.metadata["nbgrader"]
        if grade_id in place:
            before = place[grade_id]
            theirs = notebook.cells[before]
            # Points, locks and the like are the lesson's to say.
            theirs.metadata["nbgrader"] = copy.deepcopy(meta)
            if not meta["solution"] and not _same(theirs, cell):
                notebook.cells[before] = copy.deepcopy(cell)
                changed.append(grade_id)
        elif meta["grade"] or meta["locked"]:
            before += 1
            notebook.cells.insert(before, copy.deepcopy(cell))
            place = {known: at + (at >= before) for known, at in place.items()}
            missing.append(grade_id)
    return Taken(notebook, tuple(missing), tuple(changed))


def _read(data: bytes) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        start = data[:20].decode("utf-8", "replace").split("\n")[0].strip()
        begins = f"begins with {start!r}" if start else "is empty"
        what = "damaged" if data.lstrip().startswith(b"{") else "not a notebook"
        raise RefusedError(Status.UNREADABLE, f"{what}: the file {begins}") from error
    return notebook


def _places(notebook: NotebookNode, ours: dict[str, NotebookNode]) -> dict[str, int]:
    """Find each of our cells. A copy of a cell, and an id that is not ours, lose their metadata: they do not count."""
    place: dict[str, int] = {}
    for at, cell in enumerate(notebook.cells):
        grade_id = _id(cell)
        if grade_id in ours and grade_id not in place:
            place[grade_id] = at
        else:
            cell.metadata.pop("nbgrader", None)
    return place


def _id(cell: NotebookNode) -> str:
    meta = cell.metadata.get("nbgrader", {})
    return str(meta.get("grade_id", "")) if isinstance(meta, dict) else ""


def _same(theirs: NotebookNode, ours: NotebookNode) -> bool:
    return theirs.cell_type == ours.cell_type and theirs.source.rstrip() == ours.source.rstrip()

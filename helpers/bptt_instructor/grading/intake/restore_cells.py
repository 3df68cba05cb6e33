"""Restore locked and graded cells from the released notebook."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from bptt.wording import join_names
from bptt_instructor.grading.intake.tampering import changed_metadata, changes_behaviour

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_TYPE_NAMES = {"code": "code", "markdown": "text", "raw": "raw text"}
MAX_NAME_CHARACTERS = 40
_FUNCTION = re.compile(r"^def (\w+)", re.MULTILINE)


class CellRestorer:
    """Restores the cells of one submitted notebook that students must not change.

    nbgrader 0.9.6 restores a changed test cell, but never looks for one that is missing: the points stay what they
    were, at first none. (Its option for that, ``add_missing_cells``, fails when the cell before is missing or merely
    locked.) So each cell is compared with the released one here, and a missing one is inserted after the nearest that
    stands before it in the lesson. Students' own cells stay where they are, and run.

    Parameters
    ----------
    cells
        From :func:`bptt_instructor.grading.intake.parse_notebook.parse_notebook`; changed in place.
    released
        The notebook that students were given.

    Attributes
    ----------
    cells
        The same list; restored once :meth:`run` has been called.
    tampered
        Messages on what was restored and does not change by accident.
    """

    def __init__(self, cells: list[NotebookNode], released: NotebookNode) -> None:
        self.cells = cells
        self.tampered: list[str] = []
        self._repaired: dict[str, list[str]] = {}
        self._released = {_grade_id(cell): cell for cell in released.cells if _grade_id(cell)}
        self._by_grade_id: dict[str, list[NotebookNode]] = {}
        for cell in cells:
            self._by_grade_id.setdefault(_grade_id(cell), []).append(cell)
        self._matched: dict[str, NotebookNode] = {}
        for name, ours in self._released.items():
            theirs = self._submitted_cell(name, ours)
            if theirs is not None:
                self._matched[name] = theirs

    @property
    def is_other_notebook(self) -> bool:
        """Whether it is another lesson's notebook: it has no more cells of this lesson than of others."""
        others = [name for name in self._by_grade_id if name and name not in self._released]
        return len(self._matched) <= len(others)

    @property
    def repaired(self) -> tuple[str, ...]:
        """Messages on what was restored and may have changed by accident."""
        return tuple(f"{join_names(dict.fromkeys(names))} {what}" for what, names in self._repaired.items())

    def run(self) -> None:
        """Restore all cells, in place."""
        for name in self._released:
            self._unlock_copies(name)
        for cell in self.cells:
            if not any(cell is known for known in self._matched.values()):
                self._unlock(cell)
        for name, cell in self._matched.items():
            self._restore(name, cell)
        self._insert_missing()
        self._make_ids_unique()

    def _submitted_cell(self, name: str, ours: NotebookNode) -> NotebookNode | None:
        """Return the submitted cell that is one of the lesson's: by ``grade_id``, else by cell id, else by source."""
        named = self._by_grade_id.get(name, [])
        if named:
            # A student may have copied the exercise, and filled in the copy.
            return next((cell for cell in named if not _same_text(cell, ours)), named[0])
        lost = [cell for cell in self.cells if _grade_id(cell) not in self._released and _is_renamed(cell, ours)]
        return next((cell for cell in lost if not any(cell is known for known in self._matched.values())), None)

    def _unlock_copies(self, name: str) -> None:
        """Make copies of a cell plain cells, which run; merge the parts of a written answer."""
        first, ours = self._matched.get(name), self._released[name]
        copies = [cell for cell in self._by_grade_id.get(name, []) if cell is not first]
        if not first or not copies:
            return
        self._note_repair("stood there more than once: one of them counts", name)
        if ours.metadata["nbgrader"]["solution"] and ours.cell_type != "code":
            parts = [cell for cell in self._by_grade_id[name] if not _same_text(cell, ours)] or [first]
            first.source = "\n\n".join(part.source for part in parts)
            first.attachments = {key: value for part in parts for key, value in part.get("attachments", {}).items()}
            self.cells[:] = [cell for cell in self.cells if not any(cell is copy for copy in copies)]

    def _unlock(self, cell: NotebookNode) -> None:
        theirs = cell.metadata.pop("nbgrader", {})
        name = str(theirs.get("grade_id", ""))
        if name and name not in self._released and theirs.get("grade") and theirs.get("points"):
            self.tampered.append(
                f"{name[:MAX_NAME_CHARACTERS]} is a graded cell that the lesson does not have: it counts nothing"
            )

    def _restore(self, name: str, cell: NotebookNode) -> None:
        ours = self._released[name]
        meta = ours.metadata["nbgrader"]
        theirs = cell.metadata.get("nbgrader", {})
        if _grade_id(cell) != name:
            self._note_repair("had lost its name: given back", name)
        changes = list(changed_metadata(theirs, meta))
        if changes:
            self.tampered.append(f"{name} had {join_names(changes)}: restored")
        # Points and locks are the lesson's, whatever the file says.
        cell.metadata, cell.id = copy.deepcopy(ours.metadata), ours.id
        if cell.cell_type != ours.cell_type:
            self._note_repair(
                f"had become {CELL_TYPE_NAMES[cell.cell_type]}: made {CELL_TYPE_NAMES[ours.cell_type]} again", name
            )
            source = cell.source
            cell.clear()
            cell.update(copy.deepcopy(ours) | {"source": source})
        if meta["solution"] or _same_text(cell, ours):
            return
        if meta["grade"] and changes_behaviour(cell.source, ours.source):
            self.tampered.append(f"{name} had been changed to test something else: restored")
        else:
            self._note_repair("had been changed: restored", name)
        cell.source = ours.source

    def _insert_missing(self) -> None:
        before = -1
        for name, ours in self._released.items():
            meta = ours.metadata["nbgrader"]
            if name in self._matched:
                before = next(at for at, cell in enumerate(self.cells) if cell is self._matched[name])
            elif meta["grade"] or meta["locked"]:
                before += 1
                self.cells.insert(before, copy.deepcopy(ours))
                self._note_repair("had gone: put back", name)

    def _make_ids_unique(self) -> None:
        """Replace the ids of students' own cells that a cell of the lesson has."""
        reserved = {cell.id for cell in self.cells if _grade_id(cell)}
        for number, cell in enumerate(self.cells, start=1):
            if not _grade_id(cell) and cell.id in reserved:
                cell.id = f"copy-{number}"

    def _note_repair(self, what: str, name: str) -> None:
        self._repaired.setdefault(what, []).append(name)


def _grade_id(cell: NotebookNode) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return name if isinstance(name, str) else ""


def _same_text(theirs: NotebookNode, ours: NotebookNode) -> bool:
    return theirs.cell_type == ours.cell_type and theirs.source.rstrip() == ours.source.rstrip()


def _is_renamed(theirs: NotebookNode, ours: NotebookNode) -> bool:
    """Tell whether a cell without the lesson's ``grade_id`` is one of the lesson's all the same."""
    if theirs.id == ours.id or _same_text(theirs, ours):
        return True
    function = _FUNCTION.search(ours.source) if ours.cell_type == "code" else None
    return function is not None and function[1] in _FUNCTION.findall(theirs.source)

"""Put a notebook right: every cell that students were not to change is as it was released, and where it belongs."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from bptt.wording import join_names
from bptt_instructor.grading.intake.tampering import changed_metadata, changes_behaviour

if TYPE_CHECKING:
    from nbformat import NotebookNode

KINDS = {"code": "code", "markdown": "text", "raw": "raw text"}
LONGEST_NAME = 40
_FUNCTION = re.compile(r"^def (\w+)", re.MULTILINE)


class CellRestorer:
    """One notebook's cells, beside those that were released.

    nbgrader 0.9.6 restores a changed test cell, but never looks for one that is gone: the points stay what they were,
    at first none. (Its option for that, ``add_missing_cells``, fails when the cell before is gone or merely locked.)
    So each cell is compared with the released one here, and put back after the nearest one that stood before it.
    Students' own cells stay where they are, and run.

    Parameters
    ----------
    cells
        As :func:`bptt_instructor.grading.intake.parse_notebook.read` gives them.
    released
        The notebook as students were given it.

    Attributes
    ----------
    cells
        The same, and right once :meth:`do` has been called.
    tampered
        What was put right and does not happen by accident, in words.
    """

    def __init__(self, cells: list[NotebookNode], released: NotebookNode) -> None:
        self.cells = cells
        self.tampered: list[str] = []
        self._repaired: dict[str, list[str]] = {}
        self._ours = {_name(cell): cell for cell in released.cells if _name(cell)}
        self._named: dict[str, list[NotebookNode]] = {}
        for cell in cells:
            self._named.setdefault(_name(cell), []).append(cell)
        self._matched: dict[str, NotebookNode] = {}
        for name, ours in self._ours.items():
            found = self._find(name, ours)
            if found is not None:
                self._matched[name] = found

    @property
    def is_another(self) -> bool:
        """Whether this is another notebook: it has no more cells of this lesson than of others."""
        others = [name for name in self._named if name and name not in self._ours]
        return len(self._matched) <= len(others)

    @property
    def repaired(self) -> tuple[str, ...]:
        """What was put right and may well have happened by accident, in words."""
        return tuple(f"{join_names(dict.fromkeys(names))} {what}" for what, names in self._repaired.items())

    def run(self) -> None:
        """Put everything right."""
        for name in self._ours:
            self._set_copies_free(name)
        for cell in self.cells:
            if not any(cell is known for known in self._matched.values()):
                self._unlock(cell)
        for name, cell in self._matched.items():
            self._restore(name, cell)
        self._put_back()
        self._give_ids()

    def _find(self, name: str, ours: NotebookNode) -> NotebookNode | None:
        """Find one of our cells: by what nbgrader noted on it, or else by its id, or else by its text."""
        its = self._named.get(name, [])
        if its:
            # Somebody may have copied the exercise, and filled the copy.
            return next((cell for cell in its if not _same(cell, ours)), its[0])
        lost = [cell for cell in self.cells if _name(cell) not in self._ours and _is_like(cell, ours)]
        return next((cell for cell in lost if not any(cell is known for known in self._matched.values())), None)

    def _set_copies_free(self, name: str) -> None:
        """Keep a cell's copies as plain cells, which run; the parts of a written answer become one again."""
        first, ours = self._matched.get(name), self._ours[name]
        copies = [cell for cell in self._named.get(name, []) if cell is not first]
        if not first or not copies:
            return
        self._note("stood there more than once: one of them counts", name)
        if ours.metadata["nbgrader"]["solution"] and ours.cell_type != "code":
            parts = [cell for cell in self._named[name] if not _same(cell, ours)] or [first]
            first.source = "\n\n".join(part.source for part in parts)
            first.attachments = {key: value for part in parts for key, value in part.get("attachments", {}).items()}
            self.cells[:] = [cell for cell in self.cells if not any(cell is copy for copy in copies)]

    def _unlock(self, cell: NotebookNode) -> None:
        noted = cell.metadata.pop("nbgrader", {})
        name = str(noted.get("grade_id", ""))
        if name and name not in self._ours and noted.get("grade") and noted.get("points"):
            self.tampered.append(
                f"{name[:LONGEST_NAME]} is a graded cell that the lesson does not have: it counts nothing"
            )

    def _restore(self, name: str, cell: NotebookNode) -> None:
        ours = self._ours[name]
        meta = ours.metadata["nbgrader"]
        noted = cell.metadata.get("nbgrader", {})
        if _name(cell) != name:
            self._note("had lost its name: given back", name)
        told = list(changed_metadata(noted, meta))
        if told:
            self.tampered.append(f"{name} had {join_names(told)}: restored")
        # Points, locks and the like are the lesson's to say.
        cell.metadata, cell.id = copy.deepcopy(ours.metadata), ours.id
        if cell.cell_type != ours.cell_type:
            self._note(f"had become {KINDS[cell.cell_type]}: made {KINDS[ours.cell_type]} again", name)
            source = cell.source
            cell.clear()
            cell.update(copy.deepcopy(ours) | {"source": source})
        if meta["solution"] or _same(cell, ours):
            return
        if meta["grade"] and changes_behaviour(cell.source, ours.source):
            self.tampered.append(f"{name} had been changed to test something else: restored")
        else:
            self._note("had been changed: restored", name)
        cell.source = ours.source

    def _put_back(self) -> None:
        before = -1
        for name, ours in self._ours.items():
            meta = ours.metadata["nbgrader"]
            if name in self._matched:
                before = next(at for at, cell in enumerate(self.cells) if cell is self._matched[name])
            elif meta["grade"] or meta["locked"]:
                before += 1
                self.cells.insert(before, copy.deepcopy(ours))
                self._note("had gone: put back", name)

    def _give_ids(self) -> None:
        """Let no other cell have the id of one of ours."""
        taken = {cell.id for cell in self.cells if _name(cell)}
        for number, cell in enumerate(self.cells, start=1):
            if not _name(cell) and cell.id in taken:
                cell.id = f"copy-{number}"

    def _note(self, what: str, name: str) -> None:
        self._repaired.setdefault(what, []).append(name)


def _name(cell: NotebookNode) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return name if isinstance(name, str) else ""


def _same(theirs: NotebookNode, ours: NotebookNode) -> bool:
    return theirs.cell_type == ours.cell_type and theirs.source.rstrip() == ours.source.rstrip()


def _is_like(theirs: NotebookNode, ours: NotebookNode) -> bool:
    """Tell whether a cell that has lost its name is one of ours."""
    if theirs.id == ours.id or _same(theirs, ours):
        return True
    function = _FUNCTION.search(ours.source) if ours.cell_type == "code" else None
    return function is not None and re.search(rf"^def {function[1]}\b", theirs.source, re.MULTILINE) is not None

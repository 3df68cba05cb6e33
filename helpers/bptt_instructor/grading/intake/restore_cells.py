"""Restore locked and graded cells from the released notebook."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

from bptt.wording import join_names
from bptt_instructor.grading.intake.find_answers import AnswerFinder
from bptt_instructor.grading.intake.match_cells import CellMatcher, functions_of, grade_id, is_solution
from bptt_instructor.grading.intake.release_history import ReleaseHistory, same_for_people
from bptt_instructor.grading.intake.stray_text import own_code
from bptt_instructor.grading.intake.tampering import could_win_points

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from bptt_instructor.grading.intake.find_answers import StrayAnswer

CELL_TYPE_NAMES = {"code": "code", "markdown": "text", "raw": "raw text"}
MAX_NAME_CHARACTERS = 40
MAX_NAMES = 4
"""Cells that a message names; of others it says how many."""
_MARKS = ("grade", "solution", "locked", "task")
_WORD = re.compile(r"\w+")


class CellRestorer:
    """Restores the cells of one submitted notebook that students must not change.

    nbgrader 0.9.6 restores a changed test cell, but never looks for one that is missing: the points stay what they
    were, at first none. (Its option for that, ``add_missing_cells``, fails when the cell before is missing or merely
    locked.) So each cell is compared with the released one here. A missing one, and one that stands before what it
    tests or after what follows in the lesson, is put after the cell before it in the lesson. Students' own cells stay
    where they are, and run.

    Parameters
    ----------
    cells
        From :func:`bptt_instructor.grading.intake.parse_notebook.parse_notebook`; changed in place.
    released
        The notebook that is released today.
    history
        What was released earlier.

    Attributes
    ----------
    cells
        The same list; restored once :meth:`run` has been called.
    tampered
        Messages on what was restored and could have won points.
    """

    def __init__(
        self, cells: list[NotebookNode], released: NotebookNode, history: ReleaseHistory | None = None
    ) -> None:
        self.cells = cells
        self.tampered: list[str] = []
        self._repaired: dict[str, list[str]] = {}
        self._answered_elsewhere: list[str] = []
        self._released: list[NotebookNode] = released.cells
        self._names = {grade_id(cell) for cell in self._released} - {""}
        self._history = history or ReleaseHistory(released)
        self._given = self._history.given_names(
            (grade_id(cell), same_for_people(cell.source), cell.metadata["nbgrader"].get("points"))
            for cell in cells
            if grade_id(cell) in self._history
        )
        self._matcher = CellMatcher(cells, self._released, self._history)
        self._matcher.match_all_but_solutions()
        self._keep_own_code()
        self._matcher.match_solutions()

    @property
    def is_other_notebook(self) -> bool:
        """Whether it is another lesson's notebook: it has no more cells of this lesson than of others."""
        others = {grade_id(cell) for cell in self.cells} - {""}
        return self._matcher.recognised <= sum(name not in self._history for name in others)

    @property
    def repaired(self) -> tuple[str, ...]:
        """Messages on what was restored and may have changed by accident."""
        return tuple(f"{_some(names)} {what}" for what, names in self._repaired.items())

    @property
    def remarks(self) -> tuple[str, ...]:
        """Messages on what needs no repair, and is worth knowing."""
        names = self._answered_elsewhere
        return (f"{_some(names)} answered in another cell: copied, to be read",) if names else ()

    def run(self) -> None:
        """Restore all cells, in place."""
        finder = AnswerFinder(self.cells, self._released, self._matcher, self._history)
        answers = dict(finder.find())
        for name, copies in self._matcher.copies.items():
            self._unlock_copies(name, copies)
        gone = self._matcher.superseded
        self.cells[:] = [cell for cell in self.cells if id(cell) not in gone]
        for cell in self.cells:
            if not self._matcher.is_matched(cell):
                self._unlock(cell)
        for at, cell in self._matcher.matched.items():
            if grade_id(self._released[at]):
                self._restore(self._released[at], cell)
        self._insert_missing()
        for at, ours in enumerate(self._released):
            if grade_id(ours) in answers and at in self._matcher.matched:
                self._add_answer(self._matcher.matched[at], ours, answers[grade_id(ours)])
        self._put_in_order()
        self._make_ids_unique()

    def _keep_own_code(self) -> None:
        """Keep functions that were written into a cell that is restored, as a cell of their own above it."""
        kept: dict[int, NotebookNode] = {}
        for at, cell in self._matcher.matched.items():
            ours = self._released[at]
            name = grade_id(ours)
            if name and ours.cell_type == "code" and not self._history.is_released(name, same_for_people(cell.source)):
                code = own_code(cell.source)
                if code:
                    kept[id(cell)] = own = _code_cell(code, f"own-{at}")
                    self._matcher.add(own)
                    self._note_repair("had a function written into it: kept as a cell of its own above", name)
        self.cells[:] = [
            each for cell in self.cells for each in ([kept[id(cell)]] if id(cell) in kept else []) + [cell]
        ]

    def _unlock_copies(self, name: str, copies: list[NotebookNode]) -> None:
        """Make copies of a cell plain cells, which run; merge the parts of a written answer."""
        at, ours = next((at, ours) for at, ours in enumerate(self._released) if grade_id(ours) == name)
        first = self._matcher.matched[at]
        self._note_repair("stood there more than once: one of them counts", name)
        if is_solution(ours) and ours.cell_type != "code":
            known = {id(cell) for cell in (first, *copies)}
            parts = [cell for cell in self.cells if id(cell) in known and not self._matcher.is_blank(name, cell)]
            parts = parts or [first]
            first.source = "\n\n".join(part.source for part in parts)
            first.attachments = {key: value for part in parts for key, value in part.get("attachments", {}).items()}
            self._matcher.superseded |= known - {id(first)}

    def _unlock(self, cell: NotebookNode) -> None:
        theirs = cell.metadata.pop("nbgrader", {})
        name = str(theirs.get("grade_id", ""))
        if name and name not in self._history and theirs.get("grade") and theirs.get("points"):
            self.tampered.append(
                f"{name[:MAX_NAME_CHARACTERS]} is a graded cell that the lesson does not have: it counts for nothing"
            )

    def _restore(self, ours: NotebookNode, cell: NotebookNode) -> None:
        name, meta = grade_id(ours), ours.metadata["nbgrader"]
        if grade_id(cell) != name:
            self._note_repair("had lost its name: given back", name)
        self._compare_marks(name, cell.metadata.get("nbgrader", {}))
        # Points and locks are the lesson's, whatever the file says.
        cell.metadata, cell.id = copy.deepcopy(ours.metadata), ours.id
        text = same_for_people(cell.source)
        if cell.cell_type != ours.cell_type:
            self._note_repair(
                f"had become {CELL_TYPE_NAMES[cell.cell_type]}: made {CELL_TYPE_NAMES[ours.cell_type]} again", name
            )
            source = cell.source
            cell.clear()
            cell.update(copy.deepcopy(ours) | {"source": source})
        if self._history.is_released(name, text) or (meta["solution"] and not text.strip()):
            cell.source = ours.source
        elif not meta["solution"]:
            if meta["grade"] and could_win_points(cell.source, self._history.sources(name)):
                self.tampered.append(f"{name} had been changed to test something else: restored")
            else:
                self._note_repair("had been changed: restored", name)
            cell.source = ours.source

    def _compare_marks(self, name: str, theirs: dict[str, Any]) -> None:
        points = theirs.get("points", 0)
        if points > max([0, *self._history.marks(name, "points")]):
            # Points may have been lowered since a release that is not on record.
            if self._history.complete:
                self.tampered.append(f"{name} had points set to {str(points)[:20]}: restored")
            else:
                self._note_repair("had other points: restored", name)
        for mark in _MARKS:
            if theirs.get(mark) and theirs[mark] not in self._history.marks(name, mark):
                self._note_repair(f'had its mark "{mark}" changed: restored', name)

    def _insert_missing(self) -> None:
        """Match each graded or locked cell that is missing with a new one; it has its place once all are in order."""
        for at, ours in enumerate(self._released):
            meta = ours.metadata.get("nbgrader", {})
            if at not in self._matcher.matched and (meta.get("grade") or meta.get("locked")):
                self._matcher.matched[at] = copy.deepcopy(ours)
                if grade_id(ours) in self._given:
                    self._note_repair("had gone: put back", grade_id(ours))

    def _add_answer(self, cell: NotebookNode, ours: NotebookNode, found: StrayAnswer) -> None:
        written = [] if cell.source == ours.source else [cell.source]
        cell.source = "\n\n".join([*written, found.source])
        attachments = {**found.attachments, **cell.get("attachments", {})}
        if attachments:
            cell.attachments = attachments
        self._answered_elsewhere.append(grade_id(ours))

    def _put_in_order(self) -> None:
        """Put missing cells in, and locked ones that stand before what they need or after what follows."""
        matched = self._matcher.matched
        place = {id(cell): at for at, cell in enumerate(self.cells)}
        functions = {
            function: matched[at]
            for at, ours in enumerate(self._released)
            if is_solution(ours) and at in matched
            for function in functions_of(ours)
        }
        before: dict[int, NotebookNode] = {}
        after: dict[int | None, list[NotebookNode]] = defaultdict(list)
        last: NotebookNode | None = None
        where = {id(cell): (at, 0) for at, cell in enumerate(self.cells)}
        for at, ours in enumerate(self._released):
            if at not in matched:
                continue
            cell, answer = matched[at], matched.get(at + 1)
            if not _is_fixed(ours) and id(cell) in place:
                last = cell
                continue
            if _asks_for(ours, self._released[at + 1 : at + 2]) and answer is not None and id(answer) in place:
                between = self.cells[place.get(id(cell), len(place)) + 1 : place[id(answer)]]
                if not (id(cell) in place and place[id(cell)] < place[id(answer)]) or any(
                    self._matcher.is_matched(each) for each in between
                ):
                    before[id(answer)] = cell
                else:
                    last = cell
                continue
            needs = _needed(ours.source, functions)
            if not self._is_in_place(at, place, needs):
                base = max([*filter(None, [last]), *needs], key=lambda each: where[id(each)], default=None)
                after[None if base is None else id(base)].append(cell)
                root = (-1, 0) if base is None else where[id(base)]
                where[id(cell)] = root[0], root[1] + 1
            last = cell
        moved = {id(cell) for cells in after.values() for cell in cells} | {id(cell) for cell in before.values()}
        ordered: list[NotebookNode] = []

        def emit(cell: NotebookNode) -> None:
            waiting = [cell]
            while waiting:
                each = waiting.pop()
                ordered.extend([before[id(each)]] if id(each) in before else [])
                ordered.append(each)
                waiting.extend(reversed(after[id(each)]))

        for cell in [*after[None], *(cell for cell in self.cells if id(cell) not in moved)]:
            emit(cell)
        self.cells[:] = ordered

    def _is_in_place(self, at: int, place: dict[int, int], needs: list[NotebookNode]) -> bool:
        matched = self._matcher.matched
        here = place.get(id(matched[at]))
        if here is None:
            return False
        earlier, later = range(at - 1, -1, -1), range(at + 1, len(self._released))

        def nearest(numbers: range) -> int | None:
            for number in numbers:
                if number in matched and not _is_fixed(self._released[number]):
                    return place.get(id(matched[number]))
            return None

        previous, following = nearest(earlier), nearest(later)
        if (previous is not None and previous > here) or any(place.get(id(cell), -1) > here for cell in needs):
            return False
        # Where the student has moved exercises, what follows in the lesson says nothing.
        return following is None or here < following or (previous is not None and following < previous)

    def _make_ids_unique(self) -> None:
        """Replace the ids of students' own cells that another cell has."""
        seen = {cell.id for cell in self.cells if grade_id(cell)}
        for number, cell in enumerate(self.cells, start=1):
            if not grade_id(cell):
                names = (cell.id, *(f"copy-{number}{again}" for again in ("", "-again", "-once-more")))
                cell.id = next(name for name in names if name not in seen)
                seen.add(cell.id)

    def _note_repair(self, what: str, name: str) -> None:
        self._repaired.setdefault(what, []).append(name)


def _needed(source: str, functions: dict[str, NotebookNode]) -> list[NotebookNode]:
    """Return the cells of the functions that a check names, and of those that they name in turn."""
    needed: dict[str, NotebookNode] = {}
    waiting = [source]
    while waiting:
        for word in _WORD.findall(waiting.pop()):
            if word in functions and word not in needed:
                needed[word] = functions[word]
                waiting.append(functions[word].source)
    return list(needed.values())


def _some(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = len(names) - MAX_NAMES
    return join_names(names if more <= 0 else [*names[:MAX_NAMES], f"{more} more"])


def _is_fixed(ours: NotebookNode) -> bool:
    meta = ours.metadata.get("nbgrader", {})
    return bool(meta.get("grade") or meta.get("locked")) and not meta.get("solution")


def _asks_for(ours: NotebookNode, following: list[NotebookNode]) -> bool:
    return ours.cell_type != "code" and any(is_solution(cell) and cell.cell_type != "code" for cell in following)


def _code_cell(source: str, name: str) -> NotebookNode:
    cell: NotebookNode = from_dict(
        {"cell_type": "code", "metadata": {}, "source": source, "id": name, "outputs": [], "execution_count": None}
    )
    return cell

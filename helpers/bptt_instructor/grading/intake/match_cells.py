"""Find the lesson's cells in a submitted notebook: by ``grade_id``, id, text, function, or place."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from bptt_instructor.grading.intake.release_history import same_for_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.intake.release_history import ReleaseHistory

_FUNCTION = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)


def grade_id(cell: NotebookNode) -> str:
    """Return the name of a cell; empty when it has none."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return name if isinstance(name, str) else ""


def functions_of(cell: NotebookNode) -> list[str]:
    """Return the names of the functions that a code cell defines."""
    return _FUNCTION.findall(cell.source) if cell.cell_type == "code" else []


class CellMatcher:
    """Matches submitted cells to released ones. Each index is made once, so that time grows as the number of cells.

    Parameters
    ----------
    cells
        Submitted cells.
    released
        Cells of the released notebook.
    history
        What was released earlier.

    Attributes
    ----------
    matched
        Submitted cells by the released one's place in its notebook.
    copies
        Further submitted cells of a name, by name.
    superseded
        Ids, in the sense of Python, of blank solution cells whose function is written in another cell.
    recognised
        Number of named cells that were found by more than their place.
    """

    def __init__(self, cells: list[NotebookNode], released: list[NotebookNode], history: ReleaseHistory) -> None:
        self._cells, self._released, self._history = cells, released, history
        self.matched: dict[int, NotebookNode] = {}
        self.copies: dict[str, list[NotebookNode]] = {}
        self.superseded: set[int] = set()
        self.recognised = 0
        self._texts = {id(cell): same_for_people(cell.source) for cell in cells}
        self._claimed: set[int] = set()
        self._named: dict[str, list[NotebookNode]] = defaultdict(list)
        self._by_id: dict[str, list[NotebookNode]] = defaultdict(list)
        self._by_text: dict[tuple[str, str], list[NotebookNode]] = defaultdict(list)
        self._by_function: dict[str, list[NotebookNode]] = defaultdict(list)
        names = {grade_id(cell) for cell in released} - {""}
        self._released_texts = {same_for_people(cell.source) for cell in released}.union(*map(history.texts, names))
        for cell in cells:
            if grade_id(cell) in names:
                self._named[grade_id(cell)].append(cell)
                continue
            self._by_id[cell.id].append(cell)
            self._by_text[cell.cell_type, self._texts[id(cell)]].append(cell)
            for function in dict.fromkeys(functions_of(cell)):
                self._by_function[function].append(cell)

    def add(self, cell: NotebookNode) -> None:
        """Add a cell that was made of another's code."""
        self._texts[id(cell)] = same_for_people(cell.source)
        for function in dict.fromkeys(functions_of(cell)):
            self._by_function[function].append(cell)

    def match_all_but_solutions(self) -> None:
        """Match graded, locked and plain cells."""
        for at, ours in enumerate(self._released):
            if not is_solution(ours):
                self._claim(at, self._named.get(grade_id(ours), []) or list(self._alike(ours))[:1])

    def match_solutions(self) -> None:
        """Match solution cells: of several, one that is written."""
        for at, ours in enumerate(self._released):
            if is_solution(ours):
                name = grade_id(ours)
                named = self._named.get(name, [])
                candidates = named or list(self._alike(ours))[:1]
                if all(self.is_blank(name, cell) for cell in candidates):
                    # Of a function that is defined again and again the last definition counts, as in Python.
                    own = [cell for cell in self._with_function(ours) if not self.is_blank(name, cell)][-1:]
                    self.superseded |= {id(cell) for cell in candidates} if own else set()
                    candidates = own or candidates
                blank = [cell for cell in candidates if self.is_blank(name, cell)]
                self._claim(at, [*(cell for cell in candidates if not self.is_blank(name, cell)), *blank])
        self.recognised = sum(bool(grade_id(self._released[at])) for at in self.matched)
        place = {id(cell): at for at, cell in enumerate(self._cells)}
        for at, ours in enumerate(self._released):
            if is_solution(ours) and at not in self.matched:
                self._claim(at, self._by_place(at, ours, place))

    def is_blank(self, name: str, cell: NotebookNode) -> bool:
        """Tell whether a solution cell is empty, or as it was released."""
        text = self._texts[id(cell)]
        return not text.strip() or self._history.is_released(name, text)

    def is_own(self, cell: NotebookNode) -> bool:
        """Tell whether a cell holds something of the student's own, and is none of the lesson's."""
        text = self._texts[id(cell)]
        return id(cell) not in self._claimed and bool(text.strip()) and text not in self._released_texts

    def is_matched(self, cell: NotebookNode) -> bool:
        """Tell whether a cell is one of the lesson's."""
        return id(cell) in self._claimed

    def _claim(self, at: int, candidates: list[NotebookNode]) -> None:
        if candidates:
            self.matched[at] = candidates[0]
            self._claimed.add(id(candidates[0]))
            if candidates[1:]:
                self.copies[grade_id(self._released[at])] = candidates[1:]

    def _free(self, cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
        return (cell for cell in cells if id(cell) not in self._claimed)

    def _alike(self, ours: NotebookNode) -> Iterator[NotebookNode]:
        name, kind = grade_id(ours), ours.cell_type
        texts = self._history.texts(name) if name else {same_for_people(ours.source)}
        same_id = self._by_id.get(ours.id, [])
        if not name:
            same_id = [cell for cell in same_id if self._texts[id(cell)] in texts]
        yield from self._free(same_id)
        for text in texts:
            yield from self._free(self._by_text.get((kind, text), []))
        if is_solution(ours):
            yield from list(self._with_function(ours))[-1:]

    def _with_function(self, ours: NotebookNode) -> Iterator[NotebookNode]:
        for function in functions_of(ours):
            yield from self._free(self._by_function.get(function, []))

    def _by_place(self, at: int, ours: NotebookNode, place: dict[int, int]) -> list[NotebookNode]:
        """Return the one free cell of its kind between the nearest released cells that are there."""
        before = next((place[id(self.matched[n])] for n in range(at - 1, -1, -1) if n in self.matched), -1)
        after = range(at + 1, len(self._released))
        end = next((place[id(self.matched[n])] for n in after if n in self.matched), len(self._cells))
        between = [cell for cell in self._free(self._cells[before + 1 : end]) if cell.cell_type == ours.cell_type]
        return between if len(between) == 1 else []


def is_solution(cell: NotebookNode) -> bool:
    """Tell whether students write in a cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))

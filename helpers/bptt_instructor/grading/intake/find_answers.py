"""Find written answers outside of their cells, so that a person reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.intake.match_cells import grade_id, is_solution
from bptt_instructor.grading.intake.sanitize_markdown import as_plain_text
from bptt_instructor.grading.intake.stray_text import added_remarks, added_text, is_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

    from bptt_instructor.grading.intake.match_cells import CellMatcher
    from bptt_instructor.grading.intake.release_history import ReleaseHistory

MAX_FOUND_CHARACTERS = 12_000
"""Length of what is copied into an answer's cell: more would not be rendered."""


@dataclass(frozen=True)
class StrayAnswer:
    """What a student wrote elsewhere in answer to a question.

    Attributes
    ----------
    source
        Markdown, not sanitised: for each part a line that says where it stood, and the text.
    attachments
        Images of the cells that it comes from.
    """

    source: str
    attachments: dict[str, Any] = field(default_factory=dict)


class AnswerFinder:
    """Finds what was written between a question and the next released cell, or into the cells around it.

    Parameters
    ----------
    cells
        Submitted cells, before any is restored.
    released
        Cells of the released notebook.
    matcher
        Which is which.
    history
        What was released.
    """

    def __init__(
        self,
        cells: list[NotebookNode],
        released: list[NotebookNode],
        matcher: CellMatcher,
        history: ReleaseHistory,
    ) -> None:
        self._cells, self._released, self._matcher, self._history = cells, released, matcher, history
        self._place = {id(cell): at for at, cell in enumerate(cells)}
        self._number = {id(cell): number for number, cell in matcher.matched.items()}
        self._questions = {at - 1 for at in self._answers() if at and _is_question(released[at - 1])}

    def find(self) -> Iterator[tuple[str, StrayAnswer]]:
        """Yield the name of each answer's cell, and what was found for it, when there is any."""
        for at in self._answers():
            parts = list(self._parts(at))
            if parts:
                yield grade_id(self._released[at]), _joined(parts)

    def _answers(self) -> list[int]:
        return [at for at, ours in enumerate(self._released) if is_solution(ours) and ours.cell_type != "code"]

    def _parts(self, at: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
        name, answer = grade_id(self._released[at]), self._matcher.matched.get(at)
        blank = answer is None or self._matcher.is_blank(name, answer)
        question = at - 1 if at - 1 in self._questions else None
        asked = self._matcher.matched.get(question) if question is not None else None
        begin = self._begin(at, question)
        if blank and begin is not None:
            yield from self._above(begin)
        if asked is not None and question is not None:
            text = added_text(asked.source, self._history.lines(grade_id(self._released[question])))
            yield from [("in the cell of the question", text, asked.get("attachments", {}))] if text else []
        if blank and begin is not None:
            yield from self._below(begin, {at, question})

    def _begin(self, at: int, question: int | None) -> int | None:
        """Return the place of the question, else of the answer, else of the nearest released cell before them."""
        matched = self._matcher.matched
        for number in (question, at, *range(at - 1, -1, -1)):
            if number in matched:
                return self._place[id(matched[number])]
        return None

    def _above(self, begin: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if self._number.get(id(self._cells[begin]), -1) not in self._questions | set(self._answers()):
            return
        found = []
        for at in range(begin - 1, -1, -1):
            cell = self._cells[at]
            if id(cell) in self._number:
                found += self._around(cell)
                break
            # Code above a question is about the exercise before it.
            if self._matcher.is_own(cell) and (cell.cell_type != "code" or not is_code(cell.source)):
                found.append(("in a cell above the question", _shown(cell), cell.get("attachments", {})))
        yield from reversed(found)

    def _below(self, begin: int, own: set[int | None]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for cell in self._cells[begin + 1 :]:
            number = self._number.get(id(cell))
            if number is not None and number not in own:
                yield from self._around(cell)
                return
            if self._matcher.is_own(cell) and not _only_checks(cell):
                kind = "code " if cell.cell_type == "code" else ""
                yield f"in a {kind}cell below the question", _shown(cell), cell.get("attachments", {})

    def _around(self, cell: NotebookNode) -> list[tuple[str, str, dict[str, Any]]]:
        """Return what was added to a released cell before or after a question."""
        number = self._number[id(cell)]
        ours = self._released[number]
        if is_solution(ours) or number in self._questions:
            return []
        name = grade_id(ours)
        lines = self._history.lines(name) if name else {line.strip() for line in ours.source.splitlines()}
        text = (added_remarks if ours.cell_type == "code" else added_text)(cell.source, lines)
        where = f"in the cell {name}" if name else "in a cell of the lesson beside the question"
        return [(where, as_plain_text(text) if ours.cell_type == "code" else text, {})] if text else []


def _only_checks(cell: NotebookNode) -> bool:
    """Tell whether a code cell asks for a check, and has no remark in it: that answers no question."""
    return (
        cell.cell_type == "code"
        and "check." in cell.source
        and is_code(cell.source)
        and not added_remarks(cell.source, ())
    )


def _is_question(cell: NotebookNode) -> bool:
    return cell.cell_type != "code" and bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _shown(cell: NotebookNode) -> str:
    text = cell.source[: MAX_FOUND_CHARACTERS + 1]
    return text if cell.cell_type == "markdown" else as_plain_text(text)


def _joined(parts: Iterable[tuple[str, str, dict[str, Any]]]) -> StrayAnswer:
    texts, left = [], MAX_FOUND_CHARACTERS
    attachments: dict[str, Any] = {}
    for where, text, images in parts:
        if left <= 0:
            texts.append("*More was found, and is too long to be copied here.*")
            break
        cut = "\n\n*Cut off here: it is longer.*" if len(text) > left else ""
        texts.append(f"*Found {where}, copied here to be read:*\n\n{text[:left]}{cut}")
        attachments |= {name: image for name, image in images.items() if name not in attachments}
        left -= len(text)
    return StrayAnswer("\n\n".join(texts), attachments)

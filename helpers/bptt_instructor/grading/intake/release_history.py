"""What students were given: each named cell of a lesson, in every release."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

MAX_COMPARED_CHARACTERS = 20_000
"""Length of a text in which spelling of characters is evened out: accents without end take time as a square."""


def same_for_people(source: str) -> str:
    """Return a text without what editors and systems change unseen: line ends, trailing space, tabs, composed accents.

    Parameters
    ----------
    source
        Source of a cell.
    """
    if len(source) <= MAX_COMPARED_CHARACTERS:
        source = unicodedata.normalize("NFC", source)
    lines = source.replace("\ufeff", "").replace("\xa0", " ").expandtabs(4).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


class ReleaseHistory:
    """Versions of a lesson's named cells.

    Parameters
    ----------
    released
        The notebook that is released today.
    earlier
        From :func:`bptt_instructor.lessons.releases.earlier_releases`; empty for none.

    Attributes
    ----------
    complete
        Whether nothing was released that is not here.
    """

    def __init__(self, released: NotebookNode, earlier: bytes = b"") -> None:
        record: dict[str, Any] = json.loads(earlier) if earlier else {"complete": False, "releases": []}
        self.complete: bool = record["complete"]
        today = {
            cell.metadata["nbgrader"]["grade_id"]: {
                "cell_type": cell.cell_type,
                "source": cell.source,
                **cell.metadata["nbgrader"],
            }
            for cell in released.cells
            if cell.metadata.get("nbgrader", {}).get("grade_id")
        }
        self._releases: list[dict[str, dict[str, Any]]] = [today, *reversed(record["releases"])]
        self._versions: dict[str, list[dict[str, Any]]] = {}
        for release in self._releases:
            for name, cell in release.items():
                self._versions.setdefault(name, []).append(cell)
        self._texts = {
            name: {same_for_people(cell["source"]) for cell in cells} for name, cells in self._versions.items()
        }

    def __contains__(self, name: str) -> bool:
        """Tell whether any release has a cell of that name."""
        return name in self._versions

    def is_released(self, name: str, text: str) -> bool:
        """Tell whether a text is what the cell was released with; it comes from :func:`same_for_people`."""
        return text in self._texts.get(name, ())

    def texts(self, name: str) -> set[str]:
        """Return the texts that a cell was released with, from :func:`same_for_people`."""
        return self._texts.get(name, set())

    def sources(self, name: str) -> list[str]:
        """Return the sources that a cell was released with, the latest first."""
        return [cell["source"] for cell in self._versions[name]]

    def marks(self, name: str, mark: str) -> list[Any]:
        """Return the values of one of nbgrader's marks that a cell was released with."""
        return [cell[mark] for cell in self._versions[name] if mark in cell]

    def lines(self, name: str) -> set[str]:
        """Return all lines that a cell was released with."""
        return {line.strip() for text in self._texts[name] for line in text.splitlines()}

    def given_names(self, submitted: Iterable[tuple[str, str, Any]]) -> set[str]:
        """Return the names of the cells in the release that a notebook most likely comes from.

        Parameters
        ----------
        submitted
            Name, text and points of the submitted cells.
        """
        pairs = list(submitted)

        def likeness(number: int) -> int:
            release = self._releases[number]
            return sum(
                name in release
                and same_for_people(release[name]["source"]) == text
                and release[name].get("points") == points
                for name, text, points in pairs
            ) + sum(name in release for name, _, _ in pairs)

        return set(self._releases[max(range(len(self._releases)), key=likeness)])

"""Cut long code in a graded notebook, so that pages for people are soon made: colouring it takes time as a square."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_LINE_CHARACTERS = 1_000
MAX_CELL_CHARACTERS = 20_000
MAX_NOTEBOOK_CHARACTERS = 400_000
"""Length of all code of a notebook together."""


def shorten_code(notebook: NotebookNode) -> None:
    """Cut what is too long to be shown, in place, and say so.

    Parameters
    ----------
    notebook
        A notebook that has run.
    """
    left = MAX_NOTEBOOK_CHARACTERS
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kept = cell.source[: min(MAX_CELL_CHARACTERS, left)]
        if len(kept) > MAX_LINE_CHARACTERS:
            kept = "\n".join(line[:MAX_LINE_CHARACTERS] for line in kept.split("\n"))
        left -= len(kept)
        cut = len(cell.source) - len(kept)
        if cut:
            cell.source = f"{kept}\n# [{cut:,} more characters, which ran, are left out here.]"

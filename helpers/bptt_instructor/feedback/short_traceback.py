"""An error of a student's, as short as it can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbconvert.filters import strip_ansi

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_LINES = 20
LONGEST_LINE = 300


def short_traceback(cell: NotebookNode) -> str:
    """Tell the error that a code cell ended with; empty when there was none.

    Of the traceback only what happened in the notebook stays: the cell, and the function in which it ended.
    """
    told = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not told:
        return ""
    frames = [strip_ansi(frame).strip("\n") for frame in told[-1].traceback]
    own = [frame for frame in frames if frame.lstrip().startswith("Cell ")]
    message = f"{told[-1].ename}: {told[-1].evalue}"
    # The text of a syntax error has its message in it.
    kept = frames if len(frames) == 1 else [*own[:1], *own[1:][-1:], message]
    lines = "\n".join(kept).splitlines()
    short = lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 6], "...", *lines[-5:]]
    return "\n".join(line[:LONGEST_LINE] for line in short)

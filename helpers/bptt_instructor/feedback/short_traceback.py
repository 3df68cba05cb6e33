"""Shorten a traceback to the learner's own frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbconvert.filters import strip_ansi

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_LINES = 20
MAX_LINE_CHARACTERS = 300


def short_traceback(cell: NotebookNode) -> str:
    """Return the shortened traceback of a code cell.

    Of the frames, two stay: the cell's own, and the last one in the notebook.

    Parameters
    ----------
    cell
        The cell, with its outputs.

    Returns
    -------
    str
        The traceback as plain text; empty when the cell ended without an error.
    """
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not errors:
        return ""
    error = errors[-1]
    frames = [strip_ansi(frame).strip("\n") for frame in error.traceback]
    own = [frame for frame in frames if frame.lstrip().startswith("Cell ")]
    message = f"{error.ename}: {error.evalue}"
    # The single frame of a syntax error ends with its message.
    kept = frames if len(frames) == 1 else [*own[:1], *own[1:][-1:], message]
    lines = "\n".join(kept).splitlines()
    short = lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 6], "...", *lines[-5:]]
    return "\n".join(line[:MAX_LINE_CHARACTERS] for line in short)

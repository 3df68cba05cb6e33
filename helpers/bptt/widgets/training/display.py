"""Where a training is watched: in a notebook, in a terminal, or nowhere."""

import sys
from collections.abc import Sequence
from typing import Protocol

from bptt.runtime import has_kernel
from bptt.widgets.training.run import Run
from bptt.widgets.training.terminal_display import TerminalDisplay


class Display(Protocol):
    """Something that shows runs as they are."""

    def show(self) -> None:
        """Show how far the runs are."""

    def close(self) -> None:
        """Show them for the last time, and leave that."""


def display_for(runs: Sequence[Run], title: str) -> Display:
    """Open what can be seen from here."""
    if has_kernel():
        from bptt.widgets.training.notebook_display import NotebookDisplay  # noqa: PLC0415 - only a notebook needs Matplotlib

        return NotebookDisplay(runs, title)
    if sys.stderr.isatty():
        return TerminalDisplay(runs, title)
    return NullDisplay()


class NullDisplay:
    """For a script whose output goes into a file or to another program."""

    def show(self) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Leave nothing."""

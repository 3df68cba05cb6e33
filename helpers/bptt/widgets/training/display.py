"""`Display` protocol, and the choice of a display: in a notebook, in a terminal, or none."""

import sys
from collections.abc import Sequence
from typing import Protocol

from bptt.runtime import has_kernel
from bptt.widgets.training.run import Run
from bptt.widgets.training.terminal_display import TerminalDisplay


class Display(Protocol):
    """Live display of training runs."""

    def show(self) -> None:
        """Show the current state of the runs."""

    def close(self) -> None:
        """Show the final state, which stays."""


def display_for(runs: Sequence[Run], title: str, baseline: tuple[float, str] | None = None) -> Display:
    """Open a display for this process: in the notebook, in the terminal, or none if no one sees the output."""
    if has_kernel():
        from bptt.widgets.training.notebook_display import NotebookDisplay  # noqa: PLC0415 - only a notebook needs Matplotlib

        return NotebookDisplay(runs, title, baseline)
    if sys.stderr.isatty():
        return TerminalDisplay(runs, title)
    return NullDisplay()


class NullDisplay:
    """Null object for a script whose output goes into a file or to another program."""

    def show(self) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Show nothing."""

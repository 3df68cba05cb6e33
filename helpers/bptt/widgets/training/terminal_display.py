"""A training, watched in a terminal: one line for each run."""

from collections.abc import Sequence

from bptt.progress import ProgressLine
from bptt.widgets.training.run import Run


class TerminalDisplay:
    """A bar and the numbers of the run that goes on; those of a run that is over stay above it.

    Parameters
    ----------
    runs : sequence of Run
    title : str
        Stands for the name of a run that has none.
    """

    def __init__(self, runs: Sequence[Run], title: str) -> None:
        self._runs = runs
        self._title = title
        self._line = ProgressLine()
        self._drawn = dict.fromkeys((run.name for run in runs), 0)

    def show(self) -> None:
        """Draw the run that has taken a step; of several that take turns, the last one's line covers the others'."""
        for run in self._runs:
            if run.done != self._drawn[run.name]:
                self._draw(run)
                if run.done == run.steps:
                    self._line.leave()

    def close(self) -> None:
        """Leave a line for each run."""
        self.show()
        for run in self._runs:
            if run.done < run.steps:
                self._draw(run)
                self._line.leave()

    def _draw(self, run: Run) -> None:
        self._line.show(run.name or self._title, run.done, run.steps, run.numbers())
        self._drawn[run.name] = run.done

"""Display of training runs in a terminal: one progress line each."""

from collections.abc import Sequence

from bptt.progress import ProgressLine
from bptt.widgets.training.run import Run


class TerminalDisplay:
    """Progress line of the current run, below those of finished runs.

    Parameters
    ----------
    runs : sequence of Run
    title : str
        Shown for a run without a name.
    """

    def __init__(self, runs: Sequence[Run], title: str) -> None:
        self._runs = runs
        self._title = title
        self._line = ProgressLine()
        self._drawn_steps = dict.fromkeys((run.name for run in runs), 0)

    def show(self) -> None:
        """Draw the runs that took a step since the last call; if these are several, the last one's line remains."""
        for run in self._runs:
            if run.done != self._drawn_steps[run.name]:
                self._draw(run)
                if run.done == run.steps:
                    self._line.leave()

    def close(self) -> None:
        """Draw the final line of each run."""
        self.show()
        for run in self._runs:
            if run.done < run.steps:
                self._draw(run)
                self._line.leave()

    def _draw(self, run: Run) -> None:
        self._line.show(run.name or self._title, run.done, run.steps, run.numbers())
        self._drawn_steps[run.name] = run.done

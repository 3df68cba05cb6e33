"""A training, watched in a terminal: one line for each run."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bptt.widgets.training.run import Run


class TerminalScreen:
    """A bar and the numbers of each run.

    Parameters
    ----------
    runs : sequence of Run
    title : str
    """

    def __init__(self, runs: Sequence[Run], title: str) -> None:
        self._runs = runs
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(20),
            TextColumn("{task.fields[numbers]}"),
            console=Console(stderr=True),
            auto_refresh=False,
        )
        self._tasks = [
            self._progress.add_task(run.name or title, total=run.steps, numbers=run.numbers()) for run in runs
        ]
        self._progress.start()

    def show(self) -> None:
        """Show the runs as they are."""
        for run, task in zip(self._runs, self._tasks, strict=True):
            self._progress.update(task, completed=run.done, total=run.steps, numbers=run.numbers())
        self._progress.refresh()

    def close(self) -> None:
        """Leave the lines as they are at the end."""
        self.show()
        self._progress.stop()

"""Display of training runs in a notebook."""

from collections.abc import Sequence

from bptt.viz import style
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.training.run import Run
from bptt.widgets.training.scene import TrainingScene


class NotebookDisplay:
    """Picture of the runs, redrawn in place; the final one stays in the notebook.

    Parameters
    ----------
    runs : sequence of Run
    title : str
        Heading of the picture.
    baseline : tuple, optional
        A loss to compare with, and what has it.
    """

    def __init__(self, runs: Sequence[Run], title: str, baseline: tuple[float, str] | None = None) -> None:
        self._figure = InteractiveFigure(style.styled(TrainingScene)(runs, title, baseline), lines=len(runs) + 1)
        self._figure._ipython_display_()

    def show(self) -> None:
        """Draw the current state of the runs."""
        self._figure.show_state()

    def close(self) -> None:
        """Draw the final state, which stays in the saved notebook."""
        self.show()
        self._figure.update_fallback()

"""A training, watched in a notebook."""

from collections.abc import Sequence

from bptt.viz import style
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.training.run import Run
from bptt.widgets.training.scene import TrainingScene


class NotebookDisplay:
    """A picture that is drawn again in its place, and stays as it was at the end.

    Parameters
    ----------
    runs : sequence of Run
    title : str
    """

    def __init__(self, runs: Sequence[Run], title: str) -> None:
        self._live = InteractiveFigure(style.styled(TrainingScene)(runs, title), lines=2 * len(runs))
        self._live._ipython_display_()

    def show(self) -> None:
        """Draw the runs as they are."""
        self._live.show_state()

    def close(self) -> None:
        """Draw them for the last time; it is the picture that the notebook keeps."""
        self.show()
        self._live.update_fallback()

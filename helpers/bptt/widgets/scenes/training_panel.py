"""A training to watch while it goes on."""

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from bptt.types import Array
from bptt.widgets.training.display import Display, display_for
from bptt.widgets.training.run import Run

_MAX_TIME_SHARE = 0.04
"""A picture is due when all that the panel did so far took less than this share of the time."""
_MIN_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 0.25, 10.0
"""Seconds between two pictures at least, because nobody reads faster, and at most."""
_MAX_RUNS = 3


def training_panel(steps: int, title: str = "Training", runs: Sequence[str] = ("",)) -> "TrainingPanel":
    r"""Watch a training: loss, norms of all gradients, time per step, progress and time left.

    ::

        with widgets.training_panel(steps=1000) as panel:
            for step in range(1000):
                ...
                panel.step(loss, gradients)

    The picture is drawn so seldom that it takes less than a twentieth of the time, and once more at the end; that
    picture stays in the notebook, after an interrupt too. In a terminal there is a line of progress instead, and in a
    script whose output is not watched, nothing.

    Parameters
    ----------
    steps : int
        How many steps the training takes, or each of the runs.
    title : str
        Heading of the picture.
    runs : sequence of str
        Names of up to three trainings that are to be compared, e.g. ``["RNN", "LSTM"]``, one after the other or in
        turns.

    Returns
    -------
    TrainingPanel

    Raises
    ------
    ValueError
        If there are no steps, no runs or more than three, or two runs of one name.
    """
    return TrainingPanel(steps, title, runs)


class TrainingPanel:
    """What ``training_panel`` returns; to be used in a ``with``."""

    def __init__(self, steps: int, title: str, runs: Sequence[str]) -> None:
        if steps < 1:
            raise ValueError(f"A training takes at least one step, not {steps}.")
        if isinstance(runs, str) or not 1 <= len(runs) <= _MAX_RUNS or len(set(runs)) < len(runs):
            raise ValueError(f"runs is a list of one to {_MAX_RUNS} different names, not {runs!r}.")
        self._title = title
        self._runs = {name: Run(name, steps) for name in runs}
        self._display: Display | None = None
        self._opened_at = self._shown_at = self._returned_at = self._spent_seconds = 0.0

    def __enter__(self) -> Self:
        """Open the picture."""
        self._display = display_for(list(self._runs.values()), self._title)
        self._opened_at = self._shown_at = self._returned_at = time.perf_counter()
        return self

    def step(self, loss: ArrayLike, gradients: Mapping[str, Array] | None = None, run: str | None = None) -> None:
        """Tell what one step of the training gave.

        Parameters
        ----------
        loss : float
        gradients : dict of ndarray, optional
            By name, e.g. ``{"dWax": ..., "dba": ...}``.
        run : str, optional
            Which of the runs took the step; it may be left out when there is only one.

        Raises
        ------
        TypeError, ValueError
            If the loss is not one number, the gradients are not a dict, or no run has this name.
        RuntimeError
            Outside of the ``with``.
        """
        called_at = time.perf_counter()
        if self._display is None:
            raise RuntimeError("Use the panel inside of its with: with widgets.training_panel(...) as panel:")
        self._find_run(run).add(_one_number(loss), _by_name(gradients), called_at - self._returned_at)
        pause = called_at - self._shown_at
        affordable = self._spent_seconds <= _MAX_TIME_SHARE * (called_at - self._opened_at)
        if pause >= _MAX_PAUSE_SECONDS or (pause >= _MIN_PAUSE_SECONDS and affordable):
            self._display.show()
            self._shown_at = time.perf_counter()
        self._returned_at = time.perf_counter()
        self._spent_seconds += self._returned_at - called_at

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Draw the last picture, whatever ended the training, and let every error through."""
        screen, self._display = self._display, None
        for run in self._runs.values():
            run.stopped = True
        if screen is not None:
            screen.close()

    def _find_run(self, run: str | None) -> Run:
        if run is None and len(self._runs) == 1:
            return next(iter(self._runs.values()))
        if run not in self._runs:
            known = ", ".join(map(repr, self._runs))
            raise ValueError(f"run is {run!r}; this panel has {known}.")
        return self._runs[run]


def _one_number(loss: ArrayLike) -> float:
    value = np.asarray(loss)
    if value.size != 1:
        raise ValueError(f"A loss is one number, not an array of shape {value.shape}; add it up or take its mean.")
    return float(value.reshape(()))


def _by_name(gradients: Mapping[str, Array] | None) -> Mapping[str, Array]:
    if gradients is None:
        return {}
    if not isinstance(gradients, Mapping):
        raise TypeError(f"Gradients come in a dict by name, not as {type(gradients).__name__}.")
    return gradients

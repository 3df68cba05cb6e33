"""Widget: live display of a training, with losses, gradient norms and times."""

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
"""The panel draws only while all that it did so far took less than this share of the time."""
_MIN_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 0.25, 10.0
"""Smallest pause between two pictures, because nobody reads faster, and largest one."""
_MAX_RUNS = 3


def training_panel(
    steps: int,
    title: str = "Training",
    runs: Sequence[str] = ("",),
    baseline: tuple[float, str] | None = None,
) -> "TrainingPanel":
    r"""Display a training while it runs: loss, norms of all gradients, time per step, progress and time left.

    ::

        with widgets.training_panel(steps=1000) as panel:
            for step in range(1000):
                ...
                panel.step(loss, gradients)

    Drawing takes less than a twentieth of the time. The last picture, drawn at the end, stays in the notebook, after an
    interrupt too. In a terminal there is a progress line instead, and in a script with redirected output, nothing.

    Parameters
    ----------
    steps : int
        Number of steps of the training, or of each of the runs; at least 1.
    title : str
        Heading of the picture.
    runs : sequence of str
        Names of up to three trainings to compare, e.g. ``["RNN", "LSTM"]``, one after the other or in turns.
    baseline : tuple, optional
        A loss to compare with, drawn as a line, and its label, e.g. ``(1 / 6, "always answering 1")``.

    Returns
    -------
    TrainingPanel

    Raises
    ------
    ValueError
        If there are no steps, no runs or more than three, or two runs of one name.
    """
    return TrainingPanel(steps, title, runs, baseline)


class TrainingPanel:
    """Context manager that displays training runs; ``training_panel`` makes it."""

    def __init__(self, steps: int, title: str, runs: Sequence[str], baseline: tuple[float, str] | None) -> None:
        if steps < 1:
            raise ValueError(f"A training takes at least one step, not {steps}.")
        if isinstance(runs, str) or not 1 <= len(runs) <= _MAX_RUNS or len(set(runs)) < len(runs):
            raise ValueError(f"runs is a list of one to {_MAX_RUNS} different names, not {runs!r}.")
        self._title = title
        self._baseline = baseline
        self._runs = {name: Run(name, steps) for name in runs}
        self._display: Display | None = None
        self._opened_at = self._shown_at = self._returned_at = self._spent_seconds = 0.0

    def __enter__(self) -> Self:
        """Open the display."""
        self._display = display_for(list(self._runs.values()), self._title, self._baseline)
        self._opened_at = self._shown_at = self._returned_at = time.perf_counter()
        return self

    def step(self, loss: ArrayLike, gradients: Mapping[str, Array] | None = None, run: str | None = None) -> None:
        """Record one step of the training, and draw if a picture is due.

        Parameters
        ----------
        loss : float
            Loss of the step.
        gradients : dict of ndarray, optional
            By name, e.g. ``{"dWax": ..., "dba": ...}``.
        run : str, optional
            Name of the run that took the step; not needed if there is only one.

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
        self._run_by_name(run).add(_one_number(loss), _checked_gradients(gradients), called_at - self._returned_at)
        pause = called_at - self._shown_at
        within_share = self._spent_seconds <= _MAX_TIME_SHARE * (called_at - self._opened_at)
        if pause >= _MAX_PAUSE_SECONDS or (pause >= _MIN_PAUSE_SECONDS and within_share):
            self._display.show()
            self._shown_at = time.perf_counter()
        self._returned_at = time.perf_counter()
        self._spent_seconds += self._returned_at - called_at

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Draw the last picture, however the training ended; exceptions propagate."""
        display, self._display = self._display, None
        for run in self._runs.values():
            run.stopped = True
        if display is not None:
            display.close()

    def _run_by_name(self, run: str | None) -> Run:
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


def _checked_gradients(gradients: Mapping[str, Array] | None) -> Mapping[str, Array]:
    if gradients is None:
        return {}
    if not isinstance(gradients, Mapping):
        raise TypeError(f"Gradients come in a dict by name, not as {type(gradients).__name__}.")
    return gradients

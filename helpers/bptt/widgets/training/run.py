"""Losses, gradient norms and times of one training run."""

from collections.abc import Mapping, Sequence

import numpy as np

from bptt.types import Array
from bptt.wording import join_names

_PACE_STEPS = 100
"""The time per step is the mean of this many last steps."""
_ZERO_STEPS = 5
"""A gradient that has been exactly zero for more steps than these, and was not before, has died."""
_PER_UNIT = 60
"""Seconds in a minute, and minutes in an hour."""
_NEXT_UNIT_FROM = 100
"""From this number on, seconds are written in minutes, and minutes in hours."""


class Run:
    """Record of one training run.

    Parameters
    ----------
    name : str
        Empty if it is the only run.
    steps : int
        Expected number of steps, at least 1; it grows if there are more.

    Attributes
    ----------
    done : int
        Number of steps so far.
    stopped : bool
        Whether the training has ended.
    """

    def __init__(self, name: str, steps: int) -> None:
        self.name = name
        self.steps = steps
        self.done = 0
        self.stopped = False
        self._losses, self._seconds = np.empty(steps), np.empty(steps)
        self._squares: dict[str, Array] = {}

    @property
    def losses(self) -> Array:
        """Loss of each step: (done,)."""
        return self._losses[: self.done]

    @property
    def squares(self) -> dict[str, Array]:
        """Square of the norm of each gradient at each step: (done,) by name."""
        return {name: squares[: self.done] for name, squares in self._squares.items()}

    @property
    def seconds(self) -> Array:
        """Time of each step, in seconds: (done,)."""
        return self._seconds[: self.done]

    @property
    def pace(self) -> float:
        """Mean time of the last steps, in seconds; NaN before the first one."""
        return float(self.seconds[-_PACE_STEPS:].mean()) if self.done else np.nan

    def add(self, loss: float, gradients: Mapping[str, Array], seconds: float) -> None:
        """Record one step, which took so many seconds."""
        if self.done == len(self._losses):
            self._grow()
        for name, gradient in gradients.items():
            if name not in self._squares:
                self._squares[name] = np.zeros(len(self._losses))
            # A dot product with itself takes a quarter of the time of np.linalg.norm.
            self._squares[name][self.done] = np.vdot(gradient, gradient)
        self._losses[self.done] = loss
        self._seconds[self.done] = seconds
        self.done += 1

    def _grow(self) -> None:
        """Double the room for steps."""
        more = np.zeros(len(self._losses))
        self._losses, self._seconds = np.append(self._losses, more), np.append(self._seconds, more)
        self._squares = {name: np.append(squares, more) for name, squares in self._squares.items()}
        self.steps = len(self._losses)

    def numbers(self, *, alone: bool = True) -> str:
        """Return step, loss and times in one line; without the time left if the run is not alone."""
        width = len(str(self.steps))
        line = f"step {self.done:{width}} of {self.steps}"
        if not self.done:
            return line
        line += f"   loss {_digits(self.losses[-1]):7} {_step_duration(self.pace):>6}/step"
        return f"{line}   {time_text([self])}" if alone else line

    def words(self, *, alone: bool = True) -> str:
        """Return step, losses, times, largest gradient and news, in sentences."""
        start = f"{self.name}: step" if self.name else "Step"
        if not self.done:
            return f"{start} 0 of {self.steps}."
        time = f" {time_text([self])}," if alone else ""
        words = f"{start} {self.done} of {self.steps},{time} {_step_duration(self.pace)} per step. "
        words += f"Loss {_digits(self.losses[-1])}, {_digits(self.losses[0])} at the start."
        return " ".join(filter(None, (words, self._largest_gradient(), *self.news)))

    def _largest_gradient(self) -> str:
        last = {name: squares[-1] for name, squares in self.squares.items()}
        if not last or not np.isfinite(list(last.values())).all():
            return ""
        name = max(last, key=lambda name: last[name])
        return f"The largest gradient is {name}, of norm {_digits(np.sqrt(last[name]))}."

    @property
    def news(self) -> list[str]:
        """Sentences on what went wrong, and on an early end."""
        return [sentence for sentence in (self.problem or self._saturation, self._early_end) if sentence]

    @property
    def _early_end(self) -> str:
        if not self.stopped or self.done >= self.steps:
            return ""
        if not self.done:
            return "Stopped before the first step."
        return f"Stopped at step {self.done} of {self.steps}: the network is now what that step made of it."

    @property
    def _saturation(self) -> str:
        """Which gradients have become exactly zero, and since when; empty if none has."""
        since = {}
        for name, squares in self.squares.items():
            (alive,) = np.nonzero(squares)
            if len(alive) and len(squares) - alive[-1] > _ZERO_STEPS:
                since[name] = int(alive[-1]) + 2
        if not since:
            return ""
        verb = "is" if len(since) == 1 else "are"
        return (
            f"Since step {max(since.values())} {join_names(since)} {verb} exactly 0: saturated units pass nothing on. "
            "Start again with a smaller learning rate."
        )

    @property
    def problem(self) -> str:
        """What stopped being a finite number, at which step, what helps, and which gradient was the first; or empty."""
        series = {"the loss": self.losses} | {f"the norm of {name}": squares for name, squares in self.squares.items()}
        wrong = {what: ~np.isfinite(values) for what, values in series.items()}
        first = {what: int(where.argmax()) for what, where in wrong.items() if where.any()}
        if not first:
            return ""
        what = min(first, key=lambda what: first[what])
        text = f"At step {first[what] + 1} {what} was {_digits(series[what][first[what]])}, not a finite number"
        lasts = wrong[what][-1]
        text += ", and it still is: try a smaller learning rate, or clip the gradients." if lasts else "."
        gradients = {name: step for name, step in first.items() if name != "the loss"}
        if what == "the loss" and gradients:
            name = min(gradients, key=lambda name: gradients[name])
            text += (
                f" Of the gradients, {name.removeprefix('the norm of ')} was the first, at step {gradients[name] + 1}."
            )
        return text


def time_text(runs: Sequence[Run]) -> str:
    """Return the time that all runs together still take, or have taken; empty before the first step."""
    begun = [run for run in runs if run.done]
    if not begun:
        return ""
    if all(run.stopped or run.done == run.steps for run in runs):
        complete = all(run.done == run.steps for run in runs)
        spent = float(sum(run.seconds.sum() for run in runs))
        return f"{'done in' if complete else 'stopped after'} {duration(spent)}"
    usual = np.mean([run.pace for run in begun])
    left = float(sum((run.pace if run.done else usual) * (run.steps - run.done) for run in runs))
    return f"{duration(left)} left"


def duration(seconds: float) -> str:
    """Format a duration with a suitable unit."""
    if seconds < _NEXT_UNIT_FROM:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - two digits are enough
    minutes, rest = divmod(round(seconds), _PER_UNIT)
    if minutes < _NEXT_UNIT_FROM:
        return f"{minutes} min {rest} s"
    return f"{minutes // _PER_UNIT} h {minutes % _PER_UNIT} min"


def _step_duration(seconds: float) -> str:
    for unit, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds / 1e-6:.0f} µs"


def _digits(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")

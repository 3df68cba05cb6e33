"""What one training run has done so far: losses, sizes of gradients, and time."""

from collections.abc import Mapping

import numpy as np

from bptt.types import Array

_RECENT = 100
"""The time per step is the mean of so many."""
_MINUTE, _HOUR = 60, 3600
_LONG = 100
"""So many seconds are told in minutes, and so many minutes in hours."""


class Run:
    """One run.

    Parameters
    ----------
    name : str
        Empty if it is the only one.
    steps : int
        How many steps it is meant to take.

    Attributes
    ----------
    done : int
        How many steps it has taken.
    stopped : bool
        No step will follow.
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
        """What each step took: (done,)."""
        return self._seconds[: self.done]

    @property
    def pace(self) -> float:
        """Seconds per step of late."""
        return float(self.seconds[-_RECENT:].mean()) if self.done else np.nan

    def add(self, loss: float, gradients: Mapping[str, Array], seconds: float) -> None:
        """Record one step."""
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
        """Make room for more steps than were announced."""
        more = np.zeros(len(self._losses))
        self._losses, self._seconds = np.append(self._losses, more), np.append(self._seconds, more)
        self._squares = {name: np.append(squares, more) for name, squares in self._squares.items()}
        self.steps = len(self._losses)

    def numbers(self) -> str:
        """Return the run in one line of numbers."""
        width = len(str(self.steps))
        line = f"step {self.done:{width}} of {self.steps}"
        if not self.done:
            return line
        return f"{line}   loss {_digits(self.losses[-1]):7} {_per_step(self.pace):>6}/step   {self._time()}"

    def _time(self) -> str:
        if self.stopped or self.done == self.steps:
            return f"{'done in' if self.done == self.steps else 'stopped after'} {duration(self.seconds.sum())}"
        return f"{duration(self.pace * (self.steps - self.done))} left"

    def words(self) -> str:
        """Tell the run, in words and numbers."""
        start = f"{self.name}: step" if self.name else "Step"
        if not self.done:
            return f"{start} 0 of {self.steps}."
        told = f"{start} {self.done} of {self.steps}, {self._time()}, {_per_step(self.pace)} per step. "
        told += f"Loss {_digits(self.losses[-1])}, {_digits(self.losses[0])} at the start."
        return " ".join(filter(None, (told, self._largest(), self.problem)))

    def _largest(self) -> str:
        last = {name: squares[-1] for name, squares in self.squares.items()}
        if not last or not np.isfinite(list(last.values())).all():
            return ""
        name = max(last, key=lambda name: last[name])
        return f"The largest gradient is {name}, of norm {_digits(np.sqrt(last[name]))}."

    @property
    def problem(self) -> str:
        """What is not a finite number any more, since when, and what helps; empty if all is well."""
        found = {"the loss": self.losses} | {f"the norm of {name}": squares for name, squares in self.squares.items()}
        wrong = {what: ~np.isfinite(values) for what, values in found.items()}
        first = {what: int(where.argmax()) for what, where in wrong.items() if where.any()}
        if not first:
            return ""
        what = min(first, key=lambda what: first[what])
        said = f"At step {first[what] + 1} {what} was {_digits(found[what][first[what]])}, not a finite number"
        lasts = wrong[what][-1]
        return f"{said}, and it still is: try a smaller learning rate, or clip the gradients." if lasts else f"{said}."


def duration(seconds: float) -> str:
    """Say how long something takes."""
    if seconds < _LONG:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - two digits are enough
    minutes, rest = divmod(round(seconds), _MINUTE)
    if minutes < _LONG:
        return f"{minutes} min {rest} s"
    return f"{minutes // _MINUTE} h {minutes % _MINUTE} min"


def _per_step(seconds: float) -> str:
    for unit, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds / 1e-6:.0f} µs"


def _digits(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")

"""``CheckSuite`` and what it returns: all that the grader knows of a course's checks.

Whoever grades another course writes a suite, and names it in ``nbgrader_config.py``::

    c.Grading.check_suite = "package.module:Suite"

The name travels to the workers, which make their own; the name in :attr:`CheckSuite.kernel` travels into the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Arguments = dict[str, Any]
"""What a learner's function is called with, by name, in order."""


@dataclass(frozen=True)
class CallReply:
    """What one call of a learner's function did, as the kernel tells it. Whoever controls the kernel can tell anything.

    Attributes
    ----------
    result
        What the function returned, as plain data.
    error, message, at_line
        Name and text of the exception, if it raised, and the learner's line that did.
    warned, printed
        Its warnings, and what it printed.
    changed
        Arguments that it changed in place, e.g. ``da_next`` or ``cache.a_next``.
    axes
        Of each array that was handed to a stand-in, the number of its axes.
    origin
        The cell that defined the function, e.g. ``In [12]``.
    reads
        Arrays of the notebook that the function reads by name.
    own
        Stand-ins in whose place the notebook has a function of the learner's own.
    """

    result: Any = None
    error: str = ""
    message: str = ""
    at_line: str = ""
    warned: tuple[str, ...] = ()
    printed: str = ""
    changed: tuple[str, ...] = ()
    axes: tuple[int, ...] = ()
    origin: str = ""
    reads: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


class RemoteFunction(Protocol):
    """A learner's function in the kernel, seen from the judge.

    Attributes
    ----------
    origin, reads, own
        As in :class:`CallResult`, once it has been called.
    """

    origin: str
    reads: tuple[str, ...]
    own: tuple[str, ...]

    def call_cases(self, cases: Sequence[Arguments], stand_ins: Sequence[str]) -> list[CallReply]:
        """Call it on each case, with stand-ins of those names in place of earlier exercises' functions.

        Once its points are certain, a call that goes unanswered has ``UNANSWERED`` for its error and never raises.
        """


UNANSWERED = "UnansweredError"
"""The error of a call that the kernel did not answer, where only the report wanted to know."""


class Report(Protocol):
    """What a check says about a function. Anything that IPython can display will do."""

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:
        """Return what the graded cell shows, by MIME type."""

    def as_dict(self) -> dict[str, object]:
        """Return exercise, graded, passed, wrong, causes and kinds, as plain JSON types."""


class Examination(Protocol):
    """All cases of an exercise, drawn, called and compared. Points are certain once it is there.

    Attributes
    ----------
    right
        The outputs that nothing was found about; empty where the cost of the function says nothing.
    """

    @property
    def right(self) -> frozenset[str]:
        """See above."""

    def report(self, only: Sequence[str] | None = None) -> Report:
        """Say what was found about some of the outputs, or all; may call the function again."""


@dataclass(frozen=True)
class ExerciseInfo:
    """What the grader knows of an exercise.

    Attributes
    ----------
    stand_ins
        Names of earlier exercises' functions that a learner's function may call.
    cause_titles
        Id and title of each mistake that its check can name.
    hints
        For the feedback page; each says one step more than the one before.
    """

    stand_ins: tuple[str, ...]
    cause_titles: Mapping[str, str]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class LargeCase:
    """A case on which the way to the numbers shows in its cost.

    Attributes
    ----------
    arguments
        What the function is called with.
    forward
        The forward pass that the case is about, to be timed.
    max_passes
        How many times as much as that the function may cost.
    """

    arguments: Arguments
    forward: Callable[[], object]
    max_passes: int


class CheckSuite(Protocol):
    """A course's checks, on the trusted side.

    Attributes
    ----------
    packages
        What the checks consist of: digested for the cache of results, and mounted in the sandbox.
    kernel
        Where the part inside of the sandbox is, a :class:`KernelChecks`: ``package.module:Class``.
    exercises
        By the name under which a graded cell calls the check: ``check.<name>(<function>, only=[...])``.
    failure_labels
        Kind of a finding, in words for the results table, in the order in which they are told.
    """

    packages: tuple[str, ...]
    kernel: str
    failure_labels: Mapping[str, str]

    @property
    def exercises(self) -> Mapping[str, ExerciseInfo]:
        """See above."""

    def examine(self, exercise: str, function: RemoteFunction, seed: int) -> Examination:
        """Call a function on cases drawn from a seed, and compare; what ``call_cases`` raises goes through."""

    def large_case(self, exercise: str, seed: int) -> LargeCase | None:
        """Draw the case that a right function's cost is measured on; None for an exercise without one."""

    def failure(self, exercise: str, only: Sequence[str] | None, kind: str, message: str) -> Report:
        """Report what only grading finds out, such as ``no-answer`` and ``cost``."""


class KernelChecks(Protocol):
    """A course's checks inside of the sandbox: how its functions are called. Must not hold the right answers.

    Attributes
    ----------
    preload
        Modules that are imported before kernels are forked.
    """

    preload: tuple[str, ...]

    @property
    def record_types(self) -> tuple[type, ...]:
        """The named tuples that may cross the kernel's border, as arguments or as results."""

    def call(
        self,
        function: Callable[..., Any],
        exercise: str,
        arguments: Arguments,
        stand_ins: Sequence[str],
        *,
        stubs: bool,
    ) -> CallReply:
        """Call a learner's function once.

        Parameters
        ----------
        function, exercise, arguments
            What to call, for which exercise, with what.
        stand_ins
            Names of earlier exercises' functions that the call replaces.
        stubs
            Whether to replace them by functions that cost nothing and mean nothing.
        """

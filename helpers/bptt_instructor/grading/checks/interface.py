"""``CheckSuite`` and what it returns: all that the grader knows of a course's checks.

To grade another course, write a suite, and name it in ``nbgrader_config.py``::

    c.Grading.check_suite = "package.module:Suite"

Only names are sent: this one to the workers, each of which makes a suite of its own, and :attr:`CheckSuite.kernel` into
the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

Arguments = dict[str, Any]
"""Arguments of a learner's function by name, in the order of its parameters."""


@dataclass(frozen=True)
class CallReply:
    """The kernel's reply to one call of a learner's function. Whoever controls the kernel can forge all of it.

    Attributes
    ----------
    result
        What the function returned: arrays, named tuples and plain Python values.
    error, message, at_line, advice
        Class name and text of the exception that the function raised, the learner's line that raised it, and what it
        means in plain words; empty when it returned.
    warned, printed
        Warnings, and text printed to standard output.
    changed
        Arguments that the function changed in place, e.g. ``da_next`` or ``cache.a_next``.
    axes
        Number of axes of each array that was passed to a stand-in.
    origin
        Cell that defined the function, e.g. ``In [12]``.
    reads
        Numbers and arrays of the notebook that the function reads by name.
    own
        Names of the stand-ins that replaced a function of the learner's own.
    calls
        How often stand-ins were called, as counted by the grader, which answers them.
    """

    result: Any = None
    error: str = ""
    message: str = ""
    at_line: str = ""
    advice: str = ""
    warned: tuple[str, ...] = ()
    printed: str = ""
    changed: tuple[str, ...] = ()
    axes: tuple[int, ...] = ()
    origin: str = ""
    reads: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    calls: int = 0


class RemoteFunction(Protocol):
    """A learner's function in the kernel, seen from the judge.

    Attributes
    ----------
    origin, reads, own
        As in :class:`CallReply`; empty until the first call.
    """

    origin: str
    reads: tuple[str, ...]
    own: tuple[str, ...]

    def call_cases(self, cases: Sequence[Arguments], stand_ins: Sequence[str]) -> list[CallReply]:
        """Call it on each case, with the named stand-ins in place of earlier exercises' functions.

        Raises
        ------
        NoReplyError
            When the kernel does not reply, unless the points are final: then the error of each reply is ``UNANSWERED``.
        """


UNANSWERED = "UnansweredError"
"""``CallReply.error`` of a call without a reply that was only for the report."""


class Report(Protocol):
    """Report of a check on a function, which IPython can display."""

    @property
    def passed(self) -> bool:
        """Whether there are no findings."""

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:
        """Return the MIME bundle that the graded cell shows."""

    def as_dict(self) -> dict[str, object]:
        """Return exercise, graded, passed, wrong, causes and kinds, as plain JSON types."""


class Examination(Protocol):
    """All cases of an exercise, drawn, called and compared. Points are final once it exists.

    Attributes
    ----------
    right
        Outputs without a finding; when empty, the function's cost is not tested.
    """

    @property
    def right(self) -> frozenset[str]:
        """See above."""

    def report(self, only: Sequence[str] | None = None) -> Report:
        """Build the report on some of the outputs, or all; may call the function again."""


@dataclass(frozen=True)
class ExerciseInfo:
    """What the grader knows of an exercise.

    Attributes
    ----------
    stand_ins
        Names of earlier exercises' functions that a learner's function may call.
    cause_titles
        Id and title of each misconception that its check can name.
    hints
        Hints for the feedback page; each goes one step further than the one before.
    """

    stand_ins: tuple[str, ...]
    cause_titles: Mapping[str, str]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class CostCases:
    """Two cases for the cost test, whose forward passes take as many operations.

    Attributes
    ----------
    many, few
        Arguments of the function; the results of the first have many more numbers than those of the second.
    forward
        Runs the forward pass of ``many``, to be timed.
    max_passes
        CPU time that the function may take for ``many`` above what it takes for ``few``, in forward passes.
    """

    many: Arguments
    few: Arguments
    forward: Callable[[], object]
    max_passes: int


class CheckSuite(Protocol):
    """A course's checks, on the trusted side.

    Attributes
    ----------
    packages
        Import packages of the checks: digested for the result cache, and mounted in the sandbox.
    covers
        Parts of these packages that the sandbox does not show, such as right answers: by path below the folder of the
        packages (``bptt/exact``), the file or folder that is shown in its place.
    kernel
        Name of the part inside the sandbox, a :class:`KernelChecks`: ``package.module:Class``.
    exercises
        By the name under which a graded cell calls the check: ``check.<name>(<function>, only=[...])``.
    failure_labels
        Words for the results table by kind of finding, in the order of the table.
    record_types
        Named tuples that arguments and results may hold.
    """

    packages: tuple[str, ...]
    covers: Mapping[str, Path]
    kernel: str
    failure_labels: Mapping[str, str]

    @property
    def exercises(self) -> Mapping[str, ExerciseInfo]:
        """See above."""

    @property
    def record_types(self) -> tuple[type, ...]:
        """See above."""

    def examine(self, exercise: str, function: RemoteFunction, seed: int) -> Examination:
        """Call a function on cases drawn from a seed, and compare; does not catch what ``call_cases`` raises."""

    def cost_cases(self, exercise: str, seed: int) -> CostCases | None:
        """Draw the cases for the cost test; None for an exercise without one."""

    def compare(self, exercise: str, arguments: Arguments, reply: CallReply) -> Mapping[str, str]:
        """Say what is wrong with the reply to a cost case, by output: empty when all is right."""

    def answer(self, name: str, arguments: tuple[Any, ...], exercise: str) -> Any:  # noqa: ANN401 - as the name says
        """Answer a question from the kernel; whoever controls that may ask anything.

        Parameters
        ----------
        name
            What is asked for.
        arguments
            As sent, within the bounds on size.
        exercise
            The exercise whose function is being called; empty while cells run.

        Raises
        ------
        LookupError
            When there is no answer to that name now.
        """

    def failure(self, exercise: str, only: Sequence[str] | None, kind: str, message: str) -> Report:
        """Make the report on a failure that only grading finds: of the kind ``no-answer``, ``large`` or ``cost``."""


class KernelChecks(Protocol):
    """A course's part inside the sandbox, which calls learners' functions. It must not hold the right answers.

    Attributes
    ----------
    preload
        Modules that the zygote imports before it forks kernels.
    ask
        Asks the grader, by a name and arguments, and returns its answer; set when the kernel starts. See
        :meth:`bptt_instructor.grading.kernel.channel.Channel.ask`.
    """

    preload: tuple[str, ...]
    ask: Callable[[str, Sequence[Any]], Any]

    def call(self, function: Callable[..., Any], arguments: Arguments, stand_ins: Sequence[str]) -> CallReply:
        """Call a learner's function once.

        Parameters
        ----------
        function
            The learner's function.
        arguments
            Arguments of the function.
        stand_ins
            Names of earlier exercises' functions that are replaced during the call, by functions that ask the grader.
        """

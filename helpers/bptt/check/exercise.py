"""``Exercise``, ``Mistake`` and ``CostBound``: what an entry in the table of exercises holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bptt.inputs import Sizes
from bptt.recurrent import Recurrent
from bptt.types import Array, Gradients

Arguments = dict[str, Any]
"""Arguments of the learner's function, by name, e.g. ``{"da_next": ..., "cache": ...}``."""

Predict = Callable[[Arguments, Gradients], Mapping[str, Array | list[Array]]]
"""From the arguments of a call and the right gradients to the wrong ones."""


@dataclass(frozen=True)
class Mistake:
    """A known mistake, defined by the wrong numbers that it gives.

    Attributes
    ----------
    id : str
        Stable name, used in class reports and tests.
    title, explanation : str
        For the learner: what the code does, and what to think about. Never the corrected line.
    predict : callable
        ``predict(arguments, right)`` takes the arguments of a call and the right gradients, and returns the wrong ones
        for those gradients that the mistake changes. A value is a list where the mistake has several spellings.
    last_resort : bool
        Whether it is named for a gradient only where no other mistakes, alone or together, explain it.
    """

    id: str
    title: str
    explanation: str
    predict: Predict
    last_resort: bool = False


class CostBound(NamedTuple):
    """Bound on how the CPU time of a right function may grow with the number of gradients' entries.

    By the cheap gradient principle all gradients together cost a small multiple of the forward pass; numerical
    differentiation costs a forward pass or two for each entry. So a function is timed on two cases whose forward passes
    take as many operations, while one has many more entries to differentiate for. Whatever the two have in common,
    such as plots, prints or slow arithmetic number by number, cancels in the difference.

    Attributes
    ----------
    many, few : Sizes
        Sizes of the two cases. Entries are many where weights are large, and few where there are many examples.
    max_passes : int
        Largest allowed difference of the two CPU times, in forward passes of the first case: several times what slow,
        honest Python needs, and a fraction of what numerical differentiation needs.
    forward : callable
        Runs the forward pass that belongs to a case, given the arguments of the call.
    larger : Sizes
        Sizes of a case on which numerical differentiation takes several seconds, which is more than plots and the like
        may take. It is used where numerical differentiation may hide in what the two cases have in common.
    larger_passes : int
        Largest allowed difference of the CPU times for ``larger`` and ``few``, in forward passes of the former.

    References
    ----------
    A. Griewank and A. Walther, "Evaluating Derivatives", 2nd edition, chapter 4, SIAM, 2008.
    """

    many: Sizes
    few: Sizes
    max_passes: int
    forward: Callable[[Arguments], object]
    larger: Sizes
    larger_passes: int


@dataclass(frozen=True)
class Exercise:
    """One entry of the table of exercises.

    Attributes
    ----------
    name : str
        Name of the learner's function.
    arguments : tuple of str
        Its arguments, in order.
    shapes : dict
        Each gradient that it returns and its shape in symbols, e.g. ``{"dxt": "n_x, m"}``. A function with one
        gradient returns the array itself, one with several a dict.
    draw : callable
        ``draw(seed, sizes)`` makes the arguments of one call, in order.
    exact : callable
        Takes the same arguments and returns the exact gradients, in the same form as the learner's function.
    mistakes : tuple of Mistake
        Those in this exercise itself, not in a stage.
    stages : tuple of Exercise
        Smaller exercises that this one consists of, in order. What a stage returns is an argument of later stages
        under its name (``dz``), so that a mistake in an early stage is propagated through the later ones.
    hints : tuple of str
        Each says one step more than the one before; none is the solution.
    prepare : callable
        Computes from the arguments of a call what several stages need, as further arguments of theirs.
    stand_ins : dict
        By name, the functions of earlier exercises that this one calls, as exact functions that replace them during a
        check, so that a mistake in an earlier exercise costs nothing here.
    computed_once : bool
        Whether learners' code has the results of this stage once, for all later stages, as a loop has: no line after it
        computes them again.
    in_place : str
        Id of the mistake of changing an argument.
    also_right : tuple of callable
        Like ``exact``: other results that are right, too.
    min_calls : callable or None
        How many calls of the stand-ins the exercise asks for, given the arguments of the call; None when right numbers
        are enough.
    cell : Recurrent or None
        The cell, where the exercise was made from a forward pass alone; grading makes a stub of it.
    cost : CostBound or None
        The bound that grading checks right functions against. None where there is nothing to differentiate, or where
        nudging every number is the task.
    """

    name: str
    arguments: tuple[str, ...]
    shapes: Mapping[str, str]
    draw: Callable[[int, Sizes], tuple[Any, ...]]
    exact: Callable[..., Any]
    mistakes: tuple[Mistake, ...] = ()
    stages: tuple["Exercise", ...] = ()
    hints: tuple[str, ...] = field(default=(), repr=False)
    prepare: Callable[[Arguments], Arguments] = lambda _: {}
    stand_ins: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    computed_once: bool = False
    in_place: str = "input-changed-in-place"
    also_right: tuple[Callable[..., Any], ...] = ()
    min_calls: Callable[[Arguments], int] | None = None
    cell: Recurrent | None = None
    cost: CostBound | None = None

    @property
    def bare(self) -> bool:
        """Whether the function returns one array instead of a dict."""
        return len(self.shapes) == 1

    def case(self, seed: int, sizes: Sizes) -> Arguments:
        """Draw the arguments of one call, by name."""
        return dict(zip(self.arguments, self.draw(seed, sizes), strict=True))

    def right(self, arguments: Arguments) -> Gradients:
        """Compute the exact gradients for one call, always as a dict."""
        return self._as_dict(self.exact, arguments)

    def all_right(self, arguments: Arguments) -> list[Gradients]:
        """Compute all results that are right for one call, the exact one first."""
        return [self._as_dict(function, arguments) for function in (self.exact, *self.also_right)]

    def _as_dict(self, function: Callable[..., Any], arguments: Arguments) -> Gradients:
        result = function(*(arguments[name] for name in self.arguments))
        return {next(iter(self.shapes)): result} if self.bare else result

"""Run one exercise's check: several cases, then a report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from bptt import inputs
from bptt.check.call import CallResult, Function, call, call_all
from bptt.check.compare import as_gradients, validate
from bptt.check.diagnose import all_mistakes, causes
from bptt.check.exercise import Arguments, Exercise
from bptt.check.findings import Cause, Finding, Impulse
from bptt.check.impulse import impulse_test
from bptt.check.introspection import defining_cell, learner_functions, notebook_values
from bptt.check.patterns import observations
from bptt.check.probe import TIME_AXIS, probe
from bptt.check.report import Report
from bptt.check.tolerance import agrees
from bptt.types import Gradients
from bptt.wording import join_names

ONE_EXAMPLE = 1
"""The place of the case with m = 1 among ``inputs.sizes``."""

IN_PLACE = Cause(
    "input-changed-in-place",
    "An argument is changed in place",
    "The array belongs to the caller, who needs it as it was. *=, += and assignments to its entries write into it: "
    "work on a copy, or put back what was there.",
    (),
)


def run(exercise: Exercise, function: Callable[..., Any], only: Sequence[str] | None = None, seed: int = 1) -> Report:
    """Compare a learner's function with the exact gradients.

    Parameters
    ----------
    exercise : Exercise
    function : callable
        The learner's function.
    only : sequence of str, optional
        The gradients that the report is about; all of them when not given.
    seed : int
        Equal seeds give equal cases; another seed gives other sizes and other numbers.

    Returns
    -------
    Report

    Raises
    ------
    TypeError
        When ``function`` cannot be called.
    ValueError
        When ``only`` names something that the exercise does not return.
    """
    _graded(exercise, only)
    if not callable(function):
        message = f"give the function itself: check.{exercise.name}({exercise.name}), without calling it"
        raise TypeError(message)
    return build_report(examine(exercise, function, seed), only)


@dataclass(frozen=True)
class Examination:
    """What a function did in every case of one exercise, and what is wrong with that.

    Attributes
    ----------
    exercise : Exercise
    function : callable, or what stands for one in another process
    seed : int
    cases : list of dict
        The arguments of each call.
    outcomes : list of CallResult
    rights : list of dict
        The exact gradients for each case.
    found : list of list of Finding
        For each case.
    """

    exercise: Exercise
    function: Function
    seed: int
    cases: Sequence[Arguments]
    outcomes: Sequence[CallResult]
    rights: Sequence[Gradients]
    found: Sequence[Sequence[Finding]]

    @cached_property
    def findings_by_gradient(self) -> list[Finding]:
        """For each gradient, what the first case in which it is wrong shows: the plainest cases come first."""
        first: dict[tuple[str | None, str], Finding] = {}
        for finding in (finding for case in self.found for finding in case):
            key = (finding.gradient, "" if finding.gradient else finding.kind)
            first.setdefault(key, finding)
        return list(first.values())

    @cached_property
    def causes(self) -> list[Cause]:
        """The mistakes that explain wrong numbers, whichever gradients are graded."""
        exercise = self.exercise
        results = [as_gradients(exercise, outcome.result) for outcome in self.outcomes]
        wrong = [
            f.gradient for f in self.findings_by_gradient if f.gradient and f.kind in ("value", "shape", "not-finite")
        ]
        return list(causes(exercise, self.cases, results, wrong)) if wrong else []

    @cached_property
    def probed(self) -> list[Cause]:
        """What a second look shows at a function that raises."""
        return probe(self.exercise, self.function, self.seed) if self.exercise.stand_ins else []

    @cached_property
    def impulse(self) -> Impulse | None:
        """Where gradients arrive, for an exercise about a sequence."""
        return impulse_test(self.exercise, self.function, self.seed) if _has_steps(self.exercise) else None


def examine(exercise: Exercise, function: Function, seed: int) -> Examination:
    """Call a learner's function on all cases, and compare what it returns with the exact gradients."""
    sizes = list(inputs.sizes(seed))
    cases = [exercise.case(seed + number, each) for number, each in enumerate(sizes)]
    outcomes = call_all(function, cases, exercise.stand_ins)
    rights = [exercise.right(arguments) for arguments in cases]
    together = zip(outcomes, rights, sizes, strict=True)
    found = [list(validate(exercise, outcome, right, each)) for outcome, right, each in together]
    return Examination(exercise, function, seed, cases, outcomes, rights, found)


def build_report(examined: Examination, only: Sequence[str] | None = None) -> Report:
    """Say what was found about some of the gradients, or all of them; see :func:`run`."""
    exercise, function = examined.exercise, examined.function
    graded = _graded(exercise, only)
    about = [f for f in examined.findings_by_gradient if f.gradient is None or f.gradient in graded]
    why = _causes(examined, about) if about else []
    explained = {name for cause in why for name in cause.gradients}
    notes = [*_own_parts(examined, graded)] if not about else []
    warned = (w for o in examined.outcomes for w in o.warned)
    notes += [f"Your function warned: {text}" for text in dict.fromkeys(warned)]
    if about:
        notes += _reads_notebook(exercise, function)
    for finding in about:
        if finding.kind == "value" and finding.gradient not in explained:
            notes += _observed(finding, examined)
    return Report(
        exercise.name,
        graded,
        tuple(about),
        tuple(why),
        tuple(notes),
        defining_cell(function),
        examined.outcomes[0].printed,
        examined.impulse if about else None,
        hints=bool(exercise.hints),
    )


def _has_steps(exercise: Exercise) -> bool:
    return exercise.arguments[0] == "da" and "dx" in exercise.shapes


def cause_titles(exercise: Exercise) -> dict[str, str]:
    """Return the id and the title of every cause that the check of an exercise can name."""
    named = {mistake.id: mistake.title for mistake in all_mistakes(exercise)} | {exercise.in_place: IN_PLACE.title}
    return named | ({TIME_AXIS.id: TIME_AXIS.title} if exercise.stand_ins else {})


def _graded(exercise: Exercise, only: Sequence[str] | None) -> tuple[str, ...]:
    unknown = [name for name in only or () if name not in exercise.shapes]
    if unknown:
        message = f"{exercise.name} has no {join_names(unknown)}; it returns {join_names(exercise.shapes)}"
        raise ValueError(message)
    return tuple(name for name in exercise.shapes if only is None or name in only)


def _causes(examined: Examination, about: Sequence[Finding]) -> list[Cause]:
    kinds = {finding.kind for finding in about}
    found = [replace(IN_PLACE, id=examined.exercise.in_place)] if "changed-in-place" in kinds else []
    if "raised" in kinds:
        found += examined.probed
    graded = {finding.gradient for finding in about}
    for cause in examined.causes:
        here = tuple(name for name in cause.gradients if name in graded)
        if here:
            found.append(replace(cause, gradients=here))
    return found


def _reads_notebook(exercise: Exercise, function: Function) -> Iterator[str]:
    values = notebook_values(function)
    if values:
        yield (
            f"Your function reads {join_names(values)} of the notebook instead of {join_names(exercise.arguments)}: "
            "inside a function use only what it is given."
        )


def _own_parts(examined: Examination, graded: Sequence[str]) -> Iterator[str]:
    """Say so when the learner's function is right, and an earlier one of theirs that it calls is not."""
    exercise, function = examined.exercise, examined.function
    arguments, right = examined.cases[0], examined.rights[0]

    def spoils(name: str) -> bool:
        others = {other: exact for other, exact in exercise.stand_ins.items() if other != name}
        result = as_gradients(exercise, call(function, arguments, others).result)
        return any(not isinstance(result.get(g), np.ndarray) or not agrees(result[g], right[g]) for g in graded)

    wrong = [name for name in learner_functions(function, exercise.stand_ins) if spoils(name)]
    if wrong:
        what = "loop" if _has_steps(exercise) else "function"
        yield (
            f"With an exact {join_names(wrong)} your {what} is right, and that is what counts here. With your own "
            f"{join_names(wrong)} the result is wrong: the mistake is there. check.{wrong[0]}({wrong[0]}) says more."
        )


def _observed(finding: Finding, examined: Examination) -> Iterator[str]:
    """Yield what the numbers show about a wrong gradient that no known mistake explains."""
    name = str(finding.gradient)
    wrong = [next((f.sizes for f in its if f.gradient == name), None) for its in examined.found]
    if wrong[ONE_EXAMPLE] is None and all(its for case, its in enumerate(wrong) if case != ONE_EXAMPLE):
        yield f"{name} is right with one example (m = 1), and wrong with more."
    case = next(number for number, its in enumerate(examined.found) if finding in its)
    yield from observations(name, np.asarray(finding.yours), examined.rights[case])

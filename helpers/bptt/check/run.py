"""Run one exercise's check: several cases, then a report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bptt import inputs
from bptt.check.call import Outcome, call
from bptt.check.compare import agrees, as_gradients, findings
from bptt.check.diagnose import all_mistakes, causes
from bptt.check.exercise import Arguments, Exercise
from bptt.check.impulse import impulse_test
from bptt.check.origin import defining_cell, notebook_values
from bptt.check.patterns import observations
from bptt.check.probe import TIME_AXIS, probe
from bptt.check.report import Cause, Finding, Report, listed
from bptt.types import Gradients

Function = Callable[..., Any]

ONE_EXAMPLE = 1
"""The place of the case with m = 1 among ``inputs.sizes``."""

IN_PLACE = Cause(
    "input-changed-in-place",
    "An argument is changed in place",
    "The array belongs to the caller, who needs it as it was. *=, += and assignments to its entries write into it: "
    "work on a copy, or put back what was there.",
    (),
)


def run(exercise: Exercise, function: Function, only: Sequence[str] | None = None, seed: int = 1) -> Report:
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
    graded = _graded(exercise, only)
    if not callable(function):
        message = f"give the function itself: check.{exercise.name}({exercise.name}), without calling it"
        raise TypeError(message)
    cases, outcomes, rights, found = [], [], [], []
    for number, sizes in enumerate(inputs.sizes(seed)):
        arguments = exercise.case(seed + number, sizes)
        cases.append(arguments)
        outcomes.append(call(function, arguments, exercise.stand_ins))
        rights.append(exercise.right(arguments))
        found.append(list(findings(exercise, outcomes[-1], rights[-1], sizes)))
    everything = _first_of_each(found)
    about = [f for f in everything if f.gradient is None or f.gradient in graded]
    why = _causes(exercise, function, seed, cases, outcomes, everything, about) if about else []
    explained = {name for cause in why for name in cause.gradients}
    notes = [*_own_parts(exercise, function, cases[0], rights[0], graded)] if not about else []
    notes += [f"Your function warned: {text}" for text in dict.fromkeys(w for o in outcomes for w in o.warned)]
    if about:
        notes += _reads_notebook(exercise, function)
    for finding in about:
        if finding.kind == "value" and finding.gradient not in explained:
            notes += _observed(finding, rights, found)
    return Report(
        exercise.name,
        graded,
        tuple(about),
        tuple(why),
        tuple(notes),
        defining_cell(function),
        outcomes[0].printed,
        impulse_test(exercise, function, seed) if about and _has_steps(exercise) else None,
    )


def _has_steps(exercise: Exercise) -> bool:
    return exercise.arguments[0] == "da" and "dx" in exercise.shapes


def every_cause(exercise: Exercise) -> dict[str, str]:
    """Return the id and the title of every cause that the check of an exercise can name."""
    named = {mistake.id: mistake.title for mistake in all_mistakes(exercise)} | {exercise.in_place: IN_PLACE.title}
    return named | ({TIME_AXIS.id: TIME_AXIS.title} if exercise.stand_ins else {})


def _graded(exercise: Exercise, only: Sequence[str] | None) -> tuple[str, ...]:
    unknown = [name for name in only or () if name not in exercise.shapes]
    if unknown:
        message = f"{exercise.name} has no {listed(unknown)}; it returns {listed(list(exercise.shapes))}"
        raise ValueError(message)
    return tuple(name for name in exercise.shapes if only is None or name in only)


def _first_of_each(found: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Keep, for each gradient, what the first case in which it is wrong shows: the plainest cases come first."""
    first: dict[tuple[str | None, str], Finding] = {}
    for finding in (finding for case in found for finding in case):
        key = (finding.gradient, "" if finding.gradient else finding.kind)
        first.setdefault(key, finding)
    return list(first.values())


def _causes(  # noqa: PLR0913, PLR0917 - all that is known about one check
    exercise: Exercise,
    function: Function,
    seed: int,
    cases: Sequence[Arguments],
    outcomes: Sequence[Outcome],
    everything: Sequence[Finding],
    about: Sequence[Finding],
) -> list[Cause]:
    kinds = {finding.kind for finding in about}
    found = [replace(IN_PLACE, id=exercise.in_place)] if "changed-in-place" in kinds else []
    if "raised" in kinds and exercise.stand_ins:
        found += probe(exercise, function, seed)
    results = [as_gradients(exercise, outcome.result) for outcome in outcomes]
    wrong = [f.gradient for f in everything if f.gradient and f.kind in ("value", "shape", "not-finite")]
    graded = {finding.gradient for finding in about}
    for cause in causes(exercise, cases, results, wrong) if wrong else ():
        here = tuple(name for name in cause.gradients if name in graded)
        if here:
            found.append(replace(cause, gradients=here))
    return found


def _reads_notebook(exercise: Exercise, function: Function) -> Iterator[str]:
    values = notebook_values(function)
    if values:
        yield (
            f"Your function reads {listed(values)} of the notebook instead of {listed(exercise.arguments)}: inside a "
            "function use only what it is given."
        )


def _own_parts(
    exercise: Exercise, function: Function, arguments: Arguments, right: Gradients, graded: Sequence[str]
) -> Iterator[str]:
    """Say so when the learner's function is right, and an earlier one of theirs that it calls is not."""
    names = getattr(function, "__globals__", {})

    def spoils(name: str) -> bool:
        others = {other: exact for other, exact in exercise.stand_ins.items() if other != name}
        result = as_gradients(exercise, call(function, arguments, others).result)
        return any(not isinstance(result.get(g), np.ndarray) or not agrees(result[g], right[g]) for g in graded)

    own = [name for name in exercise.stand_ins if callable(names.get(name)) and not _of_this_package(names[name])]
    wrong = [name for name in own if spoils(name)]
    if wrong:
        what = "loop" if _has_steps(exercise) else "function"
        yield (
            f"With an exact {listed(wrong)} your {what} is right, and that is what counts here. With your own "
            f"{listed(wrong)} the result is wrong: the mistake is there. check.{wrong[0]}({wrong[0]}) says more."
        )


def _of_this_package(function: Function) -> bool:
    return (getattr(function, "__module__", None) or "").startswith("bptt.")


def _observed(finding: Finding, rights: Sequence[Gradients], found: Sequence[Sequence[Finding]]) -> Iterator[str]:
    """Yield what the numbers show about a wrong gradient that no known mistake explains."""
    name = str(finding.gradient)
    wrong = [next((f.sizes for f in its if f.gradient == name), None) for its in found]
    if wrong[ONE_EXAMPLE] is None and all(its for case, its in enumerate(wrong) if case != ONE_EXAMPLE):
        yield f"{name} is right with one example (m = 1), and wrong with more."
    case = next(number for number, its in enumerate(found) if finding in its)
    yield from observations(name, np.asarray(finding.yours), rights[case])

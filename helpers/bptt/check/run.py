"""Run an exercise's check over its cases and build the report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from bptt import inputs
from bptt.check.call import CallResult, Function, call, call_all
from bptt.check.compare import MAX_KEY, as_gradients, validate
from bptt.check.diagnose import all_mistakes, causes
from bptt.check.exercise import Arguments, Exercise
from bptt.check.findings import Cause, Finding, Impulse
from bptt.check.impulse import impulse_test
from bptt.check.introspection import defining_cell, learner_functions, notebook_values
from bptt.check.locate import ONE_EXAMPLE, Evidence, dependencies, size_that_matters, where_to_look
from bptt.check.patterns import Observation, observations, sentences
from bptt.check.probe import TIME_AXIS, probe
from bptt.check.report import Report
from bptt.check.tolerance import TOLERANCE, agrees, scaled_error
from bptt.types import Gradients
from bptt.wording import join_names

IN_PLACE = Cause(
    "input-changed-in-place",
    "An argument is changed in place",
    "The array belongs to the caller, who needs it as it was. *=, += and assignments to its entries write into it: "
    "work on a copy, or put back what was there.",
    (),
)

READS_NOTEBOOK = Cause(
    "reads-the-notebook",
    "Values of the notebook are read",
    "The check calls the function with arrays other than those of the notebook: inside a function use only what it is "
    "given.",
    (),
)

UNTRIED = frozenset({"not-implemented", "returns-nothing", "borrowed", "calls", "cost", "no-answer"})
"""Kinds of findings that say nothing about numbers."""


def run(exercise: Exercise, function: Callable[..., Any], only: Sequence[str] | None = None, seed: int = 1) -> Report:
    """Compare a learner's function with the exact gradients in several cases.

    Parameters
    ----------
    exercise : Exercise
    function : callable
        The learner's function.
    only : sequence of str, optional
        The gradients to report on; all of them when not given.
    seed : int
        Equal seeds give equal cases; another seed gives other sizes and other numbers.

    Returns
    -------
    Report

    Raises
    ------
    TypeError
        When ``function`` is not callable.
    ValueError
        When ``only`` has a name that the exercise does not return.
    """
    _graded_names(exercise, only)
    if not callable(function):
        message = f"give the function itself: check.{exercise.name}({exercise.name}), without calling it"
        raise TypeError(message)
    return build_report(examine(exercise, function, seed), only)


@dataclass(frozen=True)
class Examination:
    """Results of a function in every case of one exercise, and the findings about them.

    Attributes
    ----------
    exercise : Exercise
    function : callable or FunctionProxy
    seed : int
    cases : list of dict
        The arguments of each call.
    call_results : list of CallResult
        For each case.
    exact_gradients : list of dict
        For each case.
    findings_by_case : list of list of Finding
    """

    exercise: Exercise
    function: Function
    seed: int
    cases: Sequence[Arguments]
    call_results: Sequence[CallResult]
    exact_gradients: Sequence[Gradients]
    findings_by_case: Sequence[Sequence[Finding]]

    @cached_property
    def findings_by_gradient(self) -> list[Finding]:
        """For each gradient, the finding of the first case in which it is wrong, because the plainest come first."""
        first: dict[tuple[str | None, str], Finding] = {}
        for finding in (finding for case in self.findings_by_case for finding in case):
            key = (finding.gradient, "" if finding.gradient else finding.kind)
            if key not in first:
                sizes = _raising_sizes(self) if finding.kind == "raised" else ""
                first[key] = replace(finding, message=sizes + finding.message)
        return list(first.values())

    @cached_property
    def causes(self) -> list[Cause]:
        """The known mistakes that explain wrong numbers, in all gradients."""
        exercise = self.exercise
        results = [as_gradients(exercise, each.result) for each in self.call_results]
        wrong = [
            f.gradient for f in self.findings_by_gradient if f.gradient and f.kind in ("value", "shape", "not-finite")
        ]
        return list(causes(exercise, self.cases, results, wrong)) if wrong else []

    @cached_property
    def with_own_functions(self) -> dict[str, dict[str, Any]]:
        """For each earlier function of the learner's that this one calls: what it returns with that in place."""
        exercise, function = self.exercise, self.function

        def result(own: str) -> dict[str, Any]:
            others = {name: exact for name, exact in exercise.stand_ins.items() if name != own}
            return as_gradients(exercise, call(function, self.cases[0], others).result)

        return {name: result(name) for name in learner_functions(function, exercise.stand_ins)}

    def where_to_look(self, graded: Sequence[str]) -> str:
        """Say where to look for what no known mistake explains, among the graded gradients."""
        wrong_by_case = [
            {str(f.gradient) for f in findings if f.kind in ("value", "shape", "not-finite")}
            for findings in self.findings_by_case
        ]
        wrong = set[str]().union(*wrong_by_case)
        explained = {name for cause in self.causes for name in cause.gradients}
        unexplained = [name for name in graded if name in wrong and name not in explained]
        found = {finding.gradient for finding in self.findings_by_gradient}
        stopped = any(f.gradient is None and f.kind != "changed-in-place" for f in self.findings_by_gradient)
        if not unexplained or stopped:
            return ""
        right = self.exercise.shapes.keys() - found
        made_from = dependencies(self.exercise, self.cases[0])
        evidence = Evidence(wrong_by_case, right, explained, made_from, self.axes, self._wrong_steps())
        return where_to_look(self.exercise, evidence, unexplained)

    @property
    def axes(self) -> set[str]:
        """The names of the sizes that the arguments of the first case have."""
        found = _sizes_in(self.cases[0])
        return {name for name, size in inputs.sizes(self.seed)[0]._asdict().items() if size in found}

    def _wrong_steps(self) -> tuple[bool, ...]:
        """Tell at which steps ``dx`` is wrong in the first case, where the impulse test does not tell more."""
        if self.impulse is None or not agrees(self.impulse.yours, self.impulse.exact):
            return ()
        dx = next((f for f in self.findings_by_case[0] if f.gradient == "dx"), None)
        if dx is None or dx.kind != "value":
            return ()
        wrong = scaled_error(np.asarray(dx.yours), np.asarray(dx.expected)) > TOLERANCE
        return tuple(bool(wrong[:, :, t].any()) for t in range(wrong.shape[-1]))

    @cached_property
    def probe_causes(self) -> list[Cause]:
        """The causes that a call with equal sizes shows, for a function that raises."""
        return probe(self.exercise, self.function, self.seed) if _is_sequence(self.exercise) else []

    @cached_property
    def impulse(self) -> Impulse | None:
        """The impulse test, for an exercise about a sequence."""
        dx_is_wrong = [any(f.gradient == "dx" for f in findings) for findings in self.findings_by_case]
        # Its impulses stand in different examples, so it tells nothing where examples are mixed up.
        only_with_more_examples = dx_is_wrong[0] and not dx_is_wrong[ONE_EXAMPLE]
        if not _is_sequence(self.exercise) or only_with_more_examples:
            return None
        return impulse_test(self.exercise, self.function, self.seed)


def examine(exercise: Exercise, function: Function, seed: int) -> Examination:
    """Call a learner's function on all cases, and compare its results with the exact gradients.

    Parameters
    ----------
    exercise : Exercise
    function : callable or FunctionProxy
    seed : int
        Equal seeds give equal cases.

    Returns
    -------
    Examination
    """
    sizes = list(inputs.sizes(seed))
    cases = [exercise.case(seed + number, each) for number, each in enumerate(sizes)]
    call_results = call_all(function, cases, exercise.stand_ins)
    exact_gradients = _right_results(exercise, cases, call_results)
    by_case = zip(call_results, exact_gradients, sizes, strict=True)
    findings = [list(validate(exercise, result, right, each)) for result, right, each in by_case]
    if exercise.min_calls and not any(findings):
        counts = zip(cases, call_results, sizes, strict=True)
        findings = [list(_calls_finding(exercise, case, result, each)) for case, result, each in counts]
    return Examination(exercise, function, seed, cases, call_results, exact_gradients, findings)


def _right_results(
    exercise: Exercise, cases: Sequence[Arguments], call_results: Sequence[CallResult]
) -> list[Gradients]:
    """Compute the right gradients in each case: where there are several, those that the function returned."""
    exact, *others = ([*results] for results in zip(*map(exercise.all_right, cases), strict=True))
    returned = [as_gradients(exercise, each.result) for each in call_results]

    def is_returned(right: list[Gradients]) -> bool:
        return all(
            isinstance(result.get(name), np.ndarray) and agrees(result[name], gradient)
            for result, expected in zip(returned, right, strict=True)
            for name, gradient in expected.items()
        )

    return next(filter(is_returned, others), exact)


def _calls_finding(
    exercise: Exercise, arguments: Arguments, result: CallResult, sizes: inputs.Sizes
) -> Iterator[Finding]:
    """Yield a finding about right numbers that were made with fewer calls than the exercise asks for."""
    least = exercise.min_calls(arguments) if exercise.min_calls else 0
    if result.stand_in_calls < least:
        times = "once" if result.stand_in_calls == 1 else f"{result.stand_in_calls} times"
        message = (
            f"{exercise.name} gives the right numbers, but not in the way that the exercise asks for: it calls "
            f"{join_names(exercise.stand_ins)} {times}, where that way makes {least} calls."
        )
        yield Finding("calls", None, message, sizes)


def build_report(examined: Examination, only: Sequence[str] | None = None) -> Report:
    """Build the report on some of the gradients, or all of them.

    Parameters
    ----------
    examined : Examination
    only : sequence of str, optional
        As for :func:`run`.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        As for :func:`run`.
    """
    exercise, function = examined.exercise, examined.function
    graded = _graded_names(exercise, only)
    findings = [f for f in examined.findings_by_gradient if f.gradient is None or f.gradient in graded]
    known = _report_causes(examined, findings) if findings else []
    explained = {name for cause in known for name in cause.gradients}
    notes = [*_own_function_notes(examined, graded)] if not findings else []
    if not any(finding.kind == "missing" for finding in findings):
        notes += _extra_key_notes(examined)
    warnings = (warning for result in examined.call_results for warning in result.warned)
    notes += [f"Your function warned: {text}" for text in dict.fromkeys(warnings)]
    tried = any(finding.kind not in UNTRIED for finding in findings)
    reads = notebook_values(function, exercise.stand_ins) if tried else ()
    if reads:
        cause = replace(READS_NOTEBOOK, explanation=_reads_sentence(exercise, reads))
        if all(finding.gradient in explained or finding.kind == "changed-in-place" for finding in findings):
            # Mistakes that are made without these values give the very numbers.
            notes.append(cause.explanation)
        else:
            known.insert(0, cause)
    notes += sentences(
        {
            str(finding.gradient): list(_observations(finding, examined))
            for finding in findings
            if finding.kind == "value" and finding.gradient not in explained
        }
    )
    return Report(
        exercise.name,
        graded,
        tuple(findings),
        tuple(known),
        tuple(notes),
        defining_cell(function),
        examined.call_results[0].printed,
        examined.impulse if any(finding.kind != "calls" for finding in findings) else None,
        hints=bool(exercise.hints),
        where_to_look=examined.where_to_look(graded),
    )


def _is_sequence(exercise: Exercise) -> bool:
    return exercise.arguments[0] == "da" and "dx" in exercise.shapes


def cause_titles(exercise: Exercise) -> dict[str, str]:
    """List the causes that the check of an exercise can name.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    dict of str
        Titles by id.
    """
    titles = {mistake.id: mistake.title for mistake in all_mistakes(exercise)} | {exercise.in_place: IN_PLACE.title}
    titles[READS_NOTEBOOK.id] = READS_NOTEBOOK.title
    return titles | ({TIME_AXIS.id: TIME_AXIS.title} if _is_sequence(exercise) else {})


def _graded_names(exercise: Exercise, only: Sequence[str] | None) -> tuple[str, ...]:
    unknown = [name for name in only or () if name not in exercise.shapes]
    if unknown:
        message = f"{exercise.name} has no {join_names(unknown)}; it returns {join_names(exercise.shapes)}"
        raise ValueError(message)
    return tuple(name for name in exercise.shapes if only is None or name in only)


def _report_causes(examined: Examination, findings: Sequence[Finding]) -> list[Cause]:
    kinds = {finding.kind for finding in findings}
    known = []
    if "changed-in-place" in kinds:
        changed = next(result.changed for result in examined.call_results if result.changed)
        names = f"Your function writes into {join_names(changed)}. {IN_PLACE.explanation}"
        known.append(replace(IN_PLACE, id=examined.exercise.in_place, explanation=names))
    if "raised" in kinds:
        known += examined.probe_causes
    wrong = {finding.gradient for finding in findings}
    for cause in examined.causes:
        explained = tuple(name for name in cause.gradients if name in wrong)
        if explained:
            known.append(replace(cause, gradients=explained))
    return known


def _reads_sentence(exercise: Exercise, names: Sequence[str]) -> str:
    which = f"Your function reads {join_names(names)} from the notebook instead of {join_names(exercise.arguments)}."
    return f"{which} {READS_NOTEBOOK.explanation}"


def _extra_key_notes(examined: Examination) -> Iterator[str]:
    exercise = examined.exercise
    results = (as_gradients(exercise, each.result) for each in examined.call_results)
    extra = dict.fromkeys(str(key)[:MAX_KEY] for result in results for key in result if key not in exercise.shapes)
    if extra:
        yield f"The dict also has {join_names(extra)}, which is not asked for. That does no harm."


def _sizes_in(value: Any) -> set[int]:  # noqa: ANN401 - walks anything
    """Collect the sizes of all arrays in the arguments of a call, and its numbers, such as a T_x."""
    if isinstance(value, np.ndarray):
        return set(value.shape)
    if isinstance(value, int):
        return {value}
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return set().union(*map(_sizes_in, entries))


def _raising_sizes(examined: Examination) -> str:
    """Say with which sizes a function raises; empty when it does with all."""
    raises = [any(f.kind == "raised" for f in findings) for findings in examined.findings_by_case]
    if all(raises):
        return ""
    others = [findings for findings, does in zip(examined.findings_by_case, raises, strict=True) if not does]
    goes = "runs" if any(others) else "is right"
    size = size_that_matters(raises, examined.axes)
    if size:
        name, stops_with_one = size
        one = {"m": "one example", "T_x": "one time step"}[name]
        going, raising = f"with {one} ({name} = 1)", f"with more than {one}"
        if stops_with_one:
            going, raising = raising, going
        return f"It {goes} {going}, and stops with an error {raising}. "
    sizes = inputs.sizes(examined.seed)[raises.index(True)]._asdict().items()
    named = join_names(f"{name} = {size}" for name, size in sizes if name in examined.axes)
    return (
        f"With {named} it stops with an error; with other sizes it {goes}. Does it depend on a size that it does not "
        "read from a shape? "
    )


def _own_function_notes(examined: Examination, graded: Sequence[str]) -> Iterator[str]:
    """Yield a note when the learner's function is right, and an earlier one of theirs that it calls is not."""
    right = examined.exact_gradients[0]
    wrong = [
        name
        for name, result in examined.with_own_functions.items()
        if any(not isinstance(result.get(g), np.ndarray) or not agrees(result[g], right[g]) for g in graded)
    ]
    if wrong:
        what = "loop" if _is_sequence(examined.exercise) else "function"
        yield (
            f"With an exact {join_names(wrong)} your {what} is right, and that is what counts here. With your own "
            f"{join_names(wrong)} the result is wrong: the mistake is there. check.{wrong[0]}({wrong[0]}) says more."
        )


def _observations(finding: Finding, examined: Examination) -> Iterator[Observation]:
    """Yield observations about a wrong gradient that no known mistake explains."""
    case = next(number for number, findings in enumerate(examined.findings_by_case) if finding in findings)
    yield from observations(str(finding.gradient), np.asarray(finding.yours), examined.exact_gradients[case])

"""Find the known mistakes that explain wrong gradients, by the numbers alone.

An exercise's stages run in order. The results of a mistaken stage are arguments of later stages, so each mistake, and
each pair of mistakes on one path, predicts all gradients that it changes. A gradient that is still unexplained may be
where several paths meet: it is compared with the prediction of all mistakes that have been found, each on its own path.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any, NamedTuple

import numpy as np

from bptt.check.exercise import Arguments, Exercise, Mistake
from bptt.check.findings import Cause
from bptt.check.tolerance import TOLERANCE, agrees
from bptt.types import Array, Gradients

Ids = frozenset[str]
Prediction = dict[str, list[Array]]
"""For each gradient, the arrays that a set of mistakes can give."""


def causes(
    exercise: Exercise, cases: Sequence[Arguments], results: Sequence[Mapping[str, Any]], wrong: Sequence[str]
) -> tuple[Cause, ...]:
    """Find the fewest known mistakes that explain the wrong gradients.

    A set of mistakes explains a gradient when it predicts the learner's numbers in every case while the right numbers
    are different. Without such a match there is no cause. A match is no evidence when the learner's other gradients
    refute it: see ``_explanation`` and ``_without_unlikely``.

    Parameters
    ----------
    exercise : Exercise
    cases : sequence of dict
        The arguments of each call.
    results : sequence of dict
        What the learner's function returned for each case.
    wrong : sequence of str
        The gradients to explain.

    Returns
    -------
    tuple of Cause
        Where another set of mistakes would give the very same numbers, its ids are the ``alternatives``.
    """
    explanations = _explanations(exercise, cases, results, wrong)
    if not explanations:
        return ()
    by_id = {mistake.id: mistake for mistake in all_mistakes(exercise)}
    best, *rivals = _least_contradicted(explanations, list(by_id))
    others = frozenset().union(*rivals) - best
    alternatives = {identifier: mistake.title for identifier, mistake in by_id.items() if identifier in others}
    return tuple(
        Cause(
            mistake.id,
            mistake.title,
            mistake.explanation,
            tuple(name for name in wrong if _is_needed(mistake.id, best, explanations.get(name, ()))),
            tuple(alternatives),
            tuple(alternatives.values()),
        )
        for mistake in by_id.values()
        if mistake.id in best
    )


def all_mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of an exercise and of its stages, in the order of the backward pass."""
    for stage in exercise.stages:
        yield from all_mistakes(stage)
    yield from exercise.mistakes


class _Case(NamedTuple):
    """One call: all right values, by name, and the gradients that the learner's function returned."""

    values: Arguments
    learner_gradients: "dict[str, _LearnerGradient]"


class _WrongResult(NamedTuple):
    """Result of a set of mistakes: for each value that changes, the arrays it can be; and all values after them."""

    ids: Ids
    prediction: Prediction
    values: Arguments


@dataclass(frozen=True)
class _Explanation:
    """How a set of mistakes predicts one gradient.

    Attributes
    ----------
    changed_values : tuple of dict
        For each case, the values that the mistakes change: those before this gradient, and itself where later stages
        take it.
    affected : set of str
        The gradients that they change in the first case.
    contradicted : int
        Number of other gradients for which they predict other numbers than the learner's.
    zeros : bool
        Whether this gradient is predicted as zeros in every case.
    refuted : bool
        Whether in any case other gradients are predicted as numbers, not zeros, that the learner's are not; or several
        are predicted wrongly, where all are made from what is computed once.
    """

    changed_values: tuple[Arguments, ...]
    affected: frozenset[str]
    contradicted: int
    zeros: bool
    refuted: bool


Explanations = dict[str, dict[Ids, _Explanation]]
"""For each gradient, the sets of mistakes that predict it in every case."""

Pairs = Callable[[Mistake, Exercise, Exercise], bool]
"""Whether to try, on top of a mistake made in one stage, those of another."""

Predictions = Callable[[int, Collection[Ids] | None], Iterator[_WrongResult]]
"""From the number of a case, and the sets of mistakes still wanted (all if None), to the wrong results of each set."""


def _explanations(
    exercise: Exercise, cases: Sequence[Arguments], results: Sequence[Mapping[str, Any]], wrong: Sequence[str]
) -> Explanations:
    stages = exercise.stages or (exercise,)
    calls = []
    for arguments, result in zip(cases, results, strict=True):
        values = {**arguments, **exercise.prepare(arguments)}
        for stage in stages:
            values |= stage.right(values)
        calls.append(_Case(values, {name: _LearnerGradient(result.get(name)) for name in exercise.shapes}))
    plain, last_resort = (
        [replace(stage, mistakes=tuple(m for m in stage.mistakes if m.last_resort is last)) for stage in stages]
        for last in (False, True)
    )
    explained: Explanations = {}
    coincidences: Explanations = {name: {} for name in wrong}
    for explain in (_explain_by_one, _explain_where_paths_meet, _explain_by_two, _explain_where_paths_meet):
        found = explain(plain, calls, [name for name in wrong if name not in explained], explained)
        explained |= _where(found, lambda name, ids, each: not _is_coincidence(name, ids, each))
        for name, sets in found.items():
            coincidences[name] |= sets
    # Zeros show no mistake, but are explained by what other gradients show.
    shown = {identifier for sets in explained.values() for ids in sets for identifier in ids}
    explained = _where(coincidences, lambda _, ids, __: ids <= shown) | explained
    rest = [name for name in wrong if name not in explained]
    left = _explain_by_one(last_resort, calls, rest, explained)
    # Beside gradients that nothing explains, zeros may come from whatever has spoilt those.
    if len(left) == len(rest):
        explained |= left
    return _without_unlikely(stages, wrong, explained)


def _is_coincidence(gradient: str, ids: Ids, explanation: _Explanation) -> bool:
    """Tell whether a gradient of zeros says nothing about mistakes that predict it as zeros."""
    return explanation.zeros and (len(ids) > 1 or explanation.refuted or gradient not in explanation.affected)


def _where(explanations: Explanations, holds: Callable[[str, Ids, _Explanation], bool]) -> Explanations:
    """Keep the explanations for which a condition holds."""
    kept = {
        name: {ids: each for ids, each in sets.items() if holds(name, ids, each)} for name, sets in explanations.items()
    }
    return {name: sets for name, sets in kept.items() if sets}


def _without_unlikely(stages: Sequence[Exercise], wrong: Sequence[str], explained: Explanations) -> Explanations:
    """Drop mistakes in a stage that is computed once, where they do not explain most of the gradients they spoil."""
    unlikely = set[str]()
    for mistake in (mistake for stage in stages if stage.computed_once for mistake in stage.mistakes):
        having = {name: [ids for ids in sets if mistake.id in ids] for name, sets in explained.items()}
        affected = {other for name, sets in having.items() for ids in sets for other in explained[name][ids].affected}
        others = [name for name in affected.intersection(wrong) if not having.get(name)]
        if len(others) >= sum(map(bool, having.values())):
            unlikely.add(mistake.id)
    return _where(explained, lambda _, ids, __: ids.isdisjoint(unlikely))


def _explain_by_one(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], _: Explanations
) -> Explanations:
    """Explain gradients by one mistake each."""
    leading = _stages_before(rest, stages)
    return _matching_explanations(
        stages, cases, rest, lambda number, wanted: _wrong_results(leading, cases[number].values, wanted)
    )


def _explain_by_two(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], explained: Explanations
) -> Explanations:
    """Explain gradients by two mistakes, the first of which changes an argument of the second one's stage.

    The first is one that explains another gradient by itself, unless the second affects all gradients that it does.
    """
    leading = _stages_before(rest, stages)
    known = {identifier for sets in explained.values() for ids in sets for identifier in ids}
    affected = {
        tuple(stage.shapes): _affected_names(stage, stages) & cases[0].learner_gradients.keys() for stage in stages
    }

    def pairs(mistake: Mistake, first: Exercise, second: Exercise) -> bool:
        return mistake.id in known or affected[tuple(first.shapes)] <= affected[tuple(second.shapes)]

    return _matching_explanations(
        stages, cases, rest, lambda number, wanted: _wrong_results(leading, cases[number].values, wanted, pairs)
    )


def _explain_where_paths_meet(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], explained: Explanations
) -> Explanations:
    """Explain gradients by all mistakes that have been found in others, and at most one more, made elsewhere."""
    support = Counter(ids for sets in explained.values() for ids in sets)
    clearest = [
        min(sets.items(), key=lambda item: (-support[item[0]], item[1].contradicted)) for sets in explained.values()
    ]
    combined = [(ids, explanation) for ids, explanation in clearest if any(explanation.changed_values)]
    if not combined:
        return {}
    union = frozenset[str]().union(*(ids for ids, _ in combined))
    leading = _stages_before(rest, stages)

    def predictions(number: int, wanted: Collection[Ids] | None) -> Iterator[_WrongResult]:
        changes = {name: value for _, each in combined for name, value in each.changed_values[number].items()}
        values, changed = _propagate(stages, cases[number].values, changes)
        yield _WrongResult(union, {name: [values[name]] for name in changed}, values)
        for ids, prediction, after in _wrong_results(leading, values, None):
            elsewhere = changes.keys().isdisjoint(prediction)
            if elsewhere and (wanted is None or union | ids in wanted):
                yield _WrongResult(union | ids, prediction, after)

    return _matching_explanations(stages, cases, rest, predictions)


def _matching_explanations(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], predictions: Predictions
) -> Explanations:
    """Keep, for each gradient, the sets of mistakes that predict it in every case."""
    surviving: Explanations = {}
    wanted: set[Ids] | None = None
    for number, case in enumerate(cases):
        matching: Explanations = {name: {} for name in rest}
        for wrong in predictions(number, wanted):
            for name in matching.keys() & wrong.prediction.keys():
                matched = [a for a in wrong.prediction[name] if case.learner_gradients[name].matches(a)]
                explanation = _explanation(name, stages, case, wrong, matched[0]) if matched else None
                other = matching[name].get(wrong.ids)
                if explanation and (other is None or explanation.contradicted < other.contradicted):
                    matching[name][wrong.ids] = explanation
        surviving = _intersection(surviving, matching) if number else matching
        wanted = {ids for sets in surviving.values() for ids in sets}
        if not wanted:
            break
    return {name: sets for name, sets in surviving.items() if sets}


def _intersection(before: Explanations, now: Explanations) -> Explanations:
    return {
        name: {
            # ``contradicted`` stays that of the first case, because some mistakes change nothing with one example.
            ids: replace(
                before[name][ids],
                changed_values=before[name][ids].changed_values + explanation.changed_values,
                zeros=before[name][ids].zeros and explanation.zeros,
                refuted=before[name][ids].refuted or explanation.refuted,
            )
            for ids, explanation in sets.items()
            if ids in before[name]
        }
        for name, sets in now.items()
    }


def _explanation(
    gradient: str, stages: Sequence[Exercise], case: _Case, wrong: _WrongResult, matched: Array
) -> _Explanation | None:
    """Return how a set of mistakes predicts one gradient; None when the other gradients refute it."""
    changed = {name: value for name, value in wrong.values.items() if value is not case.values[name]}
    values, names = _propagate(stages, case.values, changed)
    affected = [name for name in names & case.learner_gradients.keys() if not agrees(values[name], case.values[name])]
    arrays = {name: [values[name]] for name in affected} | wrong.prediction
    contradicted = [name for name in affected if not any(map(case.learner_gradients[name].matches, arrays[name]))]
    # Nothing else goes through a stage that is computed once, so a right gradient shows that its results are right.
    once = any(stage.computed_once and not changed.keys().isdisjoint(stage.shapes) for stage in stages)
    if once and any(case.learner_gradients[name].matches(case.values[name]) for name in contradicted):
        return None
    arguments = {name for stage in _stages_before([gradient], stages) for name in stage.arguments}
    if any(gradient in stage.arguments for stage in stages):
        arguments.add(gradient)
    return _Explanation(
        ({name: value for name, value in changed.items() if name in arguments},),
        frozenset(affected),
        len(contradicted),
        not matched.any(),
        any(array.any() for name in contradicted for array in arrays[name]) or (once and len(contradicted) > 1),
    )


class _LearnerGradient:
    """A gradient that the learner's function returned, prepared for many comparisons."""

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - learners return anything
        usable = isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiu"
        self._array = np.asarray(value) if usable else None
        if usable and value.size:
            self._first = value.item(0)
            self._max_difference = 2 * TOLERANCE * float(np.abs(value).max())

    def matches(self, predicted: Array) -> bool:
        """Tell whether these are the predicted numbers, up to rounding."""
        yours = self._array
        if yours is None or yours.shape != predicted.shape:
            return False
        # Most predictions differ in their first entry already, and a comparison of two numbers is fast.
        if yours.size and abs(self._first - predicted.item(0)) > self._max_difference:
            return False
        if not predicted.any():
            # A relative tolerance means nothing for zeros.
            return not yours.any()
        return agrees(yours, predicted) or _same_where_not_finite(yours, predicted)


def _same_where_not_finite(yours: Array, predicted: Array) -> bool:
    finite = np.isfinite(predicted)
    if finite.all():
        return False
    return np.array_equal(yours[~finite], predicted[~finite], equal_nan=True) and agrees(
        yours[finite], predicted[finite]
    )


def _wrong_results(
    stages: Sequence[Exercise], values: Arguments, wanted: Collection[Ids] | None, pairs: Pairs | None = None
) -> Iterator[_WrongResult]:
    """Yield the result of each mistake; with ``pairs``, also that of each second mistake on top of it."""
    for index, stage in enumerate(stages):
        later = stages[index + 1 :]
        singles: dict[Mistake, Prediction] = {}
        for mistake, prediction in _stage_predictions(stage, values, frozenset(), wanted):
            singles[mistake] = prediction
            first = _propagated(later, values, prediction, frozenset({mistake.id}))
            yield first
            for later_index, after in enumerate(later):
                depends_on_first = not first.prediction.keys().isdisjoint(after.arguments)
                if pairs and depends_on_first and pairs(mistake, stage, after):
                    for second, on_top in _stage_predictions(after, first.values, first.ids, wanted):
                        yield _propagated(later[later_index + 1 :], first.values, on_top, first.ids | {second.id})
        if pairs and not any(name in after.arguments for after in later for name in stage.shapes):
            yield from _two_in_one_stage(stage, values, singles)


def _stage_predictions(
    stage: Exercise, values: Arguments, before: Ids, wanted: Collection[Ids] | None
) -> Iterator[tuple[Mistake, Prediction]]:
    """Yield the mistakes of one stage that are still wanted on top of those before it, and their predictions."""
    arguments, right = _arguments_and_gradients(stage, values)
    for mistake in stage.mistakes:
        if wanted is None or any(before | {mistake.id} <= ids for ids in wanted):
            yield mistake, _as_lists(mistake.predict(arguments, right))


def _two_in_one_stage(
    stage: Exercise, values: Arguments, singles: Mapping[Mistake, Prediction]
) -> Iterator[_WrongResult]:
    """Yield the results of two mistakes in the same stage, for the gradients that both change."""
    arguments, right = _arguments_and_gradients(stage, values)
    for first, second in permutations(singles, 2):
        if singles[first].keys().isdisjoint(singles[second]):
            continue
        try:
            on_top = _as_lists(second.predict(arguments, right | _first_spellings(singles[first])))
        except (ValueError, IndexError):
            # The first mistake changes a shape that the second one needs, so nobody can make both.
            continue
        in_both = {
            name: on_top[name]
            for name in on_top.keys() & singles[first].keys()
            if _depends_on_first(singles[first][name], singles[second].get(name, []), on_top[name], right.get(name))
        }
        yield _WrongResult(
            frozenset({first.id, second.id}), in_both, values | _first_spellings(singles[first] | on_top)
        )


def _depends_on_first(first: list[Array], second: list[Array], on_top: list[Array], right: Array | None) -> bool:
    """Tell whether a second mistake changes what the first one gives, and not what is right.

    A mistake that is not computed from the gradients gives its own numbers again. Where the first one changes nothing,
    such as a division by m with one example, nothing can be told.
    """
    if right is not None and np.array_equal(first[0], right):
        return True
    return not all(map(np.array_equal, on_top, second))


def _arguments_and_gradients(stage: Exercise, values: Arguments) -> tuple[Arguments, Gradients]:
    """Return the arguments and the gradients of a stage from all right values."""
    return {name: values[name] for name in stage.arguments}, {name: values[name] for name in stage.shapes}


def _propagated(stages: Sequence[Exercise], values: Arguments, prediction: Prediction, ids: Ids) -> _WrongResult:
    after, changed = _propagate(stages, values, _first_spellings(prediction))
    return _WrongResult(ids, {name: [after[name]] for name in changed} | prediction, after)


def _propagate(stages: Sequence[Exercise], values: Arguments, changes: Arguments) -> tuple[Arguments, set[str]]:
    """Propagate changed values through right stages; return all values after them, and the names that changed."""
    after, changed = {**values, **changes}, set(changes)
    for stage in stages:
        if not changed.isdisjoint(stage.arguments):
            new = {name: value for name, value in stage.right(after).items() if name not in changes}
            after |= new
            changed |= new.keys()
    return after, changed


def _stages_before(gradients: Collection[str], stages: Sequence[Exercise]) -> list[Exercise]:
    """Return the stages that at least one of the gradients depends on."""
    leading: list[Exercise] = []
    needed = set(gradients)
    for stage in reversed(stages):
        if not needed.isdisjoint(stage.shapes):
            needed |= set(stage.arguments)
            leading.insert(0, stage)
    return leading


def _affected_names(stage: Exercise, stages: Sequence[Exercise]) -> set[str]:
    """Return the names of all values that depend on a stage."""
    names = set(stage.shapes)
    for after in stages:
        if not names.isdisjoint(after.arguments):
            names |= after.shapes.keys()
    return names


def _as_lists(prediction: Mapping[str, Array | list[Array]]) -> Prediction:
    return {name: value if isinstance(value, list) else [value] for name, value in prediction.items()}


def _first_spellings(prediction: Prediction) -> Gradients:
    """Return the first spelling of each array, which later stages get as their argument."""
    return {name: arrays[0] for name, arrays in prediction.items()}


def _least_contradicted(explanations: Explanations, order: Sequence[str]) -> list[Ids]:
    """Return those of the smallest unions of mistakes that predict the fewest gradients wrongly, in a given order."""
    smallest = _smallest_unions(explanations)
    if len(smallest) == 1:
        return smallest

    def contradictions(ids: Ids) -> int:
        return sum(
            min(each.contradicted for some, each in sets.items() if some <= ids) for sets in explanations.values()
        )

    least = min(map(contradictions, smallest))
    best = [ids for ids in smallest if contradictions(ids) == least]
    return sorted(best, key=lambda ids: sorted(map(order.index, ids)))


def _smallest_unions(explanations: Explanations) -> list[Ids]:
    """Return the smallest unions of mistakes that explain all explainable gradients."""
    ids = sorted({identifier for sets in explanations.values() for some in sets for identifier in some})
    for size in range(1, len(ids) + 1):
        unions = [frozenset(chosen) for chosen in combinations(ids, size)]
        enough = [union for union in unions if all(any(some <= union for some in s) for s in explanations.values())]
        if enough:
            return enough
    return []


def _is_needed(identifier: str, ids: Ids, sets: Iterable[Ids]) -> bool:
    return any(identifier in some and some <= ids for some in sets)

"""Find the known mistakes that explain wrong gradients, by the numbers alone.

An exercise's stages are followed in order. What a mistaken stage gives changes what later stages are given, so each
mistake, and each pair of them on one road, predicts all gradients that it spoils. What is left unexplained may be where
several roads meet: it is tried with all mistakes that have been found, each on its own road.
"""

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
    are different. Nothing is guessed: without an exact match there is no cause.

    Parameters
    ----------
    exercise : Exercise
    cases : sequence of dict
        The arguments of each call.
    results : sequence of dict
        What the learner's function returned in each.
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
    best, *rivals = _least_contradicted(explanations)
    alternatives = tuple(sorted(frozenset().union(*rivals) - best))
    by_id = {mistake.id: mistake for mistake in all_mistakes(exercise)}
    return tuple(
        Cause(
            mistake.id,
            mistake.title,
            mistake.explanation,
            tuple(name for name in wrong if _uses(mistake.id, best, explanations.get(name, ()))),
            alternatives,
        )
        for mistake in by_id.values()
        if mistake.id in best
    )


def all_mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of an exercise and of its stages, in the order in which a gradient meets them."""
    for stage in exercise.stages:
        yield from all_mistakes(stage)
    yield from exercise.mistakes


class _Case(NamedTuple):
    """One call: what its stages are given and give when all is right, and what the learner has returned."""

    values: Arguments
    yours: "dict[str, _Yours]"


class _Spoilt(NamedTuple):
    """What a set of mistakes gives: what the last of them changes, and all values after it."""

    ids: Ids
    prediction: Prediction
    values: Arguments


@dataclass(frozen=True)
class _Explanation:
    """How a set of mistakes predicts one gradient.

    Attributes
    ----------
    on_the_way : tuple of dict
        For each case, what the mistakes change before it comes to this gradient.
    contradicted : int
        How many other gradients they change that the learner has got otherwise.
    """

    on_the_way: tuple[Arguments, ...]
    contradicted: int


Explanations = dict[str, dict[Ids, _Explanation]]
"""For each gradient, the sets of mistakes that predict it in every case."""

Pairs = Callable[[Mistake, Exercise, Exercise], bool]
"""Whether to try, on top of a mistake made in one stage, those of another."""

Predictions = Callable[[int, Collection[Ids] | None], Iterator[_Spoilt]]
"""What the sets of mistakes that are still wanted give in the case of that number."""


def _explanations(
    exercise: Exercise, cases: Sequence[Arguments], results: Sequence[Mapping[str, Any]], wrong: Sequence[str]
) -> Explanations:
    stages = exercise.stages or (exercise,)
    tried = []
    for arguments, result in zip(cases, results, strict=True):
        values = {**arguments, **exercise.prepare(arguments)}
        for stage in stages:
            values |= stage.right(values)
        tried.append(_Case(values, {name: _Yours(result.get(name)) for name in exercise.shapes}))
    found: Explanations = {}
    for explain in (_by_one, _where_roads_meet, _by_two, _where_roads_meet):
        found |= explain(stages, tried, [name for name in wrong if name not in found], found)
    return found


def _by_one(stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], _: Explanations) -> Explanations:
    """Explain gradients by one mistake each."""
    leading = _leading_to(rest, stages)
    return _predicting(stages, cases, rest, lambda number, wanted: _spoilt(leading, cases[number].values, wanted))


def _by_two(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], found: Explanations
) -> Explanations:
    """Explain gradients by two mistakes, the first of which changes what the second one is given.

    The first is one that shows by itself in another gradient, unless the second covers all that it reaches.
    """
    leading = _leading_to(rest, stages)
    shown = {identifier for sets in found.values() for ids in sets for identifier in ids}
    reached = {tuple(stage.shapes): _reached(stage, stages) & cases[0].yours.keys() for stage in stages}

    def pairs(mistake: Mistake, first: Exercise, second: Exercise) -> bool:
        return mistake.id in shown or reached[tuple(first.shapes)] <= reached[tuple(second.shapes)]

    return _predicting(
        stages, cases, rest, lambda number, wanted: _spoilt(leading, cases[number].values, wanted, pairs)
    )


def _where_roads_meet(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], found: Explanations
) -> Explanations:
    """Explain gradients by all mistakes that have been found in others, and at most one more, made elsewhere."""
    clearest = [min(sets.items(), key=lambda item: item[1].contradicted) for sets in found.values()]
    before = [(ids, known) for ids, known in clearest if any(known.on_the_way)]
    if not before:
        return {}
    together = frozenset[str]().union(*(ids for ids, _ in before))
    leading = _leading_to(rest, stages)

    def predictions(number: int, wanted: Collection[Ids] | None) -> Iterator[_Spoilt]:
        met = {name: value for _, known in before for name, value in known.on_the_way[number].items()}
        values, changed = _passed_on(stages, cases[number].values, met)
        yield _Spoilt(together, {name: [values[name]] for name in changed}, values)
        for ids, prediction, after in _spoilt(leading, values, None):
            elsewhere = met.keys().isdisjoint(prediction)
            if elsewhere and (wanted is None or together | ids in wanted):
                yield _Spoilt(together | ids, prediction, after)

    return _predicting(stages, cases, rest, predictions)


def _predicting(
    stages: Sequence[Exercise], cases: Sequence[_Case], rest: Sequence[str], predictions: Predictions
) -> Explanations:
    """Keep, for each gradient, the sets of mistakes that predict it in every case."""
    surviving: Explanations = {}
    wanted: set[Ids] | None = None
    for number, case in enumerate(cases):
        matching: Explanations = {name: {} for name in rest}
        for spoilt in predictions(number, wanted):
            for name in matching.keys() & spoilt.prediction.keys():
                if any(case.yours[name].are(array) for array in spoilt.prediction[name]):
                    explanation, other = _explanation(name, stages, case, spoilt), matching[name].get(spoilt.ids)
                    if other is None or explanation.contradicted < other.contradicted:
                        matching[name][spoilt.ids] = explanation
        surviving = _in_both(surviving, matching) if number else matching
        wanted = {ids for sets in surviving.values() for ids in sets}
        if not wanted:
            break
    return {name: sets for name, sets in surviving.items() if sets}


def _in_both(before: Explanations, now: Explanations) -> Explanations:
    return {
        name: {
            # What mistakes spoil the first case shows: with one example some of them do nothing.
            ids: replace(before[name][ids], on_the_way=before[name][ids].on_the_way + explanation.on_the_way)
            for ids, explanation in sets.items()
            if ids in before[name]
        }
        for name, sets in now.items()
    }


def _explanation(gradient: str, stages: Sequence[Exercise], case: _Case, spoilt: _Spoilt) -> _Explanation:
    changed = {name: value for name, value in spoilt.values.items() if value is not case.values[name]}
    everything, names = _passed_on(stages, case.values, changed)
    spoils = [name for name in names & case.yours.keys() if not agrees(everything[name], case.values[name])]
    arrays = {name: [everything[name]] for name in spoils} | spoilt.prediction
    given_on = {name for stage in _leading_to([gradient], stages) for name in stage.arguments}
    return _Explanation(
        ({name: value for name, value in changed.items() if name in given_on},),
        sum(not any(map(case.yours[name].are, arrays[name])) for name in spoils),
    )


class _Yours:
    """A gradient of the learner's, ready to be compared with many predictions."""

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - learners return anything
        usable = isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiu"
        self._array = np.asarray(value) if usable else None
        if usable and value.size:
            self._first = value.item(0)
            self._far = 2 * TOLERANCE * float(np.abs(value).max())

    def are(self, predicted: Array) -> bool:
        """Tell whether these are the predicted numbers."""
        yours = self._array
        if yours is None or yours.shape != predicted.shape:
            return False
        # Most predictions are wrong in their first entry already, and a plain number is soon compared.
        if yours.size and abs(self._first - predicted.item(0)) > self._far:
            return False
        if not predicted.any():
            # Zeros have no size that a tolerance could be measured by.
            return not yours.any()
        return agrees(yours, predicted) or _same_where_not_finite(yours, predicted)


def _same_where_not_finite(yours: Array, predicted: Array) -> bool:
    finite = np.isfinite(predicted)
    if finite.all():
        return False
    return np.array_equal(yours[~finite], predicted[~finite], equal_nan=True) and agrees(
        yours[finite], predicted[finite]
    )


def _spoilt(
    stages: Sequence[Exercise], values: Arguments, wanted: Collection[Ids] | None, pairs: Pairs | None = None
) -> Iterator[_Spoilt]:
    """Yield what the stages give with each mistake; with ``pairs``, also with each second one on top of it."""
    for place, stage in enumerate(stages):
        later = stages[place + 1 :]
        singles: dict[Mistake, Prediction] = {}
        for mistake, prediction in _made(stage, values, frozenset(), wanted):
            singles[mistake] = prediction
            first = _followed(later, values, prediction, frozenset({mistake.id}))
            yield first
            for next_place, after in enumerate(later):
                given_on = not first.prediction.keys().isdisjoint(after.arguments)
                if pairs and given_on and pairs(mistake, stage, after):
                    for second, on_top in _made(after, first.values, first.ids, wanted):
                        yield _followed(later[next_place + 1 :], first.values, on_top, first.ids | {second.id})
        if pairs and not any(name in after.arguments for after in later for name in stage.shapes):
            yield from _twice(stage, values, singles)


def _made(
    stage: Exercise, values: Arguments, before: Ids, wanted: Collection[Ids] | None
) -> Iterator[tuple[Mistake, Prediction]]:
    """Yield the mistakes of one stage that are still wanted, together with those made before."""
    given, right = _at(stage, values)
    for mistake in stage.mistakes:
        if wanted is None or any(before | {mistake.id} <= ids for ids in wanted):
            yield mistake, _lists(mistake.predict(given, right))


def _twice(stage: Exercise, values: Arguments, singles: Mapping[Mistake, Prediction]) -> Iterator[_Spoilt]:
    """Yield two mistakes in the same stage, for the gradients that both touch."""
    given, right = _at(stage, values)
    for first, second in permutations(singles, 2):
        try:
            on_top = _lists(second.predict(given, right | _firsts(singles[first])))
        except (ValueError, IndexError):
            # The first mistake has changed a shape that the second one needs: nobody can make both.
            continue
        touched = {name: on_top[name] for name in on_top.keys() & singles[first].keys()}
        yield _Spoilt(frozenset({first.id, second.id}), touched, values | _firsts(singles[first] | on_top))


def _at(stage: Exercise, values: Arguments) -> tuple[Arguments, Gradients]:
    """Look up what a stage is given, and what it gives when it does nothing wrong."""
    return {name: values[name] for name in stage.arguments}, {name: values[name] for name in stage.shapes}


def _followed(stages: Sequence[Exercise], values: Arguments, made: Prediction, ids: Ids) -> _Spoilt:
    after, changed = _passed_on(stages, values, _firsts(made))
    return _Spoilt(ids, {name: [after[name]] for name in changed} | made, after)


def _passed_on(stages: Sequence[Exercise], values: Arguments, made: Arguments) -> tuple[Arguments, set[str]]:
    """Follow changed values through stages that do nothing wrong: all values after it, and which have changed."""
    after, changed = {**values, **made}, set(made)
    for stage in stages:
        if not changed.isdisjoint(stage.arguments):
            new = {name: value for name, value in stage.right(after).items() if name not in made}
            after |= new
            changed |= new.keys()
    return after, changed


def _leading_to(gradients: Collection[str], stages: Sequence[Exercise]) -> list[Exercise]:
    """Leave out the stages that have no influence on any of the gradients."""
    leading: list[Exercise] = []
    needed = set(gradients)
    for stage in reversed(stages):
        if not needed.isdisjoint(stage.shapes):
            needed |= set(stage.arguments)
            leading.insert(0, stage)
    return leading


def _reached(stage: Exercise, stages: Sequence[Exercise]) -> set[str]:
    """Tell what changes when a stage goes wrong."""
    names = set(stage.shapes)
    for after in stages:
        if not names.isdisjoint(after.arguments):
            names |= after.shapes.keys()
    return names


def _lists(prediction: Mapping[str, Array | list[Array]]) -> Prediction:
    return {name: value if isinstance(value, list) else [value] for name, value in prediction.items()}


def _firsts(prediction: Prediction) -> Gradients:
    """Choose the first spelling of each: what later stages are given."""
    return {name: arrays[0] for name, arrays in prediction.items()}


def _least_contradicted(explanations: Explanations) -> list[Ids]:
    """Of the smallest explanations, keep those whose mistakes show in most of the gradients that they would spoil."""
    fewest = _fewest(explanations)
    if len(fewest) == 1:
        return fewest

    def contradictions(ids: Ids) -> int:
        return sum(
            min(known.contradicted for some, known in sets.items() if some <= ids) for sets in explanations.values()
        )

    least = min(map(contradictions, fewest))
    return sorted((ids for ids in fewest if contradictions(ids) == least), key=sorted)


def _fewest(explanations: Explanations) -> list[Ids]:
    """Return the smallest unions of mistakes that explain all explainable gradients."""
    ids = sorted({identifier for sets in explanations.values() for some in sets for identifier in some})
    for size in range(1, len(ids) + 1):
        unions = [frozenset(chosen) for chosen in combinations(ids, size)]
        enough = [union for union in unions if all(any(some <= union for some in s) for s in explanations.values())]
        if enough:
            return enough
    return []


def _uses(identifier: str, ids: Ids, sets: Iterable[Ids]) -> bool:
    return any(identifier in some and some <= ids for some in sets)

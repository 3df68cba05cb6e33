"""Find the known mistakes that explain wrong gradients, by the numbers alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from bptt.check.compare import agrees
from bptt.check.exercise import Arguments, Exercise, Mistake
from bptt.check.report import Cause
from bptt.types import Array, Gradients

Ids = frozenset[str]
Prediction = dict[str, list[Array]]
"""For each gradient, the arrays that a set of mistakes can give."""

MOST = 2
"""How many mistakes together are tried as the explanation of one gradient."""


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
    best, *rivals = _least_contradicted(exercise, cases[0], explanations)
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


def _least_contradicted(exercise: Exercise, arguments: Arguments, explanations: Mapping[str, set[Ids]]) -> list[Ids]:
    """Of the smallest explanations, keep those whose mistakes show in most of the gradients that they would spoil."""
    fewest = _fewest(explanations)
    if len(fewest) == 1:
        return fewest
    touched = _touched(exercise, arguments)

    def contradictions(ids: Ids) -> int:
        showing = {one: {name for name, sets in explanations.items() if _uses(one, ids, sets)} for one in ids}
        return sum(len(touched[one] - showing[one]) for one in ids)

    least = min(map(contradictions, fewest))
    return sorted((ids for ids in fewest if contradictions(ids) == least), key=sorted)


def all_mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of an exercise and of its stages, in the order in which a gradient meets them."""
    for stage in exercise.stages:
        yield from all_mistakes(stage)
    yield from exercise.mistakes


def _explanations(
    exercise: Exercise, cases: Sequence[Arguments], results: Sequence[Mapping[str, Any]], wrong: Sequence[str]
) -> dict[str, set[Ids]]:
    """For each wrong gradient, the smallest sets of mistakes that predict it in every case."""
    found: dict[str, set[Ids]] = {}
    for most in range(1, MOST + 1):
        rest = [name for name in wrong if name not in found]
        if rest:
            found |= _predicting(exercise, cases, results, rest, most)
    return found


def _predicting(
    exercise: Exercise,
    cases: Sequence[Arguments],
    results: Sequence[Mapping[str, Any]],
    wrong: Sequence[str],
    most: int,
) -> dict[str, set[Ids]]:
    surviving: dict[str, set[Ids]] = {}
    for arguments, result in zip(cases, results, strict=True):
        matching: dict[str, set[Ids]] = {name: set() for name in wrong}
        for ids, prediction in _predictions(exercise, arguments, most):
            for name in matching.keys() & prediction.keys():
                if any(_same(result.get(name), array) for array in prediction[name]):
                    matching[name].add(ids)
        surviving = {name: ids & surviving.get(name, ids) for name, ids in matching.items()}
        if not any(surviving.values()):
            return {}
    minimal = {name: {ids for ids in sets if not any(less < ids for less in sets)} for name, sets in surviving.items()}
    return {name: sets for name, sets in minimal.items() if sets and frozenset() not in sets}


def _same(yours: Any, predicted: Array) -> bool:  # noqa: ANN401 - learners return anything
    if not isinstance(yours, np.ndarray | np.generic) or yours.dtype.kind not in "fiu":
        return False
    yours = np.asarray(yours)
    if not predicted.any():
        # Zeros have no size that a tolerance could be measured by.
        return yours.shape == predicted.shape and not yours.any()
    return agrees(yours, predicted) or _same_where_not_finite(yours, predicted)


def _same_where_not_finite(yours: Array, predicted: Array) -> bool:
    finite = np.isfinite(predicted)
    if finite.all() or yours.shape != predicted.shape:
        return False
    return np.array_equal(yours[~finite], predicted[~finite], equal_nan=True) and agrees(
        yours[finite], predicted[finite]
    )


def _predictions(exercise: Exercise, arguments: Arguments, most: int) -> Iterator[tuple[Ids, Prediction]]:
    """Yield what the exercise gives with each set of at most ``most`` of its mistakes, the empty set first."""
    if exercise.stages:
        yield from _through(exercise.stages, {**arguments, **exercise.prepare(arguments)}, most)
        return
    right = exercise.right(arguments)
    yield frozenset(), _lists(right)
    single = {mistake: _lists(mistake.predict(arguments, right)) for mistake in exercise.mistakes if most}
    for mistake, prediction in single.items():
        yield frozenset({mistake.id}), prediction
    if most > 1:
        for first, second in permutations(exercise.mistakes, 2):
            yield frozenset({first.id, second.id}), _on_top(second, arguments, right, single[first])


def _on_top(second: Mistake, arguments: Arguments, right: Gradients, first: Prediction) -> Prediction:
    """Predict a mistake made on top of another one, for the gradients that both touch."""
    spoilt = {name: arrays[0] for name, arrays in first.items()}
    try:
        both = _lists(second.predict(arguments, {**right, **spoilt}))
    except (ValueError, IndexError):
        # The first mistake has changed a shape that the second one needs: nobody can make both.
        return {}
    return {name: both[name] for name in both.keys() & spoilt.keys()}


def _through(stages: Sequence[Exercise], arguments: Arguments, most: int) -> Iterator[tuple[Ids, Prediction]]:
    """Follow mistakes through stages: what one stage returns, right or wrong, is what later stages are given."""
    stage, later = stages[0], stages[1:]
    feeds = any(name in after.arguments for after in later for name in stage.shapes)
    given = {name: arguments[name] for name in stage.arguments}
    right: dict[str, Array] = {}
    for ids, prediction in _predictions(stage, given, min(most, 1) if feeds else most):
        yield ids, prediction
        if later and (feeds or not ids):
            # The empty set comes first, so what a mistake leaves alone is passed on as it should be.
            made = {name: arrays[0] for name, arrays in prediction.items()}
            right = right or made
            for more, rest in _through(later, {**arguments, **right, **made}, most - len(ids)):
                yield ids | more, rest


def _lists(prediction: Mapping[str, Array | list[Array]]) -> Prediction:
    return {name: value if isinstance(value, list) else [value] for name, value in prediction.items()}


def _fewest(explanations: Mapping[str, set[Ids]]) -> list[Ids]:
    """Return the smallest unions of mistakes that explain all explainable gradients."""
    ids = sorted(frozenset().union(*frozenset().union(*explanations.values())))
    for size in range(1, len(ids) + 1):
        unions = [frozenset(chosen) for chosen in combinations(ids, size)]
        enough = [union for union in unions if _explained(union, explanations) == explanations.keys()]
        if enough:
            return enough
    return []


def _explained(ids: Ids, explanations: Mapping[str, set[Ids]]) -> set[str]:
    return {name for name, sets in explanations.items() if any(some <= ids for some in sets)}


def _uses(identifier: str, ids: Ids, sets: Iterable[Ids]) -> bool:
    return any(identifier in some and some <= ids for some in sets)


def _touched(exercise: Exercise, arguments: Arguments) -> dict[str, set[str]]:
    """For each mistake, the gradients that it spoils."""
    right = exercise.right(arguments)
    touched: dict[str, set[str]] = defaultdict(set)
    for ids, prediction in _predictions(exercise, arguments, 1):
        for name in prediction.keys() & right.keys():
            if ids and not agrees(prediction[name][0], right[name]):
                touched[next(iter(ids))].add(name)
    return touched

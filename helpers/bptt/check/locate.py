"""Locate a mistake that is not among the known ones: what is right tells where it is not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bptt.check.exercise import Arguments, Exercise
from bptt.check.tolerance import agrees
from bptt.wording import join_names

ONE_EXAMPLE, ONE_STEP = 1, 2
"""Indices of the cases with m = 1 and with T_x = 1 among ``inputs.sizes``."""
MANY = 3
"""From more gradients than this on, they are not listed by name."""

Dependencies = Mapping[str, set[str]]
"""By value, the values that it is made from."""

MEANINGS = {
    "dc": "the gradient of the memory",
    "dzf": "the forget gate's",
    "dzi": "the update gate's",
    "dzc": "the candidate's",
    "dzo": "the output gate's",
}
"""What to add to the name of a value, for learners whose code has another name for it, or none."""


@dataclass(frozen=True)
class Evidence:
    """What is right and what is wrong in the results of a function.

    Attributes
    ----------
    wrong_by_case : sequence of set of str
        The wrong gradients in each case.
    right : set of str
        The gradients that are right in every case.
    explained : set of str
        The wrong gradients that a known mistake explains.
    made_from : dict of set of str
        As from :func:`dependencies`.
    axes : set of str
        Names of the sizes that the arguments have, such as ``m``.
    wrong_steps : tuple of bool
        For a loop, at which steps ``dx`` is wrong in the first case; empty when it has no steps to compare.
    """

    wrong_by_case: Sequence[Collection[str]]
    right: Collection[str]
    explained: Collection[str]
    made_from: Dependencies
    axes: Collection[str]
    wrong_steps: Sequence[bool] = ()


def where_to_look(exercise: Exercise, evidence: Evidence, unexplained: Sequence[str]) -> str:
    """Say where to look for a mistake, as far as what is right shows it.

    Parameters
    ----------
    exercise : Exercise
    evidence : Evidence
    unexplained : sequence of str
        The wrong gradients that no known mistake explains.

    Returns
    -------
    str
        One or two sentences; empty when nothing can be said.
    """
    if evidence.explained and _depend_on_the_same(evidence, unexplained):
        return (
            f"{join_names(unexplained)} {_are(unexplained)} wrong as well, and may come right with what is named "
            "above: fix that first, then check again."
        )
    by_sizes = _by_sizes(exercise, evidence, unexplained)
    by_lines = _in_a_loop if _is_loop(exercise) else _by_dependencies
    return " ".join(filter(None, [by_sizes, by_lines(exercise, evidence, unexplained)]))


def size_that_matters(is_wrong: Sequence[bool], axes: Collection[str]) -> tuple[str, bool] | None:
    """Return the size, ``m`` or ``T_x``, that tells wrong cases from right ones, and whether it is wrong where it is 1.

    Parameters
    ----------
    is_wrong : sequence of bool
        For each case of ``inputs.sizes``.
    axes : set of str
        Names of the sizes that the arguments have.

    Returns
    -------
    tuple or None
        None where no size tells them apart.
    """
    for case, name in ((ONE_EXAMPLE, "m"), (ONE_STEP, "T_x")):
        others = {wrong for number, wrong in enumerate(is_wrong) if number != case}
        if name in axes and others == {not is_wrong[case]}:
            return name, is_wrong[case]
    return None


def _by_sizes(exercise: Exercise, evidence: Evidence, unexplained: Sequence[str]) -> str:
    """Say which gradients need some sizes to be wrong, or to be right."""
    between = "goes from one step to the one before" if _is_loop(exercise) else "is done over the steps"
    said = {
        ("m", False): (
            "right with one example (m = 1), and wrong with more: look at what is done over the examples, such as a "
            "sum, a mean or an axis."
        ),
        ("m", True): (
            "wrong only with one example (m = 1): look for an axis of length 1 that gets lost, or that is taken for "
            "another one."
        ),
        ("T_x", False): f"right with one time step (T_x = 1), and wrong with more: look at what {between}.",
        ("T_x", True): "wrong only with one time step (T_x = 1): what is different then?",
    }
    found = {
        name: size_that_matters([name in wrong for wrong in evidence.wrong_by_case], evidence.axes)
        for name in unexplained
    }
    names_by_size = {size: [name for name in unexplained if found[name] == size] for size in said}
    return " ".join(f"{join_names(names)} {_are(names)} {said[size]}" for size, names in names_by_size.items() if names)


def _by_dependencies(exercise: Exercise, evidence: Evidence, wrong: Sequence[str]) -> str:
    """Say which values must be right, as right gradients are made from them, and which come first of the others."""
    if exercise.bare:
        return ""
    right, proved = evidence.right, _ancestors(evidence.made_from, evidence.right)
    roots = _first_unproved(evidence.made_from, proved, wrong)
    own_lines = [name for name in wrong if not roots[name]]
    made_from = list(dict.fromkeys(root for name in wrong for root in roots[name]))
    if not made_from and not right:
        given = join_names(exercise.arguments)
        return f"{join_names(wrong)} have no line in common, only what they are made from: are {given} used as given?"
    where = []
    if made_from:
        what = _all_of([name for name in wrong if roots[name]], wrong)
        where.append(f"{what} made from {join_names(map(_with_meaning, made_from))}, so look there first")
    if own_lines:
        where.append(f"look at the {_plural('line', own_lines)} of {join_names(own_lines)}")
    return _sentence(_what_is_right(exercise, right, wrong), _so_are(exercise, right, proved), where)


def _so_are(exercise: Exercise, right: Collection[str], proved: Collection[str]) -> str:
    names = [name for name in _intermediates(exercise) if name in proved]
    return f", so {join_names(names)} {_are(names)} right, too" if names and right else ""


def _sentence(what_is_right: str, so: str, where: Sequence[str]) -> str:
    if what_is_right:
        return f"{what_is_right}{so}: {'; '.join(where)}."
    first, *rest = where
    # The name of a gradient stays as it is.
    return f"{'; '.join([first.replace(_ALL, _ALL.capitalize()), *rest])}."


def _what_is_right(exercise: Exercise, right: Collection[str], wrong: Sequence[str]) -> str:
    names = [name for name in exercise.shapes if name in right]
    if not names:
        return ""
    if len(names) > MANY and len(names) + len(wrong) == len(exercise.shapes):
        return "Everything else is right"
    return f"{join_names(names)} {_are(names)} right"


_ALL = "all that are wrong"


def _all_of(names: Sequence[str], wrong: Sequence[str]) -> str:
    if len(names) == len(wrong) > MANY:
        return f"{_ALL} are"
    return f"{join_names(names)} {_are(names)}"


def _with_meaning(name: str) -> str:
    return f"{name} ({MEANINGS[name]})" if name in MEANINGS else name


def _intermediates(exercise: Exercise) -> Iterator[str]:
    return (name for stage in exercise.stages for name in stage.shapes if name not in exercise.shapes)


def dependencies(exercise: Exercise, arguments: Arguments) -> Dependencies:
    """Measure which values of its stages each value of an exercise is made from.

    Measured, because some stages are given values that only mistaken lines use.

    Parameters
    ----------
    exercise : Exercise
    arguments : dict
        Of one call.

    Returns
    -------
    dict of set of str
        By value, in the order of the backward pass; of a value before all stages the set is empty.
    """
    values = {**arguments, **exercise.prepare(arguments)}
    found: dict[str, set[str]] = {}
    for stage in exercise.stages:
        right = stage.right(values)
        made = {name: set[str]() for name in right}
        for name in found.keys() & set(stage.arguments):
            changed = stage.right({**values, name: values[name] + 1})
            for each in right:
                if not agrees(changed[each], right[each]):
                    made[each].add(name)
        found |= made
        values |= right
    return found


def _ancestors(made_from: Dependencies, names: Collection[str]) -> set[str]:
    found, rest = set[str](), list(names)
    while rest:
        new = made_from.get(rest.pop(), set()) - found
        found |= new
        rest += new
    return found


def _first_unproved(made_from: Dependencies, proved: Collection[str], wrong: Sequence[str]) -> dict[str, list[str]]:
    """For each wrong gradient, what it is made from that may be wrong, and is made from nothing else that may be."""
    order = list(made_from)
    found = {}
    for name in wrong:
        suspects = _ancestors(made_from, [name]) - set(proved)
        first = {each for each in suspects if not _ancestors(made_from, [each]) & suspects}
        found[name] = sorted(first, key=order.index)
    return found


def _depend_on_the_same(evidence: Evidence, unexplained: Sequence[str]) -> bool:
    """Tell whether what is explained may spoil all the others."""
    proved = _ancestors(evidence.made_from, evidence.right)
    spoilt = {*evidence.explained, *(_ancestors(evidence.made_from, evidence.explained) - proved)}
    return all(_ancestors(evidence.made_from, [name]) & spoilt for name in unexplained)


def _is_loop(exercise: Exercise) -> bool:
    return exercise.arguments[0] == "da" and "dx" in exercise.shapes


def _in_a_loop(exercise: Exercise, evidence: Evidence, wrong: Sequence[str]) -> str:
    """Say what a loop does right: what goes from step to step, or from which step on it goes wrong."""
    if evidence.right:
        return (
            f"{_what_is_right(exercise, evidence.right, wrong)}, so every cell is given the right gradient: look at "
            f"the {_plural('line', wrong)} where {join_names(wrong)} {_are(wrong)} collected or kept."
        )
    if "dx" not in wrong or not any(evidence.wrong_steps):
        return ""
    *before, last = evidence.wrong_steps
    if last:
        return (
            "dx is wrong at the last step already, where nothing has come back yet: look at what the cell of that step "
            "is given, and at what is done with dxt."
        )
    if all(before):
        return (
            "dx is right at the last step, and wrong at every step before: look at what goes from one step to the one "
            "before."
        )
    wrong_steps = [t for t, is_wrong in enumerate(evidence.wrong_steps) if is_wrong]
    where = join_names(map(str, wrong_steps))
    which = f"{_plural('step', wrong_steps)} {where}"
    return f"dx is wrong at {which} alone, of {len(evidence.wrong_steps)} steps: what is different there?"


def _plural(noun: str, names: Sequence[object]) -> str:
    return noun if len(names) == 1 else f"{noun}s"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"

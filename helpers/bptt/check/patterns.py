"""Describe how wrong numbers relate to right ones where no known mistake explains them: observations, not causes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from bptt.check.tolerance import TOLERANCE, agrees
from bptt.types import Array, Gradients
from bptt.wording import join_names

_AXES = ((1, "row"), (0, "column"))
"""The axis to reduce along, and the name of what is left."""


class Observation(NamedTuple):
    """How a gradient relates to right ones, for a sentence about one gradient and one about several."""

    one: str
    several: str


def sentences(observed: Mapping[str, Sequence[Observation]]) -> Iterator[str]:
    """Yield a sentence for each observation, about all gradients that it is true of.

    Parameters
    ----------
    observed : dict of list of Observation
        By gradient.

    Yields
    ------
    str
    """
    for each in dict.fromkeys(chain.from_iterable(observed.values())):
        names = [name for name, all_of_it in observed.items() if each in all_of_it]
        yield f"Your {join_names(names)} {each.one if len(names) == 1 else each.several}."


def observations(name: str, yours: Array, right: Gradients) -> Iterator[Observation]:
    """Yield how ``yours`` relates to the right gradients.

    Parameters
    ----------
    name : str
        Of the gradient.
    yours : ndarray
        Finite, and of the right shape.
    right : dict of ndarray
        All exact gradients of the same case.

    Yields
    ------
    Observation
    """
    expected = right[name]
    factor = _constant_factor(yours, expected)
    if not yours.any():
        yield Observation("is all zeros", "are all zeros")
    elif factor == -1:
        yield Observation("has the opposite sign everywhere", "have the opposite sign everywhere")
    elif factor is not None:
        yield Observation(
            f"is {factor:.6g} times the right one everywhere", f"are {factor:.6g} times the right ones everywhere"
        )
    for other, array in right.items():
        if other != name and agrees(yours, array):
            yield Observation(f"holds the numbers of {other}", f"hold the numbers of {other}")
    yield from _wrong_rows_or_columns(yours, expected)


def _constant_factor(yours: Array, expected: Array) -> float | None:
    if not expected.ndim:
        return None  # one number is always some multiple of another one
    square = float((expected * expected).sum())
    factor = float((yours * expected).sum()) / square if square else 0.0
    return round(factor, 9) if factor and agrees(yours, factor * expected) else None


def _wrong_rows_or_columns(yours: Array, expected: Array) -> Iterator[Observation]:
    if expected.ndim != len(_AXES):
        return
    wrong = np.abs(yours - expected) > TOLERANCE * np.abs(expected).max(initial=0.0)
    if wrong.sum() == 1:
        return  # the finding names that entry already
    for axis, word in _AXES:
        lines = wrong.any(axis=axis)
        if 0 < lines.sum() < lines.size:
            where = f"{word if lines.sum() == 1 else f'{word}s'} {join_names(map(str, np.flatnonzero(lines)))}"
            yield Observation(f"differs only in {where}", f"differ only in {where}")

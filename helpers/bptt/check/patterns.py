"""Describe how wrong numbers relate to right ones where no known mistake explains them: observations, not causes."""

from collections.abc import Iterator

import numpy as np

from bptt.check.tolerance import TOLERANCE, agrees
from bptt.types import Array, Gradients

_AXES = ((1, "row"), (0, "column"))
"""The axis to reduce along, and the name of what is left."""


def observations(name: str, yours: Array, right: Gradients) -> Iterator[str]:
    """Yield sentences about how ``yours`` relates to the right gradients.

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
    str
    """
    expected = right[name]
    factor = _constant_factor(yours, expected)
    if not yours.any():
        yield f"Your {name} is all zeros."
    elif factor == -1:
        yield f"Your {name} has the opposite sign everywhere."
    elif factor is not None:
        yield f"Your {name} is {factor:.6g} times the right one everywhere."
    for other, array in right.items():
        if other != name and agrees(yours, array):
            yield f"Your {name} holds the numbers of {other}."
    yield from _wrong_rows_or_columns(name, yours, expected)


def _constant_factor(yours: Array, expected: Array) -> float | None:
    if not expected.ndim:
        return None  # one number is always some multiple of another one
    square = float((expected * expected).sum())
    factor = float((yours * expected).sum()) / square if square else 0.0
    return round(factor, 9) if factor and agrees(yours, factor * expected) else None


def _wrong_rows_or_columns(name: str, yours: Array, expected: Array) -> Iterator[str]:
    if expected.ndim != len(_AXES):
        return
    wrong = np.abs(yours - expected) > TOLERANCE * np.abs(expected).max(initial=0.0)
    if wrong.sum() == 1:
        return  # the finding names that entry already
    for axis, word in _AXES:
        lines = wrong.any(axis=axis)
        if 0 < lines.sum() < lines.size:
            which = ", ".join(map(str, np.flatnonzero(lines)))
            differ = f"{word} {which} of {name} differs" if lines.sum() == 1 else f"{word}s {which} of {name} differ"
            yield f"Only {differ}."

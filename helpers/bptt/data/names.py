"""Names of dinosaurs, and names as arrays of letters."""

from collections.abc import Iterable, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from bptt.data.text import Integers

MARK = 0
"""Number of the mark at which a name starts and ends; it fills up shorter names, too. The letters are 1 to 26."""
N_LETTERS = 27
"""The letters from a to z, and the mark."""


class Names(NamedTuple):
    """Names to learn from, and others to be tested on.

    Attributes
    ----------
    train, test : tuple of str
        In lower case, in random order.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]


def dinosaurs(n_test: int = 100, seed: int = 0) -> Names:
    """Load 1,127 names that have been given to dinosaurs: genera, some of which are no longer in use.

    Parameters
    ----------
    n_test : int
        How many to put aside.
    seed : int
        Equal seeds put the same ones aside.

    Returns
    -------
    Names
    """
    text = resources.files("bptt.data").joinpath("dinosaurs.txt").read_text(encoding="utf-8")
    names = [name.lower() for name in text.split()]
    mixed = [names[k] for k in np.random.default_rng(seed).permutation(len(names))]
    return Names(tuple(mixed[n_test:]), tuple(mixed[:n_test]))


def as_letters(names: Sequence[str]) -> tuple[Integers, Integers]:
    """Turn names into numbers: one row for each name, filled up with zeros to the length of the longest.

    >>> as_letters(["abe", "zu"])
    (array([[ 1,  2,  5],
           [26, 21,  0]]), array([3, 2]))

    Parameters
    ----------
    names : sequence of str
        Of the letters a to z.

    Returns
    -------
    letters : ndarray of int (m, T_x)
        1 for a, 26 for z; 0 behind the end of a name.
    lengths : ndarray of int (m,)
        How many letters each name has.

    Raises
    ------
    ValueError
        When a name has other characters than a to z, or none.
    """
    for name in names:
        if not (name.isascii() and name.isalpha() and name.islower()):
            raise ValueError(f"A name here has the letters a to z and nothing else; {name!r} is none.")
    lengths = np.array([len(name) for name in names], dtype=np.int64)
    letters = np.zeros((len(names), max(map(len, names), default=0)), dtype=np.int64)
    for row, name in zip(letters, names, strict=True):
        row[: len(name)] = [ord(letter) - ord("a") + 1 for letter in name]
    return letters, lengths


def as_name(letters: Iterable[int]) -> str:
    """Turn numbers back into a name, which ends at the first mark.

    >>> as_name([26, 21, 0, 0])
    'zu'

    Parameters
    ----------
    letters : iterable of int
        From 0 to 26.

    Returns
    -------
    str
    """
    name = ""
    for letter in letters:
        if letter == MARK:
            break
        name += chr(ord("a") - 1 + int(letter))
    return name

"""From text to arrays: words, their numbers, and sequences of equal length."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bptt.types import Rng

Integers = NDArray[np.int64]

PADDING, UNKNOWN = 0, 1
"""The numbers of what fills a shorter sequence up, and of all words that are not in the vocabulary."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[.,!?;:]")


def tokenise(text: str) -> list[str]:
    """Cut a text into words and punctuation marks, in small letters.

    >>> tokenise("It isn't bad!")
    ['it', "isn't", 'bad', '!']

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
    """
    return _WORD.findall(text.replace("’", "'").lower())


def vocabulary(texts: Iterable[str], at_least: int = 2) -> dict[str, int]:
    """Give the words of some texts numbers, the most frequent first.

    Parameters
    ----------
    texts : iterable of str
        Those to learn from. A word that stands only in other texts must stay unknown.
    at_least : int
        A word that is rarer than this stays unknown: it would be seen too seldom to be learnt.

    Returns
    -------
    dict of str to int
        From 2 on; 0 is for padding and 1 for unknown words.
    """
    counts = Counter(word for text in texts for word in tokenise(text))
    frequent = (word for word, count in counts.most_common() if count >= at_least)
    return {word: number for number, word in enumerate(frequent, start=UNKNOWN + 1)}


def pad(texts: Sequence[str], numbers: Mapping[str, int]) -> tuple[Integers, Integers]:
    """Write texts as numbers, filled up on the right to equal length.

    The real steps of example j are those before ``lengths[j]``: ``np.arange(T_x) < lengths[:, None]`` is the mask.

    Parameters
    ----------
    texts : sequence of str
    numbers : dict of str to int
        From :func:`vocabulary`.

    Returns
    -------
    words : ndarray (m, T_x) of int
        T_x is the length of the longest.
    lengths : ndarray (m,) of int
        How many steps of each are real; 1 at least, since a text without words counts as one unknown word.
    """
    written = [[numbers.get(word, UNKNOWN) for word in tokenise(text)] or [UNKNOWN] for text in texts]
    lengths = np.array([len(each) for each in written], dtype=np.int64)
    words = np.full((len(written), lengths.max(initial=0)), PADDING, dtype=np.int64)
    for row, each in zip(words, written, strict=True):
        row[: len(each)] = each
    return words, lengths


def batches(rng: Rng, lengths: Integers, m: int) -> Iterator[Integers]:
    """Go through all examples once, in random order, with examples of about the same length together.

    Together they need little padding, and padding takes as long as real words.

    Parameters
    ----------
    rng : numpy.random.Generator
    lengths : ndarray (examples,) of int
    m : int
        How many examples make a batch; the last ones may make a smaller one.

    Yields
    ------
    ndarray (m,) of int
        Which examples belong to the batch.
    """
    # A random part between 0 and 1 changes who meets whom, and hardly the length.
    order = np.argsort(lengths + rng.random(len(lengths)))
    together = [order[start : start + m] for start in range(0, len(order), m)]
    for number in rng.permutation(len(together)):
        yield together[number]

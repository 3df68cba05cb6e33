"""Turn text into arrays: tokenise, number words, pad to equal length and make batches."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bptt.types import Rng

Integers = NDArray[np.int64]

PADDING, UNKNOWN = 0, 1
"""Numbers of the padding that fills up shorter sequences, and of all words outside of the vocabulary."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[.,!?;:]")


def tokenise(text: str) -> list[str]:
    """Split a text into words and punctuation marks, in lower case.

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
    """Assign numbers to the words of some texts, the most frequent first.

    Parameters
    ----------
    texts : iterable of str
        The training texts only: a word that occurs only in other texts must stay unknown.
    at_least : int
        Smallest number of occurrences. A rarer word stays unknown, because it is seen too seldom to be learned.

    Returns
    -------
    dict of str to int
        Numbers from 2 on; 0 is for padding and 1 for unknown words.
    """
    counts = Counter(word for text in texts for word in tokenise(text))
    frequent = (word for word, count in counts.most_common() if count >= at_least)
    return {word: number for number, word in enumerate(frequent, start=UNKNOWN + 1)}


def pad(texts: Sequence[str], numbers: Mapping[str, int]) -> tuple[Integers, Integers]:
    """Encode texts as word numbers, padded on the right to equal length.

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
    encoded = [[numbers.get(word, UNKNOWN) for word in tokenise(text)] or [UNKNOWN] for text in texts]
    lengths = np.array([len(each) for each in encoded], dtype=np.int64)
    words = np.full((len(encoded), lengths.max(initial=0)), PADDING, dtype=np.int64)
    for row, each in zip(words, encoded, strict=True):
        row[: len(each)] = each
    return words, lengths


def batches(rng: Rng, lengths: Integers, m: int) -> Iterator[Integers]:
    """Draw batches of examples of about the same length, in random order; each example occurs once.

    Examples of one length need no padding, and padding takes as long as real words.

    Parameters
    ----------
    rng : numpy.random.Generator
    lengths : ndarray (examples,) of int
    m : int
        Size of a batch; the last one may be smaller.

    Yields
    ------
    ndarray (m,) of int
        Indices of the examples in the batch.
    """
    # A random number between 0 and 1 shuffles examples of equal length, and keeps the order of lengths.
    order = np.argsort(lengths + rng.random(len(lengths)))
    chunks = [order[start : start + m] for start in range(0, len(order), m)]
    for number in rng.permutation(len(chunks)):
        yield chunks[number]

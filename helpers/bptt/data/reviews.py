"""Film reviews with a verdict: real ones where they have been fetched, made-up ones elsewhere."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bptt.data.review_file import cached, rated
from bptt.data.synthetic import made_up
from bptt.runtime import is_autograding

_ENOUGH, _GRADED = 6000, 40
"""So many made-up reviews are enough to learn from, and where nobody looks."""
_HOW_TO_FETCH = "for real ones type 'bptt data reviews' into a terminal, once, and run this cell again"


class Split(NamedTuple):
    """Some reviews.

    Attributes
    ----------
    texts : list of str
    positive : ndarray (m,) of bool
        Whether each one praises its film.
    """

    texts: list[str]
    positive: NDArray[np.bool_]


class Reviews(NamedTuple):
    """Reviews to learn from, and others to be tested on.

    Attributes
    ----------
    train, test : Split
    source : str
        Where they come from, in one line.
    """

    train: Split
    test: Split
    source: str


def reviews() -> Reviews:
    """Return the rated snippets of real film reviews that ``bptt data reviews`` fetched, or made-up ones.

    The network is not used. The split is always the same: four of five reviews are for training, and in both parts
    there are as many positive as negative ones. Under autograding a few made-up ones are enough.

    Returns
    -------
    Reviews
    """
    if is_autograding():
        return _divided(*made_up(_GRADED), "made-up reviews, for autograding")
    if not cached().is_file():
        return _divided(*made_up(_ENOUGH), f"made-up reviews; {_HOW_TO_FETCH}")
    return _divided(*rated(cached()), "snippets of real film reviews")


def _divided(texts: Sequence[str], positive: NDArray[np.bool_], what: str) -> Reviews:
    """Divide reviews at random, both verdicts alike."""
    rng = np.random.default_rng(1)
    of_each = min(positive.sum(), (~positive).sum())
    for_training = round(0.8 * of_each)
    places = [rng.permutation(np.flatnonzero(positive == verdict))[:of_each] for verdict in (True, False)]

    def split(part: slice) -> Split:
        chosen = rng.permutation(np.concatenate([each[part] for each in places]))
        return Split([texts[place] for place in chosen], positive[chosen])

    return Reviews(split(slice(for_training)), split(slice(for_training, None)), f"{2 * of_each} {what}")

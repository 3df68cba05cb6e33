"""Film reviews with a verdict: real ones where they have been downloaded, synthetic ones elsewhere."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bptt.data.review_file import cache_path, read_reviews
from bptt.data.synthetic import synthetic_reviews
from bptt.runtime import is_autograding
from bptt.wording import say

_SYNTHETIC_COUNT, _GRADED_COUNT = 2800, 40
"""Numbers of synthetic reviews: enough to learn from, and enough under autograding."""


class Split(NamedTuple):
    """Reviews and their verdicts.

    Attributes
    ----------
    texts : list of str
    positive : ndarray (m,) of bool
        Whether each one praises its film.
    """

    texts: list[str]
    positive: NDArray[np.bool_]


class Reviews(NamedTuple):
    """Reviews to train on, and others to test on.

    Attributes
    ----------
    train, test : Split
    source : str
        Their number and origin, in one line.
    """

    train: Split
    test: Split
    source: str


def reviews(*, fetch: bool = False) -> Reviews:
    """Return the real film reviews that have been downloaded, or synthetic ones.

    The split is always the same: four of five reviews are for training, and in both parts there are as many positive as
    negative ones. Under autograding there are only a few, synthetic ones, and nothing is downloaded.

    Parameters
    ----------
    fetch : bool
        Whether to download the real ones if they are not there yet, and print what was done; ``bptt data reviews`` does
        the same. Otherwise the network is not used.

    Returns
    -------
    Reviews
    """
    if is_autograding():
        return _balanced_split(*synthetic_reviews(_GRADED_COUNT), "made-up reviews, for autograding")
    if fetch and not cache_path().is_file():
        _fetch()
    if not cache_path().is_file():
        remedy = "" if fetch else "; data.reviews(fetch=True) fetches real ones"
        return _balanced_split(*synthetic_reviews(_SYNTHETIC_COUNT), f"made-up reviews{remedy}")
    return _balanced_split(*read_reviews(cache_path()), "snippets of real film reviews")


def _fetch() -> None:
    from bptt.data.fetch import FetchError, fetch  # noqa: PLC0415 - not needed offline

    try:
        say(fetch(sys.stdout))
    except FetchError as error:
        say(error)


def _balanced_split(texts: Sequence[str], positive: NDArray[np.bool_], what: str) -> Reviews:
    """Split reviews at random, with equal numbers of both verdicts in each part."""
    rng = np.random.default_rng(1)
    of_each = min(positive.sum(), (~positive).sum())
    for_training = round(0.8 * of_each)
    places = [rng.permutation(np.flatnonzero(positive == verdict))[:of_each] for verdict in (True, False)]

    def split(part: slice) -> Split:
        chosen = rng.permutation(np.concatenate([each[part] for each in places]))
        return Split([texts[place] for place in chosen], positive[chosen])

    return Reviews(split(slice(for_training)), split(slice(for_training, None)), f"{2 * of_each} {what}")

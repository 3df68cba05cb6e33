"""Generator of synthetic film reviews: one sentence each, whose verdict depends on the order of the words."""

import numpy as np
from numpy.typing import NDArray

_PARTS = ["acting", "cast", "dialogue", "direction", "ending", "humour", "music", "plot", "script", "story"]
_GOOD = ["brilliant", "charming", "clever", "funny", "gripping", "lovely", "moving", "superb", "tender", "witty"]
_BAD = ["boring", "clumsy", "dreadful", "dull", "empty", "flat", "hollow", "stale", "tedious", "weak"]
_ADVERBS = ["", "", "", "very ", "rather ", "quite "]
_ENDS = [".", ".", "!", ", from start to end.", ", and that is what you take home.", ", whatever the critics say."]
_NEGATED_SHARE, _CONCESSION_SHARE = 0.3, 0.5
"""Shares of clauses with a "not", and of reviews with a "but". With more, a small network needs far longer to learn."""


def synthetic_reviews(m: int) -> tuple[list[str], NDArray[np.bool_]]:
    """Generate reviews such as "The plot is dull, but the cast is not weak." (positive).

    A "not" reverses an adjective, and the verdict comes after the "but". So the same words can praise or condemn: a
    classifier that counts words is right six times in ten, one that reads them in order nearly always.

    Parameters
    ----------
    m : int
        Number of reviews; half of them are positive.

    Returns
    -------
    texts : list of str
    positive : ndarray (m,) of bool
        Whether each one praises its film.
    """
    rng = np.random.default_rng(1)

    def clause(*, praise: bool) -> str:
        negated = rng.random() < _NEGATED_SHARE
        adjective = rng.choice(_GOOD if praise != negated else _BAD)
        return f"the {rng.choice(_PARTS)} is {'not ' if negated else ''}{rng.choice(_ADVERBS)}{adjective}"

    positive = np.arange(m) % 2 == 0
    texts = []
    for praise in positive:
        verdict = clause(praise=praise) + rng.choice(_ENDS)
        concession = f"{clause(praise=not praise)}, but " if rng.random() < _CONCESSION_SHARE else ""
        texts.append(f"{concession}{verdict}".capitalize())
    return texts, positive

"""Generator of synthetic film reviews: one sentence each, whose verdict depends on the order of the words."""

import numpy as np
from numpy.typing import NDArray

_PARTS = ["acting", "cast", "dialogue", "direction", "ending", "humour", "music", "plot", "script", "story"]
_GOOD = ["brilliant", "charming", "clever", "funny", "gripping", "lovely", "moving", "superb", "witty", "wonderful"]
_BAD = ["bad", "boring", "clumsy", "dreadful", "dull", "empty", "flat", "hollow", "stale", "weak"]
_ADVERBS = ["", "", "", "very ", "rather ", "quite "]
_ENDS = [".", ".", "!", ", from start to end.", ", and that is what you take home.", ", whatever the critics say."]
_NEGATED_SHARE, _TWO_CLAUSES_SHARE, _BUT_SHARE = 0.1, 0.5, 0.6
"""Shares of clauses with a "not", of reviews with two clauses, and of these with a "but" between them, not an "and".

With more of each, most words would speak for both verdicts, and what a network makes of a single one would say nothing.
"""


def synthetic_reviews(m: int) -> tuple[list[str], NDArray[np.bool_]]:
    """Generate reviews such as "The plot is dull, but the cast is not weak." (positive).

    A "not" reverses an adjective, and the verdict comes after a "but". So the same words can praise or condemn: a
    classifier that counts words is right three times in four, one that reads them in order nine times in ten.

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
        before = ""
        if rng.random() < _TWO_CLAUSES_SHARE:
            but = rng.random() < _BUT_SHARE
            before = f"{clause(praise=praise != but)}, {'but' if but else 'and'} "
        texts.append(f"{before}{verdict}".capitalize())
    return texts, positive

"""Made-up film reviews, for who has no real ones: one sentence each, in which the order of the words decides."""

import numpy as np
from numpy.typing import NDArray

_PARTS = [
    "acting",
    "camera",
    "cast",
    "dialogue",
    "direction",
    "ending",
    "humour",
    "music",
    "pace",
    "plot",
    "script",
    "story",
]
_GOOD = [
    "brilliant",
    "charming",
    "clever",
    "funny",
    "gripping",
    "lovely",
    "moving",
    "superb",
    "tender",
    "warm",
    "witty",
    "wonderful",
]
_BAD = [
    "boring",
    "clumsy",
    "dreadful",
    "dull",
    "empty",
    "flat",
    "hollow",
    "lifeless",
    "slow",
    "stale",
    "tedious",
    "weak",
]
_DEGREES = ["", "", "", "very ", "rather ", "quite "]
_ENDS = [".", ".", "!", ", from start to end.", ", and that is what you take home.", ", whatever the critics say."]


def made_up(m: int) -> tuple[list[str], NDArray[np.bool_]]:
    """Make up reviews such as "The plot is dull, but the cast is not weak." (positive).

    The last word is what counts: after a "but" comes the verdict. A "not" turns it round. So the same words can praise
    or condemn, and counting words is little better than guessing.

    Parameters
    ----------
    m : int
        How many; half of them are positive.

    Returns
    -------
    texts : list of str
    positive : ndarray (m,) of bool
    """
    rng = np.random.default_rng(1)

    def clause(*, praise: bool) -> str:
        negated = rng.random() < 0.5  # noqa: PLR2004 - as likely as not
        adjective = rng.choice(_GOOD if praise != negated else _BAD)
        return f"the {rng.choice(_PARTS)} is {'not ' if negated else ''}{rng.choice(_DEGREES)}{adjective}"

    positive = np.arange(m) % 2 == 0
    texts = []
    for praise in positive:
        concession, verdict = clause(praise=not praise), clause(praise=praise)
        texts.append(f"{concession}, but {verdict}{rng.choice(_ENDS)}".capitalize())
    return texts, positive

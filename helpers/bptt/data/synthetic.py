"""Made-up film reviews, for who has no real ones: one sentence each, in which the order of the words decides."""

import numpy as np
from numpy.typing import NDArray

_PARTS = ["acting", "cast", "dialogue", "direction", "ending", "humour", "music", "plot", "script", "story"]
_GOOD = ["brilliant", "charming", "clever", "funny", "gripping", "lovely", "moving", "superb", "tender", "witty"]
_BAD = ["boring", "clumsy", "dreadful", "dull", "empty", "flat", "hollow", "stale", "tedious", "weak"]
_DEGREES = ["", "", "", "very ", "rather ", "quite "]
_ENDS = [".", ".", "!", ", from start to end.", ", and that is what you take home.", ", whatever the critics say."]
_NEGATED, _CONCEDED = 0.3, 0.5
"""How many clauses have a "not", and how many reviews a "but". With more, a small network needs far longer to learn."""


def made_up(m: int) -> tuple[list[str], NDArray[np.bool_]]:
    """Make up reviews such as "The plot is dull, but the cast is not weak." (positive).

    A "not" turns an adjective round, and after a "but" comes the verdict. So the same words can praise or condemn:
    counting them is right six times in ten, and reading them nearly always.

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
        negated = rng.random() < _NEGATED
        adjective = rng.choice(_GOOD if praise != negated else _BAD)
        return f"the {rng.choice(_PARTS)} is {'not ' if negated else ''}{rng.choice(_DEGREES)}{adjective}"

    positive = np.arange(m) % 2 == 0
    texts = []
    for praise in positive:
        verdict = clause(praise=praise) + rng.choice(_ENDS)
        concession = f"{clause(praise=not praise)}, but " if rng.random() < _CONCEDED else ""
        texts.append(f"{concession}{verdict}".capitalize())
    return texts, positive

"""Generator of the adding problem: add two marked numbers, far apart, at the end of a sequence."""

import numpy as np

from bptt.types import Array, Rng


def adding_problem(rng: Rng, m: int, T_x: int) -> tuple[Array, Array]:
    r"""Draw sequences of random numbers, two of them marked; the answer is the sum of these two.

    The first mark is in the first half of the sequence and the second in the other half, so a network has to remember
    over half of the steps on average. A constant answer of 1, the mean, has a mean squared error of 1/6, about 0.167.

    Some details differ from the source, with no effect on the lesson: the numbers are from 0 to 1 and not from -1 to 1,
    the answer is the plain sum and not scaled, the marks are 0 or 1 and not -1 at both ends, all sequences are of one
    length, and the first mark can be anywhere in the first half and not only among the first ten steps.

    Parameters
    ----------
    rng : numpy.random.Generator
    m, T_x : int
        Examples; time steps, 2 at least.

    Returns
    -------
    x : ndarray (2, m, T_x)
        The numbers, uniform between 0 and 1, and the marks, 0 or 1.
    y : ndarray (1, m)
        For each example the sum of the two marked numbers.

    Raises
    ------
    ValueError
        When there are fewer than two steps to mark.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, section 5.4.
    """
    if T_x < 2:  # noqa: PLR2004 - one for each mark
        raise ValueError(f"Two steps are marked, so T_x must be at least 2; it is {T_x}.")
    numbers, marks = rng.random((m, T_x)), np.zeros((m, T_x))
    examples = np.arange(m)
    marks[examples, rng.integers(T_x // 2, size=m)] = 1
    marks[examples, rng.integers(T_x // 2, T_x, size=m)] = 1
    return np.stack([numbers, marks]), (numbers * marks).sum(axis=1)[None]

"""A straight line through measured points that a few disturbed ones do not move."""

import numpy as np

from bptt.types import Array


def median_line(x: Array, y: Array) -> tuple[float, float]:
    """Return slope and start of the line whose slope is the median of the slopes between all pairs of points.

    Parameters
    ----------
    x, y : ndarray (n,)

    Returns
    -------
    slope, start : float
        Not a number where there are no two different places.

    References
    ----------
    P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
    Association 63, 1968.
    """
    i, j = np.triu_indices(len(x), 1)
    apart = x[i] != x[j]
    i, j = i[apart], j[apart]
    if not i.size:
        return np.nan, np.nan
    slope = float(np.median((y[j] - y[i]) / (x[j] - x[i])))
    return slope, float(np.median(y - slope * x))

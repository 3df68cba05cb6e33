"""Robust line fit: the Theil-Sen estimator, which a few outliers do not move."""

import numpy as np

from bptt.types import Array


def median_line(x: Array, y: Array) -> tuple[float, float]:
    """Fit the line whose slope is the median of the slopes between all pairs of points.

    Parameters
    ----------
    x, y : ndarray (n,)
        Coordinates of the points.

    Returns
    -------
    slope, intercept : float
        NaN without two different ``x``.

    References
    ----------
    P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
    Association 63, 1968.
    """
    i, j = np.triu_indices(len(x), 1)
    distinct = x[i] != x[j]
    i, j = i[distinct], j[distinct]
    if not i.size:
        return np.nan, np.nan
    slope = float(np.median((y[j] - y[i]) / (x[j] - x[i])))
    return slope, float(np.median(y - slope * x))

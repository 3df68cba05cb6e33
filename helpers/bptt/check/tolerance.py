"""Numerical tolerance: the largest accepted error, and what counts as zero."""

import numpy as np

from bptt.types import Array

TOLERANCE = 1e-6
"""Largest accepted error of an entry, relative to the largest exact entry of the same gradient. Mathematically equal
formulas differ by some 1e-15 (float64) or 1e-7 (float32); a wrong one differs by far more on random input."""
NOTHING = 1e-12
"""A norm below this, relative to the largest exact one, counts as zero."""


def agrees(yours: Array, expected: Array) -> bool:
    """Tell whether two arrays have the same shape and, within the tolerance, the same numbers."""
    return yours.shape == expected.shape and bool(np.all(scaled_error(yours, expected) <= TOLERANCE))


def scaled_error(yours: Array, expected: Array) -> Array:
    """Compute the absolute error of each entry, relative to the largest expected entry.

    Parameters
    ----------
    yours, expected : ndarray
        Of the same shape.

    Returns
    -------
    ndarray
        The plain absolute error where all expected entries are zero.
    """
    scale = np.abs(expected).max(initial=0.0) or 1.0
    return np.abs(yours - expected) / scale

"""Type aliases for arrays, parameters and gradients."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""An array of float64, or of complex128 where a gradient is computed by the complex step."""

Parameters = dict[str, Array]
"""Weights and biases by name, e.g. ``{"Wax": (n_a, n_x), "ba": (n_a, 1), ...}``."""

Gradients = dict[str, Array]
"""Gradients by name: ``"d"`` and the name of the array that they belong to."""

Rng = np.random.Generator

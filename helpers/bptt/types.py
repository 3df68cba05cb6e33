"""Names for the types that the whole package passes around."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""An array of float64, or of complex128 on the way to an exact gradient."""

Parameters = dict[str, Array]
"""Weights and biases by name, e.g. ``{"Wax": (n_a, n_x), "ba": (n_a, 1), ...}``."""

Gradients = dict[str, Array]
"""Gradients by name: ``"d"`` and the name of what they belong to."""

Rng = np.random.Generator

"""The grader's own formulas give what the complex step gives, on cases of many sizes."""

import numpy as np
import pytest

from bptt import inputs
from bptt.check.exercises import EXERCISES
from bptt_instructor.grading.checks.backward import BACKWARD

TOLERANCE = 1e-11


@pytest.mark.parametrize("seed", [1, 7, 20])
@pytest.mark.parametrize("name", BACKWARD)
def test_formulas_are_exact(name, seed):
    exercise = EXERCISES[name]
    for number, sizes in enumerate(inputs.sizes(seed)):
        case = exercise.case(seed + number, sizes)
        right, returned = exercise.right(case), BACKWARD[name](*case.values())
        if exercise.bare:
            returned = {next(iter(right)): returned}
        assert returned.keys() == right.keys()
        for gradient, value in right.items():
            assert returned[gradient].shape == value.shape
            np.testing.assert_allclose(returned[gradient], value, rtol=TOLERANCE, atol=TOLERANCE)

"""The test inputs are consistent, and no two sizes of a case are equal."""

import numpy as np
import pytest

from bptt import inputs
from bptt.rnn import rnn_cell_z


@pytest.mark.parametrize("seed", range(50))
def test_sizes_of_a_case_all_differ(seed):
    cases = inputs.sizes(seed)
    assert all(len(set(case)) == len(case) for case in cases)
    assert [case.m == 1 for case in cases] == [False, True, False]
    assert [case.T_x == 1 for case in cases] == [False, False, True]


def test_a_next_is_tanh_of_z():
    _, cache = inputs.rnn_cell(seed=4)
    z = rnn_cell_z(cache.xt, cache.a_prev, cache.parameters)
    assert np.array_equal(cache.a_next, np.tanh(z))
    assert np.array_equal(1 - cache.a_next**2, 1 - np.tanh(z) ** 2)


def test_tanh_is_not_saturated():
    """A flat tanh would hide mistakes: hardly any gradient would pass."""
    slopes = np.concatenate([(1 - inputs.rnn_cell(seed)[1].a_next ** 2).ravel() for seed in range(20)])
    assert np.median(slopes) > 0.3


def test_equal_seeds_give_equal_numbers():
    first, second, other = (inputs.rnn_cell(seed) for seed in (3, 3, 4))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1].xt, second[1].xt)
    assert not np.array_equal(first[0], other[0])

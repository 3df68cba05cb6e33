"""The adding problem."""

import numpy as np
import pytest

from bptt.data import adding_problem


@pytest.mark.parametrize("T_x", [2, 3, 20])
def test_two_marks_one_in_each_half_and_their_sum(T_x):
    x, y = adding_problem(np.random.default_rng(1), 500, T_x)
    numbers, marks = x
    assert x.shape == (2, 500, T_x)
    assert y.shape == (1, 500)
    assert (marks[:, : T_x // 2].sum(axis=1) == 1).all()
    assert (marks[:, T_x // 2 :].sum(axis=1) == 1).all()
    assert np.isin(marks, [0, 1]).all()
    assert np.array_equal(y[0], [numbers[j, marks[j] == 1].sum() for j in range(500)])


def test_every_step_is_marked_now_and_then():
    (_, marks), _ = adding_problem(np.random.default_rng(1), 2000, 10)
    assert (marks.sum(axis=0) > 0).all()


def test_the_mean_misses_by_a_sixth():
    _, y = adding_problem(np.random.default_rng(1), 200_000, 2)
    assert np.isclose(((y - 1) ** 2).mean(), 1 / 6, atol=2e-3)


def test_one_step_is_too_few():
    with pytest.raises(ValueError, match="it is 1"):
        adding_problem(np.random.default_rng(1), 3, 1)

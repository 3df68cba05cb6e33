"""The LSTM's forward pass is the one of its equations, and its caches are consistent."""

import numpy as np
import pytest

from bptt import inputs
from bptt.activations import softmax
from bptt.lstm import lstm_cell_forward, lstm_cell_states, lstm_cell_z, lstm_forward

CASES = [(seed, *sizes) for seed in (1, 2, 3) for sizes in inputs.sizes(seed)]


def cell(xt, a_prev, c_prev, parameters):
    """Take one step as the equations stand, with one concatenation."""
    both = np.concatenate([a_prev, xt], axis=0)
    z = {gate: np.dot(parameters["W" + gate], both) + parameters["b" + gate] for gate in "fico"}
    f, i, o = (1 / (1 + np.exp(-z[gate])) for gate in "fio")
    c_next = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_next), c_next


@pytest.mark.parametrize("case", CASES)
def test_cell_is_that_of_the_equations(case):
    _, _, cache = inputs.lstm_cell(*case[:5])
    a_next, c_next = cell(cache.xt, cache.a_prev, cache.c_prev, cache.parameters)
    np.testing.assert_allclose(cache.a_next, a_next, rtol=1e-12)
    np.testing.assert_allclose(cache.c_next, c_next, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_sequence_is_a_plain_loop_over_cells(case):
    _, caches = inputs.lstm(*case)
    first = caches.steps[0]
    a, y, c, again = lstm_forward(caches.x, first.a_prev, first.parameters)
    a_next, c_next = first.a_prev, np.zeros_like(first.a_prev)
    for t, step in enumerate(caches.steps):
        a_next, c_next = cell(caches.x[:, :, t], a_next, c_next, first.parameters)
        np.testing.assert_allclose(a[:, :, t], a_next, rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(c[:, :, t], c_next, rtol=1e-11, atol=1e-15)
        by_softmax = softmax(first.parameters["Wy"] @ a_next + first.parameters["by"])
        np.testing.assert_allclose(y[:, :, t], by_softmax, rtol=1e-11)
        assert np.array_equal(step.a_next, again.steps[t].a_next)
        assert step.parameters is first.parameters
    assert (a.shape, y.shape, c.shape) == ((case[2], case[4], case[5]), (case[3], case[4], case[5]), a.shape)


def test_each_step_is_given_what_the_step_before_has_left():
    _, caches = inputs.lstm(seed=2)
    assert not caches.steps[0].c_prev.any()
    for before, after in zip(caches.steps, caches.steps[1:], strict=False):
        assert after.a_prev is before.a_next
        assert after.c_prev is before.c_next
    for t, step in enumerate(caches.steps):
        assert np.array_equal(step.xt, caches.x[:, :, t])


def test_values_after_the_activations_are_those_of_z():
    """So g * (1 - g) and the slope at z are the same number, and so are 1 - cct**2 and 1 - tanh(zc)**2."""
    _, _, cache = inputs.lstm_cell(seed=4)
    zf, zi, zc, zo = lstm_cell_z(cache.xt, cache.a_prev, cache.parameters)
    for gate, z in ((cache.ft, zf), (cache.it, zi), (cache.ot, zo)):
        np.testing.assert_allclose(gate, 1 / (1 + np.exp(-z)), rtol=1e-13)
    assert np.array_equal(cache.cct, np.tanh(zc))
    assert np.array_equal(cache.c_next, cache.ft * cache.c_prev + cache.it * cache.cct)
    assert np.array_equal(cache.a_next, cache.ot * np.tanh(cache.c_next))


def test_first_columns_belong_to_the_state():
    _, _, cache = inputs.lstm_cell(seed=4)
    n_a = len(cache.a_prev)
    blind = {**cache.parameters, "Wf": cache.parameters["Wf"].copy()}
    blind["Wf"][:, :n_a] = 0
    z = lstm_cell_z(cache.xt, cache.a_prev, blind)
    assert np.array_equal(z[0], lstm_cell_z(cache.xt, np.tanh(cache.a_prev), blind)[0])
    assert not np.array_equal(z[1], lstm_cell_z(cache.xt, np.tanh(cache.a_prev), blind)[1])


def test_gates_are_neither_open_nor_shut_and_the_memory_is_not_saturated():
    """A gate at its end would hide mistakes: hardly any gradient would pass."""
    caches = [inputs.lstm_cell(seed)[2] for seed in range(20)]
    for name in ("ft", "it", "ot"):
        gate = np.concatenate([getattr(cache, name).ravel() for cache in caches])
        assert np.median(gate * (1 - gate)) > 0.15
    assert np.median(np.concatenate([1 - np.tanh(cache.c_next).ravel() ** 2 for cache in caches])) > 0.3


def test_many_cells_at_once():
    """Leading axes are copies: what exact gradients are made with."""
    _, _, cache = inputs.lstm_cell(seed=3)
    copies = np.stack([cache.xt, 2 * cache.xt])
    stacked, _, _ = lstm_cell_states(*lstm_cell_z(copies, cache.a_prev, cache.parameters), cache.c_prev)
    for xt, a_next in zip(copies, stacked, strict=True):
        alone, _, _, _ = lstm_cell_forward(xt, cache.a_prev, cache.c_prev, cache.parameters)
        np.testing.assert_allclose(a_next, alone, rtol=1e-13)


def test_equal_seeds_give_equal_numbers():
    first, second, other = (inputs.lstm_cell(seed) for seed in (3, 3, 4))
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(first[2].c_next, second[2].c_next)
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], other[0])

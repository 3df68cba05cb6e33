"""The influence of a state on a loss agrees with nudging that state."""

import numpy as np
import pytest

from bptt import exact, inputs
from bptt.influence import influence, time_path
from bptt.lstm import lstm_cell_forward, lstm_forward
from bptt.rnn import rnn_cell_forward


def test_agrees_with_nudging_a_state():
    """Nudge one state at a time, run on from there, and see what the loss of step k says."""
    da, caches = inputs.rnn(seed=3, n_x=2, n_a=3, n_y=2, m=2, T_x=4)
    found, step = influence(da, caches), 1e-6
    for t in range(4):
        slopes = np.zeros((4, 3, 2))
        for index in np.ndindex(3, 2):
            nudge = np.zeros((3, 2))
            nudge[index] = step
            for sign in (1, -1):
                a = caches.steps[t].a_next + sign * nudge
                for k in range(t, 4):
                    a = a if k == t else rnn_cell_forward(caches.steps[k].xt, a, caches.steps[k].parameters)[0]
                    slopes[k][index] += sign * (da[:, :, k] * a).sum() / (2 * step)
        np.testing.assert_allclose(found[:, t], np.linalg.norm(slopes, axis=(1, 2)), rtol=1e-7, atol=1e-9)


def test_no_loss_reaches_a_later_state():
    found = influence(*inputs.rnn(seed=4))
    assert np.array_equal(found > 0, np.tri(6, dtype=bool))


def test_the_time_path_is_what_the_next_cell_hands_back():
    da, caches = inputs.rnn(seed=5)
    arriving = time_path(da, caches)
    for t in range(5):
        handed_back = exact.rnn_cell_backward((da + arriving)[:, :, t + 1], caches.steps[t + 1])["da_prev"]
        np.testing.assert_allclose(arriving[:, :, t], handed_back, rtol=1e-10)
    assert not arriving[:, :, -1].any()


@pytest.mark.parametrize("state", ["a", "c"])
def test_agrees_with_nudging_a_state_of_an_lstm(state):
    """Nudge one hidden state or one memory at a time; a nudged memory shows in its own hidden state as well."""
    da, caches = inputs.lstm(seed=3, n_x=2, n_a=3, n_y=2, m=2, T_x=4)
    found, step = influence(da, caches, state), 1e-6
    for t, cache in enumerate(caches.steps):
        slopes = np.zeros((4, 3, 2))
        for index in np.ndindex(3, 2):
            nudge = np.zeros((3, 2))
            nudge[index] = step
            for sign in (1, -1):
                a, c = cache.a_next, cache.c_next
                if state == "a":
                    a = a + sign * nudge
                else:
                    c = c + sign * nudge
                    a = cache.ot * np.tanh(c)
                for k in range(t, 4):
                    if k > t:
                        a, c, _, _ = lstm_cell_forward(caches.steps[k].xt, a, c, cache.parameters)
                    slopes[k][index] += sign * (da[:, :, k] * a).sum() / (2 * step)
        np.testing.assert_allclose(found[:, t], np.linalg.norm(slopes, axis=(1, 2)), rtol=1e-7, atol=1e-9)


def test_the_time_path_of_an_lstm_is_what_the_next_cell_hands_back():
    da, caches = inputs.lstm(seed=5)
    arriving, dc_next = time_path(da, caches), np.zeros(da.shape[:2])
    for t in reversed(range(5)):
        handed_back = exact.lstm_cell_backward((da + arriving)[:, :, t + 1], dc_next, caches.steps[t + 1])
        np.testing.assert_allclose(arriving[:, :, t], handed_back["da_prev"], rtol=1e-10)
        dc_next = handed_back["dc_prev"]
    assert not arriving[:, :, -1].any()


def test_with_the_forget_gate_open_and_the_others_shut_the_memory_keeps_all_of_a_gradient():
    """The highway: what reaches the memory of the last step reaches all earlier ones undiminished."""
    da, caches = inputs.lstm(seed=6, T_x=8)
    shut = {f"W{gate}": np.zeros((5, 8)) for gate in "fico"} | {"bf": np.full((5, 1), 50.0), "bo": np.zeros((5, 1))}
    found = influence(*rerun(da, caches, shut), state="c")
    np.testing.assert_allclose(found[-1], found[-1, -1], rtol=1e-12)
    forgetting = influence(*rerun(da, caches, shut | {"bf": np.zeros((5, 1))}), state="c")
    np.testing.assert_allclose(forgetting[-1], forgetting[-1, -1] * 0.5 ** np.arange(7, -1, -1), rtol=1e-12)


def rerun(da, caches, parameters):
    first = caches.steps[0]
    return da, lstm_forward(caches.x, first.a_prev, {**first.parameters, **parameters})[-1]


def test_an_rnn_has_no_memory_to_ask_for():
    with pytest.raises(ValueError, match="only an LSTM has a memory"):
        influence(*inputs.rnn(), state="c")

"""The influence of a state on a loss agrees with nudging that state."""

import numpy as np

from bptt import exact, inputs
from bptt.influence import influence, time_path
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

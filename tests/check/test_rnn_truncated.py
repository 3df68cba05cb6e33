"""Truncated backpropagation through time: the window has the right length."""

import numpy as np
import pytest

from bptt import check, exact, inputs
from bptt.check.diagnose import all_mistakes

TRUNCATED = check.EXERCISES["rnn_backward_truncated"]
rnn_cell_backward = None


def traversal(da, caches, steps):
    total = {"dx": np.zeros_like(caches.x), "da0": 0 * da[:, :, 0], "dWax": 0, "dWaa": 0, "dba": 0}
    for k in range(da.shape[2]):
        da_next, stop = da[:, :, k], max(-1, k - steps)
        for t in range(k, stop, -1):
            gradients = rnn_cell_backward(da_next, caches.steps[t])
            total["dx"][:, :, t] += gradients["dxt"]
            for name in ("dWax", "dWaa", "dba"):
                total[name] = total[name] + gradients[name]
            da_next = gradients["da_prev"]
        if k < steps:
            total["da0"] = total["da0"] + da_next
    return total


WRONG = {
    "window-one-too-long": lambda da, caches, steps: traversal(da, caches, steps + 1),
    "window-one-too-short": lambda da, caches, steps: traversal(da, caches, steps - 1),
    "not-truncated": lambda da, caches, _: traversal(da, caches, da.shape[2]),
}


def overwritten(name):
    def rnn_backward_truncated(da, caches, steps):
        """Let the traversal of each loss replace what earlier ones have left, wherever it comes."""
        right, left = traversal(da, caches, steps), 0
        for k in range(da.shape[2]):
            alone = np.zeros_like(da)
            alone[:, :, k] = da[:, :, k]
            its = traversal(alone, caches, steps)[name]
            if name == "dx":
                reached = (np.arange(da.shape[2]) <= k) & (np.arange(da.shape[2]) > k - steps)
                left = np.where(reached, its, left)
            elif name != "da0" or k < steps:
                left = its
        return right | {name: left}

    return rnn_backward_truncated


def da0_of_all(da, caches, steps):
    right, da0 = traversal(da, caches, steps), 0
    for k in range(da.shape[2]):
        da_next = da[:, :, k]
        for t in range(k, max(-1, k - steps), -1):
            da_next = rnn_cell_backward(da_next, caches.steps[t])["da_prev"]
        da0 = da0 + da_next
    return right | {"da0": da0}


def forgotten(name):
    def rnn_backward_truncated(da, caches, steps):
        right = traversal(da, caches, steps)
        return right | {name: 0 * right[name]}

    return rnn_backward_truncated


ONE_GRADIENT = [
    *(("traversals-overwritten", name, overwritten(name)) for name in ("dx", "da0", "dWax", "dba")),
    ("da0-from-losses-that-end-earlier", "da0", da0_of_all),
    *(("gradient-left-zero", name, forgotten(name)) for name in ("dx", "dWaa")),
]


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "gradient", "function"), ONE_GRADIENT)
def test_each_mistake_in_one_gradient_is_named(identifier, gradient, function, seed):
    report = check.run(TRUNCATED, function, seed=seed)
    assert report.wrong == (gradient,)
    assert [cause.id for cause in report.causes] == [identifier]


@pytest.mark.parametrize("seed", [1, 2, 7304])
def test_right_way_passes(seed):
    assert check.rnn_backward_truncated(traversal, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("identifier", WRONG)
def test_each_mistake_is_named(identifier, seed):
    report = check.run(TRUNCATED, WRONG[identifier], seed=seed)
    named = {cause.id for cause in report.causes} | {other for cause in report.causes for other in cause.alternatives}
    assert identifier in named


def test_the_whole_catalogue_is_tried():
    assert {mistake.id for mistake in all_mistakes(TRUNCATED)} == WRONG.keys() | {
        identifier for identifier, *_ in ONE_GRADIENT
    }


def test_a_window_over_everything_truncates_nothing():
    da, caches = inputs.rnn(seed=2)
    whole, window = exact.rnn_backward(da, caches), exact.rnn_backward_truncated(da, caches, da.shape[2])
    for name, gradient in whole.items():
        np.testing.assert_allclose(window[name], gradient, rtol=1e-11, atol=1e-13)

"""The activations are right, do not overflow, and keep complex steps exact."""

import numpy as np
import pytest

from bptt.activations import sigmoid, softmax

STEP = 1e-30


def test_sigmoid_values_and_extremes():
    np.testing.assert_allclose(sigmoid(np.array([0.0, np.log(3)])), [0.5, 0.75], rtol=1e-15)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0.0, 1.0])


def test_sigmoid_slope_by_complex_step():
    x = np.linspace(-5, 5, 21)
    np.testing.assert_allclose(sigmoid(x + 1j * STEP).imag / STEP, sigmoid(x) * (1 - sigmoid(x)), rtol=1e-12)


def test_softmax_columns_sum_to_one_in_every_batch():
    x = np.random.default_rng(0).standard_normal((4, 5, 3)) * 300
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_allclose(softmax(x).sum(axis=-2), np.ones((4, 3)), rtol=1e-14)


def test_softmax_gradient_by_complex_step():
    """The Jacobian of softmax is diag(y) - y y^T."""
    x = np.array([[0.3], [-1.2], [2.0]])
    y = softmax(x)
    for j in range(3):
        nudged = x + 1j * STEP * np.eye(3)[:, [j]]
        assert softmax(nudged).imag / STEP == pytest.approx(y * np.eye(3)[:, [j]] - y * y[j], rel=1e-12)

"""The exact gradients agree with central differences, with another library, and with published numbers."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from bptt import exact, inputs
from bptt.rnn import rnn_cell_forward

CASES = [(seed, *sizes[:4]) for seed in (1, 2, 3) for sizes in inputs.sizes(seed)]


def stand_in_loss(da_next, cache, changed):
    """J, whose gradient with respect to a_next is da_next, as a function of some of what entered the cell."""
    given = {"xt": cache.xt, "a_prev": cache.a_prev, **cache.parameters, **changed}
    z = given["Wax"] @ given["xt"] + given["Waa"] @ given["a_prev"] + given["ba"]
    return (da_next * anp.tanh(z)).sum()


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_another_library(case):
    """Reverse-mode automatic differentiation knows nothing of complex steps."""
    da_next, cache = inputs.rnn_cell(*case)
    given = {"xt": cache.xt, "a_prev": cache.a_prev, **cache.parameters}
    for name, gradient in exact.rnn_cell_backward(da_next, cache).items():
        by_autograd = grad(lambda value, key=name[1:]: stand_in_loss(da_next, cache, {key: value}))(given[name[1:]])
        np.testing.assert_allclose(gradient, by_autograd, rtol=1e-12, atol=1e-14)


def test_agrees_with_central_differences():
    da_next, cache = inputs.rnn_cell(seed=5)
    given = {"xt": cache.xt, "a_prev": cache.a_prev, **cache.parameters}
    for name, gradient in exact.rnn_cell_backward(da_next, cache).items():
        value, step = given[name[1:]], 1e-6
        for index in np.ndindex(value.shape):
            nudge = np.zeros_like(value)
            nudge[index] = step
            up = stand_in_loss(da_next, cache, {name[1:]: value + nudge})
            down = stand_in_loss(da_next, cache, {name[1:]: value - nudge})
            assert gradient[index] == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-8)


def test_agrees_with_published_numbers():
    """The values printed in the best-known assignment, for NumPy's legacy seed 1."""
    legacy = np.random.RandomState(1)
    xt, a_prev = legacy.randn(3, 10), legacy.randn(5, 10)
    shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
    _, _, cache = rnn_cell_forward(xt, a_prev, {name: legacy.randn(*shape) for name, shape in shapes.items()})
    gradients = exact.rnn_cell_backward(legacy.randn(5, 10), cache)
    assert gradients["dxt"][1][2] == pytest.approx(-1.3872130506020925, rel=1e-12)
    assert gradients["da_prev"][2][3] == pytest.approx(-0.15239949377395495, rel=1e-12)
    assert gradients["dWax"][3][1] == pytest.approx(0.4107728249354584, rel=1e-12)
    assert gradients["dWaa"][1][2] == pytest.approx(1.1503450668497135, rel=1e-12)
    assert gradients["dba"][4, 0] == pytest.approx(0.20023491, rel=1e-7)


def test_stages_put_together_are_the_whole():
    da_next, cache = inputs.rnn_cell(seed=8)
    dz = exact.rnn_cell_dz(da_next, cache)
    stages = exact.rnn_cell_inputs_backward(dz, cache) | exact.rnn_cell_parameters_backward(dz, cache)
    whole = exact.rnn_cell_backward(da_next, cache)
    assert stages.keys() == whole.keys()
    for name, gradient in whole.items():
        np.testing.assert_allclose(stages[name], gradient, rtol=1e-12)


def test_is_withheld_while_a_learner_runs():
    da_next, cache = inputs.rnn_cell()
    with exact.forbid_exact(), pytest.raises(exact.ReferenceUsedError):
        exact.rnn_cell_backward(da_next, cache)
    assert exact.rnn_cell_backward(da_next, cache).keys() == {"dxt", "da_prev", "dWax", "dWaa", "dba"}

"""What is made from a forward pass alone: for the RNN it finds what the exercises that were written for it find."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from attempts import WRONG as WRONG_CELLS
from attempts import tidy
from bptt import check, inputs
from bptt.check.diagnose import all_mistakes
from bptt.check.exercises.recurrent import exercises
from bptt.exact.rnn import PARAMETERS
from bptt.influence import influence
from bptt.jacobians.any_cell import GenericChain
from bptt.jacobians.chain import Carry
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.recurrent import Recurrent
from bptt.rnn import RNNCaches, RNNCellCache, rnn_cell_state
from test_rnn_sequence import RAISES, WRONG, written


def forward(xt, a_prev, parameters):
    a_next = rnn_cell_state(xt, a_prev, parameters)
    return a_next, RNNCellCache(a_next, a_prev, xt, parameters)


SHAPES = {"Wax": "n_a, n_x", "Waa": "n_a, n_a", "ba": "n_a, 1"}
RNN = Recurrent("rnn", forward, RNNCellCache, SHAPES)
CELL, SEQUENCE = exercises(RNN, cell_hints=("Begin with dz.",))


def causes(exercise, function, seed=1):
    return [cause.id for cause in check.run(exercise, function, seed=seed).causes]


def loss(da, given):
    """J of a sequence, whose gradient with respect to each state is da, in another library's NumPy."""
    a, total = given["a0"], 0.0
    for t in range(da.shape[2]):
        a = anp.tanh(anp.dot(given["Wax"], given["x"][:, :, t]) + anp.dot(given["Waa"], a) + given["ba"])
        total = total + (da[:, :, t] * a).sum()
    return total


@pytest.mark.parametrize("sizes", inputs.sizes(4))
def test_exact_gradients_agree_with_another_library(sizes):
    da, caches = RNN.inputs(4, sizes.n_x, sizes.n_a, sizes.m, sizes.T_x)
    given = {"x": caches.x, "a0": caches.steps[0].a_prev, **caches.steps[0].parameters}
    found = RNN.backward(da, caches)
    assert found.keys() == {f"d{name}" for name in given}
    for name, value in given.items():
        by_autograd = grad(lambda changed, name=name: loss(da, {**given, name: changed}))(value)
        np.testing.assert_allclose(found[f"d{name}"], by_autograd, rtol=1e-11, atol=1e-13)


def test_exact_gradients_of_one_cell_are_those_of_a_sequence_of_one():
    da, caches = RNN.inputs(4, T_x=1)
    found, whole = RNN.cell_backward(da[:, :, 0], caches.steps[0]), RNN.backward(da, caches)
    np.testing.assert_allclose(found["dxt"], whole["dx"][:, :, 0], rtol=1e-14)
    np.testing.assert_allclose(found["da_prev"], whole["da0"], rtol=1e-14)
    for name in SHAPES:
        np.testing.assert_allclose(found[f"d{name}"], whole[f"d{name}"], rtol=1e-14)


def test_inputs_are_consistent_and_of_the_sizes_that_were_asked_for():
    da, caches = RNN.inputs(seed=1, n_x=3, n_a=5, m=4, T_x=6)
    assert da.shape == (5, 4, 6)
    assert caches.x.shape == (3, 4, 6)
    a, again = RNN.forward(caches.x, caches.steps[0].a_prev, caches.steps[0].parameters)
    for t, cache in enumerate(caches.steps):
        assert np.array_equal(cache.a_next, rnn_cell_state(cache.xt, cache.a_prev, cache.parameters))
        assert np.array_equal(cache.a_next, a[:, :, t])
        assert np.array_equal(cache.a_next, again.steps[t].a_next)


@pytest.mark.parametrize("seed", [1, 7301])
def test_the_right_ones_pass(seed):
    assert check.run(CELL, tidy, seed=seed).passed
    assert check.run(SEQUENCE, written(), seed=seed).passed


@pytest.mark.parametrize(("identifier", "spoilt", "changes"), WRONG)
def test_each_mistake_of_the_loop_is_named_for_any_cell(identifier, spoilt, changes):
    report = check.run(SEQUENCE, written(*changes))
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, spoilt)]
    lost_an_axis = any(finding.kind == "shape" and finding.gradient == "dx" for finding in report.findings)
    assert (report.impulse is None) == lost_an_axis


@pytest.mark.parametrize(("identifier", "changes"), RAISES)
def test_a_loop_that_stops_with_an_error_is_named_for_any_cell(identifier, changes):
    assert causes(SEQUENCE, written(*changes)) == [identifier]


@pytest.mark.parametrize("identifier", [mistake.id for mistake in all_mistakes(CELL)])
def test_each_mistake_with_weights_and_biases_is_named_for_any_cell(identifier):
    spoilt, wrong = WRONG_CELLS[identifier]
    report = check.run(CELL, wrong)
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, spoilt)]


def test_a_mistake_of_its_own_is_named_too():
    ours = check.exercise.Mistake("doubled", "Twice", "Think.", lambda _, right: {"dxt": 2 * right["dxt"]})
    cell, _ = exercises(RNN, ("",), cell_mistakes=(ours,))
    assert causes(cell, lambda d, c: tidy(d, c) | {"dxt": 2 * tidy(d, c)["dxt"]}) == ["doubled"]
    assert causes(CELL, lambda d, c: tidy(d, c) | {"dxt": 2 * tidy(d, c)["dxt"]}) == []


def test_influence_of_any_cell():
    da, caches = RNN.inputs(seed=2)
    np.testing.assert_allclose(influence(da, RNN.chain(caches)), influence(da, RNNCaches(*caches)), rtol=1e-12)


@pytest.mark.parametrize(
    ("cells", "carry"), [(None, None), ([2, 2, 0, 1], None), (None, Carry([[0.5]], [[2.0]], [[1.0]]))]
)
def test_both_kinds_of_chain_say_the_same(cells, carry):
    da, caches = inputs.rnn(seed=2, T_x=4)
    one, other = RnnLstmChain(caches), GenericChain(rnn_cell_state, PARAMETERS, caches)
    known, found = one.sweep(da, cells, carry), other.sweep(da, cells, carry)
    np.testing.assert_allclose(found["carried"], known["carried"], rtol=1e-12)
    np.testing.assert_allclose(found["dx_steps"], known["dx_steps"], rtol=1e-12)
    for t in range(4):
        expected, split = one.split(known["weight_steps"][..., t]), other.split(found["weight_steps"][..., t])
        for name, gradient in expected.items():
            np.testing.assert_allclose(split[name], gradient, rtol=1e-11, atol=1e-13)


def test_a_description_that_checks_cannot_use_is_refused():
    with pytest.raises(TypeError, match="begin the names of weights with W"):
        Recurrent("rnn", forward, RNNCellCache, {"U": "n_a, n_x"})
    with pytest.raises(TypeError, match="Sizes needs the fields a_next, a_prev, parameters, xt as well"):
        Recurrent("rnn", forward, inputs.Sizes, SHAPES)

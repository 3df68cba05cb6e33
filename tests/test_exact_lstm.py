"""The LSTM's exact gradients agree with another library, with central differences, and stage by stage."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from bptt import exact, inputs

CASES = [(seed, *sizes) for seed in (1, 2, 3) for sizes in inputs.sizes(seed)]
LEARNT = tuple(kind + gate for gate in "fico" for kind in "Wb")


def sigmoid(z):
    return 1 / (1 + anp.exp(-z))


def cell(given):
    """Take one step with one concatenation, in the other library's NumPy."""
    both = anp.concatenate([given["a_prev"], given["xt"]])
    f, i, o = (sigmoid(anp.dot(given["W" + g], both) + given["b" + g]) for g in "fio")
    c_next = f * given["c_prev"] + i * anp.tanh(anp.dot(given["Wc"], both) + given["bc"])
    return o * anp.tanh(c_next), c_next


def cell_loss(da_next, dc_next, given):
    """J, whose gradients with respect to a_next and c_next are da_next and dc_next."""
    a_next, c_next = cell(given)
    return (da_next * a_next + dc_next * c_next).sum()


def sequence_loss(da, given):
    a, c, total = given["a0"], anp.zeros(given["a0"].shape), 0.0
    for t in range(da.shape[2]):
        a, c = cell({**given, "xt": given["x"][:, :, t], "a_prev": a, "c_prev": c})
        total = total + (da[:, :, t] * a).sum()
    return total


def entered_cell(cache):
    learned = {name: cache.parameters[name] for name in LEARNT}
    return {"xt": cache.xt, "a_prev": cache.a_prev, "c_prev": cache.c_prev, **learned}


def entered_sequence(caches):
    learned = {name: caches.steps[0].parameters[name] for name in LEARNT}
    return {"x": caches.x, "a0": caches.steps[0].a_prev, **learned}


def by_autograd(loss, given, name):
    return grad(lambda value: loss({**given, name: value}))(given[name])


def by_central_differences(loss, given, name, step=1e-6):
    found = np.zeros_like(given[name])
    for index in np.ndindex(found.shape):
        nudge = np.zeros_like(found)
        nudge[index] = step
        up, down = (loss({**given, name: given[name] + side * nudge}) for side in (1, -1))
        found[index] = (up - down) / (2 * step)
    return found


@pytest.mark.parametrize("case", CASES)
def test_cell_agrees_with_another_library(case):
    da_next, dc_next, cache = inputs.lstm_cell(*case[:5])
    given = entered_cell(cache)
    found = exact.lstm_cell_backward(da_next, dc_next, cache)
    assert set(found) == {"d" + name for name in given}
    for name in given:
        expected = by_autograd(lambda g: cell_loss(da_next, dc_next, g), given, name)
        np.testing.assert_allclose(found["d" + name], expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_sequence_agrees_with_another_library(case):
    da, caches = inputs.lstm(*case)
    given = entered_sequence(caches)
    found = exact.lstm_backward(da, caches)
    assert set(found) == {"d" + name for name in given}
    for name in given:
        expected = by_autograd(lambda g: sequence_loss(da, g), given, name)
        np.testing.assert_allclose(found["d" + name], expected, rtol=1e-10, atol=1e-13)


def test_cell_agrees_with_central_differences():
    da_next, dc_next, cache = inputs.lstm_cell(seed=5)
    given = entered_cell(cache)
    for name, gradient in exact.lstm_cell_backward(da_next, dc_next, cache).items():
        expected = by_central_differences(lambda g: cell_loss(da_next, dc_next, g), given, name[1:])
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8)


def test_sequence_agrees_with_central_differences():
    da, caches = inputs.lstm(seed=5)
    given = entered_sequence(caches)
    for name, gradient in exact.lstm_backward(da, caches).items():
        expected = by_central_differences(lambda g: sequence_loss(da, g), given, name[1:])
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_stages_put_together_are_the_whole(case):
    da_next, dc_next, cache = inputs.lstm_cell(*case[:5])
    dc = exact.lstm_cell_dc(da_next, dc_next, cache)
    dz = exact.lstm_cell_gates_backward(da_next, dc, cache)
    learned = exact.lstm_cell_parameters_backward(**dz, cache=cache)
    stages = learned | exact.lstm_cell_inputs_backward(dc, **dz, cache=cache)
    whole = exact.lstm_cell_backward(da_next, dc_next, cache)
    assert stages.keys() == whole.keys()
    for name, gradient in whole.items():
        np.testing.assert_allclose(stages[name], gradient, rtol=1e-11, atol=1e-14)


def test_one_step_is_one_cell_with_nothing_from_beyond():
    da, caches = inputs.lstm(seed=6, T_x=1)
    sequence = exact.lstm_backward(da, caches)
    alone = exact.lstm_cell_backward(da[:, :, 0], np.zeros(da.shape[:2]), caches.steps[0])
    np.testing.assert_allclose(sequence["dx"][:, :, 0], alone["dxt"], rtol=1e-12)
    np.testing.assert_allclose(sequence["da0"], alone["da_prev"], rtol=1e-12)
    for name in LEARNT:
        np.testing.assert_allclose(sequence["d" + name], alone["d" + name], rtol=1e-12)


@pytest.mark.parametrize("gradients_of", [exact.lstm_cell_backward, exact.lstm_cell_dc])
def test_is_withheld_while_a_learner_runs(gradients_of):
    arguments = inputs.lstm_cell()
    with exact.forbid_exact(), pytest.raises(exact.ReferenceUsedError):
        gradients_of(*arguments)

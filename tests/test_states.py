"""Forward passes for training: states and caches are those of the lessons."""

import numpy as np
import pytest

from bptt import exact, inputs
from bptt.lstm import lstm_forward
from bptt.rnn import rnn_forward
from bptt.states import lstm_states, rnn_states

SIZES = {"n_x": 3, "n_a": 5, "n_y": 2}
KINDS = {
    "rnn": (rnn_states, rnn_forward, inputs.rnn_parameters, exact.rnn_backward),
    "lstm": (lstm_states, lstm_forward, inputs.lstm_parameters, exact.lstm_backward),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def case(draw, dtype=float, m=4, T_x=6):
    rng = np.random.default_rng(1)
    parameters = {name: array.astype(dtype) for name, array in draw(rng, **SIZES).items()}
    return (
        rng.standard_normal((3, m, T_x)).astype(dtype),
        np.tanh(rng.standard_normal((5, m))).astype(dtype),
        parameters,
    )


def worst(ours, theirs):
    return max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(("m", "T_x"), [(4, 6), (1, 6), (4, 1)])
def test_states_and_caches_are_those_of_the_lessons(kind, m, T_x):
    quick, slow, draw, _ = kind
    x, a0, parameters = case(draw, m=m, T_x=T_x)
    a, caches = quick(x, a0, parameters)
    expected, *_, right = slow(x, a0, parameters)
    assert worst([a], [expected]) < 1e-14
    assert caches.x is x
    for mine, theirs in zip(caches.steps, right.steps, strict=True):
        assert type(mine) is type(theirs)
        assert mine.parameters is parameters
        assert worst(mine[:-1], theirs[:-1]) < 1e-14


def test_a_backward_pass_gives_the_same_gradients(kind):
    quick, slow, draw, backward = kind
    x, a0, parameters = case(draw)
    da = np.random.default_rng(2).standard_normal((5, 4, 6))
    mine, right = backward(da, quick(x, a0, parameters)[-1]), backward(da, slow(x, a0, parameters)[-1])
    assert worst(mine.values(), right.values()) < 1e-13


def test_float32_stays_float32(kind):
    quick, _, draw, _ = kind
    a, caches = quick(*case(draw, np.float32))
    assert {a.dtype, *(array.dtype for array in caches.steps[-1][:-1])} == {np.dtype(np.float32)}


def test_complex_numbers_carry_derivatives_through(kind):
    quick, _, draw, backward = kind
    x, a0, parameters = case(draw)
    rng = np.random.default_rng(3)
    da, v = rng.standard_normal((5, 4, 6)), rng.standard_normal(x.shape)
    a, _ = quick(x + 1e-30j * v, a0.astype(complex), parameters)
    dx = backward(da, quick(x, a0, parameters)[1])["dx"]
    assert np.isclose((da * a.imag).sum() / 1e-30, (dx * v).sum(), rtol=1e-12)


def test_huge_weights_shut_gates_without_a_warning():
    x, a0, parameters = case(inputs.lstm_parameters)
    a, _ = lstm_states(x, a0, {name: 1e4 * array for name, array in parameters.items()})
    assert np.isfinite(a).all()
